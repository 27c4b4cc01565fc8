//! Many rounds of asking, in bounded form: what each address lost, how long it took, and when a thing broke or healed.

pub(crate) mod clock;
mod course;
mod histogram;
mod judge;
mod live;
mod outage;
mod tally;
#[cfg(test)]
mod tests;
mod track;

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::{FindingId, ObservedRoute};
use crate::plan::{CheckId, Rung};

pub use clock::rounds;
pub(crate) use clock::{spoken, time_of_day};
pub use course::Course;
pub use judge::judge;
pub(crate) use live::turned;
pub use live::{Line, lines};
pub use tally::{Added, Round, Tally};

/// What many rounds of asking showed.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Watch {
    /// When the first round began: RFC 3339, UTC.
    pub started_at: String,
    /// From there to the end of the last.
    pub took_ms: u64,
    /// From the start of one round to that of the next.
    pub every_ms: u64,
    /// How many rounds were made.
    pub rounds: u64,
    /// How many of them failed.
    pub failed: u64,
    /// When the first of those began: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_failed_at: Option<String>,
    /// The same of the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failed_at: Option<String>,
    /// How many rounds were inconclusive.
    pub inconclusive: u64,
    /// The round, from 1, that the rest of the report is of: the last, or the last that failed where a thing broke again
    /// after it had healed.
    pub round: u64,
    /// Every check, in the plan's order.
    pub checks: Vec<Series>,
}

/// One check over all rounds.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Series {
    /// Which.
    pub check: CheckId,
    /// Rounds in which it was examined.
    pub asked: u64,
    /// Those in which it failed: an error named it, or, where the task start does without it, nothing of it answered.
    pub failed: u64,
    /// Those in which it passed with a warning.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warned: u64,
    /// In how many spells it failed, one after the other; more than one: it comes and goes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub spells: u64,
    /// When the first round began in which it failed, or passed with a warning: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_at: Option<String>,
    /// The same of the last such round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<String>,
    /// By what, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<FindingId>,
    /// Every resolver that was asked.
    pub resolvers: Vec<ResolverSeries>,
    /// The answers that came, in the order in which they were first seen; the same addresses in another order are the same.
    pub answers: Vec<AnswerSeries>,
    /// Every address that was tried.
    pub addresses: Vec<AddressSeries>,
    /// When it broke or healed, or its route became another.
    pub turns: Vec<Turn>,
    /// How often an answer, an address or a turn was left out, as there were more than are kept: 64 of each, of the turns the
    /// first 32 and the last 32.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

/// One resolver's questions for one name.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct ResolverSeries {
    /// Which.
    pub resolver: SocketAddr,
    /// Its answers' times, and what was lost.
    #[serde(flatten)]
    pub times: Times,
}

/// One answer's addresses.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct AnswerSeries {
    /// Sorted; none where the name has no address.
    pub addresses: Vec<IpAddr>,
    /// How many rounds had it.
    pub rounds: u64,
    /// Since the start.
    pub first_ms: u64,
    /// Since the start.
    pub last_ms: u64,
}

/// One address of one check.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct AddressSeries {
    /// Which.
    pub address: SocketAddr,
    /// Each rung that was climbed to, lowest first.
    pub rungs: Vec<RungSeries>,
}

/// One rung of one address.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct RungSeries {
    /// Which.
    pub rung: Rung,
    /// Its times, and what was lost.
    #[serde(flatten)]
    pub times: Times,
}

/// Many attempts of one kind, made as the platform makes them. The median and the 95th of 100 are exact up to 63 ms and
/// within 2 % above; the others are exact.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Times {
    /// How many were made.
    pub asked: u64,
    /// How many of them came to nothing: no answer in time, a refusal, a reset.
    pub lost: u64,
    /// Half of the answers came within it; none where no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<u64>,
    /// 95 of 100 answers came within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<u64>,
    /// The slowest answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_ms: Option<u64>,
}

/// A moment at which a check became another.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Turn {
    /// When the round was made that first saw it: RFC 3339, UTC.
    pub at: String,
    /// The same since the start.
    pub at_ms: u64,
    /// That round, from 1.
    pub round: u64,
    /// What it became.
    pub what: TurnKind,
    /// The route that it takes from then on.
    pub route: ObservedRoute,
    /// By what it fails, or is not as it should be, from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingId>,
    /// How long it was failing, where it works again: from the first round in which it failed to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_ms: Option<u64>,
    /// How long of that, without a break, nobody answered: no address on the highest rung that was tried. None where somebody
    /// always did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_ms: Option<u64>,
}

/// What a check became.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TurnKind {
    /// It passed before, or was answered, and is not any more.
    Broke,
    /// It failed before, or was not answered, and is again.
    Healed,
    /// Only its route is another than before.
    Rerouted,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it with a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
