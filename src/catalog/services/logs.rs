//! Amazon CloudWatch Logs.

use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "logs",
    purposes: &[Purpose::Logs],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "logs.{region}.{suffix}",
        dual_stack: Some("logs.{region}.{dual}"),
        fips: Some("logs-fips.{region}.{suffix}"),
        fips_dual_stack: Some("logs-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // In GovCloud the ordinary host is the FIPS host.
        (
            &[Partition::AwsUsGov],
            Hosts {
                plain: "logs.{region}.{suffix}",
                dual_stack: Some("logs.{region}.{dual}"),
                fips: Some("logs.{region}.{suffix}"),
                fips_dual_stack: Some("logs-fips.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("logs"),
    fips_endpoint: Some(EndpointService::ordinary("logs-fips")),
    call: Call::Json { version: "1.1", target: "Logs_20140328.DescribeLogGroups" },
    why: "the awslogs driver creates its log stream there before the container starts",
    note: None,
};
