//! What each command does, from its arguments to its exit code.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use vpcprobe::app::{self, Request};
use vpcprobe::aws::Source;
use vpcprobe::edge::args::{self, Command, InputArgs, OutputArgs, RoundArgs};
use vpcprobe::edge::signals::Termination;
use vpcprobe::edge::{self, Environment as _, ProcessEnvironment, TrustFiles};
use vpcprobe::explain;
use vpcprobe::inputs::{self, Inputs, RawInputs, Vantage, VantageKind, shown};
use vpcprobe::net::live::{Live, Roots};
use vpcprobe::plan::{self, Plan};
use vpcprobe::probe::Progress;
use vpcprobe::report::text::Sheet;
use vpcprobe::report::{self, Report, Tool};
use vpcprobe::sink::{Sink, Written};
use vpcprobe::vpc::Vpc;

use super::output::{Output, look, show_progress};
use super::{process, remote, watch};

/// An input that can't be used, in one sentence.
pub(crate) struct InputError(pub(crate) String);

impl<E: std::fmt::Display> From<E> for InputError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// How long writing may take at least: what a pipe needs that somebody reads.
const LEAST_PATIENCE: Duration = Duration::from_secs(2);
/// How long copies that leave the host may take once a signal has come: ECS kills after 30 seconds.
const REMOTE_PATIENCE: Duration = Duration::from_secs(4);
/// Why no copy left the host.
pub(crate) const NO_SOCKET: &str = "this process may open no more sockets";

type Done = Result<u8, InputError>;
/// When a run began, by the clock that never turns back and by the one on the wall.
pub(crate) type Begun = (Instant, SystemTime);

/// Probe, diagnose, report.
pub(crate) fn run(args: &InputArgs, rounds: &RoundArgs, output: &OutputArgs) -> Done {
    let begun = (Instant::now(), SystemTime::now());
    let environment = ProcessEnvironment;
    process::start_log(&environment);
    let sockets = process::sockets();
    let raw = edge::raw_inputs(args, &environment)?;
    let rounds = watch::rounds(rounds)?;
    let net = network(args)?;
    let runtime = process::can_start().then(|| tokio::runtime::Builder::new_current_thread().enable_all().build());
    let Some(Ok(runtime)) = runtime else { return unable(&raw, output, begun) };
    let done = runtime.block_on(async {
        // From here on a signal gives a report: it is listened for before anything takes time.
        let signal = Termination::listen();
        let vantage = signal.clone().or(edge::vantage(&environment)).await;
        let vantage = vantage.unwrap_or_else(|| edge::vantage_without_network(&environment));
        let source = source();
        let vantage = Vantage { credentials: credentials(source.as_deref()), ..vantage };
        let output = Output::choose(output, vantage.kind)?;
        let is_watched = vantage.kind.is_in_a_vpc();
        let request = Request { sockets, source, ..request(&raw, vantage, begun)? };
        let limit = request.plan.limits.deadline();
        let report = if let Some(rounds) = rounds {
            watch::watch(request, net.clone(), signal.clone(), rounds, None, &output).await
        } else {
            let _shown = show_progress(&request.progress, request.plan.checks.len());
            app::run(request, net.clone(), signal.clone().came()).await
        };
        let before =
            if output.is_remote() { write_remote(&output, &report, &net, signal.clone()).await } else { vec![] };
        let patience = limit.saturating_sub(begun.0.elapsed()).max(LEAST_PATIENCE);
        Ok(write(output, report, before, signal, is_watched.then_some(patience)).await)
    });
    // Whatever still blocks, a name looked up or a pipe that nobody reads, must not keep us.
    runtime.shutdown_background();
    done
}

/// Write the copies that leave the host, before the others name their outcome. A signal leaves them a moment.
async fn write_remote(output: &Output, report: &Report, net: &Live, signal: Termination) -> Vec<Written> {
    output.write_remote(report, remote::surroundings(report, net).await, patience_of(signal)).await
}

/// Comes back when copies that leave the host have had their moment after a signal.
pub(crate) async fn patience_of(signal: Termination) {
    signal.came().await;
    tokio::time::sleep(REMOTE_PATIENCE).await;
}

