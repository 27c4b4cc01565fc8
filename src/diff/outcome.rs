//! From two documents to what they come to together.

use std::collections::{HashMap, HashSet};

use super::check::{Runs, change, is_control, is_untold, worked};
use super::expect::{outcomes, paired};
use super::findings::findings;
use super::pair::Pair;
use super::side::{Document, Run, Seen};
use super::{
    Change, ChangeKind, Counts, Diff, Expected, FindingChange, Kind, NotCompared, Outcome, Surrounding, notes, words,
};
use crate::diagnosis::{CheckStatus, Severity, Verdict};
use crate::inputs::Expectation;
use crate::plan::{self, CheckId, Route};
use crate::report::{SCHEMA_VERSION, Tool};

/// What is found while the runs are gone through.
#[derive(Default)]
struct Found {
    changes: Vec<Change>,
    surroundings: Vec<Surrounding>,
    findings: Vec<FindingChange>,
    not_compared: Vec<NotCompared>,
    notes: Vec<String>,
    counts: Counts,
    worse: Vec<String>,
    not_shown: Vec<String>,
    /// Checks that were meant to be blocked and are, by run.
    closed: HashSet<(Option<String>, CheckId)>,
}

/// Compare two documents, or say in one sentence why they can't be.
pub fn diff(before: &Document, after: &Document, asked: &[Expectation]) -> Result<Diff, String> {
    if before.is_merged != after.is_merged {
        let (merged, single) = if before.is_merged { ("BEFORE", "AFTER") } else { ("AFTER", "BEFORE") };
        return Err(format!(
            "{merged} is several runs, merged, and {single} the report of one: compare two of a kind, merging the one \
             report as well"
        ));
    }
    let paired = paired(before, after);
    let expectations = outcomes(before, after, &paired, asked)?;
    let mut found = Found { closed: closed(&expectations), ..Found::default() };
    let tool = Tool::this();
    found.notes.extend(notes::of_versions(before, after, &tool.version));
    for ((before, after), checks) in &paired {
        match (before, after) {
            (Some(before), Some(after)) => found.run(before, after, checks),
            (None, Some(run)) => found.begun(run),
            (Some(run), None) => found.gone(run),
            (None, None) => {}
        }
    }
    if found.counts.compared == 0 {
        found.not_shown.push("no check was looked at on both sides".to_owned());
    }
    if after.is_merged {
        found.fold();
    }
    crate::order::by_key(&mut found.changes, |change| change.kind);
    crate::order::by_key(&mut found.findings, |finding| (finding.state, finding.severity));
    let outcome = match (&found.worse[..], &found.not_shown[..]) {
        ([], []) => Outcome::NotWorse,
        ([], _) => Outcome::NotShown,
        _ => Outcome::Worse,
    };
    let unmet = expectations.iter().filter(|expected| !expected.met).count();
    let headline = headline(outcome, &found, &expectations, unmet);
    Ok(Diff {
        schema_version: SCHEMA_VERSION,
        kind: Kind::Diff,
        tool,
        outcome,
        exit_code: u8::from(outcome != Outcome::NotWorse || unmet > 0),
        headline,
        reasons: if outcome == Outcome::Worse { found.worse } else { found.not_shown },
        before: before.side(),
        after: after.side(),
        expectations,
        summary: found.counts,
        changes: found.changes,
        surroundings: found.surroundings,
        findings: found.findings,
        not_compared: found.not_compared,
        notes: found.notes,
    })
}

impl Found {
    /// A run of one side only.
    fn alone(&mut self, run: &Run, why: &str) {
        let what = run.name.clone().unwrap_or_else(|| "the run".to_owned());
        self.not_compared.push(NotCompared { runs: Vec::new(), what, why: why.to_owned() });
    }

    /// A run that nobody repeated.
    fn gone(&mut self, run: &Run) {
        self.alone(run, "this run is only in BEFORE");
        if run.verdict == Verdict::Pass || run.checks.iter().any(|seen| is_lost((Some(seen), None))) {
            let name = run.name.as_deref().unwrap_or("the run");
            self.not_shown
                .push(format!("{name}: its checks worked before, and AFTER has no run of that name or subnet"));
        }
    }

    /// A run that nobody made before: how it would have gone then is not known.
    fn begun(&mut self, run: &Run) {
        self.alone(run, "this run is only in AFTER");
        if run.verdict != Verdict::Pass {
            let name = run.name.as_deref().unwrap_or("the run");
            self.not_shown.push(format!("{name}: it does not pass, and BEFORE has no run of that name or subnet"));
        }
    }

