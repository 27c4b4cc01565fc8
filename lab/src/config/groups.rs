//! Security groups: the task's, the endpoints', the VPC's default one and one of somebody else.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{Endpoint, Group, Kind};
use crate::scenario::{Config, GroupRule, Ipv6, Source};
use crate::world::World;

/// Every security group.
pub fn of(world: &World, given: &Config, ranges: &[IpNet], endpoints: &[Endpoint]) -> Result<Vec<Group>, String> {
    let six = world.scenario.vpc.ipv6 != Ipv6::None;
    let all = || {
        let four = GroupRule::all(IpNet::V4(Ipv4Net::default()));
        [four].into_iter().chain(six.then(|| GroupRule::all(IpNet::V6(Ipv6Net::default())))).collect::<Vec<_>>()
    };
    let group = |name: &str, ingress: Vec<GroupRule>, egress: Vec<GroupRule>| Group {
        members: members(name, world, endpoints),
        name: name.to_owned(),
        ingress,
        egress,
    };
    let shared = given.endpoint_ingress.clone().unwrap_or_else(|| {
        let ranges = ranges.iter().map(|&net| Source::Net(net));
        ranges.chain([Source::Group("task".to_owned())]).map(GroupRule::https).collect()
    });
    let own = |name: &str| vec![GroupRule { source: Source::Group(name.to_owned()), ..GroupRule::all(ranges[0]) }];
    let mut groups = vec![
        group("task", Vec::new(), given.task_egress.clone().unwrap_or_else(all)),
        group("endpoints", shared, all()),
        group("default", own("default"), all()),
        group("other", Vec::new(), all()),
    ];
    groups.extend(given.groups.iter().map(|(service, rules)| group(service, rules.clone(), all())));
    verify(&groups)?;
    Ok(groups)
}

/// The addresses of whoever has a group.
fn members(name: &str, world: &World, endpoints: &[Endpoint]) -> Vec<IpAddr> {
    if name == "task" {
        return world.task.addresses(&world.scenario.vpc);
    }
    let interfaces = endpoints.iter().filter_map(|endpoint| match &endpoint.kind {
        Kind::Interface(group, interfaces) if group == name => Some(interfaces),
        _ => None,
    });
    interfaces.flatten().flat_map(|interface| interface.addresses.clone()).collect()
}

/// Refuses rules that name a group which is not there.
fn verify(groups: &[Group]) -> Result<(), String> {
    let rules = groups.iter().flat_map(|group| group.ingress.iter().chain(&group.egress));
    for rule in rules {
        let Source::Group(name) = &rule.source else {
            continue;
        };
        if groups.iter().all(|group| group.name != *name) {
            let known: Vec<String> = groups.iter().map(|group| format!("sg-{}", group.name)).collect();
            return Err(format!("[config]: no group `sg-{name}`; there are {}", known.join(", ")));
        }
    }
    Ok(())
}
