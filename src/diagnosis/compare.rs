//! What else was tried beside what is silent, and what that tells: addresses by the subnet they lie in, endpoints, names and
//! resolvers with each other.

mod subnet;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use super::case::{Asked, Case, Class, Name, Peer, View};
use super::draft::Draft;
use super::ledger::Trouble;
use super::words;
use crate::observation::Observation;
use crate::plan::Role;

pub use subnet::{ends_at_subnet, is_in_own_subnet, is_neighbour, may_be_acl, neighbours};

/// One sentence in the making, and the observations of those that were compared with.
#[derive(Debug, Default)]
#[must_use]
pub struct Compared<'c> {
    clauses: Vec<String>,
    with: Vec<&'c Observation>,
}

impl<'c> Compared<'c> {
    /// What a comparison showed.
    pub fn of(clause: impl Into<String>, with: Vec<&'c Observation>) -> Self {
        Self { clauses: vec![clause.into()], with }
    }

    /// And what another one showed.
    pub fn and(mut self, other: Self) -> Self {
        self.clauses.extend(other.clauses);
        self.with.extend(other.with);
        self
    }

    /// Into a finding: the sentence, and whom it is about as evidence.
    pub fn into_draft(self, draft: Draft<'c>) -> Draft<'c> {
        if self.clauses.is_empty() {
            return draft;
        }
        draft.compared(format!("{}.", words::capital(&self.clauses.join("; ")))).shown_by(self.with)
    }
}

/// An address that was tried, and the name it is of.
type Tried<'c> = (&'c View<'c>, &'c Peer<'c>);

/// What follows for silent endpoints from others that connect.
pub fn endpoints<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Compared<'c> {
    let ports: Vec<u16> = taken.iter().filter_map(Trouble::at).map(|peer| peer.port()).collect();
    let open: Vec<_> = open(case, Class::Private).collect();
    let alike: Vec<_> = open.iter().copied().filter(|(_, peer)| ports.contains(&peer.address.port())).collect();
    let Some((_, other)) = open.first() else { return Compared::default() };
    if alike.is_empty() {
        return Compared::of(
            format!(
                "on port {} the task connects to {}, and this is port {}: its own group may let out the one and not the other",
                other.address.port(),
                words::list(hosts(&open)),
                words::list(&ports)
            ),
            first_of_each(&open),
        );
    }
    Compared::of(
        format!(
            "on the same port the task connects to {}, so what differs is this endpoint's own, its group first",
            words::list(hosts(&alike))
        ),
        first_of_each(&alike),
    )
}

/// What follows for endpoints that are all silent from what is none.
pub fn outside<'c>(case: &'c Case<'c>) -> Compared<'c> {
    let public: Vec<_> = open(case, Class::Public).collect();
    let free: Vec<_> = public.iter().copied().filter(|(view, _)| view.check.role == Role::Control).collect();
    if !free.is_empty() {
        return Compared::of(
            format!(
                "out of the VPC {}, so the task's group lets that port out: the group that the endpoints share is the likelier one",
                words::say(hosts(&free), "connects", "connect")
            ),
            first_of_each(&free),
        );
    }
    if !public.is_empty() {
        return Compared::of(
            format!(
                "at public addresses {}, so the task is not shut in: it is the endpoints' group, or a rule of the task's that \
                 leaves them out",
                words::say(hosts(&public), "connects", "connect")
            ),
            first_of_each(&public),
        );
    }
    let silent: Vec<_> = tried(case).filter(|(_, peer)| peer.class == Class::Public && peer.is_silent()).collect();
    if silent.is_empty() {
        return Compared::default();
    }
    Compared::of(
        format!(
            "at public addresses {} as well: what is the task's own, its group's egress first, comes before what the endpoints \
             share",
            words::say(hosts(&silent), "is silent", "are silent")
        ),
        first_of_each(&silent),
    )
}

