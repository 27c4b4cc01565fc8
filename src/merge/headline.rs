//! The verdict over all runs, its exit code, its sentence.

use super::Run;
use crate::diagnosis::Verdict;
use crate::explain;

const STRICT: u8 = 4;
const BUG: u8 = 70;
pub(super) const INCONCLUSIVE: u8 = 71;

/// More runs than these are counted, not named.
const NAMED: usize = 3;

/// What the runs are called: subnets, where each is known to stand in one of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Nouns {
    Subnets,
    Runs,
}

/// How many runs there are in all, and what they are called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Whole {
    pub(super) nouns: Nouns,
    pub(super) runs: usize,
}

impl Nouns {
    pub(super) fn of(runs: &[Run]) -> Self {
        let range = |run: &Run| run.vantage.as_ref().and_then(|vantage| vantage.subnet_cidr);
        let is_subnet = |run: &Run| run.name.starts_with("subnet-") || range(run).is_some();
        // One name for all: two runs of one subnet are runs.
        let is_twice = |at: usize| {
            let earlier = || runs[..at].iter().filter(|other| !other.name.starts_with("subnet-"));
            range(&runs[at]).is_some() && earlier().any(|other| range(other) == range(&runs[at]))
        };
        if runs.iter().all(is_subnet) && !(0..runs.len()).any(is_twice) { Self::Subnets } else { Self::Runs }
    }

    pub(super) fn one(self) -> &'static str {
        match self {
            Self::Subnets => "subnet",
            Self::Runs => "run",
        }
    }

    pub(super) fn many(self) -> &'static str {
        match self {
            Self::Subnets => "subnets",
            Self::Runs => "runs",
        }
    }

    /// `the one run`, `both subnets`, `all 3 subnets`.
    pub(super) fn all(self, count: usize) -> String {
        match count {
            1 => format!("the one {}", self.one()),
            2 => format!("both {}", self.many()),
            count => format!("all {count} {}", self.many()),
        }
    }
}

/// The worst: a failure before anything else, and of several the one that a task start meets first.
pub(super) fn exit_code(runs: &[Run]) -> u8 {
    let rank = |code: u8| match code {
        11..=69 => (0, code),
        BUG => (1, code),
        INCONCLUSIVE => (2, code),
        STRICT => (3, code),
        _ => (4, code),
    };
    runs.iter().map(counted).min_by_key(|code| rank(*code)).unwrap_or(INCONCLUSIVE)
}

/// The verdict that goes with a code.
pub(super) fn verdict(code: u8) -> Verdict {
    match code {
        0 => Verdict::Pass,
        BUG | INCONCLUSIVE => Verdict::Inconclusive,
        _ => Verdict::Fail,
    }
}

/// A run's code as it counts: what says nothing of the network is inconclusive.
pub(super) fn counted(run: &Run) -> u8 {
    let of_ours = run.exit_code.and_then(|code| explain::exit_code(code).ok());
    match of_ours.map(|explained| explained.code) {
        Some(code @ (0 | STRICT | BUG | 11..=69)) => code,
        Some(_) | None => INCONCLUSIVE,
    }
}

/// One sentence over all runs.
pub(super) fn headline(runs: &[Run], code: u8, nouns: Nouns) -> String {
    let unknown: Vec<&Run> = runs.iter().filter(|run| run.verdict == Verdict::Inconclusive).collect();
    match verdict(code) {
        Verdict::Pass => format!("everything that is required answers as it should in {}", nouns.all(runs.len())),
        Verdict::Fail => {
            let rest = match &unknown[..] {
                [] => String::new(),
                unknown if unknown.len() > NAMED => format!("; not known of {} others", unknown.len()),
                unknown => format!("; not known of {}", names(unknown)),
            };
            format!("{}{rest}", failed(runs, code, nouns))
        }
        Verdict::Inconclusive => {
            let first = unknown.iter().find(|run| counted(run) == code).map(|run| reason(run)).unwrap_or_default();
            let others = match runs.len() - unknown.len() {
                0 => "",
                1 => "; the other one passes",
                _ => "; the others pass",
            };
            format!("not known of {}: {first}{others}", which(&unknown, runs.len(), nouns))
        }
    }
}

fn failed(runs: &[Run], code: u8, nouns: Nouns) -> String {
    let failed: Vec<&Run> = runs.iter().filter(|run| run.verdict == Verdict::Fail).collect();
    let Some(first) = failed.iter().find(|run| counted(run) == code) else { return String::new() };
    let is_same = failed.iter().all(|run| counted(run) == code);
    let place = if is_same || failed.len() == 1 { String::new() } else { format!("first of all, in {}: ", first.name) };
    format!("in {}: {place}{}", which(&failed, runs.len(), nouns), reason(first))
}

/// `2 of 3 subnets (a, b)`, or all of them; of many only how many.
fn which(some: &[&Run], of: usize, nouns: Nouns) -> String {
    match some.len() {
        count if count == of && of == 1 => names(some),
        count if count == of => nouns.all(of),
        count if count > NAMED => format!("{count} of {of} {}", nouns.many()),
        count => format!("{count} of {of} {} ({})", nouns.many(), names(some)),
    }
}

/// A run's own headline; a sentence that goes on needs no stop at its end.
fn reason(run: &Run) -> String {
    if run.not_started.is_some() {
        return "it never started".to_owned();
    }
    run.headline.trim_end_matches('.').to_owned()
}

fn names(runs: &[&Run]) -> String {
    runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>().join(", ")
}
