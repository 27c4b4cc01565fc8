//! The container agent's telemetry.

use crate::catalog::{Call, EndpointService, Hosts, Method, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "ecs-telemetry",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts { plain: "ecs-t.{region}.{suffix}", dual_stack: None, fips: None, fips_dual_stack: None },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("ecs-telemetry"),
    fips_endpoint: None,
    call: Call::Path { method: Method::Get, path: "/" },
    why: "the container agent on an instance sends its metrics there",
    note: None,
};
