//! `unexplained`: what no rule took. Everything seen of it is shown; nothing is passed over in silence.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, reading, words};
use crate::plan::CheckId;

/// Take everything that is left, a finding a ladder with what goes over it.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let mut left = ledger.take(|_| true);
    let mut findings = Vec::new();
    while let Some(first) = left.first() {
        let id = ladder(first);
        let (mine, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|trouble| ladder(trouble) == id);
        findings.push(finding(case, &mine));
        left = others;
    }
    findings
}

/// A step that fails in a way of its ladder has one cause with it.
fn ladder<'c>(trouble: &Trouble<'c>) -> &'c CheckId {
    trouble.view.check.step.as_ref().map_or(&trouble.view.check.id, |step| &step.over)
}

fn finding<'c>(case: &'c Case<'c>, mine: &[Trouble<'c>]) -> Finding {
    Draft::new(FindingId::Unexplained, case, mine)
        .possible([])
        .summary(format!("{}: {}.", words::hosts(mine), words::list(mine.iter().map(seen))))
        .meaning("No rule explains this: it is shown as it was seen.")
        .fix(aws::step("read the observations named as evidence, and report them so that a rule can be written"))
        .finding()
}

fn seen(trouble: &Trouble<'_>) -> String {
    let fault = trouble.fault.map(|fault| format!(", {fault}")).unwrap_or_default();
    let status = trouble.evidence.iter().find_map(|seen| seen.response()).map(|response| response.status);
    let status = status.map(|status| format!(", status {status}")).unwrap_or_default();
    match trouble.stage {
        Stage::Resolver(at) => format!("the resolver {at} fails{fault}"),
        Stage::Name(at) => format!("the resolver {at} gives no address"),
        Stage::Connect(at) => format!("the connection to {at} fails{fault}"),
        Stage::Handshake(at) => format!("the TLS handshake with {at} fails{fault}"),
        Stage::Certificate(at) => format!("the certificate of {at} is no good"),
        Stage::Exchange(at) => format!("the TLS handshake with {at} is finished, and the request fails{fault}"),
        Stage::Answer(at) => format!("the answer of {at} is not the service's{status}"),
        Stage::Route => "the route is not the one that is asserted".to_owned(),
        Stage::Slow => "it answers late, or only when asked again".to_owned(),
        Stage::Step => step(trouble, &fault),
    }
}

/// What was asked, and how that went, in the service's own words.
fn step(trouble: &Trouble<'_>, fault: &str) -> String {
    let first = trouble.evidence.first();
    let asked = reading::part(trouble).map(reading::asked).unwrap_or_default();
    let at = trouble.at().map(|at| format!(" at {at}")).unwrap_or_default();
    let Some(response) = first.and_then(|seen| seen.response()) else {
        return format!("{asked}{at} fails{fault}");
    };
    let told = response.told.as_ref().map(|told| words::quoted(&format!("{} {}", told.code, told.message)));
    let told = told.filter(|told| !told.is_empty()).map(|told| format!(": {told}")).unwrap_or_default();
    format!("{asked}{at} is answered with status {}{told}", response.status)
}
