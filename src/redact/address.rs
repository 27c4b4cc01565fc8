//! Aliases of addresses: of the same kind, and with the same neighbours.
//!
//! Whoever shares a subnet with another does so afterwards, and the resolver at the base of a range plus two stays there.
//! Every range that is met holds the same addresses afterwards: where the aliases of a family would not do that, its
//! addresses keep their leading bits, which can't fail.

mod same;

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// The first bytes of public aliases: of the US Department of Defense, and not of AWS.
const PUBLIC: [u8; 8] = [11, 21, 22, 26, 28, 29, 30, 33];
/// The first two bytes of S3's addresses: they stay S3's.
const S3: &[[u8; 2]] = &[[52, 216], [52, 217], [52, 218], [52, 219], [54, 231], [3, 5], [16, 12], [16, 15], [52, 92]];

/// Knows the alias of every address.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    met: HashSet<IpAddr>,
    waiting: Vec<IpAddr>,
    ranges: HashSet<IpNet>,
    /// Whether IPv4 addresses keep their first 16 bits (private ones their kind's), and IPv6 ones their first 32.
    keeps_v4: bool,
    keeps_v6: bool,
    is_settled: bool,
    /// Ranges of the task's own VPC, of which the places of addresses count.
    own: Vec<IpNet>,
    /// Public ranges wider than what gets an alias of its own.
    wide: Vec<IpNet>,
    /// What is added, bit by bit, to each kind of private addresses.
    masks: HashMap<Class, u32>,
    /// The first two bytes of public addresses.
    blocks: HashMap<u16, u16>,
    /// What is added to the third byte of a block, and to the last of its addresses.
    thirds: HashMap<u16, u8>,
    lasts: HashMap<u32, u8>,
    /// The first 48 bits of IPv6 addresses, and what is added to the last 64.
    sites: HashMap<u64, u64>,
    interfaces: HashMap<u64, u64>,
}

/// The kinds of IPv4 addresses that stay among themselves.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Class {
    /// Well known, or nowhere: it names nobody.
    Stays,
    /// 10.0.0.0/8
    Ten,
    /// 172.16.0.0/12
    Twelve,
    /// 192.168.0.0/16
    Sixteen,
    /// 100.64.0.0/10
    Shared,
    /// 198.18.0.0/15
    Benchmark,
    /// Of S3.
    S3,
    /// Any other.
    Public,
}

impl Class {
    fn of(ip: Ipv4Addr) -> Self {
        match ip.octets() {
            [0 | 127 | 224..=239, ..] | [169, 254, ..] | [255, 255, 255, 255] => Self::Stays,
            [10, ..] => Self::Ten,
            [172, 16..=31, ..] => Self::Twelve,
            [192, 168, ..] => Self::Sixteen,
            [100, 64..=127, ..] => Self::Shared,
            [198, 18 | 19, ..] => Self::Benchmark,
            [a, b, ..] if S3.contains(&[a, b]) => Self::S3,
            _ => Self::Public,
        }
    }

    /// The bits that become others, the byte they end at, and what the first address has there then.
    fn changed(self) -> Option<(u32, u32, u32)> {
        match self {
            Self::Ten => Some((0xff, 16, 100)),
            Self::Twelve => Some((0x0f, 16, 20)),
            Self::Shared => Some((0x3f, 16, 100)),
            Self::Benchmark => Some((0xff, 8, 100)),
            Self::Sixteen => Some((0xff, 8, 100)),
            Self::S3 => Some((0xff, 0, 10)),
            Self::Stays | Self::Public => None,
        }
    }
}

impl Addresses {
    /// An address, or a range, is in a document; `own` where it is that of the task's VPC.
    pub(super) fn meet(&mut self, ip: IpAddr, length: Option<u8>, own: bool) {
        if let Some(net) = length.and_then(|length| IpNet::new(ip, length).ok()) {
            let is_wide = matches!((ip, net.prefix_len()), (IpAddr::V4(_), 8..=15) | (IpAddr::V6(_), 16..=47));
            if is_wide && !self.wide.contains(&net) {
                self.wide.push(net);
            }
            self.ranges.insert(net);
            if own && !self.own.contains(&net) {
                self.own.push(net);
            }
        }
        if self.met.insert(ip) {
            self.waiting.push(ip);
        }
    }

