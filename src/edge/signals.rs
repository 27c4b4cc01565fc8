//! SIGTERM, which ECS sends before it kills, and SIGINT, which people send.

use std::future::Future;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Knows whether a signal to end has come.
#[derive(Clone, Debug)]
pub struct Termination(watch::Receiver<bool>);

impl Termination {
    /// Listen from now on. Where signals can't be listened for, none ever comes.
    pub fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
        tokio::spawn(async move {
            if let (Ok(mut terminate), Ok(mut interrupt)) = signals {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                sender.send_replace(true);
            }
            sender.closed().await;
        });
        Self(receiver)
    }

    /// Comes back when a signal has come.
    pub async fn came(mut self) {
        if self.0.wait_for(|came| *came).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Do a piece of work, unless a signal comes first.
    pub async fn or<T>(self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.came() => None,
        }
    }
}
