//! Security groups: a union of rules that allow. They remember connections, so the way back needs no rule.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Vpc;
use super::model::{Group, Rule};

/// Whether something applies.
pub(super) enum Fit {
    Yes,
    No,
    /// It can't be told, for this reason.
    Perhaps(String),
}

/// One end of a connection, as the rules at the other end see it.
pub(super) struct End<'a> {
    /// Its address, where that is known.
    pub(super) address: Option<IpAddr>,
    /// The range that it is in, where its address is not known.
    pub(super) range: Option<IpNet>,
    /// The security groups that it has, sorted; `None`: not known.
    pub(super) groups: Option<&'a [String]>,
}

impl End<'_> {
    /// Whether a range covers this end.
    pub(super) fn is_in(&self, net: &IpNet) -> Fit {
        match (self.address, self.range) {
            (Some(address), _) if net.contains(&address) => Fit::Yes,
            (Some(_), _) => Fit::No,
            (None, Some(range)) if net.contains(&range) => Fit::Yes,
            (None, Some(range)) if range.contains(net) => {
                Fit::Perhaps(format!("{net} is a part of {range}, and the task's own address is not known"))
            }
            (None, _) => Fit::No,
        }
    }

    fn has(&self, group: &str) -> Fit {
        match self.groups {
            Some(groups) if groups.binary_search_by(|id| id.as_str().cmp(group)).is_ok() => Fit::Yes,
            Some(_) => Fit::No,
            None => Fit::Perhaps(format!("whether the other end is in {group} is not known")),
        }
    }
}

impl Vpc {
    /// Whether the rules of any of these groups let a connection to a port through.
    pub(super) fn admit<'g>(
        &self,
        groups: &[&'g Group],
        rules: fn(&'g Group) -> &'g [Rule],
        port: u16,
        end: &End<'_>,
    ) -> Fit {
        let listed = end.address.map(|address| self.lists_holding(address)).unwrap_or_default();
        let held: Vec<&str> = listed.iter().map(|(list, _)| list.id.as_str()).collect();
        let rules = groups.iter().flat_map(|group| rules(group)).filter(|rule| rule.ports.hold(port));
        any(rules.map(|rule| self.applies(rule, end, &held)))
    }

    fn applies(&self, rule: &Rule, end: &End<'_>, held: &[&str]) -> Fit {
        let ranges = rule.ranges.iter().map(|range| end.is_in(range));
        let lists = rule.lists.iter().map(|list| self.lists(list, held));
        any(ranges.chain(lists).chain(rule.groups.iter().map(|group| end.has(group))))
    }

    fn lists(&self, list: &str, held: &[&str]) -> Fit {
        match held.binary_search(&list) {
            Ok(_) => Fit::Yes,
            Err(_) if self.knows_list(list) => Fit::No,
            Err(_) => Fit::Perhaps(format!("what {list} holds was not looked at")),
        }
    }
}

/// One that applies is enough.
fn any(fits: impl Iterator<Item = Fit>) -> Fit {
    let mut result = Fit::No;
    for fit in fits {
        match fit {
            Fit::Yes => return Fit::Yes,
            Fit::Perhaps(why) => result = Fit::Perhaps(why),
            Fit::No => {}
        }
    }
    result
}
