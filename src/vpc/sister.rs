//! What a new endpoint has in common with those that are there, and what the one of a service is.

use super::model::Endpoint;
use super::{EndpointKind, Stand};

/// What of endpoints stands in commands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Known {
    /// The endpoint, where there is one alone.
    pub id: Option<String>,
    /// The security group, where all have one and the same.
    pub group: Option<String>,
    /// The subnets, where all have the same.
    pub subnets: Vec<String>,
}

impl Stand<'_> {
    /// What is known of the endpoints of some services; of all interface endpoints where none is named.
    pub fn known(&self, services: &[&str]) -> Known {
        let is_it = |endpoint: &&Endpoint| {
            let is_interface = endpoint.kind == Some(EndpointKind::Interface);
            if services.is_empty() { is_interface } else { services.contains(&endpoint.service.as_str()) }
        };
        let all: Vec<&Endpoint> = self.vpc.sections.endpoints.iter().flatten().filter(is_it).collect();
        let Some((first, rest)) = all.split_first() else { return Known::default() };
        let group = match first.groups.as_slice() {
            [only] if rest.iter().all(|other| other.groups == first.groups) => Some(only.clone()),
            _ => None,
        };
        let is_same = rest.iter().all(|other| sorted(other) == sorted(first));
        Known {
            id: rest.is_empty().then(|| first.id.clone()),
            group,
            subnets: if is_same { first.subnets.clone() } else { Vec::new() },
        }
    }
}

fn sorted(endpoint: &Endpoint) -> Vec<&String> {
    let mut subnets: Vec<&String> = endpoint.subnets.iter().collect();
    crate::order::naturally(&mut subnets);
    subnets
}
