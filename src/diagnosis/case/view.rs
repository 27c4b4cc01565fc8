//! One check and everything seen of it.

use std::net::{IpAddr, SocketAddr};

use super::{Asked, Class, Name};
use crate::observation::{Change, Fault, Observation, Outcome, Response, Seen, Why};
use crate::plan::{Check, Deed, Plan, Role, Rung};

/// One check and everything seen of it.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// What was to be examined.
    pub check: &'a Check,
    /// What each resolver said, in the plan's order.
    pub asked: Vec<Asked<'a>>,
    /// What became of each address, in the order of the observations.
    pub peers: Vec<Peer<'a>>,
    /// The requests of a replayed step, in the order in which they were made.
    pub attempts: Vec<Attempt<'a>>,
}

/// A planned attempt and its tries. Of questions and requests, which are made again one after the other, the last counts;
/// of two sockets to one address the one that was answered.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// The try that counts.
    pub last: &'a Observation,
    /// The others.
    pub others: Vec<&'a Observation>,
}

/// One address and what became of it.
#[derive(Clone, Debug)]
pub struct Peer<'a> {
    /// Where.
    pub address: SocketAddr,
    /// What kind of address it is.
    pub class: Class,
    /// Whether the platform would use it: the configured resolvers name it, or none of them names any.
    pub bears: bool,
    /// The ordinary connection.
    pub connect: Option<Attempt<'a>>,
    /// The ordinary handshake.
    pub handshake: Option<Attempt<'a>>,
    /// The ordinary exchange.
    pub exchange: Option<Attempt<'a>>,
    /// What was done differently, and what came of it.
    pub variations: Vec<Variation<'a>>,
}

/// A connection and handshake that were done differently.
#[derive(Clone, Debug)]
pub struct Variation<'a> {
    /// How.
    pub changes: &'a [Change],
    /// Its connection, where it has one of its own.
    pub connect: Option<Attempt<'a>>,
    /// Its handshake.
    pub handshake: Option<Attempt<'a>>,
}

/// What came of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reached<'a> {
    /// It opened.
    Connected,
    /// It did not, and that says something of the network.
    Failed(&'a Fault),
    /// Nothing is known.
    Unknown,
}

impl<'a> View<'a> {
    /// Arrange what was seen of one check.
    pub fn new(plan: &'a Plan, check: &'a Check, seen: &[&'a Observation]) -> Self {
        let asked = plan.resolvers.iter().filter_map(|resolver| Asked::new(plan, *resolver, seen)).collect();
        let mut view = Self { check, asked, peers: Vec::new(), attempts: Vec::new() };
        if check.role == Role::Step {
            view.attempts = requests(seen);
            return view;
        }
        view.peers = addresses(seen).into_iter().map(|address| view.peer(plan, address, seen)).collect();
        view
    }

    fn peer(&self, plan: &Plan, address: SocketAddr, seen: &[&'a Observation]) -> Peer<'a> {
        let here: Vec<_> = seen.iter().copied().filter(|seen| seen.peer == Some(address)).collect();
        let of = |rung| here.iter().copied().filter(move |seen| seen.is_ordinary() && seen.rung == rung);
        let ordinary = |rung| attempt(of(rung));
        Peer {
            address,
            class: self.class(plan, address.ip()),
            bears: self.is_used(address.ip()),
            connect: connection(of(Rung::Connect)),
            handshake: ordinary(Rung::Handshake),
            exchange: ordinary(Rung::Exchange),
            variations: variations(&here),
        }
    }

    /// Private where any resolver's answer shows it so.
    fn class(&self, plan: &Plan, ip: IpAddr) -> Class {
        let answers = self.asked.iter().map(Asked::addresses).filter(|answer| answer.contains(&ip));
        let alone = Class::of(ip, &[], &plan.place);
        answers.map(|answer| Class::of(ip, &answer, &plan.place)).fold(alone, Class::min)
    }

    fn is_used(&self, ip: IpAddr) -> bool {
        let mut used = self.asked.iter().filter(|asked| asked.bears).map(Asked::addresses).peekable();
        let mut none = true;
        used.any(|answer| {
            none &= answer.is_empty();
            answer.contains(&ip)
        }) || none
    }

    /// Whether the task start needs it or somebody asked for it: it is neither a control nor the own name.
    pub fn is_subject(&self) -> bool {
        match self.check.role {
            Role::Start | Role::Extra => true,
            Role::Control | Role::OwnName | Role::Identity | Role::Step => false,
        }
    }

    /// Whether it is a step of the replay that the task start needs.
    pub fn is_step(&self) -> bool {
        self.check.step.as_ref().is_some_and(|step| step.deed != Deed::Identity)
    }

    /// Whether a step was left undone for a reason that is not its own: what it goes over failed, or nothing of it was asked.
    pub fn is_undone(&self) -> bool {
        let is_left = |attempt: &Attempt<'_>| match attempt.last.outcome {
            Outcome::Saw { .. } | Outcome::Failed { .. } => false,
            Outcome::NotTried { why } => why != Why::NotAsked,
        };
        let is_asked = |attempt: &Attempt<'_>| !matches!(attempt.last.outcome, Outcome::NotTried { .. });
        self.is_step() && (self.attempts.iter().any(is_left) || !self.attempts.iter().any(is_asked))
    }

    /// What names the endpoint: its service name, or the host where there is none.
    pub fn endpoint(&self) -> &'a str {
        self.check.endpoint_service.as_deref().unwrap_or(&self.check.host)
    }

    /// The addresses that the platform would use.
    pub fn used_peers(&self) -> impl Iterator<Item = &Peer<'a>> {
        self.peers.iter().filter(|peer| peer.bears)
    }

