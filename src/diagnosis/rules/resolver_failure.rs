//! `resolver-failure`: SERVFAIL, REFUSED or the like, or silence for some names of a resolver that answers others.

use crate::diagnosis::case::{Name, is_unreachable};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take every failure of a resolver that is not wholly silent.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| match trouble.stage {
        Stage::Name(_) => matches!(trouble.name(), Some(Name::Failure(_))),
        Stage::Resolver(_) => !trouble.fault.is_some_and(is_unreachable) && !trouble.is_silent_resolver(case),
        Stage::Connect(_)
        | Stage::Handshake(_)
        | Stage::Certificate(_)
        | Stage::Exchange(_)
        | Stage::Answer(_)
        | Stage::Route
        | Stage::Slow => false,
    });
    if taken.is_empty() {
        return Vec::new();
    }
    let draft = Draft::new(FindingId::ResolverFailure, case, &taken)
        .likely([FindingId::NameNotFound])
        .summary(format!("For {}, {}.", words::hosts(&taken), words::list(taken.iter().map(how))))
        .meaning(
            "The resolver answers and can't follow these names: a Resolver rule forwards them to a target that is dead or \
             unwilling, or the zone behind them is broken.",
        )
        .fix(aws::show_resolver_rules(case.plan))
        .fix(aws::step(
            "repair the rule's target and the outbound endpoint's security group, or add a SYSTEM rule for amazonaws.com",
        ))
        .tell_apart("Where signed domains other than AWS's fail as well, it is DNSSEC validation.");
    vec![draft.finding()]
}

fn how(trouble: &Trouble<'_>) -> String {
    let Some(asked) = trouble.asked() else { return String::new() };
    let at = asked.resolver.address;
    match asked.name() {
        Name::Failure(code) => format!("{at} answers {code}"),
        Name::Silent(fault) => format!("{at} gives no answer ({fault})"),
        Name::Addresses(_) => {
            let kinds = words::list(asked.failed_families().iter().map(|family| format!("{family:?}").to_uppercase()));
            let fault = trouble.fault.map(ToString::to_string).unwrap_or_default();
            format!("{at} gives no answer to the {kinds} question ({fault})")
        }
        Name::Nowhere(_) | Name::NotFound(_) | Name::Empty(_) | Name::NotLooked => format!("{at} gives no address"),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn a_resolver_that_fails_for_some_names_is_told_from_a_silent_one() {
        assert_scenes(&[
            (
                "SERVFAIL from both, one cause",
                "ecr.api dns=servfail
                 ecr.dkr dns=servfail
                 db.corp.example:443 dns=10.0.1.9",
                "error resolver-failure ecr.api ecr.dkr",
            ),
            ("REFUSED", "ecr.api dns=refused", "error resolver-failure ecr.api"),
            (
                "silent for one name only",
                "ecr.api dns=silent
                 logs dns=10.0.1.6",
                "error resolver-failure ecr.api",
            ),
            ("silent for one family only", "ecr.api dns=10.0.1.5 aaaa-silent", "warning resolver-failure ecr.api"),
        ]);
    }
}
