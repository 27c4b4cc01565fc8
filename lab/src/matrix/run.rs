//! One run: the lab as a child in namespaces of its own, and the report judged again with the operator's view.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::process::Command;

use super::case::{Case, Kind, Source};

/// How long a run may take, with the lab around it: longer than any scenario lets its process live.
const PATIENCE: Duration = Duration::from_mins(3);

/// The lab's own failure.
const LAB_FAILED: i32 = 125;

/// What every run has in common.
#[derive(Clone, Debug)]
pub struct Runner {
    /// How the lab is told of the program, and the program.
    pub program: (&'static str, PathBuf),
    /// The program that judges a report again.
    pub probe: PathBuf,
    /// The lab itself.
    pub lab: PathBuf,
    /// The schema that reports must fit.
    pub schema: PathBuf,
    /// Where each run's files are, in a folder of its name.
    pub folder: PathBuf,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Ran {
    /// What the scenario's own check printed, where it did not hold, or why there was no run.
    pub failed: Option<String>,
    /// The report.
    pub report: Option<Value>,
    /// The report as judged with the operator's view.
    pub with_view: Option<Value>,
    /// How long it took.
    pub took: Duration,
}

impl Runner {
    /// Runs one case.
    pub async fn run(&self, case: &Case) -> Ran {
        let began = Instant::now();
        let mut ran = Ran::default();
        if let Err(error) = self.fill(case, &mut ran).await {
            // Said after what the check printed, which is the cause where both are there.
            ran.failed = Some(ran.failed.take().unwrap_or_default() + &error + "\n");
        }
        ran.took = began.elapsed();
        ran
    }

    async fn fill(&self, case: &Case, ran: &mut Ran) -> Result<(), String> {
        let folder = self.folder.join(&case.name);
        std::fs::create_dir_all(&folder).map_err(|e| format!("make {}: {e}", folder.display()))?;
        let (report, network) = (folder.join("report.json"), folder.join("network.json"));
        let scenario = place(case, &folder)?;
        let output = self.lab(case, &scenario, &report, &network).await?;
        let holds = output.status.success() || (is_made(case) && output.status.code() != Some(LAB_FAILED));
        if !holds {
            ran.failed = Some(said(&output));
        }
        if case.kind == Kind::NoReport || output.status.code() == Some(LAB_FAILED) {
            return Ok(());
        }
        ran.report = Some(json(&report)?);
        if !case.viewed {
            return Ok(());
        }
        let judged = self.judge_again(&report, &network).await?;
        write(&folder.join("with-view.json"), &judged.stdout)?;
        let document = serde_json::from_slice(&judged.stdout);
        ran.with_view =
            Some(document.map_err(|e| format!("judged with {}: {e}\n{}", network.display(), said(&judged)))?);
        Ok(())
    }

    async fn lab(&self, case: &Case, scenario: &Path, report: &Path, network: &Path) -> Result<Output, String> {
        let mut command = Command::new(&self.lab);
        command.arg(if is_made(case) { "run" } else { "check" }).arg(scenario);
        command.arg(self.program.0).arg(&self.program.1).arg("--keep-report").arg(report).arg("--network").arg(network);
        if is_made(case) {
            command.arg("--json");
        } else {
            command.arg("--schema").arg(&self.schema);
        }
        output(command, "the lab").await
    }

    /// Only what it is given here may decide, no variable of the caller's.
    async fn judge_again(&self, report: &Path, network: &Path) -> Result<Output, String> {
        let mut command = Command::new(&self.probe);
        command.arg("diagnose").arg(report).arg("--network").arg(network).args(["--format", "json"]).env_clear();
        output(command, "vpcprobe diagnose").await
    }
}

/// Whether the scenario was made here, and says nothing of what is right.
fn is_made(case: &Case) -> bool {
    matches!(case.scenario, Source::Text(_))
}

fn place(case: &Case, folder: &Path) -> Result<PathBuf, String> {
    match &case.scenario {
        Source::File(file) => Ok(file.clone()),
        Source::Text(text) => {
            let file = folder.join("scenario.toml");
            write(&file, text.as_bytes())?;
            Ok(file)
        }
    }
}

async fn output(mut command: Command, what: &str) -> Result<Output, String> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(output) => output.map_err(|e| format!("start {what}: {e}")),
        Err(_) => Err(format!("{what} was ended by force after {} s", PATIENCE.as_secs())),
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn json(file: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("read {}: {e}", file.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("the report is not one JSON document: {e}"))
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(file, bytes).map_err(|e| format!("write {}: {e}", file.display()))
}