/// Write the report beside us, so that a reader who stopped reading can't cost the exit code.
///
/// Where a platform waits, its limit counts; a person may take their time, until a signal comes.
async fn write(
    output: Output,
    report: Report,
    before: Vec<Written>,
    signal: Termination,
    patience: Option<Duration>,
) -> u8 {
    let code = report.exit_code;
    let (done, written) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        output.write(report, before);
        // Nobody waits any more only where the process is about to end.
        let _ = done.send(());
    });
    let told = async {
        signal.came().await;
        tokio::time::sleep(LEAST_PATIENCE).await;
    };
    let limited = async {
        match patience {
            Some(patience) => tokio::time::sleep(patience).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        // A writer that failed by our own fault is gone without a word.
        whole = written => return if whole.is_ok() { code } else { vpcprobe::exit::BUG },
        () = told => {}
        () = limited => {}
    }
    process::complain("nobody reads the report: it is not whole, and the exit code says the rest");
    code
}

/// Not even a first socket is to be had: the report says that nothing was looked at.
fn unable(raw: &RawInputs, output: &OutputArgs, begun: Begun) -> Done {
    let vantage = edge::vantage_without_network(&ProcessEnvironment);
    let output = Output::choose(output, vantage.kind)?;
    let before = output.untried(NO_SOCKET);
    Ok(output.write(app::unable(request(raw, vantage, begun)?), before))
}

fn request(raw: &RawInputs, vantage: Vantage, begun: Begun) -> Result<Request, InputError> {
    let (inputs, plan) = make_plan(raw, &vantage)?;
    Ok(request_of(inputs, plan, vantage, begun))
}

/// A run of what is planned, under a name of its own.
pub(crate) fn request_of(inputs: Inputs, plan: Plan, vantage: Vantage, begun: Begun) -> Request {
    let partition = Some(inputs.region.partition().id().to_owned());
    Request {
        inputs,
        vantage: Vantage { partition, ..vantage },
        plan,
        id: process::random_id(),
        started_at: begun.1,
        spent: begun.0.elapsed(),
        sockets: 1,
        source: None,
        progress: Progress::default(),
    }
}

/// Where credentials come from, as the environment says it now.
pub(crate) fn source() -> Option<Arc<Source>> {
    Source::read(|name| ProcessEnvironment.get(name)).map(Arc::new)
}

/// What the report says of where credentials come from.
pub(crate) fn credentials(source: Option<&Source>) -> Option<String> {
    source.map(|source| source.kind().as_str().to_owned())
}

/// The network, with the roots that flags or variables name.
pub(crate) fn network(args: &InputArgs) -> Result<Live, InputError> {
    Ok(Live::new(roots(&edge::trust_files(args, &ProcessEnvironment)?, args)?))
}

fn roots(files: &TrustFiles, args: &InputArgs) -> Result<Roots, InputError> {
    Roots::new(files.roots.as_deref(), None).map_err(|error| {
        InputError(format!("--roots {}: it {error}", shown(args.roots.as_deref().unwrap_or_default())))
    })?;
    Roots::new(files.roots.as_deref(), files.bundle.as_deref()).map_err(|error| {
        let name = args.ca_bundle.as_deref().unwrap_or("AWS_CA_BUNDLE or SSL_CERT_FILE");
        InputError(format!("--ca-bundle {}: it {error}", shown(name)))
    })
}

/// Show what would be probed.
pub(crate) fn plan(args: &InputArgs, format: Option<&str>) -> Done {
    let environment = ProcessEnvironment;
    let raw = edge::raw_inputs(args, &environment)?;
    let source = Source::read(|name| environment.get(name));
    let vantage = Vantage { credentials: credentials(source.as_ref()), ..edge::vantage_without_network(&environment) };
    let (_, plan) = make_plan(&raw, &vantage)?;
    let text = if is_text("a plan", format)? { report::planned::text(&plan) } else { report::planned::json(&plan) };
    Ok(process::print(&text))
}

/// Whether text was asked for, or suits the place.
pub(super) fn is_text(what: &str, format: Option<&str>) -> Result<bool, InputError> {
    match format.filter(|format| !format.is_empty()) {
        Some("text") => Ok(true),
        Some("json") => Ok(false),
        Some(other) => Err(InputError(format!("--format {}: {what} is shown as text or json", shown(other)))),
        None => Ok(process::stdout_is_terminal()),
    }
}

/// Say what a stop reason, an exit code or a finding means.
pub(crate) fn explain(words: &[String], format: Option<&str>) -> Done {
    let is_text = is_text("an explanation", format)?;
    let text = match words {
        [only] if only == "-" => edge::read_pasted(explain::MOST_BYTES)?,
        words => words.join(" "),
    };
    let explanation = explain::explain(&text)?;
    let shown = if is_text { laid_out(&explain::outline(&explanation)) } else { explain::json(&explanation) };
    Ok(process::print(&shown))
}

