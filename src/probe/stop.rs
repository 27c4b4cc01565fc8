//! What ends a run early: its deadline, or a signal.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

use crate::observation::Why;

/// Tells a run to stop.
#[derive(Debug)]
pub struct Stopper(watch::Sender<Option<Why>>);

/// Knows whether, and why, a run was told to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<Option<Why>>);

impl Stopper {
    /// A pair of the two.
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(None);
        (Self(sender), Stop(receiver))
    }

    /// Stop, unless it was already told to for another reason.
    pub fn stop(&self, why: Why) {
        self.0.send_if_modified(|current| {
            let is_first = current.is_none();
            current.get_or_insert(why);
            is_first
        });
    }

    /// Stop at the deadline, or when the signal comes.
    pub async fn watch(self, deadline: Duration, signal: impl Future<Output = ()>) {
        tokio::select! {
            () = tokio::time::sleep(deadline) => self.stop(Why::Deadline),
            () = signal => self.stop(Why::Signal),
        }
        // The reason outlives us only in the channel, which closes with its last sender.
        self.0.closed().await;
    }
}

impl Stop {
    /// Why the run was told to stop, if it was.
    pub fn why(&self) -> Option<Why> {
        *self.0.borrow()
    }

    /// Do a piece of work, unless the run is told to stop first.
    pub async fn or<T>(&self, work: impl Future<Output = T>) -> Result<T, Why> {
        let mut told = self.0.clone();
        tokio::select! {
            biased;
            why = told.wait_for(Option::is_some) => Err(why.ok().and_then(|why| *why).unwrap_or(Why::OurFault)),
            done = work => Ok(done),
        }
    }
}
