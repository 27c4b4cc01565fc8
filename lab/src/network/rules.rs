//! The packet filter: what is reachable at all, and the faults that only packets know.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::scenario::{Act, Direction, Fault, Layer, Metadata};
use crate::world::{METADATA, World};

/// The whole ruleset for `nft -f`.
pub fn text(world: &World) -> String {
    let faults: Vec<&Fault> =
        world.scenario.faults.iter().filter(|fault| fault.what.layer() == Layer::Packets).collect();
    let mut sets = open_sets(world);
    let mut input = String::new();
    let mut output = String::new();
    if world.scenario.vpc.metadata == Metadata::Absent {
        let _ = writeln!(input, "ip daddr {METADATA} reject with tcp reset");
    }
    input.push_str(&resolver_limit(world));
    for (n, fault) in faults.iter().enumerate() {
        for family in [Side::V4, Side::V6] {
            let Some(addresses) = family.set(&world.nets(&fault.place)) else {
                continue;
            };
            let rule = Rule { n, family, addresses, port: fault.place.port };
            rule.write(&fault.what, &mut sets, &mut input, &mut output);
        }
    }
    format!(
        "table inet lab {{\n{sets}chain input {{\ntype filter hook input priority 0; policy drop;\n\
         iifname != \"vpc0\" accept\nicmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit }} accept\n{input}\
         ip daddr . tcp dport @tcp4 accept\nip daddr . udp dport @udp4 accept\n\
         ip6 daddr . tcp dport @tcp6 accept\nip6 daddr . udp dport @udp6 accept\n}}\n\
         chain output {{\ntype filter hook output priority 0; policy accept;\noifname != \"vpc0\" accept\n{output}}}\n}}\n"
    )
}

/// A network interface's limit of packets/s towards the VPC's own services.
fn resolver_limit(world: &World) -> String {
    let own = world.resolvers.iter().filter(|resolver| resolver.vpc);
    let nets: Vec<IpNet> = own.map(|resolver| resolver.address.into()).collect();
    let sides = [Side::V4, Side::V6].into_iter().filter_map(|side| {
        let addresses = side.set(&nets)?;
        let most = world.scenario.vpc.resolver_limit;
        Some(format!("{} daddr {addresses} limit rate over {most}/second burst {most} packets drop\n", side.word()))
    });
    sides.collect()
}

/// What packets from the task reach when nothing is broken: sets of address and port.
fn open_sets(world: &World) -> String {
    let open = world.sites.iter().filter(|(_, site)| site.open).map(|(key, _)| *key);
    let resolvers: BTreeSet<(IpAddr, u16)> = world.resolvers.iter().map(|resolver| (resolver.address, 53)).collect();
    let tcp: BTreeSet<(IpAddr, u16)> = open.chain(resolvers.iter().copied()).collect();
    let mut text = String::new();
    for (name, kind, keys, v4) in [
        ("tcp4", "ipv4_addr", &tcp, true),
        ("tcp6", "ipv6_addr", &tcp, false),
        ("udp4", "ipv4_addr", &resolvers, true),
        ("udp6", "ipv6_addr", &resolvers, false),
    ] {
        let own = keys.iter().filter(|(address, _)| address.is_ipv4() == v4);
        let own: Vec<String> = own.map(|(address, port)| format!("{address} . {port}")).collect();
        let elements = if own.is_empty() { String::new() } else { format!("elements = {{ {} }}", own.join(", ")) };
        let _ = writeln!(text, "set {name} {{ type {kind} . inet_service; {elements} }}");
    }
    text
}

#[derive(Clone, Copy)]
enum Side {
    V4,
    V6,
}

impl Side {
    /// The addresses of this family as an anonymous set; nothing where there are none.
    fn set(self, nets: &[IpNet]) -> Option<String> {
        let own = nets.iter().filter(|net| matches!((self, net), (Self::V4, IpNet::V4(_)) | (Self::V6, IpNet::V6(_))));
        let own: Vec<String> = own.map(ToString::to_string).collect();
        (!own.is_empty()).then(|| format!("{{ {} }}", own.join(", ")))
    }

    fn word(self) -> &'static str {
        match self {
            Self::V4 => "ip",
            Self::V6 => "ip6",
        }
    }
}

/// A fault's addresses of one family.
struct Rule {
    n: usize,
    family: Side,
    addresses: String,
    port: Option<u16>,
}

