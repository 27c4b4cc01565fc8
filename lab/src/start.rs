//! How vpcprobe is started in a scenario, and what the command line changes about that.

mod env_file;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config;
use crate::lab::Lab;
use crate::scenario::{LogGroup, Scenario};
use crate::task::{self, Launch, PROGRAM, Place};

/// Which program runs in which scenario, and what is changed about either.
#[derive(Args)]
pub struct Start {
    /// Name or file of the scenario
    scenario: String,
    /// The vpcprobe binary
    #[arg(long, value_name = "PATH", env = "VPCPROBE_BIN", required_unless_present = "rootfs")]
    binary: Option<PathBuf>,
    /// An unpacked image in the binary's place: its /vpcprobe, as a container runtime starts it with a read-only root
    #[arg(long, value_name = "DIR")]
    rootfs: Option<PathBuf>,
    /// Folder of scenarios
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Variables for vpcprobe over those of the scenario: a line NAME=VALUE each, `\n` is a new line, `\\` a backslash
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Start just `vpcprobe run`, without the scenario's arguments and its task definition
    #[arg(long)]
    bare: bool,
    /// Run as a Lambda function that is invoked with the event in this file, and print its answer
    #[arg(long, value_name = "FILE")]
    invoke: Option<PathBuf>,
    /// How long the function may take
    #[arg(long, value_name = "SECONDS", requires = "invoke")]
    function_timeout: Option<u64>,
    /// One more log group; may be given several times
    #[arg(long, value_name = "NAME")]
    log_group: Vec<String>,
    /// Write the log events that CloudWatch Logs took to this file, a line of JSON each
    #[arg(long, value_name = "FILE")]
    keep_events: Option<PathBuf>,
    /// Write the operator's view of the VPC, network.json, to this file
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
}

/// What is read and opened before the world is built, in which some of the caller's files are hidden.
pub struct Files {
    environment: BTreeMap<String, String>,
    events: Option<(PathBuf, File)>,
    rootfs: Option<File>,
    network: Option<(PathBuf, File)>,
}

impl Start {
    /// The scenario by its name, as the command line changes it.
    pub fn scenario(&self) -> Result<(String, Scenario), String> {
        let (name, mut scenario) = Scenario::find(&self.scenario, self.dir.as_deref())?;
        if self.bare {
            scenario.run.args = vec!["run".to_owned()];
            scenario.run.task_definition = None;
        }
        let group = |name: &String| LogGroup { name: name.clone(), streams: Vec::new(), region: None };
        scenario.log_groups.extend(self.log_group.iter().map(group));
        Ok((name, scenario))
    }

    /// Reads and opens the files that the command line names; an event makes the scenario one of a function.
    pub fn files(&self, scenario: &mut Scenario) -> Result<Files, String> {
        if let Some(file) = &self.invoke {
            scenario.run.invoke(event(file)?, self.function_timeout);
        }
        let environment = self.env_file.as_deref().map(env_file::read).transpose()?.unwrap_or_default();
        let events = self.keep_events.as_deref().map(create).transpose()?;
        let rootfs = self.rootfs.as_deref().map(image).transpose()?;
        let network = self.network.as_deref().map(create).transpose()?;
        Ok(Files { environment, events, rootfs, network })
    }

    /// The process in the task's place.
    pub fn launch(&self, lab: &Lab, files: &Files, json: bool, extra: Vec<String>) -> Result<Launch, String> {
        let world = lab.world();
        let mut environment = task::environment(world)?;
        if json && world.scenario.run.event.is_none() {
            environment.insert("VPCPROBE_FORMAT".to_owned(), "json".to_owned());
        }
        let (program, place) = if let Some(image) = &files.rootfs {
            task::furnish_rootfs(world, image)?;
            if !world.scenario.run.env.contains_key("HOME") {
                // A runtime's answer for a user that no /etc/passwd names.
                environment.entry("HOME".to_owned()).and_modify(|home| "/".clone_into(home));
            }
            (PROGRAM.to_owned(), Place::Image)
        } else {
            (self.binary()?, Place::Task)
        };
        environment.extend(files.environment.clone());
        let mut command = vec![program];
        command.extend(task::arguments(world)?.into_iter().chain(extra));
        Ok(Launch { command, environment, max_files: world.scenario.run.max_files, place })
    }

    /// The program, for whoever runs it outside of the task's place.
    pub fn program(&self, files: &Files) -> Result<PathBuf, String> {
        match &files.rootfs {
            // The folder's own path may lead into what the lab has hidden.
            Some(image) => {
                let own = format!("/proc/self/fd/{}{PROGRAM}", image.as_raw_fd());
                Path::new(&own).canonicalize().map_err(|e| format!("find {own}: {e}"))
            }
            None => self.binary().map(PathBuf::from),
        }
    }

    fn binary(&self) -> Result<String, String> {
        let binary = self.binary.as_deref().unwrap_or(Path::new(""));
        let whole = binary.canonicalize().map_err(|e| format!("find the binary {}: {e}", binary.display()))?;
        Ok(whole.to_string_lossy().into_owned())
    }
}

impl Files {
    /// Writes what is kept of a run.
    pub fn keep(&self, lab: &Lab) -> Result<(), String> {
        if let Some((path, file)) = &self.network {
            let text = config::text(lab.world())?;
            (&mut &*file).write_all(text.as_bytes()).map_err(|e| format!("write {}: {e}", path.display()))?;
        }
        let Some((path, file)) = &self.events else {
            return Ok(());
        };
        let mut file = BufWriter::new(file);
        for event in lab.world().cloud.log_events() {
            let line = serde_json::to_string(&event).map_err(|e| e.to_string())?;
            writeln!(file, "{line}").map_err(|e| format!("write {}: {e}", path.display()))?;
        }
        file.flush().map_err(|e| format!("write {}: {e}", path.display()))
    }
}

fn create(path: &Path) -> Result<(PathBuf, File), String> {
    let file = File::create(path).map_err(|e| format!("write {}: {e}", path.display()))?;
    Ok((path.to_owned(), file))
}

/// Opens the root of an unpacked image.
fn image(folder: &Path) -> Result<File, String> {
    let program = folder.join(PROGRAM.trim_start_matches('/'));
    if !program.is_file() {
        return Err(format!("{} is no unpacked image: it has no {PROGRAM}", folder.display()));
    }
    File::open(folder).map_err(|e| format!("open {}: {e}", folder.display()))
}

fn event(file: &Path) -> Result<serde_json::Value, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("read {}: {e}", file.display()))?;
    let wrong = |e| format!("{}: Lambda takes no event that is not JSON: {e}", file.display());
    serde_json::from_str(&text).map_err(wrong)
}
