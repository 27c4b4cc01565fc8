//! The report as records, one a line: what a log stream takes. `summary` comes last and is flat.

mod cut;
mod read;
mod series;

use serde::Serialize;
use serde_json::{Value, json};

use super::{NetworkView, Report, Run, Tool, json};
use crate::diagnosis::{Ended, Finding, FindingId, Pull, Verdict};
use crate::inputs::{Inputs, Vantage, VantageKind};
use crate::json::tree;
use crate::observation::Observation;
use crate::watch::Watch;

pub(super) use read::{looks_like, parse};

/// A line with its line feed is shorter than this: log drivers break longer ones in two.
pub const LINE_BYTES: usize = 16 * 1024 - 1;

/// Where an observation of a manifest has its layers.
const LAYERS: &str = "/response/held/layers";

/// The first line.
#[derive(Serialize)]
struct Start<'a> {
    schema_version: u32,
    tool: &'a Tool,
    run: &'a Run,
    vantage: &'a Vantage,
    inputs: &'a Inputs,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<&'a NetworkView>,
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
    pull_records: usize,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_arn: Option<&'a str>,
    /// The platform's own pull of this container's image, to hold the others against.
    #[serde(skip_serializing_if = "Option::is_none")]
    image_pull_ms: Option<u64>,
    #[serde(flatten)]
    pull: Option<FirstPull<'a>>,
    #[serde(flatten)]
    watch: Option<Rounds<'a>>,
}

/// Many rounds, in fields that are told from the one round's own.
#[derive(Serialize)]
struct Rounds<'a> {
    series_records: usize,
    rounds: u64,
    rounds_failed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_failed_at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failed_at: Option<&'a str>,
    rounds_inconclusive: u64,
    round: u64,
    every_ms: u64,
    watched_from: &'a str,
    watched_ms: u64,
}

impl<'a> Rounds<'a> {
    fn of(watch: &'a Watch) -> Self {
        Self {
            series_records: watch.checks.len(),
            rounds: watch.rounds,
            rounds_failed: watch.failed,
            first_failed_at: watch.first_failed_at.as_deref(),
            last_failed_at: watch.last_failed_at.as_deref(),
            rounds_inconclusive: watch.inconclusive,
            round: watch.round,
            every_ms: watch.every_ms,
            watched_from: &watch.started_at,
            watched_ms: watch.took_ms,
        }
    }
}

/// The first pull, in fields that are told from the run's own.
#[derive(Serialize)]
struct FirstPull<'a> {
    pull_image: &'a str,
    pull_layers: u64,
    pull_bytes: u64,
    pull_bytes_fetched: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_bytes_per_s: Option<u64>,
    pull_took_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_pull_ms: Option<u64>,
}

impl<'a> FirstPull<'a> {
    fn of(pull: &'a Pull) -> Self {
        Self {
            pull_image: &pull.image,
            pull_layers: pull.layers,
            pull_bytes: pull.bytes,
            pull_bytes_fetched: pull.bytes_fetched,
            pull_bytes_per_s: pull.bytes_per_s,
            pull_took_ms: pull.took_ms,
            estimated_pull_ms: pull.estimated_pull_ms,
        }
    }
}

/// Render the records.
pub fn render(report: &Report) -> String {
    let mut lines = start(report);
    lines.extend(report.observations.iter().flat_map(observation));
    lines.extend(report.checks.iter().map(|check| line("check", check)));
    lines.extend(report.pulls.iter().map(|pull| line("pull", pull)));
    lines.extend(report.watch.iter().flat_map(|watch| &watch.checks).flat_map(series::lines));
    lines.extend(report.findings.iter().map(|finding| line("finding", finding)));
    lines.extend(report.sinks.iter().map(|sink| line("sink", sink)));
    lines.push(line("summary", &summary(report)));
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// The first line; more of them where the inputs' lists are too long for one.
fn start(report: &Report) -> Vec<String> {
    let Report { schema_version, tool, run, vantage, inputs, network, .. } = report;
    let network = network.as_ref();
    let whole = record("start", &Start { schema_version: *schema_version, tool, run, vantage, inputs, network });
    if whole.len() < LINE_BYTES {
        return vec![whole];
    }
    let mut record = tree(&whole);
    let lists: Vec<_> =
        ["vantage", "inputs", "network"].into_iter().flat_map(|part| take_lists(&mut record, part)).collect();
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
    let record = |batch| json!({ "type": "start", "continued": true, part: { key: batch } });
    batches(items).into_iter().map(|batch| cut::fit(record(batch))).collect()
}

/// The items of a list by as many as go into a line.
fn batches(items: Vec<Value>) -> Vec<Vec<Value>> {
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
    batches
}

/// An observation; more lines where its manifest names more layers than go into one.
fn observation(observation: &Observation) -> Vec<String> {
    let whole = record("observation", observation);
    if whole.len() < LINE_BYTES {
        return vec![whole];
    }
    let mut record = tree(&whole);
    let layers = record.pointer_mut(LAYERS).and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
    let continued = |layers: Vec<Value>| {
        cut::fit(json!({ "type": "observation", "continued": true, "id": observation.id.0, "layers": layers }))
    };
    if !layers.is_empty() {
        record["layers_follow"] = layers.len().into();
    }
    let rest: Vec<String> = batches(layers).into_iter().map(continued).collect();
    std::iter::once(cut::fit(record)).chain(rest).collect()
}

/// A record as a line that is short enough.
fn line(kind: &str, value: &impl Serialize) -> String {
    let whole = record(kind, value);
    if whole.len() < LINE_BYTES { whole } else { cut::fit(tree(&whole)) }
}

/// A record as text, whatever its length: the fields of what has some, the type before them.
fn record(kind: &str, value: &impl Serialize) -> String {
    let mut text = json::line(value);
    text.insert_str(1, &format!("\"type\":\"{kind}\","));
    text
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
        pull_records: report.pulls.len(),
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
        identity_arn: vantage.identity_arn.as_deref(),
        image_pull_ms: vantage.image_pull_ms,
        pull: report.pulls.first().map(FirstPull::of),
        watch: report.watch.as_ref().map(Rounds::of),
    }
}

/// Every finding's id once, in order.
pub(super) fn joined(findings: &[Finding]) -> String {
    let mut ids: Vec<String> = Vec::new();
    for id in findings.iter().map(|finding| finding.id.to_string()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.join(",")
}
