//! How long a check was broken, and how long nobody answered in that time.

use crate::observation::{Observation, Outcome};

/// The time in which it is broken, where it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outage {
    since: Option<u64>,
    silent_since: Option<u64>,
    silent_ms: Option<u64>,
}

/// Such a time that is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Past {
    pub(super) failing_ms: u64,
    /// The longest time in it without an answer.
    pub(super) silent_ms: Option<u64>,
}

impl Outage {
    /// One more round; what is over with it, if anything is.
    pub(super) fn add(&mut self, is_broken: bool, is_silent: bool, at_ms: u64) -> Option<Past> {
        if is_silent {
            self.silent_since.get_or_insert(at_ms);
        } else if let Some(since) = self.silent_since.take() {
            self.silent_ms = self.silent_ms.max(Some(at_ms.saturating_sub(since)));
        }
        if is_broken {
            self.since.get_or_insert(at_ms);
            return None;
        }
        let Self { since, silent_ms, .. } = std::mem::take(self);
        Some(Past { failing_ms: at_ms.saturating_sub(since?), silent_ms })
    }
}

/// Whether nobody answered on the highest rung that was tried. Where one address of several does, or the answer is bad, a
/// start may fail, and yet somebody is there.
pub(super) fn is_silent(seen: &[&Observation]) -> bool {
    let came = |seen: &&Observation| match &seen.outcome {
        Outcome::Saw { .. } => Some((seen.rung, true)),
        Outcome::Failed { fault, .. } if !fault.could_not_look() => Some((seen.rung, false)),
        Outcome::Failed { .. } | Outcome::NotTried { .. } => None,
    };
    let highest = seen.iter().filter(|seen| seen.is_ordinary()).filter_map(came).max();
    highest.is_some_and(|(_, is_answered)| !is_answered)
}
