//! The addresses in a text, and what each proves: the best evidence that a stop reason has.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::Ipv4Net;
use serde::Serialize;

/// When the ranges below were published; they change weekly, so they are a hint and never a rule.
const RANGES_OF: &str = "2026-08-22";

/// S3's published IPv4 ranges in some Regions (ip-ranges.json).
const S3: &[(&str, &str)] = &[
    (
        "us-east-1",
        "1.178.4.0/24 1.178.5.0/24 1.178.6.0/24 3.2.64.0/24 3.2.65.0/24 3.2.74.0/24 3.5.0.0/19 16.15.156.0/22 \
         16.15.160.0/20 16.15.176.0/20 16.15.192.0/18 16.182.0.0/16 18.34.0.0/19 18.34.232.0/21 44.192.134.240/28 \
         44.192.140.64/28 52.216.0.0/15 54.231.0.0/16",
    ),
    (
        "ap-northeast-1",
        "1.178.64.0/24 3.2.66.0/24 3.5.152.0/21 16.15.54.0/23 16.15.56.0/22 35.72.164.240/28 35.73.115.0/28 \
         52.219.0.0/20 52.219.16.0/22 52.219.20.0/23 52.219.68.0/22 52.219.136.0/22 52.219.150.0/23 52.219.152.0/22 \
         52.219.162.0/23 52.219.172.0/22 52.219.195.0/24 52.219.196.0/22 52.219.200.0/23",
    ),
    (
        "eu-west-1",
        "1.178.7.0/24 3.2.79.0/24 3.5.64.0/21 3.5.72.0/23 3.5.74.0/23 3.5.94.0/23 3.5.96.0/22 3.251.110.208/28 \
         3.251.110.224/28 52.92.0.0/17 52.218.0.0/17",
    ),
    ("eusc-de-east-1", "83.118.240.0/21"),
    ("us-gov-west-1", "108.175.48.0/22 108.175.56.0/22 136.18.0.0/23 3.2.99.0/24 1.178.30.0/24"),
];

/// An address that a text names.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// The port, where the text gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What it is in the text.
    pub role: AddressRole,
    /// What kind of address it is.
    pub address_kind: AddressKind,
    /// The Region of the S3 range it lies in; a hint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_region: Option<&'static str>,
    /// What that proves, in words.
    pub proves: String,
}

/// What an address is in a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressRole {
    /// What was connected to.
    Peer,
    /// Who was asked for a name.
    Resolver,
}

/// What kind of address it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressKind {
    /// Private by its range.
    Private,
    /// Public, and in no range known here.
    Public,
    /// Public, in a range that S3 had.
    S3,
    /// The VPC's own resolver, by its link-local address.
    VpcResolver,
    /// The container's own host.
    Loopback,
    /// The task's metadata and credentials.
    TaskMetadata,
    /// Any other link-local address.
    LinkLocal,
    /// Neither private nor public by itself.
    Undetermined,
}

impl AddressKind {
    /// Whether no VPC endpoint's network interface has it.
    pub(super) fn is_public(self) -> bool {
        matches!(self, Self::Public | Self::S3)
    }
}

/// The first address that was connected to, and the first resolver that was asked.
pub(super) fn addresses(text: &str) -> Vec<Address> {
    let found: Vec<Address> = scan(text);
    let first = |role| found.iter().find(|address| address.role == role).cloned();
    [first(AddressRole::Peer), first(AddressRole::Resolver)].into_iter().flatten().collect()
}

fn scan(text: &str) -> Vec<Address> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(|c: char| c.is_ascii_digit() || c == '[') {
        let begin = at + offset;
        let (ip, length) = text[begin..].strip_prefix('[').map_or_else(|| ipv4(&text[begin..]), ipv6);
        let end = begin + length;
        if let Some(ip) = ip {
            found.extend(in_context(ip, &text[..begin], &text[end..]));
        }
        at = end;
    }
    found
}

/// An address of dots and digits, and how long the run of them is.
fn ipv4(text: &str) -> (Option<IpAddr>, usize) {
    let length = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    (text[..length].trim_end_matches('.').parse().ok().map(IpAddr::V4), length)
}

/// An address behind a bracket, and how long it is with both.
fn ipv6(inside: &str) -> (Option<IpAddr>, usize) {
    let length = inside.bytes().take(64).position(|byte| byte == b']');
    let parsed = length.and_then(|length| inside[..length].split('%').next()?.parse().ok().map(|ip| (ip, length)));
    parsed.map_or((None, 1), |(ip, length)| (Some(IpAddr::V6(ip)), length + 2))
}

