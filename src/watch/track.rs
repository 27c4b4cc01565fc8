//! One check over all rounds: what it came to in each, in so much room and no more.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::clock::rfc3339;
use super::histogram::Counter;
use super::outage::{Outage, Past, is_silent};
use super::tally::Round;
use super::{AddressSeries, AnswerSeries, ResolverSeries, RungSeries, Series, Turn, TurnKind};
use crate::diagnosis::{CheckResult, CheckStatus, Finding, FindingId, ObservedRoute, Severity};
use crate::observation::{Observation, Outcome, Rung};
use crate::plan::{CheckId, Route};

/// Answers, addresses and turns that are kept of one check.
const MOST: usize = 64;

/// The rungs that an address has.
const RUNGS: [Rung; 3] = [Rung::Connect, Rung::Handshake, Rung::Exchange];

/// What a check is at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct State {
    pub(super) fails: bool,
    /// It fails, and not only because its route is not the one that is asserted.
    pub(super) is_broken: bool,
    pub(super) route: ObservedRoute,
    pub(super) finding: Option<FindingId>,
}

/// One check over all rounds.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) check: CheckId,
    /// Whether the task start fails without it.
    pub(super) required: bool,
    pub(super) asked: u64,
    pub(super) failed: u64,
    warned: u64,
    pub(super) spells: u64,
    first_ms: Option<u64>,
    last_ms: Option<u64>,
    by: Vec<FindingId>,
    resolvers: Vec<(SocketAddr, Counter)>,
    answers: Vec<AnswerSeries>,
    addresses: Vec<(SocketAddr, [Counter; 3])>,
    turns: Vec<Turn>,
    late_turns: VecDeque<Turn>,
    left_out: u64,
    pub(super) state: Option<State>,
    /// When it became what it is.
    pub(super) since_ms: u64,
    outage: Outage,
    /// Whether nobody answered in the last round.
    is_silent: bool,
    /// How long it was broken, the last time that it was.
    pub(super) past: Option<Past>,
    /// How long the quickest connection of the last round took.
    pub(super) connect_ms: Option<u64>,
    /// Attempts of every kind, and those that came to nothing.
    pub(super) tries: (u64, u64),
}

impl Track {
    pub(super) fn new(check: CheckId) -> Self {
        Self {
            check,
            required: true,
            asked: 0,
            failed: 0,
            warned: 0,
            spells: 0,
            first_ms: None,
            last_ms: None,
            by: Vec::new(),
            resolvers: Vec::new(),
            answers: Vec::new(),
            addresses: Vec::new(),
            turns: Vec::new(),
            late_turns: VecDeque::new(),
            left_out: 0,
            state: None,
            since_ms: 0,
            outage: Outage::default(),
            is_silent: false,
            past: None,
            connect_ms: None,
            tries: (0, 0),
        }
    }

    /// Whether it broke again after it had healed, and is broken now.
    pub(super) fn breaks_again(&self) -> bool {
        self.spells > 1 && self.state.is_some_and(|state| state.fails)
    }

    /// One more round's attempts.
    pub(super) fn count(&mut self, seen: &[&Observation], at_ms: u64) {
        self.connect_ms = None;
        self.is_silent = is_silent(seen);
        for attempt in seen.iter().filter(|attempt| attempt.is_ordinary() && attempt.step.is_none()) {
            self.count_one(attempt);
        }
        self.count_answers(seen, at_ms);
    }

    fn count_one(&mut self, attempt: &Observation) {
        let is_lost = match &attempt.outcome {
            Outcome::Saw { .. } => false,
            Outcome::Failed { fault, .. } if fault.could_not_look() => return,
            Outcome::Failed { .. } => true,
            Outcome::NotTried { .. } => return,
        };
        self.tries = (self.tries.0 + 1, self.tries.1 + u64::from(is_lost));
        if attempt.rung == Rung::Connect && !is_lost {
            self.connect_ms = Some(self.connect_ms.map_or(attempt.took_ms, |ms| ms.min(attempt.took_ms)));
        }
        let Some(counter) = self.counter(attempt, is_lost) else {
            self.left_out += 1;
            return;
        };
        if is_lost { counter.lost() } else { counter.answered(attempt.took_ms) }
    }

