//! `no-local-route`: unreachable at once. A VPC drops in silence, so this is said by the task's own routes.

use crate::diagnosis::case::is_unreachable;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take every resolver and address that is unreachable at once, a finding a family.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| trouble.fault.is_some_and(is_unreachable));
    let (v4, v6): (Vec<_>, Vec<_>) =
        taken.into_iter().partition(|trouble| far_end(trouble).is_some_and(|ip| ip.is_ipv4()));
    [("IPv4", v4), ("IPv6", v6)]
        .into_iter()
        .filter(|(_, taken)| !taken.is_empty())
        .map(|(family, taken)| finding(case, family, &taken))
        .collect()
}

fn far_end(trouble: &Trouble<'_>) -> Option<std::net::IpAddr> {
    trouble.stage.peer().or(trouble.stage.resolver()).map(|end| end.ip())
}

fn finding<'c>(case: &'c Case<'c>, family: &str, taken: &[Trouble<'c>]) -> Finding {
    let ends = words::say(taken.iter().filter_map(far_end), "is unreachable at once", "are unreachable at once");
    let fault = taken.iter().find_map(|trouble| trouble.fault).map(ToString::to_string).unwrap_or_default();
    Draft::new(FindingId::NoLocalRoute, case, taken)
        .summary(format!("{ends} for {}: {fault} ({family}).", words::hosts(taken)))
        .meaning(format!(
            "The task itself has no {family} route to this address; a VPC's own routing faults are silent, so this is \
             said by the task's network or by a router that answers."
        ))
        .fix(match family {
            "IPv6" => aws::step(
                "give the subnet an IPv6 range and route that lead there, or use a host name that has no AAAA record",
            ),
            _ => aws::step("see that the task has a network interface, an address and a default route"),
        })
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn an_address_without_a_route_is_told_from_silence() {
        assert_scenes(&[
            (
                "no network at all",
                "ecr.api dns=unreachable
                 logs dns=unreachable",
                "error no-local-route ecr.api logs",
            ),
            ("an address", "ecr.api dns=10.0.1.5 10.0.1.5=unreachable", "error no-local-route ecr.api"),
            (
                "a task without IPv6 never uses the AAAA record",
                "ecr.api dns=10.0.1.5,2600:1f14::5 2600:1f14::5=unreachable",
                "",
            ),
            (
                "a name with no other address",
                "ecr.api dns=2600:1f14::5 2600:1f14::5=unreachable",
                "error no-local-route ecr.api",
            ),
            (
                "a task with an IPv6 address and no IPv6 route",
                "place ipv6=2600:1f14:0:aa00::9
                 ecr.api dns=10.0.1.5,2600:1f14::5 2600:1f14::5=unreachable",
                "warning no-local-route ecr.api",
            ),
        ]);
    }
}
