//! The life of a Lambda function: each event is a run of its own, its answer the report.

use std::time::{Duration, Instant, SystemTime};

use vpcprobe::app;
use vpcprobe::edge::args::InputArgs;
use vpcprobe::edge::lambda::{self, Failure, FailureKind, Invocation, read_event};
use vpcprobe::edge::signals::Termination;
use vpcprobe::edge::{self, ProcessEnvironment};
use vpcprobe::inputs::{Inputs, RawInputs, Rounds, Until, Vantage, accept};
use vpcprobe::net::live::Live;
use vpcprobe::plan;
use vpcprobe::report::{Report, json};
use vpcprobe::sink::{REMOTE_LIMIT, Written};

use super::commands::{self, Begun, InputError};
use super::output::Output;
use super::{process, remote, watch};

/// What an answer may hold: the platform's own limit is a little above 6 MiB.
const MOST_ANSWER: usize = 6 << 20;
/// What judging, writing and handing over the report may take.
const ANSWER: Duration = Duration::from_secs(1);

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::input(error.0)
    }
}

/// Answer events until the platform ends the function. The exit code is read by nobody but the platform's log.
pub(crate) fn serve(address: &str) -> u8 {
    process::start_log(&ProcessEnvironment);
    let log = |failure: &Failure| process::complain(&failure.sentence);
    match lambda::serve(address, can_start, |invocation| answer(&invocation), log) {
        Ok(()) => vpcprobe::exit::PASS,
        Err(failure) => {
            log(&failure);
            if failure.kind == FailureKind::Input { vpcprobe::exit::INPUT } else { vpcprobe::exit::INCONCLUSIVE }
        }
    }
}

/// Whether the function's own environment can be used: that is no fault of an event's.
fn can_start() -> Result<(), Failure> {
    let (args, rounds, output) = read_event(b"{}").map_err(Failure::input)?;
    commands::network(&args)?;
    watch::rounds(&rounds)?;
    Output::of_function(&output)?;
    Ok(())
}

/// One run, from an event to its report.
fn answer(invocation: &Invocation) -> Result<String, Failure> {
    let begun = (Instant::now(), SystemTime::now());
    let left = invocation.deadline.map(|deadline| deadline.duration_since(begun.1).unwrap_or_default());
    let event = invocation.event.as_ref().map_err(Failure::input)?;
    let (args, rounds, output) = read_event(event).map_err(Failure::input)?;
    let rounds = watch::rounds(&rounds)?;
    let output = Output::of_function(&output)?;
    let report = run(&args, rounds, &output, left, begun)?;
    within_limit(&output.shown(&report))
}

fn run(
    args: &InputArgs,
    rounds: Option<Rounds>,
    output: &Output,
    left: Option<Duration>,
    begun: Begun,
) -> Result<Report, InputError> {
    let raw = edge::raw_inputs(args, &ProcessEnvironment)?;
    let net = commands::network(args)?;
    let sockets = process::sockets();
    // A runtime of its own: when it goes, so does every socket of this run.
    let runtime = process::can_start().then(|| tokio::runtime::Builder::new_current_thread().enable_all().build());
    let Some(Ok(runtime)) = runtime else {
        let vantage = edge::vantage_without_network(&ProcessEnvironment);
        let (inputs, vantage) = limited(&raw, vantage, time_to_run(left, output))?;
        let plan = plan::plan(&inputs, &vantage)?;
        let report = app::unable(commands::request_of(inputs, plan, vantage, begun));
        return Ok(output.noted(report, &output.untried(commands::NO_SOCKET)));
    };
    let report = runtime.block_on(async {
        let signal = Termination::listen();
        let vantage = signal.clone().or(edge::vantage(&ProcessEnvironment)).await;
        let vantage = vantage.unwrap_or_else(|| edge::vantage_without_network(&ProcessEnvironment));
        let source = commands::source();
        let vantage = Vantage { credentials: commands::credentials(source.as_deref()), ..vantage };
        let (inputs, vantage) = limited(&raw, vantage, time_to_run(left, output))?;
        let plan = plan::plan(&inputs, &vantage)?;
        let request = app::Request { sockets, source, ..commands::request_of(inputs, plan, vantage, begun) };
        let report = match rounds {
            Some(rounds) => {
                let time = time_to_run(left, output);
                tell_of_end(&rounds, time);
                watch::watch(request, net.clone(), signal.clone(), rounds, time, output).await
            }
            None => app::run(request, net.clone(), signal.clone().came()).await,
        };
        let before = write_remote(output, &report, &net, signal, left.map(|left| begun.0 + left)).await;
        Ok(output.noted(report, &before))
    });
    runtime.shutdown_background();
    report
}

