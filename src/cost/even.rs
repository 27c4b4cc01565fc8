//! From how many pulls on which way is the cheaper one.

use serde::Serialize;

use super::usd::divided;
use super::ways::{Sums, month};
use super::{GB, MONTH_HOURS, REQUEST_BYTES};

/// From how many pulls on which way is the cheaper one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakEven {
    /// When endpoints are.
    pub endpoints_cheaper: Cheaper,
    /// At how many pulls a day both cost the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulls_per_day: Option<f64>,
    /// What that is of image data in a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gb_per_month: Option<f64>,
}

/// When endpoints are cheaper than NAT gateways.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cheaper {
    /// Even where nothing is pulled.
    Always,
    /// From the first pull on: where nothing is pulled, both cost the same.
    FromTheFirst,
    /// From a number of pulls on.
    From,
    /// Up to a number of pulls.
    UpTo,
    /// At no number of pulls.
    Never,
}

/// What endpoints cost more by being there, against what each pull saves.
pub(super) fn break_even(sums: &Sums<'_>) -> BreakEven {
    let signed = |micros: u128| i128::try_from(micros).unwrap_or(i128::MAX);
    let through = |bytes: u64, micros: u64| signed(u128::from(bytes) * u128::from(micros));
    let more = signed(sums.endpoint_micros()) - signed(sums.nat_micros());
    let saved = through(sums.bytes + REQUEST_BYTES, sums.prices.nat_gb.micros)
        - through(sums.by_interface + REQUEST_BYTES, sums.prices.endpoint_gb.micros);
    let endpoints_cheaper = match (more.signum(), saved.signum()) {
        (-1, 0 | 1) => Cheaper::Always,
        (0, 1) => Cheaper::FromTheFirst,
        (1, 1) => Cheaper::From,
        (-1, _) => Cheaper::UpTo,
        (_, _) => Cheaper::Never,
    };
    if !matches!(endpoints_cheaper, Cheaper::From | Cheaper::UpTo) {
        return BreakEven { endpoints_cheaper, pulls_per_day: None, gb_per_month: None };
    }
    // Thousandths a day, rounded up: at so many the saving is there.
    let saved = saved.unsigned_abs() * u128::from(MONTH_HOURS);
    let milli = (more.unsigned_abs() * u128::from(GB) * 24_000).div_ceil(saved);
    let milli = u64::try_from(milli).unwrap_or(u64::MAX);
    BreakEven {
        endpoints_cheaper,
        pulls_per_day: Some(divided(milli, 1e3)),
        gb_per_month: Some(divided(month(sums.bytes, milli, GB / 10), 10.0)),
    }
}
