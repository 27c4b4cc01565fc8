//! A report by its checks: what was seen of each, and which findings name it.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::text::cells::time;
use super::{Report, is_aside, json};
use crate::diagnosis::{CheckResult, Finding, Severity};
use crate::observation::{Fault, Observation, Outcome, Rung, Seen, Why};
use crate::plan::CheckId;

/// One check, with everything that is about it.
pub(super) struct Examined<'r> {
    pub(super) check: &'r CheckResult,
    pub(super) seen: Vec<&'r Observation>,
    pub(super) findings: Vec<&'r Finding>,
    /// What has to be mended before this check can be judged.
    pub(super) hidden_by: Option<&'r Finding>,
}

/// Every check that passes or fails, in the report's order, each id once.
pub(super) fn examined(report: &Report) -> Vec<Examined<'_>> {
    let mut seen: HashMap<&CheckId, Vec<&Observation>> = HashMap::new();
    for observation in &report.observations {
        seen.entry(&observation.check).or_default().push(observation);
    }
    let (mut named, mut hides) = (HashMap::<_, Vec<&Finding>>::new(), HashMap::new());
    for finding in &report.findings {
        finding
            .checks
            .iter()
            .collect::<HashSet<_>>()
            .into_iter()
            .for_each(|id| named.entry(id).or_default().push(finding));
        for id in &finding.hides {
            hides.entry(id).or_insert(finding);
        }
    }
    let mut known = HashSet::new();
    let subjects = report.checks.iter().filter(|check| !is_aside(check) && known.insert(&check.id));
    let examined = subjects.map(|check| Examined {
        check,
        seen: seen.remove(&check.id).unwrap_or_default(),
        findings: named.remove(&check.id).unwrap_or_default(),
        hidden_by: hides.get(&check.id).copied(),
    });
    examined.collect()
}

/// The findings that name none of these checks, and those that are only worth knowing.
pub(super) fn beside<'r>(report: &'r Report, examined: &[Examined<'_>]) -> Vec<&'r Finding> {
    let shown: HashSet<&CheckId> = examined.iter().map(|one| &one.check.id).collect();
    let is_beside =
        |finding: &&Finding| finding.severity == Severity::Info || !finding.checks.iter().any(|id| shown.contains(id));
    report.findings.iter().filter(is_beside).collect()
}

impl Examined<'_> {
    /// The check's findings of one severity.
    pub(super) fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().copied().filter(move |finding| finding.severity == severity)
    }

    /// From the first attempt to the end of the last, as the platform makes them.
    pub(super) fn took_ms(&self) -> Option<u64> {
        let begin = self.made().map(|seen| seen.at_ms).min()?;
        let end = self.made().map(|seen| seen.at_ms.saturating_add(seen.took_ms)).max()?;
        Some(end.saturating_sub(begin))
    }

    /// The slowest answer on a rung.
    pub(super) fn slowest(&self, rung: Rung) -> Option<u64> {
        let answered = self.made().filter(|seen| seen.rung == rung && seen.step.is_none() && seen.seen().is_some());
        answered.map(|seen| seen.took_ms).max()
    }

    /// The attempts that were made as the platform makes them.
    pub(super) fn made(&self) -> impl Iterator<Item = &Observation> {
        let is_made = |seen: &&Observation| seen.is_ordinary() && !matches!(seen.outcome, Outcome::NotTried { .. });
        self.seen.iter().copied().filter(is_made)
    }

    /// Why it was not wholly looked at, and whether that is our own doing.
    pub(super) fn why_not(&self) -> (String, bool) {
        let own = self.seen.iter().find_map(|seen| Some(own_reason(&seen.outcome)?.to_owned()));
        if let Some(own) = own {
            return (own, true);
        }
        if let Some(finding) = self.hidden_by {
            return (format!("can't be judged before {} is mended", finding.id), false);
        }
        let why = self.seen.iter().find_map(|seen| match seen.outcome {
            Outcome::NotTried { why } => Some(not_tried(why)),
            Outcome::Saw { .. } | Outcome::Failed { .. } => None,
        });
        (why.unwrap_or("not everything of it was seen").to_owned(), false)
    }
}

/// What kept this process from looking, where that was it.
fn own_reason(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::NotTried { why: why @ (Why::Deadline | Why::Signal | Why::NoSocket | Why::OurFault) } => {
            Some(not_tried(*why))
        }
        Outcome::Failed { fault, .. } if fault.could_not_look() => Some("this process could not look"),
        Outcome::NotTried { .. } | Outcome::Failed { .. } | Outcome::Saw { .. } => None,
    }
}

fn not_tried(why: Why) -> &'static str {
    match why {
        Why::BelowFailed => "what it needs below did not succeed",
        Why::NoAddress => "no resolver gave an address",
        Why::Deadline => "the run's deadline came first",
        Why::Signal => "the run was told to stop",
        Why::TooMany => "there were more addresses than are tried",
        Why::NoSocket => "this process may open no more sockets",
        Why::OurFault => "a part of vpcprobe itself failed",
        Why::NoCredentials => "it has to be signed, and there are no credentials",
        Why::Untrusted => "the certificate does not verify, so no secret is sent there",
        Why::NotAsked => "it was left out, as was asked",
        Why::OtherRound => "it is asked in another round",
    }
}

/// One attempt in one line: which, whereto, and what came of it.
pub(super) fn attempt(seen: &Observation) -> String {
    let target = seen.resolver.or(seen.peer).map(|target| format!(" {target}")).unwrap_or_default();
    format!("{} {}{target}: {}, {}", seen.id.0, slug(&seen.rung), outcome(&seen.outcome), time(seen.took_ms))
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed { fault, .. } => Fault::to_string(fault),
        Outcome::NotTried { why } => not_tried(*why).to_owned(),
        Outcome::Saw { seen: Seen::Answer(answer) } => {
            let found: Vec<_> = answer.addresses.iter().take(8).map(|address| address.ip.to_string()).collect();
            format!("{} {}", answer.code, found.join(" ")).trim_end().to_owned()
        }
        Outcome::Saw { seen: Seen::Connection(_) } => "connected".to_owned(),
        Outcome::Saw { seen: Seen::Handshake(handshake) } if handshake.problems.is_empty() => "good".to_owned(),
        Outcome::Saw { seen: Seen::Handshake(handshake) } => {
            let issuer = handshake.chain.first().map(|first| first.issuer.as_str()).unwrap_or_default();
            format!("a certificate that does not verify, by {issuer}")
        }
        Outcome::Saw { seen: Seen::Response(response) } => format!("status {}", response.status),
    }
}

/// A word of ours as the JSON form has it.
pub(super) fn slug(word: &impl Serialize) -> String {
    json::line(word).trim_matches('"').to_owned()
}

/// Milliseconds as seconds.
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}
