//! Where a fault sits.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Where a fault sits: everything given must hold, and what is not given does not matter.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// A service id of the catalog (`ecr.api`, `s3`, …) in the scenario's region.
    pub service: Option<String>,
    /// A host name; `*.` at the front stands for any label or labels.
    pub host: Option<String>,
    /// An address or a range.
    pub address: Option<Net>,
    /// Endpoint addresses of one zone: `a` (the task's own subnet) or `c`.
    pub zone: Option<Zone>,
    /// A resolver: its address, or `vpc` for the VPC's own.
    pub resolver: Option<ResolverName>,
    /// Addresses of one family.
    pub family: Option<Family>,
    /// True: addresses of the internet. False: addresses inside the VPC.
    pub public: Option<bool>,
    /// TCP port 443 unless said otherwise.
    pub port: Option<u16>,
    /// The name of an API operation (`GetAuthorizationToken`), or an HTTP method where there are none.
    pub action: Option<String>,
    /// Text in the request's path.
    pub path: Option<String>,
    /// The nth layer of its image, from 0.
    pub layer: Option<usize>,
    /// True: requests that AWS's signature is on. False: those without one.
    pub signed: Option<bool>,
}

impl Place {
    /// Whether an address fits as far as the place speaks of addresses alone.
    pub fn fits_address(&self, address: IpAddr) -> bool {
        let family = if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 };
        self.address.is_none_or(|net| net.0.contains(&address)) && self.family.is_none_or(|wanted| wanted == family)
    }

    /// Whether it speaks of what only a request has.
    pub fn is_of_requests(&self) -> bool {
        self.action.is_some() || self.path.is_some() || self.layer.is_some() || self.signed.is_some()
    }

    /// Whether a name fits the place's host; true when no host is given.
    pub fn fits_host(&self, name: &str) -> bool {
        self.host.as_deref().is_none_or(|pattern| matches(pattern, name))
    }
}

/// Whether a host name fits a pattern with an optional `*.` in front.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.trim_end_matches('.').to_ascii_lowercase());
    match pattern.strip_prefix("*") {
        Some(rest) => name.len() > rest.len() && name.ends_with(rest),
        None => pattern == name,
    }
}

/// An address or a range, written either way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Net(pub IpNet);

impl<'de> Deserialize<'de> for Net {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        IpNet::from_str(&text)
            .or_else(|_| IpAddr::from_str(&text).map(IpNet::from))
            .map(Self)
            .map_err(|_| D::Error::custom(format!("`{text}` is neither an address nor a range")))
    }
}

/// An availability zone of the world.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// The task's own.
    A,
    /// The other one.
    C,
}

/// An address family.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

/// A resolver by address, or the VPC's own by role.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResolverName {
    /// Base + 2, 169.254.169.253 and, with IPv6, fd00:ec2::253.
    Vpc,
    /// The one at this address.
    At(IpAddr),
}

impl<'de> Deserialize<'de> for ResolverName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "vpc" {
            return Ok(Self::Vpc);
        }
        let address = IpAddr::from_str(&text);
        address.map(Self::At).map_err(|_| D::Error::custom(format!("`{text}` is neither an address nor `vpc`")))
    }
}
