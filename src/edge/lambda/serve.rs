//! A function's life: events one after the other, each answered before the next is asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::api::{RequestId, RuntimeApi};
use super::{Failure, FailureKind, Invocation};
use crate::edge::signals::Termination;

/// What who invoked reads of a fault of ours; its place stands in the log.
const BUG: &str = "this is a bug of vpcprobe itself: the function's log says where; the next invocation begins anew";

/// Answer events until a signal comes or the runtime API is gone.
///
/// `start` says whether the function can work at all. `handle` blocks: between two events nothing of it is left.
pub fn serve(
    address: &str,
    start: impl FnOnce() -> Result<(), Failure>,
    mut handle: impl FnMut(Invocation) -> Result<String, Failure>,
    mut log: impl FnMut(&Failure),
) -> Result<(), Failure> {
    let api = RuntimeApi::at(address)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure {
        kind: FailureKind::RuntimeApi,
        sentence: format!("talk to the runtime API: {error}"),
    })?;
    let signal = runtime.block_on(async { Termination::listen() });
    if let Err(failure) = guarded(start) {
        // Without the word of it the platform says itself that the start failed.
        let _ = runtime.block_on(api.fail_start(&failure));
        return Err(failure);
    }
    while let Some(next) = runtime.block_on(signal.clone().or(api.next())) {
        let (id, invocation) = next?;
        let done = guarded(|| handle(invocation));
        done.as_ref().err().into_iter().for_each(&mut log);
        if let Err(failure) = runtime.block_on(answer(&api, &id, done)) {
            log(&failure);
        }
    }
    Ok(())
}

/// A panic costs one invocation, and not the function.
fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let bug = || Failure { kind: FailureKind::Bug, sentence: BUG.to_owned() };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(bug()))
}

/// An answer that is not taken is an error of the invocation: who invoked must not wait for the time-out.
async fn answer(api: &RuntimeApi, id: &RequestId, done: Result<String, Failure>) -> Result<(), Failure> {
    match done {
        Err(failure) => api.fail(id, &failure).await,
        Ok(answer) => match api.respond(id, answer).await {
            Err(failure) => api.fail(id, &failure).await.and(Err(failure)),
            Ok(()) => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests;
