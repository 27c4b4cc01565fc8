//! Every scenario and every sensible pair of causes, run and judged without and with the operator's view: how often the
//! cause that is named is the true one.

mod case;
mod cause;
mod figures;
mod judge;
mod merge;
mod run;
mod table;
mod truth;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jsonschema::Validator;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::check;
use crate::scenario;
use crate::task::PROGRAM;
use case::{Case, Kind, LeftOut, Of};
use figures::{Figure, figures};
use judge::Judged;
use run::Runner;

/// What is run, with which program, and what is kept of it.
#[derive(Args)]
pub struct Options {
    /// The vpcprobe binary
    #[arg(long, value_name = "PATH", env = "VPCPROBE_BIN", required_unless_present = "rootfs")]
    binary: Option<PathBuf>,
    /// An unpacked image in the binary's place
    #[arg(long, value_name = "DIR", env = "VPCPROBE_ROOTFS")]
    rootfs: Option<PathBuf>,
    /// Only the scenarios and each cause alone
    #[arg(long)]
    single: bool,
    /// Only the pairs of causes
    #[arg(long, conflicts_with = "single")]
    pairs: bool,
    /// Only runs of this name; `*` stands for any text, and a pair is ONE+OTHER, a cause alone base+ONE. May be given several times
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
    /// How many run at once: they wait more than they work
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
    /// Keep each run's report.json, network.json, with-view.json and, of causes, scenario.toml in a folder of its name here
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Write every run and the figures to this file as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Folder of scenarios
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Folder of causes; beside that of the scenarios by default
    #[arg(long, value_name = "DIR")]
    causes: Option<PathBuf>,
    /// JSON Schema that reports must fit; also `VPCPROBE_SCHEMA`, else docs/report.schema.json here or above
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
}

/// Runs the matrix and prints it; 0 where all goals are reached.
pub fn matrix(options: &Options) -> Result<i32, String> {
    let schema_file = check::schema_file(options.schema.clone())
        .ok_or("no docs/report.schema.json here or above; give one with --schema")?;
    let validator = check::validator(&schema_file)?;
    let (cases, left_out) = options.cases()?;
    if cases.is_empty() {
        return Err("no run is asked for; `vpcprobe-lab list` and lab/causes have the names".to_owned());
    }
    let folder = Folder::new(options.keep.as_deref())?;
    let runner = options.runner(folder.path.clone(), schema_file)?;
    let runs = perform(cases, runner, validator, options.jobs)?;
    let whole = options.only.is_empty() && !options.single;
    let figures = figures(&runs, whole);
    print(&runs, &figures, &left_out);
    if let Some(file) = &options.json {
        let document = json!({
            "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
            "left_out": left_out,
            "runs": runs.iter().map(Judged::json).collect::<Vec<_>>(),
        });
        std::fs::write(file, format!("{document:#}\n")).map_err(|e| format!("write {}: {e}", file.display()))?;
    }
    Ok(i32::from(!figures.iter().all(Figure::holds)))
}

impl Options {
    fn cases(&self) -> Result<(Vec<Case>, LeftOut), String> {
        let scenarios = scenario::folder_of_scenarios(self.dir.as_deref())?;
        let beside = || scenarios.parent().unwrap_or(Path::new("..")).join("causes");
        let (ground, causes) = cause::all(&self.causes.clone().unwrap_or_else(beside))?;
        let (mut runs, mut left_out) = (Vec::new(), LeftOut::new());
        if !self.pairs {
            runs.extend(case::scenarios(&scenarios)?);
            runs.extend(case::alone(&ground, &causes)?);
        }
        if !self.single {
            let (pairs, without) = case::pairs(&ground, &causes)?;
            runs.extend(pairs);
            left_out = without;
        }
        let asked = |case: &Case| self.only.is_empty() || self.only.iter().any(|pattern| case.is_asked_for(pattern));
        runs.retain(asked);
        Ok((runs, left_out))
    }

    fn runner(&self, folder: PathBuf, schema: PathBuf) -> Result<Runner, String> {
        let found = |path: &Path| path.canonicalize().map_err(|e| format!("find {}: {e}", path.display()));
        let lab = std::env::current_exe().map_err(|e| format!("find the lab's own program: {e}"))?;
        let (flag, given) = match (&self.rootfs, &self.binary) {
            (Some(rootfs), _) => ("--rootfs", rootfs),
            (None, Some(binary)) => ("--binary", binary),
            (None, None) => return Err("give the vpcprobe binary with --binary".to_owned()),
        };
        let given = found(given)?;
        let probe = if flag == "--rootfs" { given.join(PROGRAM.trim_start_matches('/')) } else { given.clone() };
        Ok(Runner { program: (flag, given), probe, lab, schema, folder })
    }
}

