//! `redundant-route`: endpoints in effect and a way out as well.

use crate::diagnosis::case::{View, WayOut};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::{Case, Finding, FindingId, ObservedRoute, aws, words};
use crate::plan::Reach;

/// Tell which services no longer need the way out, where nothing else does.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let WayOut::Yes(open) = case.way_out() else { return Vec::new() };
    let private: Vec<_> = case.subjects().filter(|view| !ledger.has_trouble(view) && is_carried(case, view)).collect();
    if private.is_empty() || case.subjects().any(|view| case.observed_route(view) == ObservedRoute::Public) {
        return Vec::new();
    }
    let mut draft = Draft::new(FindingId::RedundantRoute, case, &[]).shown_by(open.iter().copied());
    for view in &private {
        draft = draft.about(view, view.used_peers().filter_map(|peer| Some(peer.connect.as_ref()?.last)));
    }
    let draft = draft
        .summary(format!(
            "{} by VPC endpoints, and there is a way out of the VPC as well ({}).",
            words::say(private.iter().map(|view| &view.check.host), "goes", "go"),
            words::say(open.iter().filter_map(|seen| seen.peer), "connects", "connect")
        ))
        .meaning("What goes by endpoints does not need the NAT or internet gateway any more.")
        .fix(aws::step(
            "before the way out is removed, see in the route table that S3 has its gateway endpoint: from inside that \
             can't be told while there is a way out",
        ));
    vec![draft.finding()]
}

fn is_carried(case: &Case<'_>, view: &View<'_>) -> bool {
    view.check.endpoint_service.is_some()
        && view.check.reach != Reach::Nothing
        && view.is_named()
        && case.observed_route(view) == ObservedRoute::Private
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn endpoints_beside_a_way_out_are_only_worth_knowing() {
        assert_scenes(&[
            (
                "all services private",
                "ecr.api dns=10.0.1.5
                 s3 dns=52.219.1.1
                 control dns=18.9.9.9",
                "info redundant-route ecr.api",
            ),
            (
                "one of them not yet: the way out is needed",
                "ecr.api dns=10.0.1.5
                 logs dns=18.1.1.3",
                "info public-route logs",
            ),
        ]);
    }
}
