//! What the kernel knows of its own addresses, where the platform does not tell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

use crate::inputs::Vantage;

/// Fill in the task's own addresses and subnet from the kernel's tables.
pub(super) fn describe(vantage: &mut Vantage) {
    if !vantage.addresses.is_empty() {
        return;
    }
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let mut addresses: Vec<IpAddr> = own_ipv4(&read("/proc/net/fib_trie")).into_iter().map(IpAddr::V4).collect();
    addresses.extend(own_ipv6(&read("/proc/net/if_inet6")).into_iter().map(IpAddr::V6));
    vantage.subnet_cidr = subnets(&read("/proc/net/route"))
        .into_iter()
        .map(IpNet::V4)
        .find(|subnet| addresses.iter().any(|address| subnet.contains(address)));
    vantage.addresses = addresses;
}

/// The addresses that the kernel's prefix tree marks as local.
fn own_ipv4(fib_trie: &str) -> Vec<Ipv4Addr> {
    let mut found = Vec::new();
    let mut last = None;
    for line in fib_trie.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            last = address.parse::<Ipv4Addr>().ok();
        } else if line == "/32 host LOCAL" {
            found.extend(last.filter(|ip| !ip.is_loopback() && !ip.is_link_local()));
        }
    }
    crate::order::naturally(&mut found);
    found.dedup();
    found
}

/// The addresses with more than link scope.
fn own_ipv6(if_inet6: &str) -> Vec<Ipv6Addr> {
    if_inet6
        .lines()
        .filter_map(|line| u128::from_str_radix(line.split_whitespace().next()?, 16).ok())
        .map(Ipv6Addr::from)
        .filter(|ip| !ip.is_loopback() && !ip.is_unicast_link_local())
        .collect()
}

/// The networks that are reached without a gateway.
fn subnets(route: &str) -> Vec<Ipv4Net> {
    route.lines().skip(1).filter_map(subnet).filter(|subnet| !subnet.addr().is_link_local()).collect()
}

fn subnet(line: &str) -> Option<Ipv4Net> {
    let words: Vec<&str> = line.split_whitespace().collect();
    // The kernel prints addresses as numbers of its own byte order.
    let address = |word: Option<&&str>| Some(Ipv4Addr::from(u32::from_str_radix(word?, 16).ok()?.to_ne_bytes()));
    let (destination, gateway, mask) = (address(words.get(1))?, address(words.get(2))?, address(words.get(7))?);
    let is_on_link = gateway.is_unspecified() && !mask.is_unspecified();
    is_on_link.then(|| Ipv4Net::with_netmask(destination, mask).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses_are_read_from_the_kernels_tables() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.1.0\n        /24 link UNICAST\n     |-- 10.0.1.7\n        \
                    /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 169.254.76.1\n        \
                    /32 host LOCAL\n";
        assert_eq!(own_ipv4(trie), ["10.0.1.7".parse::<Ipv4Addr>().unwrap()]);
        let inet6 =
            "fe800000000000000000000000000001 02 40 20 80 eth0\n26001f14000000000000000000000007 02 40 00 80 eth0\n";
        assert_eq!(own_ipv6(inet6), ["2600:1f14::7".parse::<Ipv6Addr>().unwrap()]);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_subnet_is_what_needs_no_gateway() {
        let route = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n\
                     eth0\t00000000\t0101000A\t0003\t0\t0\t0\t00000000\n\
                     eth0\t0001000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n\
                     eth0\t0000FEA9\t00000000\t0001\t0\t0\t0\t0000FFFF\nshort\n";
        assert_eq!(subnets(route), ["10.0.1.0/24".parse().unwrap()]);
    }
}
