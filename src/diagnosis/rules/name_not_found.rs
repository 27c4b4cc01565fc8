//! `name-not-found`: NXDOMAIN. The owner of the SOA record is the zone that says so.

use crate::diagnosis::case::Name;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::rules::zones::{by_zone, know_no_name};
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
    match (case.plan.place.inside_vpc, is_aws) {
        (true, true) => aws_name(case, draft, taken),
        (true, false) => other_name(draft),
        (false, _) if know_no_name(case, taken) => no_public_names(draft, taken),
        (false, true) => aws_name_outside(draft, taken),
        (false, false) => other_name_outside(draft),
    }
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
        .likely([])
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
        .likely([])
        .meaning("The name does not exist for this resolver: it is misspelt, or its private zone is not the VPC's.")
        .fix(aws::step("correct the name, or associate its private hosted zone with this VPC"))
        .finding()
}

/// The resolver of a machine that has no way to public DNS knows nobody.
fn no_public_names(draft: Draft<'_>, taken: &[Trouble<'_>]) -> Finding {
    let resolvers = resolvers(taken);
    draft
        .possible([])
        .meaning(format!(
            "No name of this run exists for {resolvers}, not even those that exist everywhere, so it knows no public names: \
             it has no way to public DNS, or it is meant for names of its own alone."
        ))
        .fix(aws::step(format!("let {resolvers} ask public DNS, or give this machine a resolver that does")))
        .tell_apart("Any well-known public name asked of the same resolver shows it.")
        .finding()
}

fn aws_name_outside(draft: Draft<'_>, taken: &[Trouble<'_>]) -> Finding {
    let resolvers = resolvers(taken);
    draft
        .likely([])
        .meaning(format!(
            "The name is AWS's, so a zone or a filter of {resolvers} hides the public one, or the Region's name is wrong."
        ))
        .fix(aws::step(format!("see which zone or filter of {resolvers} covers the name, and complete it or take it off")))
        .fix(aws::step("or correct the Region"))
        .tell_apart("With a wrong Region every name of that Region fails, at any other resolver too.")
        .finding()
}

fn other_name_outside(draft: Draft<'_>) -> Finding {
    draft
        .likely([])
        .meaning("The name does not exist for this resolver: it is misspelt, or its zone is known elsewhere only.")
        .fix(aws::step("correct the name, or run this where its zone is known"))
        .finding()
}

fn resolvers(taken: &[Trouble<'_>]) -> String {
    words::list(taken.iter().filter_map(|trouble| trouble.stage.resolver()))
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};
    use crate::diagnosis::{Certainty, Finding};

    /// What belongs to a VPC or a task, and is no advice for any other machine.
    fn assert_no_vpc(found: &Finding) {
        let text = format!("{found:?}");
        for word in ["VPC", "aws ", "hosted zone", "Firewall", "ecs_error: Some"] {
            assert!(!text.contains(word), "{word}: {found:#?}");
        }
    }

    #[test]
    fn outside_a_vpc_the_resolver_itself_is_looked_at() {
        let all = "place outside\necr.api dns=nxdomain\nlogs dns=nxdomain\ncontrol dns=";
        let table = [
            (format!("{all}nxdomain"), Certainty::Possible, "knows no public names"),
            (format!("{all}18.9.9.9"), Certainty::Likely, "a zone or a filter of 10.0.0.2:53"),
            ("place outside\necr.api dns=nxdomain".to_owned(), Certainty::Likely, "a zone or a filter"),
            ("place outside\ndb.corp.example:443 dns=nxdomain".to_owned(), Certainty::Likely, "misspelt"),
        ];
        for (scene, certainty, meaning) in table {
            let found = judge(&scene).findings.remove(0);
            assert_eq!(found.certainty, certainty, "{scene}");
            assert!(found.meaning.contains(meaning) && found.alternatives.is_empty(), "{found:#?}");
            assert_no_vpc(&found);
        }
    }

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
