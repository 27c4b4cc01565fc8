//! Everything that went wrong and needs a cause. Rules take from it what they explain; nothing is explained twice.

mod steps;

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use super::case::{Asked, Attempt, Case, Class, Name, Peer, Reached, View, is_unreachable};
use super::recognise::{Recognition, recognise};
use super::{ObservedRoute, Severity};
use crate::observation::{Fault, Observation, TrustedBy};
use crate::plan::{CheckId, Route};

pub use steps::creates_group;

/// One thing that went wrong with one check.
#[derive(Clone, Debug)]
pub struct Trouble<'c> {
    /// The check and everything seen of it.
    pub view: &'c View<'c>,
    /// Where on the ladder, and with whom.
    pub stage: Stage,
    /// How an attempt failed, where one did.
    pub fault: Option<&'c Fault>,
    /// What shows it.
    pub evidence: Vec<&'c Observation>,
    /// Whether the platform meets it too: then a required check fails by it.
    pub bears: bool,
}

/// Where on the ladder something went wrong, and with whom.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// A resolver did not answer a question.
    Resolver(SocketAddr),
    /// A resolver answered, and gave no address that could be used.
    Name(SocketAddr),
    /// An address did not accept the connection.
    Connect(SocketAddr),
    /// A handshake was not finished.
    Handshake(SocketAddr),
    /// A handshake was finished with a certificate that is no good.
    Certificate(SocketAddr),
    /// A request got no HTTP answer.
    Exchange(SocketAddr),
    /// The HTTP answer is not that of the service, or the service fails.
    Answer(SocketAddr),
    /// The route is not the one that is asserted.
    Route,
    /// A rung took longer than it should, or tries were lost.
    Slow,
    /// A request of a replayed step failed, or its answer is not as it should be.
    Step,
}

impl Stage {
    /// The address that was tried.
    pub fn peer(self) -> Option<SocketAddr> {
        match self {
            Self::Connect(peer)
            | Self::Handshake(peer)
            | Self::Certificate(peer)
            | Self::Exchange(peer)
            | Self::Answer(peer) => Some(peer),
            Self::Resolver(_) | Self::Name(_) | Self::Route | Self::Slow | Self::Step => None,
        }
    }

    /// The resolver that was asked.
    pub fn resolver(self) -> Option<SocketAddr> {
        match self {
            Self::Resolver(resolver) | Self::Name(resolver) => Some(resolver),
            Self::Connect(_)
            | Self::Handshake(_)
            | Self::Certificate(_)
            | Self::Exchange(_)
            | Self::Answer(_)
            | Self::Route
            | Self::Slow
            | Self::Step => None,
        }
    }
}

impl<'c> Trouble<'c> {
    /// The address that was tried, with everything that came of it.
    pub fn peer(&self) -> Option<&'c Peer<'c>> {
        let address = self.stage.peer()?;
        self.view.peers.iter().find(|peer| peer.address == address)
    }

    /// The address that was tried, by a ladder or over one.
    pub fn at(&self) -> Option<SocketAddr> {
        self.stage.peer().or_else(|| self.evidence.first()?.peer)
    }

