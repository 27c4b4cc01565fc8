//! The channel of older SSM agents.

use crate::catalog::{Call, EndpointService, Hosts, Method, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "ec2messages",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "ec2messages.{region}.{suffix}",
        dual_stack: Some("ec2messages.{region}.{dual}"),
        fips: None,
        fips_dual_stack: None,
    },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("ec2messages"),
    fips_endpoint: None,
    call: Call::Path { method: Method::Get, path: "/" },
    why: "SSM agents before 3.3.40 poll it",
    note: None,
};
