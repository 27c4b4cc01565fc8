//! Saved reports, read back: the document and the records.

mod agrees;

use std::fmt::Display;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Report, SCHEMA_VERSION, jsonl};
use crate::inputs::shown;

/// Read a saved report, whichever of the two forms it has, or say in one sentence why it can't be read.
pub fn parse(text: &str) -> Result<Report, String> {
    let report = read(text)?;
    agrees::agrees(&report)?;
    Ok(report)
}

fn read(text: &str) -> Result<Report, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err("the report is empty: expected the json or jsonl output of a run".to_owned());
    }
    if let Some(report) = whole(text) {
        return Ok(report);
    }
    if jsonl::looks_like(text) {
        return jsonl::parse(text);
    }
    let head: Head = head(text).map_err(|error| not_a_document(text, &error))?;
    check_version(head.schema_version.as_ref(), head.tool.as_ref().and_then(Value::as_object).and_then(version))?;
    if head.kind.as_ref().and_then(Value::as_str) == Some("merged") {
        return Err("these are several runs, merged: expected the report of one".to_owned());
    }
    serde_json::from_str(text).map_err(broken)
}

/// A whole document of this version: it is gone through once, and only what is none is looked at for the reason.
fn whole(text: &str) -> Option<Report> {
    let report: Report = text.starts_with('{').then(|| serde_json::from_str(text).ok())??;
    (report.schema_version == SCHEMA_VERSION).then_some(report)
}

/// What tells whether the rest can be read. A tree of a whole document would take several times its size.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<Value>,
    kind: Option<Value>,
    tool: Option<Value>,
}

fn head(text: &str) -> Result<Head, serde_json::Error> {
    if text.starts_with('{') {
        return serde_json::from_str(text);
    }
    // A list would do for a struct, and is no document.
    serde_json::from_str::<Map<String, Value>>(text)?;
    Ok(Head { schema_version: None, kind: None, tool: None })
}

/// What is said of a text that is no JSON object.
fn not_a_document(text: &str, error: &serde_json::Error) -> String {
    if error.is_eof() && text.starts_with('{') {
        return format!("the report is cut off: it ends at line {} in the middle of the document", error.line());
    }
    format!("not a report: expected the json or jsonl output of a run, and line {} is neither", error.line().max(1))
}

/// Accept the one version that this program reads.
pub(crate) fn check_version(version: Option<&Value>, tool: Option<&str>) -> Result<(), String> {
    let Some(version) = version else {
        return Err("not a report: it has no schema_version".to_owned());
    };
    if version.as_u64() == Some(u64::from(SCHEMA_VERSION)) {
        return Ok(());
    }
    let by = tool.map(|tool| format!(" (written by version {})", shown(tool))).unwrap_or_default();
    let version = shown(&version.to_string());
    Err(format!("the report has schema_version {version}{by}, and this program reads {SCHEMA_VERSION}"))
}

/// The version of the tool that wrote it.
pub(crate) fn tool_version(record: &Map<String, Value>) -> Option<&str> {
    version(record.get("tool")?.as_object()?)
}

fn version(tool: &Map<String, Value>) -> Option<&str> {
    tool.get("version")?.as_str()
}

/// What is said of JSON that is not what it should be. It repeats what stands there, which may be of any length: of a
/// long sentence the beginning is told, and the end, where the place is.
pub(crate) fn broken(error: impl Display) -> String {
    const LONG: usize = 300;
    const END: usize = 60;
    let why = error.to_string();
    if why.len() <= LONG {
        return format!("not a whole report: {why}");
    }
    let end = &why[why.ceil_char_boundary(why.len() - END)..];
    format!("not a whole report: {} {end}", shown(&why))
}
