//! Keeps DNS under the limit that all link-local services of a network interface share.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// 476 packets a second: under 500, with room for those that a stall let gather.
const BETWEEN: Duration = Duration::from_micros(2_100);
/// How far behind the pace may catch up: five packets at once, no more.
const CATCH_UP: Duration = Duration::from_millis(10);
/// Packets that one question over TCP takes: SYN, ACK, question, ACK of the answer, FIN, ACK.
pub(super) const TCP_PACKETS: u32 = 6;

/// Hands out moments at which a packet may leave, one waiter after the other. Its copies keep one pace.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    next: Arc<Mutex<Option<Instant>>>,
}

impl Pace {
    /// Wait for the room of this many packets.
    pub(super) async fn wait(&self, packets: u32) {
        // Held while we sleep: a slot given out before a stall of this process would leave in a burst after it.
        let mut next = self.next.lock().await;
        let now = Instant::now();
        let slot = next.map_or(now, |next| next.max(now - CATCH_UP));
        sleep_until(slot).await;
        *next = Some(slot + BETWEEN * packets);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn any_second_holds_fewer_than_five_hundred_packets() {
        let pace = Arc::new(Pace::default());
        let mut sent = Vec::new();
        for _ in 0..2_000 {
            pace.wait(1).await;
            sent.push(Instant::now());
        }
        tokio::time::advance(Duration::from_secs(10)).await;
        for _ in 0..600 {
            pace.wait(1).await;
            sent.push(Instant::now());
        }
        // A stall while somebody sleeps on their slot.
        let waiting = tokio::spawn({
            let pace = Arc::clone(&pace);
            async move {
                let mut sent = Vec::new();
                for _ in 0..600 {
                    pace.wait(1).await;
                    sent.push(Instant::now());
                }
                sent
            }
        });
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_millis(700)).await;
        sent.extend(waiting.await.unwrap());
        for (index, start) in sent.iter().enumerate() {
            let within = sent[index..].iter().take_while(|at| **at - *start < Duration::from_secs(1)).count();
            assert!(within < 500, "{within} packets in a second");
        }
    }
}
