//! The endpoints of this VPC; those of another VPC that it uses are none of its own.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Endpoint, Interface, Kind, Subnet, Table};
use crate::scenario::{Config, S3Route, Target};
use crate::world::{PlacedEndpoint, World};

/// What an endpoint may do unless somebody says otherwise, as AWS writes it.
pub const FULL_ACCESS: &str = "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n      \"Principal\": \"*\", \n      \"Resource\": \"*\"\n    }\n  ]\n}";

/// Every endpoint.
pub fn of(
    world: &World,
    given: &Config,
    subnets: &[Subnet],
    ranges: &[IpNet],
    tables: &[Table],
) -> Result<Vec<Endpoint>, String> {
    let own = |placed: &&PlacedEndpoint| {
        placed.addresses.iter().all(|address| ranges.iter().any(|range| range.contains(address)))
    };
    let policy = |service: &str| match given.policies.get(service) {
        Some(text) => world.cloud.fill(text),
        None => Ok(FULL_ACCESS.to_owned()),
    };
    let mut endpoints = Vec::new();
    if world.scenario.vpc.s3 == S3Route::Gateway {
        let with_route = |table: &&Table| table.routes.iter().any(|hop| hop.target == Target::Gateway);
        endpoints.push(Endpoint {
            service: "s3".to_owned(),
            private_names: Vec::new(),
            state: "available".to_owned(),
            policy: policy("s3")?,
            kind: Kind::Gateway(tables.iter().filter(with_route).map(|table| table.name).collect()),
        });
    }
    for placed in world.endpoints().iter().filter(own) {
        let service = &placed.service.id;
        let group = if given.groups.contains_key(service) { service } else { "endpoints" };
        endpoints.push(Endpoint {
            private_names: if placed.private_dns { placed.service.names.clone() } else { Vec::new() },
            state: placed.state.clone(),
            policy: policy(service)?,
            kind: Kind::Interface(group.to_owned(), interfaces(&placed.addresses, subnets)),
            service: service.clone(),
        });
    }
    verify(given, &endpoints)?;
    Ok(endpoints)
}

/// An interface for each subnet's address, with the one of the other family beside it.
fn interfaces(addresses: &[IpAddr], subnets: &[Subnet]) -> Vec<Interface> {
    let mut interfaces: Vec<Interface> = Vec::new();
    for &address in addresses {
        let Some(subnet) = subnets.iter().find(|subnet| subnet.has(address)) else {
            continue;
        };
        let lacks = |interface: &&mut Interface| {
            interface.subnet == subnet.name && interface.addresses.iter().all(|own| own.is_ipv4() != address.is_ipv4())
        };
        match interfaces.iter_mut().find(lacks) {
            Some(interface) => interface.addresses.push(address),
            None => interfaces.push(Interface { subnet: subnet.name.clone(), addresses: vec![address] }),
        }
    }
    interfaces
}

/// Refuses what would silently do nothing.
fn verify(given: &Config, endpoints: &[Endpoint]) -> Result<(), String> {
    let has = |service: &String, interface: bool| {
        let fits = |endpoint: &Endpoint| !interface || matches!(endpoint.kind, Kind::Interface(..));
        endpoints.iter().any(|endpoint| endpoint.service == *service && fits(endpoint))
    };
    let of_interfaces = given.groups.keys().map(|service| ("groups", service));
    let of_interfaces = of_interfaces.chain(given.endpoint_state.keys().map(|service| ("endpoint_state", service)));
    for (key, service) in of_interfaces {
        if !has(service, true) {
            return Err(format!("[config] {key}: this VPC has no interface endpoint of `{service}`"));
        }
    }
    match given.policies.keys().find(|service| !has(service, false)) {
        Some(service) => Err(format!("[config] policies: this VPC has no endpoint of `{service}`")),
        None => Ok(()),
    }
}
