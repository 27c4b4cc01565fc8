//! The report as records, one a line: what a log stream takes. `summary` comes last and is flat.

mod cut;
mod read;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Report, Run, SinkResult, Tool, json};
use crate::diagnosis::{CheckResult, Ended, Finding, FindingId, Verdict};
use crate::inputs::{Inputs, Vantage, VantageKind};
use crate::observation::Observation;

pub(super) use read::{looks_like, parse};

/// A line with its line feed is shorter than this: log drivers break longer ones in two.
pub const LINE_BYTES: usize = 16 * 1024 - 1;

/// One line.
#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
enum Record<'a> {
    Start { schema_version: u32, tool: &'a Tool, run: &'a Run, vantage: &'a Vantage, inputs: &'a Inputs },
    Observation(&'a Observation),
    Check(&'a CheckResult),
    Finding(&'a Finding),
    Sink(&'a SinkResult),
    Summary(Box<Summary<'a>>),
}

/// The last line: the whole report in fields that a log query finds without descending.
#[derive(Serialize)]
struct Summary<'a> {
    schema_version: u32,
    run_id: &'a str,
    verdict: Verdict,
    exit_code: u8,
    headline: &'a str,
    region: &'a str,
    kind: VantageKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability_zone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_arn: Option<&'a str>,
    /// The first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<FindingId>,
    /// Every id once, joined by commas.
    findings: String,
    /// How many records of that type the whole report has.
    finding_records: usize,
    observation_records: usize,
    check_records: usize,
    checks: usize,
    passed: usize,
    failed: usize,
    warned: usize,
    not_run: usize,
    ended: Ended,
    started_at: &'a str,
    took_ms: u64,
    deadline_ms: u64,
    tool_version: &'a str,
}

/// Render the records.
pub fn render(report: &Report) -> String {
    let mut lines = start(report);
    lines.extend(report.observations.iter().map(|observation| line(&Record::Observation(observation))));
    lines.extend(report.checks.iter().map(|check| line(&Record::Check(check))));
    lines.extend(report.findings.iter().map(|finding| line(&Record::Finding(finding))));
    lines.extend(report.sinks.iter().map(|sink| line(&Record::Sink(sink))));
    lines.push(line(&Record::Summary(Box::new(summary(report)))));
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// The first line; more of them where the inputs' lists are too long for one.
fn start(report: &Report) -> Vec<String> {
    let Report { schema_version, tool, run, vantage, inputs, .. } = report;
    let record = Record::Start { schema_version: *schema_version, tool, run, vantage, inputs };
    let whole = json::line(&record);
    if whole.len() < LINE_BYTES {
        return vec![whole];
    }
    let mut record = value(&record);
    let lists: Vec<_> = ["vantage", "inputs"].into_iter().flat_map(|part| take_lists(&mut record, part)).collect();
    let mut lines = vec![cut::fit(record)];
    lines.extend(lists.into_iter().flat_map(|(part, key, items)| continued(part, &key, items)));
    lines
}

/// Empty the lists of one part of the start record, and hand them out with their keys.
fn take_lists(record: &mut Value, part: &'static str) -> Vec<(&'static str, String, Vec<Value>)> {
    let fields = record.get_mut(part).and_then(Value::as_object_mut);
    let lists = fields.into_iter().flatten().filter_map(|(key, field)| {
        let items = field.as_array_mut().filter(|items| !items.is_empty())?;
        Some((part, key.clone(), std::mem::take(items)))
    });
    lists.collect()
}

/// A list in as many further start lines as it needs.
fn continued(part: &str, key: &str, items: Vec<Value>) -> Vec<String> {
    let mut batches: Vec<Vec<Value>> = Vec::new();
    let mut room = 0;
    for item in items {
        let size = json::line(&item).len() + 1;
        match batches.last_mut() {
            Some(batch) if size <= room => batch.push(item),
            Some(_) | None => {
                batches.push(vec![item]);
                room = LINE_BYTES - 256;
            }
        }
        room = room.saturating_sub(size);
    }
    let record = |batch| json!({ "type": "start", "continued": true, part: { key: batch } });
    batches.into_iter().map(|batch: Vec<Value>| cut::fit(record(batch))).collect()
}

/// A record as a line that is short enough.
fn line(record: &Record<'_>) -> String {
    let whole = json::line(record);
    if whole.len() < LINE_BYTES { whole } else { cut::fit(value(record)) }
}

fn value(record: &Record<'_>) -> Value {
    serde_json::to_value(record).unwrap_or_else(|_| Value::Object(Map::new()))
}

fn summary(report: &Report) -> Summary<'_> {
    let Report { schema_version, tool, run, vantage, inputs, verdict, exit_code, headline, summary, .. } = report;
    Summary {
        schema_version: *schema_version,
        run_id: &run.id,
        verdict: *verdict,
        exit_code: *exit_code,
        headline,
        region: inputs.region.as_str(),
        kind: vantage.kind,
        availability_zone: vantage.availability_zone.as_deref(),
        task_arn: vantage.task_arn.as_deref(),
        finding: report.findings.first().map(|finding| finding.id),
        findings: joined(&report.findings),
        finding_records: report.findings.len(),
        observation_records: report.observations.len(),
        check_records: report.checks.len(),
        checks: summary.checks,
        passed: summary.passed,
        failed: summary.failed,
        warned: summary.warned,
        not_run: summary.not_run,
        ended: run.ended,
        started_at: &run.started_at,
        took_ms: run.took_ms,
        deadline_ms: run.deadline_ms,
        tool_version: &tool.version,
    }
}

/// Every finding's id once, in order.
fn joined(findings: &[Finding]) -> String {
    let mut ids: Vec<String> = Vec::new();
    for id in findings.iter().map(|finding| finding.id.to_string()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.join(",")
}
