//! What a report says of its causes, in a form that a review reads: a line for each thing that is said.

use std::fmt::Write as _;

use serde::Serialize;
use vpcprobe::diagnosis::{Finding, Severity};
use vpcprobe::plan::CheckId;
use vpcprobe::report::Report;

use super::corpus::Case;

/// A case's findings by today's rules, without and with the operator's view.
pub fn told(case: &Case) -> String {
    let stored = case.stored();
    let mut text = String::new();
    for (view, report) in [("from inside", Some(case.judged())), ("with the operator's view", case.viewed())] {
        let Some(report) = report else { continue };
        let _ = writeln!(text, "== {view}: {}", verdict(&report));
        if view == "from inside" && verdict(&report) != verdict(&stored) {
            let _ = writeln!(text, "   recorded as {}", verdict(&stored));
        }
        let _ = writeln!(text, "   {}", report.headline);
        report.findings.iter().for_each(|finding| tell(&mut text, finding));
        let cut_overs = report.checks.iter().filter_map(|check| Some((&check.id, check.cut_over.as_ref()?)));
        for (check, cut_over) in cut_overs {
            let _ = writeln!(text, "\nwithout the default route, {check} {}: {}", slug(cut_over.answer), cut_over.by);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len() + 1);
    text
}

/// The errors in their order, or the warnings where there is no error, each with what is to blame; `none` where all is well.
pub fn causes(report: &Report) -> String {
    let of = |severity| report.findings.iter().filter(move |finding| finding.severity == severity);
    let is_broken = of(Severity::Error).next().is_some();
    let named = of(if is_broken { Severity::Error } else { Severity::Warning }).map(|finding| match &finding.culprit {
        Some(culprit) => format!("{}={}", finding.id, slug(culprit.kind)),
        None => finding.id.to_string(),
    });
    let named = named.collect::<Vec<_>>().join(" ");
    if named.is_empty() { "none".to_owned() } else { named }
}

fn verdict(report: &Report) -> String {
    format!("{}, exit {}", slug(report.verdict), report.exit_code)
}

fn tell(text: &mut String, finding: &Finding) {
    let _ = writeln!(text, "\n{} {}, {}", slug(finding.severity), finding.id, slug(finding.certainty));
    let mut say = |what: &str, words: &str| {
        if !words.is_empty() {
            let _ = writeln!(text, "  {what:<9}{words}");
        }
    };
    let purposes: Vec<_> = finding.purposes.iter().map(slug).collect();
    say("breaks", &purposes.join(" "));
    say("checks", &listed(&finding.checks));
    say("saw", &finding.summary);
    say("means", &finding.meaning);
    say("compared", finding.compared.as_deref().unwrap_or_default());
    if let Some(culprit) = &finding.culprit {
        say("culprit", &format!("{} {}: {}", slug(culprit.kind), culprit.id, culprit.detail));
    }
    say("hides", &listed(&finding.hides));
    for fix in &finding.fix {
        say("fix", &fix.action);
        say("", &fix.command.as_ref().map(|command| format!("$ {command}")).unwrap_or_default());
    }
    let others: Vec<_> = finding.alternatives.iter().map(ToString::to_string).collect();
    say("or else", &others.join(" "));
    say("apart", finding.tell_apart.as_deref().unwrap_or_default());
    say("stops as", finding.ecs_error.as_deref().unwrap_or_default());
}

fn listed(checks: &[CheckId]) -> String {
    checks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The word that the report has for it.
fn slug(word: impl Serialize) -> String {
    serde_json::to_value(word).unwrap().as_str().unwrap().to_owned()
}
