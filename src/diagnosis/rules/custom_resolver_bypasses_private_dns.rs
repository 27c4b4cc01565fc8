//! `custom-resolver-bypasses-private-dns`: the VPC's resolver gives the endpoint's address, the configured one does not.

use crate::diagnosis::case::{Asked, Class, View};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::plan::Route;

/// Take what comes of the other answer: the missing name, the public addresses, the broken expectation.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let hit: Vec<_> =
        case.subjects().filter(|view| view.check.expect != Route::Blocked && view.is_bypassed(case.plan)).collect();
    if hit.is_empty() {
        return Vec::new();
    }
    let taken = ledger.take(|trouble| trouble.view.is_bypassed(case.plan) && follows(trouble));
    let resolvers = words::list(hit.iter().flat_map(|view| bypassing(case, view)).map(|asked| asked.resolver.address));
    let hosts = words::list(hit.iter().map(|view| &view.check.host));
    let said = words::list(hit.iter().flat_map(|view| bypassing(case, view)).map(|asked| given(asked)));
    let private = words::list(hit.iter().filter_map(|view| view.vpc()).flat_map(Asked::addresses));
    let mut draft = Draft::new(FindingId::CustomResolverBypassesPrivateDns, case, &taken).likely([]).at_least_warning();
    for view in &hit {
        draft = draft.about(view, view.asked.iter().flat_map(Asked::seen));
    }
    vec![with_words(case, draft, &resolvers, &hosts, &said, &private)]
}

fn with_words(case: &Case<'_>, draft: Draft<'_>, resolvers: &str, hosts: &str, said: &str, private: &str) -> Finding {
    draft
        .summary(format!(
            "For {hosts} the configured resolver {resolvers} gives {said}, while the VPC's own gives the private {private}."
        ))
        .meaning(
            "The platform asks the configured resolver, so the endpoint exists and is not used: that resolver does not \
             forward the question to the VPC's, or keeps an answer from before the endpoint existed.",
        )
        .fix(aws::step(format!(
            "forward these names on {resolvers} to the VPC's resolver: base address plus 2 from inside, or an inbound \
             Resolver endpoint"
        )))
        .fixes(aws::use_amazon_dns(case.plan))
        .tell_apart("A kept answer is gone when its TTL is over: compare the TTLs of both answers, and repeat the run after the longer \
             one; what differs then is not forwarded.",
        )
        .finding()
}

fn bypassing<'v>(case: &'v Case<'_>, view: &'v View<'v>) -> Vec<&'v Asked<'v>> {
    view.bypassing(case.plan).collect()
}

fn given(asked: &Asked<'_>) -> String {
    match asked.addresses().as_slice() {
        [] => "no address".to_owned(),
        some => words::list(some),
    }
}

/// Everything but silence of resolvers and what lies at private addresses.
fn follows(trouble: &Trouble<'_>) -> bool {
    match trouble.stage {
        Stage::Name(_) | Stage::Route => true,
        Stage::Resolver(_) | Stage::Slow | Stage::Step => false,
        Stage::Connect(_) | Stage::Handshake(_) | Stage::Certificate(_) | Stage::Exchange(_) | Stage::Answer(_) => {
            trouble.peer().is_some_and(|peer| peer.class == Class::Public)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::Certainty;
    use crate::diagnosis::testing::{assert_scenes, judge};

    const ID: &str = "custom-resolver-bypasses-private-dns";

    #[test]
    fn a_resolver_that_does_not_forward_hides_the_endpoint() {
        assert_scenes(&[
            (
                "public and silent",
                "ecr.api cfg=18.1.1.1 vpc=10.0.1.5 18.1.1.1=silent
                 control dns=18.9.9.9 18.9.9.9=silent",
                &format!("error {ID} ecr.api"),
            ),
            (
                "public and connecting is a warning",
                "ecr.api cfg=18.1.1.1 vpc=10.0.1.5",
                &format!("warning {ID} ecr.api"),
            ),
            ("nothing", "ecr.api cfg=nxdomain vpc=10.0.1.5", &format!("error {ID} ecr.api")),
            ("private is asserted", "ecr.api expect=private cfg=18.1.1.1 vpc=10.0.1.5", &format!("error {ID} ecr.api")),
        ]);
    }

    #[test]
    fn an_answer_that_is_kept_looks_the_same() {
        let found = judge("ecr.api cfg=18.1.1.1 vpc=10.0.1.5").findings.remove(0);
        assert_eq!(found.certainty, Certainty::Likely);
        assert!(found.tell_apart.is_some_and(|text| text.contains("compare the TTLs")), "{}", found.meaning);
    }
}
