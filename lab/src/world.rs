//! A scenario turned into addresses: who stands where, who is reachable, and what each name leads to.

mod endpoints;
mod names;
mod public;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

pub use endpoints::Placed as PlacedEndpoint;
pub use names::{Found, parent};
pub use public::{nat64, s3_ranges};

use crate::catalog::{self, Wire};
use crate::cloud::Cloud;
use crate::config::Network;
use crate::scenario::{Credentials, Host, Ipv6, Layer, Place, ResolverName, Scenario, Serves, View, Vpc, Zone};

/// Where task metadata answers.
pub const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2));

/// Where credentials answer that a full address leads to.
const CREDENTIALS: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23));

const VPC_RESOLVER_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253));
const VPC_RESOLVER_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253));

/// A server at one address and port.
#[derive(Clone, Debug)]
pub struct Site {
    /// Id of the service, in the scenario's own region only.
    pub service: Option<String>,
    /// What its certificate carries.
    pub names: Vec<String>,
    /// What it speaks.
    pub wire: Wire,
    /// The zone of an interface endpoint's address.
    pub zone: Option<Zone>,
    /// Whether it stands inside the VPC or one joined to it.
    pub private: bool,
    /// Whether it refuses TLS 1.3 by nature.
    pub tls12_only: bool,
    /// Whether packets from the task reach it.
    pub open: bool,
    /// The service whose VPC endpoint leads to it, where the VPC's configuration is told.
    pub endpoint: Option<String>,
}

/// A resolver of the world.
#[derive(Clone, Debug)]
pub struct WorldResolver {
    /// Where it listens.
    pub address: IpAddr,
    /// Whose answers it gives.
    pub view: View,
    /// Its own records.
    pub records: BTreeMap<String, Vec<IpAddr>>,
    /// Whether it is the VPC's own.
    pub vpc: bool,
}

/// The task's place in the network.
#[derive(Clone, Copy, Debug)]
pub struct TaskNet {
    /// Its address.
    pub v4: Ipv4Addr,
    /// Its subnet.
    pub subnet: Ipv4Net,
    /// The subnet's gateway.
    pub gateway: Ipv4Addr,
    /// Its IPv6 address, where there is one.
    pub v6: Option<Ipv6Addr>,
    /// The gateway's.
    pub gateway6: Ipv6Addr,
}

impl TaskNet {
    /// The addresses that the task really has.
    pub fn addresses(&self, vpc: &Vpc) -> Vec<IpAddr> {
        let four = (vpc.ipv6 != Ipv6::Only).then_some(IpAddr::V4(self.v4));
        four.into_iter().chain(self.v6.map(IpAddr::V6)).collect()
    }
}

/// A scenario turned into addresses.
#[derive(Debug)]
pub struct World {
    /// What was asked for.
    pub scenario: Scenario,
    /// The task's place.
    pub task: TaskNet,
    /// The subnet of the other zone.
    pub other_subnet: Ipv4Net,
    /// Every server.
    pub sites: BTreeMap<(IpAddr, u16), Site>,
    /// Every resolver.
    pub resolvers: Vec<WorldResolver>,
    /// What the servers hold and say.
    pub cloud: Cloud,
    endpoints: Vec<endpoints::Placed>,
    hosts: BTreeMap<String, Vec<IpAddr>>,
}

impl World {
    /// Places everything.
    pub fn build(scenario: Scenario) -> Result<Self, String> {
        let cloud = Cloud::build(&scenario)?;
        Self::place(scenario, cloud)
    }

    /// What it becomes: the same task, and the same things held, in the worlds of the scenario's changes.
    pub fn changed(&self) -> Result<Vec<Self>, String> {
        let numbered = self.scenario.changed().enumerate();
        numbered
            .map(|(n, scenario)| {
                let cloud = self.cloud.changed(&scenario);
                let world = cloud.and_then(|cloud| Self::place(scenario, cloud));
                world.map_err(|e| format!("change {}: {e}", n + 1))
            })
            .collect()
    }

    fn place(scenario: Scenario, cloud: Cloud) -> Result<Self, String> {
        let vpc = &scenario.vpc;
        let (subnet, other) = subnets(vpc)?;
        let task = task_net(vpc, subnet)?;
        let endpoints = endpoints::place(vpc, scenario.config.as_ref(), subnet, other)?;
        let mut sites = public::sites(vpc);
        endpoints::add_sites(&mut sites, &endpoints, vpc);
        let hosts = add_hosts(&mut sites, vpc);
        let metadata = Site {
            service: None,
            names: vec![],
            wire: Wire::Metadata,
            zone: None,
            private: true,
            tls12_only: false,
            open: true,
            endpoint: None,
        };
        if scenario.task.credentials == Some(Credentials::FullUri) {
            sites.insert((CREDENTIALS, 80), metadata.clone());
        }
        sites.insert((METADATA, 80), metadata);
        let resolvers = resolvers(vpc);
        let mut world = Self { scenario, task, other_subnet: other, sites, resolvers, cloud, endpoints, hosts };
        world.verify()?;
        let network = Network::build(&world)?;
        if world.scenario.config.is_some() {
            world.configure(&network);
        }
        Ok(world)
    }

