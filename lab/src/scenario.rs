//! What a scenario file may say: the world, what is broken in it, how the probe runs, and what it must answer.

mod aws;
mod change;
mod config;
mod fault;
mod place;
mod run;
mod vpc;
mod wish;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Table;

pub use aws::{
    Bucket, Credentials, Holdings, Image, LogGroup, Object, Parameter, Registry, RegistryAuth, Secret, Task,
};
pub use change::{Change, Ground, Question};
pub use config::{Acl, AclRule, Config, Destination, GroupRule, Ports, Protocol, Source, Target};
pub use fault::{Act, Denial, Direction, Fault, Layer, Policy, Refusal};
pub use place::{Family, Place, ResolverName, Zone, matches};
pub use run::{Moment, Run, SignalName, SignalPlan, TaskDefinition, Vantage};
pub use vpc::{Host, HostedZone, Ipv6, Metadata, S3Route, Serves, View, Vpc};
pub use wish::{ExpectedLogs, ExpectedObject, ExpectedRequests, ExpectedSeries, ExpectedWatch, Span};

use crate::backend::Backend;

/// One scenario file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// One line for `list`: what is broken.
    pub title: String,
    /// The world before anything is broken.
    #[serde(default)]
    pub vpc: Vpc,
    /// The VPC's configuration, where it is told in AWS's terms.
    pub config: Option<Config>,
    /// What is broken, in the order in which it applies.
    #[serde(default, rename = "fault")]
    pub faults: Vec<Fault>,
    /// What it becomes while the probe runs, one after the other.
    #[serde(default, rename = "change")]
    pub changes: Vec<Change>,
    /// Servers of others in the world, in the order in which they start.
    #[serde(default, rename = "backend")]
    pub backends: Vec<Backend>,
    /// Who the task is.
    #[serde(default)]
    pub task: Task,
    /// Secrets of Secrets Manager.
    #[serde(default, rename = "secret")]
    pub secrets: Vec<Secret>,
    /// Parameters of Parameter Store.
    #[serde(default, rename = "parameter")]
    pub parameters: Vec<Parameter>,
    /// Log groups.
    #[serde(default, rename = "log_group")]
    pub log_groups: Vec<LogGroup>,
    /// Buckets.
    #[serde(default, rename = "bucket")]
    pub buckets: Vec<Bucket>,
    /// Objects.
    #[serde(default, rename = "object")]
    pub objects: Vec<Object>,
    /// Registries that are not ECR's.
    #[serde(default, rename = "registry")]
    pub registries: Vec<Registry>,
    /// Images.
    #[serde(default, rename = "image")]
    pub images: Vec<Image>,
    /// How the probe is started.
    #[serde(default)]
    pub run: Run,
    /// The right answer.
    pub expect: Expect,
}

/// The right answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The process's exit code.
    pub exit: i32,
    /// False where no report comes, as after a usage error.
    #[serde(default = "yes")]
    pub report: bool,
    /// `pass`, `fail` or `inconclusive`.
    pub verdict: Option<String>,
    /// Every error and warning that the report must hold, and no other; `info` ones only where listed.
    #[serde(default)]
    pub findings: Vec<ExpectedFinding>,
    /// As `findings`, judged with the operator's view, where that differs.
    pub network_findings: Option<Vec<ExpectedFinding>>,
    /// What the operator's view must name as the cause, and no other of certainty `certain`.
    #[serde(default)]
    pub culprits: Vec<ExpectedCulprit>,
    /// Wall time; the report's own deadline by default.
    pub within_ms: Option<u64>,
    /// Check id to `observed_route`.
    #[serde(default)]
    pub routes: BTreeMap<String, String>,
    /// JSON pointer to the value there; `"*"` stands for any value.
    #[serde(default)]
    pub pointers: BTreeMap<String, serde_json::Value>,
    /// Text that standard error must contain.
    pub stderr: Option<String>,
    /// Text that the error must contain in which a function's invocation ends.
    pub invocation_error: Option<String>,
    /// Text that must stand neither on standard output nor on standard error.
    #[serde(default)]
    pub never: Vec<String>,
    /// Log events that must have been written.
    #[serde(default)]
    pub log_events: Vec<ExpectedLogs>,
    /// Objects that must have been written.
    #[serde(default)]
    pub objects: Vec<ExpectedObject>,
    /// Requests that must, or must not, have come.
    #[serde(default)]
    pub requests: Vec<ExpectedRequests>,
    /// What the report must say of many rounds; none where it must be of one.
    pub watch: Option<ExpectedWatch>,
    /// Whether nothing but reads may have come.
    #[serde(default)]
    pub reads_only: bool,
}