/// What the control targets say of S3 where something leads out: this Region's alone is silent, or all of it.
pub fn s3_beside_a_way_out<'c>(case: &'c Case<'c>) -> Compared<'c> {
    let s3 = || controls(case).filter(is_s3);
    let open: Vec<_> = s3().filter(|(_, peer)| peer.connected()).collect();
    if !open.is_empty() {
        return Compared::of(
            format!(
                "S3 of another Region connects ({}), so there is a way out and S3 of this one is singled out: by a rule that \
                 leaves its ranges or names out, or by a route to a gateway endpoint (pl-…) whose answers are kept back; an \
                 endpoint's policy would answer 403 and not be silent",
                words::list(hosts(&open))
            ),
            first_of_each(&open),
        );
    }
    let others: Vec<_> = controls(case).filter(|(_, peer)| peer.connected()).collect();
    let silent: Vec<_> = s3().filter(|(_, peer)| peer.is_silent()).collect();
    if silent.is_empty() || others.is_empty() {
        return Compared::default();
    }
    let with = first_of_each(&others).into_iter().chain(first_of_each(&silent)).collect();
    Compared::of(
        format!(
            "there is a way out ({}), and S3 of another Region is as silent ({}): S3 as a whole is left out, by a list of names \
             or ranges, and not by this Region's gateway endpoint",
            words::say(hosts(&others), "connects", "connect"),
            words::list(hosts(&silent))
        ),
        with,
    )
}

/// What follows for silent public addresses from the control targets, where nothing leads out.
pub fn nothing_public<'c>(case: &'c Case<'c>) -> Compared<'c> {
    let silent: Vec<_> = controls(case).filter(|(_, peer)| peer.is_silent()).collect();
    let private: Vec<_> = open(case, Class::Private).collect();
    let mut clauses = Vec::new();
    if !private.is_empty() {
        clauses.push(format!("inside the VPC {}", words::say(hosts(&private), "connects", "connect")));
    }
    clauses.push(if silent.is_empty() {
        "no host on the internet was asked, so it is not known whether anything public connects".to_owned()
    } else {
        format!(
            "no public host connects ({}), as is right where there is no NAT: so nothing tells the causes of this silence apart \
             from inside",
            words::list(hosts(&silent))
        )
    });
    let with = first_of_each(&private).into_iter().chain(first_of_each(&silent)).collect();
    Compared { clauses, with }
}

/// What follows for names with silent public addresses from the others that were tried.
pub fn names<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Compared<'c> {
    let is_taken = |view: &View<'_>| taken.iter().any(|trouble| trouble.view.check.id == view.check.id);
    let of_aws = |view: &View<'_>| view.is_subject() && view.check.region.is_some() && !is_taken(view);
    let open: Vec<_> = open(case, Class::Public).filter(|(view, _)| of_aws(view)).collect();
    if open.is_empty() {
        return Compared::of(
            "of AWS's names none connects at a public address: they are left out together",
            Vec::new(),
        );
    }
    Compared::of(
        format!(
            "of AWS's names {} at public addresses, so it is single ones that are left out",
            words::say(hosts(&open), "connects", "connect")
        ),
        first_of_each(&open),
    )
}

/// What follows for names with public addresses from those that the same resolver gives private ones for.
pub fn private_names<'c>(case: &'c Case<'c>) -> Compared<'c> {
    let mut with = Vec::new();
    let mut hosts = Vec::new();
    for view in case.subjects().filter(|view| view.check.region.is_some()) {
        let private = |asked: &&Asked<'c>| asked.classes(case.plan).contains(&Class::Private);
        if let Some(asked) = view.asked.iter().filter(|asked| asked.bears).find(private) {
            hosts.push(view.check.host.as_str());
            with.extend(asked.seen().first());
        }
    }
    if hosts.is_empty() {
        return Compared::of("no name of AWS has a private address here: it may be one cause for all of them", with);
    }
    Compared::of(
        format!(
            "for {} the same resolver gives private addresses, so endpoints' names do take effect in this VPC: it is a matter \
             of single endpoints",
            words::list(hosts)
        ),
        with,
    )
}

