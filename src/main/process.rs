//! The process's own affairs: its file limit, its log, its last words.

use std::io::{IsTerminal as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing_subscriber::filter::LevelFilter;
use vpcprobe::edge::Environment;

/// Files that are open beside the probe's sockets.
const OTHER_FILES: u64 = 32;
/// More sockets than this at once serve nothing.
const MOST_SOCKETS: u64 = 4_096;

/// One line instead of a backtrace.
pub(crate) fn announce_bugs() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
        complain(&format!("this is a bug of vpcprobe itself{place}; what was seen until then is in the report"));
    }));
}

/// One sentence on stderr.
pub(crate) fn complain(sentence: &str) {
    // A name or a value of others may stand in it: what steers a terminal does not.
    let plain: String =
        sentence.chars().map(|c| if vpcprobe::report::is_steering(c) { '\u{fffd}' } else { c }).collect();
    let _ = writeln!(std::io::stderr(), "vpcprobe: {plain}");
}

/// How many sockets may be open at once, with the soft limit raised as far as it goes.
pub(crate) fn sockets() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(MOST_SOCKETS + OTHER_FILES);
    let current = limit.current.unwrap_or(u64::MAX);
    let raised = current < wanted && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).is_ok();
    let allowed = if raised { wanted } else { current };
    usize::try_from(allowed.saturating_sub(OTHER_FILES).clamp(1, MOST_SOCKETS)).unwrap_or(1)
}

/// Whether the event loop can have what it needs before the first socket: it panics where it can't.
pub(crate) fn can_start() -> bool {
    (0..4).map(|_| UnixStream::pair()).collect::<std::io::Result<Vec<_>>>().is_ok()
}

/// Log to stderr: warnings, unless VPCPROBE_LOG says otherwise.
pub(crate) fn start_log(environment: &impl Environment) {
    let level = environment.get("VPCPROBE_LOG").and_then(|level| level.parse::<LevelFilter>().ok());
    let log = tracing_subscriber::fmt().with_max_level(level.unwrap_or(LevelFilter::WARN)).with_writer(std::io::stderr);
    // A log that is already there serves as well.
    drop(log.with_ansi(false).without_time().try_init());
}

/// A code as the process returns it.
pub(crate) fn exit_code(code: i32) -> ExitCode {
    ExitCode::from(u8::try_from(code).unwrap_or(vpcprobe::exit::BUG))
}

/// Whether a person reads what is printed.
pub(crate) fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Print a whole text. A reader who went away is no failure of ours.
pub(crate) fn print(text: &str) -> u8 {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("failed to write to standard output: {error}"));
            vpcprobe::exit::INCONCLUSIVE
        }
        Ok(()) | Err(_) => vpcprobe::exit::PASS,
    }
}

/// Sixteen hexadecimal digits that name a run.
pub(crate) fn random_id() -> String {
    let mut bytes = [0; 8];
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        return format!("{:016x}", std::process::id());
    }
    format!("{:016x}", u64::from_be_bytes(bytes))
}
