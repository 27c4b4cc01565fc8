//! The operator's view of the VPC: its configuration as AWS's own calls tell it (`network.json`), evaluated by AWS's rules.
//!
//! Pure. Nothing here knows what packets did: it says what the configuration lets through, by which rule it does not, and
//! what can't be known because it was not looked at.

mod acl;
pub mod answer;
mod dns;
mod endpoint;
mod group;
mod model;
mod path;
mod policy;
mod read;
mod remedy;
mod route;
mod shape;
mod sister;
mod stand;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use ipnet::IpNet;

use self::model::{Acl, Endpoint, Group, Interface, List, Nat, Sections, Subnet, Table, Task};
pub use answer::{Block, Carried, Culprit, CulpritKind, Decision, EndpointKind, Path, Presence, Present, Remedy, Way};
pub use dns::NameView;
pub use policy::{Call, Need, Told};
pub use sister::Known;
pub use stand::Stand;

/// The configuration of one VPC, as far as the operator may see it.
#[derive(Clone, Debug)]
pub struct Vpc {
    id: String,
    region: String,
    account: Option<String>,
    collected_at: String,
    task: Task,
    sections: Sections,
    missing: Vec<Missing>,
}

/// What was not looked at, and why.
#[derive(Clone, Debug)]
pub struct Missing {
    /// The section that lacks.
    pub section: String,
    /// The call that gives it, such as `ec2:DescribeNetworkAcls`.
    pub call: String,
    /// Why there is none: AWS's own words, in one line.
    pub why: String,
}

/// Where a probe stood, as its report says it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    /// Its own addresses.
    pub addresses: &'p [IpAddr],
    /// The ranges of its subnet.
    pub subnets: &'p [IpNet],
    /// The account of its task, where that is known.
    pub account: Option<&'p str>,
    /// The Region that it stood in, where that is known.
    pub region: Option<&'p str>,
    /// Its availability zone, where that is known.
    pub zone: Option<&'p str>,
}

impl Vpc {
    /// The VPC's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was collected: RFC 3339, UTC.
    pub fn collected_at(&self) -> &str {
        &self.collected_at
    }

    /// What was not looked at.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Why a section is not there, in words that end a sentence.
    fn unseen(&self, section: &str) -> String {
        match self.missing.iter().find(|missing| missing.section == section) {
            Some(Missing { call, why, .. }) if call.is_empty() => format!("{section} could not be read: {why}"),
            Some(Missing { call, why, .. }) => format!("{section} was not looked at ({call}: {why})"),
            None => format!("{section} was not looked at"),
        }
    }

    fn subnet(&self, id: &str) -> Option<&Subnet> {
        self.sections.subnets.iter().flatten().find(|subnet| subnet.id == id)
    }

    /// The subnet that an address is in.
    fn subnet_of(&self, address: IpAddr) -> Option<&Subnet> {
        let mut subnets = self.sections.subnets.iter().flatten();
        subnets.find(|subnet| subnet.ranges.iter().any(|range| range.contains(&address)))
    }

    /// A subnet's own route table, else the VPC's main one.
    fn table(&self, subnet: &str) -> Option<&Table> {
        let tables = self.sections.tables.as_deref()?;
        let own = tables.iter().find(|table| table.subnets.iter().any(|id| id == subnet));
        own.or_else(|| tables.iter().find(|table| table.main))
    }

    fn acl(&self, subnet: &str) -> Option<&Acl> {
        let acls = self.sections.acls.as_deref()?;
        acls.iter().find(|acl| acl.subnets.iter().any(|id| id == subnet))
    }

    fn group(&self, id: &str) -> Option<&Group> {
        let groups = self.sections.groups.as_deref()?;
        groups.get(groups.binary_search_by(|group| group.id.as_str().cmp(id)).ok()?)
    }

    fn interface(&self, address: IpAddr) -> Option<&Interface> {
        self.sections.interfaces.iter().flatten().find(|interface| interface.addresses.contains(&address))
    }

    fn nat(&self, id: &str) -> Option<&Nat> {
        self.sections.nats.iter().flatten().find(|nat| nat.id == id)
    }

    /// The endpoints that can carry an AWS service.
    fn endpoints_of(&self, service: &str) -> impl Iterator<Item = &Endpoint> {
        let endpoints = self.sections.endpoints.iter().flatten();
        endpoints.filter(move |endpoint| endpoint.kind.is_some() && endpoint.service == service)
    }

    /// Whether an address is one of this VPC.
    fn holds(&self, address: IpAddr) -> bool {
        let own = self.sections.ranges.iter().any(|range| range.contains(&address));
        own || self.subnet_of(address).is_some()
    }

    /// The prefix lists that hold an address, sorted by id, with the longest of their ranges that does.
    fn lists_holding(&self, address: IpAddr) -> Vec<(&List, u8)> {
        let lists = self.sections.lists.iter();
        let longest = |list: &List| {
            let holding = list.ranges.iter().filter(|range| range.contains(&address));
            holding.map(IpNet::prefix_len).max()
        };
        lists.filter_map(|list| Some((list, longest(list)?))).collect()
    }

    /// Whether a prefix list was looked at.
    fn knows_list(&self, id: &str) -> bool {
        self.sections.lists.binary_search_by(|list| list.id.as_str().cmp(id)).is_ok()
    }
}
