//! One check's ladder: every resolver, every address, every rung. A failure below never hides what is beside it.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::Shared;
use super::attempt::Attempt;
use super::berth::Berth;
use super::climb::{climb_peer, not_climbed_to};
use super::pace::TCP_PACKETS;
use crate::net::{Ask, Net};
use crate::observation::{Answer, DnsTransport, Family, Fault, Outcome, Rung, Seen, Why};
use crate::plan::{Check, Plan, Resolver};

/// Addresses tried of all answers for one name.
const MAX_PEERS: usize = 32;

/// What one piece of a ladder comes back with.
enum Piece {
    Lookup { attempts: Vec<Attempt>, ips: Vec<IpAddr> },
    Climb(Vec<Attempt>),
}

/// Climb one check's ladder to its top, and leave the connections in its berth where the replay may want them.
pub(super) async fn climb<N: Net>(
    shared: &Arc<Shared<N>>,
    check: &Arc<Check>,
    berth: Option<Arc<Berth<N::Channel>>>,
) -> Vec<Attempt> {
    let rung = Climb { check: Arc::clone(check), berth };
    let mut ladder =
        Ladder { shared, rung, pieces: JoinSet::new(), peers: HashSet::new(), attempts: Vec::new(), cut: false };
    match check.host.parse::<IpAddr>() {
        Ok(ip) => ladder.add_peer(ip),
        Err(_) => ladder.ask_everybody(),
    }
    ladder.finish().await
}

/// What is climbed, and where its connections are left.
pub(super) struct Climb<N: Net> {
    pub(super) check: Arc<Check>,
    pub(super) berth: Option<Arc<Berth<N::Channel>>>,
}

impl<N: Net> Clone for Climb<N> {
    fn clone(&self) -> Self {
        Self { check: Arc::clone(&self.check), berth: self.berth.clone() }
    }
}

struct Ladder<'a, N: Net> {
    shared: &'a Arc<Shared<N>>,
    rung: Climb<N>,
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
                let (shared, check) = (Arc::clone(self.shared), Arc::clone(&self.rung.check));
                self.pieces.spawn(async move { look_up(&shared, &check, resolver, family).await });
            }
        }
    }

    fn add_peer(&mut self, ip: IpAddr) {
        let check = &self.rung.check;
        let peer = SocketAddr::new(ip, check.port);
        if check.top < Rung::Connect || !self.peers.insert(peer) {
            return;
        }
        if self.peers.len() > MAX_PEERS {
            let skipped = not_climbed(check, Some(peer), Rung::Connect, Why::TooMany);
            self.attempts.extend(skipped);
            return;
        }
        let (shared, rung) = (Arc::clone(self.shared), self.rung.clone());
        self.pieces.spawn(async move { Piece::Climb(climb_peer(&shared, &rung, peer).await) });
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
            let skipped = not_climbed(&self.rung.check, None, Rung::Connect, why);
            self.attempts.extend(skipped);
        }
        self.attempts
    }
}

/// Ask one resolver for one kind of address; where it stays silent, once more, because datagrams get lost.
async fn look_up<N: Net>(shared: &Shared<N>, check: &Check, resolver: Resolver, family: Family) -> Piece {
    let mut attempts = Vec::new();
    for number in 1..=2 {
        let attempt = Attempt {
            attempt: number,
            resolver: Some(resolver.address),
            question: Some(family),
            ..Attempt::new(Rung::Resolve)
        };
        let (attempt, ips) = attempt.ask(shared, check, resolver, family).await;
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
        check: &Check,
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
        let name = check.host.clone();
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
