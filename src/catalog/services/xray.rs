//! AWS X-Ray.

use crate::catalog::prefixes::CN;
use crate::catalog::{Call, EndpointService, Hosts, Method, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "xray",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "xray.{region}.{suffix}",
        dual_stack: Some("xray.{region}.{dual}"),
        fips: Some("xray-fips.{region}.{suffix}"),
        fips_dual_stack: Some("xray-fips.{region}.{dual}"),
    },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService { name: "xray", prefixes: &[CN] },
    fips_endpoint: None,
    call: Call::Path { method: Method::Post, path: "/Groups" },
    why: "an application sends its traces there",
    note: None,
};
