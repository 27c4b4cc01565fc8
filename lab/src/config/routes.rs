//! Route tables: the task's, the other subnet's, the public subnet's and the VPC's main one; and what `pl-s3` stands for.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{Hop, PrefixList, Table};
use crate::scenario::{Config, Destination, Ipv6, S3Route, Target};
use crate::world::{World, s3_ranges};

/// Every route table.
pub fn tables(world: &World, ranges: &[IpNet], given: &Config) -> Result<Vec<Table>, String> {
    let local: Vec<Hop> = ranges.iter().map(|&net| hop(net, Target::Local)).collect();
    let usual = usual(world, ranges);
    let own = given
        .routes_a
        .as_ref()
        .map(|routes| routes.iter().map(|route| Hop { to: route.to, target: route.target }).collect::<Vec<_>>());
    let own = own.unwrap_or_else(|| usual.clone());
    let gateway = own.iter().any(|hop| hop.target == Target::Gateway);
    if gateway && world.scenario.vpc.s3 != S3Route::Gateway {
        return Err("[config] routes_a: `pl-s3 gateway` wants an S3 gateway endpoint (`s3 = \"gateway\"`)".to_owned());
    }
    if let Some(twice) = own.iter().find(|hop| local.iter().any(|local| local.to == hop.to)) {
        return Err(format!("[config] routes_a: {} is the VPC's own range, which every table has", twice.to));
    }
    let mut public = vec![hop(IpNet::V4(Ipv4Net::default()), Target::Internet)];
    if world.scenario.vpc.ipv6 != Ipv6::None {
        public.push(hop(IpNet::V6(Ipv6Net::default()), Target::Internet));
    }
    let table = |name, routes: Vec<Hop>| Table { name, routes: local.iter().copied().chain(routes).collect() };
    Ok(vec![table("a", own), table("c", usual), table("public", public), table("main", Vec::new())])
}

fn hop(net: IpNet, target: Target) -> Hop {
    Hop { to: Destination::Net(net), target }
}

/// The routes that `[vpc]` speaks of: S3, the way out, and other networks that are joined to this one.
fn usual(world: &World, ranges: &[IpNet]) -> Vec<Hop> {
    let vpc = &world.scenario.vpc;
    let mut routes = Vec::new();
    if vpc.s3 == S3Route::Gateway {
        routes.push(Hop { to: Destination::S3, target: Target::Gateway });
    }
    if vpc.nat {
        routes.push(hop(IpNet::V4(Ipv4Net::default()), Target::Nat));
    }
    if vpc.egress_ipv6 {
        routes.push(hop(IpNet::V6(Ipv6Net::default()), Target::EgressOnly));
    }
    if vpc.nat && vpc.dns64 {
        routes.push(hop(IpNet::V6(nat64()), Target::Nat));
    }
    routes.extend(joined(world, ranges).into_iter().map(|net| hop(net, Target::Transit)));
    routes
}

fn nat64() -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96)
}

/// Networks beyond this VPC where something private stands.
fn joined(world: &World, ranges: &[IpNet]) -> BTreeSet<IpNet> {
    let central = world.scenario.vpc.endpoint_network.map(|net| IpNet::V4(net.trunc()));
    let private = world.sites.iter().filter(|(_, site)| site.private).map(|((address, _), _)| *address);
    let resolvers = world.resolvers.iter().filter(|resolver| !resolver.vpc).map(|resolver| resolver.address);
    // One on the internet is reached by the default route, as everything there.
    let resolvers = resolvers.filter(|address| is_private(*address));
    let beyond = private
        .chain(resolvers)
        .filter(|address| !is_link_local(*address) && !ranges.iter().chain(&central).any(|net| net.contains(address)));
    let wide = |address| IpNet::new(address, if address.is_ipv4() { 24 } else { 64 });
    beyond.filter_map(|address| wide(address).ok()).map(|net| net.trunc()).chain(central).collect()
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || matches!(v4.octets(), [100, 64..=127, ..]),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(v4) if v4.is_link_local())
}

/// The prefix lists of S3 in the Region: one of IPv4, and one of IPv6 where the VPC has that.
pub fn prefix_lists(world: &World) -> Vec<PrefixList> {
    let nets = s3_ranges(world.region());
    let of = |four: bool| nets.iter().copied().filter(|net| matches!(net, IpNet::V4(_)) == four).collect();
    let list =
        |middle, four| PrefixList { name: format!("com.amazonaws.{}{middle}.s3", world.region()), nets: of(four) };
    let six = (world.scenario.vpc.ipv6 != Ipv6::None).then(|| list(".ipv6", false));
    [list("", true)].into_iter().chain(six).collect()
}
