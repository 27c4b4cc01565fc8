//! Whether every range holds the same addresses after as before.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;

/// Whether an address lies in one of the ranges exactly where its alias lies in that range's alias.
///
/// Each length of ranges costs one look at each address, however many ranges there are.
pub(super) fn is_same(ranges: &[(IpNet, IpNet)], addresses: &[(IpAddr, IpAddr)]) -> bool {
    let mut lengths: HashMap<(bool, u8), HashMap<IpNet, IpNet>> = HashMap::new();
    for (range, alias) in ranges {
        let of_length = lengths.entry((range.addr().is_ipv4(), range.prefix_len())).or_default();
        of_length.insert(range.trunc(), alias.trunc());
    }
    lengths.iter().all(|((is_v4, length), became)| {
        let was: HashMap<IpNet, IpNet> = became.iter().map(|(range, alias)| (*alias, *range)).collect();
        let around = |ip: IpAddr| IpNet::new(ip, *length).ok().map(|net| net.trunc());
        let of_kind = addresses.iter().filter(|(ip, _)| ip.is_ipv4() == *is_v4);
        was.len() == became.len()
            && of_kind.into_iter().all(|(ip, alias)| match (around(*ip), around(*alias)) {
                (Some(before), Some(after)) => {
                    became.get(&before).is_none_or(|expected| *expected == after)
                        && was.get(&after).is_none_or(|expected| *expected == before)
                }
                (None, _) | (_, None) => false,
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_must_hold_what_it_held() {
        let table = [
            (("10.0.0.0/8", "10.0.0.0/8"), ("10.1.0.7", "10.9.0.7"), true),
            (("10.0.0.0/8", "10.0.0.0/8"), ("192.168.0.7", "10.255.0.7"), false),
            (("10.0.0.0/8", "10.0.0.0/8"), ("10.1.0.7", "11.1.0.7"), false),
            (("52.0.0.0/8", "11.0.0.0/8"), ("52.216.0.7", "52.216.0.9"), false),
            (("52.0.0.0/8", "11.0.0.0/8"), ("fd00::7", "fd11::7"), true),
            (("2600::/12", "2600::/12"), ("2600:1f14::7", "2001:db8::7"), false),
            (("::/0", "::/0"), ("2600:1f14::7", "2001:db8::7"), true),
        ];
        for ((range, became), (ip, alias), expected) in table {
            let ranges = [(range.parse().unwrap(), became.parse().unwrap())];
            let same = is_same(&ranges, &[(ip.parse().unwrap(), alias.parse().unwrap())]);
            assert_eq!(same, expected, "{ip} of {range}");
        }
    }
}
