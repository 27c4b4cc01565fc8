//! What the change was for: routes that are asserted of the run after it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::pair::{self, Pair};
use super::side::{Document, Run, Seen};
use super::{Expected, words};
use crate::diagnosis::{CheckStatus, ObservedRoute};
use crate::inputs::distance;
use crate::inputs::{Expectation, shown};
use crate::plan::Route;

/// More letters than this apart is another word.
const FARTHEST: usize = 4;
/// More suggestions help nobody.
const MOST: usize = 4;

/// `WHAT=ROUTE`, several in one word with commas between them.
pub fn expectations(given: &[String]) -> Result<Vec<Expectation>, String> {
    let mut said: BTreeMap<String, Route> = BTreeMap::new();
    let mut all = Vec::new();
    for word in given.iter().flat_map(|word| word.split([',', '\n'])).map(str::trim).filter(|word| !word.is_empty()) {
        let of = |why: &str| format!("--expect-change {}: {why}", shown(word));
        let (what, route) = word
            .rsplit_once('=')
            .filter(|(what, _)| !what.trim().is_empty())
            .ok_or_else(|| of("expected WHAT=ROUTE, such as ecr.dkr=private"))?;
        let what = what.trim().to_owned();
        let route = route_of(route.trim())
            .ok_or_else(|| of("the route is none of private, gateway, public, any and blocked"))?;
        match said.insert(what.clone(), route) {
            None => all.push(Expectation { what: Some(what), route }),
            Some(before) if before == route => {}
            Some(_) => return Err(of("given twice with different routes")),
        }
    }
    if all.is_empty() && !given.is_empty() {
        return Err("--expect-change: it is empty; expected WHAT=ROUTE, such as ecr.dkr=private".to_owned());
    }
    Ok(all)
}

fn route_of(word: &str) -> Option<Route> {
    let all = [Route::Private, Route::Gateway, Route::Public, Route::Any, Route::Blocked];
    all.into_iter().find(|route| words::asserted(*route) == word)
}

/// Every expectation on every check of every run that it is about; a sentence where one is about nothing at all.
pub(super) fn outcomes(
    before: &Document,
    after: &Document,
    paired: &[(Pair<'_, Run>, Vec<Pair<'_, Seen>>)],
    asked: &[Expectation],
) -> Result<Vec<Expected>, String> {
    let mut outcomes = Vec::new();
    for expectation in asked {
        let what = expectation.what.as_deref().unwrap_or_default();
        let known = outcomes.len();
        let mut is_known = false;
        for ((run_before, run_after), pairs) in paired {
            let Some(run) = run_after.or(*run_before) else { continue };
            let meant = meant(pairs, what);
            is_known |= !meant.is_empty();
            let blank = Expected {
                what: what.to_owned(),
                route: expectation.route,
                run: run.name.clone(),
                check: None,
                met: false,
                changed: None,
                before: None,
                after: None,
                why: String::new(),
            };
            if meant.is_empty() {
                let why = if run.checks.is_empty() {
                    "nothing is known of this run's checks".to_owned()
                } else {
                    format!("the run after did not ask for {what}")
                };
                outcomes.push(Expected { why, ..blank.clone() });
            }
            outcomes.extend(meant.into_iter().map(|pair| outcome(blank.clone(), pair, *run_before, run)));
        }
        if !is_known {
            outcomes.truncate(known);
            return Err(unknown(before, after, expectation));
        }
    }
    Ok(outcomes)
}

/// The checks that are meant: a host's ladder, and a step only by its own name.
fn meant<'p, 'd>(pairs: &'p [Pair<'d, Seen>], what: &str) -> Vec<&'p Pair<'d, Seen>> {
    let of = |pair: &Pair<'d, Seen>| pair.1.or(pair.0);
    let exact: Vec<_> = pairs.iter().filter(|pair| of(pair).is_some_and(|seen| seen.check.id.0 == what)).collect();
    let is_it = |seen: &Seen| seen.check.service.as_deref() == Some(what) || seen.check.host == what;
    let mut hosts: HashSet<&str> =
        exact.iter().filter_map(|pair| of(pair)).map(|seen| seen.check.host.as_str()).collect();
    let others = pairs.iter().filter(|pair| of(pair).is_some_and(|seen| is_it(seen) && hosts.insert(&seen.check.host)));
    let others: Vec<_> = others.collect();
    exact.into_iter().chain(others).collect()
}

