//! What a file of expectations asserts, put onto the checks: of two assertions the more particular counts, key by key.

use std::net::IpAddr;

use super::{Asserted, Check, Demands, Reach, Route, Rung, extra, start};
use crate::catalog::{self, Service};
use crate::inputs::{Assertion, Error, Inputs, Target, TargetKind};

/// How particular an assertion is for a check, the most particular last.
type Level = (u8, usize);

/// The services that the file names: the plan holds them all.
pub(super) fn services(inputs: &Inputs) -> Result<Vec<&'static Service>, Error> {
    let mut services = Vec::new();
    for target in inputs.targets() {
        let is_one = match target.kind {
            TargetKind::Service => true,
            TargetKind::Member => catalog::find(&target.name).is_some() || is_slip(&target.name),
            TargetKind::Host | TargetKind::Pattern => false,
        };
        if is_one {
            services
                .push(start::by_name(&target.name, &inputs.region).map_err(|why| inputs.target_error(target, &why))?);
        }
    }
    Ok(services)
}

/// Whether a group's member is rather a service written wrong than a host.
fn is_slip(name: &str) -> bool {
    let is_address = name.parse::<IpAddr>().is_ok();
    !is_address && (!name.contains('.') || start::is_near_a_service(name))
}

/// Put the file's assertions onto the checks, and add the hosts that it names and the plan lacks.
pub(super) fn apply(checks: &mut Vec<Check>, inputs: &Inputs) -> Result<Asserted, Error> {
    let mut asserted = Asserted { left_out: inputs.left_out.clone(), ..Asserted::default() };
    for target in inputs.targets() {
        let is_host = match target.kind {
            TargetKind::Host => true,
            TargetKind::Member => catalog::find(&target.name).is_none(),
            TargetKind::Service | TargetKind::Pattern => false,
        };
        if is_host {
            extra::add_host(checks, &target.name, target.port, inputs);
        }
    }
    for check in checks.iter_mut() {
        let demands = assert_all(check, inputs)?;
        if !demands.is_empty() {
            asserted.demands.insert(check.id.clone(), demands);
        }
    }
    let is_idle = |target: &&Target| checks.iter().all(|check| level(target, check).is_none());
    asserted.idle = inputs.targets().filter(is_idle).map(Target::written).collect();
    Ok(asserted)
}

/// What the whole file comes to for one check.
fn assert_all(check: &mut Check, inputs: &Inputs) -> Result<Demands, Error> {
    let mut fitting: Vec<(Level, &Assertion, Option<&Target>)> = Vec::new();
    for assertion in &inputs.assertions {
        if assertion.targets.is_empty() {
            fitting.extend(check.required.then_some(((0, 0), assertion, None)));
            continue;
        }
        let levels = assertion.targets.iter().filter_map(|target| Some((level(target, check)?, target)));
        let nearest = levels.max_by_key(|(level, _)| *level);
        fitting.extend(nearest.map(|(level, target)| (level, assertion, Some(target))));
    }
    crate::order::by_key(&mut fitting, |(level, ..)| *level);
    let mut demands = Demands::default();
    for (_, assertion, target) in fitting {
        if let Some(route) = assertion.route {
            take_route(check, route).map_err(|why| match target {
                Some(target) => inputs.target_error(target, &why),
                None => inputs.assertion_error(assertion.line, 1, &why),
            })?;
        }
        demands = match target {
            Some(_) => assertion.demands.over(&demands),
            None => fitting_demands(check, &assertion.demands, inputs).over(&demands),
        };
    }
    Ok(demands)
}

/// Take a route over, where the check can have it.
pub(super) fn take_route(check: &mut Check, route: Route) -> Result<(), String> {
    if route == Route::Gateway && check.reach != Reach::GatewayOrInterface {
        return Err(format!("{} has no gateway endpoint, only S3 and DynamoDB have one", check.id));
    }
    check.expect = route;
    Ok(())
}

/// How particular a target is for a check: none where it is not meant.
fn level(target: &Target, check: &Check) -> Option<Level> {
    let is_port = target.port.is_none_or(|port| port == check.port);
    let is_host = is_port && check.host == target.name;
    let is_service = check.service == Some(target.name.as_str());
    match (target.kind, target.grouped) {
        (TargetKind::Service, _) => is_service.then_some((1, 1)),
        (TargetKind::Member, _) if is_service => Some((1, 0)),
        (TargetKind::Member, _) | (TargetKind::Host, true) => is_host.then_some((3, 0)),
        (TargetKind::Host, false) => is_host.then_some((5, usize::from(target.port.is_some()))),
        (TargetKind::Pattern, grouped) => {
            let fits = is_port && check.host.ends_with(&target.name);
            fits.then_some((if grouped { 2 } else { 4 }, target.name.len()))
        }
    }
}

/// Of what holds for everything, that which can be seen of this check.
fn fitting_demands(check: &Check, demands: &Demands, inputs: &Inputs) -> Demands {
    let is_registry = inputs.images.iter().any(|image| image.host == check.host && image.port == check.port);
    let is_named = check.host.parse::<IpAddr>().is_err();
    let speaks_tls = check.top >= Rung::Handshake;
    Demands {
        addresses: demands.addresses.clone(),
        issuers: if speaks_tls { demands.issuers.clone() } else { Vec::new() },
        resolve_ms: demands.resolve_ms.filter(|_| is_named),
        connect_ms: demands.connect_ms,
        handshake_ms: demands.handshake_ms.filter(|_| speaks_tls),
        exchange_ms: demands.exchange_ms.filter(|_| check.top >= Rung::Exchange),
        pull_ms: demands.pull_ms.filter(|_| is_registry),
    }
}

#[cfg(test)]
mod tests;
