//! What stands in one way, each piece of configuration once with everything that is wrong with it.

use super::{Culprit, CulpritKind};
use crate::vpc::{Block, Remedy};

/// How many faults of one thing are named before the rest is counted.
const NAMED: usize = 3;

/// What stands in the way, in the order in which a packet meets it: the first is the culprit.
pub struct Causes(Vec<Cause>);

/// One piece of configuration.
struct Cause {
    kind: CulpritKind,
    id: String,
    details: Vec<String>,
    remedy: Vec<Remedy>,
}

/// The causes for a finding.
pub struct Told {
    /// The culprit, then what else stands in the way.
    pub culprits: Vec<Culprit>,
    /// The steps that mend them, in that order.
    pub remedy: Vec<Remedy>,
}

impl Causes {
    /// Those of one address, name or call.
    pub fn of(blocks: Vec<Block>) -> Self {
        let mut causes = Self(Vec::new());
        for Block { culprit: Culprit { kind, id, detail }, remedy } in blocks {
            causes.add(Cause { kind, id, details: vec![detail], remedy });
        }
        causes
    }

    /// What the culprit is.
    pub fn key(&self) -> Option<(CulpritKind, String)> {
        self.0.first().map(|cause| (cause.kind, cause.id.clone()))
    }

    /// Take up those of another address.
    pub fn join(&mut self, others: Self) {
        for cause in others.0 {
            self.add(cause);
        }
    }

    fn add(&mut self, cause: Cause) {
        match self.0.iter_mut().find(|known| known.kind == cause.kind && known.id == cause.id) {
            Some(known) => {
                for detail in cause.details {
                    if !known.details.contains(&detail) {
                        known.details.push(detail);
                    }
                }
                put(&mut known.remedy, cause.remedy);
            }
            None => self.0.push(cause),
        }
    }

    /// Culprit and steps; those of what has a finding of its own are left to that.
    pub fn told(self, own: &[(CulpritKind, String)]) -> Told {
        let mut told = Told { culprits: Vec::new(), remedy: Vec::new() };
        for (at, cause) in self.0.into_iter().enumerate() {
            let is_told_there = at > 0 && own.iter().any(|(kind, id)| *kind == cause.kind && *id == cause.id);
            if !is_told_there {
                put(&mut told.remedy, cause.remedy);
            }
            let detail = in_short(&cause.details);
            told.culprits.push(Culprit { kind: cause.kind, id: cause.id, detail });
        }
        told
    }
}

/// Each step once: what the same command does is the same step. What is new comes before the step that follows it in its
/// own list: a file is not put in place before all is in it.
fn put(steps: &mut Vec<Remedy>, more: Vec<Remedy>) {
    let is_same = |known: &Remedy, step: &Remedy| match (&known.command, &step.command) {
        (Some(known), Some(step)) => known == step,
        _ => known == step,
    };
    let mut at = steps.len();
    for step in more.into_iter().rev() {
        match steps.iter().position(|known| is_same(known, &step)) {
            Some(known) => at = known,
            None => steps.insert(at, step),
        }
    }
}

fn in_short(details: &[String]) -> String {
    let stripped = |detail: &String| detail.trim_end_matches('.').to_owned();
    let mut words: Vec<String> = details.iter().take(NAMED).map(stripped).collect();
    if let Some(more @ 1..) = details.len().checked_sub(NAMED) {
        words.push(format!("and {more} more of that kind"));
    }
    words.join("; ")
}
