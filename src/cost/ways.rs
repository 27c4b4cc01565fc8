//! The ways that pulls can take, and the month's price of each.

use serde::Serialize;

use super::even;
use super::usd::{Cents, divided};
use super::{Asked, GB, MONTH_HOURS, Prices, REQUEST_BYTES, WhatIf};

/// A cent, in millionths of a dollar.
pub(super) const CENT: u128 = 10_000;

/// One way, and its price a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// Which.
    pub way: WayKind,
    /// What it costs by being there.
    pub hourly_usd: Cents,
    /// How much is charged by the GB.
    pub gb_per_month: f64,
    /// What it costs by that.
    pub data_usd: Cents,
    /// Both.
    pub total_usd: Cents,
}

/// The ways that pulls can take.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayKind {
    /// Everything through NAT gateways.
    NatGateway,
    /// The layers through S3's gateway endpoint, the rest through NAT gateways.
    NatGatewayAndS3,
    /// The layers through S3's gateway endpoint, the rest through interface endpoints.
    Endpoints,
}

/// All that the prices are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sums<'p> {
    pub(super) prices: &'p Prices,
    /// Of everything that is pulled at once.
    pub(super) bytes: u64,
    /// How much of that an interface endpoint carries.
    pub(super) by_interface: u64,
    pub(super) pulls_milli: u64,
    pub(super) zones: u64,
    pub(super) nat_gateways: u64,
    pub(super) endpoints: u64,
}

impl<'p> Sums<'p> {
    pub(super) fn of(asked: &Asked, prices: &'p Prices) -> Self {
        Self {
            prices,
            bytes: asked.images.iter().fold(0, |sum, image| sum.saturating_add(image.bytes)),
            by_interface: 0,
            pulls_milli: asked.pulls_milli,
            zones: asked.zones,
            nat_gateways: asked.nat_gateways,
            endpoints: asked.endpoints.len() as u64,
        }
    }

    pub(super) fn ways(&self) -> Vec<Way> {
        let nat_data = |bytes| self.data(bytes, self.prices.nat_gb.micros);
        let (all, by_endpoints) = (self.bytes + REQUEST_BYTES, self.by_interface + REQUEST_BYTES);
        [
            (WayKind::NatGateway, self.nat_micros(), all, nat_data(all)),
            (WayKind::NatGatewayAndS3, self.nat_micros(), REQUEST_BYTES, nat_data(REQUEST_BYTES)),
            (WayKind::Endpoints, self.endpoint_micros(), by_endpoints, self.through_endpoints()),
        ]
        .into_iter()
        .map(|(way, hourly, bytes, data_usd)| {
            let hourly_usd = Cents::of(hourly, CENT);
            let gb_per_month = divided(month(bytes, self.pulls_milli, GB / 1_000), 1e3);
            // The sum is of what is shown, so that it can be added up again.
            Way { way, hourly_usd, gb_per_month, data_usd, total_usd: hourly_usd.plus(data_usd) }
        })
        .collect()
    }

    pub(super) fn what_if(&self, change: String) -> WhatIf {
        let ways = self.ways();
        WhatIf {
            change,
            nat_gateway_usd: ways[0].total_usd,
            endpoints_usd: ways[2].total_usd,
            break_even: even::break_even(self),
        }
    }

    /// What the NAT gateways cost by being there, in millionths of a dollar.
    pub(super) fn nat_micros(&self) -> u128 {
        u128::from(self.prices.nat_hour.micros) * u128::from(MONTH_HOURS * self.nat_gateways)
    }

    /// What the endpoints do.
    pub(super) fn endpoint_micros(&self) -> u128 {
        u128::from(self.prices.endpoint_hour.micros) * u128::from(MONTH_HOURS * self.zones * self.endpoints)
    }

    fn data(&self, bytes: u64, micros: u64) -> Cents {
        let (numerator, denominator) = self.month_of(bytes);
        Cents::of(numerator * u128::from(micros), denominator * u128::from(GB) * CENT)
    }

    /// By steps: what is above one of them is charged by its price.
    fn through_endpoints(&self) -> Cents {
        let (numerator, denominator) = self.month_of(self.by_interface + REQUEST_BYTES);
        let all = numerator / denominator;
        let mut micros = 0;
        let (mut from, mut price) = (0, self.prices.endpoint_gb.micros);
        for step in &self.prices.endpoint_gb.steps {
            let to = u128::from(step.above_gb) * u128::from(GB);
            micros += all.min(to).saturating_sub(from) * u128::from(price);
            (from, price) = (to, step.micros);
        }
        micros += all.saturating_sub(from) * u128::from(price);
        Cents::of(micros, u128::from(GB) * CENT)
    }

    /// So many bytes a pull, in a month, as a fraction.
    fn month_of(&self, bytes: u64) -> (u128, u128) {
        (u128::from(bytes) * u128::from(self.pulls_milli) * u128::from(MONTH_HOURS), 24_000)
    }
}

/// So many bytes a pull, in a month, in such units, rounded.
pub(super) fn month(bytes: u64, pulls_milli: u64, unit: u64) -> u64 {
    let bytes = u128::from(bytes) * u128::from(pulls_milli) * u128::from(MONTH_HOURS);
    let unit = 24_000 * u128::from(unit);
    u64::try_from((bytes + unit / 2) / unit).unwrap_or(u64::MAX)
}
