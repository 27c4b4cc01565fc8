//! In what form, and where, a report goes.

use std::borrow::Cow;
use std::future::Future;
use std::io::{IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::termios::tcgetwinsize;
use vpcprobe::app::{self, Request};
use vpcprobe::edge::args::OutputArgs;
use vpcprobe::edge::{Environment as _, ProcessEnvironment};
use vpcprobe::inputs::{VantageKind, shown};
use vpcprobe::json;
use vpcprobe::probe::Progress;
use vpcprobe::redact::Redactor;
use vpcprobe::report::text::{DEFAULT_WIDTH, LEAST_WIDTH, Look, Marks, Style};
use vpcprobe::report::{self, Format, Report, SinkResult};
use vpcprobe::sink::{self, Remote, Rendered, Sink, Written};

use super::commands::InputError;
use super::process;
use super::remote::Carrier;

/// Wider lines than this are no easier to read.
const MOST_WIDTH: usize = 120;

/// Where a report goes, and in what form.
pub(crate) struct Output {
    format: Format,
    sinks: Vec<Sink>,
    redact: bool,
    /// Made of the first copy, so that all copies have the same aliases.
    redactor: OnceLock<Redactor>,
}

impl Output {
    /// What was asked for, or what suits the place.
    pub(crate) fn choose(args: &OutputArgs, kind: VantageKind) -> Result<Self, InputError> {
        let format = match args.format.as_deref().filter(|format| !format.is_empty()) {
            Some(word) => word.parse().map_err(|_| {
                InputError(format!(
                    "--format {}: expected text, json, jsonl, junit, markdown, html, prometheus or emf",
                    shown(word)
                ))
            })?,
            None => suiting(kind),
        };
        let sinks: Vec<Sink> = args
            .sink
            .iter()
            .filter(|sink| !sink.is_empty())
            .map(|word| word.parse().map_err(|why| InputError(format!("--sink {}: {why}", shown(word)))))
            .collect::<Result<_, _>>()?;
        refuse_what_is_no_event(format, &sinks)?;
        let sinks = if sinks.is_empty() { vec![Sink::Stdout] } else { sinks };
        Ok(Self { format, sinks, redact: args.redact, redactor: OnceLock::new() })
    }

    /// A function answers with its report: copies go where they outlive it, or nowhere.
    pub(crate) fn of_function(args: &OutputArgs) -> Result<Self, InputError> {
        let mut chosen = Self::choose(args, VantageKind::Lambda)?;
        if let Some(file) = chosen.sinks.iter().find(|sink| matches!(sink, Sink::File(_))) {
            let file = shown(&file.to_string());
            return Err(InputError(format!(
                "--sink {file}: a function's files end with it: expected cloudwatch:GROUP[:STREAM] or s3://BUCKET/KEY"
            )));
        }
        chosen.sinks.retain(Sink::is_remote);
        Ok(chosen)
    }

    /// Whether any copy leaves the host.
    pub(crate) fn is_remote(&self) -> bool {
        self.sinks.iter().any(Sink::is_remote)
    }

    /// Write the copies that leave the host, before all others.
    pub(crate) async fn write_remote(
        &self,
        report: &Report,
        remote: Remote<Carrier>,
        cut: impl Future<Output = ()>,
    ) -> Vec<Written> {
        sink::write_remote(&self.sinks, remote, |sink| self.render(report, sink), cut).await
    }

    /// The outcome of the copies that should have left the host, where this process can't try.
    pub(crate) fn untried(&self, why: &str) -> Vec<Written> {
        sink::untried(&self.sinks, why)
    }

    /// Write every other copy, each naming the outcome of those before; the exit code is the network's, not the
    /// sinks'.
    pub(crate) fn write(&self, report: Report, before: Vec<Written>) -> u8 {
        self.write_any(report, before).0
    }

    /// The same, and whether any sink took its copy.
    pub(crate) fn write_any(&self, mut report: Report, before: Vec<Written>) -> (u8, bool) {
        let written = sink::write_local(&self.sinks, before, |sink, before| {
            report.sinks = before.iter().map(outcome).collect();
            self.render(&report, sink)
        });
        self.complain_of(&written);
        (report.exit_code, written.iter().any(|copy| copy.result.is_ok()))
    }

    fn render(&self, report: &Report, sink: &Sink) -> Rendered {
        let format = match (self.format, sink) {
            // An event per line: a document of many lines would be no JSON, and of one line too much for a query.
            (Format::Json, Sink::CloudWatch { .. }) => Format::Jsonl,
            (format, _) => format,
        };
        let report = self.shown(report);
        Rendered { text: report::render(&report, format, look(sink)), content_type: format.content_type() }
    }

    /// The report as people may see it: with aliases, where that was asked for.
    pub(crate) fn shown<'r>(&self, report: &'r Report) -> Cow<'r, Report> {
        if !self.redact {
            return Cow::Borrowed(report);
        }
        Cow::Owned(self.redactor.get_or_init(|| learned(report)).report(report))
    }

    /// What gives aliases before there is a report, where that was asked for: it knows what is planned.
    pub(crate) fn redactor(&self, request: &Request) -> Option<Redactor> {
        let of_plan = || learned(&app::unable(request.clone()));
        self.redact.then(|| self.redactor.get_or_init(of_plan).clone())
    }

    /// The report with the outcome of its copies in it.
    pub(crate) fn noted(&self, mut report: Report, written: &[Written]) -> Report {
        self.complain_of(written);
        report.sinks = written.iter().map(outcome).collect();
        report
    }

    fn complain_of(&self, written: &[Written]) {
        for copy in written {
            let SinkResult { sink, error: Some(why), .. } = outcome(copy) else { continue };
            let told = || self.redactor.get_or_init(|| Redactor::of(&[])).sink(&sink, &why);
            process::complain(&format!("failed to {}", if self.redact { told() } else { why.clone() }));
        }
    }
}

