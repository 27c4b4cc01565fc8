//! AWS Key Management Service.

use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "kms",
    purposes: &[Purpose::Other, Purpose::Exec],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "kms.{region}.{suffix}",
        dual_stack: Some("kms.{region}.{dual}"),
        fips: Some("kms-fips.{region}.{suffix}"),
        fips_dual_stack: Some("kms-fips.{region}.{dual}"),
    },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("kms"),
    fips_endpoint: Some(EndpointService::ordinary("kms-fips")),
    call: Call::Json { version: "1.1", target: "TrentService.ListKeys" },
    why: "an application, or ECS Exec with a key, calls it; secrets are decrypted without the task's network",
    note: None,
};
