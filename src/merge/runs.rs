//! One run as a row: from its report, from its exit code, or from its stop reason.

use std::collections::{BTreeMap, HashSet};

use super::headline::INCONCLUSIVE;
use super::{ExitCodeOnly, Failing, Known, NotStarted, Run};
use crate::diagnosis::{CheckResult, CheckStatus, Finding, Severity, Verdict};
use crate::explain::{self, StopReason};
use crate::plan::{Purpose, Rung};
use crate::report::{Report, is_aside};

/// Tell those of which only a failing code is known which reports have the same.
pub(super) fn liken(runs: &mut [Run]) {
    let of_reports: Vec<(String, Option<i64>)> =
        runs.iter().filter(|run| run.run_id.is_some()).map(|run| (run.name.clone(), run.exit_code)).collect();
    for run in runs.iter_mut().filter(|run| run.verdict == Verdict::Fail) {
        let code = run.exit_code;
        let same = of_reports.iter().filter(|(_, other)| *other == code).map(|(name, _)| name.clone());
        if let Some(only) = &mut run.exit_code_only {
            only.same_code_as = same.collect();
        }
    }
}

/// The row of a run.
pub(super) fn run(name: &str, known: &Known) -> Run {
    match known {
        Known::Report(report) => of_report(name, report),
        Known::ExitCode(code) => of_exit_code(name, *code),
        Known::NotStarted(text) => of_stop_reason(name, text),
    }
}

/// A row of which nothing is known yet.
fn blank(name: &str) -> Run {
    Run {
        name: name.to_owned(),
        verdict: Verdict::Inconclusive,
        exit_code: None,
        headline: String::new(),
        run_id: None,
        started_at: None,
        took_ms: None,
        ended: None,
        vantage: None,
        summary: None,
        purposes: BTreeMap::new(),
        fails: BTreeMap::new(),
        checks: Vec::new(),
        exit_code_only: None,
        not_started: None,
    }
}

fn of_report(name: &str, report: &Report) -> Run {
    let purposes = purposes(&report.checks);
    let failed = purposes.iter().filter(|(_, status)| **status == CheckStatus::Fail);
    let fails = failed.filter_map(|(purpose, _)| Some((*purpose, failing(report, *purpose)?))).collect();
    // A report that was asked for nothing shows nothing.
    let is_empty = report.summary.checks == 0 && report.verdict == Verdict::Pass;
    Run {
        verdict: if is_empty { Verdict::Inconclusive } else { report.verdict },
        exit_code: Some(if is_empty { INCONCLUSIVE } else { report.exit_code }.into()),
        headline: if is_empty { "nothing was examined".to_owned() } else { report.headline.clone() },
        run_id: Some(report.run.id.clone()),
        started_at: Some(report.run.started_at.clone()),
        took_ms: Some(report.run.took_ms),
        ended: Some(report.run.ended),
        vantage: Some(report.vantage.clone()),
        summary: Some(report.summary),
        purposes,
        fails,
        checks: super::checks(report),
        ..blank(name)
    }
}

/// Each step's state: the worst of what the start needs. What it may do without can only warn.
fn purposes(checks: &[CheckResult]) -> BTreeMap<Purpose, CheckStatus> {
    let mut states = BTreeMap::new();
    for check in checks.iter().filter(|check| check.required || !is_aside(check)) {
        let state = match check.status {
            state if check.required => state,
            CheckStatus::Fail | CheckStatus::Warn => CheckStatus::Warn,
            CheckStatus::Pass => CheckStatus::Pass,
            CheckStatus::NotRun => continue,
        };
        let worst = states.entry(check.purpose).or_insert(state);
        if rank(state) < rank(*worst) {
            *worst = state;
        }
    }
    states
}

/// The worst comes first: what was not looked at may be worse than what only warns.
fn rank(status: CheckStatus) -> u8 {
    match status {
        CheckStatus::Fail => 0,
        CheckStatus::NotRun => 1,
        CheckStatus::Warn => 2,
        CheckStatus::Pass => 3,
    }
}

