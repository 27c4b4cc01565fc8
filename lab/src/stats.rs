//! Figures of one run, for `--stats`.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::chain::{Chain, PullChain};
use crate::lab::{millis, millis_between};
use crate::network::Sent;
use crate::task::{Ended, Started};

/// Figures of one run.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Stats {
    /// The process's exit code.
    pub exit: i32,
    /// From the process's start to its end.
    pub wall_ms: f64,
    /// The most memory it had (resident set).
    pub peak_rss_kib: i64,
    /// From the process's start to its first packet.
    pub first_packet_ms: Option<f64>,
    /// Packets to port 53.
    pub dns_packets: usize,
    /// The most packets to port 53 in any one second.
    pub dns_peak_per_s: usize,
    /// TCP SYNs, retransmissions included.
    pub syns: u64,
    /// The longest packet seen in either direction.
    pub longest_packet_bytes: usize,
    /// A plain client's way to one host, where asked for.
    pub chain: Option<Chain>,
    /// A plain client's way through a pull, where asked for.
    pub pull_chain: Option<PullChain>,
}

impl Stats {
    /// Figures from what the process and the packet socket told.
    pub fn new(started: Started, ended: Ended, sent: &Sent) -> Self {
        Self {
            exit: ended.exit,
            wall_ms: millis(ended.wall),
            peak_rss_kib: ended.peak_rss_kib,
            first_packet_ms: sent.first.and_then(|first| millis_between(started.at, first)),
            dns_packets: sent.dns.len(),
            dns_peak_per_s: peak(&sent.dns),
            syns: sent.syns,
            longest_packet_bytes: sent.longest,
            chain: None,
            pull_chain: None,
        }
    }
}

/// The most moments within any one second.
fn peak(moments: &[SystemTime]) -> usize {
    let mut first = 0;
    let mut peak = 0;
    for (last, moment) in moments.iter().enumerate() {
        while moment.duration_since(moments[first]).is_ok_and(|time| time >= Duration::from_secs(1)) {
            first += 1;
        }
        peak = peak.max(last - first + 1);
    }
    peak
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_of_the_busiest_second() {
        let at = |ms: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(ms);
        assert_eq!(peak(&[]), 0);
        assert_eq!(peak(&[at(0), at(999), at(1000), at(1500), at(1998)]), 4);
    }
}