fn outcome(blank: Expected, pair: &Pair<'_, Seen>, run_before: Option<&Run>, run: &Run) -> Expected {
    let (before, after) = *pair;
    let route = blank.route;
    let before_it = before.filter(|seen| seen.check.status != CheckStatus::NotRun);
    let was = before_it.map(|seen| seen.check.observed_route);
    let blank = Expected {
        check: after.or(before).map(|seen| seen.check.id.clone()),
        before: was,
        after: after.map(|seen| seen.check.observed_route),
        ..blank
    };
    let Some(after) = after else {
        return Expected { why: "the run after did not ask for it".to_owned(), ..blank };
    };
    if let Some(why) = unmet(route, after, run) {
        return Expected { why, ..blank };
    }
    let is = routes(after, run);
    let had = before_it.zip(run_before).map(|(seen, run)| routes(seen, run));
    let changed = had.as_ref().and_then(|had| {
        if had.iter().all(|was| satisfies(route, *was)) {
            return Some(false);
        }
        // What could not be told before may have been so.
        let is_untold = |was: &ObservedRoute| is_by_endpoint(route) && *was == ObservedRoute::S3Undetermined;
        (!had.iter().all(|was| satisfies(route, *was) || is_untold(was))).then_some(true)
    });
    let other = had.iter().flatten().zip(&is).find(|(was, is)| was != is);
    let since = match (before, changed) {
        (None, _) => "it was not asked before".to_owned(),
        (Some(_), Some(true)) => "it did not before".to_owned(),
        (Some(_), Some(false)) => other
            .map_or("and so it did before".to_owned(), |(was, _)| format!("that was met before as well, {}", by(*was))),
        (Some(_), None) => "whether it did before can't be told".to_owned(),
    };
    let layers = is.get(1).map(|route| format!(", and its layers come {}", by(*route))).unwrap_or_default();
    let why = format!("{} ({}){layers}; {since}", takes(is[0]), words::way(after));
    Expected { met: true, changed, why, ..blank }
}

/// The hosts that layers come from: the step's own route is that of the registry, which sends it there.
fn sources<'r>(seen: &'r Seen, run: &'r Run) -> impl Iterator<Item = &'r Seen> {
    let is_source = move |other: &&Seen| match &seen.sights {
        Some(sights) => sights.hosts.contains(&other.check.host),
        None => holds_layers_of(&seen.check.host, &other.check.host) || shares_an_address(seen, other),
    };
    let is_other = move |other: &&Seen| seen.is_layers() && other.check.host != seen.check.host && !other.is_aside;
    run.checks.iter().filter(is_other).filter(is_source)
}

/// Whether the host is of the bucket of AWS that holds the layers of this registry of ECR.
fn holds_layers_of(registry: &str, host: &str) -> bool {
    let region = host.strip_prefix("prod-").and_then(|rest| rest.split_once("-starport-layer-bucket."));
    region.is_some_and(|(region, _)| registry.contains(&format!(".{region}.")))
}

fn shares_an_address(seen: &Seen, other: &Seen) -> bool {
    seen.check.addresses.iter().any(|ip| other.check.addresses.contains(ip))
}

/// The route of a check, and those of the hosts that its layers come from.
fn routes(seen: &Seen, run: &Run) -> Vec<ObservedRoute> {
    std::iter::once(seen).chain(sources(seen, run)).map(|seen| seen.check.observed_route).collect()
}

fn is_by_endpoint(route: Route) -> bool {
    match route {
        Route::Private | Route::Gateway => true,
        Route::Public | Route::Any | Route::Blocked => false,
    }
}

/// `private` means gateway or interface, for what has both.
fn satisfies(route: Route, seen: ObservedRoute) -> bool {
    match (route, seen) {
        (Route::Private, ObservedRoute::Private | ObservedRoute::Gateway) => true,
        (Route::Gateway, ObservedRoute::Gateway) | (Route::Public, ObservedRoute::Public) => true,
        (Route::Any, seen) => seen != ObservedRoute::None,
        (Route::Blocked, seen) => seen == ObservedRoute::None,
        (Route::Private | Route::Gateway | Route::Public, _) => false,
    }
}

