//! `vpc-resolver-silent`: 169.254.169.253 answers nobody. No security group and no network ACL stands before it.

use crate::diagnosis::case::is_unreachable;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take the silence of the VPC's own resolver, and with it that of the configured ones that are as silent.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let silent = |trouble: &Trouble<'_>| trouble.is_silent_resolver(case) && !trouble.fault.is_some_and(is_unreachable);
    if !ledger.open().iter().any(|trouble| silent(trouble) && trouble.is_vpc_resolver()) {
        return Vec::new();
    }
    let taken = ledger.take(silent);
    let how = words::list(taken.iter().filter_map(|trouble| trouble.fault));
    let resolvers = words::resolvers_say(&taken, "answers", "answer");
    let names = words::plural(words::count(taken.iter().map(|trouble| &trouble.view.check.host)), "name");
    let draft = Draft::new(FindingId::VpcResolverSilent, case, &taken)
        .likely([])
        .summary(format!("{resolvers} none of the questions for {names}: {how}."))
        .meaning(
            "Neither a security group nor a network ACL can block the VPC's own resolver, so DNS support is off in this \
             VPC, or its limit of 1,024 packets a second for each network interface is exceeded.",
        )
        .fix(aws::enable_dns_support(case.plan))
        .tell_apart(format!(
            "`aws ec2 describe-vpc-attribute --vpc-id $VPC --attribute enableDnsSupport --region {}` says whether it is \
             off; the packet limit clears when the run is repeated while the task is quiet.",
            aws::home(case.plan)
        ));
    vec![draft.finding()]
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn a_resolver_that_answers_nobody_is_silent() {
        assert_scenes(&[
            (
                "both silent is one cause",
                "ecr.api dns=silent
                 logs dns=silent",
                "error vpc-resolver-silent ecr.api logs",
            ),
            ("garbage is no answer", "ecr.api dns=wrong", "error vpc-resolver-silent ecr.api"),
            (
                "the configured one answers, so nothing fails by it",
                "ecr.api cfg=10.0.1.5 vpc=silent
                 logs cfg=10.0.1.6 vpc=silent",
                "warning vpc-resolver-silent ecr.api logs",
            ),
            (
                "outside a VPC it is not blamed",
                "place outside
                 ecr.api cfg=10.0.1.5 vpc=silent",
                "",
            ),
        ]);
    }
}