    /// Hold one run against the other.
    fn run(&mut self, before: &Run, after: &Run, pairs: &[Pair<'_, Seen>]) {
        let runs = Runs::new(before, after);
        let name: Vec<String> = after.name.clone().into_iter().collect();
        let told = |text: String| after.name.as_ref().map_or(text.clone(), |name| format!("{name}: {text}"));
        self.notes.extend(notes::notes(before, after));
        if before.checks.is_empty() || after.checks.is_empty() {
            self.alone(after, "no list of its checks is there on both sides: only verdict and findings are compared");
        }
        self.not_compared.extend(notes::not_compared(before, after));
        let mut broken: HashSet<&CheckId> = HashSet::new();
        let closed = closed_hosts(&self.closed, after);
        let is_closed = |checks: &[CheckId]| !checks.is_empty() && checks.iter().all(|check| closed.contains(check));
        let (mut worse, mut not_shown) = (Vec::new(), Vec::new());
        for pair in pairs {
            if let Some(why) = unseen(*pair) {
                let seen = pair.1.or(pair.0);
                let what = seen.map(|seen| seen.check.id.0.clone()).unwrap_or_default();
                if is_lost(*pair) && !pair.1.is_some_and(|seen| closed.contains(&seen.check.id)) {
                    let why = if pair.1.is_none() { "ask for it" } else { "look at it, or not wholly" };
                    not_shown.push(format!("{what} worked before, and the run after did not {why}"));
                }
                self.not_compared.push(NotCompared { runs: name.clone(), what, why: why.to_owned() });
                continue;
            }
            let (Some(was), Some(is)) = *pair else { continue };
            if worked(was) && worked(is) && is.check.required && runs.is_weaker(was, is) {
                let (what, why) = (is.check.id.0.clone(), "the run after asked for less of it (unproved says of what)");
                not_shown.push(format!("{what} worked before, and {why}"));
                self.not_compared.push(NotCompared { runs: name.clone(), what, why: why.to_owned() });
            }
            if is_untold(&runs, was, is) {
                let why = "one of the runs asked no public host, so its route on that side can't be told".to_owned();
                let what = format!("the route of {}", is.check.id);
                self.not_compared.push(NotCompared { runs: name.clone(), what, why });
            }
            let change = change(&runs, was, is);
            self.count(is, change.as_ref());
            let Some(mut change) = change else { continue };
            if change.regression && closed.contains(&is.check.id) {
                change.regression = false;
                if let Some(first) = change.details.first_mut() {
                    first.meaning.push_str(", as was meant");
                }
            }
            if change.regression {
                broken.insert(&is.check.id);
                worse.push(reason(&change));
            }
            change.runs.clone_from(&name);
            self.changes.push(change);
        }
        for (surrounding, is_worse) in notes::surroundings(before, after) {
            if is_worse {
                let of = surrounding.of.as_deref().unwrap_or_default();
                worse.push(format!("{of}: {}", surrounding.detail.meaning));
            }
            self.surroundings.push(surrounding);
        }
        for mut finding in findings(&runs, pairs) {
            finding.regression &= !is_closed(&finding.checks);
            // What its checks say already is not said again.
            if finding.regression && !finding.checks.iter().any(|check| broken.contains(check)) {
                worse.push(format!("{} is new: {}", finding.id, finding.summary));
            }
            finding.runs.clone_from(&name);
            self.findings.push(finding);
        }
        let follows = !closed.is_empty()
            && after.findings.iter().all(|found| found.severity != Severity::Error || is_closed(&found.checks));
        verdicts(before, after, follows, &mut worse, &mut not_shown);
        self.worse.extend(worse.into_iter().map(told));
        self.not_shown.extend(not_shown.into_iter().map(told));
    }

    fn count(&mut self, seen: &Seen, change: Option<&Change>) {
        if is_control(seen) {
            return;
        }
        self.counts.compared += 1;
        let Some(change) = change else { return };
        self.counts.changed += 1;
        match change.kind {
            ChangeKind::Broke => self.counts.broke += 1,
            ChangeKind::Healed => self.counts.healed += 1,
            ChangeKind::Moved | ChangeKind::Otherwise => {}
        }
    }

    /// What is the same in several runs is said once.
    fn fold(&mut self) {
        fold(&mut self.changes, |change| (&mut change.runs, format!("{:?}", (&change.check, &change.details))));
        fold(&mut self.surroundings, |one| (&mut one.runs, format!("{:?}", (&one.of, &one.detail))));
        fold(&mut self.findings, |one| {
            (&mut one.runs, format!("{:?}", (one.state, one.id, one.regression, &one.checks, &one.summary)))
        });
        fold(&mut self.not_compared, |one| (&mut one.runs, format!("{:?}", (&one.what, &one.why))));
    }
}

/// Put those of one key together, at the place of the first, with the runs of all.
fn fold<T>(all: &mut Vec<T>, mut of: impl FnMut(&mut T) -> (&mut Vec<String>, String)) {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<T> = Vec::new();
    for mut one in all.drain(..) {
        let (runs, key) = of(&mut one);
        match places.get(&key) {
            Some(at) if !runs.is_empty() => {
                let more = std::mem::take(runs);
                of(&mut kept[*at]).0.extend(more);
            }
            _ => {
                places.insert(key, kept.len());
                kept.push(one);
            }
        }
    }
    *all = kept;
}

/// Why two checks are not held against each other, where they are not.
fn unseen(pair: Pair<'_, Seen>) -> Option<&'static str> {
    let is_unrun = |seen: &Seen| seen.check.status == CheckStatus::NotRun;
    match pair {
        (None, _) => Some("the run before did not ask for it"),
        (_, None) => Some("the run after did not ask for it"),
        (Some(before), Some(after)) => match (is_unrun(before), is_unrun(after)) {
            (false, false) => None,
            (true, true) => Some("neither run looked at it, or not wholly"),
            (true, false) => Some("the run before did not look at it, or not wholly"),
            (false, true) => Some("the run after did not look at it, or not wholly"),
        },
    }
}

/// Whether something that the start needs worked before and was not looked at after.
fn is_lost(pair: Pair<'_, Seen>) -> bool {
    match pair {
        (Some(before), Some(after)) => after.check.required && !after.is_aside && worked(before) && !worked(after),
        // A host that only the replay learned of was never asked for.
        (Some(before), None) => {
            before.check.required && !before.is_aside && worked(before) && plan::found(&before.check.id).is_none()
        }
        (None, _) => false,
    }
}

/// What was meant to be blocked, and is.
fn closed(expectations: &[Expected]) -> HashSet<(Option<String>, CheckId)> {
    let met = expectations.iter().filter(|expected| expected.met && expected.route == Route::Blocked);
    met.filter_map(|expected| Some((expected.run.clone(), expected.check.clone()?))).collect()
}

/// The same with the steps that go to the same hosts.
fn closed_hosts(closed: &HashSet<(Option<String>, CheckId)>, after: &Run) -> HashSet<CheckId> {
    let meant = after.checks.iter().filter(|seen| closed.contains(&(after.name.clone(), seen.check.id.clone())));
    let hosts: HashSet<&str> = meant.map(|seen| seen.check.host.as_str()).collect();
    let of_them = after.checks.iter().filter(|seen| hosts.contains(seen.check.host.as_str()));
    of_them.map(|seen| seen.check.id.clone()).collect()
}

fn reason(change: &Change) -> String {
    let slow = || change.details.iter().find(|detail| detail.after_ms.is_some());
    match (change.kind, slow()) {
        (ChangeKind::Broke, _) | (_, None) => {
            let meaning = change.details.first().map(|detail| detail.meaning.as_str()).unwrap_or_default();
            format!("{}: {meaning}", change.check)
        }
        (_, Some(slow)) => {
            let rung = slow.rung.map(words::rung).unwrap_or_default();
            format!("{}: {rung} takes {} and took {}, which is beyond --slow", change.check, slow.after, slow.before)
        }
    }
}

/// What the verdicts say beside the checks.
///
/// `follows` where AFTER fails by nothing but what was meant to be blocked.
fn verdicts(before: &Run, after: &Run, follows: bool, worse: &mut Vec<String>, not_shown: &mut Vec<String>) {
    match (before.verdict, after.verdict) {
        (_, Verdict::Inconclusive) => not_shown.push(format!("the run after is inconclusive: {}", after.headline)),
        // A warning that was there before fails only because somebody asked for that.
        (Verdict::Pass, Verdict::Fail) if worse.is_empty() && !follows && !fails_by_strict(after) => {
            worse.push(format!("the verdict was pass and is fail: {}", after.headline));
        }
        (Verdict::Pass | Verdict::Fail | Verdict::Inconclusive, Verdict::Pass | Verdict::Fail) => {}
    }
}

fn fails_by_strict(run: &Run) -> bool {
    let has_error = run.findings.iter().any(|found| found.severity == Severity::Error);
    run.is_strict && !has_error
}

fn headline(outcome: Outcome, found: &Found, expectations: &[Expected], unmet: usize) -> String {
    let Counts { compared, changed, .. } = found.counts;
    let first = |reasons: &[String]| match reasons {
        [] => String::new(),
        [only] => only.trim_end_matches('.').to_owned(),
        [first, rest @ ..] => format!("{}, and {} more", first.trim_end_matches('.'), rest.len()),
    };
    let said = match outcome {
        Outcome::Worse => format!("worse: {}", first(&found.worse)),
        Outcome::NotShown => format!("not shown that nothing got worse: {}", first(&found.not_shown)),
        Outcome::NotWorse => format!("nothing got worse: {changed} of {compared} checks changed"),
    };
    match (expectations.len(), unmet) {
        (0, _) => said,
        (1, 0) => format!("{said}, and the expected change is there"),
        (all, 0) => format!("{said}, and all {all} expected changes are there"),
        (all, unmet) => {
            format!("{said}; {unmet} of {all} expected changes {} not there", if unmet == 1 { "is" } else { "are" })
        }
    }
}