    /// The host that was asked: a step may go on from one to another.
    pub fn host(&self) -> &'c str {
        let elsewhere = self.evidence.first().and_then(|seen| seen.step.as_ref()?.host.as_deref());
        elsewhere.unwrap_or(&self.view.check.host)
    }

    /// What the resolver said that the trouble is with.
    pub fn asked(&self) -> Option<&'c Asked<'c>> {
        let address = self.stage.resolver()?;
        self.view.asked.iter().find(|asked| asked.resolver.address == address)
    }

    /// What the resolver that answered said of the name.
    pub fn name(&self) -> Option<Name<'c>> {
        match self.stage {
            Stage::Name(_) => self.asked().map(Asked::name),
            Stage::Resolver(_)
            | Stage::Connect(_)
            | Stage::Handshake(_)
            | Stage::Certificate(_)
            | Stage::Exchange(_)
            | Stage::Answer(_)
            | Stage::Route
            | Stage::Slow
            | Stage::Step => None,
        }
    }

    /// Whether a resolver did not answer this question, nor any other of the run.
    pub fn is_silent_resolver(&self, case: &Case<'_>) -> bool {
        let asked = self.asked().filter(|_| matches!(self.stage, Stage::Resolver(_)));
        asked.is_some_and(|asked| !case.answers(&asked.resolver))
    }

    /// Whether it is with the VPC's own resolver.
    pub fn is_vpc_resolver(&self) -> bool {
        self.asked().is_some_and(|asked| asked.resolver.vpc)
    }

    /// Whether a TCP connection stayed without any answer, to an address of this class.
    pub fn is_silent_connect(&self, class: Class) -> bool {
        matches!(self.stage, Stage::Connect(_))
            && self.fault.is_some_and(Fault::is_silence)
            && self.peer().is_some_and(|peer| peer.class == class)
    }

    /// Error where a required check fails by it.
    pub fn severity(&self) -> Severity {
        let fails = self.bears && self.view.check.required && self.stage != Stage::Slow;
        if fails { Severity::Error } else { Severity::Warning }
    }
}

/// What still needs a cause.
#[derive(Debug)]
pub struct Ledger<'c> {
    open: Vec<Trouble<'c>>,
    entered: HashSet<&'c CheckId>,
}

impl<'c> Ledger<'c> {
    /// Everything that went wrong in the case.
    pub fn new(case: &'c Case<'c>) -> Self {
        let expected = |view: &&View<'_>| view.is_subject() && view.check.expect != Route::Blocked;
        let mut open: Vec<_> = case.views.iter().filter(expected).flat_map(|view| troubles(case, view)).collect();
        let blocked = case.subjects().filter(|view| view.check.expect == Route::Blocked);
        open.extend(blocked.flat_map(|view| names(case, view)).filter(is_unasked));
        open.extend(case.subjects().filter_map(|view| route(case, view)));
        open.extend(case.steps().flat_map(|view| steps::troubles(case, view)));
        let worse = open.iter().filter(|trouble| trouble.stage != Stage::Slow);
        let entered = worse.map(|trouble| &trouble.view.check.id).collect();
        Self { open, entered }
    }

