//! Records, read back into a report.

mod series;

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use super::super::parse::{broken, check_version, tool_version};
use super::super::{NetworkView, Report, Run, SCHEMA_VERSION, SinkResult, Tool};
use crate::diagnosis::{CheckResult, Finding, Pull, Summary, Verdict};
use crate::inputs::{Inputs, Vantage};
use crate::json;
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

/// What every record has, and what tells how the rest is read: that is passed over, as the line may be a whole document.
#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    kind: String,
    continued: Option<IgnoredAny>,
    layers_follow: Option<Value>,
    items_follow: Option<Value>,
}

/// One line and what it is.
struct Record<'t> {
    line: &'t str,
    typed: Typed,
}

/// A record that is not read.
enum Unread {
    /// The line is no JSON.
    NotJson(serde_json::Error),
    /// Anything else.
    Unfit(String),
}

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self::Unfit(why)
    }
}

impl From<serde_json::Error> for Unread {
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() { Self::Unfit(broken(json::why(&error))) } else { Self::NotJson(error) }
    }
}

impl<'t> Record<'t> {
    fn of(line: &'t str) -> Result<Self, Unread> {
        Ok(Self { line, typed: serde_json::from_str(line)? })
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Unread> {
        Ok(serde_json::from_str(self.line)?)
    }

    fn is_continued(&self) -> bool {
        self.typed.continued.is_some()
    }
}

/// Whether a line may be a cut record: what begins an object and is none is not passed over.
fn is_broken(line: &str) -> bool {
    line.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(line).is_err()
}

/// Read records in any order, other programs' lines between them: what does not begin with `{`, and JSON of no type of
/// ours, is ignored, as a log stream holds both.
pub(in crate::report) fn parse(text: &str) -> Result<Report, String> {
    let mut records = Records::default();
    let last = text.lines().count();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| is_record(line) || is_broken(line)) {
        let number = index + 1;
        Record::of(line).and_then(|record| records.take(&record)).map_err(|unread| match unread {
            Unread::NotJson(error) => not_json(number, last, &error),
            Unread::Unfit(why) => format!("line {number}: {why}"),
        })?;
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
    fn take(&mut self, record: &Record<'_>) -> Result<(), Unread> {
        match record.typed.kind.as_str() {
            "start" => self.take_start(record)?,
            "observation" if record.is_continued() => self.layers.push(record.read()?),
            "observation" => self.take_observation(record)?,
            "check" => self.checks.push(record.read()?),
            "pull" => self.pulls.push(record.read()?),
            "series" => self.rounds.take(record)?,
            "finding" => self.findings.push(record.read()?),
            "sink" => self.sinks.push(record.read()?),
            "summary" => put_once(&mut self.summary, record.read()?)?,
            _ => {}
        }
        Ok(())
    }

    /// An observation, and how many layers of it follow.
    fn take_observation(&mut self, record: &Record<'_>) -> Result<(), Unread> {
        let layers = record.typed.layers_follow.as_ref().and_then(Value::as_u64);
        let observation: Observation = record.read()?;
        let count = layers.map(|count| (observation.id.clone(), usize::try_from(count).unwrap_or(usize::MAX)));
        self.expected_layers.extend(count);
        self.observations.push(observation);
        Ok(())
    }

    /// The start, or the rest of one of its lists.
    fn take_start(&mut self, record: &Record<'_>) -> Result<(), Unread> {
        let fields: Fields = record.read()?;
        if !record.is_continued() {
            check_version(fields.get("schema_version"), tool_version(&fields))?;
            return Ok(put_once(&mut self.start, fields)?);
        }
        let Some(start) = self.start.as_mut() else {
            return Err(Unread::Unfit("the rest of a start that was not seen".to_owned()));
        };
        extend_lists(start, fields);
        Ok(())
    }

    fn into_report(mut self) -> Result<Report, String> {
        give_back(&mut self.observations, self.layers, &self.expected_layers)?;
        let start = self.start.ok_or("the report is cut off: its start record is missing")?;
        let summary = self.summary.ok_or("the report is cut off: its summary record is missing")?;
        let Start { tool, run, vantage, inputs, network } = read(&start)?;
        let said: Option<Said> = summary.contains_key("series_records").then(|| read(&summary)).transpose()?;
        let last: Last = read(&summary)?;
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

/// Of the two records that are more than their line. They are few: there is nothing to win by reading them from the tree.
fn read<T: DeserializeOwned>(fields: &Fields) -> Result<T, String> {
    serde_json::from_str(&json::line(fields)).map_err(|error| broken(json::why(&error)))
}
