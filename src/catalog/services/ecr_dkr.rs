//! ECR's private registries.

use crate::catalog::prefixes::{CN, EUSC, ISO, ISO_B, ISO_E, ISO_F};
use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "ecr.dkr",
    purposes: &[Purpose::Registry],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "{account}.dkr.ecr.{region}.{suffix}",
        dual_stack: Some("{account}.dkr-ecr.{region}.{registry}"),
        fips: Some("{account}.dkr.ecr-fips.{region}.{suffix}"),
        fips_dual_stack: Some("{account}.dkr-ecr-fips.{region}.{registry}"),
    },
    elsewhere: &[],
    own_label: true,
    only_in: None,
    endpoint: EndpointService { name: "ecr.dkr", prefixes: &[CN, EUSC, ISO, ISO_B, ISO_E, ISO_F] },
    fips_endpoint: Some(EndpointService { name: "ecr-fips.dkr", prefixes: &[CN, EUSC, ISO, ISO_B, ISO_E, ISO_F] }),
    call: Call::Registry,
    why: "the image's manifest is read from it",
    note: None,
};