    /// Where an attempt is counted; nowhere, where there are too many addresses already.
    fn counter(&mut self, attempt: &Observation, is_lost: bool) -> Option<&mut Counter> {
        let Some(peer) = attempt.peer else {
            let resolver = attempt.resolver?;
            let at = self.resolvers.iter().position(|(known, _)| *known == resolver);
            let at = at.unwrap_or_else(|| push(&mut self.resolvers, (resolver, Counter::default())));
            return self.resolvers.get_mut(at).map(|(_, counter)| counter);
        };
        let rung = RUNGS.iter().position(|rung| *rung == attempt.rung)?;
        let at = self.addresses.iter().position(|(known, _)| *known == peer).or_else(|| self.room(peer, is_lost))?;
        self.addresses.get_mut(at)?.1.get_mut(rung)
    }

    /// A place for one more address. Where all are taken, one that lost something takes that of one that lost nothing.
    fn room(&mut self, peer: SocketAddr, is_lost: bool) -> Option<usize> {
        let new = (peer, <[Counter; 3]>::default());
        if self.addresses.len() < MOST {
            return Some(push(&mut self.addresses, new));
        }
        let is_whole = |(_, rungs): &(SocketAddr, [Counter; 3])| rungs.iter().all(|counter| counter.lost == 0);
        let at = self.addresses.iter().position(is_whole).filter(|_| is_lost)?;
        self.left_out += 1;
        self.addresses[at] = new;
        Some(at)
    }

    /// What each resolver said of both families is one answer; the same one from several resolvers is counted once.
    fn count_answers(&mut self, seen: &[&Observation], at_ms: u64) {
        let answered = seen.iter().filter(|seen| seen.answer().is_some());
        let resolvers = crate::order::set(answered.filter_map(|seen| seen.resolver));
        let of = |resolver| {
            let theirs = seen.iter().filter(move |seen| seen.resolver == Some(resolver));
            let answers = theirs.filter_map(|seen| seen.answer());
            crate::order::set(answers.flat_map(|answer| &answer.addresses).map(|address| address.ip))
        };
        let answers = crate::order::set(resolvers.into_iter().map(of));
        for addresses in answers {
            self.count_answer(addresses.into_iter().collect(), at_ms);
        }
    }

    fn count_answer(&mut self, addresses: Vec<IpAddr>, at_ms: u64) {
        let has_room = self.answers.len() < MOST;
        match self.answers.iter_mut().find(|known| known.addresses == addresses) {
            Some(known) => (known.rounds, known.last_ms) = (known.rounds + 1, at_ms),
            None if has_room => {
                self.answers.push(AnswerSeries { addresses, rounds: 1, first_ms: at_ms, last_ms: at_ms });
            }
            None => self.left_out += 1,
        }
    }

    /// What the round came to, and whether that is another than before. Where it was not looked at, nothing is known.
    pub(super) fn judge(&mut self, check: &CheckResult, round: &Round<'_>) -> Option<Turn> {
        if check.status == CheckStatus::NotRun {
            return None;
        }
        let state = State::of(check, &round.judgement.findings);
        self.required = check.required;
        self.asked += 1;
        self.failed += u64::from(state.fails);
        self.warned += u64::from(!state.fails && check.status == CheckStatus::Warn);
        if state.fails || check.status == CheckStatus::Warn {
            self.first_ms.get_or_insert(round.at_ms);
            self.last_ms = Some(round.at_ms);
            self.name(check, &round.judgement.findings);
        }
        let before = self.state.replace(state);
        self.spells += u64::from(state.fails && before.is_none_or(|before| !before.fails));
        let past = self.outage.add(state.is_broken, state.is_broken && self.is_silent, round.at_ms);
        let Some(before) = before else {
            self.since_ms = round.at_ms;
            return None;
        };
        let what = turn(before, state)?;
        (self.since_ms, self.past) = (round.at_ms, past.or(self.past));
        let turn = Turn {
            at: round.at(),
            at_ms: round.at_ms,
            round: round.number,
            what,
            route: state.route,
            finding: state.finding,
            failing_ms: past.map(|past| past.failing_ms),
            silent_ms: past.and_then(|past| past.silent_ms),
        };
        self.keep(turn.clone());
        Some(turn)
    }

