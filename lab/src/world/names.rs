//! What each name leads to, as the VPC resolver or the public internet answers.

use std::net::{IpAddr, Ipv4Addr};

use super::{PlacedEndpoint, World, public};
use crate::catalog::{self, Wire};
use crate::scenario::{HostedZone, View, Vpc, matches};

/// What a name leads to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// The name exists.
    Records {
        /// An alias on the way and its time to live.
        cname: Option<(String, u32)>,
        /// Its addresses of either family; none of a family is NODATA.
        addresses: Vec<IpAddr>,
        /// Their time to live.
        ttl: u32,
        /// Owner of the SOA where a family has no address.
        soa: String,
    },
    /// It does not.
    NoSuchName {
        /// Owner of the SOA in the authority section.
        soa: String,
    },
}

impl Found {
    /// The addresses, of a name that exists.
    pub fn into_addresses(self) -> Vec<IpAddr> {
        match self {
            Self::Records { addresses, .. } => addresses,
            Self::NoSuchName { .. } => Vec::new(),
        }
    }
}

impl World {
    /// Answers for a name without a dot at its end.
    pub fn resolve(&self, view: View, name: &str) -> Found {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let private = (view == View::Vpc).then(|| self.resolve_private(&name)).flatten();
        private.or_else(|| self.resolve_host(&name)).unwrap_or_else(|| resolve_public(&self.scenario.vpc, &name))
    }

    fn resolve_private(&self, name: &str) -> Option<Found> {
        let vpc = &self.scenario.vpc;
        let zones = vpc.zone.iter().filter(|zone| name == zone.apex || name.ends_with(&format!(".{}", zone.apex)));
        if let Some(zone) = zones.max_by_key(|zone| zone.apex.len()) {
            return Some(resolve_in_zone(zone, name));
        }
        if let Some(own) = name.strip_prefix("ip-").filter(|_| self.is_internal(name)) {
            return Some(if vpc.dns_hostnames { own_name(own, name) } else { no_such_name(name) });
        }
        let private_dns = vpc.dns_hostnames && vpc.dns_support;
        let in_effect = |placed: &&PlacedEndpoint| private_dns && placed.private_dns && placed.state == "available";
        let mut endpoints = self.endpoints.iter().filter(in_effect);
        let placed = endpoints.find(|placed| placed.service.names.iter().any(|own| matches(own, name)))?;
        Some(records(placed.addresses.clone(), 60, name))
    }

    /// Whether a name is one of the VPC's own instance names.
    fn is_internal(&self, name: &str) -> bool {
        name.ends_with(&self.internal_suffix())
    }

    /// What the names of the VPC's own addresses end with.
    pub fn internal_suffix(&self) -> String {
        match self.region() {
            "us-east-1" => ".ec2.internal".to_owned(),
            region => format!(".{region}.compute.internal"),
        }
    }

    fn resolve_host(&self, name: &str) -> Option<Found> {
        self.hosts.get(name).map(|addresses| records(addresses.clone(), 60, name))
    }
}

fn records(addresses: Vec<IpAddr>, ttl: u32, name: &str) -> Found {
    Found::Records { cname: None, addresses, ttl, soa: parent(name) }
}

fn no_such_name(name: &str) -> Found {
    Found::NoSuchName { soa: parent(name) }
}

/// The name above, as the owner of the SOA of a negative answer.
pub fn parent(name: &str) -> String {
    name.split_once('.').map_or_else(String::new, |(_, above)| above.to_owned())
}

fn resolve_in_zone(zone: &HostedZone, name: &str) -> Found {
    let label = name.strip_suffix(&zone.apex).unwrap_or_default().trim_end_matches('.');
    let label = if label.is_empty() { "@" } else { label };
    let wildcard = || zone.records.get("*").filter(|_| label != "@");
    match zone.records.get(label).or_else(wildcard) {
        Some(addresses) => {
            Found::Records { cname: None, addresses: addresses.clone(), ttl: 60, soa: zone.apex.clone() }
        }
        None => Found::NoSuchName { soa: zone.apex.clone() },
    }
}

fn own_name(rest: &str, name: &str) -> Found {
    let numbers = rest.split('.').next().unwrap_or_default().replace('-', ".");
    match numbers.parse::<Ipv4Addr>() {
        Ok(address) => records(vec![IpAddr::V4(address)], 60, name),
        Err(_) => no_such_name(name),
    }
}

fn resolve_public(vpc: &Vpc, name: &str) -> Found {
    if let Some(n) = public::internet_host(name) {
        return records(vec![IpAddr::V4(public::internet_address(n))], 60, name);
    }
    let Some((region, service)) = catalog::service_of(name) else {
        return no_such_name(name);
    };
    let ipv6 = public::has_ipv6(&service, name);
    let mut addresses = public::service_addresses(&region, &service.id);
    if region == vpc.region {
        addresses.extend(public::more_addresses(vpc, &service.id));
    }
    addresses.retain(|address| ipv6 || address.is_ipv4());
    let store = service.wire == Wire::S3;
    let cname = store.then(|| (format!("s3-r-w.{}", parent_of_region(name, &region)), 60));
    Found::Records { cname, addresses, ttl: if store { 5 } else { 60 }, soa: parent(name) }
}

/// What follows the store's own label: `ap-northeast-1.amazonaws.com`, with `dualstack.` where asked so.
fn parent_of_region(name: &str, region: &str) -> String {
    let suffix = catalog::partition(region).suffix;
    let dual = if name.contains(".dualstack.") { "dualstack." } else { "" };
    format!("{dual}{region}.{suffix}")
}
