//! Amazon EventBridge.

use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "events",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "events.{region}.{suffix}",
        dual_stack: Some("events.{region}.{dual}"),
        fips: Some("events-fips.{region}.{suffix}"),
        fips_dual_stack: Some("events-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // In GovCloud the ordinary host is the FIPS host.
        (
            &[Partition::AwsUsGov],
            Hosts {
                plain: "events.{region}.{suffix}",
                dual_stack: Some("events.{region}.{dual}"),
                fips: Some("events.{region}.{suffix}"),
                fips_dual_stack: Some("events.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("events"),
    fips_endpoint: Some(EndpointService::ordinary("events-fips")),
    call: Call::Json { version: "1.1", target: "AWSEvents.ListEventBuses" },
    why: "an application sends its events there",
    note: None,
};
