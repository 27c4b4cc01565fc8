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
    Draft::new(FindingId::NameWithoutAddress, case, taken)
        .likely([FindingId::NameNotFound])
        .summary(format!(
            "{} for {} with {}{}.",
            words::resolvers_say(taken, "answers", "answer"),
            words::hosts(taken),
            words::list(taken.iter().map(given)),
            zone.map(|zone| format!(", said by the zone {zone}")).unwrap_or_default()
        ))
        .meaning(
            "The name exists and leads nowhere: a private hosted zone has it without an address, or DNS Firewall empties \
             the answer.",
        )
        .fix(aws::show_dns_firewall(case.plan))
        .fix(aws::show_private_zones(case.plan))
        .fix(aws::step("allow the name and every name of its CNAME chain in DNS Firewall, or complete the zone's record"))
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
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn an_answer_that_leads_nowhere_is_told() {
        assert_scenes(&[
            ("no address", "ecr.api dns=empty", "error name-without-address ecr.api"),
            ("a sinkhole", "ecr.api dns=0.0.0.0,::", "error name-without-address ecr.api"),
            ("IPv4 alone is enough", "ecr.api dns=10.0.1.5", ""),
        ]);
    }
}
