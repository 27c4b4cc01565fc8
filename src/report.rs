//! The document that comes of a run, and its forms: one file each.

pub mod build;
pub mod emf;
mod examined;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod markdown;
mod parse;
pub mod planned;
pub mod prometheus;
pub mod schema;
pub mod text;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::{CheckResult, Ended, Finding, Pull, Summary, Verdict};
use crate::inputs::{Inputs, Vantage};
use crate::observation::Observation;
use crate::vpc::{Missing, Vpc};
use crate::watch::Watch;

pub use build::{RunFacts, build};
pub use parse::parse;
pub(crate) use parse::{broken, check_version, tool_version};

/// Grows only by addition while it stays the same.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything a run has to say. Always valid, always complete, whatever happened.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Report {
    /// Grows only by addition while it stays the same.
    pub schema_version: u32,
    /// What made this report.
    pub tool: Tool,
    /// When, and how it ended.
    pub run: Run,
    /// Where the probe stood.
    pub vantage: Vantage,
    /// What it was asked.
    pub inputs: Inputs,
    /// pass, fail or inconclusive.
    pub verdict: Verdict,
    /// What and where, in one number.
    pub exit_code: u8,
    /// One sentence.
    pub headline: String,
    /// The causes, in the order in which mending them helps.
    pub findings: Vec<Finding>,
    /// Every name that was examined, and its state.
    pub checks: Vec<CheckResult>,
    /// Every attempt.
    pub observations: Vec<Observation>,
    /// Every image whose manifest came, and how fast its layers did.
    #[serde(default)]
    pub pulls: Vec<Pull>,
    /// Where the report went.
    pub sinks: Vec<SinkResult>,
    /// The operator's view of the VPC by which it was judged, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkView>,
    /// Counts.
    pub summary: Summary,
    /// What many rounds of asking showed; everything else is of one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<Watch>,
}

/// Which view of the VPC a report was judged by.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct NetworkView {
    /// The VPC's id.
    pub vpc: String,
    /// When it was collected: RFC 3339, UTC.
    pub collected_at: String,
    /// What was not looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Gap>,
}

/// What a view of a VPC lacks.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Gap {
    /// The section that lacks.
    pub section: String,
    /// The call that gives it.
    pub call: String,
    /// Why there is none: AWS's own words.
    pub why: String,
}

impl From<&Vpc> for NetworkView {
    fn from(vpc: &Vpc) -> Self {
        let gap = |missing: &Missing| Gap {
            section: missing.section.clone(),
            call: missing.call.clone(),
            why: missing.why.clone(),
        };
        let missing = vpc.missing().iter().map(gap).collect();
        Self { vpc: vpc.id().to_owned(), collected_at: vpc.collected_at().to_owned(), missing }
    }
}

/// What made a report.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Tool {
    /// `vpcprobe`
    pub name: String,
    /// The version.
    pub version: String,
    /// The commit it was built from, or `unknown`.
    pub commit: String,
}

/// One run.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Run {
    /// Random; names the run in logs and streams.
    pub id: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// The whole run.
    pub took_ms: u64,
    /// Its limit.
    pub deadline_ms: u64,
    /// How it ended.
    pub ended: Ended,
}

/// What became of one copy of the report.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct SinkResult {
    /// Where it should go.
    pub sink: String,
    /// Whether it got there.
    pub ok: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// For a person.
    Text,
    /// One document.
    Json,
    /// A record a line.
    Jsonl,
    /// For a pipeline's test results: XML.
    Junit,
    /// For a ticket.
    Markdown,
    /// For a browser: one file.
    Html,
    /// For Prometheus' text file collector.
    Prometheus,
    /// For CloudWatch's metrics: one line in the Embedded Metric Format.
    Emf,
}

impl Format {
    /// Every format, with the word that asks for it.
    pub const ALL: [(&str, Self); 8] = [
        ("text", Self::Text),
        ("json", Self::Json),
        ("jsonl", Self::Jsonl),
        ("junit", Self::Junit),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
        ("prometheus", Self::Prometheus),
        ("emf", Self::Emf),
    ];

    /// What a copy that leaves the host says of itself.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Json | Self::Emf => "application/json",
            Self::Jsonl => "application/x-ndjson",
            Self::Junit => "application/xml",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, format)| format);
        found.ok_or_else(|| {
            format!("format {word}: expected text, json, jsonl, junit, markdown, html, prometheus or emf")
        })
    }
}

/// Render the report in a format; only text looks at the look.
pub fn render(report: &Report, format: Format, look: text::Look) -> String {
    match format {
        Format::Text => text::render(report, look),
        Format::Json => json::render(report),
        Format::Jsonl => jsonl::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
        Format::Html => html::render(report),
        Format::Prometheus => prometheus::render(report),
        Format::Emf => emf::render(report),
    }
}

/// Asked only to learn something of the way: it is neither good nor bad.
pub(crate) fn is_aside(check: &CheckResult) -> bool {
    let is_for_identity = matches!(check.id.0.as_str(), "sts" | "identity") && !check.required;
    let is_of_the_way = check.id.0.starts_with("control:") || check.id.0 == "own-name";
    is_of_the_way || is_for_identity
}

/// Whether a terminal obeys this character instead of showing it, or shows nothing: controls, marks of direction,
/// invisible characters, private ones.
pub fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{10ffff}')
}
