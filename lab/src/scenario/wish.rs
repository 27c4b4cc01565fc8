//! What must have happened at the services, beside what the report says.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Log events that must have been written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedLogs {
    /// The group.
    pub group: String,
    /// The stream, or a text that begins with its name and ends in `*`; any by default.
    pub stream: Option<String>,
    /// Texts, each in some event.
    #[serde(default)]
    pub contains: Vec<String>,
    /// So many events at least.
    #[serde(default = "one")]
    pub at_least: usize,
}

/// An object that must have been written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedObject {
    /// The bucket.
    pub bucket: String,
    /// The key, or its beginning and `*`.
    pub key: String,
    /// Texts that it contains.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// How often a kind of request must have come: everything given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedRequests {
    /// To a service of the scenario's region.
    pub service: Option<String>,
    /// To this host (`*.` at the front allowed).
    pub host: Option<String>,
    /// To any other host.
    pub not_host: Option<String>,
    /// The name of the API operation, or the HTTP method.
    pub action: Option<String>,
    /// Text in the path.
    pub path: Option<String>,
    /// `none`, `any`, `sigv4`, `basic`, `bearer` or `presigned`.
    pub authorization: Option<String>,
    /// So many at least.
    pub at_least: Option<usize>,
    /// So many at most.
    pub at_most: Option<usize>,
}

/// What a report over many rounds must say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedWatch {
    /// How many rounds were made.
    pub rounds: Span,
    /// How many of them failed.
    pub failed: Span,
    /// The round that the rest of the report is of, from the last backwards: 0 is the last.
    pub rounds_after: Option<u64>,
    /// Each of these checks.
    pub checks: BTreeMap<String, ExpectedSeries>,
    /// Every other check.
    pub others: Option<ExpectedSeries>,
}

/// What a report over many rounds must say of one check.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedSeries {
    /// All that it became, in this order; `broke` may name what by: `broke endpoint-silent`.
    pub turns: Option<Vec<String>>,
    /// Its route after the last turn, where there was any, else in the report.
    pub route: Option<String>,
    /// Attempts on its addresses that got no answer.
    pub lost: Span,
    /// Questions that got no answer.
    pub unanswered: Span,
    /// How many of its addresses lost anything.
    pub losing_addresses: Span,
    /// How many different answers are kept.
    pub answers: Span,
    /// How many addresses are kept.
    pub addresses: Span,
    /// How much more was seen than is kept.
    pub left_out: Span,
    /// How long it was without an answer, each time that it healed.
    pub silent_ms: Span,
}

/// A number's limits.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Span {
    /// So much at least.
    pub at_least: Option<u64>,
    /// So much at most.
    pub at_most: Option<u64>,
}

impl Span {
    /// Whether a number is within them.
    pub fn holds(self, number: u64) -> bool {
        self.at_least.is_none_or(|least| number >= least) && self.at_most.is_none_or(|most| number <= most)
    }
}

fn one() -> usize {
    1
}
