//! `endpoint-address-silent`: some addresses of an endpoint accept connections, others do not. One zone's fault.

use std::collections::BTreeMap;

use crate::diagnosis::case::Class;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{self, Endpoint};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take the silent addresses of endpoints that answer at others.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let endpoints = endpoints::private(case);
    let answers = |name: &str| endpoints.get(name).is_some_and(|endpoint| !endpoint.open.is_empty());
    let taken = ledger.take(|trouble| trouble.is_silent_connect(Class::Private) && answers(trouble.view.endpoint()));
    if taken.is_empty() {
        return Vec::new();
    }
    let open =
        words::list(taken.iter().filter_map(|trouble| endpoints.get(trouble.view.endpoint())).flat_map(|e| &e.open));
    let draft = Draft::new(FindingId::EndpointAddressSilent, case, &taken).likely([FindingId::EndpointSilent]).summary(
        format!(
            "{} of {} stays silent for {}, while {open} accepts connections.",
            words::peers(&taken),
            words::hosts(&taken),
            words::took(&taken),
        ),
    );
    let family = is_of_one_family(&taken, &endpoints);
    vec![if family { by_family(case, draft, &taken) } else { by_zone(case, draft, &taken) }]
}

/// All that are silent are IPv6, all that answer IPv4.
fn is_of_one_family(taken: &[Trouble<'_>], endpoints: &BTreeMap<&str, Endpoint>) -> bool {
    let mut open = taken.iter().filter_map(|trouble| endpoints.get(trouble.view.endpoint())).flat_map(|e| &e.open);
    taken.iter().filter_map(|trouble| trouble.stage.peer()).all(|peer| peer.is_ipv6())
        && open.all(|peer| peer.is_ipv4())
}

fn by_family<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    draft
        .meaning("Its IPv6 addresses alone are shut: security group rules are made for each family, and this one has none for IPv6.")
        .fix(aws::step("add the IPv6 rules beside the IPv4 ones: the endpoint's group inbound, the task's group outbound"))
        .fix(aws::show_network_acl(case.plan, port(taken)))
        .tell_apart(format!("Reachability Analyzer names what drops: `{}`.", aws::reachability_analyzer(case.plan, port(taken))))
        .finding()
}

fn by_zone<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    let plan = case.plan;
    let peers = || taken.iter().filter_map(|trouble| trouble.stage.peer());
    draft
        .meaning(
            "An endpoint's addresses share one security group, so this belongs to a subnet: its network ACL, a route to an \
             appliance, or its zone; starts become slow or fail by chance.",
        )
        .fix(aws::show_network_acl(plan, port(taken)))
        .fix(aws::take_subnet_off_endpoint(plan))
        .tell_apart(format!(
            "{}Reachability Analyzer names what drops: `{}`.",
            aws::own_subnet_hint(case, peers()),
            aws::reachability_analyzer(plan, port(taken))
        ))
        .finding()
}

fn port(taken: &[Trouble<'_>]) -> u16 {
    taken.iter().find_map(|trouble| trouble.stage.peer()).map_or(443, |peer| peer.port())
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn one_silent_zone_is_told_from_a_silent_endpoint() {
        assert_scenes(&[
            (
                "one address of two, on two endpoints",
                "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent
                 logs dns=10.0.1.6,10.0.2.6 10.0.2.6=silent",
                "error endpoint-address-silent ecr.api logs",
            ),
            (
                "one family of a dual-stack endpoint",
                "place ipv6=2600:1f14:0:aa00::9
                 ecr.api dns=10.0.1.5,2600:1f14:0:aa00::5 2600:1f14:0:aa00::5=silent",
                "error endpoint-address-silent ecr.api",
            ),
        ]);
        let other = "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent";
        assert!(judge(other).findings[0].tell_apart.as_ref().unwrap().contains("network ACL"));
    }
}