    /// Whether the platform gets an address at all: from a configured resolver, or because none is needed.
    pub fn is_named(&self) -> bool {
        let mut used = self.asked.iter().filter(|asked| asked.bears);
        self.asked.is_empty() || used.any(|asked| matches!(asked.name(), Name::Addresses(_)))
    }

    /// What the VPC's own resolver was asked and said.
    pub fn vpc(&self) -> Option<&Asked<'a>> {
        self.asked.iter().find(|asked| asked.resolver.vpc)
    }

    /// Whether a configured resolver gives a public address or none, where the VPC's own gives a private one.
    pub fn is_bypassed(&self, plan: &Plan) -> bool {
        let private = |asked: &Asked<'a>| asked.classes(plan).contains(&Class::Private);
        self.vpc().is_some_and(private) && self.bypassing(plan).next().is_some()
    }

    /// The configured resolvers that do not give the private address.
    pub fn bypassing<'v>(&'v self, plan: &'v Plan) -> impl Iterator<Item = &'v Asked<'a>> {
        self.asked.iter().filter(|asked| asked.bears && !asked.resolver.vpc).filter(|asked| match asked.name() {
            Name::Addresses(_) => !asked.classes(plan).contains(&Class::Private),
            Name::Nowhere(_) | Name::NotFound(_) | Name::Empty(_) => true,
            Name::Failure(_) | Name::Silent(_) | Name::NotLooked => false,
        })
    }

    /// Whether something that was to be looked at was not.
    pub fn is_incomplete(&self, plan: &Plan) -> bool {
        if self.check.role == Role::Step {
            return self.attempts.is_empty() || self.attempts.iter().any(Attempt::is_blind);
        }
        let asked = self.asked.iter().filter(|asked| asked.bears || plan.place.inside_vpc);
        let mut lookups = asked.flat_map(|asked| &asked.lookups);
        let named = self.asked.iter().any(|asked| asked.bears && matches!(asked.name(), Name::Addresses(_)));
        let climbed = self.peers.iter().any(|peer| peer.bears) || self.check.top == Rung::Resolve;
        let mut used = self.asked.iter().filter(|asked| asked.bears).peekable();
        // Outside a VPC its resolver's silence says nothing, and there is no other to ask.
        let unheard = used.peek().is_some()
            && used.all(|asked| asked.resolver.vpc && matches!(asked.name(), Name::Silent(_)))
            && !plan.place.inside_vpc;
        (self.asked.is_empty() && self.peers.is_empty())
            || unheard
            || (named && !climbed)
            || lookups.any(Attempt::is_blind)
            || self.used_peers().any(|peer| peer.is_blind(self.check.top))
    }
}

impl<'a> Attempt<'a> {
    /// How it failed, where that says something of the network.
    pub fn network_fault(&self) -> Option<&'a Fault> {
        self.last.fault().filter(|fault| !fault.could_not_look())
    }

    /// Whether it says nothing of the network: our own fault, the deadline, a signal.
    pub fn is_blind(&self) -> bool {
        match &self.last.outcome {
            Outcome::Saw { .. } => false,
            Outcome::Failed { fault, .. } => fault.could_not_look(),
            Outcome::NotTried { why } => match why {
                Why::Deadline | Why::Signal | Why::NoSocket | Why::OurFault | Why::OtherRound => true,
                Why::BelowFailed
                | Why::NoAddress
                | Why::TooMany
                | Why::NoCredentials
                | Why::Untrusted
                | Why::NotAsked => false,
            },
        }
    }

    /// Every try, the one that counts first.
    pub fn tries(&self) -> impl Iterator<Item = &'a Observation> + '_ {
        std::iter::once(self.last).chain(self.others.iter().copied())
    }

    /// The other tries that got no answer, where the one that counts did.
    pub fn lost(&self) -> Vec<&'a Observation> {
        if self.last.seen().is_none() {
            return Vec::new();
        }
        let faulty = |seen: &&Observation| seen.fault().is_some_and(|fault| !fault.could_not_look());
        self.others.iter().copied().filter(faulty).collect()
    }
}

