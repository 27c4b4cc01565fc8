//! Network ACLs: the first rule that fits decides, each direction by itself, and nothing is remembered.

use std::net::IpAddr;

use ipnet::IpNet;

use super::model::{Acl, Destination, Entry, Ports, Sections};
use super::path::is_public;
use super::remedy::PEERS;
use super::{Block, Culprit, CulpritKind, Remedy, Vpc};
use crate::vpc::group::{End, Fit};

/// The ports that Linux connects from by default, Fargate's tasks among them.
pub(super) const LINUX: Ports = Ports { first: 32_768, last: 60_999 };

/// The ports that a NAT gateway connects from.
pub(super) const NAT: Ports = Ports { first: 1_024, last: u16::MAX };

/// What an ACL's rule that ends every list is called.
const LAST: u16 = 32_767;

/// What an ACL does with packets to a range of ports.
pub(super) enum Judged {
    Passes,
    /// All are denied, the first of them by this rule's number.
    Denied(u16),
    /// Some of the ports pass, the others are denied.
    Partly {
        passed: Vec<Ports>,
        lost: Vec<Ports>,
    },
    Unclear(String),
}

/// Packets that meet an ACL.
pub(super) struct Crossing<'e> {
    pub(super) egress: bool,
    pub(super) ports: Ports,
    /// The end that is not in the ACL's subnet.
    pub(super) far: &'e End<'e>,
}

impl Acl {
    pub(super) fn judge(&self, crossing: &Crossing<'_>) -> Judged {
        let mut open = vec![crossing.ports];
        let mut denied = None;
        let (mut passed, mut lost) = (Vec::new(), Vec::new());
        let fitting = self.entries.iter().filter(|entry| entry.egress == crossing.egress);
        for entry in fitting {
            if open.is_empty() {
                break;
            }
            match crossing.far.is_in(&entry.range) {
                Fit::No => {}
                Fit::Perhaps(why) => return Judged::Unclear(why),
                Fit::Yes => {
                    let left = without(&open, entry.ports);
                    if left != open {
                        if entry.allow { &mut passed } else { &mut lost }.extend(within(&open, entry.ports));
                        denied = denied.or((!entry.allow).then_some(entry.number));
                    }
                    open = left;
                }
            }
        }
        let denied = denied.or((!open.is_empty()).then_some(LAST));
        lost.extend(open);
        match denied {
            None => Judged::Passes,
            Some(rule) if passed.is_empty() => Judged::Denied(rule),
            Some(_) => Judged::Partly { passed, lost },
        }
    }

    /// The entry of a number that denied.
    fn entry(&self, number: u16, egress: bool) -> Option<&Entry> {
        let explicit = (number < LAST).then_some(number)?;
        self.entries.iter().find(|entry| entry.number == explicit && entry.egress == egress && !entry.allow)
    }

    /// The nth of the rule numbers that are free and asked before another; where there are too few, one of them.
    fn free_before(&self, number: u16, egress: bool, nth: usize) -> Option<u16> {
        let is_free = |candidate: &u16| !self.taken.contains(&(egress, *candidate));
        let free: Vec<u16> = if number < LAST {
            // Hundreds are for what only the last rule denies.
            (1..number).rev().filter(|number| is_free(number) && number % 100 != 0).collect()
        } else {
            (1..=326).map(|hundred| hundred * 100).filter(is_free).collect()
        };
        free.get(nth.checked_rem(free.len())?).copied()
    }
}

/// What of ranges of ports is in another.
fn within(open: &[Ports], taken: Ports) -> impl Iterator<Item = Ports> {
    let both = move |ports: &Ports| Ports { first: ports.first.max(taken.first), last: ports.last.min(taken.last) };
    open.iter().map(both).filter(|ports| ports.first <= ports.last)
}

/// What is left of ranges of ports once one is taken out.
fn without(open: &[Ports], taken: Ports) -> Vec<Ports> {
    let mut left = Vec::new();
    for ports in open {
        if taken.first > ports.last || taken.last < ports.first {
            left.push(*ports);
            continue;
        }
        if taken.first > ports.first {
            left.push(Ports { first: ports.first, last: taken.first - 1 });
        }
        if taken.last < ports.last {
            left.push(Ports { first: taken.last + 1, last: ports.last });
        }
    }
    left
}

/// Several ranges of ports.
pub(super) fn all_in_words(ports: &[Ports]) -> String {
    let words: Vec<String> = ports.iter().copied().map(ports_in_words).collect();
    words.join(", ")
}

