//! The public internet: AWS's own addresses in every region, and some hosts of others.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Site;
use crate::catalog::{self, Service, Wire};
use crate::scenario::{S3Route, Vpc};

/// Every public server, reachable or not.
pub fn sites(vpc: &Vpc) -> BTreeMap<(IpAddr, u16), Site> {
    let mut sites = BTreeMap::new();
    let others = catalog::other_regions(&vpc.region).iter().copied().filter(|&region| region != vpc.region);
    for region in others.chain([vpc.region.as_str()]) {
        for service in catalog::services(region) {
            let own = region == vpc.region;
            let more = if own { more_addresses(vpc, &service.id) } else { Vec::new() };
            for address in service_addresses(region, &service.id).into_iter().chain(more) {
                insert(&mut sites, vpc, address, site(vpc, &service, own, address));
            }
        }
    }
    for (n, (name, wire)) in (0..).zip(catalog::INTERNET) {
        let address = IpAddr::V4(internet_address(n));
        let service = Service { id: String::new(), names: vec![name.to_owned()], wire };
        insert(&mut sites, vpc, address, site(vpc, &service, false, address));
    }
    sites
}

fn insert(sites: &mut BTreeMap<(IpAddr, u16), Site>, vpc: &Vpc, address: IpAddr, site: Site) {
    if let (true, IpAddr::V4(v4)) = (vpc.dns64, address) {
        let open = vpc.nat || site.open;
        sites.insert((IpAddr::V6(nat64(v4)), 443), Site { open, ..site.clone() });
    }
    sites.insert((address, 443), site);
}

fn site(vpc: &Vpc, service: &Service, own: bool, address: IpAddr) -> Site {
    let gateway = own && service.id.starts_with("s3") && vpc.s3 == S3Route::Gateway;
    let mut names = service.names.clone();
    if service.id == "ecr.api" && own {
        names.push(catalog::public_alias(&vpc.region));
    }
    Site {
        service: own.then(|| service.id.clone()),
        names,
        wire: service.wire,
        zone: None,
        private: false,
        tls12_only: false,
        open: gateway || way_out(vpc, address),
        endpoint: None,
    }
}

/// Whether there is a way to a public address that no endpoint serves.
pub fn way_out(vpc: &Vpc, address: IpAddr) -> bool {
    if address.is_ipv4() { vpc.nat } else { vpc.egress_ipv6 }
}

/// What NAT64 makes of an IPv4 address.
pub fn nat64(v4: Ipv4Addr) -> Ipv6Addr {
    Ipv6Addr::from((0x0064_ff9b_u128 << 96) | u128::from(u32::from(v4)))
}

/// The public addresses of a service in a region.
pub fn service_addresses(region: &str, id: &str) -> Vec<IpAddr> {
    let hash = hash(region);
    let index = catalog::services(region).iter().position(|service| service.id == id).unwrap_or_default();
    let index = u8::try_from(index).unwrap_or_default();
    let six =
        |tail: u16| IpAddr::V6(Ipv6Addr::new(0x2600, 0x1fa0, u16::from(hash), u16::from(index), 0, 0, 0x34db, tail));
    if id.starts_with("s3") {
        let [a, b] = s3_base(region);
        let last = if id == "s3" { [10, 42] } else { [74, 106] };
        return last.into_iter().map(|d| IpAddr::V4(Ipv4Addr::new(a, b, 4, d))).chain([six(10), six(42)]).collect();
    }
    vec![IpAddr::V4(Ipv4Addr::new(52, 119, hash, index + 10)), six(1)]
}

/// What S3 of the scenario's own region has beyond its first two addresses.
pub fn more_addresses(vpc: &Vpc, id: &str) -> Vec<IpAddr> {
    let [a, b] = s3_base(&vpc.region);
    let more = if id == "s3" { 2..vpc.s3_addresses.max(2) } else { 0..0 };
    more.map(|n| IpAddr::V4(Ipv4Addr::new(a, b, 5, n))).collect()
}

/// The ranges of a region's S3, as its prefix lists have them.
pub fn s3_ranges(region: &str) -> Vec<IpNet> {
    let [a, b] = s3_base(region);
    let four = [(0, 20), (16, 22)].map(|(c, length)| Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), length));
    let addresses = ["s3", "s3-fips"].into_iter().flat_map(|id| service_addresses(region, id));
    let six: BTreeSet<IpNet> = addresses
        .filter_map(|address| match address {
            IpAddr::V6(v6) => Some(IpNet::V6(Ipv6Net::new_assert(v6, 64).trunc())),
            IpAddr::V4(_) => None,
        })
        .collect();
    four.into_iter().map(IpNet::V4).chain(six).collect()
}

/// Published S3 ranges of 2026-08-22; other regions get a range of their own.
fn s3_base(region: &str) -> [u8; 2] {
    match region {
        "ap-northeast-1" => [52, 219],
        "us-east-1" => [52, 216],
        "eu-west-1" => [52, 218],
        "eusc-de-east-1" => [83, 118],
        _ => [54, hash(region)],
    }
}

/// The address of the nth host that belongs to no region.
pub fn internet_address(n: u8) -> Ipv4Addr {
    Ipv4Addr::new(3, 220, 1, n + 1)
}

fn hash(region: &str) -> u8 {
    region.bytes().fold(17_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte))
}

/// The nth internet host that a name fits.
pub fn internet_host(name: &str) -> Option<u8> {
    let position = catalog::INTERNET.iter().position(|(pattern, _)| crate::scenario::matches(pattern, name))?;
    u8::try_from(position).ok()
}

/// Whether a service's ordinary names have IPv6 addresses: dual-stack names do.
pub fn has_ipv6(service: &Service, name: &str) -> bool {
    let dual_suffix = ["api.aws", "on.aws", ".dualstack.", "api.amazonwebservices", "on.amazonwebservices"];
    matches!(service.wire, Wire::S3 | Wire::Json | Wire::RestJson | Wire::Query | Wire::Registry)
        && dual_suffix.iter().any(|part| name.contains(part))
}
