//! A Lambda function around the process: it is given one event, and its answer is what counts.

mod api;

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::network::enter_task;
use crate::task::{self, Ended, Started};
use crate::world::World;
use api::Api;

/// Where the runtime API answers, inside the function.
pub const ADDRESS: &str = "127.0.0.1:9001";

/// The function's name.
pub const NAME: &str = "vpcprobe";

/// How long a runtime may take until it asks for its first event.
const START: Duration = Duration::from_secs(10);

/// What is left to a runtime between its answer and its next question.
const REST: Duration = Duration::from_secs(2);

/// What came of the invocation, and when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The function's answer, or the document of the error that it ended in.
    pub document: Result<String, String>,
    /// When the platform knew.
    pub at: SystemTime,
}

/// How far the function has come.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
enum Phase {
    /// It has not asked for its event yet.
    #[default]
    Starting,
    /// It has the event.
    Invoked,
    /// It has answered.
    Answered(Answer),
    /// It has answered and waits for the next event, which does not come.
    Resting(Answer),
}

/// A function that has not been started yet, or runs.
#[derive(Debug)]
pub struct Function {
    api: Arc<Api>,
}

impl Answer {
    fn error(kind: &str, message: &str) -> Self {
        let document = json!({ "errorType": kind, "errorMessage": message });
        Self { document: Err(document.to_string()), at: SystemTime::now() }
    }

    /// The exit code that the answer speaks of; 1 where it is an error or no report.
    pub fn exit(&self) -> i32 {
        let report = self.document.as_deref().ok().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let code = report.and_then(|report| report.get("exit_code")?.as_i64());
        code.and_then(|code| i32::try_from(code).ok()).unwrap_or(1)
    }
}

impl Phase {
    fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Starting | Self::Invoked => None,
            Self::Answered(answer) | Self::Resting(answer) => Some(answer),
        }
    }
}

impl Function {
    /// Starts the runtime API in the task's network, where the scenario is about a function.
    pub fn build(world: &World, runtime: &Runtime) -> Result<Option<Self>, String> {
        let Some(event) = task::event(world)? else {
            return Ok(None);
        };
        let api = Arc::new(Api::new(world, event));
        let listener = listen()?;
        let served = Arc::clone(&api);
        runtime.block_on(async move { served.serve(listener) }).map_err(|e| format!("serve the runtime API: {e}"))?;
        Ok(Some(Self { api }))
    }

    /// Ends the process as the platform does: when it has answered, or took too long.
    pub fn watch(&self, runtime: &Runtime, pid: Pid) {
        let (phases, limit) = (self.api.phases(), self.api.limit);
        let api = Arc::clone(&self.api);
        runtime.spawn(async move {
            if let Err(answer) = lived(phases, limit, &api.id).await {
                api.fail(answer);
            }
            // A process that is gone already shows in what it left behind.
            let _ = kill_process(pid, Signal::KILL);
        });
    }

    /// What came of it; the process's end is told as the platform would tell it.
    pub fn answer(&self, started: Started, ended: Ended) -> (Answer, Ended) {
        let exited = || Answer::error("Runtime.ExitError", &self.api.said(&format!("Runtime exited {}", how(ended))));
        let answer = self.api.phases().borrow().answer().cloned().unwrap_or_else(exited);
        let wall = answer.at.duration_since(started.at).unwrap_or(ended.wall);
        let ended = Ended { exit: answer.exit(), wall, ..ended };
        (answer, ended)
    }
}

/// Returns when the process has nothing left to do; with the platform's own answer where it took too long.
async fn lived(mut phases: watch::Receiver<Phase>, limit: Duration, id: &str) -> Result<(), Answer> {
    let late = |what: &str, after: Duration| {
        let message = format!("RequestId: {id} Error: {what} timed out after {:.2} seconds", after.as_secs_f64());
        Answer::error("Sandbox.Timedout", &message)
    };
    // The channel's other end lives as long as the lab.
    let started = timeout(START, phases.wait_for(|phase| *phase != Phase::Starting)).await.is_ok();
    if !started {
        return Err(late("Init", START));
    }
    let answered = timeout(limit, phases.wait_for(|phase| phase.answer().is_some())).await.is_ok();
    if !answered {
        return Err(late("Task", limit));
    }
    let resting = phases.wait_for(|phase| matches!(phase, Phase::Resting(_)));
    drop(timeout(REST, resting).await);
    Ok(())
}

fn how(ended: Ended) -> String {
    match ended.exit {
        0 => "without providing a reason".to_owned(),
        signal @ 129.. => format!("with error: signal: {}", signal - 128),
        code => format!("with error: exit status {code}"),
    }
}

/// A socket stays in the network where it was made, so a thread of its own goes there to make it.
fn listen() -> Result<std::net::TcpListener, String> {
    let made = std::thread::spawn(|| {
        enter_task()?;
        let bound = std::net::TcpListener::bind(ADDRESS);
        let ready = bound.and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
        ready.map_err(|e: io::Error| format!("listen on {ADDRESS} in the function: {e}"))
    });
    made.join().map_err(|_| "listen in the function: the thread broke off".to_owned())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_the_report_s_or_one() {
        let table = [
            (Ok(r#"{"exit_code":23}"#), 23),
            (Ok(r#"{"exit_code":0}"#), 0),
            (Ok("{}"), 1),
            (Ok("no JSON"), 1),
            (Err(r#"{"exit_code":23}"#), 1),
        ];
        for (document, code) in table {
            let document = document.map(str::to_owned).map_err(str::to_owned);
            let answer = Answer { document, at: SystemTime::now() };
            assert_eq!(answer.exit(), code, "{answer:?}");
        }
    }
}
