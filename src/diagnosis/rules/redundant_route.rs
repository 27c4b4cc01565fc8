//! `redundant-route`: services that do without the default route, and a way out as well.

use crate::diagnosis::case::{View, WayOut};
use crate::diagnosis::cut_over::{cut_over, default_target};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::{Case, CutOverAnswer, Finding, FindingId, Fix, ObservedRoute, aws, words};
use crate::plan::{Reach, Route};

/// Tell which services no longer need the way out, and which still do.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let WayOut::Yes(open) = case.way_out() else { return Vec::new() };
    let private: Vec<_> = case.subjects().filter(|view| !ledger.has_trouble(view) && is_carried(case, view)).collect();
    if private.is_empty() || case.subjects().any(|view| is_needed(case, view)) {
        return Vec::new();
    }
    let mut draft = Draft::new(FindingId::RedundantRoute, case, &[]).shown_by(open.iter().copied());
    for view in &private {
        draft = draft.about(view, view.used_peers().filter_map(|peer| Some(peer.connect.as_ref()?.last)));
    }
    let way_out = way_out(case);
    let lost = those(case, CutOverAnswer::Breaks);
    let still = if lost.is_empty() { String::new() } else { format!(" For {lost} it still is.") };
    let draft = draft
        .summary(format!(
            "{} on without the default route, and there is a way out of the VPC as well ({}).",
            words::say(private.iter().map(|view| &view.check.host), "goes", "go"),
            words::say(open.iter().filter_map(|seen| seen.peer), "connects", "connect")
        ))
        .meaning(format!("For these services {way_out} is not needed any more.{still}"))
        .fix(before_it_goes(case, &lost));
    vec![draft.finding()]
}

/// What the default route leads to: from inside that can't be told.
fn way_out(case: &Case<'_>) -> String {
    let Some(id) = case.stand.and_then(default_target) else { return "the way out".to_owned() };
    let kind = match id.split_once('-').map_or(id.as_str(), |(kind, _)| kind) {
        "nat" => "the NAT gateway",
        "igw" => "the internet gateway",
        "eigw" => "the egress-only internet gateway",
        "tgw" => "the default route to the transit gateway",
        "vgw" => "the default route to the virtual private gateway",
        "pcx" => "the default route to the peering connection",
        "vpce" => "the default route to the firewall's endpoint",
        _ => "the default route to",
    };
    format!("{kind} {id}")
}

/// Whether a service needs the way out, as far as that is all that is known of it: only the view tells which others do
/// not. Where a route was asserted, that it is another one is said already.
fn is_needed(case: &Case<'_>, view: &View<'_>) -> bool {
    let is_asserted = view.check.expect != Route::Any;
    case.observed_route(view) == ObservedRoute::Public && (case.stand.is_none() || is_asserted)
}

/// Whether it is an AWS service that goes on when the default route is gone. Of S3 only the route table says so.
fn is_carried(case: &Case<'_>, view: &View<'_>) -> bool {
    view.check.endpoint_service.is_some()
        && view.check.reach != Reach::Nothing
        && view.is_named()
        && cut_over(case, view).is_some_and(|cut| cut.answer == CutOverAnswer::Survives)
}

/// The hosts of which this is the answer.
fn those(case: &Case<'_>, wanted: CutOverAnswer) -> String {
    let is_it = |view: &&View<'_>| cut_over(case, view).is_some_and(|cut| cut.answer == wanted);
    words::list(case.subjects().filter(is_it).map(|view| &view.check.host))
}

/// What must be seen to, or looked at, before the way out is removed.
fn before_it_goes(case: &Case<'_>, lost: &str) -> Fix {
    let unknown = those(case, CutOverAnswer::Unknown);
    let what = if !lost.is_empty() {
        format!("give a way without it to what breaks otherwise: {lost}")
    } else if !unknown.is_empty() && case.stand.is_some() {
        format!("see that {unknown} can do without it: what this view lacks for that is said above")
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
