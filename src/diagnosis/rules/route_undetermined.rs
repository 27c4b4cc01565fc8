//! `route-undetermined`: a route is asserted for S3 that can't be checked from inside.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage};
use crate::diagnosis::{Case, Finding, FindingId, ObservedRoute, Severity, aws, words};
use crate::plan::Route;

/// Take the expectations for S3 where another public host answers too, or none was asked.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| {
        trouble.stage == Stage::Route
            && trouble.view.check.expect != Route::Blocked
            && case.observed_route(trouble.view) == ObservedRoute::S3Undetermined
    });
    if taken.is_empty() {
        return Vec::new();
    }
    let beside = if case.has_way_out() { "other public hosts do too" } else { "no other public host was asked" };
    let region = aws::home(case.plan);
    let draft = Draft::new(FindingId::RouteUndetermined, case, &taken)
        .severity(Severity::Warning)
        .summary(format!("{} at public addresses, and {beside}.", words::hosts_say(&taken, "answers", "answer")))
        .meaning(
            "A gateway endpoint changes no name and no address, so whether these packets take it or a NAT gateway can't be \
             told from inside.",
        )
        .fix(aws::command(
            "see whether the route table of the task's subnet has a route to the endpoint's prefix list (pl-… to vpce-…)",
            region,
            "ec2 describe-route-tables --filters Name=association.subnet-id,Values=$SUBNET",
        ))
        .tell_apart(
            "Settled by the route table, by vpcEndpointId in CloudTrail's S3 data events, or by traffic-path 7 (gateway \
             endpoint) or 8 (internet gateway) in VPC flow logs.",
        );
    vec![draft.finding()]
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn a_route_of_s3_that_nobody_can_tell_is_a_warning() {
        assert_scenes(&[
            (
                "a way out as well",
                "s3 expect=private dns=52.219.1.1
                 control dns=18.9.9.9",
                "warning route-undetermined s3",
            ),
            ("no control", "s3 expect=gateway dns=52.219.1.1", "warning route-undetermined s3"),
            (
                "no way out proves the gateway",
                "s3 expect=private dns=52.219.1.1
                 control dns=18.9.9.9 18.9.9.9=silent",
                "",
            ),
            ("an interface endpoint is private too", "s3 expect=private dns=10.0.1.7", ""),
            ("nothing is asserted", "s3 dns=52.219.1.1\ncontrol dns=18.9.9.9", ""),
        ]);
    }
}
