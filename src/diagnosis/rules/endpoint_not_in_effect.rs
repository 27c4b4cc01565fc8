//! `endpoint-not-in-effect`: an interface endpoint's name has public addresses, and nothing leads there.

use super::layers_unreachable::{is_other_gateway, with_fixes};
use crate::diagnosis::case::{Name, WayOut};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, silence};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, compare, words};
use crate::plan::Reach;

/// Take the silence of public addresses that an endpoint should have replaced, or carried.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let mut findings = interface(case, ledger);
    findings.extend(gateway(case, ledger));
    findings
}

fn gateway<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Option<Finding> {
    let taken = ledger.take(|trouble| silence(case, trouble) == Some(Silence::Outside) && is_other_gateway(trouble));
    taken.first()?;
    let draft = Draft::new(FindingId::EndpointNotInEffect, case, &taken)
        .likely(alternatives(case))
        .summary(format!(
            "{} for {} ({}).",
            words::hosts_say(&taken, "stays silent", "stay silent"),
            words::took(&taken),
            words::peers(&taken)
        ))
        .meaning(
            "Nothing carries these public addresses: the gateway endpoint is missing, or the route table of the task's \
             subnet is not associated with it, or the task's security group or network ACL does not let its ranges out.",
        );
    Some(with_fixes(case, compare::nothing_public(case).into_draft(draft), &taken).finding())
}

fn interface<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| {
        silence(case, trouble) == Some(Silence::Outside) && trouble.view.check.reach == Reach::Interface
    });
    if taken.is_empty() {
        return Vec::new();
    }
    let attributes = Attributes::of(case);
    let draft = Draft::new(FindingId::EndpointNotInEffect, case, &taken).likely(alternatives(case)).summary(format!(
        "{} to the public {}, where nothing answers within {}.",
        words::hosts_say(&taken, "resolves", "resolve"),
        words::peers(&taken),
        words::took(&taken)
    ));
    let draft = match case.own_name() {
        Some(own) => draft.shown_by(own.asked.iter().flat_map(crate::diagnosis::case::Asked::seen)),
        None => draft,
    };
    vec![
        compare::private_names(case)
            .into_draft(draft)
            .meaning(attributes.meaning(words::count(taken.iter().map(|trouble| &trouble.view.check.host))))
            .fixes(fixes(case, &taken, attributes))
            .tell_apart(attributes.tell_apart(case))
            .finding(),
    ]
}

fn alternatives(case: &Case<'_>) -> Vec<FindingId> {
    match case.way_out() {
        WayOut::No(_) => vec![FindingId::NoWayOut],
        WayOut::Yes(_) | WayOut::Unknown => vec![FindingId::EgressFiltered, FindingId::NoWayOut],
    }
}

/// What the task's own name says of the VPC's DNS attributes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Attributes {
    On,
    Off,
    Unknown,
}

impl Attributes {
    fn of(case: &Case<'_>) -> Self {
        let Some(asked) = case.own_name().and_then(|own| own.vpc()) else { return Self::Unknown };
        match asked.name() {
            Name::Addresses(_) => Self::On,
            Name::NotFound(_) | Name::Empty(_) => Self::Off,
            Name::Nowhere(_) | Name::Failure(_) | Name::Silent(_) | Name::NotLooked => Self::Unknown,
        }
    }

    fn meaning(self, names: usize) -> String {
        let missing = match names {
            1 => "There is no interface endpoint for it in this VPC, or it has private DNS off",
            _ => "There are no interface endpoints for them in this VPC, or they have private DNS off",
        };
        match self {
            Self::On => format!("{missing}: from inside these look the same."),
            Self::Off => {
                "The VPC's resolver answers and does not even know the task's own name, so enableDnsHostnames is \
                          likely off, and no endpoint's private name takes effect."
                    .to_owned()
            }
            Self::Unknown => {
                format!("{missing}, or the VPC's DNS attributes are off: from inside these look the same.")
            }
        }
    }

