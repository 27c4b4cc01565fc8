//! What becomes of each service when the default routes go, over all runs: subnets have route tables of their own.

use schemars::JsonSchema;
use serde::Serialize;

use super::Named;
use crate::diagnosis::{CheckStatus, CutOver, CutOverAnswer};
use crate::plan::CheckId;

/// What becomes of a service when the default routes go.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct MergedCutOver {
    /// The check.
    pub check: CheckId,
    /// Its host.
    pub host: String,
    /// The worst of the runs' answers.
    pub answer: CutOverAnswer,
    /// Whether it fails already in one of them, whatever the routes.
    pub fails: bool,
    /// What each run says of it; those without a way out say nothing.
    pub each: Vec<EachCutOver>,
}

/// What one run says of it.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct EachCutOver {
    /// The run.
    pub run: String,
    /// Its answer.
    #[serde(flatten)]
    pub cut_over: CutOver,
    /// Whether it fails there already.
    #[serde(skip)]
    pub fails: bool,
}

/// Every service of which a run says what becomes of it, in the order of the reports.
pub(super) fn cut_over(reports: &[Named<'_>]) -> Vec<MergedCutOver> {
    let mut merged: Vec<MergedCutOver> = Vec::new();
    for named in reports {
        for check in &named.report.checks {
            let Some(cut_over) = check.cut_over.clone() else { continue };
            let is_it = |known: &&mut MergedCutOver| known.check == check.id && known.host == check.host;
            let fails = check.status == CheckStatus::Fail;
            let answer = cut_over.answer;
            let each = EachCutOver { run: named.name.to_owned(), cut_over, fails };
            match merged.iter_mut().find(is_it) {
                Some(known) => {
                    known.answer = worse(known.answer, answer);
                    known.fails |= fails;
                    known.each.push(each);
                }
                None => merged.push(MergedCutOver {
                    check: check.id.clone(),
                    host: check.host.clone(),
                    answer,
                    fails,
                    each: vec![each],
                }),
            }
        }
    }
    merged
}

fn worse(one: CutOverAnswer, other: CutOverAnswer) -> CutOverAnswer {
    if rank(other) < rank(one) { other } else { one }
}

/// The worst first.
pub(super) fn rank(answer: CutOverAnswer) -> u8 {
    match answer {
        CutOverAnswer::Breaks => 0,
        CutOverAnswer::Unknown => 1,
        CutOverAnswer::Survives => 2,
    }
}
