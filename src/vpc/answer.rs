//! What the configuration answers: the way of a packet, what stops it, what mends that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The piece of configuration that is to blame.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Culprit {
    /// What kind of thing it is.
    pub kind: CulpritKind,
    /// Its id, such as `sg-0ab…`.
    pub id: String,
    /// What is wrong with it: one sentence with the ids of all that have to do with it.
    pub detail: String,
}

/// What kind of thing is to blame.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CulpritKind {
    /// A security group lacks a rule.
    SecurityGroup,
    /// A network ACL denies.
    NetworkAcl,
    /// A route table lacks a route, or has a wrong one.
    RouteTable,
    /// A NAT gateway that is gone, failing, or in a subnet without a way out.
    NatGateway,
    /// An internet gateway, or the task's lack of a public address for it.
    InternetGateway,
    /// An endpoint that exists and does not do its work.
    VpcEndpoint,
    /// An endpoint's policy.
    EndpointPolicy,
    /// The VPC lacks something: an endpoint.
    Vpc,
    /// `enableDnsSupport` or `enableDnsHostnames`.
    VpcAttribute,
    /// The DHCP options name the wrong resolvers.
    DhcpOptions,
    /// A Resolver rule sends the question elsewhere.
    ResolverRule,
    /// A private hosted zone lacks a record, or has a wrong one.
    PrivateHostedZone,
    /// DNS Firewall.
    DnsFirewall,
    /// VPC Block Public Access.
    BlockPublicAccess,
    /// A subnet: an endpoint has no address in its zone.
    Subnet,
}

/// One step of mending it, with real ids.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remedy {
    /// What to do.
    pub action: String,
    /// The command that does it.
    pub command: Option<String>,
}

/// Something in the configuration that stops a packet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Block {
    /// What.
    pub culprit: Culprit,
    /// How to mend it.
    pub remedy: Vec<Remedy>,
}

/// What the configuration does with a connection, there and back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Path {
    /// Where the route table sends it.
    pub way: Way,
    /// Everything that stops it, in the order in which a packet meets it; none: the configuration lets it through.
    pub blocks: Vec<Block>,
    /// What could not be evaluated, in words: sections that were not looked at, things outside this VPC.
    pub unknown: Vec<String>,
}

/// Where a route table sends packets for an address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Way {
    /// Within the VPC.
    Local,
    /// By a gateway endpoint.
    GatewayEndpoint {
        /// `vpce-…`
        id: String,
        /// `rtb-…`
        table: String,
    },
    /// By something else that the route names.
    Target {
        /// Its id: a NAT, internet, transit or egress-only gateway, a peering connection, an interface, …
        id: String,
        /// `rtb-…`
        table: String,
        /// The route's destination, as the table has it.
        destination: String,
    },
    /// Nowhere: no route fits, or the one that does is a blackhole.
    Nowhere {
        /// `rtb-…`
        table: String,
    },
    /// The route table was not looked at.
    Unknown,
}

/// How an address is reached once the default routes are gone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Carried {
    /// By this, in words: `the gateway endpoint vpce-… in rtb-…`, `the route to 10.0.0.0/16 in rtb-…`.
    By(String),
    /// By nothing, in words: `only the default route of rtb-… (nat-…) leads there`.
    Lost(String),
    /// Why that can't be told.
    Unknown(String),
}

/// What a VPC has of an endpoint service.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Presence {
    /// No endpoint of that service.
    Absent,
    /// These.
    Present(Vec<Present>),
    /// Why that can't be told.
    Unknown(String),
}

/// One endpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Present {
    /// `vpce-…`
    pub id: String,
    /// Interface or gateway.
    pub kind: EndpointKind,
    /// Whether its private DNS is on: the VPC's own names lead to it.
    pub private_dns: bool,
    /// As AWS says it, in lower case: `available`, `pending`, …
    pub state: String,
    /// Whether the task's subnet uses it: for a gateway, its route table is associated.
    pub associated: bool,
    /// What is wrong with it as it stands, and how to mend that: not available, private DNS off, not associated.
    pub fault: Option<Block>,
}

/// The two kinds that can carry an AWS service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EndpointKind {
    /// Addresses in subnets.
    Interface,
    /// A route to a prefix list.
    Gateway,
}

/// What a policy says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Decision {
    /// It allows it.
    Allows,
    /// It does not, and how to mend that.
    Denies(Block),
    /// What could not be evaluated, in words.
    Unknown(String),
}
