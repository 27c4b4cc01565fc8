//! What a person sees while rounds are made: on a terminal a line a check, drawn again after each round; elsewhere a line a
//! turn.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use rustix::termios::tcgetwinsize;
use vpcprobe::app::{self, Request};
use vpcprobe::edge::args::RoundArgs;
use vpcprobe::edge::signals::Termination;
use vpcprobe::inputs::Rounds;
use vpcprobe::net::live::Live;
use vpcprobe::redact::Redactor;
use vpcprobe::report::Report;
use vpcprobe::watch::{Added, Course, Tally, lines, rounds as counted};

use super::commands::InputError;
use super::output::Output;
use super::process;

/// Turns that are told one by one where nobody draws over them: a log must not grow for ever.
const MOST_TURNS: usize = 1_000;

/// What is asked of rounds; none where one is enough.
pub(crate) fn rounds(args: &RoundArgs) -> Result<Option<Rounds>, InputError> {
    Ok(Rounds::accept(args.time.as_deref(), args.every.as_deref(), args.repeat.as_deref())?)
}

/// Make the rounds, and show them.
pub(crate) async fn watch(
    request: Request,
    net: Live,
    signal: Termination,
    rounds: Rounds,
    limit: Option<Duration>,
    output: &Output,
) -> Report {
    let course = Course { rounds, limit };
    let mut shown = Shown::new(output.redactor(&request));
    let report = app::watch(
        request,
        net,
        || signal.clone().came(),
        &course,
        |tally, added| {
            shown.round(tally, added);
        },
    )
    .await;
    shown.end(&report);
    report
}

/// What stands on the terminal, or how much was told elsewhere.
struct Shown {
    is_terminal: bool,
    drawn: usize,
    told: usize,
    /// Where originals are not to be shown.
    redactor: Option<Redactor>,
}

impl Shown {
    fn new(redactor: Option<Redactor>) -> Self {
        let shown = Self { is_terminal: std::io::stderr().is_terminal(), drawn: 0, told: 0, redactor };
        if shown.is_terminal {
            let _ = write!(std::io::stderr(), "the first round, with the whole start …");
        }
        shown
    }

    fn round(&mut self, tally: &Tally, added: &Added) {
        if self.is_terminal {
            return self.draw(tally);
        }
        // What the replay has found is named in the turns as well.
        tally.names().for_each(|name| drop(self.called(name)));
        for turn in &added.turns {
            self.told += 1;
            if self.told <= MOST_TURNS {
                process::complain(&self.redactor.as_ref().map_or_else(|| turn.clone(), |redactor| redactor.text(turn)));
            } else if self.told == MOST_TURNS + 1 {
                process::complain("what else turns stands in the report");
            }
        }
    }

    /// Every line anew, in the place of those that stand there; no more than the terminal is high.
    fn draw(&mut self, tally: &Tally) {
        let (rows, columns) = terminal();
        let (made, failed) = tally.rounds();
        let mut lines: Vec<String> =
            lines(tally, &|name| self.called(name)).into_iter().map(|line| line.text).collect();
        let room = rows.saturating_sub(2);
        if lines.len() > room {
            let more = lines.len() - room.saturating_sub(1);
            lines.truncate(room.saturating_sub(1));
            lines.push(format!("and {more} more"));
        }
        lines.insert(0, format!("{}, {failed} failed; Ctrl-C ends it with a report", counted(made)));
        let mut text = self.cleared();
        for line in &lines {
            let fits = line.chars().take(columns.saturating_sub(1));
            text.extend(fits.map(|c| if vpcprobe::report::is_steering(c) { '\u{fffd}' } else { c }));
            text.push('\n');
        }
        self.drawn = lines.len();
        let _ = write!(std::io::stderr(), "{text}");
    }

    /// A check's name as people may see it.
    fn called(&self, name: &str) -> String {
        self.redactor.as_ref().map_or_else(|| name.to_owned(), |redactor| redactor.host(name))
    }

    /// What takes away what stands there.
    fn cleared(&self) -> String {
        let up = if self.drawn > 0 { format!("\x1b[{}A", self.drawn) } else { String::new() };
        format!("\r{up}\x1b[J")
    }

    /// The last word. On a terminal the report stands in the place of the lines.
    fn end(&self, report: &Report) {
        if self.is_terminal {
            let _ = write!(std::io::stderr(), "{}", self.cleared());
        }
        if let Some(watch) = &report.watch {
            process::complain(&format!("{} made, {} of them failed", counted(watch.rounds), watch.failed));
        }
    }
}

/// Rows and columns.
fn terminal() -> (usize, usize) {
    let size = tcgetwinsize(std::io::stderr()).ok().filter(|size| size.ws_row > 0 && size.ws_col > 0);
    size.map_or((24, 80), |size| (usize::from(size.ws_row), usize::from(size.ws_col)))
}
