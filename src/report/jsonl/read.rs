//! Records, read back into a report.

mod series;

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::super::parse::{broken, check_version, tool_version};
use super::super::{NetworkView, Report, Run, SCHEMA_VERSION, SinkResult, Tool};
use crate::diagnosis::{CheckResult, Finding, Pull, Summary, Verdict};
use crate::inputs::{Inputs, Vantage};
use crate::observation::{Blob, Held, Observation, ObservationId, Outcome, Seen};

use series::{Rounds, Said};

type Fields = Map<String, Value>;

/// What the lines held.
#[derive(Default)]
struct Records {
    start: Option<Fields>,
    observations: Vec<Observation>,
    /// Layers of manifests that were too long for one line.
    layers: Vec<MoreLayers>,
    /// How many of them there should be.
    expected_layers: Vec<(ObservationId, usize)>,
    checks: Vec<CheckResult>,
    pulls: Vec<Pull>,
    rounds: Rounds,
    findings: Vec<Finding>,
    sinks: Vec<SinkResult>,
    summary: Option<Fields>,
}

/// The rest of an observation's layers.
#[derive(Deserialize)]
struct MoreLayers {
    id: ObservationId,
    layers: Vec<Blob>,
}

/// What the first start record holds.
#[derive(Deserialize)]
struct Start {
    tool: Tool,
    run: Run,
    vantage: Vantage,
    inputs: Inputs,
    #[serde(default)]
    network: Option<NetworkView>,
}

/// What is read of the summary.
#[derive(Deserialize)]
struct Last {
    verdict: Verdict,
    exit_code: u8,
    headline: String,
    finding_records: usize,
    observation_records: usize,
    check_records: usize,
    /// Reports from before the replay have none.
    #[serde(default)]
    pull_records: usize,
    #[serde(flatten)]
    counts: Summary,
}

/// Whether some line of the text is a record.
pub(in crate::report) fn looks_like(text: &str) -> bool {
    text.lines().any(is_record)
}

/// Records begin with their type, so that a program's other lines in the same log stream are told from them.
fn is_record(line: &str) -> bool {
    line.trim_start().starts_with(r#"{"type":""#)
        || line.trim_start().starts_with('{') && serde_json::from_str::<Typed>(line).is_ok()
}

/// What every record has; the rest is passed over, as the line may be a whole document.
#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    _type: String,
}

/// Read records in any order, other programs' lines between them.
pub(in crate::report) fn parse(text: &str) -> Result<Report, String> {
    let mut records = Records::default();
    let last = text.lines().count();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| is_record(line)) {
        let number = index + 1;
        let fields = serde_json::from_str(line).map_err(|error| not_json(number, last, &error))?;
        records.take(fields).map_err(|error| format!("line {number}: {error}"))?;
    }
    records.into_report()
}

fn not_json(number: usize, last: usize, error: &serde_json::Error) -> String {
    if error.is_eof() && number == last {
        return format!("the report is cut off: line {number} ends in the middle");
    }
    format!("line {number}: not JSON: {error}")
}

impl Records {
    /// Put one record where it belongs. Types that a later version added are passed over.
    fn take(&mut self, mut fields: Fields) -> Result<(), String> {
        match fields.remove("type").as_ref().and_then(Value::as_str) {
            Some("start") => self.take_start(fields)?,
            Some("observation") if fields.contains_key("continued") => self.layers.push(read(fields)?),
            Some("observation") => self.take_observation(fields)?,
            Some("check") => self.checks.push(read(fields)?),
            Some("pull") => self.pulls.push(read(fields)?),
            Some("series") => self.rounds.take(fields)?,
            Some("finding") => self.findings.push(read(fields)?),
            Some("sink") => self.sinks.push(read(fields)?),
            Some("summary") => put_once(&mut self.summary, fields)?,
            Some(_) | None => {}
        }
        Ok(())
    }

    /// An observation, and how many layers of it follow.
    fn take_observation(&mut self, fields: Fields) -> Result<(), String> {
        let layers = fields.get("layers_follow").and_then(Value::as_u64);
        let observation: Observation = read(fields)?;
        let count = layers.map(|count| (observation.id.clone(), usize::try_from(count).unwrap_or(usize::MAX)));
        self.expected_layers.extend(count);
        self.observations.push(observation);
        Ok(())
    }

