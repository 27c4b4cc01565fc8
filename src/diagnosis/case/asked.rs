//! One resolver and what it said of one name.

use std::net::{IpAddr, SocketAddr};

use super::view::attempt;
use super::{Attempt, Class};
use crate::observation::{Family, Fault, Observation};
use crate::plan::{Plan, Resolver, Rung};

/// One resolver and what it said of one name.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Who was asked.
    pub resolver: Resolver,
    /// Whether the platform uses its answers; otherwise it is there to compare.
    pub bears: bool,
    /// One a family.
    pub lookups: Vec<Attempt<'a>>,
}

/// What a resolver said of a name, both families together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Name<'a> {
    /// Addresses that may be somewhere.
    Addresses(Vec<IpAddr>),
    /// Only addresses at which nothing can be.
    Nowhere(Vec<IpAddr>),
    /// NXDOMAIN, and the zone that says so.
    NotFound(Option<&'a str>),
    /// NOERROR without an address, and the zone that says so.
    Empty(Option<&'a str>),
    /// Another response code.
    Failure(&'a str),
    /// No answer.
    Silent(&'a Fault),
    /// Nothing is known: not tried, or our own fault.
    NotLooked,
}

impl<'a> Asked<'a> {
    /// What one resolver said, where it was asked.
    pub fn new(plan: &Plan, resolver: Resolver, seen: &[&'a Observation]) -> Option<Self> {
        let lookups = lookups(seen, resolver.address);
        let bears = resolver.configured || !plan.resolvers.iter().any(|other| other.configured);
        (!lookups.is_empty()).then_some(Self { resolver, bears, lookups })
    }

    /// Every address that it names, both families.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let answers = self.lookups.iter().filter_map(|lookup| lookup.last.answer());
        answers.flat_map(|answer| &answer.addresses).map(|address| address.ip).collect()
    }

    /// The classes of those addresses, each once.
    pub fn classes(&self, plan: &Plan) -> Vec<Class> {
        let answer = self.addresses();
        let mut classes: Vec<_> = answer.iter().map(|ip| Class::of(*ip, &answer, &plan.place)).collect();
        crate::order::naturally(&mut classes);
        classes.dedup();
        classes
    }

    /// What it says of the name, both families together.
    pub fn name(&self) -> Name<'a> {
        let addresses = self.addresses();
        if !addresses.is_empty() {
            let nowhere =
                addresses.iter().all(|ip| ip.to_canonical().is_unspecified() || ip.to_canonical().is_loopback());
            return if nowhere { Name::Nowhere(addresses) } else { Name::Addresses(addresses) };
        }
        self.negative()
    }

    /// NXDOMAIN holds for both families, so it comes first; "no address" needs both families to say so.
    fn negative(&self) -> Name<'a> {
        let answers = || self.lookups.iter().filter_map(|lookup| lookup.last.answer());
        let soa = answers().find_map(|answer| answer.soa_owner.as_deref());
        if answers().any(|answer| answer.code == "NXDOMAIN") {
            return Name::NotFound(soa);
        }
        if let Some(answer) = answers().find(|answer| answer.code != "NOERROR") {
            return Name::Failure(&answer.code);
        }
        if self.lookups.iter().any(Attempt::is_blind) {
            return Name::NotLooked;
        }
        match self.lookups.iter().find_map(|lookup| lookup.last.fault()) {
            Some(fault) => Name::Silent(fault),
            None if answers().next().is_some() => Name::Empty(soa),
            None => Name::NotLooked,
        }
    }

    /// The questions that failed in a way that says something of the network.
    pub fn failed(&self) -> impl Iterator<Item = (&'a Observation, &'a Fault)> + '_ {
        self.lookups.iter().filter_map(|lookup| Some((lookup.last, lookup.network_fault()?)))
    }

    /// Its observations that count.
    pub fn seen(&self) -> Vec<&'a Observation> {
        self.lookups.iter().map(|lookup| lookup.last).collect()
    }

    /// The kinds of address that it was asked for in vain.
    pub fn failed_families(&self) -> Vec<Family> {
        self.failed().filter_map(|(seen, _)| seen.question).collect()
    }
}

fn lookups<'a>(seen: &[&'a Observation], resolver: SocketAddr) -> Vec<Attempt<'a>> {
    let of = |family| {
        let mine =
            seen.iter().copied().filter(move |seen| seen.rung == Rung::Resolve && seen.resolver == Some(resolver));
        attempt(mine.filter(move |seen| seen.question == family))
    };
    [Some(Family::A), Some(Family::Aaaa), None].into_iter().filter_map(of).collect()
}