    /// Take what the rule explains; later rules no longer see it.
    pub fn take(&mut self, explained: impl FnMut(&Trouble<'c>) -> bool) -> Vec<Trouble<'c>> {
        let mut explained = explained;
        self.open.extract_if(.., |trouble| explained(trouble)).collect()
    }

    /// Whether anything worse than slowness was ever entered for the check.
    pub fn has_trouble(&self, view: &View<'_>) -> bool {
        self.entered.contains(&view.check.id)
    }

    /// What still needs a cause.
    pub fn open(&self) -> &[Trouble<'c>] {
        &self.open
    }
}

fn troubles<'c>(case: &'c Case<'c>, view: &'c View<'c>) -> Vec<Trouble<'c>> {
    let mut troubles = names(case, view);
    for peer in view.peers.iter().filter(|peer| is_of_interest(view, peer)) {
        troubles.extend(connect(case, view, peer).or_else(|| above(view, peer)));
    }
    troubles.extend(slow(case, view));
    troubles
}

/// Addresses that only the comparison names matter where they are what the configured resolver should have named.
fn is_of_interest(view: &View<'_>, peer: &Peer<'_>) -> bool {
    match peer.class {
        Class::Private => true,
        Class::Public => peer.bears,
        // An answer that leads nowhere is told of the name; an address that was asked for by itself has no name.
        Class::Nowhere => view.asked.is_empty(),
    }
}

/// Whether a resolver said nothing of the name: that something is blocked is not shown by that.
fn is_unasked(trouble: &Trouble<'_>) -> bool {
    let failed = |at| {
        trouble.view.asked.iter().any(|asked| asked.resolver.address == at && matches!(asked.name(), Name::Failure(_)))
    };
    match trouble.stage {
        Stage::Resolver(_) => true,
        Stage::Name(at) => failed(at),
        Stage::Connect(_)
        | Stage::Handshake(_)
        | Stage::Certificate(_)
        | Stage::Exchange(_)
        | Stage::Answer(_)
        | Stage::Route
        | Stage::Slow
        | Stage::Step => false,
    }
}

fn names<'c>(case: &'c Case<'c>, view: &'c View<'c>) -> Vec<Trouble<'c>> {
    let blamed = |asked: &&Asked<'c>| case.plan.place.inside_vpc || !asked.resolver.vpc;
    // A comparison that the task has no address for is none.
    let reached = |trouble: &Trouble<'_>| {
        let at = trouble.stage.resolver().filter(|at| lacks_family(case, *at));
        trouble.bears || at.is_none() || !trouble.fault.is_some_and(is_unreachable)
    };
    view.asked.iter().filter(blamed).filter_map(|asked| name(view, asked)).filter(reached).collect()
}

fn name<'c>(view: &'c View<'c>, asked: &'c Asked<'c>) -> Option<Trouble<'c>> {
    let at = asked.resolver.address;
    let fault = asked.failed().next().map(|(_, fault)| fault);
    let bears = asked.bears && is_met(view, asked);
    let trouble = |stage, fault, evidence, bears| Some(Trouble { view, stage, fault, evidence, bears });
    match asked.name() {
        Name::NotLooked => None,
        // One family answers and the other does not: late, and not fatal.
        Name::Addresses(_) => {
            fault?;
            trouble(Stage::Resolver(at), fault, asked.failed().map(|(seen, _)| seen).collect(), false)
        }
        Name::Silent(fault) => trouble(Stage::Resolver(at), Some(fault), asked.seen(), bears),
        // That the VPC's resolver knows nothing of a name that is not AWS's is as it should be.
        Name::Nowhere(_) | Name::NotFound(_) | Name::Empty(_) | Name::Failure(_)
            if !asked.bears && view.check.region.is_none() =>
        {
            None
        }
        Name::Nowhere(_) | Name::NotFound(_) | Name::Empty(_) | Name::Failure(_) => {
            trouble(Stage::Name(at), None, asked.seen(), bears)
        }
    }
}

/// Whether the platform is left with this result: it asks the configured resolvers in order, takes the first that says
/// anything definite, and goes on where one is silent or fails.
fn is_met(view: &View<'_>, asked: &Asked<'_>) -> bool {
    let used: Vec<_> = view.asked.iter().filter(|other| other.bears).collect();
    let place = used.iter().position(|other| other.resolver.address == asked.resolver.address);
    let definite = |other: &&&Asked<'_>| match other.name() {
        Name::Addresses(_) | Name::Nowhere(_) | Name::NotFound(_) | Name::Empty(_) => true,
        Name::Failure(_) | Name::Silent(_) | Name::NotLooked => false,
    };
    let first = used.iter().find(definite).map(|other| other.resolver.address);
    first.map_or(place.is_some(), |first| first == asked.resolver.address)
}

fn connect<'c>(case: &'c Case<'c>, view: &'c View<'c>, peer: &'c Peer<'c>) -> Option<Trouble<'c>> {
    let Reached::Failed(fault) = peer.reached() else { return None };
    let is_other = |other: &&Peer<'_>| other.address.is_ipv4() != peer.address.is_ipv4();
    if is_unreachable(fault) && lacks_family(case, peer.address) && view.used_peers().any(|other| is_other(&other)) {
        return None;
    }
    // Clients that try both families go on with the other one at once.
    let spare = is_unreachable(fault) && view.used_peers().filter(is_other).any(Peer::connected);
    let is_failed = |seen: &&Observation| seen.fault().is_some_and(|fault| !fault.could_not_look());
    let evidence = peer.connect.iter().flat_map(Attempt::tries).filter(is_failed).collect();
    let bears = peer.bears && !spare;
    Some(Trouble { view, stage: Stage::Connect(peer.address), fault: Some(fault), evidence, bears })
}

/// Whether the task has no address of this family, so that it never uses such records.
fn lacks_family(case: &Case<'_>, address: SocketAddr) -> bool {
    let own = &case.plan.place.addresses;
    match address.ip() {
        IpAddr::V4(_) => !own.is_empty() && !own.iter().any(IpAddr::is_ipv4),
        IpAddr::V6(_) => !case.plan.place.has_ipv6(),
    }
}

