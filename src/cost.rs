//! What pulls cost through a NAT gateway and through VPC endpoints, by list prices. Pure: the file of prices and the
//! report are read by others.

pub mod asked;
mod even;
pub mod prices;
pub mod text;
mod usd;
mod ways;

use serde::Serialize;

pub use asked::{Asked, Image};
pub use even::{BreakEven, Cheaper};
pub use prices::{BUILT_IN, Figure, Prices};
pub use usd::Cents;
pub use ways::{Way, WayKind};

use ways::Sums;

/// A month, as AWS's own examples count it.
pub const MONTH_HOURS: u64 = 730;
/// What a pull takes beside the image, by the API and the registry: tokens, manifests and their TLS. A round figure, and
/// more than was seen of any pull.
pub const REQUEST_BYTES: u64 = 50_000;
/// A GB, in which data is charged.
const GB: u64 = 1_000_000_000;

/// What these pulls cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// `cost`
    pub kind: &'static str,
    /// One sentence.
    pub headline: String,
    /// Whose prices.
    pub region: String,
    /// How long the month is.
    pub month_hours: u64,
    /// How often a day everything is pulled.
    pub pulls_per_day: f64,
    /// In how many zones each endpoint stands.
    pub zones: u64,
    /// How many NAT gateways there are.
    pub nat_gateways: u64,
    /// What is pulled.
    pub images: Vec<Image>,
    /// All of it.
    pub bytes_per_pull: u64,
    /// All pulls of a month, in GB of a thousand million bytes.
    pub gb_per_month: f64,
    /// The interface endpoints that the start needs.
    pub endpoints: Vec<String>,
    /// Each way and its price.
    pub ways: Vec<Way>,
    /// From how many pulls on which way is the cheaper one.
    pub break_even: BreakEven,
    /// The same with one thing changed.
    pub what_if: Vec<WhatIf>,
    /// Images and endpoints that are not in any sum, each with its reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// What is in no sum.
    pub not_in_sum: Vec<String>,
    /// By which prices.
    pub prices: Named,
}

/// Which prices, by their file, their date and each one's source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    /// `built-in`, or the file's name.
    pub file: String,
    /// When they were put together.
    pub as_of: String,
    /// Each of them.
    pub figures: Vec<Figure>,
}

/// The prices where one thing is changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhatIf {
    /// What is changed.
    pub change: String,
    /// By NAT gateway.
    pub nat_gateway_usd: Cents,
    /// By endpoints.
    pub endpoints_usd: Cents,
    /// From how many pulls on which way is the cheaper one.
    pub break_even: BreakEven,
}

/// Say what these pulls cost by these prices, out of a file of this name.
pub fn cost(asked: &Asked, prices: &Prices, file: &str) -> Cost {
    let sums = Sums::of(asked, prices);
    let ways = sums.ways();
    Cost {
        kind: "cost",
        headline: headline(&ways),
        region: asked.region.to_string(),
        month_hours: MONTH_HOURS,
        pulls_per_day: usd::divided(asked.pulls_milli, 1e3),
        zones: asked.zones,
        nat_gateways: asked.nat_gateways,
        images: asked.images.clone(),
        bytes_per_pull: sums.bytes,
        gb_per_month: usd::divided(ways::month(sums.bytes, asked.pulls_milli, GB / 1_000), 1e3),
        endpoints: asked.endpoints.clone(),
        break_even: even::break_even(&sums),
        what_if: what_if(asked, &sums),
        ways,
        left_out: asked.left_out.clone(),
        not_in_sum: not_in_sum(prices),
        prices: Named {
            file: file.to_owned(),
            as_of: prices.as_of.clone(),
            figures: prices.figures().map(Clone::clone).into(),
        },
    }
}

/// The answer as a JSON document.
pub fn json(cost: &Cost) -> String {
    crate::json::document(cost)
}

fn headline(ways: &[Way]) -> String {
    let total = |kind| ways.iter().find(|way| way.way == kind).map_or(Cents(0), |way| way.total_usd);
    let (nat, endpoints) = (total(WayKind::NatGateway), total(WayKind::Endpoints));
    let (said, more) = match nat.cmp(&endpoints) {
        std::cmp::Ordering::Less => ("cost more", endpoints.0 - nat.0),
        std::cmp::Ordering::Equal => return format!("endpoints cost as much as NAT gateways: USD {nat} a month"),
        std::cmp::Ordering::Greater => ("cost less", nat.0 - endpoints.0),
    };
    format!("endpoints {said} than NAT gateways by USD {} a month: {endpoints} and {nat}", Cents(more))
}

/// A smaller image, fewer endpoints, fewer zones, fewer NAT gateways: one at a time.
fn what_if(asked: &Asked, sums: &Sums<'_>) -> Vec<WhatIf> {
    let mut table = vec![("an image half as large".to_owned(), Sums { bytes: sums.bytes / 2, ..*sums })];
    let is_for_pulls = |service: &str| service.ends_with(".ecr.api") || service.ends_with(".ecr.dkr");
    let names = asked.endpoints.iter().filter(|service| !is_for_pulls(service));
    let names: Vec<&str> = names.map(|service| text::short(service)).collect();
    if !names.is_empty() {
        let one = Cents::of(Sums { endpoints: 1, ..*sums }.endpoint_micros(), ways::CENT);
        let change = format!("one endpoint fewer, where {} is not needed (each saves {one})", names.join(" or "));
        table.push((change, Sums { endpoints: sums.endpoints - 1, ..*sums }));
    }
    if asked.zones > 1 {
        let (zones, nat_gateways) = (asked.zones - 1, asked.nat_gateways.min(asked.zones - 1));
        table.push(("one zone fewer".to_owned(), Sums { zones, nat_gateways, ..*sums }));
    }
    if asked.nat_gateways > 1 {
        table.push(("one NAT gateway for all zones".to_owned(), Sums { nat_gateways: 1, ..*sums }));
    }
    if asked.s3_by_interface {
        let change = "S3 by its interface endpoint, as the report saw it".to_owned();
        table.push((change, Sums { endpoints: sums.endpoints + 1, by_interface: sums.bytes, ..*sums }));
    }
    table.into_iter().map(|(change, sums)| sums.what_if(change)).collect()
}

/// What nobody should take for free.
fn not_in_sum(prices: &Prices) -> Vec<String> {
    let address = Cents::of(u128::from(prices.ipv4_hour.micros * MONTH_HOURS), 10_000);
    let unsure = match prices.ipv4_hour.confidence.as_deref() {
        Some("unverified") => ", unverified",
        Some(_) | None => "",
    };
    vec![
        format!(
            "the public IPv4 address of each NAT gateway: USD {address} a month ({} an hour{unsure})",
            usd::price(prices.ipv4_hour.micros)
        ),
        "what else goes through the NAT gateways, or through the endpoints: log events, secrets, the application itself. \
         A NAT gateway can only go if nothing else needs it"
            .to_owned(),
        "data that crosses zones, to a NAT gateway or an endpoint in another one".to_owned(),
        "hours that are only begun (each is charged as a whole one), taxes and discounts".to_owned(),
    ]
}

#[cfg(test)]
mod tests;
