//! `endpoint-silent`: every address of an endpoint stays silent while another endpoint connects: its security group.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, is_of_aws, silence};
use crate::diagnosis::ledger::{Ledger, Trouble, is_outside_vpc};
use crate::diagnosis::{Case, Finding, FindingId, aws, compare, words};

/// Take the endpoints that are silent at every address: those inside the VPC, and those outside of it.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| silence(case, trouble) == Some(Silence::OneEndpoint));
    let is_outside = |trouble: &Trouble<'_>| trouble.stage.peer().is_some_and(|peer| is_outside_vpc(case, peer.ip()));
    let (outside, inside): (Vec<_>, Vec<_>) = taken.into_iter().partition(is_outside);
    [(inside, false), (outside, true)]
        .into_iter()
        .filter(|(taken, _)| !taken.is_empty())
        .map(|(taken, outside)| finding(case, &taken, outside))
        .collect()
}

fn finding<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>], outside: bool) -> Finding {
    let open = case.endpoints().iter().filter(|(_, endpoint)| !endpoint.open.is_empty()).map(|(name, _)| *name);
    let open: Vec<_> = open.collect();
    let draft = Draft::new(FindingId::EndpointSilent, case, taken);
    let (draft, beside) = if open.is_empty() {
        (draft.possible([FindingId::AllEndpointsSilent]), "and no other endpoint was there to compare".to_owned())
    } else {
        (draft.likely([]), format!("while {}", words::say(open, "connects", "connect")))
    };
    let draft = draft.summary(format!(
        "For {}, {} for {}, {beside}.",
        words::hosts(taken),
        words::peers_say(taken, "stays silent", "stay silent"),
        words::took(taken)
    ));
    let draft = compare::endpoints(case, taken).and(compare::neighbours(case, taken)).into_draft(draft);
    match (outside, taken.iter().any(is_of_aws)) {
        (true, true) => with_transit(case, draft, taken),
        (false, true) => with_group(case, draft, taken),
        (_, false) => of_others(case, draft, taken, outside),
    }
}

fn with_group<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    let port = port(taken);
    let draft = draft
        .meaning(
            "Most likely the security group of this endpoint does not let the task in (an endpoint created without one has \
             the VPC's default group); or the task's own group names the other endpoints' groups and not this one's.",
        )
        .fix(aws::allow_into_endpoint(case.plan, port))
        .fix(aws::allow_out_to_endpoint(case.plan, port))
        .fixes(compare::may_be_acl(case, taken).then(|| aws::show_network_acl(case.plan, port)));
    tell(case, draft, taken)
}

fn with_transit<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    let draft = draft
        .meaning(
            "The addresses lie outside this VPC, so the way there comes first: the transit gateway or peering routes, there \
             and back; then the endpoint's security group, which must name this VPC's range, because groups are not known \
             across a transit gateway.",
        )
        .fix(aws::show_transit_route(case.plan))
        .fix(aws::allow_into_endpoint(case.plan, port(taken)));
    tell(case, draft, taken)
}

/// Hosts that somebody asked for by name: no endpoint's group is theirs.
fn of_others<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>], outside: bool) -> Finding {
    let plan = case.plan;
    draft
        .meaning(
            "Most likely its security group or host firewall does not let the task in, or the task's own group does not \
             let it out; or nothing has this address any more.",
        )
        .fixes(outside.then(|| aws::show_transit_route(plan)))
        .fix(aws::allow_into_host(plan, port(taken)))
        .fix(aws::step(format!("let the task's security group out to it on port {}", port(taken))))
        .fix(aws::show_network_acl(plan, port(taken)))
        .fixes(aws::show_owner(plan, taken))
        .tell_apart(format!(
            "In AWS, Reachability Analyzer names what drops: {}.",
            aws::reachability_to_host(plan, port(taken))
        ))
        .finding()
}

fn tell<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    draft
        .tell_apart(format!(
            "Reachability Analyzer names what drops: {}.",
            aws::reachability_analyzer(case.plan, port(taken))
        ))
        .finding()
}

fn port(taken: &[Trouble<'_>]) -> u16 {
    taken.iter().find_map(|trouble| trouble.stage.peer()).map_or(443, |peer| peer.port())
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};
    use crate::diagnosis::{Certainty, FindingId};

    #[test]
    fn one_silent_endpoint_among_others_is_told() {
        assert_scenes(&[
            (
                "in every zone",
                "ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent 10.0.2.5=silent
                 logs dns=10.0.1.6",
                "error endpoint-silent ecr.api",
            ),
            ("as it is asserted", "ecr.api expect=blocked dns=10.0.1.5 10.0.1.5=silent", ""),
            (
                "what the start may do without",
                "sts optional dns=10.0.1.5 10.0.1.5=silent",
                "warning endpoint-silent sts",
            ),
        ]);
    }

    #[test]
    fn a_single_endpoint_may_be_all_of_them() {
        let finding = &judge("ecr.api dns=10.0.1.5 10.0.1.5=silent").findings[0];
        assert_eq!((finding.id, finding.certainty), (FindingId::EndpointSilent, Certainty::Possible));
        assert_eq!(finding.alternatives, [FindingId::AllEndpointsSilent]);
    }

    #[test]
    fn a_host_of_somebodys_own_is_no_endpoint() {
        let found = judge("db.example.com:5432 dns=10.9.1.5 10.9.1.5=silent").findings.remove(0);
        assert!(found.meaning.contains("its security group or host firewall"), "{}", found.meaning);
        let told = format!("{} {:?} {:?}", found.meaning, found.fix, found.tell_apart);
        for word in ["$EPSG", "default group", "endpoint's security group", "$ENDPOINT_ENI"] {
            assert!(!told.contains(word), "{word}: {told}");
        }
    }

    #[test]
    fn outside_the_vpc_the_way_there_comes_first() {
        let scene = "place vpc-cidr=10.0.0.0/16
                     ecr.api dns=10.7.1.5 10.7.1.5=silent
                     logs dns=10.0.1.6";
        let finding = &judge(scene).findings[0];
        assert_eq!(finding.id, FindingId::EndpointSilent);
        assert!(finding.fix[0].action.contains("transit"), "{:?}", finding.fix[0]);
    }
}
