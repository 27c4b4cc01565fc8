//! `custom-resolver-silent`: a configured resolver answers nobody, and the VPC's own does or can't be blamed.

use std::net::SocketAddr;

use crate::diagnosis::case::is_unreachable;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take the silence of configured resolvers, a finding a resolver.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let configured = case.plan.resolvers.iter().filter(|resolver| resolver.configured && !resolver.vpc);
    configured.filter_map(|resolver| silent(case, ledger, resolver.address)).collect()
}

fn silent<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>, resolver: SocketAddr) -> Option<Finding> {
    let taken = ledger.take(|trouble| {
        trouble.stage.resolver() == Some(resolver)
            && trouble.is_silent_resolver(case)
            && !trouble.fault.is_some_and(is_unreachable)
    });
    let how = words::list(taken.iter().filter_map(|trouble| trouble.fault));
    let names = words::plural(words::count(taken.iter().map(|trouble| &trouble.view.check.host)), "name");
    let beside = if taken.first()?.view.vpc().is_some_and(|vpc| case.answers(&vpc.resolver)) {
        ", while the VPC's own resolver answers"
    } else {
        ""
    };
    let region = aws::home(case.plan);
    let draft = Draft::new(FindingId::CustomResolverSilent, case, &taken)
        .summary(format!("The configured resolver {resolver} answers none of the questions for {names}{beside}: {how}."))
        .meaning(
            "The platform asks this resolver: a security group, network ACL or route keeps port 53 from it, or the \
             server is down.",
        )
        .fix(aws::step(format!("let UDP and TCP port 53 through to {} and back", resolver.ip())))
        .fixes(aws::use_amazon_dns(case.plan))
        .tell_apart(format!(
            "`aws ec2 describe-dhcp-options --region {region}` says where the address comes from; an answer over TCP and \
             none over UDP is a port filter."
        ));
    Some(draft.finding())
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn a_configured_resolver_that_answers_nobody_is_silent() {
        assert_scenes(&[
            (
                "the VPC's own answers",
                "ecr.api cfg=silent vpc=10.0.1.5
                 logs cfg=silent vpc=10.0.1.6",
                "error custom-resolver-silent ecr.api logs",
            ),
            ("a closed port", "ecr.api cfg=no-port vpc=10.0.1.5", "error custom-resolver-silent ecr.api"),
            (
                "one of two configured",
                "ecr.api cfg=silent cfg2=10.0.1.5 vpc=10.0.1.5",
                "warning custom-resolver-silent ecr.api",
            ),
            (
                "outside a VPC nobody else is blamed",
                "place outside
                 ecr.api dns=silent",
                "error custom-resolver-silent ecr.api",
            ),
        ]);
    }
}