    /// The start, or the rest of one of its lists.
    fn take_start(&mut self, fields: Fields) -> Result<(), String> {
        if !fields.contains_key("continued") {
            check_version(fields.get("schema_version"), tool_version(&fields))?;
            return put_once(&mut self.start, fields);
        }
        let Some(start) = self.start.as_mut() else {
            return Err("the rest of a start that was not seen".to_owned());
        };
        extend_lists(start, fields);
        Ok(())
    }

    fn into_report(mut self) -> Result<Report, String> {
        give_back(&mut self.observations, self.layers, &self.expected_layers)?;
        let start = self.start.ok_or("the report is cut off: its start record is missing")?;
        let summary = self.summary.ok_or("the report is cut off: its summary record is missing")?;
        let Start { tool, run, vantage, inputs, network } = read(start)?;
        let said: Option<Said> = summary.contains_key("series_records").then(|| read(summary.clone())).transpose()?;
        let last: Last = read(summary)?;
        all_there("observation", self.observations.len(), last.observation_records)?;
        all_there("check", self.checks.len(), last.check_records)?;
        all_there("pull", self.pulls.len(), last.pull_records)?;
        all_there("finding", self.findings.len(), last.finding_records)?;
        Ok(Report {
            schema_version: SCHEMA_VERSION,
            tool,
            run,
            vantage,
            inputs,
            verdict: last.verdict,
            exit_code: last.exit_code,
            headline: last.headline,
            findings: self.findings,
            checks: self.checks,
            observations: self.observations,
            pulls: self.pulls,
            sinks: self.sinks,
            network,
            summary: last.counts,
            watch: self.rounds.into_watch(said)?,
        })
    }
}

/// A log stream may hold several runs; a report is one of them.
fn put_once(place: &mut Option<Fields>, fields: Fields) -> Result<(), String> {
    match place.replace(fields) {
        None => Ok(()),
        Some(_) => Err("a second run begins or ends here: expected the records of one run".to_owned()),
    }
}

/// Append the lists of a continued start to those that it has.
fn extend_lists(start: &mut Fields, more: Fields) {
    for (part, lists) in more {
        let (Some(Value::Object(fields)), Value::Object(lists)) = (start.get_mut(&part), lists) else { continue };
        for (key, items) in lists {
            match (fields.get_mut(&key), items) {
                (Some(Value::Array(have)), Value::Array(items)) => have.extend(items),
                (_, items) => _ = fields.insert(key, items),
            }
        }
    }
}

/// Append the continued layers to those of their manifests, in the order of the lines.
fn give_back(
    observations: &mut [Observation],
    more: Vec<MoreLayers>,
    expected: &[(ObservationId, usize)],
) -> Result<(), String> {
    let mut lists: HashMap<ObservationId, &mut Vec<Blob>> =
        observations.iter_mut().filter_map(|seen| Some((seen.id.clone(), layers(&mut seen.outcome)?))).collect();
    for MoreLayers { id, layers } in more {
        let list = lists.get_mut(&id).ok_or_else(|| format!("the rest of a manifest that was not seen: {}", id.0))?;
        list.extend(layers);
    }
    expected
        .iter()
        .try_for_each(|(id, expected)| all_there("layer", lists.get(id).map_or(0, |have| have.len()), *expected))
}

fn layers(outcome: &mut Outcome) -> Option<&mut Vec<Blob>> {
    let Outcome::Saw { seen: Seen::Response(response) } = outcome else { return None };
    let Some(Held::Manifest { layers, .. }) = &mut response.held else { return None };
    Some(layers)
}

fn all_there(kind: &str, have: usize, expected: usize) -> Result<(), String> {
    if have == expected {
        return Ok(());
    }
    Err(format!("the report is not whole: {have} of its {expected} {kind} records are there"))
}

fn read<T: DeserializeOwned>(fields: Fields) -> Result<T, String> {
    T::deserialize(Value::Object(fields)).map_err(broken)
}
