//! Network ACLs: the first rule that fits decides, each direction by itself, and nothing is remembered.

use std::net::IpAddr;

use super::model::{Acl, Entry, Ports};
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
    /// Some of the ports are denied.
    Partly,
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
        let mut passes = false;
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
                        passes |= entry.allow;
                        denied = denied.or((!entry.allow).then_some(entry.number));
                    }
                    open = left;
                }
            }
        }
        let denied = denied.or((!open.is_empty()).then_some(LAST));
        match (denied, passes) {
            (None, _) => Judged::Passes,
            (Some(rule), false) => Judged::Denied(rule),
            (Some(_), true) => Judged::Partly,
        }
    }

    /// The entry of a number that denied.
    fn entry(&self, number: u16, egress: bool) -> Option<&Entry> {
        let explicit = (number < LAST).then_some(number)?;
        self.entries.iter().find(|entry| entry.number == explicit && entry.egress == egress && !entry.allow)
    }

    /// A rule number that is free and asked before another.
    fn free_before(&self, number: u16, egress: bool) -> Option<u16> {
        let is_free = |candidate: &u16| !self.taken.contains(&(egress, *candidate));
        if number < LAST {
            return (1..number).rev().find(is_free);
        }
        (1..=326).map(|hundred| hundred * 100).find(is_free)
    }
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
                "ACL {id} of {subnet} has no {direction} rule that allows {ports} for {far}: its last rule (*) denies"
            ),
        };
        Culprit::new(CulpritKind::NetworkAcl, id, detail).mended_by(vec![self.acl_remedy(acl, rule, crossing, far)])
    }

    fn acl_remedy(&self, acl: &Acl, rule: u16, crossing: &Crossing<'_>, far: IpAddr) -> Remedy {
        let Some(number) = acl.free_before(rule, crossing.egress) else {
            return super::remedy::step("give the rule that denies a higher number: no number before it is free");
        };
        let ports = if crossing.ports == LINUX { NAT } else { crossing.ports };
        let direction = if crossing.egress { "egress" } else { "ingress" };
        let range = match (self.subnet_of(far), far) {
            (Some(subnet), far) => subnet.ranges.iter().find(|range| range.contains(&far)).map(ToString::to_string),
            (None, _) => None,
        };
        let range = range.unwrap_or_else(|| super::remedy::everything(far).to_owned());
        let key = if far.is_ipv4() { "cidr-block" } else { "ipv6-cidr-block" };
        self.command(
            "let the packets through, before the rule that denies them",
            &format!(
                "ec2 create-network-acl-entry --network-acl-id {} --{direction} --rule-number {number} --protocol tcp \
                 --port-range From={},To={} --{key} {range} --rule-action allow",
                acl.id, ports.first, ports.last
            ),
        )
    }
}