fn above<'c>(view: &'c View<'c>, peer: &'c Peer<'c>) -> Option<Trouble<'c>> {
    let trouble = |stage, attempt: &Attempt<'c>| Trouble {
        view,
        stage,
        fault: attempt.network_fault(),
        evidence: vec![attempt.last],
        bears: peer.bears,
    };
    let handshake = peer.handshake.as_ref()?;
    if handshake.network_fault().is_some() {
        return Some(trouble(Stage::Handshake(peer.address), handshake));
    }
    let bad = |shown: &crate::observation::Handshake| {
        !shown.problems.is_empty() || shown.trusted_by.is_none_or(|roots| roots == TrustedBy::Bundle)
    };
    if handshake.last.seen().is_some() && handshake.last.handshake().is_some_and(bad) {
        return Some(trouble(Stage::Certificate(peer.address), handshake));
    }
    let exchange = peer.exchange.as_ref()?;
    if exchange.network_fault().is_some() {
        return Some(trouble(Stage::Exchange(peer.address), exchange));
    }
    match recognition(view, peer)? {
        Recognition::Service => None,
        Recognition::Unfamiliar
        | Recognition::Foreign { .. }
        | Recognition::Failing { .. }
        | Recognition::Throttled => Some(trouble(Stage::Answer(peer.address), exchange)),
    }
}

/// Whose answer an address gave, where it gave one.
pub fn recognition(view: &View<'_>, peer: &Peer<'_>) -> Option<Recognition> {
    Some(recognise(view.check.question.as_ref()?, &view.check.host, peer.response()?))
}

/// Whether the route is not the one that is asserted.
pub fn is_off_route(case: &Case<'_>, view: &View<'_>) -> bool {
    match (view.check.expect, case.observed_route(view)) {
        (_, ObservedRoute::None)
        | (Route::Any, _)
        | (Route::Private, ObservedRoute::Private | ObservedRoute::Gateway)
        | (Route::Gateway, ObservedRoute::Gateway)
        | (Route::Public, ObservedRoute::Public) => false,
        (Route::Blocked, _)
        | (Route::Private, ObservedRoute::Public | ObservedRoute::S3Undetermined)
        | (Route::Gateway, ObservedRoute::Private | ObservedRoute::Public | ObservedRoute::S3Undetermined)
        | (Route::Public, ObservedRoute::Private | ObservedRoute::Gateway | ObservedRoute::S3Undetermined) => true,
    }
}

fn route<'c>(case: &'c Case<'c>, view: &'c View<'c>) -> Option<Trouble<'c>> {
    let open = view.used_peers().filter(|peer| peer.connected()).filter_map(|peer| peer.connect.as_ref());
    let evidence = open.map(|attempt| attempt.last).collect();
    is_off_route(case, view).then_some(Trouble { view, stage: Stage::Route, fault: None, evidence, bears: true })
}

/// One a check: whatever answered late, or only when asked again.
fn slow<'c>(case: &'c Case<'c>, view: &'c View<'c>) -> Option<Trouble<'c>> {
    let limit = case.plan.limits.slow_ms;
    let lookups = view.asked.iter().filter(|asked| asked.bears).flat_map(|asked| &asked.lookups);
    let rungs = view.used_peers().flat_map(|peer| [&peer.connect, &peer.handshake, &peer.exchange]).flatten();
    let mut evidence = Vec::new();
    for attempt in lookups.chain(rungs) {
        evidence.extend(attempt.lost());
        evidence.extend(attempt.tries().filter(|seen| seen.seen().is_some() && seen.took_ms > limit));
    }
    let bears = !evidence.is_empty();
    bears.then_some(Trouble { view, stage: Stage::Slow, fault: None, evidence, bears })
}

/// Whether the address lies outside the VPC's ranges, where those were given.
pub fn is_outside_vpc(case: &Case<'_>, ip: IpAddr) -> bool {
    let place = &case.plan.place;
    !place.vpc_cidrs.is_empty() && !place.vpc_cidrs.iter().chain(&place.subnets).any(|net| net.contains(&ip))
}
