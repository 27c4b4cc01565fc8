//! `name-without-address`: NOERROR and no address, or only addresses at which nothing can be.

use crate::diagnosis::case::Name;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::rules::zones::by_zone;
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take every empty answer, a finding a zone.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| matches!(trouble.name(), Some(Name::Empty(_) | Name::Nowhere(_))));
    by_zone(taken).iter().map(|(zone, taken)| finding(case, *zone, taken)).collect()
}

fn finding<'c>(case: &'c Case<'c>, zone: Option<&str>, taken: &[Trouble<'c>]) -> Finding {
    let draft = Draft::new(FindingId::NameWithoutAddress, case, taken).likely([]).summary(format!(
        "{} for {} with {}{}.",
        words::resolvers_say(taken, "answers", "answer"),
        words::hosts(taken),
        words::list(taken.iter().map(given)),
        zone.map(|zone| format!(", said by the zone {zone}")).unwrap_or_default()
    ));
    if case.plan.place.inside_vpc { in_the_vpc(case, draft) } else { outside(draft, taken) }
}

fn in_the_vpc(case: &Case<'_>, draft: Draft<'_>) -> Finding {
    draft
        .meaning(
            "The name exists and leads nowhere: a private hosted zone has it without an address, or DNS Firewall empties \
             the answer.",
        )
        .fix(aws::show_dns_firewall(case.plan))
        .fix(aws::show_private_zones(case.plan))
        .fix(aws::step("allow the name and every name of its CNAME chain in DNS Firewall, or complete the zone's record"))
        .finding()
}

fn outside(draft: Draft<'_>, taken: &[Trouble<'_>]) -> Finding {
    let resolvers = words::list(taken.iter().filter_map(|trouble| trouble.stage.resolver()));
    draft
        .meaning(format!(
            "The name exists and leads nowhere: a zone of {resolvers} has it without an address, or a filter there empties \
             the answer."
        ))
        .fix(aws::step(format!("allow the name in the filter of {resolvers}, or complete the zone's record")))
        .finding()
}

fn given(trouble: &Trouble<'_>) -> String {
    match trouble.asked().map(crate::diagnosis::case::Asked::addresses).as_deref() {
        None | Some([]) => "no address".to_owned(),
        Some(sinkhole) => format!("{}, where nothing can be", words::list(sinkhole)),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn outside_a_vpc_the_resolver_itself_is_looked_at() {
        for said in ["empty", "0.0.0.0,::"] {
            let inside = judge(&format!("ecr.api dns={said}")).findings.remove(0);
            assert!(inside.meaning.contains("DNS Firewall") && inside.ecs_error.is_some(), "{inside:#?}");
            let outside = judge(&format!("place outside\necr.api dns={said}")).findings.remove(0);
            let text = format!("{outside:?}");
            assert!(text.contains("a zone of 10.0.0.2:53") && outside.ecs_error.is_none(), "{outside:#?}");
            assert!(!text.contains("VPC") && !text.contains("Firewall") && !text.contains("hosted zone"), "{text}");
        }
    }

    #[test]
    fn an_answer_that_leads_nowhere_is_told() {
        assert_scenes(&[
            ("no address", "ecr.api dns=empty", "error name-without-address ecr.api"),
            ("a sinkhole", "ecr.api dns=0.0.0.0,::", "error name-without-address ecr.api"),
            ("IPv4 alone is enough", "ecr.api dns=10.0.1.5", ""),
        ]);
    }
}
