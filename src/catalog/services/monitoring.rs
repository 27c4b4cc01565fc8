//! Amazon CloudWatch metrics.

use crate::catalog::prefixes::{CN, ISO_WEST};
use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "monitoring",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "monitoring.{region}.{suffix}",
        dual_stack: Some("monitoring.{region}.{dual}"),
        fips: Some("monitoring-fips.{region}.{suffix}"),
        fips_dual_stack: Some("monitoring-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // In GovCloud the ordinary host is the FIPS host.
        (
            &[Partition::AwsUsGov],
            Hosts {
                plain: "monitoring.{region}.{suffix}",
                dual_stack: Some("monitoring.{region}.{dual}"),
                fips: Some("monitoring.{region}.{suffix}"),
                fips_dual_stack: Some("monitoring.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService { name: "monitoring", prefixes: &[CN, ISO_WEST] },
    fips_endpoint: None,
    call: Call::Query { action: "ListMetrics", version: "2010-08-01" },
    why: "an application sends its metrics there",
    note: None,
};
