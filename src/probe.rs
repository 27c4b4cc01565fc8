//! Climbs every check's ladder, side by side, and writes down what was seen. It never says whether a thing is good.

mod attempt;
mod berth;
mod climb;
mod ladder;
mod pace;
mod replay;
mod stop;
#[cfg(test)]
mod tests;
mod variations;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::net::Net;
use crate::observation::{Observation, ObservationId, Why};
use crate::plan::{Check, CheckId, Plan};

use attempt::Attempt;
pub use pace::Pace;
pub use replay::Kit;
use replay::Replay;
pub use stop::{Stop, Stopper};

/// What came of probing.
#[derive(Clone, Debug)]
pub struct Probed {
    /// One for each planned attempt, in the plan's order.
    pub observations: Vec<Observation>,
    /// What cut it short, where something did.
    pub cut_short: Option<Why>,
    /// The role that the credentials of a container name.
    pub role_arn: Option<String>,
    /// Why there are no credentials, where a place for them is named.
    pub no_credentials: Option<String>,
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
pub(crate) struct Shared<N: Net> {
    net: N,
    plan: Plan,
    stop: Stop,
    pace: Pace,
    /// Questions wait in it without a socket, so that what is answered meanwhile finds one.
    line: Mutex<()>,
    sockets: Arc<Semaphore>,
    /// How many of them there are in all.
    most_sockets: usize,
    replay: Replay<N>,
    started: Instant,
    /// Addresses whose handshake was varied, over all checks.
    varied: AtomicUsize,
}

impl<N: Net> Shared<N> {
    fn at_ms(&self) -> u64 {
        millis(self.started.elapsed())
    }

    /// Leave to open one more socket. Where none is left, connections that nobody uses are given up first.
    async fn socket(&self) -> Result<Option<OwnedSemaphorePermit>, Why> {
        if self.sockets.available_permits() == 0 {
            self.replay.give_up_idle();
        }
        Ok(self.stop.or(Arc::clone(&self.sockets).acquire_owned()).await?.ok())
    }

    /// Leave to open a socket for a second look: not one of the last quarter, which first looks need.
    fn spare_socket(&self) -> Option<OwnedSemaphorePermit> {
        let is_spare = self.sockets.available_permits() > self.most_sockets / 4;
        is_spare.then(|| Arc::clone(&self.sockets).try_acquire_owned().ok()).flatten()
    }

    /// Whether an open connection may be kept for the replay: not the last ones, which the ladders need.
    fn may_keep(&self) -> bool {
        const SPARE: usize = 8;
        self.sockets.available_permits() >= SPARE
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
pub async fn probe<N: Net>(plan: &Plan, net: N, stop: Stop, sockets: usize, progress: &Progress, kit: Kit) -> Probed {
    let shared = Arc::new(Shared {
        net,
        plan: plan.clone(),
        stop: stop.clone(),
        pace: kit.pace.clone(),
        line: Mutex::default(),
        sockets: Arc::new(Semaphore::new(sockets.max(1))),
        most_sockets: sockets.max(1),
        replay: Replay::new(plan, kit),
        started: Instant::now(),
        varied: AtomicUsize::new(0),
    });
    let mut ladders = JoinSet::new();
    for check in plan.checks.iter().filter(|check| check.step.is_none()) {
        let (shared, check) = (Arc::clone(&shared), Arc::new(check.clone()));
        let berth = shared.replay.berth(&check.id);
        ladders.spawn(async move { vec![(check.id.clone(), replay::climb(shared, check, berth).await)] });
    }
    let steps = replay::begin(&shared);
    let mut seen = HashMap::new();
    join(ladders, &mut seen, progress).await;
    join(steps, &mut seen, progress).await;
    let mut checks = plan.checks.clone();
    for (check, attempts) in shared.found().await {
        // A ladder that panicked leaves nothing.
        seen.extend(attempts.map(|attempts| (check.id.clone(), attempts)));
        checks.push((*check).clone());
    }
    // Only now is every secret known that an answer may repeat.
    seen.values_mut().flatten().for_each(|attempt| attempt.scrub(|text| shared.replay.scrub(text)));
    let role_arn = shared.replay.role_arn();
    let no_credentials = shared.replay.no_credentials();
    Probed { observations: number(plan, &checks, seen), cut_short: stop.why(), role_arn, no_credentials }
}

type Seen = HashMap<CheckId, Vec<Attempt>>;

/// What ladders and steps left; one that panicked leaves nothing.
async fn join(mut work: JoinSet<Vec<(CheckId, Vec<Attempt>)>>, seen: &mut Seen, progress: &Progress) {
    while let Some(joined) = work.join_next().await {
        let left = joined.unwrap_or_default();
        progress.0.fetch_add(left.len().max(1), Ordering::Relaxed);
        seen.extend(left);
    }
}

/// What there is to say where nothing could be tried.
pub fn not_probed(plan: &Plan) -> Vec<Observation> {
    let attempts = |check: &Check| (check.id.clone(), not_begun(plan, check, Why::NoSocket));
    number(plan, &plan.checks, plan.checks.iter().map(attempts).collect())
}

/// What was seen of a part of the plan, with the attempts that this round left to others.
pub fn with_left_out(plan: &Plan, mut observations: Vec<Observation>) -> Vec<Observation> {
    let left = |check: &&Check| observations.iter().all(|seen| seen.check != check.id);
    let left: Vec<Observation> = plan
        .checks
        .iter()
        .filter(left)
        .flat_map(|check| {
            not_begun(plan, check, Why::OtherRound).into_iter().map(|attempt| observation(0, check, attempt))
        })
        .collect();
    observations.extend(left);
    let places: HashMap<&CheckId, usize> = plan.checks.iter().map(|check| &check.id).zip(0..).collect();
    crate::order::by_key(&mut observations, |seen| places.get(&seen.check).copied().unwrap_or(usize::MAX));
    for (number, seen) in (1..).zip(&mut observations) {
        seen.id = ObservationId(format!("o{number}"));
    }
    observations
}

fn not_begun(plan: &Plan, check: &Check, why: Why) -> Vec<Attempt> {
    match check.step {
        Some(_) => replay::not_begun(check, why),
        None => ladder::not_begun(plan, check, why),
    }
}

/// In the plan's order, each with its id.
fn number(plan: &Plan, checks: &[Check], mut seen: Seen) -> Vec<Observation> {
    checks
        .iter()
        .map(|check| (check, seen.remove(&check.id)))
        .collect::<Vec<_>>()
        .into_iter()
        .flat_map(|(check, attempts)| {
            let mut attempts = attempts.unwrap_or_else(|| not_begun(plan, check, Why::OurFault));
            // The requests of a step are told in the order in which they were made.
            if check.step.is_none() {
                crate::order::by_key(&mut attempts, Attempt::order);
            }
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
