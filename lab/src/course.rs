//! The worlds that a run goes through, and the one that it is in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::network;
use crate::observer::Observer;
use crate::scenario::{Moment, Question};
use crate::world::World;

/// The worlds that a run goes through, one after the other.
#[derive(Debug)]
pub struct Course {
    worlds: Vec<Arc<World>>,
    now: RwLock<Arc<World>>,
    made: AtomicUsize,
}

impl Course {
    /// The worlds of a scenario; it begins in the first.
    pub fn new(first: World) -> Result<Self, String> {
        let changed = first.changed()?;
        let first = Arc::new(first);
        let worlds = std::iter::once(Arc::clone(&first)).chain(changed.into_iter().map(Arc::new)).collect();
        Ok(Self { worlds, now: RwLock::new(first), made: AtomicUsize::new(0) })
    }

    /// All of them.
    pub fn worlds(&self) -> &[Arc<World>] {
        &self.worlds
    }

    /// The one of this moment. Who asks while it changes waits for what it becomes.
    pub fn now(&self) -> Arc<World> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many changes have not been made.
    pub fn left(&self) -> usize {
        self.worlds.len() - 1 - self.made.load(Ordering::SeqCst)
    }

    /// Makes each change when its time has come.
    pub async fn follow(self: Arc<Self>, observer: Arc<Observer>) {
        let first = Arc::clone(&self.worlds[0]);
        for (n, change) in first.scenario.changes.iter().enumerate() {
            match &change.after {
                Some(Question { name, count }) => observer.until_asked(name, *count).await,
                None => observer.until(Moment::Start, 1).await,
            }
            tokio::time::sleep(Duration::from_millis(change.after_ms)).await;
            let course = Arc::clone(&self);
            let turned = tokio::task::spawn_blocking(move || course.turn(n + 1)).await;
            if let Err(error) = turned.map_err(|e| e.to_string()).and_then(|turned| turned) {
                eprintln!("vpcprobe-lab: change {}: {error}", n + 1);
                return;
            }
        }
    }

    /// Names, servers, filter and routes become those of the nth world at once.
    fn turn(&self, n: usize) -> Result<(), String> {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        network::change(&now, &self.worlds[n])?;
        *now = Arc::clone(&self.worlds[n]);
        self.made.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
