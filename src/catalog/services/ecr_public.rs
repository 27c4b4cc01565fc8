//! ECR Public's API, in one Region only; its registry public.ecr.aws has no endpoint.

use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "ecr-public",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "api.ecr-public.{region}.{suffix}",
        dual_stack: Some("ecr-public.{region}.{dual}"),
        fips: None,
        fips_dual_stack: None,
    },
    elsewhere: &[],
    own_label: false,
    only_in: Some("us-east-1"),
    endpoint: EndpointService::ordinary("ecr-public.api"),
    fips_endpoint: None,
    call: Call::Json { version: "1.1", target: "SpencerFrontendService.GetAuthorizationToken" },
    why: "a token for ECR Public comes from it",
    note: None,
};
