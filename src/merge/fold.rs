//! Findings of several runs, each said once.

use super::headline::Whole;
use super::point::points_at;
use super::runs::digit;
use super::same::{Core, core};
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
    groups.sort_by_key(|group| group.order);
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

/// The steps of the fix; one whose command is each subnet's own is there for each.
fn steps(holds: &[(Named<'_>, &Finding)]) -> Vec<Step> {
    let longest = holds.iter().map(|(_, finding)| finding.fix.len()).max().unwrap_or_default();
    let mut steps = Vec::new();
    for at in 0..longest {
        let mut variants: Vec<(&Fix, Vec<String>)> = Vec::new();
        for (named, finding) in holds {
            let Some(fix) = finding.fix.get(at) else { continue };
            match variants.iter_mut().find(|(known, _)| *known == fix) {
                Some((_, runs)) => runs.push(named.name.to_owned()),
                None => variants.push((fix, vec![named.name.to_owned()])),
            }
        }
        let is_one = variants.len() == 1;
        steps.extend(variants.into_iter().map(|(fix, runs)| Step {
            number: at + 1,
            fix: fix.clone(),
            runs: if is_one { Vec::new() } else { runs },
        }));
    }
    steps
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