    /// What has a way out and what has none is for the packet filter to say, by the route table.
    fn configure(&mut self, network: &Network) {
        for ((address, _), site) in &mut self.sites {
            site.open = true;
            let stores = !site.private && site.service.as_deref().is_some_and(|id| id.starts_with("s3"));
            site.endpoint = match site.zone {
                Some(_) => site.service.clone(),
                None => (stores && network.goes_by_gateway(*address)).then(|| "s3".to_owned()),
            };
        }
    }

    /// Refuses faults that would silently do nothing.
    fn verify(&self) -> Result<(), String> {
        let known = catalog::services(self.region());
        let vpc = &self.scenario.vpc;
        if let Some(id) = vpc.private_dns_off.iter().find(|id| !vpc.endpoints.contains(id)) {
            return Err(format!("private_dns_off: `{id}` has no endpoint"));
        }
        for host in self.cloud.hosts() {
            if self.resolve(View::Public, &host).into_addresses().is_empty() {
                return Err(format!("no host `{host}` in the world: give it a [[vpc.host]]"));
            }
        }
        for fault in &self.scenario.faults {
            let (place, what) = (&fault.place, &fault.what);
            if let Some(id) = place.service.as_ref().filter(|id| known.iter().all(|own| own.id != **id)) {
                return Err(format!("fault {what:?}: no service `{id}` in the lab's catalog"));
            }
            if what.layer() == Layer::Packets && self.nets(place).is_empty() {
                return Err(format!("fault {what:?}: no address of the world fits its place"));
            }
        }
        Ok(())
    }

    /// Every interface endpoint, also those of another VPC.
    pub fn endpoints(&self) -> &[PlacedEndpoint] {
        &self.endpoints
    }

    /// A line `NAME:PORT` for each host.
    pub fn host_list(&self) -> String {
        let hosts = self.scenario.vpc.host.iter();
        let lines = hosts.flat_map(|host| (0..host.count).map(|n| format!("{}:{}\n", numbered(host, n), host.port)));
        lines.collect()
    }

    /// The scenario's region.
    pub fn region(&self) -> &str {
        &self.scenario.vpc.region
    }

    /// Whether a resolver's address is the one that a place speaks of; true where it speaks of none.
    pub fn fits_resolver(&self, place: &Place, address: IpAddr) -> bool {
        match place.resolver {
            None => true,
            Some(ResolverName::At(at)) => at == address,
            Some(ResolverName::Vpc) => {
                self.resolvers.iter().any(|resolver| resolver.vpc && resolver.address == address)
            }
        }
    }

    /// Whether a server is one that a place speaks of; `sni` is what the client asked for. Task metadata is none of
    /// the VPC's: only its address names it.
    pub fn fits_site(&self, place: &Place, address: IpAddr, site: &Site, sni: Option<&str>) -> bool {
        let host = place.host.as_deref().is_none_or(|_| {
            sni.map_or_else(|| self.host_addresses(place).contains(&address), |name| place.fits_host(name))
        });
        host && site.wire != Wire::Metadata
            && place.resolver.is_none()
            && place.fits_address(address)
            && place.service.as_ref().is_none_or(|id| site.service.as_ref() == Some(id))
            && place.zone.is_none_or(|zone| site.zone == Some(zone))
            && place.public.is_none_or(|public| site.private != public)
    }

    /// The addresses that a place speaks of, for the packet filter.
    pub fn nets(&self, place: &Place) -> Vec<IpNet> {
        let mut nets: Vec<IpNet> = if place.resolver.is_some() {
            let own = self.resolvers.iter().map(|resolver| resolver.address);
            own.filter(|&address| self.fits_resolver(place, address) && place.fits_address(address))
                .map(IpNet::from)
                .collect()
        } else if let (Some(net), None, None, None, None) =
            (place.address, &place.service, &place.host, place.zone, place.public)
        {
            vec![net.0]
        } else {
            // Neither a security group nor a network ACL reaches the metadata.
            let sites = self.sites.iter().filter(|(_, site)| site.wire != Wire::Metadata);
            let fitting = sites.filter(|((address, _), site)| self.fits_site(place, *address, site, None));
            fitting.map(|((address, _), _)| IpNet::from(*address)).collect()
        };
        nets.sort();
        nets.dedup();
        nets
    }

