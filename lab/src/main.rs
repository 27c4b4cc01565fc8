//! A VPC in a box: builds the networks that vpcprobe must diagnose, broken on purpose, and runs it in them.

#![expect(clippy::print_stdout, reason = "a command line tool says what it finds")]

mod backend;
mod catalog;
mod chain;
mod check;
mod cloud;
mod dns;
mod enter;
mod http;
mod lab;
mod network;
mod observer;
mod scenario;
mod servers;
mod stats;
mod task;
mod tls;
mod world;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use lab::{Lab, Outcome, Output};
use scenario::Scenario;
use task::Launch;

#[derive(Parser)]
#[command(name = "vpcprobe-lab", about = "A VPC in a box: the networks that vpcprobe must diagnose, broken on purpose")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The scenarios, with a line for each
    List {
        /// Folder of scenarios
        dir: Option<PathBuf>,
    },
    /// Run vpcprobe in a scenario, pass its output through and exit as it does
    Run {
        #[command(flatten)]
        what: What,
        #[command(flatten)]
        how: How,
    },
    /// Run vpcprobe in a scenario and hold its report against the scenario's [expect]
    Check {
        #[command(flatten)]
        what: What,
        /// JSON Schema that the report must fit; also `VPCPROBE_SCHEMA`, else docs/report.schema.json here or above
        #[arg(long, value_name = "FILE")]
        schema: Option<PathBuf>,
    },
    /// Run any program in the task's place; a shell by default
    Shell {
        /// Name or file of the scenario
        scenario: String,
        /// Folder of scenarios
        #[arg(long)]
        dir: Option<PathBuf>,
        /// Program and arguments
        #[arg(last = true)]
        program: Vec<String>,
    },
    #[command(hide = true)]
    Launch {
        #[arg(long)]
        max_files: Option<u64>,
        #[arg(long)]
        privileged: bool,
        #[arg(last = true)]
        program: Vec<String>,
    },
}

#[derive(Args)]
struct What {
    /// Name or file of the scenario
    scenario: String,
    /// The vpcprobe binary
    #[arg(long, value_name = "PATH", env = "VPCPROBE_BIN")]
    binary: PathBuf,
    /// Folder of scenarios
    #[arg(long)]
    dir: Option<PathBuf>,
}

#[derive(Args)]
struct How {
    /// Ask for the report as one JSON document
    #[arg(long)]
    json: bool,
    /// Keep standard output in this file as well
    #[arg(long, value_name = "FILE")]
    keep_report: Option<PathBuf>,
    /// Write figures of the run to this file as JSON
    #[arg(long, value_name = "FILE")]
    stats: Option<PathBuf>,
    /// Afterwards walk metadata, name, connection, handshake and request of this host one by one, for the figures
    #[arg(long, value_name = "HOST", requires = "stats")]
    chain: Option<String>,
    /// Afterwards walk the pull of this image (`app:1.0`) link by link, for the figures
    #[arg(long, value_name = "REF", requires = "stats")]
    chain_pull: Option<String>,
    /// More arguments for vpcprobe
    #[arg(last = true)]
    extra: Vec<String>,
}

fn main() -> ExitCode {
    match perform(Cli::parse().command) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)),
        Err(error) => {
            eprintln!("vpcprobe-lab: {error}");
            ExitCode::from(125)
        }
    }
}

fn perform(command: Command) -> Result<i32, String> {
    match command {
        Command::List { dir } => list(dir.as_deref()),
        Command::Launch { max_files, privileged, program } => task::launch_main(&program, max_files, privileged),
        Command::Run { what, how } => {
            let (_, scenario) = Scenario::find(&what.scenario, what.dir.as_deref())?;
            enter::namespaces()?;
            run(scenario, &what.binary, how)
        }
        Command::Check { what, schema } => {
            let (name, scenario) = Scenario::find(&what.scenario, what.dir.as_deref())?;
            enter::namespaces()?;
            check::check(&name, scenario, &what.binary, schema)
        }
        Command::Shell { scenario, dir, program } => {
            let (_, scenario) = Scenario::find(&scenario, dir.as_deref())?;
            enter::namespaces()?;
            shell(scenario, program)
        }
    }
}

fn list(dir: Option<&Path>) -> Result<i32, String> {
    let scenarios = scenario::all(&scenario::folder_of_scenarios(dir)?)?;
    let width = scenarios.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, scenario) in scenarios {
        println!("{name:width$}  {}", scenario.title);
    }
    Ok(0)
}

fn run(scenario: Scenario, binary: &Path, how: How) -> Result<i32, String> {
    let lab = Lab::build(scenario)?;
    let launch = probe(&lab, binary, how.json, how.extra)?;
    let output = if how.keep_report.is_some() { Output::Kept } else { Output::Through };
    let mut outcome = lab.run(&launch, output, None)?;
    if let Some(file) = how.keep_report {
        print!("{}", outcome.stdout);
        eprint!("{}", outcome.stderr);
        write(&file, &outcome.stdout)?;
    }
    if let Some(file) = how.stats {
        outcome.stats.chain = how
            .chain
            .and_then(|host| chain::walk(lab.world(), &host).map_err(|error| eprintln!("vpcprobe-lab: {error}")).ok());
        outcome.stats.pull_chain = how.chain_pull.and_then(|image| {
            chain::walk_pull(lab.world(), &image).map_err(|error| eprintln!("vpcprobe-lab: {error}")).ok()
        });
        let text = serde_json::to_string_pretty(&outcome.stats).map_err(|e| e.to_string())?;
        write(&file, &(text + "\n"))?;
    }
    Ok(outcome.ended.exit)
}

fn shell(scenario: Scenario, program: Vec<String>) -> Result<i32, String> {
    let lab = Lab::build(scenario)?;
    let mut environment = task::environment(lab.world())?;
    if let Ok(term) = std::env::var("TERM") {
        environment.insert("TERM".to_owned(), term);
    }
    let command = if program.is_empty() { vec!["/bin/sh".to_owned()] } else { program };
    let launch = Launch { command, environment, max_files: None, privileged: true };
    Ok(lab.run(&launch, Output::Through, None)?.ended.exit)
}

/// How vpcprobe is started in a scenario.
fn probe(lab: &Lab, binary: &Path, json: bool, extra: Vec<String>) -> Result<Launch, String> {
    let binary = binary.canonicalize().map_err(|e| format!("find the binary {}: {e}", binary.display()))?;
    let run = &lab.world().scenario.run;
    let mut environment = task::environment(lab.world())?;
    if json {
        environment.insert("VPCPROBE_FORMAT".to_owned(), "json".to_owned());
    }
    let mut command = vec![binary.to_string_lossy().into_owned()];
    command.extend(task::arguments(lab.world())?.into_iter().chain(extra));
    Ok(Launch { command, environment, max_files: run.max_files, privileged: false })
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|e| format!("write {}: {e}", file.display()))
}

/// Runs vpcprobe once with a JSON report and everything kept, and with all that it can say on standard error.
fn run_kept(scenario: Scenario, binary: &Path, limit: Duration) -> Result<(Lab, Outcome), String> {
    let lab = Lab::build(scenario)?;
    let mut launch = probe(&lab, binary, true, Vec::new())?;
    launch.environment.entry("VPCPROBE_LOG".to_owned()).or_insert_with(|| "trace".to_owned());
    let outcome = lab.run(&launch, Output::Kept, Some(limit))?;
    Ok((lab, outcome))
}
