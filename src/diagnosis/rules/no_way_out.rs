//! `no-way-out`: a host that no VPC endpoint can serve is silent, and so is every other public one.

use crate::diagnosis::case::WayOut;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, silence};
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, compare, words};
use crate::plan::{Plan, Reach};

/// Take the silence of hosts that no endpoint can serve, where there is no way out.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger
        .take(|trouble| silence(case, trouble) == Some(Silence::Outside) && trouble.view.check.reach == Reach::Nothing);
    if taken.is_empty() {
        return Vec::new();
    }
    let draft = Draft::new(FindingId::NoWayOut, case, &taken);
    let draft = match case.way_out() {
        WayOut::No(shut) => draft.likely([]).shown_by(shut.iter().copied()),
        WayOut::Yes(_) | WayOut::Unknown => draft.possible([FindingId::EgressFiltered]),
    };
    let region = aws::home(case.plan);
    let draft = draft
        .summary(format!(
            "{} for {} ({}), and no public host connects.",
            words::hosts_say(&taken, "stays silent", "stay silent"),
            words::took(&taken),
            words::peers(&taken)
        ))
        .meaning(
            "No VPC endpoint can serve it, and nothing leads out of this subnet: no default route, a route to a NAT gateway \
             that is gone, an internet gateway without a public address, the task's security group or network ACL that \
             lets nothing out, or a firewall that drops; from inside these look the same.",
        )
        .fixes(fixes(case.plan, taken.first().map_or(443, |trouble| trouble.view.check.port)))
        .tell_apart(format!(
            "`aws ec2 describe-route-tables --filters Name=vpc-id,Values=$VPC --region {region}` shows the default route and \
             whether its State is blackhole; then `aws ec2 describe-nat-gateways --region {region}`."
        ));
    vec![compare::nothing_public(case).into_draft(draft).finding()]
}

fn fixes(plan: &Plan, port: u16) -> [Fix; 4] {
    let route = aws::default_route(plan);
    let action = route.action.strip_prefix("or ").unwrap_or(&route.action).to_owned();
    [
        Fix { action, ..route },
        aws::step("in a public subnet give the task a public address (assignPublicIp=ENABLED)"),
        aws::command(
            format!("let the task's security group out on TCP port {port}, if it does not"),
            aws::home(plan),
            format!(
                "ec2 authorize-security-group-egress --group-id $TSG --protocol tcp --port {port} --cidr 0.0.0.0/0"
            ),
        ),
        aws::show_network_acl(plan, port),
    ]
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::Certainty;
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn every_cause_is_among_the_fixes_and_none_is_certain() {
        let silent = "logs dns=10.0.1.6\napi.example.com:8443 dns=93.1.1.1 93.1.1.1=silent";
        let table = [
            (format!("{silent}\ncontrol dns=18.9.9.9 18.9.9.9=silent"), Certainty::Likely),
            (silent.to_owned(), Certainty::Possible),
        ];
        for (scene, certainty) in table {
            let found = judge(&scene).findings.remove(0);
            let steps = format!("{:?}", found.fix);
            assert_eq!(found.certainty, certainty, "{found:#?}");
            assert!(found.fix[0].action.starts_with("give the task's subnet a default route"), "{found:#?}");
            assert!(steps.contains("--group-id $TSG --protocol tcp --port 8443") && steps.contains("network-acls"));
        }
    }

    #[test]
    fn a_host_that_no_endpoint_serves_needs_a_way_out() {
        assert_scenes(&[
            (
                "beside healthy endpoints",
                "logs dns=10.0.1.6
                 api.example.com:443 dns=93.1.1.1 93.1.1.1=silent
                 control dns=18.9.9.9 18.9.9.9=silent",
                "error no-way-out api.example.com:443",
            ),
            ("a control alone says nothing", "logs dns=10.0.1.6\ncontrol dns=18.9.9.9 18.9.9.9=silent", ""),
        ]);
    }
}
