//! One check's ladder: every resolver, every address, every rung. A failure below never hides what is beside it.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::attempt::{Attempt, Failed};
use super::pace::TCP_PACKETS;
use super::{Shared, variations};
use crate::net::{Ask, Hello, Net};
use crate::observation::{Answer, Change, DnsTransport, Family, Fault, Outcome, Rung, Seen, Why};
use crate::plan::{Check, Plan, Resolver};

/// Addresses tried of all answers for one name.
const MAX_PEERS: usize = 32;

/// What one piece of a ladder comes back with.
enum Piece {
    Lookup { attempts: Vec<Attempt>, ips: Vec<IpAddr> },
    Climb(Vec<Attempt>),
}

/// Climb one check's ladder to its top.
pub(super) async fn climb<N: Net>(shared: &Arc<Shared<N>>, index: usize) -> Vec<Attempt> {
    let check = &shared.plan.checks[index];
    let mut ladder =
        Ladder { shared, index, pieces: JoinSet::new(), peers: HashSet::new(), attempts: Vec::new(), cut: false };
    match check.host.parse::<IpAddr>() {
        Ok(ip) => ladder.add_peer(ip),
        Err(_) => ladder.ask_everybody(),
    }
    ladder.finish().await
}

struct Ladder<'a, N> {
    shared: &'a Arc<Shared<N>>,
    index: usize,
    pieces: JoinSet<Piece>,
    peers: HashSet<SocketAddr>,
    attempts: Vec<Attempt>,
    cut: bool,
}

/// Whether an answer named more addresses than are kept of it.
fn is_cut(attempt: &Attempt) -> bool {
    match &attempt.outcome {
        Outcome::Saw { seen: Seen::Answer(answer) } => answer.address_count > answer.addresses.len(),
        Outcome::Saw { .. } | Outcome::Failed { .. } | Outcome::NotTried { .. } => false,
    }
}

impl<N: Net> Ladder<'_, N> {
    fn ask_everybody(&mut self) {
        for resolver in self.shared.plan.resolvers.clone() {
            for family in [Family::A, Family::Aaaa] {
                let (shared, index) = (Arc::clone(self.shared), self.index);
                self.pieces.spawn(async move { look_up(&shared, index, resolver, family).await });
            }
        }
    }

    fn add_peer(&mut self, ip: IpAddr) {
        let check = &self.shared.plan.checks[self.index];
        let peer = SocketAddr::new(ip, check.port);
        if check.top < Rung::Connect || !self.peers.insert(peer) {
            return;
        }
        if self.peers.len() > MAX_PEERS {
            let skipped = not_climbed(check, Some(peer), Rung::Connect, Why::TooMany);
            self.attempts.extend(skipped);
            return;
        }
        let (shared, index) = (Arc::clone(self.shared), self.index);
        self.pieces.spawn(async move { Piece::Climb(climb_peer(&shared, index, peer).await) });
    }

    async fn finish(mut self) -> Vec<Attempt> {
        while let Some(joined) = self.pieces.join_next().await {
            match joined {
                Ok(Piece::Lookup { attempts, ips }) => {
                    self.cut |= attempts.iter().any(is_cut);
                    self.attempts.extend(attempts);
                    for ip in ips {
                        self.add_peer(ip);
                    }
                }
                Ok(Piece::Climb(attempts)) => self.attempts.extend(attempts),
                Err(_) => self.attempts.push(Attempt::new(Rung::Resolve).not_tried(Why::OurFault)),
            }
        }
        if self.cut {
            // Once a check: what the resolver named beyond the addresses that are kept of one answer.
            self.attempts.push(Attempt::new(Rung::Connect).not_tried(Why::TooMany));
        }
        if self.peers.is_empty() {
            let why = self.shared.stop.why().unwrap_or(Why::NoAddress);
            let check = &self.shared.plan.checks[self.index];
            let skipped = not_climbed(check, None, Rung::Connect, why);
            self.attempts.extend(skipped);
        }
        self.attempts
    }
}

/// Ask one resolver for one kind of address; where it stays silent, once more, because datagrams get lost.
async fn look_up<N: Net>(shared: &Shared<N>, index: usize, resolver: Resolver, family: Family) -> Piece {
    let mut attempts = Vec::new();
    for number in 1..=2 {
        let attempt = Attempt {
            attempt: number,
            resolver: Some(resolver.address),
            question: Some(family),
            ..Attempt::new(Rung::Resolve)
        };
        let (attempt, ips) = attempt.ask(shared, index, resolver, family).await;
        let is_silence = attempt.fault().is_some_and(Fault::is_silence);
        attempts.push(attempt);
        if let Some(ips) = ips {
            return Piece::Lookup { attempts, ips };
        }
        if !is_silence {
            break;
        }
    }
    Piece::Lookup { attempts, ips: Vec::new() }
}

impl Attempt {
    async fn ask<N: Net>(
        self,
        shared: &Shared<N>,
        index: usize,
        resolver: Resolver,
        family: Family,
    ) -> (Self, Option<Vec<IpAddr>>) {
        // Waiting for our turn is no part of the answer's time.
        let turn = async {
            let _line = shared.line.lock().await;
            let permit = shared.sockets.acquire().await;
            shared.pace.wait(1).await;
            permit
        };
        let _permit = match shared.stop.or(turn).await {
            Ok(permit) => permit,
            Err(why) => return (self.not_tried(why), None),
        };
        let name = shared.plan.checks[index].host.clone();
        let ask = Ask { resolver: resolver.address, name, family, transport: DnsTransport::Udp };
        self.make(shared, async {
            let answer = resolve(shared, ask).await?;
            let ips = answer.addresses.iter().map(|address| address.ip).collect();
            Ok((ips, Seen::Answer(answer)))
        })
        .await
    }
}

