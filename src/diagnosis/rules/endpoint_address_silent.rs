//! `endpoint-address-silent`: some addresses of an endpoint accept connections, others do not. One zone's fault.

use std::net::SocketAddr;

use crate::diagnosis::case::Class;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, is_of_its_family, silence};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, compare, words};
use crate::plan::Reach;

/// Take the silent addresses of endpoints and hosts that answer at others.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let beyond = ledger.take(|trouble| silence(case, trouble) == Some(Silence::Beyond));
    let taken = ledger.take(|trouble| silence(case, trouble) == Some(Silence::OneAddress));
    let beyond = Some(beyond).filter(|taken| !taken.is_empty()).map(|taken| by_subnet(case, &taken));
    let taken = Some(taken).filter(|taken| !taken.is_empty()).map(|taken| by_address(case, &taken));
    beyond.into_iter().chain(taken).collect()
}

fn by_address<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Finding {
    let draft = Draft::new(FindingId::EndpointAddressSilent, case, taken).likely([]).summary(format!(
        "For {}, {} for {}, while {}.",
        words::hosts(taken),
        words::peers_say(taken, "stays silent", "stay silent"),
        words::took(taken),
        words::say(open(taken), "accepts connections", "accept connections"),
    ));
    let family = taken.iter().all(is_of_its_family);
    let public = taken.iter().all(|trouble| trouble.is_silent_connect(Class::Public));
    match (public, family) {
        (true, true) => by_public_family(case, draft, taken),
        (true, false) => by_range(case, draft, taken),
        (false, true) => by_family(case, draft, taken),
        (false, false) => by_zone(case, draft, taken),
    }
}

/// Endpoints connect in the task's own subnet, and nothing beyond it does: what stands at the subnet's edge is one cause.
fn by_subnet<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Finding {
    let plan = case.plan;
    let gateway = taken.iter().any(|trouble| trouble.is_silent_connect(Class::Public));
    let draft = Draft::new(FindingId::EndpointAddressSilent, case, taken)
        .likely(gateway.then_some(FindingId::LayersUnreachable))
        .summary(format!(
            "For {}, {} for {}, while what lies in the task's own subnet accepts connections.",
            words::hosts(taken),
            words::peers_say(taken, "stays silent", "stay silent"),
            words::took(taken),
        ))
        .meaning(
            "Something stands at the edge of a subnet, most likely a network ACL: that of the task's subnet does not let this \
             port out or the answers back in, or that of the other subnets does not; else a route to an appliance, or a zone \
             that is cut off.",
        )
        .fix(aws::show_network_acl(plan, port(taken)))
        .fixes(aws::open_network_acl(plan, port(taken)))
        .fixes((!gateway).then(|| aws::take_subnet_off_endpoint(plan)))
        .tell_apart(format!(
            "Reachability Analyzer names what drops: {}{}.",
            aws::reachability_analyzer(plan, port(taken)),
            if gateway { format!("; where the ACLs let it pass, `{}` shows what S3 lacks", aws::show_endpoints(plan)) } else { String::new() }
        ));
    compare::neighbours(case, taken).into_draft(draft).finding()
}

fn open<'t>(taken: &'t [Trouble<'_>]) -> impl Iterator<Item = SocketAddr> + 't {
    let peers = taken.iter().flat_map(|trouble| &trouble.view.peers);
    peers.filter(|peer| peer.connected()).map(|peer| peer.address)
}

fn by_family<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    draft
        .meaning(
            "Its IPv6 addresses alone are shut: rules and routes are made for each family, and a gateway endpoint carries \
             IPv4 only unless its address type says otherwise.",
        )
        .fix(aws::step(
            "give IPv6 what IPv4 has: the endpoint's address type (dualstack), the security groups' rules both ways, the route",
        ))
        .fix(aws::step("or use the host names that have IPv4 addresses only (without --dual-stack)"))
        .fix(aws::show_network_acl(case.plan, port(taken)))
        .tell_apart(format!("Reachability Analyzer names what drops: {}.", aws::reachability_analyzer(case.plan, port(taken))))
        .finding()
}

