//! What becomes of each service when the default routes go, each answer once with the runs that give it.

use super::super::Merged;
use super::super::cut_over::{MergedCutOver, rank};
use crate::diagnosis::{CutOver, CutOverAnswer};
use crate::report::text::cut_over::{Row, block};
use crate::report::text::page::Page;

/// A line a service; where runs differ, one more for each other answer.
pub(super) fn write(page: &mut Page, merged: &Merged) {
    let reports = merged.runs.iter().filter(|run| run.run_id.is_some()).count();
    let rows = merged.cut_over.iter().map(|service| Row {
        check: &service.check,
        answers: answers(service, reports),
        fails: service.fails,
        loses: service.each.iter().any(|each| !each.fails && each.cut_over.answer == CutOverAnswer::Breaks),
    });
    block(page, &rows.collect::<Vec<_>>(), merged.network.is_some());
}

fn answers(service: &MergedCutOver, reports: usize) -> Vec<(Option<String>, &CutOver)> {
    let mut groups: Vec<(Vec<&str>, &CutOver)> = Vec::new();
    for each in &service.each {
        match groups.iter_mut().find(|(_, cut)| **cut == each.cut_over) {
            Some((runs, _)) => runs.push(&each.run),
            None => groups.push((vec![&each.run], &each.cut_over)),
        }
    }
    crate::order::by_key(&mut groups, |(_, cut)| rank(cut.answer));
    let is_all = groups.len() == 1 && service.each.len() == reports;
    groups.into_iter().map(|(runs, cut)| ((!is_all).then(|| runs.join(", ")), cut)).collect()
}