    /// Give an alias to all that have none yet.
    pub(super) fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.settle_all(&waiting);
        // What was said once is not said otherwise later.
        if self.is_settled || waiting.is_empty() {
            return;
        }
        self.is_settled = true;
        self.keeps_v4 = !self.is_same(true);
        self.keeps_v6 = !self.is_same(false);
        if self.keeps_v4 || self.keeps_v6 {
            self.masks.clear();
            self.blocks.clear();
            self.thirds.clear();
            self.lasts.clear();
            self.sites.clear();
            self.interfaces.clear();
            self.settle_all(&waiting);
        }
    }

    fn settle_all(&mut self, waiting: &[IpAddr]) {
        for ip in waiting {
            match (embedded(*ip), ip) {
                (Some((v4, _)), _) => self.settle_v4(v4),
                (None, IpAddr::V6(v6)) => self.settle_v6(*v6),
                (None, IpAddr::V4(_)) => {}
            }
        }
    }

    /// Whether the ranges of a family hold what they held.
    fn is_same(&self, is_v4: bool) -> bool {
        let ranges: Vec<_> = self
            .ranges
            .iter()
            .filter(|range| range.addr().is_ipv4() == is_v4)
            .filter_map(|range| Some((*range, self.range(*range)?)))
            .collect();
        let addresses: Vec<_> =
            self.met.iter().filter(|ip| ip.is_ipv4() == is_v4).map(|ip| (*ip, self.of(*ip))).collect();
        same::is_same(&ranges, &addresses)
    }

    /// The alias, as it is written; none where it stays.
    pub(super) fn alias(&self, ip: IpAddr, length: Option<u8>) -> Option<String> {
        let Some(length) = length else {
            let alias = self.of(ip);
            return (alias != ip).then(|| alias.to_string());
        };
        let net = IpNet::new(ip, length).ok()?;
        let alias = self.range(net)?;
        (alias != net).then(|| alias.to_string())
    }

    fn range(&self, net: IpNet) -> Option<IpNet> {
        if is_everything(net) {
            return Some(net);
        }
        let alias = IpNet::new(self.of(net.addr()), net.prefix_len()).ok()?;
        Some(if net.addr() == net.network() { alias.trunc() } else { alias })
    }

    fn of(&self, ip: IpAddr) -> IpAddr {
        match (embedded(ip), ip) {
            (Some((v4, head)), IpAddr::V6(_)) => Ipv6Addr::from_bits(head | u128::from(self.v4(v4).to_bits())).into(),
            (Some((v4, _)), IpAddr::V4(_)) => self.v4(v4).into(),
            (None, IpAddr::V6(v6)) => self.v6(v6).into(),
            (None, IpAddr::V4(_)) => ip,
        }
    }

    fn settle_v4(&mut self, ip: Ipv4Addr) {
        let class = Class::of(ip);
        if class.changed().is_some() {
            if !self.masks.contains_key(&class) {
                let mask = self.mask(class, ip);
                self.masks.insert(class, mask);
            }
        } else if class == Class::Public {
            self.settle_block(ip);
        }
    }

    /// What turns the first address of a kind into an alias, and no address into another one's original.
    fn mask(&self, class: Class, first: Ipv4Addr) -> u32 {
        let Some((bits, shift, canonical)) = class.changed() else { return 0 };
        let all =
            || self.met.iter().filter_map(|ip| embedded(*ip)).map(|(v4, _)| v4).filter(|v4| Class::of(*v4) == class);
        let is_taken = |alias: u32| {
            self.met.contains(&Ipv4Addr::from_bits(alias).into())
                || self.blocks.values().any(|block| *block == high(alias >> 16))
        };
        let fits = |mask: u32| mask != 0 && !all().any(|v4| is_taken(v4.to_bits() ^ mask));
        let here = first.to_bits() >> shift;
        let movable = self.movable(class);
        let masks = (0..=bits).map(|more| (((here ^ (canonical + more)) & bits) << shift) & movable);
        masks.clone().find(|mask| fits(*mask)).or_else(|| masks.clone().find(|mask| *mask != 0)).unwrap_or(0)
    }

    /// The bits that may become others, so that the first addresses of a range are first in its alias as well.
    fn movable(&self, class: Class) -> u32 {
        let counts = |net: &&IpNet| class == Class::Sixteen || self.own.contains(net);
        let v4 = |net: &IpNet| if let IpNet::V4(net) = net { Some(*net) } else { None };
        let ranges = self.ranges.iter().filter(|net| !is_everything(**net)).filter(counts).filter_map(v4);
        ranges.filter(|net| Class::of(net.addr()) == class).fold(u32::MAX, |bits, net| bits & net.netmask().to_bits())
    }

    fn settle_block(&mut self, ip: Ipv4Addr) {
        let bits = ip.to_bits();
        let block = high(bits >> 16);
        if !self.blocks.contains_key(&block) {
            let alias = if self.keeps_v4 { block } else { self.fresh_block(block) };
            self.blocks.insert(block, alias);
        }
        let [_, _, third, last] = ip.octets();
        let stays = self.is_own(block);
        self.thirds.entry(block).or_insert(if stays { 0 } else { third });
        self.lasts.entry(bits >> 8).or_insert(if stays { 0 } else { last ^ 0xa });
    }

    /// Two bytes that no address of the documents has, nor another alias.
    fn fresh_block(&self, block: u16) -> u16 {
        let taken = |alias: &u16| {
            self.blocks.values().any(|other| other == alias)
                || self.met.iter().any(|ip| matches!(ip, IpAddr::V4(v4) if high(v4.to_bits() >> 16) == *alias))
        };
        let wide =
            |first: u8| self.wide.iter().find(|net| matches!(net, IpNet::V4(net) if net.addr().octets()[0] == first));
        let [first, second] = block.to_be_bytes();
        if let Some(at) = wide(first).and_then(|net| self.wide.iter().position(|other| other == net)) {
            let beside = u8::try_from(at % (PUBLIC.len() - 1)).unwrap_or(0);
            return u16::from_be_bytes([PUBLIC[usize::from(beside) + 1], second]);
        }
        let all = PUBLIC.iter().filter(|first| wide(**first).is_none());
        let mut blocks = all.flat_map(|first| (0..=255).map(|second| u16::from_be_bytes([*first, second])));
        blocks.find(|alias| !taken(alias)).unwrap_or(u16::from_be_bytes([240, second]))
    }

    /// Whether a range of the task's VPC lies in these.
    fn is_own(&self, block: u16) -> bool {
        let base = Ipv4Addr::from_bits(u32::from(block) << 16);
        let whole = ipnet::Ipv4Net::new(base, 16);
        whole.is_ok_and(|whole| {
            self.own.iter().any(|net| matches!(net, IpNet::V4(net) if net.contains(&whole) || whole.contains(net)))
        })
    }

    fn v4(&self, ip: Ipv4Addr) -> Ipv4Addr {
        let class = Class::of(ip);
        let bits = ip.to_bits();
        match class {
            Class::Stays => ip,
            Class::Ten | Class::Twelve | Class::Sixteen | Class::Shared | Class::Benchmark | Class::S3 => {
                Ipv4Addr::from_bits(bits ^ self.masks.get(&class).copied().unwrap_or(0))
            }
            Class::Public => {
                let block = high(bits >> 16);
                let [_, _, third, last] = ip.octets();
                let [a, b] = self.blocks.get(&block).copied().unwrap_or(block).to_be_bytes();
                let third = third ^ self.thirds.get(&block).copied().unwrap_or(0);
                let last = last ^ self.lasts.get(&(bits >> 8)).copied().unwrap_or(0);
                Ipv4Addr::new(a, b, third, last)
            }
        }
    }

    fn settle_v6(&mut self, ip: Ipv6Addr) {
        let (network, interface) = halves(ip);
        if stays_v6(ip) {
            return;
        }
        self.interfaces.entry(network).or_insert(interface ^ 0x10);
        let site = network >> 16;
        if is_link_local(ip) || self.sites.contains_key(&site) {
            return;
        }
        let alias = if self.keeps_v6 { self.kept_site(site) } else { self.fresh_site(ip, site) };
        self.sites.insert(site, alias);
    }

    /// The same 32 bits, and others behind them: the same change to all, so that neighbours stay ones.
    fn kept_site(&self, site: u64) -> u64 {
        let change = self.sites.iter().next().map_or((site & 0xffff) ^ 1, |(site, alias)| site ^ alias);
        site ^ change
    }

    fn fresh_site(&self, ip: Ipv6Addr, site: u64) -> u64 {
        let first = ip.segments()[0];
        let wide = self.wide.iter().position(|net| matches!(net, IpNet::V6(net) if net.addr().segments()[0] == first));
        if let Some(at) = wide.filter(|_| !ip.is_unique_local()) {
            return 0x3ff0_0000_0000 + ((at as u64 & 0xf) << 32) + (site & 0xffff_ffff);
        }
        let head: u64 = if ip.is_unique_local() { 0xfd11_1111_0000 } else { 0x2001_0db8_0000 };
        let taken = |alias: &u64| {
            self.sites.values().any(|other| other == alias)
                || self.met.iter().any(|ip| matches!(ip, IpAddr::V6(v6) if halves(*v6).0 >> 16 == *alias))
        };
        (1..=0xffff).map(|count| head + count).find(|alias| !taken(alias)).unwrap_or(head)
    }

    fn v6(&self, ip: Ipv6Addr) -> Ipv6Addr {
        if stays_v6(ip) {
            return ip;
        }
        let (network, interface) = halves(ip);
        let site = self.sites.get(&(network >> 16)).copied().unwrap_or(network >> 16);
        let alias = interface ^ self.interfaces.get(&network).copied().unwrap_or(0);
        Ipv6Addr::from_bits((u128::from((site << 16) | (network & 0xffff)) << 64) | u128::from(alias))
    }
}

