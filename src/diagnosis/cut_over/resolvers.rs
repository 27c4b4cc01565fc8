//! Whether names are still resolved when the default routes go.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

use super::address::{Fate, carried, is_link_local, is_within, of_view};
use crate::diagnosis::case::{Class, View};
use crate::diagnosis::{Case, words};
use crate::plan::{Place, Resolver};

/// What becomes of a name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Names {
    /// It is resolved as before, or no name is needed.
    Stay,
    /// It is, as long as something holds, in words.
    Depend(String),
    /// It is not: by what.
    Lost(String),
}

/// What becomes of a check's name.
pub fn names(case: &Case<'_>, view: &View<'_>) -> Names {
    let used = || view.asked.iter().filter(|asked| asked.bears && case.answers(&asked.resolver));
    let fates: Vec<_> = used().map(|asked| (asked.resolver.address, fate(case, asked.resolver))).collect();
    let of = |wanted: fn(&Fate) -> bool| {
        let those = fates.iter().filter(|(_, fate)| wanted(fate)).map(|(address, _)| address.ip());
        those.collect::<Vec<_>>()
    };
    let lost = of(|fate| matches!(fate, Fate::Lost(_)));
    let unknown = of(|fate| matches!(fate, Fate::Unknown(_)));
    let by = fates.iter().find_map(|(_, fate)| match fate {
        Fate::Lost(by) => Some(by),
        Fate::Stays(_) | Fate::Unknown(_) => None,
    });
    match by {
        Some(by) if lost.len() == fates.len() => Names::Lost(format!(
            "no name is resolved any more: the configured {} ({}); {by}",
            if lost.len() == 1 { "resolver is lost" } else { "resolvers are lost" },
            words::list(lost)
        )),
        Some(_) => Names::Depend(format!(
            "of the resolvers, {} is lost, and each question that goes there first waits",
            words::list(lost)
        )),
        None if unknown.is_empty() => Names::Stay,
        None => Names::Depend(format!(
            "as long as the resolver {} is reached without the default route, which only the route table says",
            words::list(unknown)
        )),
    }
}

fn fate(case: &Case<'_>, resolver: Resolver) -> Fate {
    if resolver.vpc {
        return Fate::Stays(String::new());
    }
    let inside = || inside(&case.plan.place, resolver.address.ip());
    case.stand.map_or_else(inside, |stand| of_view(carried(case, stand, resolver.address, None), inside))
}

/// The VPC's own resolver answers inside the VPC; of any other private one only the route table knows the way.
fn inside(place: &Place, ip: IpAddr) -> Fate {
    let is_ours =
        is_link_local(ip) || is_within(&place.subnets, ip) || is_within(&place.vpc_cidrs, ip) || is_the_vpcs(place, ip);
    match Class::of(ip, &[], place) {
        _ if is_ours => Fate::Stays(String::new()),
        Class::Public => Fate::Lost("its address is public, and such are usually left to the default route".to_owned()),
        Class::Private | Class::Nowhere => Fate::Unknown(String::new()),
    }
}

/// The VPC's own resolver over IPv6.
const OVER_IPV6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253));

/// Whether it can be the VPC's own resolver: the second address of a range that the task's subnet lies in.
fn is_the_vpcs(place: &Place, ip: IpAddr) -> bool {
    const WIDEST: u8 = 16;
    let IpAddr::V4(v4) = ip else { return ip == OVER_IPV6 };
    let is_base_and_two = |subnet: &Ipv4Net, length| {
        let range = Ipv4Net::new(subnet.addr(), length).map(|range| range.network().to_bits());
        range.is_ok_and(|base| base.wrapping_add(2) == v4.to_bits())
    };
    place.subnets.iter().any(|subnet| match subnet {
        IpNet::V4(subnet) => (WIDEST..=subnet.prefix_len()).any(|length| is_base_and_two(subnet, length)),
        IpNet::V6(_) => false,
    })
}
