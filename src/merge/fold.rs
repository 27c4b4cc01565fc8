//! Findings of several runs, each said once.

use super::headline::Whole;
use super::point::points_at;
use super::runs::digit;
use super::same::{Core, core, masked_action};
use super::{Each, MergedFinding, Named, Step};
use crate::diagnosis::{Finding, Fix};
use crate::plan::Purpose;

/// A finding with the runs that have it.
struct Group<'r> {
    core: Core,
    order: Order,
    holds: Vec<(Named<'r>, &'r Finding)>,
}

/// Errors first, in the order in which the task start meets them, lower rungs first.
type Order = (crate::diagnosis::Severity, Purpose, u8);

/// Every finding of the runs once, in the order in which mending them helps.
pub(super) fn fold(reports: &[Named<'_>], whole: Whole) -> Vec<MergedFinding> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for named in reports {
        for finding in &named.report.findings {
            put(&mut groups, *named, finding);
        }
    }
    crate::order::by_key(&mut groups, |group| group.order);
    groups.into_iter().map(|group| merged(&group, reports, whole)).collect()
}

fn put<'r>(groups: &mut Vec<Group<'r>>, named: Named<'r>, finding: &'r Finding) {
    let core = core(named, finding);
    let is_free = |group: &&mut Group<'_>| group.holds.iter().all(|(other, _)| other.name != named.name);
    match groups.iter_mut().filter(|group| group.core == core).find(is_free) {
        Some(group) => group.holds.push((named, finding)),
        None => groups.push(Group { core, order: order(named, finding), holds: vec![(named, finding)] }),
    }
}

fn order(named: Named<'_>, finding: &Finding) -> Order {
    let checks = named.report.checks.iter().filter(|check| check.required && finding.checks.contains(&check.id));
    let first = checks.map(|check| check.purpose).min().unwrap_or(Purpose::Other);
    (finding.severity, first, digit(named.report, finding))
}

fn merged(group: &Group<'_>, reports: &[Named<'_>], whole: Whole) -> MergedFinding {
    let runs: Vec<Named<'_>> = group.holds.iter().map(|(named, _)| *named).collect();
    let (_, first) = group.holds[0];
    let hints = hints(&group.holds);
    let each = group.holds.iter().map(|(named, finding)| Each {
        run: named.name.to_owned(),
        summary: finding.summary.clone(),
        meaning: Some(finding.meaning.clone()).filter(|meaning| *meaning != first.meaning),
        tell_apart: own(finding, &hints),
        evidence: finding.evidence.clone(),
    });
    MergedFinding {
        id: first.id,
        severity: first.severity,
        certainty: first.certainty,
        purposes: first.purposes.clone(),
        checks: first.checks.clone(),
        runs: runs.iter().map(|named| named.name.to_owned()).collect(),
        summary: first.summary.clone(),
        meaning: first.meaning.clone(),
        points_at: points_at(first, group.order.2, &runs, reports, whole),
        fix: steps(&group.holds),
        alternatives: first.alternatives.clone(),
        tell_apart: Some(hints.join(" ")).filter(|hints| !hints.is_empty()),
        ecs_error: first.ecs_error.clone(),
        compared: first.compared.clone(),
        hides: first.hides.clone(),
        culprit: first.culprit.clone(),
        also: first.also.clone(),
        each: each.collect(),
    }
}

/// One step, as each run has it.
struct Aligned<'f> {
    action: String,
    variants: Vec<(&'f Fix, Vec<String>)>,
}

impl Aligned<'_> {
    fn is_of(&self, run: &str) -> bool {
        self.variants.iter().any(|(_, runs)| runs.iter().any(|name| name == run))
    }

    fn is_of_all(&self, count: usize) -> bool {
        matches!(&self.variants[..], [(_, runs)] if runs.len() == count)
    }
}

/// The steps of the fix; one that is not every run's is there with the runs that it is for.
fn steps(holds: &[(Named<'_>, &Finding)]) -> Vec<Step> {
    let mut aligned: Vec<Aligned<'_>> = Vec::new();
    for (named, finding) in holds {
        let mut next = 0;
        for fix in &finding.fix {
            next = 1 + align(&mut aligned, *named, fix, next);
        }
    }
    let mut steps = Vec::new();
    for (at, one) in aligned.into_iter().enumerate() {
        let is_of_all = one.is_of_all(holds.len());
        steps.extend(one.variants.into_iter().map(|(fix, runs)| Step {
            number: at + 1,
            fix: fix.clone(),
            runs: if is_of_all { Vec::new() } else { runs },
        }));
    }
    steps
}

/// Put a run's step beside the same one of another run, or one that does the same, wherever it stands in that one's list;
/// else where it is its turn. The place where it is now.
fn align<'f>(aligned: &mut Vec<Aligned<'f>>, named: Named<'_>, fix: &'f Fix, turn: usize) -> usize {
    let action = masked_action(named, fix);
    let run = || named.name.to_owned();
    let free = || (0..).zip(aligned.iter()).filter(|(_, known)| !known.is_of(named.name));
    let is_same = |known: &Aligned<'_>| known.variants.iter().any(|(other, _)| *other == fix);
    let same = free().find(|(_, known)| is_same(known)).map(|(at, _)| at);
    let Some(at) = same.or_else(|| free().find(|(_, known)| known.action == action).map(|(at, _)| at)) else {
        aligned.insert(turn, Aligned { action, variants: vec![(fix, vec![run()])] });
        return turn;
    };
    let variants = &mut aligned[at].variants;
    match variants.iter_mut().find(|(other, _)| *other == fix) {
        Some((_, runs)) => runs.push(run()),
        None => variants.push((fix, vec![run()])),
    }
    at
}

/// What all runs say of how to tell the alternatives apart.
fn hints<'f>(holds: &[(Named<'_>, &'f Finding)]) -> Vec<&'f str> {
    let (_, first) = holds[0];
    let is_said_by = |finding: &Finding, hint: &str| sentences(finding).contains(&hint);
    sentences(first).into_iter().filter(|hint| holds.iter().all(|(_, finding)| is_said_by(finding, hint))).collect()
}

/// What only this run says of it.
fn own(finding: &Finding, hints: &[&str]) -> Option<String> {
    let own: Vec<&str> = sentences(finding).into_iter().filter(|sentence| !hints.contains(sentence)).collect();
    (!own.is_empty()).then(|| own.join(" "))
}

/// The sentences of a hint; a stop inside of a command ends none.
fn sentences(finding: &Finding) -> Vec<&str> {
    let text = finding.tell_apart.as_deref().unwrap_or_default();
    let mut sentences = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(". ") {
        if text[from..at].matches('`').count().is_multiple_of(2) {
            sentences.push(&text[from..=at]);
            from = at + 2;
        }
    }
    sentences.push(&text[from..]);
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}
