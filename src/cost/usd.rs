//! Money: whole cents and millionths of a dollar, never a fraction that a sum could lose.

use serde::{Serialize, Serializer};

/// An amount in cents.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Cents(pub u64);

impl Cents {
    /// A fraction of cents, rounded to the nearest, half a cent up.
    pub(super) fn of(numerator: u128, denominator: u128) -> Self {
        Self(u64::try_from((numerator + denominator / 2) / denominator).unwrap_or(u64::MAX))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::fmt::Display for Cents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(divided(self.0, 100.0))
    }
}

/// Millionths of a dollar as dollars.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it serialises by reference")]
pub(super) fn micros<S: Serializer>(micros: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(divided(*micros, 1e6))
}

/// Millionths of a dollar in words, without the zeros at the end.
pub(super) fn price(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A whole number of parts, as the number that it stands for.
#[expect(clippy::cast_precision_loss, reason = "what is beyond 53 bits is beyond any bill")]
pub(super) fn divided(parts: u64, by: f64) -> f64 {
    parts as f64 / by
}
