//! AWS Security Token Service.

use crate::catalog::prefixes::CN;
use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "sts",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "sts.{region}.{suffix}",
        dual_stack: Some("sts.{region}.{dual}"),
        fips: Some("sts-fips.{region}.{suffix}"),
        fips_dual_stack: Some("sts-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // In GovCloud the ordinary host is the FIPS host.
        (
            &[Partition::AwsUsGov],
            Hosts {
                plain: "sts.{region}.{suffix}",
                dual_stack: Some("sts.{region}.{dual}"),
                fips: Some("sts.{region}.{suffix}"),
                fips_dual_stack: Some("sts-fips.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService { name: "sts", prefixes: &[CN] },
    fips_endpoint: Some(EndpointService::ordinary("sts-fips")),
    call: Call::Query { action: "GetCallerIdentity", version: "2011-06-15" },
    why: "an application that assumes a role calls it",
    note: None,
};
