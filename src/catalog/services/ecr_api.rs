//! ECR's API, which gives the registry token.

use crate::catalog::prefixes::{CN, EUSC, ISO, ISO_B, ISO_E, ISO_F};
use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "ecr.api",
    purposes: &[Purpose::RegistryToken],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "api.ecr.{region}.{suffix}",
        dual_stack: Some("ecr.{region}.{dual}"),
        fips: Some("api.ecr-fips.{region}.{suffix}"),
        fips_dual_stack: Some("ecr-fips.{region}.{dual}"),
    },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService { name: "ecr.api", prefixes: &[CN, EUSC, ISO, ISO_B, ISO_E, ISO_F] },
    fips_endpoint: Some(EndpointService { name: "ecr-fips.api", prefixes: &[CN, EUSC, ISO, ISO_B, ISO_E, ISO_F] }),
    call: Call::Json { version: "1.1", target: "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken" },
    why: "the registry token comes from it before an image is pulled from ECR",
    note: None,
};
