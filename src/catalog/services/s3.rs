//! Amazon S3: the bucket of ECR's layers.

use crate::catalog::prefixes::CN;
use crate::catalog::{Call, EndpointService, Hosts, Purpose, Reach, Service};
use crate::inputs::Partition;

pub(super) const SERVICE: Service = Service {
    id: "s3",
    purposes: &[Purpose::Layers, Purpose::Secrets],
    reach: Reach::GatewayOrInterface,
    hosts: Hosts {
        plain: "prod-{region}-starport-layer-bucket.s3.{region}.{suffix}",
        dual_stack: Some("prod-{region}-starport-layer-bucket.s3.dualstack.{region}.{suffix}"),
        fips: Some("prod-{region}-starport-layer-bucket.s3-fips.{region}.{suffix}"),
        fips_dual_stack: Some("prod-{region}-starport-layer-bucket.s3-fips.dualstack.{region}.{suffix}"),
    },
    elsewhere: &[
        // China has no FIPS hosts of S3.
        (
            &[Partition::AwsCn],
            Hosts {
                plain: "prod-{region}-starport-layer-bucket.s3.{region}.{suffix}",
                dual_stack: Some("prod-{region}-starport-layer-bucket.s3.dualstack.{region}.{suffix}"),
                fips: None,
                fips_dual_stack: None,
            },
        ),
    ],
    own_label: true,
    only_in: None,
    endpoint: EndpointService { name: "s3", prefixes: &[CN] },
    fips_endpoint: Some(EndpointService::ordinary("s3-fips")),
    call: Call::Bucket,
    why: "ECR sends whoever pulls an image to it for the layers",
    note: None,
};
