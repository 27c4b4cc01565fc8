//! Many rounds of asking. From one to the next nothing is kept but counts, and the rounds that the report may be of.

use std::future::Future;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep_until};

use super::{Request, ended, judge, judge_watched, probe_within, probing_time, seen_from};
use crate::diagnosis::{Ended, Verdict, with_found};
use crate::net::Net;
use crate::observation::{Observation, Why};
use crate::plan::Plan;
use crate::probe::{Kit, Pace, Probed, with_left_out};
use crate::report::{Report, RunFacts, build};
use crate::watch::{Added, Course, Round, Tally};

/// Ask as often as is wanted, each time with new sockets and questions; a signal ends it sooner. `told` hears of each round.
///
/// The start is replayed in the first round and in the last. Those between climb the ladders only: a log stream and a
/// secret's value every few seconds would be no kindness.
pub async fn watch<N: Net + Clone, S: Future<Output = ()> + Send + 'static>(
    request: Request,
    net: N,
    signal: impl Fn() -> S,
    course: &Course,
    mut told: impl FnMut(&Tally, &Added),
) -> Report {
    let mut rounds = Rounds::new(request, course);
    loop {
        let is_last = rounds.begin();
        let probed = rounds.ask(net.clone(), signal(), is_last).await;
        let is_stopped = probed.cut_short == Some(Why::Signal);
        if is_stopped && rounds.last.is_some() {
            // What the signal left of this round is worth less than the whole one before it.
            return rounds.report(true);
        }
        let added = rounds.take(probed, is_last);
        told(&rounds.tally, &added);
        if is_stopped || is_last {
            return rounds.report(is_stopped);
        }
        tokio::select! {
            biased;
            () = signal() => return rounds.report(true),
            () = sleep_until(rounds.next()) => {}
        }
    }
}

/// A round that the report may be of.
struct Kept {
    number: u64,
    started_at: SystemTime,
    took: Duration,
    observations: Vec<Observation>,
    /// Whether the start was replayed in it.
    is_whole: bool,
    ended: Ended,
    verdict: Verdict,
    /// Whether anything that is required fails in it that had failed before, and healed.
    breaks_again: bool,
}

/// The rounds so far.
struct Rounds<'c> {
    request: Request,
    course: &'c Course,
    /// What is climbed between the first round and the last.
    ladders: Plan,
    pace: Pace,
    /// When the first round began.
    origin: Instant,
    tally: Tally,
    /// The round that is made, from 1, and when it began, since the first.
    number: u64,
    at: Duration,
    /// How long the last one took, and the longest.
    took: Duration,
    longest: Duration,
    last: Option<Kept>,
    /// The last one in which a thing was broken again.
    failing: Option<Kept>,
    role_arn: Option<String>,
    no_credentials: Option<String>,
}

impl<'c> Rounds<'c> {
    fn new(request: Request, course: &'c Course) -> Self {
        let now = Instant::now();
        Self {
            course,
            ladders: request.plan.clone(),
            pace: Pace::default(),
            origin: now.checked_sub(request.spent).unwrap_or(now),
            tally: Tally::new(&request.plan, request.started_at),
            number: 0,
            at: Duration::ZERO,
            took: Duration::ZERO,
            longest: Duration::ZERO,
            last: None,
            failing: None,
            role_arn: None,
            no_credentials: None,
            request,
        }
    }

    /// One more round begins; whether it is the last.
    fn begin(&mut self) -> bool {
        self.number += 1;
        if self.number > 1 {
            self.at = self.origin.elapsed();
        }
        self.course.is_last(self.number, self.at, self.took, self.longest)
    }

    /// When the next one begins.
    fn next(&self) -> Instant {
        self.origin + self.course.next(self.at)
    }

    /// Whether the start is replayed in it.
    fn is_whole(&self, is_last: bool) -> bool {
        self.number == 1 || is_last
    }

    async fn ask<N: Net>(&self, net: N, signal: impl Future<Output = ()> + Send + 'static, is_last: bool) -> Probed {
        let Request { plan, source, id, spent, .. } = &self.request;
        let plan = if self.is_whole(is_last) { plan } else { &self.ladders };
        // A log stream is opened once under its name.
        let run_id = if self.number == 1 { id.clone() } else { format!("{id}-{}", self.number) };
        let kit = Kit { source: source.clone(), run_id, pace: self.pace.clone() };
        let spent = if self.number == 1 { *spent } else { Duration::ZERO };
        let time = self.course.allowed(self.at + spent, probing_time(plan, spent));
        probe_within(plan, &self.request, net, kit, time, signal).await
    }

    /// Count what was seen, and keep of it what the report may be of.
    fn take(&mut self, probed: Probed, is_last: bool) -> Added {
        let is_whole = self.is_whole(is_last);
        if self.number == 1 {
            self.ladders = ladders(&self.request.plan, &probed.observations);
        }
        self.role_arn = probed.role_arn.or(self.role_arn.take());
        self.no_credentials = probed.no_credentials.or(self.no_credentials.take());
        self.took = self.origin.elapsed().saturating_sub(self.at);
        self.longest = self.longest.max(self.took);
        let plan = if is_whole { &self.request.plan } else { &self.ladders };
        let ended = ended(probed.cut_short);
        let judgement = judge(plan, &probed.observations, ended, None);
        let started_at = self.request.started_at.checked_add(self.at).unwrap_or(self.request.started_at);
        let at_ms = u64::try_from(self.at.as_millis()).unwrap_or(u64::MAX);
        let round =
            Round { number: self.number, started_at, at_ms, observations: &probed.observations, judgement: &judgement };
        let added = self.tally.add(&round);
        let kept = Kept {
            number: self.number,
            started_at,
            took: self.took,
            observations: probed.observations,
            is_whole,
            ended,
            verdict: judgement.verdict,
            breaks_again: added.breaks_again,
        };
        self.failing = self.last.replace(kept).filter(|before| before.breaks_again).or(self.failing.take());
        added
    }

    /// The report: of the last round, or of the last one in which a thing was broken again.
    fn report(self, is_stopped: bool) -> Report {
        let took = self.origin.elapsed();
        let is_broken = |kept: &Kept| kept.verdict == Verdict::Fail;
        let of = match (self.last, self.failing) {
            (Some(last), failing) if is_stopped || is_broken(&last) || failing.is_none() => last,
            (_, Some(failing)) => failing,
            (last, None) => last.expect("a report is made after a round at least"),
        };
        let request = self.request;
        let plan = &request.plan;
        let watch = self.tally.watch(took, self.course.rounds.every, of.number);
        let observations = if of.is_whole { of.observations } else { with_left_out(plan, of.observations) };
        let facts = RunFacts {
            id: request.id,
            started_at: of.started_at,
            took: of.took,
            deadline: plan.limits.deadline(),
            ended: if is_stopped { Ended::Signal } else { of.ended },
        };
        let judgement = judge_watched(plan, &observations, facts.ended, None, Some(&watch));
        let vantage = seen_from(request.vantage, self.role_arn, self.no_credentials);
        let report = build(facts, vantage, request.inputs, plan, judgement, observations);
        Report { watch: Some(watch), ..report }
    }
}

/// The ladders of a plan, with those that the first replay found and without those that it showed to be needless.
fn ladders(plan: &Plan, observations: &[Observation]) -> Plan {
    let mut ladders = with_found(plan, observations).into_owned();
    let was_needed = |id| plan.checks.iter().any(|check| check.id == id && check.required);
    ladders.checks.retain(|check| check.step.is_none() && (check.required || !was_needed(check.id.clone())));
    ladders
}

#[cfg(test)]
mod tests;
