//! `public-route`: the packets leave by a NAT or internet gateway. Worth knowing; a fault only where private is asserted.

use crate::diagnosis::case::View;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage};
use crate::diagnosis::{Case, Finding, FindingId, Fix, ObservedRoute, aws, words};
use crate::plan::{Check, Reach, Route};

/// Take the broken expectations of a private route, and tell of the rest that endpoints could carry.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| {
        trouble.stage == Stage::Route
            && trouble.view.check.expect == Route::Private
            && case.observed_route(trouble.view) == ObservedRoute::Public
    });
    let broken: Vec<_> = taken.iter().map(|trouble| trouble.view).collect();
    let noted: Vec<_> =
        case.subjects().filter(|view| !ledger.has_trouble(view) && is_worth_knowing(case, view)).collect();
    let mut findings = Vec::new();
    if !broken.is_empty() {
        let draft = Draft::new(FindingId::PublicRoute, case, &taken);
        findings.push(with_words(case, draft, &broken, "although private is asserted"));
    }
    if !noted.is_empty() {
        let mut draft = Draft::new(FindingId::PublicRoute, case, &[]);
        for view in &noted {
            draft = draft.about(view, view.used_peers().filter_map(|peer| Some(peer.connect.as_ref()?.last)));
        }
        findings.push(with_words(case, draft, &noted, "and it works"));
    }
    findings
}

fn is_worth_knowing(case: &Case<'_>, view: &View<'_>) -> bool {
    let open = match view.check.expect {
        Route::Any => true,
        Route::Private | Route::Gateway | Route::Public | Route::Blocked => false,
    };
    // What a gateway endpoint could carry is known to go another way only by the operator's view.
    open && view.check.reach != Reach::Nothing
        && view.check.endpoint_service.is_some()
        && case.observed_route(view) == ObservedRoute::Public
        && view.is_named()
        && !view.is_bypassed(case.plan)
}

fn with_words<'c>(case: &'c Case<'c>, draft: Draft<'c>, views: &[&View<'_>], but: &str) -> Finding {
    let mut served: Vec<_> = views.iter().map(|view| view.check).collect();
    served.retain(|check| check.endpoint_service.is_some());
    served.dedup_by_key(|check| &check.endpoint_service);
    let has_names = served.iter().any(|check| check.reach == Reach::Interface);
    let hosts = words::say(views.iter().map(|view| &view.check.host), "connects", "connect");
    let peers = views.iter().flat_map(|view| view.used_peers()).filter(|peer| peer.connected());
    draft
        .summary(format!("{hosts} at public addresses ({}), {but}.", words::list(peers.map(|peer| peer.address))))
        .meaning(
            "The packets leave the VPC by a NAT or internet gateway; no VPC endpoint is in effect for these names.",
        )
        .fixes(served.iter().map(|check| endpoint(case, check)))
        .fixes(has_names.then(|| aws::enable_private_dns(case.plan)))
        .finding()
}

/// The endpoint that carries a check in this VPC.
fn endpoint(case: &Case<'_>, check: &Check) -> Fix {
    if check.reach == Reach::GatewayOrInterface && !case.is_foreign_region(check) {
        return aws::create_gateway_endpoint(case.plan, aws::service_name(check));
    }
    aws::create_interface_endpoint_for(case, check)
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_public_route_is_a_fault_only_where_private_is_asserted() {
        assert_scenes(&[
            (
                "worth knowing, once",
                "ecr.api dns=18.1.1.1
                 logs dns=18.1.1.3
                 s3 dns=52.219.1.1
                 control dns=18.9.9.9",
                "info public-route ecr.api logs",
            ),
            ("asserted", "ecr.api expect=private dns=18.1.1.1", "error public-route ecr.api"),
            (
                "what is broken further up is told as that",
                "ecr.api dns=18.1.1.1 18.1.1.1=http-silent",
                "error unexplained ecr.api",
            ),
            ("an endpoint of one's own", "example.com:443 dns=93.1.1.1", ""),
            ("a public registry", "hub dns=93.1.1.1", ""),
        ]);
    }

    #[test]
    fn the_endpoint_is_made_in_the_tasks_vpc() {
        let command = |scene| judge(scene).findings[0].fix[0].command.clone().unwrap();
        assert!(!command("ecr.api dns=18.1.1.1").contains("--service-region"));
        let foreign = command("ecr.dkr region=us-west-2 dns=18.1.1.1");
        assert!(foreign.contains("--service-region us-west-2 "), "{foreign}");
        assert!(foreign.ends_with("--region ap-northeast-1"), "{foreign}");
    }
}
