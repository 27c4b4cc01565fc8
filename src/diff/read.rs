//! A text that is one side of a comparison: the report of a run, or several runs merged.

use serde::Deserialize;
use serde_json::Value;

use super::side::{Document, Found, Run};
use crate::diagnosis::{FindingId, Severity, Verdict};
use crate::inputs::Vantage;
use crate::json;
use crate::merge::RunCheck;
use crate::plan::CheckId;
use crate::report::{self, Report, broken, check_version, tool_version};

/// One side as it was read.
#[derive(Clone, Debug)]
pub enum Given {
    /// The report of one run.
    Report(Box<Report>),
    /// What `merge` made of several.
    Merged(Value),
}

/// What tells the documents apart.
#[derive(Deserialize)]
struct Head {
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Merged {
    runs: Vec<MergedRun>,
    findings: Vec<MergedFinding>,
}

#[derive(Deserialize)]
struct MergedRun {
    name: String,
    verdict: Verdict,
    exit_code: Option<i64>,
    headline: String,
    run_id: Option<String>,
    started_at: Option<String>,
    vantage: Option<Vantage>,
    #[serde(default)]
    checks: Vec<RunCheck>,
}

#[derive(Deserialize)]
struct MergedFinding {
    id: FindingId,
    severity: Severity,
    checks: Vec<CheckId>,
    runs: Vec<String>,
    summary: String,
}

/// Read one side, or say in one sentence why it can't be read.
pub fn read(text: &str) -> Result<Given, String> {
    let why = match report::parse(text) {
        Ok(report) => return Ok(Given::Report(Box::new(report))),
        Err(why) => why,
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    let head: Option<Head> = serde_json::from_str(text).ok();
    match head.and_then(|head| head.kind).as_deref() {
        Some("merged") => serde_json::from_str(text).map(Given::Merged).map_err(broken),
        Some("diff") => {
            Err("it is what diff made of two runs: expected the report of one, or what merge made of several"
                .to_owned())
        }
        Some(_) | None => Err(why),
    }
}

impl Document {
    /// Several runs, from what `merge` made of them.
    pub fn of_merged(file: &str, document: Value) -> Result<Self, String> {
        let written_by = document.as_object().and_then(tool_version).unwrap_or("unknown").to_owned();
        check_version(document.get("schema_version"), Some(&written_by))?;
        let viewed = document.get("network").is_some_and(|network| !network.is_null());
        let text = json::line(&document);
        drop(document);
        let merged: Merged = serde_json::from_str(&text)
            .map_err(|error| format!("not a whole document of merge: {}", json::why(&error)))?;
        let mut runs: Vec<Run> = merged.runs.into_iter().map(|run| of_merged(run, viewed)).collect();
        let numbers: std::collections::HashMap<String, usize> =
            runs.iter().enumerate().filter_map(|(at, run)| Some((run.name.clone()?, at))).collect();
        for finding in merged.findings {
            let MergedFinding { id, severity, checks, runs: named, summary } = finding;
            for at in named.iter().filter_map(|name| numbers.get(name)) {
                runs[*at].findings.push(Found { id, severity, checks: checks.clone(), summary: summary.clone() });
            }
        }
        Ok(Self { file: file.to_owned(), is_merged: true, written_by, runs })
    }
}

fn of_merged(run: MergedRun, viewed: bool) -> Run {
    /// Warnings alone, which fail under `--strict` only.
    const WARNINGS_FAIL: i64 = 4;
    let MergedRun { name, verdict, exit_code, headline, run_id, started_at, vantage, checks } = run;
    let is_strict = exit_code == Some(WARNINGS_FAIL);
    Run {
        name: Some(name),
        run_id,
        started_at,
        is_strict,
        viewed,
        checks: checks.into_iter().map(Into::into).collect(),
        ..Run::at(vantage.as_ref(), verdict, headline)
    }
}
