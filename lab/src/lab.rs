//! One run: namespaces, servers, the process, and what was seen of it.

use std::io::Read;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustix::process::{Pid, Signal, kill_process};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::backend;
use crate::course::Course;
use crate::dns::Dns;
use crate::function::{Answer, Function};
use crate::network::{self, Tap};
use crate::observer::Observer;
use crate::scenario::{Moment, Scenario, SignalName, SignalPlan};
use crate::servers::Servers;
use crate::stats::Stats;
use crate::task::{self, Ended, Launch, Place, Started};
use crate::tls::Tls;
use crate::world::World;

/// What goes on with the process's output.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Output {
    /// It is the lab's own.
    Through,
    /// It is kept.
    Kept,
}

/// What became of a process.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub ended: Ended,
    /// Standard output, where kept.
    pub stdout: String,
    /// Standard error, where kept.
    pub stderr: String,
    /// What was seen of it on the wire.
    pub stats: Stats,
    /// Whether the scenario's signal was sent, where it has one.
    pub signalled: Option<bool>,
    /// How many of the scenario's changes were not made before it ended.
    pub unchanged: usize,
    /// What came of the invocation, where the process is a function.
    pub answer: Option<Answer>,
}

impl Outcome {
    /// Standard output, or a function's answer, be it an error.
    pub fn said(&self) -> &str {
        match &self.answer {
            Some(Answer { document: Ok(document) | Err(document), .. }) => document,
            None => &self.stdout,
        }
    }
}

/// A built world with its servers running.
pub struct Lab {
    runtime: Runtime,
    course: Arc<Course>,
    observer: Arc<Observer>,
    tap: Tap,
    function: Option<Function>,
    _backends: backend::Running,
}

impl Lab {
    /// Builds the world; this process must stand in namespaces of its own.
    pub fn build(scenario: Scenario) -> Result<Self, String> {
        let course = Arc::new(Course::new(World::build(scenario)?)?);
        let world = course.now();
        let tls = Tls::new()?;
        network::build(course.worlds())?;
        task::furnish(&world, &tls.roots_pem(), &tls.inspection_pem())?;
        let observer = Arc::<Observer>::default();
        let tap = Tap::start(&world, Arc::clone(&observer))?;
        let runtime = Runtime::new().map_err(|e| format!("start the runtime: {e}"))?;
        runtime.block_on(serve(&course, tls, &observer)).map_err(|e| format!("start the servers: {e}"))?;
        let function = Function::build(&world, &runtime)?;
        let backends = backend::start(&world.scenario.backends)?;
        Ok(Self { runtime, course, observer, tap, function, _backends: backends })
    }

    /// The world as built; what it becomes shares what AWS holds with it.
    pub fn world(&self) -> &World {
        &self.course.worlds()[0]
    }

    /// Runs a process in the task's namespace to its end, which comes by force after the limit.
    pub fn run(&self, launch: &Launch, output: Output, limit: Option<Duration>) -> Result<Outcome, String> {
        // Who looks around in a function's place is no function.
        let function = self.function.as_ref().filter(|_| launch.place != Place::Shell);
        let (mut command, listener) = launch.prepare()?;
        command.stdin(if launch.place == Place::Shell { Stdio::inherit() } else { Stdio::null() });
        if output == Output::Kept {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        if function.is_some() && output == Output::Through {
            // What a function prints goes to its log; standard output is for its answer.
            command.stdout(std::io::stderr());
        }
        let mut parent = command.spawn().map_err(|e| format!("start the task: {e}"))?;
        let stdout = collect(parent.stdout.take());
        let stderr = collect(parent.stderr.take());
        let (started, mut reports) = task::reports(&listener)?;
        self.observer.saw(Moment::Start);
        let signal = self.watch(started, limit, function);
        let ended: Ended = task::report(&mut reports)?;
        drop(parent.wait());
        let signalled = signal.map(|sending| sending.is_finished());
        let (stdout, stderr) = (stdout(), stderr());
        let unchanged = self.course.left();
        let Some(function) = function else {
            let stats = Stats::new(started, ended, &self.tap.sent());
            return Ok(Outcome { ended, stdout, stderr, stats, signalled, unchanged, answer: None });
        };
        let (answer, ended) = function.answer(started, ended);
        let stats = Stats::new(started, ended, &self.tap.sent());
        let report = answer.document.clone().unwrap_or_default();
        Ok(Outcome {
            ended,
            stdout: report,
            stderr: stdout + &stderr,
            stats,
            signalled,
            unchanged,
            answer: Some(answer),
        })
    }

    /// Passes signals on, and sends the scenario's own at its moment.
    fn watch(&self, started: Started, limit: Option<Duration>, function: Option<&Function>) -> Option<JoinHandle<()>> {
        let pid = Pid::from_raw(started.pid)?;
        self.runtime.spawn(pass_on(pid));
        self.runtime.spawn(Arc::clone(&self.course).follow(Arc::clone(&self.observer)));
        if let Some(limit) = limit {
            self.runtime.spawn(end_after(limit, pid));
        }
        if let Some(function) = function {
            function.watch(&self.runtime, pid);
        }
        let observer = Arc::clone(&self.observer);
        let plan = self.world().scenario.run.signal?;
        let sending = async move { send_at(plan, pid, &observer).await };
        Some(self.runtime.spawn(sending))
    }
}

async fn serve(course: &Arc<Course>, tls: Tls, observer: &Arc<Observer>) -> std::io::Result<()> {
    Dns::serve(Arc::clone(course), Arc::clone(observer)).await?;
    let servers = Servers { course: Arc::clone(course), tls, observer: Arc::clone(observer) };
    Arc::new(servers).serve()
}

async fn send_at(plan: SignalPlan, pid: Pid, observer: &Observer) {
    observer.until(plan.after, plan.count).await;
    tokio::time::sleep(Duration::from_millis(plan.after_ms)).await;
    let number = match plan.send {
        SignalName::Term => Signal::TERM,
        SignalName::Int => Signal::INT,
    };
    // A process that is gone already shows in what it left behind.
    let _ = kill_process(pid, number);
}

/// A process that never ends must not hold everybody up.
async fn end_after(limit: Duration, pid: Pid) {
    tokio::time::sleep(limit).await;
    let _ = kill_process(pid, Signal::KILL);
}

/// A person's Ctrl-C reaches the process through the terminal, so here it is only outlived.
async fn pass_on(pid: Pid) {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return;
    };
    loop {
        tokio::select! {
            _ = term.recv() => {
                let _ = kill_process(pid, Signal::TERM);
            }
            _ = int.recv() => {}
        }
    }
}

/// Reads to the end on a thread; the text comes when asked for.
fn collect<R: Read + Send + 'static>(stream: Option<R>) -> impl FnOnce() -> String {
    let thread = stream.map(|mut stream| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            drop(stream.read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    move || thread.and_then(|thread| thread.join().ok()).unwrap_or_default()
}

/// Milliseconds from one moment to another; none where the second is earlier.
pub fn millis_between(from: SystemTime, to: SystemTime) -> Option<f64> {
    to.duration_since(from).ok().map(millis)
}

/// A duration in milliseconds, to the microsecond.
pub fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