/// What follows for a resolver's silence from those that answer the same questions.
pub fn resolvers<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Compared<'c> {
    let silent: Vec<_> = taken.iter().filter_map(|trouble| trouble.stage.resolver()).collect();
    let views = || taken.iter().map(|trouble| trouble.view);
    // Outside a VPC its resolver's address is somebody else's or nobody's.
    let comparable = case.plan.resolvers.iter().filter(|other| other.configured || case.plan.place.inside_vpc);
    let others = comparable.filter(|other| !silent.contains(&other.address));
    let mut answering = Vec::new();
    let mut with = Vec::new();
    for other in others {
        let said: Vec<_> = views()
            .flat_map(|view| &view.asked)
            .filter(|asked| asked.resolver.address == other.address && answers(asked))
            .collect();
        if let Some(first) = said.first() {
            answering.push(if other.vpc {
                format!("the VPC's own {}", other.address)
            } else {
                other.address.to_string()
            });
            with.extend(first.seen());
        }
    }
    if answering.is_empty() {
        let clause = if silent.iter().all(|other| Some(other) == silent.first()) {
            "no other resolver answers either, or was asked"
        } else {
            "not one of the resolvers answers: what they share comes before each of them"
        };
        return Compared::of(clause, with);
    }
    Compared::of(
        format!(
            "the same questions of the same task are answered by {}: it is this resolver, or the way to it alone",
            words::list(answering)
        ),
        with,
    )
}

fn answers(asked: &Asked<'_>) -> bool {
    match asked.name() {
        Name::Addresses(_) | Name::Nowhere(_) | Name::NotFound(_) | Name::Empty(_) | Name::Failure(_) => true,
        Name::Silent(_) | Name::NotLooked => false,
    }
}

/// What follows for a silent handshake from those that are finished.
pub fn handshakes<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Compared<'c> {
    let is_taken = |peer: &Peer<'_>| taken.iter().any(|trouble| trouble.stage.peer() == Some(peer.address));
    let finished = |(_, peer): &Tried<'c>| peer.handshake.as_ref().is_some_and(|tls| tls.last.seen().is_some());
    let others: Vec<_> = tried(case).filter(|tried| finished(tried) && !is_taken(tried.1)).collect();
    if others.is_empty() {
        return Compared::of("no other handshake of the run is finished: it may be what all of them cross", Vec::new());
    }
    let with = others.iter().filter_map(|(_, peer)| peer.handshake.as_ref()).map(|tls| tls.last);
    Compared::of(
        format!(
            "with {} the same task finishes handshakes: it is what stands before these addresses alone",
            words::list(hosts(&others))
        ),
        with.take(FEW).collect(),
    )
}

/// How many observations of those that were compared with are kept where one of each would be too many.
const FEW: usize = 8;

fn tried<'c>(case: &'c Case<'c>) -> impl Iterator<Item = Tried<'c>> {
    case.views.iter().flat_map(|view| view.peers.iter().map(move |peer| (view, peer)))
}

/// What connects: endpoints and hosts that the task start needs or somebody asked for, and of public ones the controls.
fn open<'c>(case: &'c Case<'c>, class: Class) -> impl Iterator<Item = Tried<'c>> {
    let counts = move |view: &View<'_>| view.is_subject() || class == Class::Public;
    tried(case).filter(move |(view, peer)| counts(view) && peer.class == class && peer.connected())
}

fn controls<'c>(case: &'c Case<'c>) -> impl Iterator<Item = Tried<'c>> {
    tried(case).filter(|(view, peer)| view.check.role == Role::Control && peer.class == Class::Public)
}

fn is_s3(tried: &Tried<'_>) -> bool {
    tried.0.check.host.starts_with("s3.")
}

fn hosts<'t>(tried: &'t [Tried<'_>]) -> impl Iterator<Item = &'t str> {
    tried.iter().map(|(view, _)| view.check.host.as_str())
}

fn addresses(tried: &[Tried<'_>]) -> impl Iterator<Item = SocketAddr> {
    tried.iter().map(|(_, peer)| peer.address)
}

fn seen<'c>(tried: &[Tried<'c>]) -> Vec<&'c Observation> {
    tried.iter().filter_map(|(_, peer)| peer.connect.as_ref()).map(|connect| connect.last).take(FEW).collect()
}

/// One observation a check, of the first few.
fn first_of_each<'c>(tried: &[Tried<'c>]) -> Vec<&'c Observation> {
    let mut each: Vec<Tried<'c>> = Vec::new();
    for one in tried {
        if each.len() == FEW {
            break;
        }
        if each.iter().all(|other| other.0.check.id != one.0.check.id) {
            each.push(*one);
        }
    }
    seen(&each)
}