/// Why it is not so, where it is not.
fn unmet(route: Route, after: &Seen, run: &Run) -> Option<String> {
    let way = words::way(after);
    match after.check.status {
        CheckStatus::NotRun => return Some("the run after did not look at it, or not wholly".to_owned()),
        CheckStatus::Fail if route != Route::Blocked => {
            let by = run.findings.iter().find(|found| found.checks.contains(&after.check.id));
            let by = by.map(|found| format!(" by {}", found.id)).unwrap_or_default();
            return Some(format!("it fails after the change{by} ({way})"));
        }
        CheckStatus::Pass | CheckStatus::Warn | CheckStatus::Fail => {}
    }
    if let Some(why) = off(route, after, run) {
        return Some(why);
    }
    let source = sources(after, run).find_map(|host| Some((host, off(route, host, run)?)));
    source.map(|(host, why)| {
        format!("{}, but its layers come from {}: {why}", takes(after.check.observed_route), host.check.id)
    })
}

/// Why it is not so on the way to one host.
fn off(route: Route, after: &Seen, run: &Run) -> Option<String> {
    let seen = after.check.observed_route;
    if satisfies(route, seen) {
        return None;
    }
    let way = words::way(after);
    let settled = if run.viewed {
        "and the operator's view that judged the report does not say; collect it with the route tables"
    } else {
        "vpcprobe diagnose AFTER --network FILE --format json settles it, by the route table: compare that report"
    };
    Some(match seen {
        ObservedRoute::S3Undetermined if route != Route::Blocked => format!(
            "it answers at public addresses, and other public hosts do too or none was asked ({way}): whether by a gateway \
             endpoint or by a NAT gateway can't be told from inside; {settled}"
        ),
        seen => format!("{} ({way})", takes(seen)),
    })
}

/// How it went.
fn by(route: ObservedRoute) -> &'static str {
    match route {
        ObservedRoute::Private => "by private addresses",
        ObservedRoute::Gateway => "by the gateway endpoint",
        ObservedRoute::Public | ObservedRoute::S3Undetermined => "by public addresses",
        ObservedRoute::None => "by nothing that connects",
    }
}

fn takes(seen: ObservedRoute) -> &'static str {
    match seen {
        ObservedRoute::Private => "it goes to private addresses",
        ObservedRoute::Gateway => "it goes by the gateway endpoint",
        ObservedRoute::Public => "it leaves by a NAT or internet gateway",
        ObservedRoute::S3Undetermined => "it answers at public addresses",
        ObservedRoute::None => "nothing connects",
    }
}

/// The sentence for a word that neither side knows, with what it was probably meant to be.
fn unknown(before: &Document, after: &Document, expectation: &Expectation) -> String {
    let what = expectation.what.as_deref().unwrap_or_default();
    let mut all: HashMap<&str, usize> = HashMap::new();
    for seen in before.runs.iter().chain(&after.runs).flat_map(|run| &run.checks).filter(|seen| !seen.is_aside) {
        let check = &seen.check;
        for name in [Some(check.id.0.as_str()), check.service.as_deref(), Some(check.host.as_str())] {
            all.extend(name.map(|name| (name, far(what, name))));
        }
    }
    let mut near: Vec<(usize, &str)> = all.into_iter().map(|(name, far)| (far, name)).collect();
    crate::order::naturally(&mut near);
    let allowed = FARTHEST.min(what.len() / 3).max(1);
    let named: Vec<String> = near.iter().filter(|(far, _)| *far <= allowed).map(|(_, name)| shown(name)).collect();
    let hint = if named.is_empty() {
        "they list their checks in `checks`: a service, a check's id or a host".to_owned()
    } else {
        format!("near it: {}", named.into_iter().take(MOST).collect::<Vec<_>>().join(", "))
    };
    let word = format!("{what}={}", words::asserted(expectation.route));
    format!("--expect-change {}: neither BEFORE nor AFTER has {}; {hint}", shown(&word), shown(what))
}

/// How far a word is from a name: by letters, or a little where one begins with the other.
fn far(word: &str, name: &str) -> usize {
    if word.len() >= 2 && (name.starts_with(word) || word.starts_with(name) && name.len() >= 2) {
        return 1;
    }
    distance(word, name)
}

/// The runs with their checks, paired.
pub(super) fn paired<'d>(before: &'d Document, after: &'d Document) -> Vec<(Pair<'d, Run>, Vec<Pair<'d, Seen>>)> {
    let of = |(before, after): Pair<'d, Run>| {
        let checks = match (before, after) {
            (Some(before), Some(after)) => pair::checks(before, after),
            (Some(run), None) => run.checks.iter().map(|seen| (Some(seen), None)).collect(),
            (None, Some(run)) => run.checks.iter().map(|seen| (None, Some(seen))).collect(),
            (None, None) => Vec::new(),
        };
        ((before, after), checks)
    };
    pair::runs(before, after).into_iter().map(of).collect()
}