/// An address by what stands around it; none where that says nothing, or where the text may break off within it.
fn in_context(ip: IpAddr, before: &str, after: &str) -> Option<Address> {
    let port = after.strip_prefix(':').and_then(number);
    let behind_port = after.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    if behind_port.starts_with("->") {
        // The near end of a connection.
        return None;
    }
    let dialled = ["dial tcp ", "dial tcp4 ", "dial tcp6 ", "->"].iter().any(|words| before.ends_with(words));
    let asked = port == Some(53) || before.ends_with(" on ");
    let is_metadata = ip == IpAddr::V4(METADATA);
    let sure = port.is_some() || (dialled && !after.is_empty()) || is_metadata;
    let role = if asked { AddressRole::Resolver } else { AddressRole::Peer };
    sure.then(|| Address::new(ip, port, role))
}

fn number(text: &str) -> Option<u16> {
    let len = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..len].parse().ok().filter(|port| *port > 0)
}

const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 170, 2);
const RESOLVER: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);
const RESOLVER_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253);

impl Address {
    fn new(ip: IpAddr, port: Option<u16>, role: AddressRole) -> Self {
        let ip = ip.to_canonical();
        let s3_region = match ip {
            IpAddr::V4(v4) if role == AddressRole::Peer => s3_region(v4),
            IpAddr::V4(_) | IpAddr::V6(_) => None,
        };
        let address_kind = kind(ip, s3_region);
        let proves = match role {
            AddressRole::Peer => peer(ip, address_kind, s3_region),
            AddressRole::Resolver => resolver(ip, address_kind),
        };
        Self { ip, port, role, address_kind, s3_region, proves }
    }
}

impl Address {
    /// The same address where the image is of a registry that no VPC endpoint serves: a public one is as it should be.
    pub(super) fn of_public_registry(&mut self) {
        if self.role == AddressRole::Peer && self.address_kind.is_public() {
            self.s3_region = None;
            self.proves = format!(
                "{} is public, as the addresses of public registries are: no VPC endpoint leads there; what does is a NAT \
                 gateway, or an internet gateway where the task has a public address.",
                self.ip
            );
        }
    }
}

fn s3_region(ip: Ipv4Addr) -> Option<&'static str> {
    let holds =
        |ranges: &str| ranges.split(' ').filter_map(|net| net.parse::<Ipv4Net>().ok()).any(|net| net.contains(&ip));
    S3.iter().find(|(_, ranges)| holds(ranges)).map(|(region, _)| *region)
}

fn kind(ip: IpAddr, s3_region: Option<&str>) -> AddressKind {
    const SHARED: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10);
    const BENCHMARK: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(198, 18, 0, 0), 15);
    match ip {
        IpAddr::V4(RESOLVER) => AddressKind::VpcResolver,
        IpAddr::V6(RESOLVER_V6) => AddressKind::VpcResolver,
        IpAddr::V4(METADATA) => AddressKind::TaskMetadata,
        ip if ip.is_loopback() || ip.is_unspecified() => AddressKind::Loopback,
        IpAddr::V4(v4) if v4.is_link_local() => AddressKind::LinkLocal,
        IpAddr::V4(v4) if v4.is_private() || SHARED.contains(&v4) || BENCHMARK.contains(&v4) => AddressKind::Private,
        IpAddr::V4(_) if s3_region.is_some() => AddressKind::S3,
        IpAddr::V4(_) => AddressKind::Public,
        IpAddr::V6(v6) if v6.is_unicast_link_local() => AddressKind::LinkLocal,
        IpAddr::V6(v6) if v6.is_unique_local() => AddressKind::Private,
        // An endpoint's IPv6 addresses are global unicast, as public ones are; NAT64's stand for an IPv4 address.
        IpAddr::V6(_) => AddressKind::Undetermined,
    }
}

fn peer(ip: IpAddr, kind: AddressKind, s3_region: Option<&str>) -> String {
    match kind {
        AddressKind::Private => format!(
            "{ip} is private: the name leads to a VPC endpoint (or another host of your networks), so private DNS is in \
             effect. What can still stand before it is a security group, a network ACL or a route."
        ),
        AddressKind::Public => format!(
            "{ip} is public: the name does not lead to an interface endpoint; there is none, or its private DNS is not in \
             effect. (S3's names are public in any case, also with a gateway endpoint.) Only if your VPC itself uses this \
             public range, it may be an endpoint after all."
        ),
        AddressKind::S3 => format!(
            "{ip} lies in a range that AWS published for S3 in {} on {RANGES_OF}: a hint, for the ranges change. It is the \
             host of layers or files, whatever URL the text names; S3's names are public in any case, also with a gateway \
             endpoint.",
            s3_region.unwrap_or_default()
        ),
        AddressKind::VpcResolver => format!("{ip} is the VPC's own resolver."),
        AddressKind::Loopback => format!("{ip} is the container itself: no packet left it."),
        AddressKind::TaskMetadata => {
            format!(
                "{ip} is the ECS agent's endpoint for credentials and metadata on the same host: no packet left it."
            )
        }
        AddressKind::LinkLocal => {
            format!("{ip} is link-local: no route, security group or endpoint has to do with it.")
        }
        AddressKind::Undetermined => format!(
            "{ip} proves neither: a VPC endpoint's IPv6 addresses are as global as public ones. Compare it with the \
             subnet's IPv6 range."
        ),
    }
}

