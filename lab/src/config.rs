//! The VPC's configuration: made of the world, changed by `[config]`, and the one truth behind packets and the operator's view.

mod acls;
mod document;
mod endpoints;
mod filter;
mod groups;
mod id;
mod routes;
mod subnets;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use ipnet::IpNet;

use document::document;
pub use filter::rules;
pub use id::id;

use crate::scenario::{AclRule, Config, Destination, GroupRule, Target};
use crate::world::World;

/// The one VPC.
pub const VPC: &str = "vpc-0123456789abcdef0";

/// The configuration of the task's VPC.
#[derive(Debug)]
pub struct Network {
    /// The VPC's ranges, the first one first.
    pub ranges: Vec<IpNet>,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
    /// Its security groups.
    pub groups: Vec<Group>,
    /// Its network ACLs.
    pub acls: Vec<Acl>,
    /// Its route tables.
    pub tables: Vec<Table>,
    /// Its endpoints.
    pub endpoints: Vec<Endpoint>,
    /// The prefix lists of S3, one a family.
    pub prefix_lists: Vec<PrefixList>,
    /// Whether it has a NAT gateway.
    pub nat: bool,
    /// Whether it has an egress-only internet gateway.
    pub egress_only: bool,
}

/// A subnet.
#[derive(Debug)]
pub struct Subnet {
    /// Its name in the lab: `a` is the task's, `c` the other, `public` the NAT gateway's.
    pub name: String,
    /// The letter of its availability zone.
    pub zone: char,
    /// Its ranges, one a family.
    pub nets: Vec<IpNet>,
    /// The name of its route table.
    pub table: &'static str,
    /// The name of its network ACL.
    pub acl: &'static str,
}

/// A security group.
#[derive(Debug)]
pub struct Group {
    /// Its name in the lab: what follows `sg-`.
    pub name: String,
    /// What it lets in.
    pub ingress: Vec<GroupRule>,
    /// What it lets out.
    pub egress: Vec<GroupRule>,
    /// The addresses of the interfaces that have it.
    pub members: Vec<IpAddr>,
}

/// A network ACL.
#[derive(Debug)]
pub struct Acl {
    /// Its name in the lab: `a`, `c` or `default`.
    pub name: &'static str,
    /// What comes in, in the order in which it applies.
    pub inbound: Vec<AclRule>,
    /// What leaves, in the order in which it applies.
    pub outbound: Vec<AclRule>,
}

/// A route table.
#[derive(Debug)]
pub struct Table {
    /// Its name in the lab: `a`, `c`, `public` or `main`.
    pub name: &'static str,
    /// Its routes, the local ones first.
    pub routes: Vec<Hop>,
}

/// A route of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hop {
    /// To where.
    pub to: Destination,
    /// By what.
    pub target: Target,
}

/// A VPC endpoint of this VPC.
#[derive(Debug)]
pub struct Endpoint {
    /// Its service.
    pub service: String,
    /// The names that private DNS gives it; none where that is off.
    pub private_names: Vec<String>,
    /// Its state.
    pub state: String,
    /// Its policy.
    pub policy: String,
    /// An interface endpoint's group and interfaces, or a gateway endpoint's tables.
    pub kind: Kind,
}

/// The kind of an endpoint.
#[derive(Debug)]
pub enum Kind {
    /// In route tables, by name.
    Gateway(Vec<&'static str>),
    /// Network interfaces, with the name of their group.
    Interface(String, Vec<Interface>),
}

/// A network interface of an endpoint.
#[derive(Debug)]
pub struct Interface {
    /// The name of its subnet.
    pub subnet: String,
    /// Its addresses, one a family.
    pub addresses: Vec<IpAddr>,
}

/// A prefix list that AWS manages.
#[derive(Debug)]
pub struct PrefixList {
    /// Its name with AWS.
    pub name: String,
    /// Its ranges.
    pub nets: Vec<IpNet>,
}

/// The operator's view of a world, as a file.
pub fn text(world: &World) -> Result<String, String> {
    let document = document(world, &Network::build(world)?);
    Ok(serde_json::to_string_pretty(&document).map_err(|e| e.to_string())? + "\n")
}

impl Network {
    /// The healthy configuration of a world, changed by its `[config]`.
    pub fn build(world: &World) -> Result<Self, String> {
        let given = world.scenario.config.clone().unwrap_or_default();
        let (ranges, subnets) = subnets::place(world)?;
        let prefix_lists = routes::prefix_lists(world);
        let tables = routes::tables(world, &ranges, &given)?;
        let endpoints = endpoints::of(world, &given, &subnets, &ranges, &tables)?;
        let groups = groups::of(world, &given, &ranges, &endpoints)?;
        let used = |target| tables.iter().any(|table| table.routes.iter().any(|hop| hop.target == target));
        verify_sections(&given)?;
        Ok(Self {
            nat: world.scenario.vpc.nat || used(Target::Nat),
            egress_only: world.scenario.vpc.egress_ipv6 || used(Target::EgressOnly),
            acls: acls::of(world, &given),
            ranges,
            subnets,
            groups,
            tables,
            endpoints,
            prefix_lists,
        })
    }

    /// Whether an address of S3 is reached by the gateway endpoint: for its policy only, the packet filter goes by itself.
    pub fn goes_by_gateway(&self, address: IpAddr) -> bool {
        let hops = self.tables.iter().filter(|table| table.name == "a").flat_map(|table| &table.routes);
        let nets = hops.flat_map(|hop| match hop.to {
            Destination::Net(net) => vec![(net, hop.target)],
            Destination::S3 => {
                self.prefix_lists.iter().flat_map(|list| &list.nets).map(|net| (*net, hop.target)).collect()
            }
        });
        let longest = nets.filter(|(net, _)| net.contains(&address)).max_by_key(|(net, _)| net.prefix_len());
        longest.is_some_and(|(_, target)| target == Target::Gateway)
    }

    /// The id of one of its things by the name that scenarios use: `sg-task`, `acl-a`, `rtb-c`, `vpce-logs`, `vpc`.
    pub fn id_of(&self, thing: &str) -> Option<String> {
        if thing == "vpc" {
            return Some(VPC.to_owned());
        }
        let (kind, name) = thing.split_once('-')?;
        let known = match kind {
            "sg" => self.groups.iter().any(|group| group.name == name),
            "acl" => self.acls.iter().any(|acl| acl.name == name),
            "rtb" => self.tables.iter().any(|table| table.name == name),
            "subnet" => self.subnets.iter().any(|subnet| subnet.name == name),
            "vpce" => self.endpoints.iter().any(|endpoint| endpoint.service == name),
            "nat" => ["gateway", "deleted"].contains(&name),
            _ => false,
        };
        known.then(|| id(kind, name))
    }
}

fn verify_sections(given: &Config) -> Result<(), String> {
    match given.missing.iter().find(|name| document::call(name).is_none()) {
        Some(name) => Err(format!("[config] missing: the view has no section `{name}`")),
        None => Ok(()),
    }
}
