//! Amazon SQS.

use crate::catalog::prefixes::{CN, ISO, ISO_B_EAST};
use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "sqs",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "sqs.{region}.{suffix}",
        dual_stack: Some("sqs.{region}.{dual}"),
        fips: Some("sqs-fips.{region}.{suffix}"),
        fips_dual_stack: Some("sqs-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // In GovCloud the ordinary host is the FIPS host.
        (
            &[Partition::AwsUsGov],
            Hosts {
                plain: "sqs.{region}.{suffix}",
                dual_stack: Some("sqs.{region}.{dual}"),
                fips: Some("sqs.{region}.{suffix}"),
                fips_dual_stack: Some("sqs-fips.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService { name: "sqs", prefixes: &[CN, ISO, ISO_B_EAST] },
    fips_endpoint: Some(EndpointService::ordinary("sqs-fips")),
    call: Call::Json { version: "1.0", target: "AmazonSQS.ListQueues" },
    why: "an application reads and writes its queues there",
    note: None,
};
