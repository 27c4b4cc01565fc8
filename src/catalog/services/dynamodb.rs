//! Amazon DynamoDB.

use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "dynamodb",
    purposes: &[Purpose::Other],
    reach: Reach::GatewayOrInterface,
    hosts: Hosts {
        plain: "dynamodb.{region}.{suffix}",
        dual_stack: Some("dynamodb.{region}.{dual}"),
        fips: Some("dynamodb-fips.{region}.{suffix}"),
        fips_dual_stack: Some("dynamodb-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // In GovCloud the ordinary host is the FIPS host.
        (
            &[Partition::AwsUsGov],
            Hosts {
                plain: "dynamodb.{region}.{suffix}",
                dual_stack: Some("dynamodb.{region}.{dual}"),
                fips: Some("dynamodb.{region}.{suffix}"),
                fips_dual_stack: Some("dynamodb-fips.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("dynamodb"),
    fips_endpoint: Some(EndpointService::ordinary("dynamodb-fips")),
    call: Call::Json { version: "1.0", target: "DynamoDB_20120810.ListTables" },
    why: "an application reads and writes its tables there",
    note: None,
};
