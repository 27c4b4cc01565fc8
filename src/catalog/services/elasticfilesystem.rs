//! The EFS API; mounts go to a mount target on port 2049 instead.

use crate::catalog::prefixes::{CN, ISO, ISO_B, ISO_B_EAST};
use crate::catalog::{Call, EndpointService, Hosts, Method, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "elasticfilesystem",
    purposes: &[Purpose::Volumes],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "elasticfilesystem.{region}.{suffix}",
        dual_stack: Some("efs.{region}.{dual}"),
        fips: Some("elasticfilesystem-fips.{region}.{suffix}"),
        fips_dual_stack: Some("efs-fips.{region}.{dual}"),
    },
    elsewhere: &[
        // These kept the long name in dual-stack hosts.
        (
            &[Partition::AwsIso, Partition::AwsIsoB, Partition::AwsIsoE, Partition::AwsIsoF, Partition::AwsEusc],
            Hosts {
                plain: "elasticfilesystem.{region}.{suffix}",
                dual_stack: Some("elasticfilesystem.{region}.{dual}"),
                fips: Some("elasticfilesystem-fips.{region}.{suffix}"),
                fips_dual_stack: Some("elasticfilesystem-fips.{region}.{dual}"),
            },
        ),
    ],
    own_label: false,
    only_in: None,
    endpoint: EndpointService { name: "elasticfilesystem", prefixes: &[CN, ISO, ISO_B_EAST] },
    fips_endpoint: Some(EndpointService { name: "elasticfilesystem-fips", prefixes: &[CN, ISO, ISO_B] }),
    call: Call::Path { method: Method::Get, path: "/2015-02-01/file-systems" },
    why: "an application that manages file systems calls it; mounting one does not need it",
    note: None,
};
