//! The rungs above the name, for one address: the first of two sockets that opens is the one that climbs on.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::timeout;

use super::attempt::{Attempt, Failed};
use super::berth::{Berth, Open};
use super::ladder::Climb;
use super::{Shared, variations};
use crate::net::{Hello, Net};
use crate::observation::{Change, Outcome, Rung, Seen, Why};
use crate::plan::Check;

/// The rungs above the name, for one address; and where the handshake failed, its variations.
pub(super) async fn climb_peer<N: Net>(shared: &Arc<Shared<N>>, rung: &Climb<N>, peer: SocketAddr) -> Vec<Attempt> {
    let way = Way { shared, check: &rung.check, berth: rung.berth.as_deref(), peer, variation: &[] };
    let mut attempts = way.climb_by_two().await;
    if variations::are_wanted(&attempts) {
        attempts.extend(if shared.may_vary() {
            variations::try_all(shared, &rung.check, peer).await
        } else {
            variations::leave_all(peer)
        });
    }
    attempts
}

/// One address, and one way to climb on it.
pub(super) struct Way<'w, N: Net> {
    /// What all ladders share.
    pub(super) shared: &'w Shared<N>,
    /// What is climbed.
    pub(super) check: &'w Check,
    /// Where the connection is left.
    pub(super) berth: Option<&'w Berth<N::Channel>>,
    /// The address.
    pub(super) peer: SocketAddr,
    /// What is done differently.
    pub(super) variation: &'w [Change],
}

/// What two sockets to one address know of each other.
#[derive(Default)]
struct Pair {
    /// Wakes the second when the first is done, whatever came of it.
    first_done: Notify,
    /// Set by the one that opens first.
    is_open: AtomicBool,
}

impl<N: Net> Way<'_, N> {
    /// By one socket.
    pub(super) async fn climb(&self) -> Vec<Attempt> {
        let permit = match self.shared.socket().await {
            Ok(permit) => permit,
            Err(why) => return self.not_climbed(Rung::Connect, why),
        };
        let pair = Pair::default();
        let attempts = self.climb_with(permit, 1, self.limit(), &pair).await;
        self.whole(attempts, &pair)
    }

    /// By one socket, and where half of the limit brings no answer by a second one as well: its own source port makes it
    /// another flow, which may take another way. Both end with the limit of the first.
    async fn climb_by_two(&self) -> Vec<Attempt> {
        let permit = match self.shared.socket().await {
            Ok(permit) => permit,
            Err(why) => return self.not_climbed(Rung::Connect, why),
        };
        let pair = Pair::default();
        let first = self.climb_with(permit, 1, self.limit(), &pair);
        let (mut attempts, second) = tokio::join!(first, self.look_again(&pair));
        attempts.extend(second);
        self.whole(attempts, &pair)
    }

    /// With the rungs that nobody reached.
    fn whole(&self, mut attempts: Vec<Attempt>, pair: &Pair) -> Vec<Attempt> {
        if !pair.is_open.load(Ordering::Relaxed) {
            let why = attempts.first().map_or(Why::OurFault, Attempt::why_not_above);
            attempts.extend(self.not_climbed(Rung::Handshake, why));
        }
        attempts
    }

    /// The second socket, where the first gets no answer in half of its limit.
    async fn look_again(&self, pair: &Pair) -> Vec<Attempt> {
        let limit = self.limit();
        let half = limit / 2;
        if timeout(half, pair.first_done.notified()).await.is_ok() {
            return Vec::new();
        }
        match self.shared.spare_socket() {
            Some(permit) => self.climb_with(Some(permit), 2, limit.saturating_sub(half), pair).await,
            None => vec![Attempt { attempt: 2, ..self.rung(Rung::Connect) }.not_tried(Why::TooMany)],
        }
    }

    async fn climb_with(
        &self,
        permit: Option<OwnedSemaphorePermit>,
        number: u8,
        limit: Duration,
        pair: &Pair,
    ) -> Vec<Attempt> {
        let attempt = Attempt { attempt: number, ..self.rung(Rung::Connect) };
        let (attempt, stream) = attempt.make(self.shared, connect(self.shared, self.peer, self.variation, limit)).await;
        pair.first_done.notify_one();
        let mut attempts = vec![attempt];
        if let Some(stream) = stream
            && !pair.is_open.swap(true, Ordering::Relaxed)
        {
            // Large, and not needed where nothing opens.
            Box::pin(self.go_on(stream, permit, &mut attempts)).await;
        }
        attempts
    }

    /// The rungs above an open connection.
    async fn go_on(&self, stream: N::Stream, permit: Option<OwnedSemaphorePermit>, attempts: &mut Vec<Attempt>) {
        let (shared, check, top) = (self.shared, self.check, self.top());
        if top < Rung::Handshake {
            return;
        }
        let hello = hello(shared, check, self.variation);
        let (attempt, secured) = self.rung(Rung::Handshake).make(shared, handshake(shared, stream, &hello)).await;
        let why = attempt.why_not_above();
        let is_trusted = is_trusted(&attempt);
        attempts.push(attempt);
        let Some(secured) = secured else {
            attempts.extend(self.not_climbed(Rung::Exchange, why));
            return;
        };
        let berth = self.berth.filter(|_| self.variation.is_empty());
        if let Some(berth) = berth.filter(|_| !is_trusted) {
            berth.arrive_untrusted();
        }
        let berth = berth.filter(|_| is_trusted);
        let open = |channel| Some(Open { peer: self.peer, channel, _permit: permit }).filter(|_| shared.may_keep());
        if top == Rung::Exchange {
            let (attempt, spoken) = self.rung(Rung::Exchange).make(shared, exchange(shared, secured, check)).await;
            attempts.push(attempt);
            if let (Some(berth), Some((channel, challenge))) = (berth, spoken) {
                berth.arrive(self.peer, open(channel), challenge);
            }
        } else if let (Some(berth), Ok(channel)) = (berth, shared.net.channel(secured).await) {
            berth.arrive(self.peer, open(channel), None);
        }
    }

    fn limit(&self) -> Duration {
        Duration::from_millis(self.shared.plan.limits.connect_ms)
    }

    fn top(&self) -> Rung {
        if self.variation.is_empty() { self.check.top } else { Rung::Handshake }
    }

    fn rung(&self, rung: Rung) -> Attempt {
        Attempt { peer: Some(self.peer), variation: self.variation.to_vec(), ..Attempt::new(rung) }
    }

    fn not_climbed(&self, from: Rung, why: Why) -> Vec<Attempt> {
        not_climbed_to(self.top(), Some(self.peer), from, why, self.variation)
    }
}