/// Write the copies that leave the host, as long as the function lives.
async fn write_remote(
    output: &Output,
    report: &Report,
    net: &Live,
    signal: Termination,
    end: Option<Instant>,
) -> Vec<Written> {
    if !output.is_remote() {
        return vec![];
    }
    let end = async {
        match end.and_then(|end| end.checked_sub(ANSWER / 2)) {
            Some(last) => tokio::time::sleep_until(last.into()).await,
            None => std::future::pending().await,
        }
    };
    let cut = async {
        tokio::select! {
            () = commands::patience_of(signal) => {}
            () = end => {}
        }
    };
    output.write_remote(report, remote::surroundings(report, net).await, cut).await
}

/// What the function's own limit leaves the run: the report has to be written, and its copies sent.
fn time_to_run(left: Option<Duration>, output: &Output) -> Option<Duration> {
    let after = if output.is_remote() { REMOTE_LIMIT + ANSWER } else { ANSWER };
    left.map(|left| left.saturating_sub(after.min(left / 4)))
}

/// Say where the function ends before the rounds do.
fn tell_of_end(rounds: &Rounds, time: Option<Duration>) {
    let (Until::Elapsed(asked), Some(time)) = (rounds.until, time) else { return };
    if time < asked {
        process::complain(&format!(
            "the function's own time-out leaves {} ms of the {} ms of --for: it ends earlier",
            time.as_millis(),
            asked.as_millis()
        ));
    }
}

/// Believe the inputs, with no longer a deadline than the function has left.
fn limited(raw: &RawInputs, mut vantage: Vantage, time: Option<Duration>) -> Result<(Inputs, Vantage), InputError> {
    let mut inputs = accept(raw, &vantage)?;
    let allowed_ms = time.map_or(u64::MAX, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1));
    let asked_ms = inputs.limits.deadline_ms;
    if allowed_ms < asked_ms {
        inputs.limits.deadline_ms = allowed_ms;
        process::complain(&format!(
            "the function's own time-out leaves {allowed_ms} ms of the {asked_ms} ms that the run may take: it ends earlier"
        ));
        if let Some(function) = &mut vantage.function {
            function.asked_deadline_ms = Some(asked_ms);
        }
    }
    Ok((inputs, vantage))
}

/// The report as a function may return it: on one line where it is long, and an error where that is no help.
fn within_limit(report: &Report) -> Result<String, Failure> {
    fits(report, MOST_ANSWER).map_err(|bytes| Failure {
        kind: FailureKind::AnswerTooLarge,
        sentence: format!(
            "the report has {bytes} bytes, and a function's answer at most {MOST_ANSWER}: give \"sink\": \
             \"s3://BUCKET/KEY\", or fewer endpoints; it says exit code {}: {}",
            report.exit_code, report.headline
        ),
    })
}

fn fits(report: &Report, most: usize) -> Result<String, usize> {
    let document = json::render(report);
    if document.len() <= most {
        return Ok(document);
    }
    let line = json::compact(report);
    if line.len() <= most { Ok(line) } else { Err(line.len()) }
}

#[cfg(test)]
mod tests;
