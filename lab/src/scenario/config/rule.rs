//! Rules as short texts: `tcp 443 10.0.0.0/16`, `100 deny tcp 1024-65535 0.0.0.0/0`, `0.0.0.0/0 nat`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::Deserialize;

/// A rule of a security group.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct GroupRule {
    /// Which protocol.
    pub protocol: Protocol,
    /// Which ports; all of them where not given.
    pub ports: Option<Ports>,
    /// From whom, or to whom.
    pub source: Source,
}

/// A rule of a network ACL.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct AclRule {
    /// Its place in the order.
    pub number: u16,
    /// Whether it allows.
    pub allow: bool,
    /// Which protocol.
    pub protocol: Protocol,
    /// Which destination ports; all of them where not given.
    pub ports: Option<Ports>,
    /// The other side.
    pub net: IpNet,
}

/// A route.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Route {
    /// To where.
    pub to: Destination,
    /// By what.
    pub target: Target,
}

/// A protocol of a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Protocol {
    /// Every one, written `-1`.
    Any,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP.
    Icmp,
}

/// The first and the last port.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ports(pub u16, pub u16);

/// The other side of a group's rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// A range of addresses.
    Net(IpNet),
    /// Whoever has this group: what follows `sg-`, such as `task`, `endpoints` or `ecr.api`.
    Group(String),
    /// The prefix list of S3.
    S3,
}

/// Where a route leads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Destination {
    /// To a range of addresses.
    Net(IpNet),
    /// To the prefix list of S3.
    S3,
}

/// What a route goes by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    /// The VPC's own.
    Local,
    /// The S3 gateway endpoint.
    Gateway,
    /// The NAT gateway.
    Nat,
    /// A NAT gateway that has been deleted.
    Blackhole,
    /// The internet gateway, which is of no use to a task without a public address.
    Internet,
    /// The egress-only internet gateway.
    EgressOnly,
    /// The transit gateway.
    Transit,
}

const TARGETS: [(&str, Target); 6] = [
    ("gateway", Target::Gateway),
    ("nat", Target::Nat),
    ("blackhole", Target::Blackhole),
    ("internet", Target::Internet),
    ("egress-only", Target::EgressOnly),
    ("transit", Target::Transit),
];

impl TryFrom<String> for GroupRule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let shape = || format!("`{text}` is no rule of a group: `PROTOCOL [PORTS] SOURCE`, as in `tcp 443 sg-task`");
        let words: Vec<&str> = text.split_whitespace().collect();
        let (protocol, rest) = words.split_first().ok_or_else(shape)?;
        let (source, ports) = rest.split_last().ok_or_else(shape)?;
        let (protocol, ports) = protocol_and_ports(protocol, ports).map_err(|e| format!("{}: {e}", shape()))?;
        Ok(Self { protocol, ports, source: source.parse().map_err(|e| format!("{}: {e}", shape()))? })
    }
}

impl TryFrom<String> for AclRule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let shape = || {
            format!(
                "`{text}` is no rule of a network ACL: `NUMBER allow|deny PROTOCOL [PORTS] CIDR`, as in `100 deny tcp 443 0.0.0.0/0`"
            )
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let [number, action, protocol, ports @ .., net] = words.as_slice() else {
            return Err(shape());
        };
        let number = number.parse().ok().filter(|number| (1..=32766).contains(number));
        let allow = match *action {
            "allow" => true,
            "deny" => false,
            other => return Err(format!("{}: `{other}` is neither", shape())),
        };
        let (protocol, ports) = protocol_and_ports(protocol, ports).map_err(|e| format!("{}: {e}", shape()))?;
        Ok(Self {
            number: number.ok_or_else(|| format!("{}: numbers go from 1 to 32766", shape()))?,
            allow,
            protocol,
            ports,
            net: net.parse().map_err(|_| format!("{}: `{net}` is no range", shape()))?,
        })
    }
}

impl TryFrom<String> for Route {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let targets = TARGETS.map(|(word, _)| word).join(", ");
        let shape = format!("`{text}` is no route: `CIDR|pl-s3 TARGET`, with a target of {targets}");
        let [to, target] = words.as_slice() else {
            return Err(shape);
        };
        let target = TARGETS.iter().find(|(word, _)| word == target).map(|(_, target)| *target);
        let target = target.ok_or_else(|| shape.clone())?;
        let to = match *to {
            "pl-s3" => Destination::S3,
            net => Destination::Net(net.parse().map_err(|_| format!("{shape}: `{net}` is no range"))?),
        };
        if (target == Target::Gateway) != (to == Destination::S3) {
            return Err(format!("`{text}`: `pl-s3` goes by `gateway`, and nothing else does"));
        }
        Ok(Self { to, target })
    }
}

fn protocol_and_ports(protocol: &str, ports: &[&str]) -> Result<(Protocol, Option<Ports>), String> {
    let protocol = match protocol {
        "-1" => Protocol::Any,
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "icmp" => Protocol::Icmp,
        other => return Err(format!("`{other}` is none of -1, tcp, udp, icmp")),
    };
    match (protocol, ports) {
        (_, []) => Ok((protocol, None)),
        (Protocol::Tcp | Protocol::Udp, [ports]) => Ok((protocol, Some(ports.parse()?))),
        (Protocol::Any | Protocol::Icmp, [_]) => Err("only tcp and udp have ports".to_owned()),
        _ => Err("too many words".to_owned()),
    }
}

impl FromStr for Ports {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.parse(), last.parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self(first, last)),
            _ => Err(format!("`{text}` is neither a port nor a range of ports")),
        }
    }
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "pl-s3" {
            return Ok(Self::S3);
        }
        if let Some(name) = text.strip_prefix("sg-").filter(|name| !name.is_empty()) {
            return Ok(Self::Group(name.to_owned()));
        }
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        net.map(Self::Net).map_err(|_| format!("`{text}` is no range, no `sg-…` and not `pl-s3`"))
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(net) => net.fmt(formatter),
            Self::S3 => formatter.write_str("pl-s3"),
        }
    }
}

impl GroupRule {
    /// Everything, to or from a range.
    pub fn all(net: IpNet) -> Self {
        Self { protocol: Protocol::Any, ports: None, source: Source::Net(net) }
    }

    /// TCP 443.
    pub fn https(source: Source) -> Self {
        Self { protocol: Protocol::Tcp, ports: Some(Ports(443, 443)), source }
    }
}

impl AclRule {
    /// Everything, to and from a range.
    pub fn all(number: u16, net: IpNet) -> Self {
        Self { number, allow: true, protocol: Protocol::Any, ports: None, net }
    }
}
