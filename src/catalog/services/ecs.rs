//! The ECS API.

use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "ecs",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "ecs.{region}.{suffix}",
        dual_stack: Some("ecs.{region}.{dual}"),
        fips: Some("ecs-fips.{region}.{suffix}"),
        fips_dual_stack: Some("ecs-fips.{region}.{dual}"),
    },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("ecs"),
    fips_endpoint: Some(EndpointService::ordinary("ecs-fips")),
    call: Call::Json { version: "1.1", target: "AmazonEC2ContainerServiceV20141113.DiscoverPollEndpoint" },
    why: "the container agent on an instance registers itself there",
    note: None,
};
