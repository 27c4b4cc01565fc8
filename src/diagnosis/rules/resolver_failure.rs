//! `resolver-failure`: SERVFAIL, REFUSED or the like, or silence for some questions of a resolver that answers others.

use std::collections::HashSet;
use std::net::SocketAddr;

use super::custom_resolver_silent::Unanswered;
use super::grouped;
use crate::diagnosis::case::{Name, is_unreachable};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, words};
use crate::observation::{Family, Fault};

/// Take every failure of a resolver that is not wholly silent, a finding a cause.
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
        | Stage::Slow
        | Stage::Step => false,
    });
    let answered = answered(case);
    let groups = grouped::by(taken, |trouble| Cause::of(trouble, &answered));
    groups.iter().map(|(cause, taken)| finding(case, *cause, taken)).collect()
}

/// Why a resolver that answers others fails here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Cause {
    /// It can't follow the name.
    Name,
    /// No question for this kind of address is answered, while those for the other are.
    Family(Family),
    /// Its answer is truncated, and asking over TCP fails.
    NoTcp,
}

/// The kinds of address for which a resolver answered anything at all.
fn answered(case: &Case<'_>) -> HashSet<(SocketAddr, Family)> {
    let heard = case.observations.iter().filter(|seen| seen.answer().is_some());
    heard.filter_map(|seen| Some((seen.resolver?, seen.question?))).collect()
}

impl Cause {
    fn of(trouble: &Trouble<'_>, answered: &HashSet<(SocketAddr, Family)>) -> Self {
        if trouble.fault.map(Unanswered::by) == Some(Unanswered::NoTcp) {
            return Self::NoTcp;
        }
        let at = trouble.stage.resolver();
        match trouble.asked().map(|asked| (asked.name(), asked.failed_families())) {
            Some((Name::Addresses(_), families)) => {
                let dead = |family: &Family| at.is_some_and(|at| !answered.contains(&(at, *family)));
                families.into_iter().find(dead).map_or(Self::Name, Self::Family)
            }
            Some(_) | None => Self::Name,
        }
    }
}

fn finding<'c>(case: &'c Case<'c>, why: Cause, taken: &[Trouble<'c>]) -> Finding {
    let draft = Draft::new(FindingId::ResolverFailure, case, taken).likely([]).summary(format!(
        "For {}, {}.",
        words::hosts(taken),
        words::list(taken.iter().map(how))
    ));
    let resolvers = words::list(taken.iter().filter_map(|trouble| trouble.stage.resolver()));
    match why {
        Cause::Name => name(case, draft, taken, &resolvers),
        Cause::Family(family) => one_family(draft, family, &resolvers),
        Cause::NoTcp => no_tcp(draft, &resolvers),
    }
    .finding()
}

/// The VPC's resolver follows the VPC's rules, any other its own forwarders.
fn name<'c>(case: &Case<'_>, draft: Draft<'c>, taken: &[Trouble<'_>], resolvers: &str) -> Draft<'c> {
    let draft = draft.tell_apart("Where signed domains other than AWS's fail as well, it is DNSSEC validation.");
    if taken.iter().any(Trouble::is_vpc_resolver) {
        return draft
            .meaning(
                "The resolver answers and can't follow these names: a Resolver rule forwards them to a target that is dead \
                 or unwilling, or the zone behind them is broken.",
            )
            .fixes(rules(case));
    }
    draft
        .meaning(
            "The resolver answers and can't follow these names: the server that it forwards them to is dead or unwilling, \
             or the zone behind them is broken.",
        )
        .fix(aws::step(format!("see where {resolvers} forwards these names, and mend that server or the way to it")))
}

fn rules(case: &Case<'_>) -> [Fix; 2] {
    let repair =
        "repair the rule's target and the outbound endpoint's security group, or add a SYSTEM rule for amazonaws.com";
    [aws::show_resolver_rules(case.plan), aws::step(repair)]
}

