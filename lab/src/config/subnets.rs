//! The VPC's ranges and subnets: wherever something of this VPC stands there is a subnet.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Subnet;
use crate::scenario::Ipv6;
use crate::world::World;

/// Where the NAT gateway's subnet is when the VPC has no room: a range that only VPCs use.
const SPARE: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(198, 19, 255, 0), 28);

/// The VPC's ranges and its subnets.
pub fn place(world: &World) -> Result<(Vec<IpNet>, Vec<Subnet>), String> {
    let vpc = &world.scenario.vpc;
    let mut ranges = vec![IpNet::V4(vpc.cidr.trunc())];
    let six = vpc.ipv6 != Ipv6::None;
    ranges.extend(six.then(|| IpNet::V6(vpc.ipv6_cidr.trunc())));
    let nth6 = |n: u128| {
        let base = u128::from(vpc.ipv6_cidr.network()) + (n << 64);
        Ipv6Net::new(base.into(), 64).map(IpNet::V6).map_err(|e| e.to_string())
    };
    let subnet = |name: &str, zone, net: Ipv4Net, n| {
        let mut nets = vec![IpNet::V4(net.trunc())];
        if six {
            nets.push(nth6(n)?);
        }
        let (table, acl) = if name == "a" { ("a", "a") } else { ("c", if name == "c" { "c" } else { "default" }) };
        Ok::<_, String>(Subnet { name: name.to_owned(), zone, nets, table, acl })
    };
    let mut subnets = vec![subnet("a", 'a', world.task.subnet, 1)?, subnet("c", 'c', world.other_subnet, 2)?];
    for (n, net) in (0_u8..).zip(elsewhere(world, &subnets)) {
        let zone = char::from(b'd' + n % 3);
        subnets.push(subnet(&format!("more-{n}"), zone, net, 3 + u128::from(n))?);
    }
    let public = room(vpc.cidr, &subnets);
    if !vpc.cidr.contains(&public) {
        ranges.push(IpNet::V4(public));
    }
    let public = Subnet { table: "public", acl: "default", ..subnet("public", 'a', public, 0xf0)? };
    subnets.push(public);
    Ok((ranges, subnets))
}

/// Ranges of this VPC beside both subnets where something stands.
fn elsewhere(world: &World, subnets: &[Subnet]) -> BTreeSet<Ipv4Net> {
    let vpc = &world.scenario.vpc;
    let resolvers = world.resolvers.iter().filter(|resolver| !resolver.vpc).map(|resolver| resolver.address);
    let addresses = world.sites.keys().map(|(address, _)| *address).chain(resolvers);
    let own = addresses.filter_map(|address| match address {
        IpAddr::V4(v4) if vpc.cidr.contains(&v4) && !subnets.iter().any(|subnet| subnet.has(address)) => Some(v4),
        _ => None,
    });
    own.filter_map(|v4| Ipv4Net::new(v4, vpc.cidr.prefix_len().max(24)).ok()).map(|net| net.trunc()).collect()
}

/// A range for the public subnet: from the tenth /24 on, else any sixteen addresses.
fn room(cidr: Ipv4Net, subnets: &[Subnet]) -> Ipv4Net {
    let free = |net: &Ipv4Net| {
        let net = IpNet::V4(*net);
        !subnets.iter().flat_map(|subnet| &subnet.nets).any(|own| own.contains(&net) || net.contains(own))
    };
    let wide = cidr.subnets(24).into_iter().flatten().skip(9).find(free);
    wide.or_else(|| cidr.subnets(28).into_iter().flatten().take(4096).find(free)).unwrap_or(SPARE)
}

impl Subnet {
    /// Whether an address is in it.
    pub fn has(&self, address: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(&address))
    }
}
