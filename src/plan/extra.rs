//! Endpoints that somebody asked for by name.

use std::collections::HashMap;

use super::{Check, CheckId, Purpose, Reach, Region, Role, Route, Rung, Transport, host_and_port};
use crate::catalog::{self, Service, Site, suffixes};
use crate::inputs::{Endpoint, Error, Inputs};

const ASKED_FOR: &str = "asked for by name";
const UNVERIFIED: &str = "The list says that its certificate is not to be verified, so TLS would prove nothing: only the \
                          connection is examined.";

/// Add the endpoints that are not in the plan yet; those that are become required.
pub(super) fn add(checks: &mut Vec<Check>, inputs: &Inputs) -> Result<(), Error> {
    let mut seen: HashMap<CheckId, usize> = HashMap::new();
    for (index, check) in checks.iter().enumerate() {
        seen.insert(host_and_port(&check.host, check.port), index);
    }
    let planned = checks.len();
    for endpoint in &inputs.endpoints {
        let id = host_and_port(&endpoint.host, endpoint.port);
        match seen.get(&id) {
            Some(&index) if index < planned => require(&mut checks[index]),
            Some(&index) => agree(&checks[index], endpoint)?,
            None => {
                seen.insert(id.clone(), checks.len());
                checks.push(of_endpoint(id, endpoint, inputs));
            }
        }
    }
    Ok(())
}

/// Add what a file of expectations names, unless the host is there in whatever form: then it becomes required.
pub(super) fn add_host(checks: &mut Vec<Check>, host: &str, port: Option<u16>, inputs: &Inputs) {
    let is_it = |check: &&mut Check| check.host == host && port.is_none_or(|port| port == check.port);
    let mut is_there = false;
    for check in checks.iter_mut().filter(is_it) {
        is_there = true;
        require(check);
    }
    if !is_there {
        let (host, port) = (host.to_owned(), port.unwrap_or(443));
        let endpoint = Endpoint { host, port, transport: Transport::Tls, route: None, unverified: false };
        checks.push(of_endpoint(host_and_port(&endpoint.host, port), &endpoint, inputs));
    }
}

fn require(check: &mut Check) {
    if !check.required {
        check.required = true;
        ASKED_FOR.clone_into(&mut check.why);
    }
}

/// The same host and port, given twice, must be meant the same.
fn agree(check: &Check, endpoint: &Endpoint) -> Result<(), Error> {
    let is_tcp = check.top == Rung::Connect;
    if is_tcp == (endpoint.transport == Transport::Tcp) {
        return Ok(());
    }
    Err(Error::of("--endpoint", &check.id.0, "given both with TLS and as tcp://"))
}

fn of_endpoint(id: CheckId, endpoint: &Endpoint, inputs: &Inputs) -> Check {
    let bare = bare(id, endpoint);
    if endpoint.transport == Transport::Tcp {
        let note = endpoint.unverified.then(|| UNVERIFIED.to_owned());
        return Check { top: Rung::Connect, note, ..bare };
    }
    if bare.region.as_ref() != Some(&inputs.region) {
        return bare;
    }
    match owner(&endpoint.host, &inputs.region).filter(|_| endpoint.port == 443) {
        Some(service) => Check {
            service: Some(service.id),
            reach: service.reach,
            endpoint_service: Some(service.endpoint_service(&plain_site(&inputs.region))),
            top: Rung::Exchange,
            question: Some(service.question()),
            ..bare
        },
        None => Check {
            reach: Reach::Interface,
            note: Some("The host looks like one of AWS's that the catalog does not know.".to_owned()),
            ..bare
        },
    }
}

fn bare(id: CheckId, endpoint: &Endpoint) -> Check {
    Check {
        id,
        purpose: Purpose::Other,
        service: None,
        host: endpoint.host.clone(),
        port: endpoint.port,
        region: aws_region(&endpoint.host),
        required: true,
        role: Role::Extra,
        expect: Route::Any,
        reach: Reach::Nothing,
        endpoint_service: None,
        top: Rung::Handshake,
        question: None,
        step: None,
        why: ASKED_FOR.to_owned(),
        note: None,
    }
}

/// The service of this Region to which a host belongs.
pub(super) fn owner(host: &str, region: &Region) -> Option<&'static Service> {
    let site = plain_site(region);
    catalog::all().iter().copied().find(|service| service.is_in(region) && service.owns(host, &site))
}

pub(super) fn plain_site(region: &Region) -> Site<'_> {
    Site { region, account: "000000000000", fips: false, dual_stack: false }
}

/// The Region in the name of a host of AWS.
pub(super) fn aws_region(host: &str) -> Option<Region> {
    host.split('.').filter_map(Region::parse).find(|region| {
        let suffixes = suffixes(region.partition());
        [Some(suffixes.plain), Some(suffixes.dual_stack), suffixes.dual_stack_registry]
            .into_iter()
            .flatten()
            .any(|suffix| host.strip_suffix(suffix).is_some_and(|before| before.ends_with('.')))
    })
}