/// Over UDP, and over TCP where that was truncated.
async fn resolve<N: Net>(shared: &Shared<N>, ask: Ask) -> Result<Answer, Fault> {
    let limit = Duration::from_millis(shared.plan.limits.dns_ms);
    let answer = shared.net.resolve(&ask, limit).await?;
    if !answer.truncated {
        return Ok(answer);
    }
    shared.pace.wait(TCP_PACKETS).await;
    let ask = Ask { transport: DnsTransport::Tcp, ..ask };
    match shared.net.resolve(&ask, limit).await {
        Ok(whole) => Ok(Answer { truncated: true, ..whole }),
        Err(fault) => Err(Fault::TruncatedThenTcp { fault: Box::new(fault) }),
    }
}

/// The rungs above the name, for one address; and where the handshake failed, its variations.
async fn climb_peer<N: Net>(shared: &Arc<Shared<N>>, index: usize, peer: SocketAddr) -> Vec<Attempt> {
    let mut attempts = climb_once(shared, index, peer, &[]).await;
    if variations::are_wanted(&attempts) {
        attempts.extend(if shared.may_vary() {
            variations::try_all(shared, index, peer).await
        } else {
            variations::leave_all(peer)
        });
    }
    attempts
}

/// The rungs above the name, for one address, one way.
pub(super) async fn climb_once<N: Net>(
    shared: &Shared<N>,
    index: usize,
    peer: SocketAddr,
    variation: &[Change],
) -> Vec<Attempt> {
    let check = &shared.plan.checks[index];
    let top = if variation.is_empty() { check.top } else { Rung::Handshake };
    let permit = shared.stop.or(shared.sockets.acquire()).await;
    if let Err(why) = permit {
        return not_climbed_to(top, Some(peer), Rung::Connect, why, variation);
    }
    let rung = |rung| Attempt { peer: Some(peer), variation: variation.to_vec(), ..Attempt::new(rung) };
    let mut attempts = Vec::new();

    let (attempt, stream) = rung(Rung::Connect).make(shared, connect(shared, peer, variation)).await;
    let why = attempt.why_not_above();
    attempts.push(attempt);
    let Some(stream) = stream else {
        attempts.extend(not_climbed_to(top, Some(peer), Rung::Handshake, why, variation));
        return attempts;
    };
    if top < Rung::Handshake {
        return attempts;
    }
    let hello = hello(shared, check, variation);
    let (attempt, secured) = rung(Rung::Handshake).make(shared, handshake(shared, stream, &hello)).await;
    let why = attempt.why_not_above();
    attempts.push(attempt);
    let Some(secured) = secured else {
        attempts.extend(not_climbed_to(top, Some(peer), Rung::Exchange, why, variation));
        return attempts;
    };
    if top == Rung::Exchange {
        let (attempt, _) = rung(Rung::Exchange).make(shared, exchange(shared, secured, check)).await;
        attempts.push(attempt);
    }
    attempts
}

async fn connect<N: Net>(
    shared: &Shared<N>,
    peer: SocketAddr,
    variation: &[Change],
) -> Result<(N::Stream, Seen), Failed> {
    let limit = Duration::from_millis(shared.plan.limits.connect_ms);
    let (stream, connection) = shared.net.connect(peer, variation, limit).await?;
    Ok((stream, Seen::Connection(connection)))
}

async fn handshake<N: Net>(shared: &Shared<N>, stream: N::Stream, hello: &Hello) -> Result<(N::Secured, Seen), Failed> {
    let limit = Duration::from_millis(shared.plan.limits.tls_ms);
    match shared.net.handshake(stream, hello, limit).await {
        Ok((secured, handshake)) => Ok((secured, Seen::Handshake(Box::new(handshake)))),
        Err((fault, handshake)) => Err(Failed { fault, handshake: Some(Box::new(handshake)) }),
    }
}

async fn exchange<N: Net>(shared: &Shared<N>, secured: N::Secured, check: &Check) -> Result<((), Seen), Failed> {
    let limit = Duration::from_millis(shared.plan.limits.http_ms);
    let question = check.question.as_ref().expect("a check that climbs to the exchange has a question");
    let response = shared.net.exchange(secured, &check.host, question, limit).await?;
    Ok(((), Seen::Response(Box::new(response))))
}

fn hello<N>(shared: &Shared<N>, check: &Check, variation: &[Change]) -> Hello {
    Hello {
        host: check.host.clone(),
        other_name: variations::other_name(&shared.plan, check),
        variation: variation.to_vec(),
    }
}

/// Every attempt that is planned before anything is known of a check.
pub(super) fn not_begun(plan: &Plan, check: &Check, why: Why) -> Vec<Attempt> {
    let is_name = check.host.parse::<IpAddr>().is_err();
    let mut attempts = Vec::new();
    for resolver in plan.resolvers.iter().filter(|_| is_name) {
        for family in [Family::A, Family::Aaaa] {
            let attempt =
                Attempt { resolver: Some(resolver.address), question: Some(family), ..Attempt::new(Rung::Resolve) };
            attempts.push(attempt.not_tried(why));
        }
    }
    attempts.extend(not_climbed(check, None, Rung::Connect, why));
    attempts
}

/// The rungs that are not climbed, from one up to the check's top.
fn not_climbed(check: &Check, peer: Option<SocketAddr>, from: Rung, why: Why) -> Vec<Attempt> {
    not_climbed_to(check.top, peer, from, why, &[])
}

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
