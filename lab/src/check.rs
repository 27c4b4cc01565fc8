//! Holds what vpcprobe said against what the scenario expects.

mod network;
mod services;
mod watch;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

pub use network::DISAGREE;

use crate::lab::{Lab, Outcome, Output, millis};
use crate::scenario::{Expect, ExpectedFinding, Scenario};
use crate::start::Start;

/// How long a process may take before it is ended by force: beyond any deadline that a scenario waits for.
const PATIENCE: Duration = Duration::from_secs(90);

/// The design's default for `--deadline`, where a report does not say.
const DEADLINE_MS: f64 = 60_000.0;

/// Runs a scenario and says what differs; 0 where nothing does.
pub fn check(
    name: &str,
    scenario: Scenario,
    start: &Start,
    schema: Option<PathBuf>,
    keep: Option<&Path>,
) -> Result<i32, String> {
    let expect = scenario.expect.clone();
    let schema = schema_file(schema);
    let patience = Duration::from_millis(expect.within_ms.unwrap_or_default()).max(PATIENCE);
    // Opened before the world hides some of the caller's folders.
    let kept = keep.map(File::create).transpose().map_err(|e| format!("keep the report: {e}"))?;
    let Run { lab, outcome, program } = run(scenario, start, patience)?;
    if let Some(mut file) = kept {
        file.write_all(outcome.stdout.as_bytes()).map_err(|e| format!("keep the report: {e}"))?;
    }
    let mut wrong = compare(&expect, &outcome, schema.as_deref());
    wrong.extend(services::differences(&lab, &outcome));
    let mut again = None;
    if reports(&expect) && serde_json::from_str::<Value>(&outcome.stdout).is_ok() {
        let judged = network::judge(&lab, &outcome, &program, schema.as_deref())?;
        wrong.extend(judged.wrong);
        again = Some(judged.said);
    }
    if wrong.is_empty() {
        println!("{name}: as expected in {:.1} s", outcome.ended.wall.as_secs_f64());
        return Ok(0);
    }
    println!("{name}: {} differences", wrong.len());
    for difference in &wrong {
        println!("  - {difference}");
    }
    println!("--- exit {} after {:.0} ms", outcome.ended.exit, millis(outcome.ended.wall));
    println!("--- requests\n{}", lab.world().cloud.requests().join("\n"));
    println!("--- standard output\n{}\n--- standard error\n{}", outcome.stdout, outcome.stderr);
    if let Some(said) = again {
        println!("--- judged again\n{said}");
    }
    Ok(1)
}

/// Whether a report is expected.
fn reports(expect: &Expect) -> bool {
    expect.report && expect.invocation_error.is_none()
}

/// A run, and what judges its report again.
struct Run {
    lab: Lab,
    outcome: Outcome,
    program: PathBuf,
}

/// Runs vpcprobe once with a JSON report and everything kept, and with all that it can say on standard error.
fn run(mut scenario: Scenario, start: &Start, limit: Duration) -> Result<Run, String> {
    let files = start.files(&mut scenario)?;
    let lab = Lab::build(scenario)?;
    let mut launch = start.launch(&lab, &files, true, Vec::new())?;
    launch.environment.entry("VPCPROBE_LOG".to_owned()).or_insert_with(|| "trace".to_owned());
    let outcome = lab.run(&launch, Output::Kept, Some(limit))?;
    let program = start.program(&files)?;
    files.keep(&lab)?;
    Ok(Run { lab, outcome, program })
}

/// The schema given, named by `VPCPROBE_SCHEMA`, or found here or above.
pub fn schema_file(given: Option<PathBuf>) -> Option<PathBuf> {
    let given = given.or_else(|| std::env::var_os("VPCPROBE_SCHEMA").map(PathBuf::from));
    let here = std::env::current_dir().ok()?;
    let found = || here.ancestors().map(|above| above.join("docs/report.schema.json")).find(|file| file.is_file());
    given.or_else(found)
}

fn compare(expect: &Expect, outcome: &Outcome, schema: Option<&Path>) -> Vec<String> {
    let mut wrong = Vec::new();
    if outcome.ended.exit != expect.exit {
        wrong.push(format!("exit code {}, expected {}", outcome.ended.exit, expect.exit));
    }
    if outcome.signalled == Some(false) {
        wrong.push("the scenario's signal was never sent: its moment did not come".to_owned());
    }
    if outcome.unchanged > 0 {
        wrong.push(format!("{} of the scenario's changes were not made: their moment did not come", outcome.unchanged));
    }
    texts(expect, outcome, &mut wrong);
    invocation(expect, outcome, &mut wrong);
    let report = serde_json::from_str::<Value>(&outcome.stdout);
    match (report, reports(expect)) {
        (Ok(report), true) => {
            document(expect, &report, &mut wrong);
            within(expect, outcome, &report, &mut wrong);
            wrong.extend(schema.and_then(|file| fits(&report, file).err()));
        }
        (Err(error), true) => {
            wrong.push(format!("standard output is not one JSON document: {error}"));
        }
        (Ok(_), false) => wrong.push("a report where none is expected".to_owned()),
        (Err(_), false) => within(expect, outcome, &Value::Null, &mut wrong),
    }
    wrong
}

