//! The configuration as a packet filter, so that the kernel and no code of ours matches rules as AWS describes them.
//!
//! A second table beside the one of the faults: a packet must pass both. Names with the VPC's resolver and what is link-local
//! pass neither groups nor ACLs nor routes.

use std::fmt::Write as _;

use ipnet::IpNet;

use super::{Acl, Group, Kind, Network, Table};
use crate::scenario::{Destination, GroupRule, Ports, Protocol, Source, Target};
use crate::world::World;

/// The whole table for `nft -f`.
pub fn rules(world: &World, network: &Network) -> String {
    let filter = Filter { network };
    let mut text = String::from("table inet vpc {\n");
    for acl in &network.acls {
        text.push_str(&chain(&format!("acl-{}-in", acl.name), &acl_rules(acl, false)));
        text.push_str(&chain(&format!("acl-{}-out", acl.name), &acl_rules(acl, true)));
    }
    for group in &network.groups {
        text.push_str(&chain(&format!("sg-{}-in", group.name), &filter.group_rules(group, "saddr")));
        text.push_str(&chain(&format!("sg-{}-out", group.name), &filter.group_rules(group, "daddr")));
    }
    for table in &network.tables {
        text.push_str(&chain(&format!("rtb-{}", table.name), &filter.route_rules(table)));
    }
    let discovery = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept\n";
    let to = exempt(world, "daddr") + &filter.leaving();
    let from = exempt(world, "saddr") + &filter.answering();
    // Before the faults' table, which may answer in the place of what is filtered here.
    let _ = write!(
        text,
        "chain input {{\ntype filter hook input priority -10; policy accept;\niifname != \"vpc0\" accept\n{discovery}{to}}}\n\
         chain output {{\ntype filter hook output priority -10; policy accept;\noifname != \"vpc0\" accept\n{discovery}{from}}}\n}}\n"
    );
    text
}

/// A chain that ends what it does not let through.
fn chain(name: &str, rules: &str) -> String {
    format!("chain {name} {{\n{rules}drop\n}}\n")
}

/// What no configuration of a VPC reaches.
fn exempt(world: &World, side: &str) -> String {
    let resolvers = world.resolvers.iter().filter(|resolver| resolver.vpc).map(|resolver| resolver.address);
    resolvers
        .map(|address| format!("{} {side} {address} accept\n", word(IpNet::from(address))))
        .chain([format!("ip {side} 169.254.0.0/16 accept\n")])
        .collect()
}

struct Filter<'a> {
    network: &'a Network,
}

