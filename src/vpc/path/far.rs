//! The other end of a connection: whose address it is, as far as the view says that.

use std::net::IpAddr;

use crate::vpc::model::{Endpoint, Subnet};
use crate::vpc::{EndpointKind, Stand};

pub(super) struct Far<'s> {
    /// Outside of every range that is not the internet's.
    pub(super) is_public: bool,
    /// The subnet of this VPC that it is in.
    pub(super) subnet: Option<&'s Subnet>,
    /// The security groups that guard it; `None`: not known, or none.
    pub(super) groups: Option<&'s [String]>,
    /// Who has the address: `vpce-…`, or else its interface.
    pub(super) holder: String,
    /// What is not known of it.
    pub(super) unknown: Option<String>,
}

impl<'s> Far<'s> {
    pub(super) fn new(stand: &'s Stand<'s>, peer: IpAddr, service: Option<&str>) -> Self {
        let vpc = stand.vpc;
        let subnet = vpc.subnet_of(peer);
        let mut far = Self { is_public: false, subnet, groups: None, holder: peer.to_string(), unknown: None };
        if !vpc.holds(peer) {
            far.is_public = is_public(peer);
            return far;
        }
        if let Some(interface) = vpc.interface(peer) {
            let mut endpoints = vpc.sections.endpoints.iter().flatten();
            let endpoint = endpoints.find(|endpoint| endpoint.interfaces.contains(&interface.id));
            far.holder.clone_from(endpoint.map_or(&interface.id, |endpoint| &endpoint.id));
            far.groups = Some(&interface.groups);
            far.subnet = vpc.subnet(&interface.subnet).or(subnet);
        } else if vpc.sections.interfaces.is_some() {
            far.unknown = Some(format!("who has {peer} is not known: it is no address of an endpoint of {}", vpc.id));
        } else if let Some(endpoint) = by_service(stand, subnet, service) {
            far.holder.clone_from(&endpoint.id);
            far.groups = Some(&endpoint.groups);
        } else {
            far.unknown = Some(vpc.unseen("network_interfaces"));
        }
        far
    }

    /// The groups that rules at the task's end may name; none for sure where there can't be any.
    pub(super) fn groups(&self) -> Option<&'s [String]> {
        if self.is_public { Some(&[]) } else { self.groups }
    }

    /// How a sentence names it.
    pub(super) fn words(&self, peer: IpAddr) -> String {
        match self.groups.and_then(<[String]>::first) {
            Some(group) => format!("{peer} ({}) or {group}", self.holder),
            None => peer.to_string(),
        }
    }
}

/// The one endpoint of a service that has an address in a subnet, where the interfaces were not looked at.
fn by_service<'s>(stand: &'s Stand<'s>, subnet: Option<&Subnet>, service: Option<&str>) -> Option<&'s Endpoint> {
    let subnet = subnet?;
    let mut endpoints = stand
        .vpc
        .endpoints_of(service?)
        .filter(|endpoint| endpoint.kind == Some(EndpointKind::Interface) && endpoint.subnets.contains(&subnet.id));
    let endpoint = endpoints.next()?;
    endpoints.next().is_none().then_some(endpoint)
}

/// Whether an address is the internet's: no private, shared, link-local or unique local one.
pub(in crate::vpc) fn is_public(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let is_shared = (a == 100 && b & 0xc0 == 64) || (a == 198 && b & 0xfe == 18);
            !(v4.is_private() || v4.is_link_local() || v4.is_loopback() || is_shared)
        }
        IpAddr::V6(v6) => !(v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback()),
    }
}