fn resolver(ip: IpAddr, kind: AddressKind) -> String {
    match kind {
        AddressKind::VpcResolver => {
            format!("{ip} is the VPC's own resolver, which no security group and no network ACL can block.")
        }
        AddressKind::Loopback => format!(
            "{ip} is the container itself, asked only because its /etc/resolv.conf could not be read or is empty (seen \
             with a user other than root): no resolver of the VPC was asked."
        ),
        AddressKind::Private if is_base_plus_2(ip) => format!(
            "{ip} ends in .2, as the VPC's own resolver does; no security group can block that one. If it is a server of \
             yours, the DHCP options name it."
        ),
        AddressKind::Private
        | AddressKind::Public
        | AddressKind::S3
        | AddressKind::TaskMetadata
        | AddressKind::LinkLocal
        | AddressKind::Undetermined => {
            format!("{ip} is a resolver of yours, named by the VPC's DHCP options: it is not the VPC's own.")
        }
    }
}

/// Whether it may be the VPC's resolver: the VPC's base address plus two.
pub(super) fn is_base_plus_2(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V4(v4) if v4.octets()[3] == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_one() {
        for (region, ranges) in S3 {
            for net in ranges.split(' ') {
                assert!(net.parse::<Ipv4Net>().is_ok_and(|parsed| parsed == parsed.trunc()), "{region} {net}");
            }
        }
    }

    #[test]
    fn an_address_is_read_with_what_stands_around_it() {
        use AddressKind::{LinkLocal, Loopback, Private, Public, S3, TaskMetadata, Undetermined, VpcResolver};
        use AddressRole::{Peer, Resolver};
        type Found = (&'static str, Option<u16>, AddressRole, AddressKind);
        let table: &[(&str, &[Found])] = &[
            ("dial tcp 10.0.1.7:443: i/o", &[("10.0.1.7", Some(443), Peer, Private)]),
            ("dial tcp 100.64.3.9:443: i/o", &[("100.64.3.9", Some(443), Peer, Private)]),
            ("dial tcp 172.40.1.94:443: i/o", &[("172.40.1.94", Some(443), Peer, Public)]),
            ("dial tcp 16.15.180.104:443", &[("16.15.180.104", Some(443), Peer, S3)]),
            ("dial tcp 52.218.1.1 i/o", &[("52.218.1.1", None, Peer, S3)]),
            ("dial tcp [fd12::7]:443: i/o", &[("fd12::7", Some(443), Peer, Private)]),
            ("dial tcp [2600:1f14::7]:443: i/o", &[("2600:1f14::7", Some(443), Peer, Undetermined)]),
            ("dial tcp [64:ff9b::1]:443: i/o", &[("64:ff9b::1", Some(443), Peer, Undetermined)]),
            ("dial tcp 169.254.1.1:443", &[("169.254.1.1", Some(443), Peer, LinkLocal)]),
            (
                "lookup a on 169.254.169.253:53: read udp 10.0.1.9:1->169.254.169.253:53: i/o",
                &[("169.254.169.253", Some(53), Resolver, VpcResolver)],
            ),
            ("lookup a on [::1]:53: refused", &[("::1", Some(53), Resolver, Loopback)]),
            ("Get http://169.254.170.2/v2/credentials/x", &[("169.254.170.2", None, Peer, TaskMetadata)]),
            ("read tcp 10.0.1.9:4->52.219.1.1:443: reset", &[("52.219.1.1", Some(443), Peer, S3)]),
            ("dial tcp 52.219.1.1", &[]),
            ("version 1.2.3.4 of 999.1.1.1:443 and [x]:1, mounting 127.0.0.1:/", &[]),
        ];
        for (text, expected) in table {
            let found = addresses(text);
            let found: Vec<_> = found.iter().map(|a| (a.ip.to_string(), a.port, a.role, a.address_kind)).collect();
            let expected: Vec<_> = expected.iter().map(|(ip, p, r, k)| ((*ip).to_owned(), *p, *r, *k)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
