//! The price for a person: the sentence, the ways, where they meet, what would change it, by which prices.

use super::usd::{self, Cents, divided};
use super::{BreakEven, Cheaper, Cost, GB, REQUEST_BYTES, Way, WayKind, WhatIf};
use crate::report::text::page::{Ink, Page};
use crate::report::text::units::plural;
use crate::report::text::{LEAST_WIDTH, Look};

/// How many images are named one by one.
const MOST_IMAGES: usize = 12;
/// An amount, right-aligned, and two spaces on each side of it.
const AMOUNT: usize = 14;

/// What each price is of, in the order in which prices give them.
const LABELS: [&str; 5] = [
    "interface endpoint, an hour in a zone:",
    "interface endpoint, a GB:",
    "NAT gateway, an hour:",
    "NAT gateway, a GB:",
    "public IPv4 address, an hour:",
];

/// Render the text.
pub fn render(cost: &Cost, look: Look) -> String {
    let mut page = Page::new(Look { width: look.width.max(LEAST_WIDTH), ..look });
    page.labelled(0, 6, (Ink::Bold, "COST"), (Ink::Bold, &cost.headline));
    pulled(&mut page, cost);
    page.gap();
    let title = format!("USD a month of {} hours in {}:", cost.month_hours, cost.region);
    page.paragraph(0, Ink::Plain, &title);
    for way in &cost.ways {
        amount(&mut page, way.total_usd, &told(cost, way));
    }
    page.gap();
    page.labelled(0, 6, (Ink::Good, "break-even:"), (Ink::Plain, &even(&cost.break_even, true)));
    page.labelled(0, 6, (Ink::Good, "while a NAT gateway stays:"), (Ink::Plain, &staying(cost)));
    page.gap();
    for change in &cost.what_if {
        page.labelled(0, 6, (Ink::Plain, "with"), (Ink::Plain, &changed(change)));
    }
    page.gap();
    foot(&mut page, cost);
    page.into_text()
}

fn pulled(page: &mut Page, cost: &Cost) {
    let (whole, pulls, month) = (size(cost.bytes_per_pull), cost.pulls_per_day, gb(cost.gb_per_month));
    page.paragraph(
        6,
        Ink::Plain,
        &format!("{whole} compressed at each start, {pulls} starts a day: {month} GB a month"),
    );
    for image in cost.images.iter().take(MOST_IMAGES) {
        if let Some(name) = &image.image {
            page.labelled(6, 8, (Ink::Dim, "image:"), (Ink::Plain, &format!("{name}, {}", size(image.bytes))));
        }
    }
    if let Some(more) = cost.images.len().checked_sub(MOST_IMAGES).filter(|more| *more > 0) {
        page.paragraph(6, Ink::Dim, &format!("and {}", plural(more as u64, "more image")));
    }
    let names = cost.endpoints.iter().map(|name| short(name)).collect::<Vec<_>>().join(", ");
    let zones = plural(cost.zones, "zone");
    page.labelled(6, 8, (Ink::Dim, "endpoints that the start needs:"), (Ink::Plain, &format!("{names}; in {zones}")));
}

/// `ecr.api` of `com.amazonaws.ap-northeast-1.ecr.api`.
pub(super) fn short(service: &str) -> &str {
    service.split_once("amazonaws.").and_then(|(_, rest)| rest.split_once('.')).map_or(service, |(_, name)| name)
}

fn told(cost: &Cost, way: &Way) -> String {
    let gateways = plural(cost.nat_gateways, "NAT gateway");
    let (hourly, data) = (way.hourly_usd, way.data_usd);
    let gb = gb(way.gb_per_month);
    match way.way {
        WayKind::NatGateway => format!("through {gateways}: {hourly} by the hour, {data} for {gb} GB that go through"),
        WayKind::NatGatewayAndS3 => format!(
            "through {gateways}, the layers through S3's gateway endpoint, which is free: {hourly} by the hour, {data} for \
             {gb} GB that go through"
        ),
        WayKind::Endpoints => format!(
            "through {} in {}, the layers through S3's gateway endpoint, which is free: {hourly} by the hour, {data} for \
             {gb} GB of tokens and manifests (counted as {} a pull)",
            plural(cost.endpoints.len() as u64, "interface endpoint"),
            plural(cost.zones, "zone"),
            size(REQUEST_BYTES)
        ),
    }
}

