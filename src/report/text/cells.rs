//! One check's observations on one rung, in a few words.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};

use super::page::Ink;
use crate::observation::{CertificateProblem, Fault, Observation, Outcome, Rung, Seen, Why};
use crate::plan::CheckId;
use crate::report::Report;

/// A field of the table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Cell {
    pub text: String,
    pub ink: Ink,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, ink: Ink) -> Self {
        Self { text: text.into(), ink }
    }
}

/// What an attempt comes to.
enum Attempt {
    Good(String),
    Bad(String),
    Not(String),
}

/// Attempts at one rung belong together by whom they were made to: a second one may mend the first.
type Targets<'a> = BTreeMap<Option<SocketAddr>, Vec<&'a Observation>>;

/// What was seen, by check.
pub(crate) type ByCheck<'a> = HashMap<&'a CheckId, Vec<&'a Observation>>;

/// Put what was seen to its checks.
pub(crate) fn by_check(report: &Report) -> ByCheck<'_> {
    let mut seen = ByCheck::new();
    for observation in &report.observations {
        seen.entry(&observation.check).or_default().push(observation);
    }
    seen
}

/// One rung's field: the slowest time where everybody answered, how many did where some did, and how it failed.
pub(crate) fn rung(rung: Rung, seen: &[&Observation]) -> Cell {
    let mut targets = Targets::new();
    for observation in seen.iter().filter(|seen| seen.rung == rung && seen.is_ordinary() && !is_surplus(seen)) {
        targets.entry(observation.resolver.or(observation.peer)).or_default().push(observation);
    }
    let attempts: Vec<_> = targets.values().map(|target| best(target)).collect();
    let good = attempts.iter().filter(|attempt| matches!(attempt, Attempt::Good(_))).count();
    let word = |pick: fn(&Attempt) -> Option<&String>| attempts.iter().find_map(pick).cloned();
    let bad = word(|attempt| match attempt {
        Attempt::Bad(how) => Some(how),
        Attempt::Good(_) | Attempt::Not(_) => None,
    });
    let not = word(|attempt| match attempt {
        Attempt::Not(why) => Some(why),
        Attempt::Good(_) | Attempt::Bad(_) => None,
    });
    let time = time(slowest(rung, seen));
    match (good, bad, not) {
        (0, None, None) => Cell::new("", Ink::Plain),
        (0, Some(how), _) => Cell::new(how, Ink::Bad),
        (0, None, Some(why)) => Cell::new(why, Ink::Dim),
        (_, None, None) => Cell::new(join(&shown(&attempts), &time), Ink::Plain),
        (some, _, _) => Cell::new(format!("{some} of {} {time}", attempts.len()), Ink::Odd),
    }
}

/// The addresses that the resolvers gave, each with how connecting to it failed where it did.
pub(crate) fn addresses(seen: &[&Observation]) -> Vec<String> {
    let mut failed: BTreeMap<IpAddr, Option<String>> = BTreeMap::new();
    let connections = |seen: &&&Observation| seen.rung == Rung::Connect && seen.is_ordinary() && !is_surplus(seen);
    for observation in seen.iter().filter(connections) {
        let Some(peer) = observation.peer else { continue };
        let how = match attempt(observation) {
            Attempt::Good(_) | Attempt::Not(_) => None,
            Attempt::Bad(how) => Some(how),
        };
        let known = failed.entry(peer.ip()).or_insert_with(|| how.clone());
        *known = known.take().and(how);
    }
    let mut ips: Vec<IpAddr> = Vec::new();
    for ip in seen.iter().filter_map(|seen| seen.answer()).flat_map(|answer| &answer.addresses).map(|found| found.ip) {
        if !ips.contains(&ip) {
            ips.push(ip);
        }
    }
    let words = |ip: IpAddr| match failed.get(&ip) {
        Some(Some(how)) => format!("{ip} ({how})"),
        Some(None) | None => ip.to_string(),
    };
    ips.into_iter().map(words).collect()
}

/// More addresses were answered than are tried: the notes say so, the table does not count them.
fn is_surplus(observation: &Observation) -> bool {
    matches!(observation.outcome, Outcome::NotTried { why: Why::TooMany })
}

