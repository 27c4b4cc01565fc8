//! The same report judged again with the operator's view: what vpcprobe then names must be what the scenario configured.
//! A world that changes has no one view: its reports are judged again without, and nothing may become another.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{describe, findings, fits, text};
use crate::config::{self, Network};
use crate::lab::{Lab, Outcome};
use crate::scenario::{Expect, ExpectedCulprit, ExpectedFinding};

/// What says that the configuration is right and the packets are not.
pub const DISAGREE: &str = "configuration-and-network-disagree";

/// What differs from what is right once the view is there, and what vpcprobe said.
pub struct Judged {
    /// What differs.
    pub wrong: Vec<String>,
    /// The report that was written.
    pub said: String,
}

/// Judges a run's report again.
pub fn judge(lab: &Lab, outcome: &Outcome, program: &Path, schema: Option<&Path>) -> Result<Judged, String> {
    let world = lab.world();
    let network = Network::build(world)?;
    let views = world.scenario.changes.is_empty();
    let (report, view) = (Path::new("/run/vpcprobe-lab/report.json"), Path::new("/run/vpcprobe-lab/network.json"));
    for (file, text) in [(report, &outcome.stdout), (view, &config::text(world)?)] {
        std::fs::write(file, text).map_err(|e| format!("write {}: {e}", file.display()))?;
    }
    let mut command = Command::new(program);
    command.arg("diagnose").arg(report).args(["--format", "json"]).env_clear();
    if views {
        command.arg("--network").arg(view);
    }
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("run {}: {e}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut wrong = Vec::new();
    let expect = &world.scenario.expect;
    if output.status.code() != Some(expect.exit) {
        let complaint = String::from_utf8_lossy(&output.stderr);
        wrong.push(format!("{}, expected exit code {}: {}", output.status, expect.exit, complaint.trim()));
    }
    match serde_json::from_str::<Value>(&said) {
        Ok(document) => {
            wrong.extend(schema.and_then(|file| fits(&document, file).err()));
            compare(expect, &network, faulty(lab), &document, &mut wrong);
            super::watch::compare(expect, &document, &mut wrong);
        }
        Err(error) => wrong.push(format!("standard output is not one JSON document: {error}")),
    }
    let how = if views { "with the operator's view" } else { "judged again" };
    let wrong = wrong.into_iter().map(|difference| format!("{how}: {difference}")).collect();
    Ok(Judged { wrong, said })
}

/// Whether something is broken that no configuration shows.
fn faulty(lab: &Lab) -> bool {
    !lab.world().scenario.faults.is_empty()
}

fn compare(expect: &Expect, network: &Network, faulty: bool, document: &Value, wrong: &mut Vec<String>) {
    // How sure the same finding is depends on the view.
    let unsure = || expect.findings.iter().cloned().map(|finding| ExpectedFinding { certainty: None, ..finding });
    let expected = &expect.network_findings.clone().unwrap_or_else(|| unsure().collect());
    let named = expected.iter().any(|finding| finding.id == DISAGREE);
    let left = findings(expected, document, wrong);
    let blamed = left.into_iter().filter(|finding| text(finding, "severity") != "info");
    let blamed = blamed.filter(|finding| named || !faulty || text(finding, "id") != DISAGREE);
    wrong.extend(blamed.map(describe));
    culprits(&expect.culprits, network, document, wrong);
}

/// Every culprit expected is named, and no other for certain.
fn culprits(expected: &[ExpectedCulprit], network: &Network, document: &Value, wrong: &mut Vec<String>) {
    let all = document.get("findings").and_then(Value::as_array).into_iter().flatten();
    let mut left: Vec<&Value> = all.filter(|finding| finding.get("culprit").is_some_and(Value::is_object)).collect();
    for culprit in expected {
        match left.iter().position(|finding| is(culprit, network, finding)) {
            Some(at) => drop(left.remove(at)),
            None => wrong.push(format!("no culprit {culprit:?}")),
        }
    }
    let certain = left.into_iter().filter(|finding| text(finding, "certainty") == "certain");
    wrong.extend(certain.map(|finding| {
        format!("a culprit that is none, for certain: {} by {}", text(finding, "id"), finding["culprit"])
    }));
}

fn is(expected: &ExpectedCulprit, network: &Network, finding: &Value) -> bool {
    let culprit = &finding["culprit"];
    let named = |thing: &str| network.id_of(thing).is_some_and(|id| id == text(culprit, "id"));
    text(finding, "id") == expected.id
        && text(culprit, "kind") == expected.kind
        && expected.certainty.as_deref().is_none_or(|certainty| certainty == text(finding, "certainty"))
        && expected.detail.as_deref().is_none_or(|detail| text(culprit, "detail").contains(detail))
        && expected.thing.as_deref().is_none_or(named)
}