/// The error on the lowest rung that hits a step.
fn failing(report: &Report, purpose: Purpose) -> Option<Failing> {
    let is_of_it = |check: &CheckResult| check.purpose == purpose;
    let hit: HashSet<_> = report.checks.iter().filter(|check| is_of_it(check)).map(|check| &check.id).collect();
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let of_step = errors.filter(|finding| finding.checks.iter().any(|id| hit.contains(id)));
    let all = of_step.map(|finding| Failing { finding: Some(finding.id), exit_digit: digit(report, finding) });
    all.min_by_key(|failing| failing.exit_digit)
}

/// The last digit of the exit code that a finding gives: its own, else that of the lowest rung of its evidence.
pub(super) fn digit(report: &Report, finding: &Finding) -> u8 {
    if finding.id.ones() != 0 {
        return finding.id.ones();
    }
    let evidence: HashSet<_> = finding.evidence.iter().collect();
    let shown = report.observations.iter().filter(|seen| evidence.contains(&seen.id));
    let rungs = shown.map(|seen| match seen.rung {
        Rung::Resolve => 1,
        Rung::Connect => 3,
        Rung::Handshake => 4,
        Rung::Exchange => 5,
    });
    rungs.min().unwrap_or(5)
}

fn of_exit_code(name: &str, code: i64) -> Run {
    let row = Run { exit_code: Some(code), ..blank(name) };
    let explained = match explain::exit_code(code) {
        Ok(explained) => explained,
        Err(why) => {
            let why = why.0.split_once(": ").map_or(why.0.as_str(), |(_, why)| why);
            let meaning = format!("Exit code {code} is {why}.");
            let next = "It says nothing of the network: see why the container ended, in its log or by describe-tasks.";
            let only = ExitCodeOnly {
                meaning: meaning.clone(),
                findings: Vec::new(),
                same_code_as: Vec::new(),
                next: next.to_owned(),
            };
            return Run { headline: meaning, exit_code_only: Some(only), ..row };
        }
    };
    let fails: BTreeMap<_, _> = failed_step(explained.code)
        .map(|purpose| (purpose, Failing { finding: None, exit_digit: explained.code % 10 }))
        .into_iter()
        .collect();
    Run {
        verdict: match explained.code {
            0 => Verdict::Pass,
            4 | 11..=69 => Verdict::Fail,
            _ => Verdict::Inconclusive,
        },
        headline: match (explained.fails, explained.how) {
            (Some(fails), Some(how)) => format!("{fails}: {how}"),
            _ => explained.meaning.clone(),
        },
        purposes: fails.keys().map(|purpose| (*purpose, CheckStatus::Fail)).collect(),
        fails,
        exit_code_only: Some(ExitCodeOnly {
            meaning: explained.meaning,
            findings: explained.findings,
            same_code_as: Vec::new(),
            next: explained.next.to_owned(),
        }),
        ..row
    }
}

/// The step that a code says fails first; a 6 stands for several.
fn failed_step(code: u8) -> Option<Purpose> {
    match code {
        11..=19 => Some(Purpose::Secrets),
        21..=29 => Some(Purpose::RegistryToken),
        31..=39 => Some(Purpose::Logs),
        41..=49 => Some(Purpose::Registry),
        51..=59 => Some(Purpose::Layers),
        _ => None,
    }
}

fn of_stop_reason(name: &str, text: &str) -> Run {
    let reading = explain::stop_reason(text);
    let headline = if reading.text.is_empty() {
        "It never started, and no stop reason is given.".to_owned()
    } else {
        format!("It never started: {}", reading.text)
    };
    Run { headline, not_started: Some(reading.into()), ..blank(name) }
}

impl From<StopReason> for NotStarted {
    fn from(reading: StopReason) -> Self {
        Self {
            known: reading.known,
            phase: reading.phase.id.to_owned(),
            step: reading.phase.what.to_owned(),
            meaning: reading.meaning,
            probe_sees_it: reading.probe_sees_it,
            findings: reading.findings,
            fix: reading.fix,
            text: reading.text,
        }
    }
}
