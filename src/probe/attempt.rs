//! One attempt as the ladder makes it: timed by itself, bounded by itself, cut short by the run's end.

use std::future::Future;
use std::net::SocketAddr;

use super::{Shared, millis};
use crate::net::Net;
use crate::observation::{Change, Family, Fault, Handshake, Outcome, Rung, Seen, StepPart, Why};

/// An observation before it has an id.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) rung: Rung,
    pub(super) attempt: u8,
    pub(super) resolver: Option<SocketAddr>,
    pub(super) question: Option<Family>,
    pub(super) step: Option<StepPart>,
    pub(super) peer: Option<SocketAddr>,
    pub(super) variation: Vec<Change>,
    pub(super) at_ms: u64,
    pub(super) took_ms: u64,
    pub(super) outcome: Outcome,
}

impl Attempt {
    /// One that has not been made.
    pub(super) fn new(rung: Rung) -> Self {
        Self {
            rung,
            attempt: 1,
            resolver: None,
            question: None,
            step: None,
            peer: None,
            variation: Vec::new(),
            at_ms: 0,
            took_ms: 0,
            outcome: Outcome::NotTried { why: Why::BelowFailed },
        }
    }

    /// Where it stands in the report.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let peer_first = self.peer.is_some();
        (peer_first, self.peer, self.variation.clone(), self.rung, self.resolver, self.question, self.attempt)
    }

    /// Make it: run the work and write down what came of it, and hand on what it opened.
    pub(super) async fn make<N: Net, T>(
        mut self,
        shared: &Shared<N>,
        work: impl Future<Output = Result<(T, Seen), Failed>>,
    ) -> (Self, Option<T>) {
        let begun = tokio::time::Instant::now();
        self.at_ms = shared.at_ms();
        let result = shared.stop.or(work).await;
        self.took_ms = millis(begun.elapsed());
        let (outcome, opened) = match result {
            Ok(Ok((opened, seen))) => (Outcome::Saw { seen }, Some(opened)),
            Ok(Err(Failed { fault, handshake })) => (Outcome::Failed { fault, handshake }, None),
            Err(why) => (Outcome::NotTried { why }, None),
        };
        self.outcome = outcome;
        tracing::debug!(
            rung = ?self.rung, peer = ?self.peer, resolver = ?self.resolver, question = ?self.question,
            variation = ?self.variation, took_ms = self.took_ms, failed = ?self.fault(), "attempt"
        );
        (self, opened)
    }

    /// Write down why it was not made.
    pub(super) fn not_tried(mut self, why: Why) -> Self {
        self.outcome = Outcome::NotTried { why };
        self
    }

    /// Cut out of what others wrote whatever `scrub` cuts.
    pub(super) fn scrub(&mut self, scrub: impl Fn(&str) -> String) {
        if let Outcome::Saw { seen: Seen::Response(response) } = &mut self.outcome {
            response.headers.values_mut().for_each(|value| *value = scrub(value));
            response.body = scrub(&response.body);
            if let Some(told) = &mut response.told {
                (told.code, told.message) = (scrub(&told.code), scrub(&told.message));
            }
        }
    }

    /// How it failed, where it did.
    pub(super) fn fault(&self) -> Option<&Fault> {
        match &self.outcome {
            Outcome::Failed { fault, .. } => Some(fault),
            Outcome::Saw { .. } | Outcome::NotTried { .. } => None,
        }
    }

    /// Why the step above it is not made.
    pub(super) fn why_not_above(&self) -> Why {
        match &self.outcome {
            Outcome::NotTried { why } => *why,
            Outcome::Saw { .. } | Outcome::Failed { .. } => Why::BelowFailed,
        }
    }
}

/// A fault, and what a handshake had shown by then.
pub(super) struct Failed {
    pub(super) fault: Fault,
    pub(super) handshake: Option<Box<Handshake>>,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self { fault, handshake: None }
    }
}
