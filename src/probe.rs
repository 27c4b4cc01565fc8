//! Climbs every check's ladder, side by side, and writes down what was seen. It never says whether a thing is good.

mod attempt;
mod ladder;
mod pace;
mod stop;
#[cfg(test)]
mod tests;
mod variations;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::net::Net;
use crate::observation::{Observation, ObservationId, Why};
use crate::plan::{Check, Plan};

use attempt::Attempt;
use pace::Pace;
pub use stop::{Stop, Stopper};

/// What came of probing.
#[derive(Clone, Debug)]
pub struct Probed {
    /// One for each planned attempt, in the plan's order.
    pub observations: Vec<Observation>,
    /// What cut it short, where something did.
    pub cut_short: Option<Why>,
}

/// How many checks are done, for whoever watches.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicUsize>);

impl Progress {
    /// Checks whose ladders are climbed.
    pub fn done(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// What all ladders of a run share.
pub(crate) struct Shared<N> {
    net: N,
    plan: Plan,
    stop: Stop,
    pace: Pace,
    /// Questions wait in it without a socket, so that what is answered meanwhile finds one.
    line: Mutex<()>,
    sockets: Semaphore,
    started: Instant,
    /// Addresses whose handshake was varied, over all checks.
    varied: AtomicUsize,
}

impl<N> Shared<N> {
    fn at_ms(&self) -> u64 {
        millis(self.started.elapsed())
    }

    /// Whether one more address may have its handshake varied.
    fn may_vary(&self) -> bool {
        const MOST: usize = 24;
        self.varied.fetch_add(1, Ordering::Relaxed) < MOST
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}

/// Probe everything that is planned, with at most this many sockets at once.
pub async fn probe<N: Net>(plan: &Plan, net: N, stop: Stop, sockets: usize, progress: &Progress) -> Probed {
    let shared = Arc::new(Shared {
        net,
        plan: plan.clone(),
        stop: stop.clone(),
        pace: Pace::default(),
        line: Mutex::default(),
        sockets: Semaphore::new(sockets.max(1)),
        started: Instant::now(),
        varied: AtomicUsize::new(0),
    });
    let mut ladders = JoinSet::new();
    for index in 0..plan.checks.len() {
        let shared = Arc::clone(&shared);
        ladders.spawn(async move { (index, ladder::climb(&shared, index).await) });
    }
    let mut seen: Vec<Option<Vec<Attempt>>> = vec![None; plan.checks.len()];
    while let Some(joined) = ladders.join_next().await {
        progress.0.fetch_add(1, Ordering::Relaxed);
        // A ladder that panicked leaves its place empty.
        if let Ok((index, attempts)) = joined {
            seen[index] = Some(attempts);
        }
    }
    Probed { observations: number(plan, seen), cut_short: stop.why() }
}

/// What there is to say where nothing could be tried.
pub fn not_probed(plan: &Plan) -> Vec<Observation> {
    let attempts = |check| ladder::not_begun(plan, check, Why::NoSocket);
    number(plan, plan.checks.iter().map(|check| Some(attempts(check))).collect())
}

/// In the plan's order, each with its id.
fn number(plan: &Plan, seen: Vec<Option<Vec<Attempt>>>) -> Vec<Observation> {
    plan.checks
        .iter()
        .zip(seen)
        .flat_map(|(check, attempts)| {
            let mut attempts = attempts.unwrap_or_else(|| ladder::not_begun(plan, check, Why::OurFault));
            attempts.sort_by_key(Attempt::order);
            attempts.into_iter().map(move |attempt| (check, attempt))
        })
        .enumerate()
        .map(|(index, (check, attempt))| observation(index + 1, check, attempt))
        .collect()
}

fn observation(number: usize, check: &Check, attempt: Attempt) -> Observation {
    Observation {
        id: ObservationId(format!("o{number}")),
        check: check.id.clone(),
        rung: attempt.rung,
        attempt: attempt.attempt,
        resolver: attempt.resolver,
        question: attempt.question,
        step: attempt.step,
        peer: attempt.peer,
        variation: attempt.variation,
        at_ms: attempt.at_ms,
        took_ms: attempt.took_ms,
        outcome: attempt.outcome,
    }
}
