//! AWS Systems Manager, Parameter Store among it.

use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "ssm",
    purposes: &[Purpose::Secrets],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "ssm.{region}.{suffix}",
        dual_stack: Some("ssm.{region}.{dual}"),
        fips: Some("ssm-fips.{region}.{suffix}"),
        fips_dual_stack: Some("ssm-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // In GovCloud the ordinary host is the FIPS host.
        (
            &[Partition::AwsUsGov],
            Hosts {
                plain: "ssm.{region}.{suffix}",
                dual_stack: Some("ssm.{region}.{dual}"),
                fips: Some("ssm.{region}.{suffix}"),
                fips_dual_stack: Some("ssm-fips.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("ssm"),
    fips_endpoint: None,
    call: Call::Json { version: "1.1", target: "AmazonSSM.GetParameters" },
    why: "the task's parameters are read from it",
    note: None,
};
