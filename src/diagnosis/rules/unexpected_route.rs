//! `unexpected-route`: an asserted route is not the one taken, where `public-route` and `route-undetermined` do not say it.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, ObservedRoute, Severity, asserted, aws, words};
use crate::plan::Route;

/// Take the broken expectations that have no finding of their own, and tell of addresses and issuers that are not as asserted.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| trouble.stage == Stage::Route && !has_its_own(case, trouble));
    let mut broken = asserted::outside(case);
    broken.extend(asserted::misissued(case));
    if taken.is_empty() && broken.is_empty() {
        return Vec::new();
    }
    let is_required = broken.iter().any(|broken| broken.view.check.required);
    let severities = taken.iter().map(Trouble::severity).chain(is_required.then_some(Severity::Error));
    let severity = severities.min().unwrap_or(Severity::Warning);
    let told = taken.iter().map(|trouble| told(case, trouble)).chain(broken.iter().map(|broken| broken.told.clone()));
    let summary = format!("{}.", words::list(told));
    let meaning = match (taken.is_empty(), broken.is_empty()) {
        (false, true) => "The network takes these packets another way than the one that is asserted.",
        _ => "What answers there is not what is asserted to answer, or the packets take another way to it.",
    };
    let mut draft = Draft::new(FindingId::UnexpectedRoute, case, &taken);
    for broken in broken {
        draft = draft.about(broken.view, broken.evidence);
    }
    let draft = draft.severity(severity).summary(summary).meaning(meaning).fix(aws::step(
        "correct the endpoint, name, route or security group that leads there, or the expectation (--expect, --expectations)",
    ));
    vec![draft.finding()]
}

fn has_its_own(case: &Case<'_>, trouble: &Trouble<'_>) -> bool {
    match case.observed_route(trouble.view) {
        ObservedRoute::Public => trouble.view.check.expect == Route::Private,
        ObservedRoute::S3Undetermined => trouble.view.check.expect != Route::Blocked,
        ObservedRoute::Private | ObservedRoute::Gateway | ObservedRoute::None => false,
    }
}

fn told(case: &Case<'_>, trouble: &Trouble<'_>) -> String {
    let check = trouble.view.check;
    let open = trouble.evidence.iter().filter_map(|seen| seen.peer);
    format!(
        "{} connects by {} ({}), and {}",
        check.host,
        by(case.observed_route(trouble.view)),
        words::list(open),
        asserted(check.expect)
    )
}

fn by(route: ObservedRoute) -> &'static str {
    match route {
        ObservedRoute::Private => "a private address",
        ObservedRoute::Gateway => "a gateway endpoint",
        ObservedRoute::Public => "a public address",
        ObservedRoute::S3Undetermined => "a public address of S3",
        ObservedRoute::None => "nothing",
    }
}

fn asserted(route: Route) -> &'static str {
    match route {
        Route::Private => "private is asserted",
        Route::Gateway => "a gateway endpoint is asserted",
        Route::Public => "public is asserted",
        Route::Any => "nothing is asserted",
        Route::Blocked => "it is asserted to be blocked",
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn a_broken_expectation_is_told() {
        assert_scenes(&[
            (
                "blocked, and it connects",
                "example.com:443 expect=blocked dns=93.1.1.1",
                "error unexpected-route example.com:443",
            ),
            ("public, and it is private", "logs expect=public dns=10.0.1.6", "error unexpected-route logs"),
            ("a gateway, and it is an interface", "s3 expect=gateway dns=10.0.1.6", "error unexpected-route s3"),
            ("blocked, and it is silent", "example.com:443 expect=blocked dns=93.1.1.1 93.1.1.1=silent", ""),
            ("private and private", "logs expect=private dns=10.7.1.6", ""),
        ]);
    }
}
