//! Test results for a pipeline: a suite a purpose, a case a check, in the XML that JUnit's Ant task began.

mod xml;

use std::collections::{BTreeMap, HashMap};

use super::Report;
use super::examined::{Examined, attempt, beside, examined, slug};
use super::text::Look;
use super::text::findings::body;
use super::text::page::Page;
use crate::diagnosis::{CheckStatus, Finding, Severity, Verdict};
use xml::{Case, Suite, suites};

/// Lines of a finding's text are broken here.
const WIDTH: usize = 120;

/// How many cases tell the whole of one finding, and how many attempts a case tells: many checks may fail by one cause.
const WHOLE: usize = 20;

/// Render it. A report that fails has a failure, one that is inconclusive an error, one that passes neither.
pub fn render(report: &Report) -> String {
    let examined = examined(report);
    let mut told = Told { is_strict: report.inputs.strict, counts: HashMap::new() };
    let mut purposes = BTreeMap::new();
    for one in &examined {
        let name = slug(&one.check.purpose);
        let suite = purposes.entry(one.check.purpose).or_insert_with(|| Suite::new(name));
        suite.add(told.check(one));
    }
    let mut suites: Vec<Suite> = purposes.into_values().collect();
    let mut others = Suite::new("findings".to_owned());
    for finding in beside(report, &examined) {
        let mut case = Case::new(finding.id.to_string(), 0);
        told.finding(&mut case, finding, None);
        others.add(case);
    }
    suites.extend((others.tests > 0).then_some(others));
    suites.insert(0, run(report, &suites));
    self::suites(report, &suites)
}

/// The run as a whole: it fails or errs where no other case says so.
fn run(report: &Report, others: &[Suite]) -> Suite {
    let mut case = Case::new("verdict".to_owned(), report.whole().1);
    let has = |count: fn(&Suite) -> usize| others.iter().any(|suite| count(suite) > 0);
    let kind = format!("exit-code-{}", report.exit_code);
    match report.verdict {
        Verdict::Inconclusive => case.error(&kind, &report.headline, ""),
        Verdict::Fail if !has(|suite| suite.failures) => case.fail(&kind, &report.headline, ""),
        Verdict::Fail | Verdict::Pass => case.out(&report.headline),
    }
    let mut suite = Suite::new("run".to_owned());
    suite.properties = properties(report);
    suite.add(case);
    suite
}

fn properties(report: &Report) -> Vec<(&'static str, String)> {
    let mut properties = vec![
        ("verdict", slug(&report.verdict)),
        ("exit_code", report.exit_code.to_string()),
        ("run_id", report.run.id.clone()),
        ("tool_version", report.tool.version.clone()),
        ("region", report.inputs.region.to_string()),
        ("findings", super::jsonl::joined(&report.findings)),
    ];
    properties.extend(report.vantage.subnet_cidr.map(|cidr| ("subnet", cidr.to_string())));
    if let Some(watch) = &report.watch {
        properties.push(("rounds", watch.rounds.to_string()));
        properties.push(("rounds_failed", watch.failed.to_string()));
    }
    properties
}

/// How often each finding was told so far.
struct Told<'r> {
    is_strict: bool,
    counts: HashMap<*const Finding, (usize, &'r str)>,
}

impl<'r> Told<'r> {
    fn check(&mut self, one: &'r Examined<'_>) -> Case {
        let check = one.check;
        let name =
            if check.id.0.contains(&check.host) { check.id.0.clone() } else { format!("{} {}", check.id, check.host) };
        let mut case = Case::new(name, one.took_ms().unwrap_or_default());
        match check.status {
            CheckStatus::Pass => {}
            CheckStatus::Fail if one.of(Severity::Error).next().is_none() => {
                case.fail("unexplained", "it fails, and no finding says by what", &attempts(one, None));
            }
            CheckStatus::NotRun => not_run(&mut case, one),
            CheckStatus::Fail | CheckStatus::Warn => {}
        }
        for finding in one.findings.iter().filter(|finding| finding.severity != Severity::Info) {
            self.finding(&mut case, finding, Some(one));
        }
        case
    }

    /// A finding as a failure, or as what a case that passes has to say.
    fn finding(&mut self, case: &mut Case, finding: &'r Finding, of: Option<&'r Examined<'_>>) {
        let fails = match finding.severity {
            Severity::Error => true,
            Severity::Warning => self.is_strict,
            Severity::Info => false,
        };
        let first = of.map_or("", |one| one.check.id.0.as_str());
        let (count, first) = self.counts.entry(std::ptr::from_ref(finding)).or_insert((0, first));
        *count += 1;
        let body = if *count > WHOLE { format!("What to do stands at {first}.") } else { whole(finding, of) };
        if fails {
            case.fail(&finding.id.to_string(), &finding.summary, &body);
        } else {
            case.out(&format!("{} {}: {}\n{body}", slug(&finding.severity), finding.id, finding.summary));
        }
    }
}

/// Everything that a finding says, and what was seen of this check.
fn whole(finding: &Finding, of: Option<&Examined<'_>>) -> String {
    let mut page = Page::new(Look { width: WIDTH, ..Look::default() });
    body(&mut page, finding);
    let mut text = format!("\n{}", page.into_text());
    let attempts = of.map(|one| attempts(one, Some(finding))).filter(|lines| !lines.is_empty());
    text.extend(attempts.map(|lines| format!("   seen:\n{lines}")));
    text
}

/// A line an attempt; those that show the finding, where there is one.
fn attempts(one: &Examined<'_>, finding: Option<&Finding>) -> String {
    let shows = |id| finding.is_none_or(|finding| finding.evidence.contains(id));
    let lines =
        one.seen.iter().filter(|seen| shows(&seen.id)).take(WHOLE).map(|seen| format!("     {}\n", attempt(seen)));
    lines.collect()
}

/// What could not be looked at is no failure; where the task start needs it, it is no pass either.
fn not_run(case: &mut Case, one: &Examined<'_>) {
    let (why, is_ours) = one.why_not();
    if is_ours && one.check.required {
        case.error("inconclusive", &why, &attempts(one, None));
    } else {
        case.skip(&why);
    }
}

#[cfg(test)]
mod tests;
