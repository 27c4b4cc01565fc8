//! The container agent's channel to ECS.

use crate::catalog::{Call, EndpointService, Hosts, Method, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "ecs-agent",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts { plain: "ecs-a.{region}.{suffix}", dual_stack: None, fips: None, fips_dual_stack: None },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("ecs-agent"),
    fips_endpoint: None,
    call: Call::Path { method: Method::Get, path: "/" },
    why: "the container agent on an instance is told there what to run",
    note: None,
};
