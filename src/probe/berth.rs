//! Where a ladder leaves the connections that it opened, and where the replay's steps take them up.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit};

use crate::observation::Why;

/// Idle connections that are kept for one name.
const MOST_IDLE: usize = 4;

/// The connections to one name that can carry a step.
pub(super) struct Berth<C> {
    state: Mutex<State<C>>,
    changed: Notify,
}

/// A connection over which HTTP is spoken.
pub(super) struct Open<C> {
    /// The address at its other end.
    pub(super) peer: SocketAddr,
    /// The connection.
    pub(super) channel: C,
    /// Its share of the sockets that may be open.
    pub(super) _permit: Option<OwnedSemaphorePermit>,
}

struct State<C> {
    idle: Vec<Open<C>>,
    /// Addresses on which the whole ladder was climbed, under a certificate that verifies.
    peers: Vec<SocketAddr>,
    /// Which of them a new connection goes to.
    turn: usize,
    challenge: Option<String>,
    untrusted: bool,
    closed: Option<Why>,
}

impl<C> Default for Berth<C> {
    fn default() -> Self {
        let state =
            State { idle: Vec::new(), peers: Vec::new(), turn: 0, challenge: None, untrusted: false, closed: None };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }
}

impl<C> Berth<C> {
    fn state(&self) -> MutexGuard<'_, State<C>> {
        // What a panic left behind is still a list of connections.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A ladder was climbed on this address; its connection may go on.
    pub(super) fn arrive(&self, peer: SocketAddr, open: Option<Open<C>>, challenge: Option<String>) {
        {
            let mut state = self.state();
            if !state.peers.contains(&peer) {
                state.peers.push(peer);
            }
            state.challenge = state.challenge.take().or(challenge);
            if let Some(open) = open.filter(|_| state.idle.len() < MOST_IDLE) {
                state.idle.push(open);
            }
        }
        self.changed.notify_waiters();
    }

    /// A ladder was climbed to a certificate that does not verify.
    pub(super) fn arrive_untrusted(&self) {
        self.state().untrusted = true;
    }

    /// No further ladder will be climbed.
    pub(super) fn close(&self, why: Why) {
        self.state().closed.get_or_insert(why);
        self.changed.notify_waiters();
    }

    /// An address on which a step can go, as soon as there is one; or why there will be none.
    pub(super) async fn wait(&self) -> Result<SocketAddr, Why> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(outcome) = self.outcome() {
                return outcome;
            }
            changed.await;
        }
    }

    fn outcome(&self) -> Option<Result<SocketAddr, Why>> {
        let mut state = self.state();
        if !state.peers.is_empty() {
            let peer = state.peers[state.turn % state.peers.len()];
            state.turn += 1;
            return Some(Ok(peer));
        }
        let why = if state.untrusted { Why::Untrusted } else { state.closed? };
        state.closed.is_some().then_some(Err(why))
    }

    /// A connection that nobody uses, where there is one.
    pub(super) fn take(&self) -> Option<Open<C>> {
        self.state().idle.pop()
    }

    /// Give up the connections that nobody uses.
    pub(super) fn give_up_idle(&self) {
        self.state().idle.clear();
    }

    /// Leave a connection for the next step.
    pub(super) fn give_back(&self, open: Open<C>) {
        let mut state = self.state();
        if state.idle.len() < MOST_IDLE {
            state.idle.push(open);
        }
    }

    /// How the registry asks for credentials, as its header says it; it may be a secret.
    pub(super) fn challenge(&self) -> Option<String> {
        self.state().challenge.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 1, last], 443))
    }

    #[tokio::test]
    async fn a_step_goes_as_soon_as_one_ladder_is_climbed() {
        let berth = Berth::default();
        let open = Open { peer: peer(1), channel: "a", _permit: None };
        let (first, ()) = tokio::join!(berth.wait(), async { berth.arrive(peer(1), Some(open), None) });
        assert_eq!(first, Ok(peer(1)));
        berth.arrive(peer(2), None, Some("Basic".to_owned()));
        // New connections take the addresses in turn.
        assert_eq!([berth.wait().await, berth.wait().await], [Ok(peer(2)), Ok(peer(1))]);
        assert_eq!(berth.take().map(|open| open.channel), Some("a"));
        assert!(berth.take().is_none());
        assert_eq!(berth.challenge().as_deref(), Some("Basic"));
    }

    #[tokio::test]
    async fn why_no_step_can_go_is_known_only_when_all_ladders_are_done() {
        let berth = Berth::<()>::default();
        berth.arrive_untrusted();
        let mut waiting = std::pin::pin!(berth.wait());
        assert!(futures_now(waiting.as_mut()).is_none());
        berth.close(Why::BelowFailed);
        assert_eq!(waiting.await, Err(Why::Untrusted));
        let berth = Berth::<()>::default();
        berth.close(Why::BelowFailed);
        assert_eq!(berth.wait().await, Err(Why::BelowFailed));
    }

    /// What a future says when it is asked once.
    fn futures_now<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match future.poll(&mut context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        }
    }
}