pub(super) fn ports_in_words(ports: Ports) -> String {
    match ports {
        Ports::ALL => "all ports".to_owned(),
        Ports { first, last } if first == last => format!("{first}"),
        Ports { first, last } => format!("{first}–{last}"),
    }
}

impl Vpc {
    /// A network ACL that stops packets, said with the rule that does and mended before it.
    pub(super) fn acl_block(&self, acl: &Acl, subnet: &str, rule: u16, crossing: &Crossing<'_>, far: IpAddr) -> Block {
        let direction = if crossing.egress { "outbound" } else { "inbound" };
        let ports = ports_in_words(crossing.ports);
        let id = &acl.id;
        let detail = match acl.entry(rule, crossing.egress) {
            Some(entry) => {
                let (denied, range) = (ports_in_words(entry.ports), entry.range);
                format!("ACL {id} rule {rule} denies {denied} {direction} for {range}; it is the ACL of {subnet}")
            }
            None => format!(
                "ACL {id} of {subnet} has no {direction} rule that allows {ports} for {}: its last rule (*) denies",
                self.far_in_words(far)
            ),
        };
        Culprit::new(CulpritKind::NetworkAcl, id, detail).mended_by(vec![self.acl_remedy(acl, rule, crossing, far)])
    }

    fn acl_remedy(&self, acl: &Acl, rule: u16, crossing: &Crossing<'_>, far: IpAddr) -> Remedy {
        let ports = if crossing.ports == LINUX { NAT } else { crossing.ports };
        let (nth, range) = self.opened(far);
        let Some(number) = acl.free_before(rule, crossing.egress, nth * 3 + nth_of(ports)) else {
            return super::remedy::step("give the rule that denies a higher number: no number before it is free");
        };
        let (direction, word) = if crossing.egress { ("egress", "out to") } else { ("ingress", "in from") };
        let key = if far.is_ipv4() { "cidr-block" } else { "ipv6-cidr-block" };
        let (id, words) = (&acl.id, ports_in_words(ports));
        self.command(
            &format!("let {words} {word} {range} by ACL {id}, before the rule that denies it"),
            &format!(
                "ec2 create-network-acl-entry --network-acl-id {id} --{direction} --rule-number {number} --protocol tcp \
                 --port-range From={},To={} --{key} {range} --rule-action allow",
                ports.first, ports.last
            ),
        )
    }

    /// How a sentence names the end that an ACL has no rule for: by what all addresses beside it share.
    pub(super) fn far_in_words(&self, far: IpAddr) -> String {
        let ranges = self.subnet_of(far).into_iter().flat_map(|subnet| &subnet.ranges);
        if let Some(range) = ranges.into_iter().find(|range| range.contains(&far)) {
            return range.to_string();
        }
        let lists = self.lists_holding(far);
        let list = lists.iter().find(|(list, _)| list.name.is_some());
        list.map_or_else(|| far.to_string(), |(list, _)| format!("addresses of {}", list.id))
    }

    /// What an ACL opens for an address, and its place among all that may be opened. The same range is opened for all
    /// that are in it, and each range has rule numbers of its own: so remedies for several addresses don't collide.
    fn opened(&self, far: IpAddr) -> (usize, String) {
        let Sections { ranges, subnets, tables, .. } = &self.sections;
        let within = |range: &IpNet| range.contains(&far);
        if let Some(at) = ranges.iter().position(within) {
            return (if at == 0 { 0 } else { at + 1 }, ranges[at].to_string());
        }
        if is_public(far) {
            return (1, super::remedy::everything(far).to_owned());
        }
        let subnets = subnets.iter().flatten().flat_map(|subnet| subnet.ranges.iter().copied());
        let routes = tables.iter().flatten().flat_map(|table| &table.routes).filter(|route| !route.is_default());
        let routes = routes.filter_map(|route| match route.to {
            Destination::Range(range) => Some(range),
            Destination::List(_) => None,
        });
        let mut others: Vec<IpNet> = subnets.chain(routes).collect();
        crate::order::naturally(&mut others);
        others.dedup();
        let first = ranges.len().max(1) + 1;
        let found = others.iter().position(within);
        found.map_or_else(|| (first, PEERS.to_owned()), |at| (first + at + 1, others[at].to_string()))
    }
}

/// Rules for different ports of one range have different numbers.
fn nth_of(ports: Ports) -> usize {
    match ports {
        Ports { first: 443, .. } => 0,
        NAT => 1,
        Ports { .. } => 2,
    }
}
