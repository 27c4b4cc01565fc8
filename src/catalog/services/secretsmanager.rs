//! AWS Secrets Manager.

use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "secretsmanager",
    purposes: &[Purpose::Secrets],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "secretsmanager.{region}.{suffix}",
        dual_stack: Some("secretsmanager.{region}.{suffix}"),
        fips: Some("secretsmanager-fips.{region}.{suffix}"),
        fips_dual_stack: Some("secretsmanager-fips.{region}.{suffix}"),
    },
    elsewhere: &[
        // No FIPS host is known here: the last one is what a client makes of the general rule.
        (
            &[Partition::AwsCn],
            Hosts {
                plain: "secretsmanager.{region}.{suffix}",
                dual_stack: Some("secretsmanager.{region}.{suffix}"),
                fips: Some("secretsmanager-fips.{region}.{suffix}"),
                fips_dual_stack: Some("secretsmanager-fips.{region}.{dual}"),
            },
        ),
        // These have a dual-stack host of their own.
        (
            &[Partition::AwsIso, Partition::AwsIsoB, Partition::AwsIsoE, Partition::AwsIsoF, Partition::AwsEusc],
            Hosts {
                plain: "secretsmanager.{region}.{suffix}",
                dual_stack: Some("secretsmanager.{region}.{dual}"),
                fips: Some("secretsmanager-fips.{region}.{suffix}"),
                fips_dual_stack: Some("secretsmanager-fips.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("secretsmanager"),
    fips_endpoint: None,
    call: Call::Json { version: "1.1", target: "secretsmanager.GetSecretValue" },
    why: "the task's secrets are read from it, and the credentials of a private registry outside ECR",
    note: None,
};
