//! The steps of the task start that go over a check's sockets, and where the registry sends for the layers.

use super::super::Context;
use super::State;
use super::stations::{Link, Station, few};
use crate::diagnosis::{CheckResult, CheckStatus};
use crate::plan::Purpose;

/// The steps that go to the same host.
pub(super) fn steps_over<'c>(
    context: &'c Context<'_>,
    check: &'c CheckResult,
) -> impl Iterator<Item = &'c CheckResult> {
    let same = context.steps.get(&(check.host.as_str(), check.port));
    same.into_iter().flatten().copied()
}

/// The last station of a pull, how it got there, and the cause where it did not.
pub(super) fn station(context: &Context<'_>, check: &CheckResult) -> Option<(Station, Link, Option<usize>)> {
    let mut pulls = steps_over(context, check).filter(|step| step.purpose == Purpose::Layers);
    let worst = pulls.by_ref().min_by_key(|step| super::rank(step.status))?;
    let state = match worst.status {
        CheckStatus::Pass => State::Good,
        CheckStatus::Warn => State::Odd,
        CheckStatus::Fail => State::Bad,
        CheckStatus::NotRun => State::Off,
    };
    let cause = context.causes.get(&worst.id).copied();
    let words = match state {
        State::Good | State::Odd => "fetched".to_owned(),
        State::Bad => context.cause_words(cause),
        State::Off => "not tried".to_owned(),
    };
    let station = if state == State::Bad { State::Off } else { state };
    let station = Station { title: "Layers".to_owned(), lines: from(context, worst), state: station };
    Some((station, Link { words: vec![words], state }, cause))
}

/// Where the layers come from: the hosts that the registry redirects to, and by which route.
fn from(context: &Context<'_>, step: &CheckResult) -> Vec<String> {
    let mut hosts: Vec<&str> = Vec::new();
    for seen in context.seen(&step.id) {
        let host = seen.step.as_ref().and_then(|step| step.host.as_deref());
        hosts.extend(host.filter(|host| !hosts.contains(host)));
    }
    let way = |host: &&str| context.rows.iter().find(|row| row.check.host == **host);
    let route = hosts.first().and_then(way).map(|row| super::stations::way(row.check.observed_route, row.check));
    let mut lines = few(hosts.into_iter().map(str::to_owned).collect());
    lines.extend(route.flatten().map(|route| format!("by {}", route.to_lowercase())));
    lines
}