impl<'a> Peer<'a> {
    /// What came of the connection.
    pub fn reached(&self) -> Reached<'a> {
        let Some(connect) = &self.connect else { return Reached::Unknown };
        match (connect.last.seen(), connect.network_fault()) {
            (Some(_), _) => Reached::Connected,
            (None, Some(fault)) => Reached::Failed(fault),
            (None, None) => Reached::Unknown,
        }
    }

    /// Whether the connection opened.
    pub fn connected(&self) -> bool {
        self.reached() == Reached::Connected
    }

    /// Whether nothing at all came back.
    pub fn is_silent(&self) -> bool {
        match self.reached() {
            Reached::Failed(fault) => fault.is_silence(),
            Reached::Connected | Reached::Unknown => false,
        }
    }

    /// The HTTP answer.
    pub fn response(&self) -> Option<&'a Response> {
        match self.exchange.as_ref()?.last.seen()? {
            Seen::Response(response) => Some(response),
            Seen::Answer(_) | Seen::Connection(_) | Seen::Handshake(_) => None,
        }
    }

    /// What came of exactly these changes, in any order.
    pub fn variation(&self, changes: &[Change]) -> Option<&Variation<'a>> {
        let same =
            |other: &[Change]| other.len() == changes.len() && other.iter().all(|change| changes.contains(change));
        self.variations.iter().find(|variation| same(variation.changes))
    }

    fn is_blind(&self, top: Rung) -> bool {
        let rungs =
            [(Rung::Connect, &self.connect), (Rung::Handshake, &self.handshake), (Rung::Exchange, &self.exchange)];
        for (rung, attempt) in rungs {
            match attempt {
                _ if rung > top => return false,
                None => return true,
                Some(attempt) if attempt.is_blind() => return true,
                Some(attempt) if attempt.last.seen().is_none() => return false,
                Some(_) => {}
            }
        }
        false
    }
}

impl<'a> Variation<'a> {
    /// Whether its handshake got an answer: any handshake at all, or an alert.
    pub fn answered(&self) -> bool {
        let alert = |fault: &Fault| matches!(fault, Fault::TlsAlert { .. });
        self.handshake
            .as_ref()
            .is_some_and(|attempt| attempt.last.seen().is_some() || attempt.network_fault().is_some_and(alert))
    }

    /// How it failed, at whichever rung, where that says something of the network.
    pub fn fault(&self) -> Option<&'a Fault> {
        let fault = |attempt: &Option<Attempt<'a>>| attempt.as_ref().and_then(Attempt::network_fault);
        fault(&self.handshake).or_else(|| fault(&self.connect))
    }

    /// Its observations that count.
    pub fn seen(&self) -> Vec<&'a Observation> {
        [&self.connect, &self.handshake].into_iter().flatten().map(|attempt| attempt.last).collect()
    }
}

/// The last of these tries, and those before it.
pub fn attempt<'a>(tries: impl Iterator<Item = &'a Observation>) -> Option<Attempt<'a>> {
    let mut tries: Vec<_> = tries.collect();
    crate::order::by_key(&mut tries, |seen| seen.attempt);
    let last = tries.pop()?;
    Some(Attempt { last, others: tries })
}

/// The socket that counts of those to one address, and the others: the first that opened, or else the one of which most is
/// known, whichever began first.
fn connection<'a>(tries: impl Iterator<Item = &'a Observation>) -> Option<Attempt<'a>> {
    let mut tries: Vec<_> = tries.collect();
    crate::order::by_key(&mut tries, |seen| (worth(seen), seen.attempt));
    let mut tries = tries.into_iter();
    Some(Attempt { last: tries.next()?, others: tries.collect() })
}

/// The less the more it says, and of those that opened the sooner the less.
fn worth(seen: &Observation) -> (u8, u64) {
    match &seen.outcome {
        Outcome::Saw { .. } => (0, seen.at_ms + seen.took_ms),
        Outcome::Failed { fault, .. } if fault.could_not_look() => (3, 0),
        Outcome::Failed { fault, .. } => (1 + u8::from(fault.is_silence()), 0),
        Outcome::NotTried { .. } => (4, 0),
    }
}

/// The requests of a step in their order; a second try of one stands with the first.
fn requests<'a>(seen: &[&'a Observation]) -> Vec<Attempt<'a>> {
    let mut requests: Vec<Attempt<'a>> = Vec::new();
    for &last in seen {
        let same = |request: &&mut Attempt<'a>| last.attempt > 1 && request.last.step == last.step;
        match requests.iter_mut().rev().find(same) {
            Some(request) => request.others.push(std::mem::replace(&mut request.last, last)),
            None => requests.push(Attempt { last, others: Vec::new() }),
        }
    }
    requests
}

fn addresses(seen: &[&Observation]) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for peer in seen.iter().filter_map(|seen| seen.peer) {
        if !addresses.contains(&peer) {
            addresses.push(peer);
        }
    }
    addresses
}

fn variations<'a>(here: &[&'a Observation]) -> Vec<Variation<'a>> {
    let mut kinds: Vec<&'a [Change]> = Vec::new();
    for seen in here.iter().filter(|seen| !seen.is_ordinary()) {
        if !kinds.contains(&seen.variation.as_slice()) {
            kinds.push(&seen.variation);
        }
    }
    let of = |changes: &'a [Change], rung| {
        attempt(here.iter().copied().filter(move |seen| seen.variation == changes && seen.rung == rung))
    };
    kinds
        .into_iter()
        .map(|changes| Variation {
            changes,
            connect: of(changes, Rung::Connect),
            handshake: of(changes, Rung::Handshake),
        })
        .collect()
}