/// One finding that the report must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFinding {
    /// Its id.
    pub id: String,
    /// Exactly the checks that it is about, in any order.
    pub checks: Option<Vec<String>>,
    /// Its severity; `error` or `warning` when not given.
    pub severity: Option<String>,
    /// Its certainty.
    pub certainty: Option<String>,
}

/// A finding whose cause the operator's view must name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedCulprit {
    /// The finding's id.
    pub id: String,
    /// The culprit's kind.
    pub kind: String,
    /// The finding's certainty.
    pub certainty: Option<String>,
    /// Text in what is said of the culprit.
    pub detail: Option<String>,
    /// Which of the configuration's things it is: `sg-task`, `acl-c`, `rtb-a`, `vpce-logs`, `vpc`.
    pub thing: Option<String>,
}

fn yes() -> bool {
    true
}

impl Scenario {
    /// Reads a scenario by file or, without a path, by name in the folder of scenarios.
    pub fn find(name: &str, folder: Option<&Path>) -> Result<(String, Self), String> {
        let given = Path::new(name);
        let path = if given.extension().is_some() || name.contains('/') {
            given.to_owned()
        } else {
            let folder = folder_of_scenarios(folder)?;
            let path = folder.join(format!("{name}.toml"));
            if !path.is_file() {
                return Err(format!("no scenario `{name}` in {}; `list` shows them", folder.display()));
            }
            path
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok((stem, Self::read(&path)?))
    }

    /// Reads one file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("read {}: {e}", path.display()))?;
        Self::parse(&text).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Reads a file's text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut scenario: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        if scenario.run.event.is_some() {
            scenario.run.vantage = Vantage::Lambda;
        }
        verify(&scenario.faults, scenario.config.as_ref())?;
        let file: Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
        for (n, change) in scenario.changes.iter_mut().enumerate() {
            let changed = change.lay_over(&file).and_then(|()| change.verify(&scenario.vpc));
            let sound = changed.and_then(|()| verify(&change.to.faults, change.to.config.as_ref()));
            sound.map_err(|e| format!("change {}: {e}", n + 1))?;
        }
        Ok(scenario)
    }

    /// What it is after each of its changes.
    pub fn changed(&self) -> impl Iterator<Item = Self> {
        self.changes.iter().map(|change| {
            let Ground { vpc, config, faults } = change.to.clone();
            Self { vpc, config, faults, ..self.clone() }
        })
    }
}

fn verify(faults: &[Fault], config: Option<&Config>) -> Result<(), String> {
    faults.iter().try_for_each(Fault::verify)?;
    config.map_or(Ok(()), Config::verify)
}

/// The folder given, or `lab/scenarios` beside or above the working directory.
pub fn folder_of_scenarios(given: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(folder) = given {
        return Ok(folder.to_owned());
    }
    let here = std::env::current_dir().map_err(|e| format!("find the working directory: {e}"))?;
    here.ancestors()
        .flat_map(|above| [above.join("lab/scenarios"), above.join("scenarios")])
        .find(|folder| folder.is_dir())
        .ok_or_else(|| "no folder lab/scenarios here or above; give one with --dir".to_owned())
}

/// Every scenario of a folder by name, sorted.
pub fn all(folder: &Path) -> Result<Vec<(String, Scenario)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("read {}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "toml"));
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Scenario::read(&path).map(|scenario| (name, scenario))
    };
    paths.into_iter().map(named).collect()
}
