//! What the lab has seen so far, for whoever waits for a moment.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

use crate::scenario::Moment;

/// Counters of what was seen on the wire.
#[derive(Debug, Default)]
pub struct Observer {
    starts: AtomicU64,
    queries: AtomicU64,
    syns: AtomicU64,
    hellos: AtomicU64,
    requests: AtomicU64,
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