impl Rule {
    fn write(&self, act: &Act, sets: &mut String, input: &mut String, output: &mut String) {
        let to = self.towards("daddr", "dport");
        let from = self.towards("saddr", "sport");
        // Writing to a String does not fail.
        let _ = match act {
            Act::Drop => writeln!(input, "{to} drop"),
            Act::Refuse => {
                let _ = writeln!(input, "{to} meta l4proto tcp reject with tcp reset");
                writeln!(input, "{to} meta l4proto udp reject")
            }
            Act::DropLonger { bytes, direction } => {
                if *direction != Direction::From {
                    let _ = writeln!(input, "{to} {} drop", self.longer(*bytes));
                }
                if *direction == Direction::To {
                    Ok(())
                } else {
                    writeln!(output, "{from} {} drop", self.longer(*bytes))
                }
            }
            Act::LoseEvery(count) => writeln!(input, "{to} numgen inc mod {count} 0 drop"),
            Act::LoseFirstSyn => self.lose_first_syn(&to, sets, input),
            Act::LoseFirstFlow => self.lose_first_flow(&to, sets, input),
            Act::LoseFlowEvery(count) => self.lose_flow_every(*count, &to, sets, input),
            _ => Ok(()),
        };
    }

    fn towards(&self, address: &str, port: &str) -> String {
        let (word, addresses) = (self.family.word(), &self.addresses);
        let port = self.port.map_or_else(String::new, |number| format!(" tcp {port} {number}"));
        format!("{word} {address} {addresses}{port}")
    }

    /// `ip6 length` leaves the 40 bytes of the header out, `ip length` does not.
    fn longer(&self, bytes: u16) -> String {
        match self.family {
            Side::V4 => format!("ip length > {bytes}"),
            Side::V6 => format!("ip6 length > {}", bytes.saturating_sub(40)),
        }
    }

    /// As one of several ways that a port decides about: it is lost for good, and others are not.
    fn lose_first_flow(&self, to: &str, sets: &mut String, input: &mut String) -> std::fmt::Result {
        let (word, kind, n) = (self.family.word(), self.kind(), self.n);
        let (met, lost) = (format!("met{n}{word}"), format!("lost{n}{word}"));
        let (address, flow) = (format!("{word} daddr"), format!("{word} daddr . tcp sport"));
        writeln!(sets, "set {met} {{ type {kind}; flags dynamic; size 65535; }}")?;
        writeln!(sets, "set {lost} {{ type {kind} . inet_service; flags dynamic; size 65535; }}")?;
        let first = format!("tcp flags & (syn | ack) == syn {address} != @{met}");
        writeln!(input, "{to} {first} add @{met} {{ {address} }} add @{lost} {{ {flow} }} drop")?;
        writeln!(input, "{to} {flow} @{lost} drop")
    }

    /// As a NAT gateway without a free port does it: what is lost once stays lost, however often it is sent again.
    fn lose_flow_every(&self, count: u32, to: &str, sets: &mut String, input: &mut String) -> std::fmt::Result {
        let (word, kind, n) = (self.family.word(), self.kind(), self.n);
        let (taken, lost) = (format!("taken{n}{word}"), format!("lost{n}{word}"));
        let flow = format!("{word} daddr . tcp sport");
        for set in [&taken, &lost] {
            writeln!(
                sets,
                "set {set} {{ type {kind} . inet_service; flags dynamic,timeout; size 65535; timeout 1m; }}"
            )?;
        }
        let first = format!("tcp flags & (syn | ack) == syn {flow} != @{taken}");
        writeln!(input, "{to} {flow} @{lost} drop")?;
        writeln!(
            input,
            "{to} {first} numgen inc mod {count} {} add @{lost} {{ {flow} }} drop",
            count.saturating_sub(1)
        )?;
        writeln!(input, "{to} {first} add @{taken} {{ {flow} }}")
    }

    fn kind(&self) -> &'static str {
        match self.family {
            Side::V4 => "ipv4_addr",
            Side::V6 => "ipv6_addr",
        }
    }

    fn lose_first_syn(&self, to: &str, sets: &mut String, input: &mut String) -> std::fmt::Result {
        let (word, kind, n) = (self.family.word(), self.kind(), self.n);
        let set = format!("seen{n}{word}");
        let key = format!("{word} daddr . tcp sport");
        writeln!(sets, "set {set} {{ type {kind} . inet_service; flags dynamic; size 65535; }}")?;
        writeln!(input, "{to} tcp flags & (syn | ack) == syn {key} != @{set} add @{set} {{ {key} }} drop")
    }
}
