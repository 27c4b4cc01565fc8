//! What a stop reason, an exit code or a finding means: read from words alone, no network.
//!
//! A stop reason is read along two lines that have little to do with each other: the step of the task start that was
//! under way (`steps`), and what went wrong in it (`faults`). Their product, with what the address in the text proves,
//! is the reading (`reason`). AWS changes its texts and cuts them, so both are known by fragments, never by the whole.

mod address;
mod causes;
mod codes;
mod echo;
mod facts;
mod faults;
mod findings;
mod fixes;
mod near;
mod notes;
mod outline;
mod reason;
mod settle;
mod steps;
mod text;
mod unseen;
mod worked;

use schemars::JsonSchema;
use serde::Serialize;

pub use address::{Address, AddressKind, AddressRole};
pub use codes::ExitCode;
pub use facts::Facts;
pub use findings::FindingMeaning;
pub use outline::{Line, outline};
pub use reason::{Answered, Phase, StopReason};
pub use worked::Worked;

use crate::diagnosis::Fix;

/// More than this is no stop reason.
pub const MOST_BYTES: usize = 64 << 10;

/// What the words mean.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Explanation {
    /// They are a stop reason, or whatever else was pasted.
    StopReason(Box<StopReason>),
    /// They are an exit code of ours.
    ExitCode(ExitCode),
    /// They are a finding's id.
    Finding(FindingMeaning),
}

/// A cause in one line.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Cause {
    /// The finding's id.
    pub id: &'static str,
    /// What it is.
    pub line: &'static str,
}

/// Why there is nothing to explain, in one sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotUnderstood(pub String);

impl std::fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an exit code of a run means, or why it is none of ours.
pub fn exit_code(code: i64) -> Result<ExitCode, NotUnderstood> {
    codes::explain(code)
}

/// Read words that are known to be a stop reason, whether or not it is a known one.
pub fn stop_reason(words: &str) -> StopReason {
    let end = words.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= MOST_BYTES).last();
    reason::read(words[..end.unwrap_or(0)].trim())
}

/// Say what the words mean.
pub fn explain(words: &str) -> Result<Explanation, NotUnderstood> {
    let words = words.trim();
    if words.is_empty() {
        return Err(NotUnderstood(
            "explain: there is nothing to explain: give a stop reason, an exit code or a finding's id".to_owned(),
        ));
    }
    if words.len() > MOST_BYTES {
        return Err(NotUnderstood(format!(
            "explain: the text is longer than {MOST_BYTES} bytes: paste the stop reason alone"
        )));
    }
    if let Some(code) = codes::asked(words) {
        return codes::explain(code).map(Explanation::ExitCode);
    }
    if let Some(finding) = findings::asked(words) {
        return Ok(Explanation::Finding(finding));
    }
    let reading = reason::read(words);
    if !reading.known && near::is_word(words) {
        return Err(near::unknown(words));
    }
    Ok(Explanation::StopReason(Box::new(reading)))
}

/// The explanation as a JSON document.
pub fn json(explanation: &Explanation) -> String {
    crate::json::document(explanation)
}
