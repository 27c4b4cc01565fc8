//! The VPC's configuration in AWS's own terms, where it differs from what `[vpc]` makes of it.

mod rule;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use rule::{AclRule, Destination, GroupRule, Ports, Protocol, Route, Source, Target};

/// The VPC's configuration, where it differs from what `[vpc]` makes of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What the task's group lets out; everything by default.
    pub task_egress: Option<Vec<GroupRule>>,
    /// What the group that the endpoints share lets in; TCP 443 of the VPC's ranges and of the task's group by default.
    pub endpoint_ingress: Option<Vec<GroupRule>>,
    /// Endpoints with a group of their own, by service, and what it lets in.
    pub groups: BTreeMap<String, Vec<GroupRule>>,
    /// The network ACL of the task's subnet.
    pub acl_a: Option<Acl>,
    /// The network ACL of the other subnet.
    pub acl_c: Option<Acl>,
    /// The routes of the task's subnet beside the local ones.
    pub routes_a: Option<Vec<Route>>,
    /// The policies of endpoints, by service; full access by default.
    pub policies: BTreeMap<String, String>,
    /// The states of endpoints, by service; `available` by default.
    pub endpoint_state: BTreeMap<String, String>,
    /// Sections of the operator's view that the operator may not see.
    pub missing: Vec<String>,
}

/// A network ACL; a direction that is not given lets everything through.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Acl {
    /// What comes into the subnet.
    pub inbound: Option<Vec<AclRule>>,
    /// What leaves it.
    pub outbound: Option<Vec<AclRule>>,
}

impl Acl {
    /// Refuses what AWS would: two rules of one number.
    fn verify(&self) -> Result<(), String> {
        for rules in [&self.inbound, &self.outbound].into_iter().flatten() {
            let mut numbers: Vec<u16> = rules.iter().map(|rule| rule.number).collect();
            numbers.sort_unstable();
            if let Some([number, _]) = numbers.array_windows().find(|[one, next]| one == next) {
                return Err(format!("two rules have the number {number}"));
            }
        }
        Ok(())
    }
}

/// Every state that AWS knows of an endpoint.
const STATES: [&str; 9] =
    ["pendingAcceptance", "pending", "available", "deleting", "deleted", "rejected", "failed", "expired", "partial"];

impl Config {
    /// Refuses what contradicts itself; what the world lacks is found when that is built.
    pub fn verify(&self) -> Result<(), String> {
        for (name, acl) in [("acl_a", &self.acl_a), ("acl_c", &self.acl_c)] {
            acl.as_ref().map_or(Ok(()), Acl::verify).map_err(|e| format!("[config] {name}: {e}"))?;
        }
        let wrong = self.endpoint_state.iter().find(|(_, state)| !STATES.contains(&state.as_str()));
        if let Some((service, state)) = wrong {
            return Err(format!("[config] endpoint_state of {service}: `{state}` is none of {}", STATES.join(", ")));
        }
        let routes = self.routes_a.as_deref().unwrap_or_default();
        let twice = routes.iter().enumerate().find(|(n, route)| routes[..*n].iter().any(|own| own.to == route.to));
        match twice {
            Some((_, route)) => Err(format!("[config] routes_a: two routes lead to {}", route.to)),
            None => Ok(()),
        }
    }
}
