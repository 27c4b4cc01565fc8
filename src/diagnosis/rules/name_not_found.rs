//! `name-not-found`: NXDOMAIN. The owner of the SOA record is the zone that says so.

use crate::diagnosis::case::Name;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::rules::zones::by_zone;
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take every NXDOMAIN, a finding a zone.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| matches!(trouble.name(), Some(Name::NotFound(_))));
    by_zone(taken).iter().map(|(zone, taken)| finding(case, *zone, taken)).collect()
}

fn finding<'c>(case: &'c Case<'c>, zone: Option<&str>, taken: &[Trouble<'c>]) -> Finding {
    let draft = Draft::new(FindingId::NameNotFound, case, taken).summary(format!(
        "{} NXDOMAIN for {}{}.",
        words::resolvers_say(taken, "answers", "answer"),
        words::hosts(taken),
        zone.map(|zone| format!(", said by the zone {zone}")).unwrap_or_default()
    ));
    let is_aws = taken.iter().any(|trouble| trouble.view.check.region.is_some());
    if is_aws { aws_name(case, draft, taken) } else { other_name(draft) }
}

fn aws_name(case: &Case<'_>, draft: Draft<'_>, taken: &[Trouble<'_>]) -> Finding {
    let registry = taken.iter().any(|trouble| trouble.view.check.host.contains(".dkr.ecr"));
    let record = if registry {
        "add the record to that zone (the registry's hosts need both dkr.ecr.REGION and its wildcard *.dkr.ecr.REGION), \
         or take the zone off the VPC"
    } else {
        "add the record to that zone, or take the zone off the VPC"
    };
    draft
        .likely([FindingId::NameWithoutAddress])
        .meaning(
            "The name is AWS's, so a private hosted zone of this VPC shadows the public one and lacks the record, or DNS \
             Firewall answers in its place, or the Region's name is wrong.",
        )
        .fix(aws::show_private_zones(case.plan))
        .fix(aws::step(record))
        .fix(aws::show_dns_firewall(case.plan))
        .tell_apart(
            "A zone that you own, named as the one that says no, is the private hosted zone; with a wrong Region every \
             name of that Region fails; else look at DNS Firewall.",
        )
        .finding()
}

fn other_name(draft: Draft<'_>) -> Finding {
    draft
        .meaning("The name does not exist for this resolver: it is misspelt, or its private zone is not the VPC's.")
        .fix(aws::step("correct the name, or associate its private hosted zone with this VPC"))
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_name_that_does_not_exist_is_told_with_its_zone() {
        assert_scenes(&[
            (
                "a shadowing zone without the wildcard",
                "ecr.api dns=10.0.1.5
                 ecr.dkr dns=nxdomain",
                "error name-not-found ecr.dkr",
            ),
            (
                "a name that is not AWS's",
                "db.corp.example:5432 dns=nxdomain",
                "error name-not-found db.corp.example:5432",
            ),
            ("as it is asserted", "ecr.api expect=blocked dns=nxdomain", ""),
            ("what the start may do without", "sts optional dns=nxdomain", "warning name-not-found sts"),
        ]);
        assert!(judge("ecr.dkr dns=nxdomain").findings[0].summary.contains("the zone amazonaws.com"));
    }
}
