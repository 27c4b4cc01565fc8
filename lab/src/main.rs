//! A VPC in a box: builds the networks that vpcprobe must diagnose, broken on purpose, and runs it in them.

#![expect(clippy::print_stdout, reason = "a command line tool says what it finds")]

mod backend;
mod catalog;
mod chain;
mod check;
mod cloud;
mod config;
mod course;
mod dns;
mod enter;
mod function;
mod http;
mod lab;
mod matrix;
mod network;
mod observer;
mod scenario;
mod servers;
mod start;
mod stats;
mod task;
mod tls;
mod world;

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use lab::{Lab, Output};
use scenario::Scenario;
use start::Start;
use task::{Launch, Place};
use world::World;

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
        start: Start,
        #[command(flatten)]
        how: How,
    },
    /// Run vpcprobe in a scenario and hold its report against the scenario's [expect]
    Check {
        #[command(flatten)]
        start: Start,
        /// JSON Schema that the report must fit; also `VPCPROBE_SCHEMA`, else docs/report.schema.json here or above
        #[arg(long, value_name = "FILE")]
        schema: Option<PathBuf>,
        /// Keep the report in this file
        #[arg(long, value_name = "FILE")]
        keep_report: Option<PathBuf>,
    },
    /// Run every scenario and every pair of causes, and print how often the cause that is named is the true one
    Matrix {
        #[command(flatten)]
        options: matrix::Options,
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
    /// Print the operator's view of a scenario's VPC, network.json, without running anything
    Network {
        /// Name or file of the scenario
        scenario: String,
        /// Folder of scenarios
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    #[command(hide = true)]
    Launch {
        #[arg(long)]
        max_files: Option<u64>,
        #[arg(long)]
        place: Place,
        #[arg(last = true)]
        program: Vec<String>,
    },
    #[command(hide = true)]
    Contain {
        #[arg(long)]
        max_files: Option<u64>,
        #[arg(last = true)]
        program: Vec<String>,
    },
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
        Command::Launch { max_files, place, program } => task::launch_main(&program, max_files, place),
        Command::Contain { max_files, program } => task::contain_main(&program, max_files),
        Command::Run { start, how } => {
            let (_, scenario) = start.scenario()?;
            enter::namespaces()?;
            run(scenario, &start, how)
        }
        Command::Check { start, schema, keep_report } => {
            let (name, scenario) = start.scenario()?;
            enter::namespaces()?;
            check::check(&name, scenario, &start, schema, keep_report.as_deref())
        }
        Command::Matrix { options } => matrix::matrix(&options),
        Command::Network { scenario, dir } => {
            let (_, scenario) = Scenario::find(&scenario, dir.as_deref())?;
            print!("{}", config::text(&World::build(scenario)?)?);
            Ok(0)
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
    let mut out = std::io::stdout().lock();
    for (name, scenario) in scenarios {
        match writeln!(out, "{name:width$}  {}", scenario.title) {
            // Whoever reads has seen enough, as `head` does.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
            written => written.map_err(|error| format!("write the list: {error}"))?,
        }
    }
    Ok(0)
}

fn run(mut scenario: Scenario, start: &Start, how: How) -> Result<i32, String> {
    let files = start.files(&mut scenario)?;
    let lab = Lab::build(scenario)?;
    let launch = start.launch(&lab, &files, how.json, how.extra)?;
    let output = if how.keep_report.is_some() { Output::Kept } else { Output::Through };
    let mut outcome = lab.run(&launch, output, None)?;
    files.keep(&lab)?;
    let said = outcome.said();
    if output == Output::Kept {
        eprint!("{}", outcome.stderr);
    }
    if output == Output::Kept || outcome.answer.is_some() {
        print!("{said}");
    }
    if let Some(file) = how.keep_report {
        write(&file, said)?;
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
    let launch = Launch { command, environment, max_files: None, place: Place::Shell };
    Ok(lab.run(&launch, Output::Through, None)?.ended.exit)
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|e| format!("write {}: {e}", file.display()))
}
