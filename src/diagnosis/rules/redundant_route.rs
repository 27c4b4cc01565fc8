//! `redundant-route`: endpoints in effect and a way out as well.

use crate::diagnosis::case::{View, WayOut};
use crate::diagnosis::cut_over::cut_over;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::{Case, CutOverAnswer, Finding, FindingId, Fix, ObservedRoute, aws, words};
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
        .fix(before_it_goes(case));
    vec![draft.finding()]
}

/// Whether it goes by an endpoint, and goes on when the default route is gone. Of S3 only the route table says so.
fn is_carried(case: &Case<'_>, view: &View<'_>) -> bool {
    view.check.endpoint_service.is_some()
        && view.check.reach != Reach::Nothing
        && view.is_named()
        && cut_over(case, view).is_some_and(|cut| cut.answer == CutOverAnswer::Survives)
}

/// What must be seen to, or looked at, before the way out is removed.
fn before_it_goes(case: &Case<'_>) -> Fix {
    let those = |wanted| {
        let is_it = move |view: &&View<'_>| cut_over(case, view).is_some_and(|cut| cut.answer == wanted);
        words::list(case.subjects().filter(is_it).map(|view| &view.check.host))
    };
    let (lost, unknown) = (those(CutOverAnswer::Breaks), those(CutOverAnswer::Unknown));
    let what = if !lost.is_empty() {
        format!("give a way without it to what breaks otherwise: {lost}")
    } else if !unknown.is_empty() {
        format!(
            "see in the route table that {unknown} can do without it (of S3, that it has its gateway endpoint): from inside \
             that can't be told while there is a way out"
        )
    } else {
        "see what the application itself calls besides: nothing of that was looked at".to_owned()
    };
    aws::step(format!("before the way out is removed, {what}"))
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

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
            (
                "central endpoints may be reached by the way out itself",
                "ecr.api dns=10.100.0.5
                 logs dns=10.100.0.6
                 control dns=18.9.9.9",
                "",
            ),
            (
                "of those, the ones that surely are not",
                "ecr.api dns=10.100.0.5
                 logs dns=10.0.1.6
                 control dns=18.9.9.9",
                "info redundant-route logs",
            ),
        ]);
    }

    #[test]
    fn what_is_not_known_or_breaks_is_seen_to_first() {
        let table = [
            ("", "see what the application itself calls besides"),
            ("s3 dns=52.219.1.1", "see in the route table that s3.ap-northeast-1.amazonaws.com can do without it"),
            ("cdn.corp:443 dns=10.100.0.7", "see in the route table that cdn.corp can do without it"),
        ];
        for (beside, expected) in table {
            let findings = judge(&format!("ecr.api dns=10.0.1.5\n{beside}\ncontrol dns=18.9.9.9")).findings;
            assert_eq!(findings[0].checks.len(), 1, "{beside}");
            let said = &findings[0].fix[0].action;
            assert!(said.contains(expected), "{beside}: {said}");
        }
    }
}