fn laid_out(lines: &[explain::Line]) -> String {
    let mut sheet = Sheet::new(look(&Sink::Stdout));
    for line in lines {
        match line {
            explain::Line::Gap => sheet.gap(),
            explain::Line::Head(word, text) => sheet.head(word, text),
            explain::Line::Words(text) => sheet.words(text),
            explain::Line::Pasted(text) => sheet.pasted(text),
            explain::Line::Labelled(label, text) => sheet.labelled(label, text),
            explain::Line::Command(command) => sheet.command(command),
        }
    }
    sheet.into_text()
}

/// Believe what was asked and plan it.
pub(super) fn make_plan(raw: &RawInputs, vantage: &Vantage) -> Result<(Inputs, Plan), InputError> {
    let inputs = inputs::accept(raw, vantage)?;
    let plan = plan::plan(&inputs, vantage)?;
    Ok((inputs, plan))
}

/// Judge a saved report again.
pub(crate) fn diagnose(path: &str, strict: bool, network: Option<&str>, output: &OutputArgs) -> Done {
    one_stdin(&[path], network)?;
    let view = network.map(read_network).transpose()?;
    let saved = read_report(path)?;
    let output = Output::choose(output, VantageKind::Other)?;
    let report = judge_again(path, saved, strict, view.as_ref())?;
    let before = if output.is_remote() { write_judged(&output, &report)? } else { vec![] };
    Ok(output.write(report, before))
}

/// Write the copies of a saved report that leave the host. Roots are what the environment says of a run's.
pub(super) fn write_judged(output: &Output, report: &Report) -> Result<Vec<Written>, InputError> {
    let unfit = |_| InputError("a VPCPROBE_ variable can't be used; `vpcprobe run` says which".to_owned());
    let command = args::parse(["vpcprobe".into(), "run".into()]).map_err(unfit)?.command;
    let Command::Run { inputs, .. } = command else { return Ok(output.untried(NO_SOCKET)) };
    let net = network(&inputs)?;
    let runtime = process::can_start().then(|| tokio::runtime::Builder::new_current_thread().enable_all().build());
    let Some(Ok(runtime)) = runtime else { return Ok(output.untried(NO_SOCKET)) };
    let written = runtime.block_on(async { write_remote(output, report, &net, Termination::listen()).await });
    runtime.shutdown_background();
    Ok(written)
}

/// A saved report by today's rules; what it says of its findings is not taken over.
pub(super) fn judge_again(
    path: &str,
    mut saved: Report,
    strict: bool,
    view: Option<&Vpc>,
) -> Result<Report, InputError> {
    saved.inputs.strict |= strict;
    let plan = plan_again(path, &saved)?;
    app::judge_again(saved, &plan, view).map_err(|why| InputError(format!("report {path}: {why}")))
}

/// Whether this very build judged it: its rules would say the same again, and that takes as long as all the rest.
pub(super) fn is_of_this_build(tool: &Tool) -> bool {
    *tool == Tool::this() && tool.commit != "unknown"
}

/// What a saved report's run was to do.
pub(super) fn plan_again(path: &str, saved: &Report) -> Result<Plan, InputError> {
    let sound = saved.inputs.believed_again().and_then(|()| plan::plan(&saved.inputs, &saved.vantage));
    sound.map_err(|why| InputError(format!("report {path}: {why}")))
}

/// Standard input holds one document, whoever names it.
pub(super) fn one_stdin(reports: &[&str], network: Option<&str>) -> Result<(), InputError> {
    match reports.iter().copied().chain(network).filter(|file| *file == "-").count() {
        0 | 1 => Ok(()),
        _ => Err(InputError("-: standard input holds one document, and it is named twice".to_owned())),
    }
}

/// Read the operator's view of a VPC.
pub(super) fn read_network(path: &str) -> Result<Vpc, InputError> {
    let text = edge::read_text("--network", path, Vpc::LARGEST as u64)?;
    Vpc::read(&text).map_err(|why| InputError(format!("--network {}: {why}", shown(path))))
}

/// Read a saved report.
pub(super) fn read_report(path: &str) -> Result<Report, InputError> {
    let text = edge::read_list("report", path)?;
    report::parse(&text).map_err(|why| InputError(format!("report {path}: {why}")))
}

/// Print the JSON Schema of the report, or of a file of expectations.
pub(crate) fn schema(expectations: bool) -> u8 {
    process::print(if expectations { inputs::expectations::format::SCHEMA } else { report::schema::render() })
}
