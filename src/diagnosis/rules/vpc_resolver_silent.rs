//! `vpc-resolver-silent`: 169.254.169.253 answers nobody. No security group and no network ACL stands before it.

use super::custom_resolver_silent::{Unanswered, how, names};
use crate::diagnosis::case::is_unreachable;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, compare, words};

/// Take the silence of the VPC's own resolver, and with it that of the configured ones that are as silent.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let silent = |trouble: &Trouble<'_>| trouble.is_silent_resolver(case) && !trouble.fault.is_some_and(is_unreachable);
    let own = || ledger.open().iter().filter(|trouble| silent(trouble) && trouble.is_vpc_resolver());
    if own().next().is_none() {
        return Vec::new();
    }
    let kind = Unanswered::of(own());
    let alike = |trouble: &Trouble<'_>| trouble.is_vpc_resolver() || trouble.fault.map(Unanswered::by) == Some(kind);
    let taken = ledger.take(|trouble| silent(trouble) && (kind == Unanswered::Silent || alike(trouble)));
    let resolvers = words::resolvers_say(&taken, "answers", "answer");
    let draft = Draft::new(FindingId::VpcResolverSilent, case, &taken).summary(format!(
        "{resolvers} none of the questions for {} ({}).",
        names(&taken),
        how(&taken)
    ));
    let draft = match kind {
        Unanswered::Silent => off(case, draft),
        Unanswered::Refused | Unanswered::Foreign => in_its_place(draft),
        Unanswered::NoTcp => no_tcp(draft),
    };
    vec![compare::resolvers(case, &taken).into_draft(draft).finding()]
}

fn off<'c>(case: &Case<'_>, draft: Draft<'c>) -> Draft<'c> {
    draft
        .likely([])
        .meaning(
            "Neither a security group nor a network ACL can block the VPC's own resolver, so DNS support is off in this \
             VPC, or its limit of 1,024 packets a second for each network interface is exceeded.",
        )
        .fix(aws::enable_dns_support(case.plan))
        .tell_apart(format!(
            "`aws ec2 describe-vpc-attribute --vpc-id $VPC --attribute enableDnsSupport --region {}` says whether it is \
             off; the packet limit clears when the run is repeated while the task is quiet.",
            aws::home(case.plan)
        ))
}

/// Where the VPC's resolver is off nothing comes back, so this is something else.
fn in_its_place(draft: Draft<'_>) -> Draft<'_> {
    draft
        .possible([])
        .meaning(
            "Something answers in the resolver's place: where DNS is off in a VPC nothing comes back at all, so a rule of \
             the task or its host that redirects or rejects port 53 (a sidecar, a DNS agent, iptables) is more likely.",
        )
        .fix(aws::step("see what handles port 53 in the task and on its host, and let questions pass to the resolver"))
        .tell_apart(
            "A task of the same subnet without sidecars and agents that gets answers shows that it is something in this \
             task.",
        )
}

/// A truncated answer is one of the resolver itself.
fn no_tcp(draft: Draft<'_>) -> Draft<'_> {
    draft
        .possible([])
        .meaning(
            "The resolver answers over UDP, too long for a datagram, and not over TCP. Neither a security group nor a \
             network ACL stands between, so a rule of the task or its host (a sidecar, iptables) may keep TCP port 53 away.",
        )
        .fix(aws::step("let TCP port 53 out of the task and its host to the resolver, as well as UDP"))
        .tell_apart("`dig +tcp` from the task and from another one of the same subnet tells whether it is this task's.")
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};
    use crate::diagnosis::{Certainty, Finding};

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

    #[test]
    fn what_came_back_is_not_blamed_on_dns_support() {
        let found = |said: &str| judge(&format!("ecr.api dns={said}")).findings.remove(0);
        let blames = |found: &Finding| format!("{:?}", found.fix).contains("enable-dns-support");
        let silent = found("silent");
        assert!(blames(&silent) && silent.certainty == Certainty::Likely, "{silent:#?}");
        assert!(silent.summary.ends_with("none of the questions for 1 name (no answer in 2000 ms)."), "{silent:#?}");
        for said in ["wrong", "no-port"] {
            let other = found(said);
            assert!(!blames(&other) && other.certainty == Certainty::Possible, "{other:#?}");
            assert!(other.meaning.starts_with("Something answers in the resolver's place"), "{other:#?}");
        }
    }

    #[test]
    fn a_configured_resolver_that_fails_in_another_way_has_its_own_cause() {
        assert_scenes(&[(
            "nothing comes from one, garbage from the other",
            "ecr.api cfg=silent vpc=wrong",
            "error custom-resolver-silent ecr.api
             warning vpc-resolver-silent ecr.api",
        )]);
    }
}