/// Whether a handshake showed a certificate that an ordinary client accepts: only then may a secret follow.
pub(super) fn is_trusted(attempt: &Attempt) -> bool {
    match &attempt.outcome {
        Outcome::Saw { seen: Seen::Handshake(shown) } => shown.trusted_by.is_some() && shown.problems.is_empty(),
        Outcome::Saw { .. } | Outcome::Failed { .. } | Outcome::NotTried { .. } => false,
    }
}

pub(super) async fn connect<N: Net>(
    shared: &Shared<N>,
    peer: SocketAddr,
    variation: &[Change],
    limit: Duration,
) -> Result<(N::Stream, Seen), Failed> {
    let (stream, connection) = shared.net.connect(peer, variation, limit).await?;
    Ok((stream, Seen::Connection(connection)))
}

pub(super) async fn handshake<N: Net>(
    shared: &Shared<N>,
    stream: N::Stream,
    hello: &Hello,
) -> Result<(N::Secured, Seen), Failed> {
    let limit = Duration::from_millis(shared.plan.limits.tls_ms);
    match shared.net.handshake(stream, hello, limit).await {
        Ok((secured, handshake)) => Ok((secured, Seen::Handshake(Box::new(handshake)))),
        Err((fault, handshake)) => Err(Failed { fault, handshake: Some(Box::new(handshake)) }),
    }
}

/// The unsigned question; the connection goes on, and with it how the other end asks for credentials.
async fn exchange<N: Net>(
    shared: &Shared<N>,
    secured: N::Secured,
    check: &Check,
) -> Result<((N::Channel, Option<String>), Seen), Failed> {
    let limit = Duration::from_millis(shared.plan.limits.http_ms);
    let question = check.question.as_ref().expect("a check that climbs to the exchange has a question");
    let mut channel = shared.net.channel(secured).await?;
    let reply = shared.net.exchange(&mut channel, &check.host, question, limit).await?;
    let challenge = reply.header("www-authenticate").map(str::to_owned);
    Ok(((channel, challenge), Seen::Response(Box::new(reply.response))))
}

pub(super) fn hello<N: Net>(shared: &Shared<N>, check: &Check, variation: &[Change]) -> Hello {
    Hello {
        host: check.host.clone(),
        other_name: variations::other_name(&shared.plan, check),
        variation: variation.to_vec(),
    }
}

/// The rungs that are not climbed, from one up to another.
pub(super) fn not_climbed_to(
    top: Rung,
    peer: Option<SocketAddr>,
    from: Rung,
    why: Why,
    variation: &[Change],
) -> Vec<Attempt> {
    [Rung::Connect, Rung::Handshake, Rung::Exchange]
        .into_iter()
        .filter(|rung| (from..=top).contains(rung))
        .map(|rung| Attempt {
            peer,
            variation: variation.to_vec(),
            outcome: Outcome::NotTried { why },
            ..Attempt::new(rung)
        })
        .collect()
}