/// A gateway endpoint has neither a security group nor a subnet nor a network interface.
fn by_public_family<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    draft
        .meaning(
            "These are public addresses, and those of IPv6 alone are shut: a gateway endpoint carries IPv4 only unless its \
             address type says otherwise, and a security group or network ACL may let one family out and not the other.",
        )
        .fix(aws::command(
            "let the gateway endpoint carry both families, if one carries IPv4",
            aws::home(case.plan),
            "ec2 modify-vpc-endpoint --vpc-endpoint-id $VPCE --ip-address-type dualstack",
        ))
        .fix(aws::step("or use the host names that have IPv4 addresses only (without --dual-stack)"))
        .fix(aws::step("see that the task's security group lets IPv6 out on this port, as it does IPv4"))
        .fix(aws::show_network_acl(case.plan, port(taken)))
        .finding()
}

fn by_range<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    let plan = case.plan;
    let gateway = taken.iter().map(|trouble| trouble.view.check).find(|check| check.reach == Reach::GatewayOrInterface);
    draft
        .meaning(
            "These are public addresses, which belong to no endpoint's subnet: a security group or network ACL lists only a \
             part of the service's ranges, and the rest is dropped; starts become slow or fail by chance.",
        )
        .fixes(gateway.map(|check| aws::allow_out_to_prefix_list(plan, aws::service_name(check))))
        .fix(aws::show_network_acl(plan, port(taken)))
        .tell_apart(
            "Compare the silent addresses with the ranges that the task's security group and the network ACLs name: a \
             network ACL can't name a prefix list, so a list in it falls behind.",
        )
        .finding()
}

fn by_zone<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Finding {
    let plan = case.plan;
    let draft = compare::neighbours(case, taken).into_draft(draft);
    let draft = if compare::is_in_own_subnet(case, taken) {
        draft.meaning(
            "An endpoint's addresses share one security group, and nothing that is configured stands between this one and the \
             task's own subnet: its network interface or its zone is impaired; starts become slow or fail by chance.",
        )
    } else {
        draft
            .meaning(
                "An endpoint's addresses share one security group, so this belongs to a subnet: its network ACL, a route to an \
                 appliance, or its zone; starts become slow or fail by chance.",
            )
            .fix(aws::show_network_acl(plan, port(taken)))
    };
    draft
        .fix(aws::take_subnet_off_endpoint(plan))
        .tell_apart(format!(
            "Reachability Analyzer names what drops: {}.",
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
            (
                "a gateway endpoint that carries IPv4 only",
                "place ipv6=2600:1f14:0:aa00::9
                 s3 dns=52.219.1.1,2600:1fa0::1 2600:1fa0::1=silent
                 control dns=18.9.9.9 18.9.9.9=silent",
                "error endpoint-address-silent s3",
            ),
            (
                "a network ACL that lists some of S3's ranges",
                "s3 dns=52.219.1.1,52.219.2.1 52.219.2.1=silent
                 control dns=18.9.9.9 18.9.9.9=silent",
                "error endpoint-address-silent s3",
            ),
        ]);
        let beyond = judge("ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent").findings.remove(0);
        assert!(beyond.meaning.contains("network ACL") && beyond.fix[0].action.contains("network ACL"), "{beyond:#?}");
        let own = judge("ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent").findings.remove(0);
        let advice = format!("{} {:?}", own.meaning, own.fix);
        assert!(!advice.contains("network ACL") && advice.contains("zone is impaired"), "{own:#?}");
    }

    #[test]
    fn s3s_public_addresses_have_no_subnet_to_take_off() {
        let ranges = "s3 dns=52.219.1.1,52.219.2.1 52.219.2.1=silent";
        let family = "place ipv6=2600:1f14:0:aa00::9
                      s3 dns=52.219.1.1,2600:1fa0::1 2600:1fa0::1=silent";
        for (scene, helps) in [(ranges, "describe-prefix-lists"), (family, "--ip-address-type dualstack")] {
            let found = judge(scene).findings.remove(0);
            let told = format!("{:?} {:?}", found.fix, found.tell_apart);
            assert!(told.contains(helps), "{told}");
            assert!(!told.contains("--remove-subnet-ids") && !told.contains("$ENDPOINT_ENI"), "{told}");
        }
    }
}