    /// By what it failed, or was warned of.
    fn name(&mut self, check: &CheckResult, findings: &[Finding]) {
        for finding in about(check, findings) {
            if !self.by.contains(&finding.id) {
                self.by.push(finding.id);
            }
        }
    }

    /// The first half of the turns that have room, and the last half.
    fn keep(&mut self, turn: Turn) {
        if self.turns.len() < MOST / 2 {
            return self.turns.push(turn);
        }
        if self.late_turns.len() == MOST / 2 {
            self.late_turns.pop_front();
            self.left_out += 1;
        }
        self.late_turns.push_back(turn);
    }

    /// What is told of it in the end.
    pub(super) fn series(&self, started_at: std::time::SystemTime) -> Series {
        let at = |ms: u64| rfc3339(started_at.checked_add(Duration::from_millis(ms)).unwrap_or(started_at));
        let rungs = |counters: &[Counter; 3]| {
            let climbed = RUNGS.iter().zip(counters).filter(|(_, counter)| counter.asked > 0);
            climbed.map(|(rung, counter)| RungSeries { rung: *rung, times: counter.times() }).collect()
        };
        let address =
            |(address, counters): &(SocketAddr, _)| AddressSeries { address: *address, rungs: rungs(counters) };
        let resolver = |(resolver, counter): &(SocketAddr, Counter)| ResolverSeries {
            resolver: *resolver,
            times: counter.times(),
        };
        Series {
            check: self.check.clone(),
            asked: self.asked,
            failed: self.failed,
            warned: self.warned,
            spells: self.spells,
            first_at: self.first_ms.map(at),
            last_at: self.last_ms.map(at),
            by: self.by.clone(),
            resolvers: self.resolvers.iter().map(resolver).collect(),
            answers: self.answers.clone(),
            addresses: self.addresses.iter().map(address).collect(),
            turns: self.turns.iter().chain(&self.late_turns).cloned().collect(),
            left_out: self.left_out,
        }
    }
}

impl State {
    fn of(check: &CheckResult, findings: &[Finding]) -> Self {
        let is_error = check.status == CheckStatus::Fail;
        // What the task start does without has no error of its own: it fails where nothing of it opens.
        let is_shut = !check.required
            && check.observed_route == ObservedRoute::None
            && check.expected_route != Route::Blocked
            && check.id.0 != "own-name";
        let finding = about(check, findings).next().filter(|_| is_error || is_shut);
        let finding = finding.map(|finding| finding.id);
        let is_of_route = matches!(
            finding,
            Some(
                FindingId::PublicRoute
                    | FindingId::UnexpectedRoute
                    | FindingId::RouteUndetermined
                    | FindingId::SlowPath
            )
        );
        let fails = is_error || is_shut;
        Self { fails, is_broken: fails && !is_of_route, route: check.observed_route, finding }
    }
}

/// The findings that say something is wrong with a check, the worst first.
fn about<'f>(check: &CheckResult, findings: &'f [Finding]) -> impl Iterator<Item = &'f Finding> {
    let of = |severity| {
        let id = check.id.clone();
        findings.iter().filter(move |finding| finding.severity == severity && finding.checks.contains(&id))
    };
    of(Severity::Error).chain(of(Severity::Warning))
}

fn turn(before: State, now: State) -> Option<TurnKind> {
    match (before.is_broken, now.is_broken) {
        (false, true) => Some(TurnKind::Broke),
        (true, false) => Some(TurnKind::Healed),
        _ if !before.fails && now.fails => Some(TurnKind::Broke),
        _ if before.fails && !now.fails => Some(TurnKind::Healed),
        _ => (before.route != now.route).then_some(TurnKind::Rerouted),
    }
}

fn push<T>(list: &mut Vec<T>, item: T) -> usize {
    list.push(item);
    list.len() - 1
}
