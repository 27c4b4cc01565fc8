//! The process in the task's namespace: a small parent of its own enters the namespace, starts it, waits, and
//! tells the lab over a socket what became of it. So the figures are that one process's and nobody else's.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::time::{Duration, SystemTime};

use clap::ValueEnum;
use nix::sys::resource::{UsageWho, getrusage};
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};
use serde::{Deserialize, Serialize};

use super::container;
use crate::network::enter_task;

/// Where the small parent reports to.
const SOCKET: &str = "/run/vpcprobe-lab/launch.sock";

/// What to start.
#[derive(Debug, Default)]
pub struct Launch {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Its whole environment.
    pub environment: BTreeMap<String, String>,
    /// Its limit on open files.
    pub max_files: Option<u64>,
    /// With what of the lab's own powers it runs.
    pub place: Place,
}

/// With what powers, and on what files, a process runs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Place {
    /// The machine's own files, no capabilities.
    #[default]
    Task,
    /// The machine's own files, and the namespace's capabilities, as a shell wants.
    Shell,
    /// The root of an unpacked image, as a container runtime starts it.
    Image,
}

/// The process runs.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Started {
    /// Its id.
    pub pid: i32,
    /// When it was started.
    pub at: SystemTime,
}

/// The process has ended.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Ended {
    /// Its exit code; 128 and the signal's number where a signal ended it.
    pub exit: i32,
    /// From start to end.
    pub wall: Duration,
    /// The most memory it had (resident set).
    pub peak_rss_kib: i64,
}

impl Launch {
    /// The command that enters the namespace and starts the process, and the socket on which it reports.
    pub fn prepare(&self) -> Result<(Command, UnixListener), String> {
        let own = std::env::current_exe().map_err(|e| format!("find the lab's own program: {e}"))?;
        let listener = UnixListener::bind(SOCKET).map_err(|e| format!("listen on {SOCKET}: {e}"))?;
        let mut command = Command::new(own);
        command.arg("launch").env_clear().envs(&self.environment);
        if let Some(limit) = self.max_files {
            command.arg(format!("--max-files={limit}"));
        }
        command.arg(format!("--place={}", self.place.name())).arg("--").args(&self.command);
        Ok((command, listener))
    }
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Shell => "shell",
            Self::Image => "image",
        }
    }
}

/// Reads the two reports.
pub fn reports(listener: &UnixListener) -> Result<(Started, BufReader<UnixStream>), String> {
    let (stream, _) = listener.accept().map_err(|e| format!("wait for the task to start: {e}"))?;
    let mut reader = BufReader::new(stream);
    Ok((report(&mut reader)?, reader))
}

/// Reads one report.
pub fn report<T: for<'de> Deserialize<'de>>(reader: &mut BufReader<UnixStream>) -> Result<T, String> {
    let mut line = String::new();
    reader.read_line(&mut line).map_err(|e| format!("hear of the task: {e}"))?;
    serde_json::from_str(&line).map_err(|e| format!("hear of the task: {e}: {line:?}"))
}

/// The small parent: enters the namespace, starts the process, waits for it, reports.
pub fn main(command: &[String], max_files: Option<u64>, place: Place) -> Result<i32, String> {
    let mut socket = UnixStream::connect(SOCKET).map_err(|e| format!("connect to {SOCKET}: {e}"))?;
    enter_task()?;
    let mut process = match place {
        Place::Image => contained(command, max_files)?,
        Place::Task | Place::Shell => plain(command)?,
    };
    if place == Place::Task {
        drop_capabilities();
    }
    if place != Place::Image {
        limit_files(max_files)?;
    }
    let program = process.get_program().to_owned();
    let program = program.display();
    let at = SystemTime::now();
    let mut child = process.spawn().map_err(|e| format!("start {program}: {e}"))?;
    let pid = i32::try_from(child.id()).map_err(|e| e.to_string())?;
    tell(&mut socket, &Started { pid, at })?;
    let status = child.wait().map_err(|e| format!("wait for {program}: {e}"))?;
    let wall = at.elapsed().unwrap_or_default();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|e| format!("measure {program}: {e}"))?;
    let ended = Ended { exit: exit_code(status), wall, peak_rss_kib: usage.max_rss() };
    tell(&mut socket, &ended)?;
    Ok(ended.exit)
}

fn plain(command: &[String]) -> Result<Command, String> {
    let (program, args) = command.split_first().ok_or("nothing to run")?;
    let mut command = Command::new(program);
    command.args(args);
    Ok(command)
}

/// The lab once more, which becomes the program: what it takes to get there ends with it.
fn contained(command: &[String], max_files: Option<u64>) -> Result<Command, String> {
    container::new_processes()?;
    let own = std::env::current_exe().map_err(|e| format!("find the lab's own program: {e}"))?;
    let mut contained = Command::new(own);
    contained.arg("contain").args(max_files.map(|limit| format!("--max-files={limit}"))).arg("--").args(command);
    Ok(contained)
}

fn tell(socket: &mut UnixStream, report: &impl Serialize) -> Result<(), String> {
    let line = serde_json::to_string(report).map_err(|e| e.to_string())?;
    writeln!(socket, "{line}").map_err(|e| format!("report to the lab: {e}"))
}

/// Root without powers, as in a task: what its files do not allow stays closed.
pub(super) fn drop_capabilities() {
    for number in 0..64 {
        // Numbers that this kernel does not know are refused, which is as good as dropped.
        let _ = remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << number));
    }
}

/// The limit on open files, where the scenario has one.
pub(super) fn limit_files(most: Option<u64>) -> Result<(), String> {
    let Some(most) = most else {
        return Ok(());
    };
    let limit = Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Nofile, limit).map_err(|e| format!("limit open files: {e}"))
}

fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}
