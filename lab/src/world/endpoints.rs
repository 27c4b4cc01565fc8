//! Interface endpoints: an address in each zone, in the VPC's own range or another VPC's.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::Ipv4Net;

use super::{Site, in_net, in_net6};
use crate::catalog::{self, Service, Wire};
use crate::scenario::{Config, Ipv6, S3Route, Vpc, Zone};

/// An interface endpoint as placed.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its service.
    pub service: Service,
    /// Its addresses, zones in turn.
    pub addresses: Vec<IpAddr>,
    /// Whether its private DNS is on.
    pub private_dns: bool,
    /// Its state; only an `available` one is there.
    pub state: String,
}

/// Places every interface endpoint of the scenario.
pub fn place(vpc: &Vpc, config: Option<&Config>, subnet: Ipv4Net, other: Ipv4Net) -> Result<Vec<Placed>, String> {
    let known = catalog::services(&vpc.region);
    let service = |id: &str| {
        let found = known.iter().find(|service| service.id == id).cloned();
        found.ok_or_else(|| format!("no service `{id}` in the lab's catalog"))
    };
    let state = |id: &str| {
        let given = config.and_then(|config| config.endpoint_state.get(id));
        given.cloned().unwrap_or_else(|| "available".to_owned())
    };
    let mut placed = Vec::new();
    for given in &vpc.endpoint {
        placed.push(Placed {
            service: service(&given.service)?,
            addresses: given.addresses.clone(),
            private_dns: given.private_dns,
            state: state(&given.service),
        });
    }
    let interface_s3 = (vpc.s3 == S3Route::Interface).then(|| "s3".to_owned());
    for (n, id) in (0..).zip(vpc.endpoints.iter().chain(&interface_s3)) {
        if vpc.endpoint.iter().any(|given| given.service == *id) {
            continue;
        }
        placed.push(Placed {
            service: service(id)?,
            addresses: endpoint_addresses(vpc, subnet, other, n)?,
            private_dns: !vpc.private_dns_off.contains(id),
            state: state(id),
        });
    }
    Ok(placed)
}

fn endpoint_addresses(vpc: &Vpc, subnet: Ipv4Net, other: Ipv4Net, n: u32) -> Result<Vec<IpAddr>, String> {
    let (a, c) = match vpc.endpoint_network {
        Some(net) => (in_net(net, 10 + 2 * n)?, in_net(net, 11 + 2 * n)?),
        None => (in_net(subnet, 50 + n)?, in_net(other, 50 + n)?),
    };
    let mut addresses = vec![IpAddr::V4(a), IpAddr::V4(c)];
    if vpc.ipv6 != Ipv6::None {
        addresses.extend([1, 2].map(|subnet| IpAddr::V6(in_net6(vpc, subnet, 0x50 + u128::from(n)))));
    }
    Ok(addresses)
}

/// Makes each address of each endpoint a server.
pub fn add_sites(sites: &mut BTreeMap<(IpAddr, u16), Site>, endpoints: &[Placed], vpc: &Vpc) {
    for placed in endpoints {
        let given = vpc.endpoint.iter().find(|given| given.service == placed.service.id);
        let tls12_only = given.and_then(|given| given.tls12_only).unwrap_or(placed.service.wire == Wire::S3);
        for (n, &address) in placed.addresses.iter().enumerate() {
            let site = Site {
                service: Some(placed.service.id.clone()),
                names: placed.service.names.clone(),
                wire: placed.service.wire,
                zone: Some(if n % 2 == 0 { Zone::A } else { Zone::C }),
                private: true,
                tls12_only,
                open: true,
                endpoint: None,
            };
            sites.insert((address, 443), site);
        }
    }
}
