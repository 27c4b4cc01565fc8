//! What GuardDuty's agent reports to.

use crate::catalog::{Call, EndpointService, Hosts, Method, Purpose, Reach, Service};

pub(super) const SERVICE: Service = Service {
    id: "guardduty-data",
    purposes: &[Purpose::Other],
    reach: Reach::Interface,
    hosts: Hosts { plain: "guardduty-data.{region}.{suffix}", dual_stack: None, fips: None, fips_dual_stack: None },
    elsewhere: &[],
    own_label: false,
    only_in: None,
    endpoint: EndpointService::ordinary("guardduty-data"),
    fips_endpoint: Some(EndpointService::ordinary("guardduty-data-fips")),
    call: Call::Path { method: Method::Get, path: "/" },
    why: "GuardDuty's agent beside the task reports there",
    note: None,
};