impl Filter<'_> {
    /// A packet that leaves the task: its group, its subnet's ACL and routes, then the other side's ACL and group.
    fn leaving(&self) -> String {
        let mut text = String::from("jump sg-task-out\njump rtb-a\n");
        text.push_str(&self.acls("daddr", "out", "in"));
        for endpoint in &self.network.endpoints {
            let Kind::Interface(group, interfaces) = &endpoint.kind else {
                continue;
            };
            let action = match endpoint.state.as_str() {
                "available" => format!("jump sg-{group}-in"),
                _ => "drop".to_owned(),
            };
            for address in interfaces.iter().flat_map(|interface| &interface.addresses) {
                let _ = writeln!(text, "{} daddr {address} {action}", word(IpNet::from(*address)));
            }
        }
        text
    }

    /// An answer: groups remember whom it answers, ACLs don't.
    fn answering(&self) -> String {
        self.acls("saddr", "in", "out")
    }

    /// Both ACLs on the way between the task's subnet and any other place; none between neighbours.
    fn acls(&self, side: &str, own: &str, other: &str) -> String {
        let mut text = String::new();
        for subnet in &self.network.subnets {
            for net in &subnet.nets {
                let _ = match subnet.name.as_str() {
                    "a" => writeln!(text, "{} {side} != {net} jump acl-{}-{own}", word(*net), subnet.acl),
                    _ => writeln!(text, "{} {side} {net} jump acl-{}-{other}", word(*net), subnet.acl),
                };
            }
        }
        text
    }

    fn group_rules(&self, group: &Group, side: &str) -> String {
        let rules = if side == "saddr" { &group.ingress } else { &group.egress };
        rules
            .iter()
            .flat_map(|rule| self.nets(rule).into_iter().map(|net| permit(rule.protocol, rule.ports, side, net)))
            .collect()
    }

    fn nets(&self, rule: &GroupRule) -> Vec<IpNet> {
        match &rule.source {
            Source::Net(net) => vec![*net],
            Source::Group(name) => {
                let group = self.network.groups.iter().find(|group| group.name == *name);
                group.map(|group| group.members.iter().copied().map(IpNet::from).collect()).unwrap_or_default()
            }
            Source::S3 => self.s3(),
        }
    }

    fn s3(&self) -> Vec<IpNet> {
        self.network.prefix_lists.iter().flat_map(|list| list.nets.clone()).collect()
    }

    /// The longest prefix first, so that the first that fits is the longest that does.
    fn route_rules(&self, table: &Table) -> String {
        let mut routes: Vec<(IpNet, Target)> = Vec::new();
        for hop in &table.routes {
            let nets = match hop.to {
                Destination::Net(net) => vec![net],
                Destination::S3 => self.s3(),
            };
            routes.extend(nets.into_iter().map(|net| (net, hop.target)));
        }
        routes.sort_by_key(|(net, _)| std::cmp::Reverse(net.prefix_len()));
        let rules = routes.into_iter().map(|(net, target)| {
            let passes = match target {
                Target::Local | Target::Gateway | Target::Nat | Target::EgressOnly | Target::Transit => true,
                // The task has no public IPv4 address; every IPv6 address is one.
                Target::Internet => matches!(net, IpNet::V6(_)),
                Target::Blackhole => false,
            };
            format!("{} {}\n", addresses("daddr", net), if passes { "return" } else { "drop" })
        });
        rules.collect()
    }
}

fn acl_rules(acl: &Acl, outbound: bool) -> String {
    let (rules, side) = if outbound { (&acl.outbound, "daddr") } else { (&acl.inbound, "saddr") };
    rules.iter().fold(String::new(), |mut text, rule| {
        let action = if rule.allow { "return" } else { "drop" };
        let _ = writeln!(text, "{} {action}", condition(rule.protocol, rule.ports, side, rule.net));
        text
    })
}

fn permit(protocol: Protocol, ports: Option<Ports>, side: &str, net: IpNet) -> String {
    format!("{} return\n", condition(protocol, ports, side, net))
}

/// Protocol, destination ports and the other side's addresses.
fn condition(protocol: Protocol, ports: Option<Ports>, side: &str, net: IpNet) -> String {
    let icmp = if matches!(net, IpNet::V4(_)) { "icmp" } else { "icmpv6" };
    let (name, protocol) = match protocol {
        Protocol::Any => ("", String::new()),
        Protocol::Tcp => ("tcp", " meta l4proto tcp".to_owned()),
        Protocol::Udp => ("udp", " meta l4proto udp".to_owned()),
        Protocol::Icmp => ("", format!(" meta l4proto {icmp}")),
    };
    let ports = match ports {
        // The whole range is no condition, and nft takes it for none.
        None | Some(Ports(0, u16::MAX)) => String::new(),
        Some(Ports(first, last)) if first == last => format!(" {name} dport {first}"),
        Some(Ports(first, last)) => format!(" {name} dport {first}-{last}"),
    };
    format!("{}{protocol}{ports}", addresses(side, net))
}

fn addresses(side: &str, net: IpNet) -> String {
    if net.prefix_len() == 0 {
        return format!("meta nfproto {}", if matches!(net, IpNet::V4(_)) { "ipv4" } else { "ipv6" });
    }
    format!("{} {side} {}", word(net), net.trunc())
}

fn word(net: IpNet) -> &'static str {
    if matches!(net, IpNet::V4(_)) { "ip" } else { "ip6" }
}
