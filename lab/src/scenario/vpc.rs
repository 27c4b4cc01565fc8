//! The world before anything is broken: by default what a finished move from NAT to endpoints looks like.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use serde::Deserialize;

/// The world before anything is broken.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vpc {
    /// The region; the DNS suffix follows its partition.
    pub region: String,
    /// The account of the task and of the registry.
    pub account: String,
    /// The VPC's range; its resolver is at base + 2.
    pub cidr: Ipv4Net,
    /// The task's subnet in zone a; base + 0.0.1.0/24 by default.
    pub subnet: Option<Ipv4Net>,
    /// The other subnet with endpoints, in zone c; base + 0.0.2.0/24 by default.
    pub other_subnet: Option<Ipv4Net>,
    /// The task's address; .7 of its subnet by default.
    pub task_ip: Option<Ipv4Addr>,
    /// The task's MTU.
    pub mtu: u16,
    /// Whether the task has IPv6, or nothing else.
    pub ipv6: Ipv6,
    /// The VPC's IPv6 range; subnet a is its second /64, subnet c its third.
    pub ipv6_cidr: Ipv6Net,
    /// Services with an interface endpoint in both zones and private DNS.
    pub endpoints: Vec<String>,
    /// Services of `endpoints` whose private DNS is off.
    pub private_dns_off: Vec<String>,
    /// Endpoints whose addresses are given one by one; they replace those of `endpoints`.
    pub endpoint: Vec<Endpoint>,
    /// Both addresses of every endpoint come from this range: another VPC's, for central endpoints.
    pub endpoint_network: Option<Ipv4Net>,
    /// How S3 of the region is reached.
    pub s3: S3Route,
    /// How many public IPv4 addresses it has; an answer holds eight of them at most, the next ones each time.
    pub s3_addresses: u8,
    /// Whether a NAT gateway leads to the internet over IPv4.
    pub nat: bool,
    /// Whether an egress-only internet gateway leads to the internet over IPv6.
    pub egress_ipv6: bool,
    /// Whether the resolver makes 64:ff9b::/96 answers for names without IPv6.
    pub dns64: bool,
    /// `enableDnsSupport`: off, the VPC resolver is silent.
    pub dns_support: bool,
    /// How many packets a second the VPC resolver takes of one network interface.
    pub resolver_limit: u16,
    /// `enableDnsHostnames`: off, the task's own name is unknown and no private DNS takes effect.
    pub dns_hostnames: bool,
    /// Resolvers beside the VPC's own.
    pub resolver: Vec<Resolver>,
    /// Private hosted zones of the VPC.
    pub zone: Vec<HostedZone>,
    /// Hosts that are not AWS services.
    pub host: Vec<Host>,
    /// How task metadata behaves.
    pub metadata: Metadata,
    /// Every packet is held back so long in each direction.
    pub delay_ms: u64,
}

impl Default for Vpc {
    fn default() -> Self {
        Self {
            region: "ap-northeast-1".to_owned(),
            account: "123456789012".to_owned(),
            cidr: Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 16),
            subnet: None,
            other_subnet: None,
            task_ip: None,
            mtu: 1500,
            ipv6: Ipv6::None,
            ipv6_cidr: Ipv6Net::new_assert([0x2600, 0x1f14, 0xabc, 0xde00, 0, 0, 0, 0].into(), 56),
            endpoints: DEFAULT_ENDPOINTS.iter().map(|&id| id.to_owned()).collect(),
            private_dns_off: Vec::new(),
            endpoint: Vec::new(),
            endpoint_network: None,
            s3: S3Route::Gateway,
            s3_addresses: 2,
            nat: false,
            egress_ipv6: false,
            dns64: false,
            dns_support: true,
            resolver_limit: 1024,
            dns_hostnames: true,
            resolver: Vec::new(),
            zone: Vec::new(),
            host: Vec::new(),
            metadata: Metadata::Normal,
            delay_ms: 0,
        }
    }
}

const DEFAULT_ENDPOINTS: [&str; 9] =
    ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages", "kms", "sts", "monitoring"];

/// Whether the task has IPv6, or nothing else.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Ipv6 {
    /// IPv4 only.
    None,
    /// Both.
    Dual,
    /// IPv6 only; task metadata stays at its IPv4 address.
    Only,
}

/// How S3 of the region is reached.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum S3Route {
    /// A gateway endpoint: public addresses that answer.
    Gateway,
    /// An interface endpoint with private DNS, TLS 1.2 only.
    Interface,
    /// None: public addresses that answer only where there is a NAT gateway.
    None,
}

/// An interface endpoint whose addresses are given one by one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The service.
    pub service: String,
    /// Its addresses: the first is in zone a, the second in zone c, and so on in turn.
    pub addresses: Vec<IpAddr>,
    /// Whether its private DNS is on.
    #[serde(default = "yes")]
    pub private_dns: bool,
    /// Whether it refuses TLS 1.3; only S3 does by default.
    pub tls12_only: Option<bool>,
}

/// A resolver beside the VPC's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolver {
    /// Where it listens on port 53.
    pub address: IpAddr,
    /// Whose answers it gives.
    #[serde(default)]
    pub view: View,
    /// Its own records, before the view's: name (`*.` allowed) to addresses; no address is NODATA.
    #[serde(default)]
    pub records: BTreeMap<String, Vec<IpAddr>>,
}

/// Whose answers a resolver gives.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// It forwards to the VPC resolver.
    #[default]
    Vpc,
    /// It knows the public internet only, and so bypasses private DNS.
    Public,
}

/// A private hosted zone: authoritative for everything below its apex.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostedZone {
    /// Its apex.
    pub apex: String,
    /// `@`, a label or labels, or `*`, to addresses; no address is NODATA.
    #[serde(default)]
    pub records: BTreeMap<String, Vec<IpAddr>>,
}

/// A host that is not an AWS service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its name; `{n}` is the number where `count` makes many of it.
    pub name: String,
    /// Its addresses; with `count`, the first host's, each next host one further.
    pub addresses: Vec<IpAddr>,
    /// Where it listens.
    #[serde(default = "https")]
    pub port: u16,
    /// What it serves there.
    #[serde(default)]
    pub serves: Serves,
    /// How many such hosts there are.
    #[serde(default = "single")]
    pub count: u32,
}

/// What a host serves.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Serves {
    /// TLS with a page of its own.
    #[default]
    Https,
    /// TLS as an S3-like store.
    S3,
    /// TLS as a registry with a Bearer challenge.
    Registry,
    /// A connection that is accepted and kept, and no more.
    Tcp,
}

/// How task metadata behaves.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Metadata {
    /// It answers as on Fargate.
    #[default]
    Normal,
    /// It answers with what is not JSON.
    Garbage,
    /// It accepts and never answers.
    Silent,
    /// Nothing listens: refused.
    Absent,
    /// It answers with some hundred megabytes.
    Huge,
    /// It answers 500.
    Failing,
}

fn yes() -> bool {
    true
}

fn https() -> u16 {
    443
}

fn single() -> u32 {
    1
}