    fn host_addresses(&self, place: &Place) -> Vec<IpAddr> {
        let Some(host) = place.host.as_deref() else {
            return Vec::new();
        };
        let found = [View::Vpc, View::Public].map(|view| self.resolve(view, host));
        found.into_iter().flat_map(Found::into_addresses).collect()
    }
}

fn subnets(vpc: &Vpc) -> Result<(Ipv4Net, Ipv4Net), String> {
    let nth = |n: u32| {
        let base = Ipv4Addr::from(u32::from(vpc.cidr.network()) + n * 256);
        Ipv4Net::new(base, 24).map_err(|e| e.to_string())
    };
    let own = vpc.subnet.map_or_else(|| nth(1), Ok)?;
    let other = vpc.other_subnet.map_or_else(|| nth(2), Ok)?;
    Ok((own, other))
}

fn in_net(net: Ipv4Net, n: u32) -> Result<Ipv4Addr, String> {
    let address = Ipv4Addr::from(u32::from(net.network()) + n);
    if net.contains(&address) { Ok(address) } else { Err(format!("{net} is too small for its {n}th address")) }
}

fn in_net6(vpc: &Vpc, subnet: u128, n: u128) -> Ipv6Addr {
    Ipv6Addr::from(u128::from(vpc.ipv6_cidr.network()) + (subnet << 64) + n)
}

fn task_net(vpc: &Vpc, subnet: Ipv4Net) -> Result<TaskNet, String> {
    Ok(TaskNet {
        v4: vpc.task_ip.map_or_else(|| in_net(subnet, 7), Ok)?,
        subnet,
        gateway: in_net(subnet, 1)?,
        v6: (vpc.ipv6 != Ipv6::None).then(|| in_net6(vpc, 1, 7)),
        gateway6: in_net6(vpc, 1, 1),
    })
}

fn add_hosts(sites: &mut BTreeMap<(IpAddr, u16), Site>, vpc: &Vpc) -> BTreeMap<String, Vec<IpAddr>> {
    let mut hosts = BTreeMap::new();
    for host in &vpc.host {
        for n in 0..host.count {
            let name = numbered(host, n);
            let addresses: Vec<IpAddr> = host.addresses.iter().map(|&address| further(address, n)).collect();
            for &address in &addresses {
                sites.insert((address, host.port), host_site(host, &name, address, vpc));
            }
            hosts.insert(name.to_ascii_lowercase(), addresses);
        }
    }
    hosts
}

fn numbered(host: &Host, n: u32) -> String {
    host.name.replace("{n}", &n.to_string())
}

fn host_site(host: &Host, name: &str, address: IpAddr, vpc: &Vpc) -> Site {
    let private = is_private(vpc, address);
    Site {
        service: None,
        names: vec![name.to_owned()],
        wire: match host.serves {
            Serves::Https => Wire::Page,
            Serves::S3 => Wire::S3,
            Serves::Registry => Wire::Bearer,
            Serves::Tcp => Wire::Tcp,
        },
        zone: None,
        private,
        tls12_only: false,
        open: private || public::way_out(vpc, address),
        endpoint: None,
    }
}

fn further(address: IpAddr, n: u32) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from(u32::from(v4) + n)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) + u128::from(n))),
    }
}

/// Whether an address is inside this VPC or in a range that only private networks use.
fn is_private(vpc: &Vpc, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]);
            vpc.cidr.contains(&v4) || v4.is_private() || v4.is_link_local() || shared
        }
        IpAddr::V6(v6) => vpc.ipv6_cidr.contains(&v6) || v6.is_unique_local(),
    }
}

fn resolvers(vpc: &Vpc) -> Vec<WorldResolver> {
    let base = IpAddr::V4(Ipv4Addr::from(u32::from(vpc.cidr.network()) + 2));
    let v6 = (vpc.ipv6 != Ipv6::None).then_some(VPC_RESOLVER_V6);
    let own = [base, VPC_RESOLVER_V4].into_iter().chain(v6);
    let own = own.map(|address| WorldResolver { address, view: View::Vpc, records: BTreeMap::new(), vpc: true });
    let custom = vpc.resolver.iter().map(|given| WorldResolver {
        address: given.address,
        view: given.view,
        records: given.records.clone(),
        vpc: false,
    });
    own.chain(custom).collect()
}