fn high(bits: u32) -> u16 {
    let [_, _, first, second] = bits.to_be_bytes();
    u16::from_be_bytes([first, second])
}

fn halves(ip: Ipv6Addr) -> (u64, u64) {
    let half = |segments: &[u16]| segments.iter().fold(0, |bits, segment| (bits << 16) | u64::from(*segment));
    let segments = ip.segments();
    (half(&segments[..4]), half(&segments[4..]))
}

/// The IPv4 address that an address is or holds, as NAT64's and mapped ones do, and what stands before it.
fn embedded(ip: IpAddr) -> Option<(Ipv4Addr, u128)> {
    const NAT64: u128 = 0x64_ff9b << 96;
    const MAPPED: u128 = 0xffff << 32;
    match ip {
        IpAddr::V4(v4) => Some((v4, 0)),
        IpAddr::V6(v6) => {
            let [.., a, b, c, d] = v6.octets();
            let head = v6.to_bits() >> 32 << 32;
            (head == NAT64 || head == MAPPED).then(|| (Ipv4Addr::new(a, b, c, d), head))
        }
    }
}

fn is_link_local(ip: Ipv6Addr) -> bool {
    ip.is_unicast_link_local()
}

/// Loopback, multicast, and AWS's own such as the VPC's resolver at fd00:ec2::253.
fn stays_v6(ip: Ipv6Addr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || ip.segments()[..2] == [0xfd00, 0xec2]
}

/// Whole kinds of addresses: everybody writes them so.
fn is_everything(net: IpNet) -> bool {
    match net {
        IpNet::V4(v4) => {
            let shortest = match Class::of(v4.addr()) {
                Class::Twelve => 12,
                Class::Shared => 10,
                Class::Benchmark => 15,
                Class::S3 => 24,
                Class::Sixteen => 0,
                Class::Stays => 32,
                Class::Ten | Class::Public => 8,
            };
            // Wider than all of 10.0.0.0/8 it is no range of anybody's.
            v4.prefix_len() < 8 || (v4.prefix_len() <= shortest && Class::of(v4.addr()) != Class::Public)
        }
        IpNet::V6(v6) => v6.prefix_len() < 16,
    }
}
