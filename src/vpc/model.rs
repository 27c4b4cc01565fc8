//! The pieces of a VPC that are evaluated: of AWS's shapes only what decides something.

use std::net::IpAddr;

use ipnet::IpNet;

use super::EndpointKind;

/// Every section of the file; `None` was not looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Sections {
    /// The account of the VPC, which may share it with others.
    pub(super) owner: Option<String>,
    /// The VPC's own.
    pub(super) ranges: Vec<IpNet>,
    pub(super) attributes: Attributes,
    pub(super) subnets: Option<Vec<Subnet>>,
    pub(super) tables: Option<Vec<Table>>,
    pub(super) acls: Option<Vec<Acl>>,
    pub(super) groups: Option<Vec<Group>>,
    pub(super) endpoints: Option<Vec<Endpoint>>,
    pub(super) interfaces: Option<Vec<Interface>>,
    pub(super) lists: Vec<List>,
    pub(super) nats: Option<Vec<Nat>>,
    pub(super) gateways: Option<Vec<Gateway>>,
    pub(super) blocked: Option<Blocking>,
    pub(super) dns: Dns,
}

/// What was said of the task.
#[derive(Clone, Debug, Default)]
pub(super) struct Task {
    pub(super) subnets: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) public: Option<bool>,
}

/// `enableDnsSupport` and `enableDnsHostnames`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes {
    pub(super) support: Option<bool>,
    pub(super) hostnames: Option<bool>,
}

#[derive(Clone, Debug)]
pub(super) struct Subnet {
    pub(super) id: String,
    pub(super) zone: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) ranges: Vec<IpNet>,
    pub(super) blocked: Option<Blocking>,
}

/// How VPC Block Public Access stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Blocking {
    Off,
    /// Only NAT gateways and egress-only gateways still lead out.
    Ingress,
    /// Nothing passes an internet gateway.
    Both,
}

#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) id: String,
    pub(super) main: bool,
    pub(super) subnets: Vec<String>,
    pub(super) routes: Vec<Route>,
}

#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) to: Destination,
    /// An id, `local`, or words where AWS names it by an ARN.
    pub(super) target: String,
    pub(super) blackhole: bool,
    pub(super) propagated: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Destination {
    Range(IpNet),
    List(String),
}

#[derive(Clone, Debug)]
pub(super) struct Acl {
    pub(super) id: String,
    pub(super) subnets: Vec<String>,
    /// Those that are about TCP, in the order in which AWS asks them.
    pub(super) entries: Vec<Entry>,
    /// Every rule number that is taken, whatever it is about, by direction.
    pub(super) taken: Vec<(bool, u16)>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) number: u16,
    pub(super) egress: bool,
    pub(super) allow: bool,
    pub(super) range: IpNet,
    pub(super) ports: Ports,
}

/// A range of ports, both ends in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Ports {
    pub(super) first: u16,
    pub(super) last: u16,
}

impl Ports {
    /// All there are.
    pub(super) const ALL: Self = Self { first: 0, last: u16::MAX };

    pub(super) fn one(port: u16) -> Self {
        Self { first: port, last: port }
    }

    pub(super) fn hold(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) inbound: Vec<Rule>,
    pub(super) outbound: Vec<Rule>,
}

/// A rule of a security group that is about TCP.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) ports: Ports,
    pub(super) ranges: Vec<IpNet>,
    pub(super) lists: Vec<String>,
    pub(super) groups: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) service: String,
    /// `None`: a kind that carries no AWS service, such as a firewall's.
    pub(super) kind: Option<EndpointKind>,
    pub(super) state: String,
    pub(super) private_dns: bool,
    /// S3's default: its private names are only for who asks from outside of the VPC.
    pub(super) inbound_only: bool,
    pub(super) tables: Vec<String>,
    pub(super) subnets: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) interfaces: Vec<String>,
    pub(super) policy: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Interface {
    pub(super) id: String,
    pub(super) subnet: String,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) groups: Vec<String>,
}

/// A prefix list and what it holds.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) ranges: Vec<IpNet>,
}

#[derive(Clone, Debug)]
pub(super) struct Nat {
    pub(super) id: String,
    pub(super) state: String,
    /// A regional one stands in no subnet.
    pub(super) subnet: Option<String>,
    pub(super) private: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Gateway {
    pub(super) id: String,
    pub(super) attached: bool,
}

/// What has to do with names.
#[derive(Clone, Debug, Default)]
pub(super) struct Dns {
    pub(super) options: Option<Vec<Options>>,
    /// The Resolver rules' ids that are associated with the VPC.
    pub(super) associated: Option<Vec<String>>,
    pub(super) rules: Option<Vec<Forward>>,
    pub(super) firewalls: Option<Vec<String>>,
    pub(super) zones: Option<Vec<Zone>>,
    pub(super) records: Option<Vec<Records>>,
}

/// A set of DHCP options.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) id: String,
    /// `AmazonProvidedDNS`, or addresses.
    pub(super) servers: Vec<String>,
}

/// A Resolver rule.
#[derive(Clone, Debug)]
pub(super) struct Forward {
    pub(super) id: String,
    /// Without a dot at its end; empty: every name.
    pub(super) domain: String,
    pub(super) forwards: bool,
    pub(super) targets: Vec<IpAddr>,
}

/// A private hosted zone.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub(super) id: String,
    pub(super) name: String,
}

/// What a private hosted zone holds.
#[derive(Clone, Debug)]
pub(super) struct Records {
    pub(super) zone: String,
    pub(super) sets: Vec<Record>,
}

/// The records of one name and type.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// In lower case; `*` begins a wildcard.
    pub(super) name: String,
    pub(super) kind: String,
    /// Their addresses, where they have such; an alias has none.
    pub(super) addresses: Vec<IpAddr>,
}