/// Aliases for all that stands in a report.
fn learned(report: &Report) -> Redactor {
    Redactor::of_texts(&[json::line(report)])
}

/// A log group takes events, a line each: what is one document of many lines would be torn apart.
fn refuse_what_is_no_event(format: Format, sinks: &[Sink]) -> Result<(), InputError> {
    let is_document = match format {
        Format::Text | Format::Json | Format::Jsonl | Format::Emf => false,
        Format::Junit | Format::Markdown | Format::Html | Format::Prometheus => true,
    };
    let group = sinks.iter().find(|sink| matches!(sink, Sink::CloudWatch { .. }));
    let Some(group) = group.filter(|_| is_document) else { return Ok(()) };
    let group = shown(&group.to_string());
    let word = Format::ALL.into_iter().find(|(_, known)| *known == format).map_or("", |(word, _)| word);
    Err(InputError(format!(
        "--sink {group}: a log group takes events, and --format {word} is one document: expected jsonl, emf or text, or \
         another sink"
    )))
}

fn outcome(written: &Written) -> SinkResult {
    let error = written.result.as_ref().err().cloned();
    SinkResult { sink: written.sink.to_string(), ok: error.is_none(), error }
}

fn suiting(kind: VantageKind) -> Format {
    if process::stdout_is_terminal() {
        return Format::Text;
    }
    match kind {
        VantageKind::Fargate | VantageKind::EcsEc2 | VantageKind::Lambda => Format::Jsonl,
        VantageKind::Other => Format::Json,
    }
}

/// Colours and marks are for terminals that show them.
pub(crate) fn look(sink: &Sink) -> Look {
    let is_terminal = match sink {
        Sink::Stdout => process::stdout_is_terminal(),
        Sink::CloudWatch { .. } | Sink::S3 { .. } | Sink::File(_) => false,
    };
    if !is_terminal {
        return Look { width: DEFAULT_WIDTH, style: Style::Plain, marks: Marks::Ascii };
    }
    let environment = ProcessEnvironment;
    let is_utf8 = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| environment.get(name)).is_some_and(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    let is_dumb = environment.get("TERM").is_none_or(|term| term == "dumb");
    let wants_colour = environment.get("NO_COLOR").is_none() && !is_dumb;
    Look {
        width: terminal_width(),
        style: if wants_colour { Style::Colour } else { Style::Plain },
        marks: if is_utf8 { Marks::Unicode } else { Marks::Ascii },
    }
}

fn terminal_width() -> usize {
    let columns = tcgetwinsize(std::io::stdout()).map_or(0, |size| usize::from(size.ws_col));
    if columns == 0 { DEFAULT_WIDTH } else { columns.clamp(LEAST_WIDTH, MOST_WIDTH) }
}

/// A line on a terminal's stderr while the probe works; gone when dropped.
pub(crate) struct Shown(Option<tokio::task::JoinHandle<()>>);

/// Show progress where a person waits for it.
pub(crate) fn show_progress(progress: &Progress, of: usize) -> Shown {
    if !std::io::stderr().is_terminal() {
        return Shown(None);
    }
    let progress = progress.clone();
    Shown(Some(tokio::spawn(async move {
        let mut interval = tokio::time::interval(Duration::from_millis(100));
        loop {
            interval.tick().await;
            let _ = write!(std::io::stderr(), "\r\x1b[K{} of {of} names examined", progress.done());
        }
    })))
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
