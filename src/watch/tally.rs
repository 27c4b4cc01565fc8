//! All checks over all rounds. What it holds grows with the checks, and not with the rounds.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use super::Watch;
use super::clock::rfc3339;
use super::live::word;
use super::track::Track;
use crate::diagnosis::{Judgement, Verdict};
use crate::observation::Observation;
use crate::plan::{CheckId, Plan};

/// What was seen so far.
#[derive(Clone, Debug)]
pub struct Tally {
    started_at: SystemTime,
    rounds: u64,
    failed: u64,
    /// When the first of those began, and the last.
    failed_ms: Option<(u64, u64)>,
    inconclusive: u64,
    pub(super) tracks: Vec<Track>,
}

/// One round and what it came to.
#[derive(Clone, Copy, Debug)]
pub struct Round<'r> {
    /// From 1.
    pub number: u64,
    /// When it began: by the local clock of the first round's start.
    pub started_at: SystemTime,
    /// The same, since the start of the first.
    pub at_ms: u64,
    /// What was seen.
    pub observations: &'r [Observation],
    /// What that means.
    pub judgement: &'r Judgement,
}

/// What a round brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Added {
    /// What became another: a sentence each, with its time.
    pub turns: Vec<String>,
    /// Whether anything that is required fails in it that had failed before, and healed.
    pub breaks_again: bool,
}

impl Round<'_> {
    pub(super) fn at(&self) -> String {
        rfc3339(self.started_at)
    }
}

impl Tally {
    /// Nothing seen yet of a plan's checks.
    pub fn new(plan: &Plan, started_at: SystemTime) -> Self {
        let tracks = plan.checks.iter().map(|check| Track::new(check.id.clone())).collect();
        Self { started_at, rounds: 0, failed: 0, failed_ms: None, inconclusive: 0, tracks }
    }

    /// Rounds that were made, and those of them that failed.
    pub fn rounds(&self) -> (u64, u64) {
        (self.rounds, self.failed)
    }

    /// Every check's name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tracks.iter().map(|track| track.check.0.as_str())
    }

    /// Add one round.
    pub fn add(&mut self, round: &Round<'_>) -> Added {
        self.rounds += 1;
        if round.judgement.verdict == Verdict::Fail {
            self.failed += 1;
            self.failed_ms = Some((self.failed_ms.map_or(round.at_ms, |(first, _)| first), round.at_ms));
        }
        self.inconclusive += u64::from(round.judgement.verdict == Verdict::Inconclusive);
        let mut seen: HashMap<&CheckId, Vec<&Observation>> = HashMap::new();
        for observation in round.observations {
            seen.entry(&observation.check).or_default().push(observation);
        }
        let mut added = Added::default();
        for check in &round.judgement.checks {
            let track = self.track(&check.id);
            track.count(seen.get(&check.id).map_or(&[], Vec::as_slice), round.at_ms);
            let turn = track.judge(check, round);
            added.breaks_again |= check.required && track.breaks_again();
            added.turns.extend(turn.map(|turn| word(&check.id, &turn, check.required)));
        }
        added
    }

    /// A check's track; a new one where only the replay learned of it.
    fn track(&mut self, check: &CheckId) -> &mut Track {
        let at = self.tracks.iter().position(|track| track.check == *check).unwrap_or_else(|| {
            self.tracks.push(Track::new(check.clone()));
            self.tracks.len() - 1
        });
        &mut self.tracks[at]
    }

    /// What is told of it in the end, with the round that the rest of the report is of.
    pub fn watch(&self, took: Duration, every: Duration, round: u64) -> Watch {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Watch {
            started_at: rfc3339(self.started_at),
            took_ms: millis(took),
            every_ms: millis(every),
            rounds: self.rounds,
            failed: self.failed,
            first_failed_at: self.failed_ms.map(|(first, _)| self.at(first)),
            last_failed_at: self.failed_ms.map(|(_, last)| self.at(last)),
            inconclusive: self.inconclusive,
            round,
            checks: self.tracks.iter().map(|track| track.series(self.started_at)).collect(),
        }
    }

    /// A moment since the start, as the clock says it.
    pub(super) fn at(&self, ms: u64) -> String {
        rfc3339(self.started_at.checked_add(Duration::from_millis(ms)).unwrap_or(self.started_at))
    }
}
