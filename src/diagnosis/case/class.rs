//! Whether an address is inside, outside or nowhere.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::plan::Place;

/// What kind of address it is, as seen from the task.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// An endpoint's, or anything else that no internet route leads to.
    Private,
    /// Reached by a NAT, an internet gateway or a gateway endpoint.
    Public,
    /// A sinkhole: nothing can be there.
    Nowhere,
}

impl Class {
    /// The class of one address of an answer; `siblings` are all addresses of the same answer.
    pub fn of(ip: IpAddr, siblings: &[IpAddr], place: &Place) -> Self {
        let ip = ip.to_canonical();
        if ip.is_unspecified() || ip.is_loopback() {
            return Self::Nowhere;
        }
        let said = place.vpc_cidrs.iter().chain(&place.subnets).any(|net| net.contains(&ip));
        let private = said
            || is_private_range(ip)
            || match ip {
                IpAddr::V4(_) => beside_ours(siblings, place),
                IpAddr::V6(v6) => shares_a_56(v6, place) || beside_private_ipv4(v6, siblings, place),
            };
        if private { Self::Private } else { Self::Public }
    }
}

/// Whether no internet route leads to the address, whoever asks.
pub fn is_private_range(ip: IpAddr) -> bool {
    const SHARED: Ipv4Net = Ipv4Net::new_assert(std::net::Ipv4Addr::new(100, 64, 0, 0), 10);
    const BENCHMARK: Ipv4Net = Ipv4Net::new_assert(std::net::Ipv4Addr::new(198, 18, 0, 0), 15);
    match ip {
        // Link-local is right for guardduty-data-v2.
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || SHARED.contains(&v4) || BENCHMARK.contains(&v4),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// An endpoint has all its addresses in one VPC. That holds where the VPC's range is a public one and nobody said so: then
/// the task's own subnet is all that is known of it.
fn beside_ours(siblings: &[IpAddr], place: &Place) -> bool {
    let ours = |ip: &IpAddr| place.vpc_cidrs.iter().chain(&place.subnets).any(|net| net.contains(ip));
    siblings.iter().any(|ip| ip.is_ipv4() && !is_private_range(*ip) && ours(ip))
}

/// A VPC's IPv6 range is a /56, so an address in the /56 of the task's own subnet is in the same VPC.
fn shares_a_56(v6: Ipv6Addr, place: &Place) -> bool {
    place.subnets.iter().any(|net| match net {
        IpNet::V4(_) => false,
        IpNet::V6(net) => Ipv6Net::new(net.addr(), 56).is_ok_and(|wide| wide.contains(&v6)),
    })
}

/// A dual-stack endpoint's IPv6 addresses are global unicast; its IPv4 addresses beside them are private.
fn beside_private_ipv4(v6: Ipv6Addr, siblings: &[IpAddr], place: &Place) -> bool {
    const NAT64: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);
    let mut ipv4 = siblings.iter().filter(|ip| ip.is_ipv4()).peekable();
    !NAT64.contains(&v6) && ipv4.peek().is_some() && ipv4.all(|ip| Class::of(*ip, siblings, place) == Class::Private)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::testing::Scene;

    #[test]
    fn the_endpoint_of_a_vpc_with_a_public_range_is_private_in_every_zone() {
        let mut place = Scene::read("ecr.api").plan.place;
        let table = [
            ("one in our subnet", "20.10.1.0/24", vec!["20.10.2.5", "20.10.1.5"], Class::Private),
            ("with IPv6 beside", "20.10.1.0/24", vec!["2600:1f14::5", "20.10.2.5", "20.10.1.5"], Class::Private),
            ("none in our subnet", "20.10.1.0/24", vec!["20.10.2.5", "20.10.3.5"], Class::Public),
            ("a private range says nothing of public ones", "10.0.1.0/24", vec!["18.1.1.1", "10.0.1.5"], Class::Public),
        ];
        for (about, subnet, answer, expected) in table {
            place.subnets = vec![subnet.parse().unwrap()];
            let answer: Vec<IpAddr> = answer.iter().map(|ip| ip.parse().unwrap()).collect();
            assert_eq!(Class::of(answer[0], &answer, &place), expected, "{about}");
        }
    }
}