    fn tell_apart(self, case: &Case<'_>) -> String {
        let endpoints = format!("`{}` shows", aws::show_endpoints(case.plan));
        let attribute = format!(
            "`aws ec2 describe-vpc-attribute --vpc-id $VPC --attribute enableDnsHostnames --region {}`",
            aws::home(case.plan)
        );
        match self {
            Self::On => format!("{endpoints} which of them it is."),
            Self::Off => format!("{attribute} says whether it is off; {endpoints} whether the endpoints exist at all."),
            Self::Unknown => format!("{endpoints} which of them it is, and {attribute} whether that attribute is off."),
        }
    }
}

fn fixes(case: &Case<'_>, taken: &[Trouble<'_>], attributes: Attributes) -> Vec<Fix> {
    let plan = case.plan;
    let mut switches = vec![aws::enable_dns_hostnames(plan)];
    // A resolver that answers is evidently switched on.
    if !plan.resolvers.iter().any(|resolver| resolver.vpc && case.answers(resolver)) {
        switches.insert(0, aws::enable_dns_support(plan));
    }
    let mut checks: Vec<_> = taken.iter().map(|trouble| trouble.view.check).collect();
    checks.dedup_by_key(|check| aws::service_name(check));
    let mut create: Vec<_> = checks.into_iter().map(|check| aws::create_interface_endpoint_for(case, check)).collect();
    create.push(aws::enable_private_dns(plan));
    let mut fixes = match attributes {
        Attributes::Off => switches.into_iter().chain(create).collect(),
        Attributes::On => create,
        Attributes::Unknown => create.into_iter().chain(switches).collect::<Vec<_>>(),
    };
    fixes.push(aws::default_route(plan));
    fixes
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    const SHUT: &str = "control dns=18.9.9.9 18.9.9.9=silent";

    #[test]
    fn public_answers_without_a_way_out_are_one_cause() {
        let scene = format!(
            "ecr.api dns=18.1.1.1 18.1.1.1=silent
             ecr.dkr dns=18.1.1.2 18.1.1.2=silent
             logs dns=18.1.1.3 18.1.1.3=silent
             s3 dns=52.219.1.1
             {SHUT}"
        );
        assert_scenes(&[("three names", &scene, "error endpoint-not-in-effect ecr.api ecr.dkr logs")]);
    }

    #[test]
    fn the_own_name_splits_off_the_attributes() {
        for (own, first) in [("nxdomain", "enable-dns-hostnames"), ("10.0.1.9", "create-vpc-endpoint")] {
            let scene = format!("ecr.api dns=18.1.1.1 18.1.1.1=silent\nown-name dns={own}\n{SHUT}");
            let judged = judge(&scene);
            let command = judged.findings[0].fix[0].command.clone().unwrap();
            assert!(command.contains(first), "{own}: {command}");
            assert_eq!((judged.findings.len(), judged.exit_code), (1, 23));
        }
    }

    #[test]
    fn a_resolver_that_answers_is_not_to_be_switched_on() {
        let own_names = ["own-name dns=nxdomain", "", "own-name dns=silent"];
        for own in own_names {
            let judged = judge(&format!("ecr.api dns=18.1.1.1 18.1.1.1=silent\n{own}\n{SHUT}"));
            assert!(!format!("{:?}", judged.findings[0].fix).contains("enable-dns-support"), "{own}");
        }
        let unheard = judge("ecr.api cfg=18.1.1.1 vpc=deadline 18.1.1.1=silent");
        assert!(format!("{:?}", unheard.findings[0].fix).contains("enable-dns-support"), "{:#?}", unheard.findings);
    }

    #[test]
    fn one_name_and_several_are_told_as_such() {
        let one = "ecr.api dns=18.1.1.1 18.1.1.1=silent".to_owned();
        let table = [
            (one.clone(), "no interface endpoint for it"),
            (format!("{one}\nlogs dns=18.1.1.3 18.1.1.3=silent"), "no interface endpoints for them"),
        ];
        for (scene, words) in table {
            let found = judge(&scene).findings.remove(0);
            assert!(found.meaning.contains(words), "{found:#?}");
        }
    }
}