/// Where the files of the runs are; gone at the end unless they are kept.
struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    fn new(keep: Option<&Path>) -> Result<Self, String> {
        let made = || std::env::temp_dir().join(format!("vpcprobe-matrix-{}", std::process::id()));
        let path = keep.map_or_else(made, Path::to_owned);
        std::fs::create_dir_all(&path).map_err(|e| format!("make {}: {e}", path.display()))?;
        let path = path.canonicalize().map_err(|e| format!("find {}: {e}", path.display()))?;
        Ok(Self { path, kept: keep.is_some() })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept {
            // What stays behind in the temporary folder harms nobody.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Runs them, so many at once; they come back in their order.
fn perform(cases: Vec<Case>, runner: Runner, schema: Validator, jobs: u16) -> Result<Vec<Judged>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("start the runtime: {e}"))?;
    let (runner, schema) = (Arc::new(runner), Arc::new(schema));
    let free = Arc::new(Semaphore::new(usize::from(jobs)));
    let all = cases.len();
    runtime.block_on(async {
        let mut running = JoinSet::new();
        for (at, case) in cases.into_iter().enumerate() {
            let (runner, schema, free) = (Arc::clone(&runner), Arc::clone(&schema), Arc::clone(&free));
            running.spawn(async move {
                let _turn = free.acquire().await;
                let ran = runner.run(&case).await;
                (at, Judged::of(case, ran, &schema))
            });
        }
        let mut done = Vec::with_capacity(all);
        while let Some(one) = running.join_next().await {
            done.push(one.map_err(|e| format!("a run broke off: {e}"))?);
            progress(done.len(), all);
        }
        done.sort_by_key(|(at, _)| *at);
        Ok(done.into_iter().map(|(_, judged)| judged).collect())
    })
}

/// One line that a terminal writes over.
fn progress(done: usize, all: usize) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // Who can't be told how far it is can still be told what came of it.
        let _ = write!(stderr, "\r{done} of {all}{}", if done == all { "\n" } else { "" });
    }
}

fn print(runs: &[Judged], figures: &[Figure], left_out: &LeftOut) {
    let of = |kinds: Of| runs.iter().filter(move |run| kinds(run.case.kind));
    let parts: [(&str, Of); 4] = [
        ("Scenarios with a fault, by the finding that names it", |kind| kind == Kind::Single),
        ("Causes, each alone", |kind| kind == Kind::Alone),
        ("Pairs, both of which can be seen", Kind::is_pair),
        ("Pairs of which one hides the other", Kind::is_hiding),
    ];
    for (title, kinds) in parts {
        if of(kinds).next().is_some() {
            println!("{title} ({} runs)\n{}", of(kinds).count(), table::table(of(kinds)));
        }
    }
    let healthy: Vec<&str> = of(Kind::is_healthy).map(|run| run.case.name.as_str()).collect();
    if !healthy.is_empty() {
        println!("Healthy variants ({} runs)\n{}", healthy.len(), wrapped(&healthy));
    }
    if !left_out.is_empty() {
        println!("Pairs left out");
        left_out.iter().for_each(|(why, count)| println!("  {count:4}  {why}"));
        println!();
    }
    let wrong: Vec<&Judged> = runs.iter().filter(|run| !run.wrong().is_empty()).collect();
    if !wrong.is_empty() {
        println!("Not as they should be ({} runs)", wrong.len());
        wrong.iter().for_each(|run| print_wrong(run));
        println!();
    }
    println!("Figures");
    figures.iter().for_each(|figure| println!("{}", figure.line()));
}

fn print_wrong(run: &Judged) {
    println!("  {}", run.case.name);
    run.wrong().iter().for_each(|line| println!("    {line}"));
    println!("    again: scripts/matrix --only '{}' --keep DIR", run.case.name);
}

fn wrapped(words: &[&str]) -> String {
    let mut text = String::new();
    let mut width = 0;
    for word in words {
        if width + word.len() > 110 {
            text.push('\n');
            width = 0;
        }
        text.push_str(if width == 0 { "  " } else { ", " });
        text.push_str(word);
        width += word.len() + 2;
    }
    text + "\n"
}
