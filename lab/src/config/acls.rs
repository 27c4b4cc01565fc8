//! Network ACLs: one a subnet of the lab, and the VPC's default one.

use super::Acl;
use crate::scenario::{self, AclRule, Config, Ipv6};
use crate::world::World;

/// Every network ACL.
pub fn of(world: &World, given: &Config) -> Vec<Acl> {
    let six = world.scenario.vpc.ipv6 != Ipv6::None;
    let open = || {
        let four = AclRule::all(100, ipnet::IpNet::V4(ipnet::Ipv4Net::default()));
        let six = six.then(|| AclRule::all(101, ipnet::IpNet::V6(ipnet::Ipv6Net::default())));
        [four].into_iter().chain(six).collect::<Vec<_>>()
    };
    let sorted = |rules: Option<&Vec<AclRule>>| {
        let mut rules = rules.cloned().unwrap_or_else(open);
        rules.sort_by_key(|rule| rule.number);
        rules
    };
    let acl = |name, given: Option<&scenario::Acl>| Acl {
        name,
        inbound: sorted(given.and_then(|acl| acl.inbound.as_ref())),
        outbound: sorted(given.and_then(|acl| acl.outbound.as_ref())),
    };
    vec![acl("a", given.acl_a.as_ref()), acl("c", given.acl_c.as_ref()), acl("default", None)]
}