fn one_family<'c>(draft: Draft<'c>, family: Family, resolvers: &str) -> Draft<'c> {
    let (dead, alive) = (record(family), record(other(family)));
    draft
        .meaning(format!(
            "Questions for {dead} get no answer while those for {alive} do: the server, or a middlebox on the way to it, \
             drops them. Whoever asks for both waits for it at every name."
        ))
        .fix(aws::step(format!(
            "let {resolvers} answer questions for {dead} (an empty answer will do), and let them through on the way"
        )))
        .tell_apart(format!(
            "A question for {dead} asked beside the server, of the same name, tells the server from what is between."
        ))
}

fn no_tcp<'c>(draft: Draft<'c>, resolvers: &str) -> Draft<'c> {
    draft
        .meaning(
            "These answers are too long for a datagram, and port 53 over TCP is not let through to the resolver, or it does \
             not serve TCP.",
        )
        .fix(aws::step(format!("let TCP port 53 through to {resolvers} and back, as well as UDP")))
}

fn how(trouble: &Trouble<'_>) -> String {
    let Some(asked) = trouble.asked() else { return String::new() };
    let at = asked.resolver.address;
    match asked.name() {
        Name::Failure(code) => format!("{at} answers {code}"),
        Name::Silent(fault) => format!("{at} gives no answer{}", because(fault)),
        Name::Addresses(_) => {
            let kinds = words::list(asked.failed_families().into_iter().map(record));
            let fault = trouble.fault.map(because).unwrap_or_default();
            format!("{at} gives no answer to the {kinds} question{fault}")
        }
        Name::Nowhere(_) | Name::NotFound(_) | Name::Empty(_) | Name::NotLooked => format!("{at} gives no address"),
    }
}

/// Why there is no answer, to be said after "no answer".
fn because(fault: &Fault) -> String {
    match fault {
        Fault::TimedOut { after_ms } => format!(" in {after_ms} ms"),
        other => format!(" ({other})"),
    }
}

fn record(family: Family) -> &'static str {
    match family {
        Family::A => "A",
        Family::Aaaa => "AAAA",
    }
}

fn other(family: Family) -> Family {
    match family {
        Family::A => Family::Aaaa,
        Family::Aaaa => Family::A,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

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
            (
                "one family, and SERVFAIL: two causes",
                "ecr.api cfg=10.0.1.5 vpc=servfail aaaa-silent",
                "warning resolver-failure ecr.api
                 warning resolver-failure ecr.api",
            ),
        ]);
    }

    #[test]
    fn the_cause_follows_what_came() {
        let silent = "logs dns=10.0.1.6\necr.api dns=silent";
        let family = "ecr.api dns=10.0.1.5 aaaa-silent";
        let table = [
            ("ecr.api dns=servfail", "answers SERVFAIL", "Resolver rule", "Resolver rules"),
            (silent, "10.0.0.2:53 gives no answer in 2000 ms", "Resolver rule", "Resolver rules"),
            (family, "no answer to the AAAA question in 4000 ms", "middlebox", "answer questions for AAAA"),
            ("logs dns=10.0.1.6\necr.api cfg=servfail vpc=10.0.1.5", "SERVFAIL", "server that it forwards", "forwards"),
            ("place outside\necr.api dns=servfail", "SERVFAIL", "the server that it forwards", "where 10.0.0.2:53"),
            (
                "logs dns=10.0.1.6,2600:1f14::6\necr.api dns=10.0.1.5 aaaa-silent",
                "AAAA question in 4000 ms",
                "Resolver rule",
                "Resolver rules",
            ),
        ];
        for (scene, summary, meaning, fix) in table {
            let found = judge(scene).findings.remove(0);
            assert!(found.summary.contains(summary) && found.meaning.contains(meaning), "{scene}\n{found:#?}");
            assert!(found.fix[0].action.contains(fix) && found.alternatives.is_empty(), "{scene}\n{found:#?}");
        }
    }

    #[test]
    fn outside_a_vpc_no_rule_of_one_is_blamed() {
        for said in ["servfail", "refused"] {
            let found = judge(&format!("place outside\necr.api dns={said}")).findings.remove(0);
            let text = format!("{found:?}");
            assert!(!text.contains("VPC") && !text.contains("Resolver rule") && found.ecs_error.is_none(), "{text}");
        }
    }
}