fn amount(page: &mut Page, amount: Cents, text: &str) {
    page.headed(&format!("{:>width$}  ", amount.to_string(), width = AMOUNT - 2), AMOUNT, (Ink::Plain, text));
}

fn even(even: &BreakEven, is_whole: bool) -> String {
    let at = |even: &BreakEven| {
        let pulls = number(even.pulls_per_day.unwrap_or_default());
        let month = number(even.gb_per_month.unwrap_or_default());
        format!("{pulls} pulls a day ({month} GB of images a month)")
    };
    match even.endpoints_cheaper {
        Cheaper::Always if is_whole => "endpoints cost less even where nothing is pulled: by the hour alone".to_owned(),
        Cheaper::Always => "endpoints always cheaper".to_owned(),
        Cheaper::FromTheFirst => "endpoints cheaper from the first pull on".to_owned(),
        Cheaper::From => format!("endpoints cheaper from {} on", at(even)),
        Cheaper::UpTo => format!("endpoints cheaper up to {}", at(even)),
        Cheaper::Never if is_whole => "none: at no number of pulls do endpoints cost less".to_owned(),
        Cheaper::Never => "endpoints never cheaper".to_owned(),
    }
}

/// The gateway endpoint costs nothing and takes the layers; what is left pays for no interface endpoint.
fn staying(cost: &Cost) -> String {
    let total = |kind| cost.ways.iter().find(|way| way.way == kind).map_or(Cents(0), |way| way.total_usd);
    let saved = Cents(total(WayKind::NatGateway).0.saturating_sub(total(WayKind::NatGatewayAndS3).0));
    let more = total(WayKind::Endpoints);
    format!(
        "S3's gateway endpoint alone saves USD {saved} a month and costs nothing; interface endpoints on top of it would \
         cost USD {more} more"
    )
}

fn changed(change: &WhatIf) -> String {
    let WhatIf { change: what, nat_gateway_usd, endpoints_usd, break_even } = change;
    format!("{what}: {nat_gateway_usd} by NAT gateway, {endpoints_usd} by endpoints; {}", even(break_even, false))
}

fn foot(page: &mut Page, cost: &Cost) {
    for what in &cost.left_out {
        page.labelled(0, 6, (Ink::Odd, "left out:"), (Ink::Plain, what));
    }
    for what in &cost.not_in_sum {
        page.labelled(0, 6, (Ink::Dim, "not in it:"), (Ink::Plain, what));
    }
    let prices = &cost.prices;
    let head = format!("list prices of {}, {}; a GB is counted as {GB} bytes", prices.as_of, prices.file);
    page.labelled(0, 6, (Ink::Dim, "prices:"), (Ink::Plain, &head));
    for (label, figure) in LABELS.iter().zip(&prices.figures) {
        let date = figure.date.as_ref().map(|date| format!(" of {date}")).unwrap_or_default();
        let sure = figure.confidence.as_ref().map(|word| format!(" ({word})")).unwrap_or_default();
        let steps = figure.steps.iter().map(|step| format!(", {} above {} GB", usd::price(step.micros), step.above_gb));
        let price = usd::price(figure.micros);
        let text = format!("{price}{}: {}{date}{sure}", steps.collect::<String>(), figure.source);
        page.labelled(6, 8, (Ink::Dim, label), (Ink::Plain, &text));
    }
}

/// A number of pulls or GB with as many digits as tell something, rounded up: at so many the saving is there.
fn number(number: f64) -> String {
    let unit = match number {
        ..10.0 => 100.0,
        ..100.0 => 10.0,
        _ => 1.0,
    };
    format!("{}", (number * unit).ceil() / unit)
}

/// GB to the nearest, with so many digits that they and the price of one come to the sum that is shown.
fn gb(number: f64) -> String {
    let unit = if number < 100.0 { 1e3 } else { 1e2 };
    format!("{}", (number * unit).round() / unit)
}

/// A size to the nearest tenth of its unit.
fn size(bytes: u64) -> String {
    let (mut number, mut units) = (divided(bytes, 1.0), ["B", "kB", "MB", "GB", "TB"].iter());
    let mut unit = units.next();
    while let Some(larger) = units.as_slice().first().filter(|_| number >= 999.95) {
        (number, unit) = (number / 1e3, units.next().or(Some(larger)));
    }
    format!("{} {}", (number * 10.0).round() / 10.0, unit.copied().unwrap_or_default())
}