fn texts(expect: &Expect, outcome: &Outcome, wrong: &mut Vec<String>) {
    if let Some(text) = expect.stderr.as_deref().filter(|text| !outcome.stderr.contains(*text)) {
        wrong.push(format!("standard error does not contain {text:?}"));
    }
    let said = |text: &&String| outcome.stdout.contains(*text) || outcome.stderr.contains(*text);
    wrong.extend(expect.never.iter().filter(said).map(|text| format!("{text:?} is in the output")));
}

fn invocation(expect: &Expect, outcome: &Outcome, wrong: &mut Vec<String>) {
    let error = outcome.answer.as_ref().and_then(|answer| answer.document.as_ref().err());
    match (error, &expect.invocation_error) {
        (Some(error), Some(text)) if error.contains(text) => {}
        (Some(error), _) => wrong.push(format!("the invocation ended in the error {error}")),
        (None, Some(text)) => wrong.push(format!("the invocation did not end in an error that contains {text:?}")),
        (None, None) => {}
    }
}

fn within(expect: &Expect, outcome: &Outcome, report: &Value, wrong: &mut Vec<String>) {
    let deadline = report.pointer("/run/deadline_ms").and_then(Value::as_f64).unwrap_or(DEADLINE_MS);
    let limit = expect.within_ms.map_or(deadline, |ms| f64::from(u32::try_from(ms).unwrap_or(u32::MAX)));
    let wall = millis(outcome.ended.wall);
    if wall > limit {
        wrong.push(format!("it took {wall:.0} ms, expected at most {limit:.0} ms"));
    }
}

fn document(expect: &Expect, report: &Value, wrong: &mut Vec<String>) {
    let exit = report.get("exit_code").and_then(Value::as_i64);
    if exit != Some(i64::from(expect.exit)) {
        wrong.push(format!("the report says exit code {exit:?}, expected {}", expect.exit));
    }
    let verdict = report.get("verdict").and_then(Value::as_str).unwrap_or_default();
    if let Some(expected) = expect.verdict.as_deref().filter(|expected| *expected != verdict) {
        wrong.push(format!("verdict {verdict:?}, expected {expected:?}"));
    }
    let left = findings(&expect.findings, report, wrong);
    wrong.extend(left.into_iter().filter(|finding| text(finding, "severity") != "info").map(describe));
    routes(expect, report, wrong);
    watch::compare(expect, report, wrong);
    for (pointer, expected) in &expect.pointers {
        let found = report.pointer(pointer);
        if found.is_none() || (expected != "*" && found != Some(expected)) {
            wrong.push(format!("{pointer} is {found:?}, expected {expected}"));
        }
    }
}

fn items<'a>(report: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    report.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Says which findings are not there, and returns those that nobody expects.
fn findings<'a>(expected: &[ExpectedFinding], report: &'a Value, wrong: &mut Vec<String>) -> Vec<&'a Value> {
    let mut left: Vec<&Value> = items(report, "findings").collect();
    for expected in expected {
        match left.iter().position(|finding| is(expected, finding)) {
            Some(at) => drop(left.remove(at)),
            None => wrong.push(format!("no finding {}", wanted(expected))),
        }
    }
    left
}

/// A finding that nobody expects.
fn describe(finding: &Value) -> String {
    let (severity, id) = (text(finding, "severity"), text(finding, "id"));
    format!("unexpected {severity} {id} about {:?}: {}", checks(finding), text(finding, "summary"))
}

fn is(expected: &ExpectedFinding, finding: &Value) -> bool {
    let severity = text(finding, "severity");
    let about = expected
        .checks
        .as_ref()
        .is_none_or(|ids| ids.iter().map(String::as_str).collect::<BTreeSet<_>>() == checks(finding));
    text(finding, "id") == expected.id
        && about
        && expected.severity.as_deref().map_or(severity != "info", |expected| expected == severity)
        && expected.certainty.as_deref().is_none_or(|expected| expected == text(finding, "certainty"))
}

fn checks(finding: &Value) -> BTreeSet<&str> {
    items(finding, "checks").filter_map(Value::as_str).collect()
}

fn wanted(expected: &ExpectedFinding) -> String {
    let severity = expected.severity.as_deref().unwrap_or("error or warning");
    let certainty = expected.certainty.as_deref().unwrap_or("any certainty");
    format!("{} ({severity}, {certainty}) about {:?}", expected.id, expected.checks)
}

fn routes(expect: &Expect, report: &Value, wrong: &mut Vec<String>) {
    for (check, expected) in &expect.routes {
        let found = items(report, "checks").find(|item| text(item, "id") == check);
        let route = found.map_or("no such check", |item| text(item, "observed_route"));
        if route != expected {
            wrong.push(format!("{check} goes by {route:?}, expected {expected:?}"));
        }
    }
}

/// What holds reports against the schema in a file.
pub fn validator(file: &Path) -> Result<jsonschema::Validator, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("read {}: {e}", file.display()))?;
    let schema: Value = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    jsonschema::validator_for(&schema).map_err(|e| format!("{}: {e}", file.display()))
}

fn fits(report: &Value, file: &Path) -> Result<(), String> {
    let validator = validator(file)?;
    let errors: Vec<String> =
        validator.iter_errors(report).take(5).map(|e| format!("{}: {e}", e.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(format!("the report does not fit its schema: {}", errors.join("; "))) }
}
