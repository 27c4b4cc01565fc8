//! What the lab has seen so far, for whoever waits for a moment.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::scenario::{Moment, matches};

/// Counters of what was seen on the wire.
#[derive(Debug, Default)]
pub struct Observer {
    starts: AtomicU64,
    queries: AtomicU64,
    syns: AtomicU64,
    hellos: AtomicU64,
    requests: AtomicU64,
    /// How often each name was asked of one resolver and for one type, at most.
    names: Mutex<HashMap<String, usize>>,
    changed: Notify,
}

impl Observer {
    /// Counts one.
    pub fn saw(&self, moment: Moment) {
        self.counter(moment).fetch_add(1, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// Waits until so many were seen.
    pub async fn until(&self, moment: Moment, count: u64) {
        loop {
            let changed = self.changed.notified();
            if self.counter(moment).load(Ordering::SeqCst) >= count {
                return;
            }
            changed.await;
        }
    }

    /// A name was asked, of some resolver and for some type so often.
    pub fn asked(&self, name: &str, count: usize) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let most = names.entry(name.to_owned()).or_default();
        *most = count.max(*most);
        drop(names);
        self.changed.notify_waiters();
    }

    /// Waits until a name that fits was asked so often.
    pub async fn until_asked(&self, pattern: &str, count: usize) {
        loop {
            let changed = self.changed.notified();
            if self.was_asked(pattern, count) {
                return;
            }
            changed.await;
        }
    }

    fn was_asked(&self, pattern: &str, count: usize) -> bool {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().any(|(name, asked)| *asked >= count && matches(pattern, name))
    }

    fn counter(&self, moment: Moment) -> &AtomicU64 {
        match moment {
            Moment::Start => &self.starts,
            Moment::DnsQuery => &self.queries,
            Moment::Syn => &self.syns,
            Moment::TlsHello => &self.hellos,
            Moment::HttpRequest => &self.requests,
        }
    }
}
