//! `layers-unreachable`: S3's public addresses are silent. They are public by design: a gateway endpoint changes no name.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, silence};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, compare, words};
use crate::plan::Reach;

/// Take the silence of what a gateway endpoint can carry.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| {
        silence(case, trouble) == Some(Silence::Outside)
            && trouble.view.check.reach == Reach::GatewayOrInterface
            && !is_other_gateway(trouble)
    });
    if taken.is_empty() {
        return Vec::new();
    }
    let draft = Draft::new(FindingId::LayersUnreachable, case, &taken)
        .likely([FindingId::NoWayOut])
        .summary(format!(
            "{} for {} ({}).",
            words::hosts_say(&taken, "stays silent", "stay silent"),
            words::took(&taken),
            words::peers(&taken)
        ))
        .meaning(
            "Nothing carries these public addresses: the gateway endpoint is missing, or the route table of the task's \
             subnet is not associated with it, or the task's security group or network ACL does not let S3's ranges out.",
        );
    vec![with_fixes(case, compare::nothing_public(case).into_draft(draft), &taken).finding()]
}

/// DynamoDB has a gateway endpoint as well, and holds no layers.
pub(super) fn is_other_gateway(trouble: &Trouble<'_>) -> bool {
    trouble.view.check.reach == Reach::GatewayOrInterface && trouble.view.check.service == Some("dynamodb")
}

/// The ways to a gateway endpoint that carries this, in the order of frequency; from inside these are one.
pub(super) fn with_fixes<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Draft<'c> {
    let plan = case.plan;
    let service = taken.first().map(|trouble| aws::service_name(trouble.view.check)).unwrap_or_default();
    draft
        .fix(aws::create_gateway_endpoint(plan, service))
        .fix(aws::associate_route_table(plan))
        .fix(aws::allow_out_to_prefix_list(plan, service))
        .fix(aws::show_network_acl(plan, 443))
        .fix(aws::default_route(plan))
        .tell_apart(format!(
            "The most frequent first: `{}` shows whether the endpoint exists; `{}` whether the task's subnet has a route to its \
             prefix list (pl-…), or where that prints nothing the VPC's main table; `{}` whether the task's security group lets \
             port 443 out to that list; `{}` whether the network ACL lets it out, and ports 1024-65535 back in.",
            aws::show_endpoints(plan),
            aws::show_routes(plan),
            aws::show_egress(plan),
            aws::show_own_acl(plan)
        ))
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn silent_layers_are_told_from_a_missing_interface_endpoint() {
        assert_scenes(&[
            (
                "S3 alone, no way out",
                "ecr.api dns=10.0.1.5
                 s3 dns=52.219.1.1,52.219.1.2 52.219.1.1=silent 52.219.1.2=silent
                 control dns=18.9.9.9 18.9.9.9=silent",
                "error layers-unreachable s3",
            ),
            (
                "without a control",
                "ecr.api dns=10.0.1.5
                 s3 dns=52.219.1.1 52.219.1.1=silent",
                "error layers-unreachable s3",
            ),
        ]);
    }

    #[test]
    fn what_ecs_would_have_printed_is_there() {
        let judged = judge(
            "ecr.api dns=10.0.1.5
             s3 dns=52.219.1.1 52.219.1.1=silent",
        );
        assert_eq!(judged.exit_code, 53);
        let printed = judged.findings[0].ecs_error.clone().unwrap();
        assert!(
            printed.starts_with("CannotPullContainerError: ")
                && printed.ends_with("dial tcp 52.219.1.1:443: i/o timeout")
        );
    }
}