/// The best of the attempts on one target.
fn best(target: &[&Observation]) -> Attempt {
    let rank = |attempt: &Attempt| match attempt {
        Attempt::Good(_) => 0,
        Attempt::Bad(_) => 1,
        Attempt::Not(_) => 2,
    };
    target.iter().map(|observation| attempt(observation)).min_by_key(rank).unwrap_or(Attempt::Not(String::new()))
}

fn attempt(observation: &Observation) -> Attempt {
    match &observation.outcome {
        Outcome::Saw { seen: Seen::Answer(answer) } if !answer.addresses.is_empty() => Attempt::Good(String::new()),
        Outcome::Saw { seen: Seen::Answer(answer) } if answer.code == "NOERROR" => {
            Attempt::Bad("no address".to_owned())
        }
        Outcome::Saw { seen: Seen::Answer(answer) } => Attempt::Bad(answer.code.clone()),
        Outcome::Saw { seen: Seen::Connection(_) } => Attempt::Good(String::new()),
        Outcome::Saw { seen: Seen::Handshake(handshake) } => match handshake.problems.first() {
            None => Attempt::Good(String::new()),
            Some(problem) => Attempt::Bad(certificate(problem).to_owned()),
        },
        Outcome::Saw { seen: Seen::Response(response) } => Attempt::Good(response.status.to_string()),
        Outcome::Failed { fault, .. } => Attempt::Bad(failed(fault).to_owned()),
        Outcome::NotTried { why } => Attempt::Not(not_tried(*why).to_owned()),
    }
}

pub(super) fn failed(fault: &Fault) -> &'static str {
    match fault {
        Fault::TimedOut { .. } => "no answer",
        Fault::Refused => "refused",
        Fault::Reset => "reset",
        Fault::Closed => "closed",
        Fault::NetworkUnreachable => "no route",
        Fault::HostUnreachable => "no way",
        Fault::OnlyWrongAnswers { .. } => "bad answers",
        Fault::TruncatedThenTcp { .. } => "truncated",
        Fault::TlsAlert { .. } => "TLS alert",
        Fault::NotTls { .. } => "not TLS",
        Fault::TlsBroken { .. } => "broken TLS",
        Fault::NotHttp { .. } => "not HTTP",
        Fault::HeadTooLarge { .. } => "too long",
        Fault::NoFileDescriptors => "no sockets",
        Fault::NotPermitted => "not allowed",
        Fault::Local { .. } => "local fault",
    }
}

pub(crate) fn certificate(problem: &CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::UnknownIssuer => "untrusted",
        CertificateProblem::WrongName => "wrong name",
        CertificateProblem::Expired { .. } => "expired",
        CertificateProblem::NotYetValid { .. } => "not yet",
        CertificateProblem::Other { .. } => "bad cert",
    }
}

pub(crate) fn not_tried(why: Why) -> &'static str {
    match why {
        Why::BelowFailed | Why::NoAddress | Why::TooMany => "-",
        Why::Deadline => "no time",
        Why::Signal => "stopped",
        Why::NoSocket => "no socket",
        Why::NoCredentials => "unsigned",
        Why::Untrusted => "untrusted",
        Why::NotAsked | Why::OtherRound => "left out",
        Why::OurFault => "our bug",
    }
}

/// What the attempts showed beside their time: the status, each of them once.
fn shown(attempts: &[Attempt]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for attempt in attempts {
        if let Attempt::Good(word) = attempt
            && !words.contains(&word.as_str())
        {
            words.push(word);
        }
    }
    words.join("/")
}

fn join(word: &str, time: &str) -> String {
    if word.is_empty() { time.to_owned() } else { format!("{word} {time}") }
}

/// The longest time of those that were answered.
fn slowest(rung: Rung, seen: &[&Observation]) -> u64 {
    let answered = seen.iter().filter(|seen| seen.rung == rung && seen.is_ordinary() && seen.seen().is_some());
    answered.map(|seen| seen.took_ms).max().unwrap_or_default()
}

/// Milliseconds as people read them.
pub(crate) fn time(ms: u64) -> String {
    match ms {
        0 => "<1 ms".to_owned(),
        1..1_000 => format!("{ms} ms"),
        1_000..10_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} s", ms / 1_000),
    }
}
