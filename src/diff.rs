//! What changed between two runs, and what that means: whether anything got worse, and whether the change is there that
//! was meant.
//!
//! Two reports, or two documents of merged runs, each cut down to what is compared before the other is read.

mod check;
mod expect;
mod findings;
mod notes;
mod outcome;
mod pair;
mod read;
pub mod schema;
mod side;
mod sights;
pub mod text;
mod words;

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnosis::{FindingId, ObservedRoute, Severity, Verdict};
use crate::plan::{CheckId, Route, Rung};
use crate::report::Tool;

pub use expect::expectations;
pub use outcome::diff;
pub use read::{Given, read};
pub use side::Document;

/// What two runs, or two sets of runs, come to together.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Diff {
    /// Grows only by addition while it stays the same.
    pub schema_version: u32,
    /// That this is no report of one run.
    pub kind: Kind,
    /// What compared them.
    pub tool: Tool,
    /// Whether anything got worse.
    pub outcome: Outcome,
    /// 0 where nothing got worse and every expected change is there, else 1.
    pub exit_code: u8,
    /// One sentence.
    pub headline: String,
    /// What got worse, or why it can't be shown that nothing did: a sentence each.
    pub reasons: Vec<String>,
    /// The runs before the change.
    pub before: Side,
    /// The runs after it.
    pub after: Side,
    /// What the change was for, in the order in which it was asked.
    pub expectations: Vec<Expected>,
    /// Counts of checks.
    pub summary: Counts,
    /// Every check that changed: broken ones first, then healed ones, then those that go by another route.
    pub changes: Vec<Change>,
    /// What changed that is of no check: resolvers, the image, its pull.
    pub surroundings: Vec<Surrounding>,
    /// Every finding of either side, new ones first.
    pub findings: Vec<FindingChange>,
    /// What could not be compared, and why.
    pub not_compared: Vec<NotCompared>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

/// What kind of document it is.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Two runs, compared.
    Diff,
}

/// Whether anything got worse.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing did.
    NotWorse,
    /// Something did.
    Worse,
    /// Something that worked before was not looked at after.
    NotShown,
}

/// One of the two sides.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Side {
    /// The file it was read from.
    pub file: String,
    /// The version of the program that wrote it.
    pub tool_version: String,
    /// Its run; of a merged document each.
    pub runs: Vec<SideRun>,
}

/// One run of a side.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct SideRun {
    /// What the merged document calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The report's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// pass, fail or inconclusive.
    pub verdict: Verdict,
    /// One sentence.
    pub headline: String,
}

/// One expected change on one check of one run.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Expected {
    /// The service, check or host, as it was asked.
    pub what: String,
    /// The route that it should take.
    pub route: Route,
    /// The run, where several are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The check; none where the run has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckId>,
    /// Whether it takes it.
    pub met: bool,
    /// Whether it did not before; none where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<bool>,
    /// The route before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<ObservedRoute>,
    /// The route after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<ObservedRoute>,
    /// One sentence: what shows it, or why it is unmet.
    pub why: String,
}

/// Counts of checks, over all runs; hosts asked only to learn of the way out are not in them.
#[derive(Clone, Copy, Debug, Default, JsonSchema, PartialEq, Serialize)]
pub struct Counts {
    /// Those that both sides looked at.
    pub compared: usize,
    /// Those of them that changed.
    pub changed: usize,
    /// Those that passed before and fail after.
    pub broke: usize,
    /// The other way round.
    pub healed: usize,
}

/// One check that changed.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Change {
    /// The runs that it changed in, where several are compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<String>,
    /// The check, by the name that it has after.
    pub check: CheckId,
    /// The catalog's service, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The host after.
    pub host: String,
    /// The host before, where it was another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_before: Option<String>,
    /// Whether the task start fails without it.
    pub required: bool,
    /// What became of it.
    pub kind: ChangeKind,
    /// Whether it got worse by this.
    pub regression: bool,
    /// What changed, the most telling first.
    pub details: Vec<Detail>,
}

/// What became of a check.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It passed and fails.
    Broke,
    /// It failed and passes.
    Healed,
    /// It goes by another route.
    Moved,
    /// Anything else.
    Otherwise,
}

/// One thing that changed, and what it means.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Detail {
    /// What it is.
    pub what: What,
    /// The rung, where it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rung: Option<Rung>,
    /// How it was, in words.
    pub before: String,
    /// How it is.
    pub after: String,
    /// The time that it took, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_ms: Option<u64>,
    /// The time that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
    /// What that means: one sentence.
    pub meaning: String,
}

/// What can change.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// pass, warn or fail.
    Status,
    /// By what way the packets go, and to which addresses.
    Route,
    /// The addresses alone.
    Addresses,
    /// Whether a rung answers.
    Rung,
    /// Who issued the certificates.
    Issuer,
    /// The status code of the answer.
    Answer,
    /// How long a rung takes.
    Time,
    /// The resolvers that the task is configured with.
    Resolvers,
    /// Whose credentials the run holds.
    Identity,
    /// The image behind a reference.
    Digest,
    /// How long a whole pull would take.
    PullTime,
}

/// What changed that is of no check.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Surrounding {
    /// The runs that it changed in, where several are compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<String>,
    /// What it is of, such as an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What changed.
    #[serde(flatten)]
    pub detail: Detail,
}

/// One finding of either side.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct FindingChange {
    /// What became of it.
    pub state: FindingState,
    /// From the closed list.
    pub id: FindingId,
    /// How bad it is; of one that is gone how bad it was.
    pub severity: Severity,
    /// How bad it was, where it was something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_before: Option<Severity>,
    /// The runs, where several are compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<String>,
    /// The checks that it explains.
    pub checks: Vec<CheckId>,
    /// What was seen; of one that is gone what was seen before.
    pub summary: String,
    /// Whether it got worse by this.
    pub regression: bool,
    /// Why it is not called new or gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// It was not there before.
    New,
    /// It is there as before.
    Still,
    /// It was there, and is not any more.
    Gone,
    /// What it is about was looked at on one side only.
    NotCompared,
}

/// What could not be compared.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct NotCompared {
    /// The runs, where several are compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<String>,
    /// The check, or what else it is.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// The comparison as a JSON document.
pub fn json(diff: &Diff) -> String {
    crate::report::json::document(diff)
}
