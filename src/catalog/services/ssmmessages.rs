//! The channel of ECS Exec and Session Manager.

use crate::catalog::{Call, EndpointService, Hosts, Method, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "ssmmessages",
    purposes: &[Purpose::Exec],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "ssmmessages.{region}.{suffix}",
        dual_stack: Some("ssmmessages.{region}.{dual}"),
        fips: None,
        fips_dual_stack: None,
    },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("ssmmessages"),
    fips_endpoint: None,
    call: Call::Path { method: Method::Get, path: "/" },
    why: "ECS Exec keeps its channel open to it",
    note: None,
};
