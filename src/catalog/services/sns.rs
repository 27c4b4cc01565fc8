//! Amazon SNS.

use crate::catalog::prefixes::{ISO, ISO_B_EAST};
use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "sns",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "sns.{region}.{suffix}",
        dual_stack: Some("sns.{region}.{dual}"),
        fips: Some("sns-fips.{region}.{suffix}"),
        fips_dual_stack: Some("sns-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // In GovCloud the ordinary host is the FIPS host.
        (
            &[Partition::AwsUsGov],
            Hosts {
                plain: "sns.{region}.{suffix}",
                dual_stack: Some("sns.{region}.{dual}"),
                fips: Some("sns.{region}.{suffix}"),
                fips_dual_stack: Some("sns-fips.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService { name: "sns", prefixes: &[ISO, ISO_B_EAST] },
    fips_endpoint: None,
    call: Call::Query { action: "ListTopics", version: "2010-03-31" },
    why: "an application publishes its messages there",
    note: None,
};
