//! Private APIs of Amazon API Gateway.

use crate::catalog::prefixes::{CN, EUSC, ISO, ISO_B, ISO_E, ISO_F};
use crate::catalog::{Call, EndpointService, Hosts, Method, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "execute-api",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts {
        plain: "0000000000.execute-api.{region}.{suffix}",
        dual_stack: None,
        fips: None,
        fips_dual_stack: None,
    },
    elsewhere: &[],
    own_label: true,
    only_in: None,
    endpoint: EndpointService { name: "execute-api", prefixes: &[CN, EUSC, ISO, ISO_B, ISO_E, ISO_F] },
    fips_endpoint: None,
    call: Call::Path { method: Method::Get, path: "/" },
    why: "an application calls a private API through it",
    note: Some(
        "The API id 0000000000 is a placeholder: behind an endpoint every id resolves, elsewhere an unknown one may not; name your own API with --endpoint.",
    ),
};
