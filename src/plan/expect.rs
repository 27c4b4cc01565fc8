//! Routes that are asserted: for everything, for a service, for a host; the more particular one wins.

use super::{Check, Route, asserted, host_and_port};
use crate::inputs::{Error, Expectation, Inputs};

/// Apply every expectation, and each endpoint's own route last.
pub(super) fn apply(checks: &mut [Check], inputs: &Inputs) -> Result<(), Error> {
    let mut in_order: Vec<(u8, &Expectation)> = Vec::new();
    for expectation in &inputs.expectations {
        in_order.push((particular(checks, expectation)?, expectation));
    }
    crate::order::by_key(&mut in_order, |(how, _)| *how);
    for (_, expectation) in in_order {
        for check in checks.iter_mut().filter(|check| meant(check, expectation.what.as_deref())) {
            assert_route(check, expectation.route, "--expect", &written(expectation))?;
        }
    }
    own_routes(checks, inputs)
}

/// How particular an expectation is: everything, a service, a host.
fn particular(checks: &[Check], expectation: &Expectation) -> Result<u8, Error> {
    let Some(what) = expectation.what.as_deref() else { return Ok(0) };
    let mut matching = checks.iter().filter(|check| meant(check, Some(what))).peekable();
    if matching.peek().is_none() {
        return Err(Error::of(
            "--expect",
            &written(expectation),
            "no service, host or endpoint of the plan; add it with --service or --endpoint",
        ));
    }
    Ok(if matching.any(|check| check.service == Some(what)) { 1 } else { 2 })
}

fn meant(check: &Check, what: Option<&str>) -> bool {
    let Some(what) = what else { return true };
    check.service == Some(what)
        || check.host == what
        || check.id.0 == what
        || host_and_port(&check.host, check.port).0 == what
}

fn own_routes(checks: &mut [Check], inputs: &Inputs) -> Result<(), Error> {
    let mut said: std::collections::HashMap<(&str, u16), Route> = std::collections::HashMap::new();
    for endpoint in &inputs.endpoints {
        let Some(route) = endpoint.route else { continue };
        let before = said.insert((&endpoint.host, endpoint.port), route);
        if before.is_some_and(|before| before != route) {
            return Err(Error::of("--endpoint", &endpoint.host, "given twice with different routes"));
        }
    }
    for check in checks {
        if let Some(&route) = said.get(&(check.host.as_str(), check.port)) {
            let id = host_and_port(&check.host, check.port).0;
            assert_route(check, route, "--endpoint", &id)?;
        }
    }
    Ok(())
}

fn assert_route(check: &mut Check, route: Route, place: &str, value: &str) -> Result<(), Error> {
    asserted::take_route(check, route).map_err(|reason| Error::of(place, value, &reason))
}

fn written(expectation: &Expectation) -> String {
    let route = expectation.route.word();
    expectation.what.as_ref().map_or(route.to_owned(), |what| format!("{what}={route}"))
}
