//! Addresses in the task's own subnet beside those beyond it: network ACLs stand between subnets and never inside one.

use std::net::{IpAddr, SocketAddr};

use super::{Compared, Tried, addresses, open, seen};
use crate::diagnosis::case::{Case, Class, View};
use crate::diagnosis::ledger::Trouble;
use crate::diagnosis::words;
use crate::plan::Place;

/// Whether an address lies in the task's own subnet, where no network ACL stands between; unknown where the task's subnet of
/// that family is.
pub fn is_neighbour(place: &Place, ip: IpAddr) -> Option<bool> {
    let mut own = place.subnets.iter().filter(|net| net.addr().is_ipv4() == ip.is_ipv4()).peekable();
    own.peek()?;
    Some(own.any(|net| net.contains(&ip)))
}

/// Addresses of endpoints by where they lie and whether they connect.
#[derive(Debug, Default)]
struct Sides<'c> {
    own_open: Vec<Tried<'c>>,
    beyond_open: Vec<Tried<'c>>,
}

impl<'c> Sides<'c> {
    fn of(case: &'c Case<'c>) -> Self {
        let mut sides = Self::default();
        for (view, peer) in open(case, Class::Private) {
            match is_neighbour(&case.plan.place, peer.address.ip()) {
                Some(true) => sides.own_open.push((view, peer)),
                Some(false) => sides.beyond_open.push((view, peer)),
                None => {}
            }
        }
        sides
    }
}

/// What follows for silent private addresses from network ACLs not standing between those of one subnet.
pub fn neighbours<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Compared<'c> {
    let silent = || taken.iter().filter(|trouble| trouble.is_silent_connect(Class::Private)).filter_map(Trouble::at);
    let side = |peer: &SocketAddr| is_neighbour(&case.plan.place, peer.ip());
    let own: Vec<_> = silent().filter(|peer| side(peer) == Some(true)).collect();
    if !own.is_empty() {
        let alone = if own.len() == silent().count() { "" } else { " alone" };
        return Compared::of(
            format!(
                "in the task's own subnet, where no network ACL stands between, {}: it is not a network ACL{alone}",
                words::say(own, "is silent", "are silent")
            ),
            Vec::new(),
        );
    }
    if !silent().any(|peer| side(&peer) == Some(false)) {
        return Compared::default();
    }
    let sides = Sides::of(case);
    match (sides.own_open.is_empty(), sides.beyond_open.is_empty()) {
        (false, true) => Compared::of(
            format!(
                "in the task's own subnet {}, and beyond it no address of an endpoint does: network ACLs stand between subnets \
                 and never inside one",
                words::say(addresses(&sides.own_open), "connects", "connect")
            ),
            seen(&sides.own_open),
        ),
        (_, false) => Compared::of(
            format!(
                "beyond the task's own subnet {} too, so the network ACL of that subnet does not shut it in",
                words::say(addresses(&sides.beyond_open), "connects", "connect")
            ),
            seen(&sides.beyond_open),
        ),
        (true, true) => Compared::of(
            "no address in the task's own subnet was there to compare: it may be a network ACL",
            Vec::new(),
        ),
    }
}

/// Whether one of these silent addresses lies in the task's own subnet.
pub fn is_in_own_subnet(case: &Case<'_>, taken: &[Trouble<'_>]) -> bool {
    let own = |peer: SocketAddr| is_neighbour(&case.plan.place, peer.ip()) == Some(true);
    taken.iter().filter_map(Trouble::at).any(own)
}

/// Whether what connects lies in the task's own subnet, and these silent addresses beyond it: a network ACL does that too.
pub fn may_be_acl(case: &Case<'_>, taken: &[Trouble<'_>]) -> bool {
    let sides = Sides::of(case);
    let beyond = |peer: SocketAddr| is_neighbour(&case.plan.place, peer.ip()) == Some(false);
    !sides.own_open.is_empty() && sides.beyond_open.is_empty() && taken.iter().filter_map(Trouble::at).all(beyond)
}

/// Whether endpoints connect in the task's own subnet, and none of their other addresses, nor of anybody's beyond it.
pub fn ends_at_subnet(place: &Place, views: &[View<'_>]) -> bool {
    let subjects = || views.iter().filter(|view| view.is_subject());
    let private = |view: &'_ View<'_>, neighbour: bool, open: bool| {
        view.peers.iter().any(|peer| {
            let is_it = if open { peer.connected() } else { peer.is_silent() };
            is_it && peer.class == Class::Private && is_neighbour(place, peer.address.ip()) == Some(neighbour)
        })
    };
    let opens_beyond = subjects().any(|view| private(view, false, true));
    !opens_beyond && subjects().any(|view| private(view, true, true) && private(view, false, false))
}
