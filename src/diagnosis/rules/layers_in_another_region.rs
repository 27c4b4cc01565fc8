//! `layers-in-another-region`: what a pull needs lies in another Region, and there is no way out.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, silence};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, words};
use crate::plan::{Purpose, Reach};

/// Take the silence of another Region's registry and layers.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    if case.has_way_out() {
        return Vec::new();
    }
    let taken = ledger.take(|trouble| {
        let check = trouble.view.check;
        silence(case, trouble) == Some(Silence::Outside)
            && case.is_foreign_region(check)
            && check.reach != Reach::Nothing
            && is_of_a_pull(check.purpose)
    });
    let Some(region) = taken.first().and_then(|trouble| trouble.view.check.region.as_ref()) else { return Vec::new() };
    vec![finding(case, &taken, region.as_str())]
}

fn is_of_a_pull(purpose: Purpose) -> bool {
    match purpose {
        Purpose::RegistryToken | Purpose::Registry | Purpose::Layers => true,
        Purpose::Secrets | Purpose::Logs | Purpose::Volumes | Purpose::Exec | Purpose::Other => false,
    }
}

fn finding<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>], region: &str) -> Finding {
    let home = aws::home(case.plan);
    Draft::new(FindingId::LayersInAnotherRegion, case, taken)
        .likely([FindingId::NoWayOut])
        .summary(format!(
            "{} for {} ({}): {} in {region}, and the task stands in {home}.",
            words::hosts_say(taken, "stays silent", "stay silent"),
            words::took(taken),
            words::peers(taken),
            if words::count(taken.iter().map(|trouble| &trouble.view.check.host)) == 1 { "it is" } else { "they are" },
        ))
        .meaning(format!(
            "Neither this VPC's S3 gateway endpoint nor its ECR endpoints serve {region}, and there is no way out to it."
        ))
        .fix(aws::step(format!(
            "copy the image: where {region} can be reached, pull it and push it to a repository in {home}, and name that \
             one in the task definition"
        )))
        .fixes(endpoints(case, taken))
        .fix(aws::default_route(case.plan))
        .fix(aws::command(
            format!(
                "for the images to come, add a rule for {home} to the registry's replication: it copies nothing that was \
                 pushed before, and what is put replaces the whole configuration, so read the present one first"
            ),
            region,
            "ecr describe-registry --query replicationConfiguration",
        ))
        .finding()
}

/// One endpoint a service, each to the other Region.
fn endpoints(case: &Case<'_>, taken: &[Trouble<'_>]) -> Vec<Fix> {
    let mut served: Vec<_> = taken.iter().map(|trouble| trouble.view.check).collect();
    served.dedup_by_key(|check| &check.endpoint_service);
    served.into_iter().map(|check| aws::create_interface_endpoint_for(case, check)).collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn another_regions_image_needs_a_way_out() {
        assert_scenes(&[(
            "registry and layers are one cause",
            "logs dns=10.0.1.6
             ecr.dkr region=us-west-2 dns=44.1.1.1 44.1.1.1=silent
             s3 region=us-west-2 dns=52.92.1.1 52.92.1.1=silent
             control dns=18.9.9.9 18.9.9.9=silent",
            "error layers-in-another-region ecr.dkr s3",
        )]);
    }

    #[test]
    fn the_image_is_copied_or_the_other_region_is_reached() {
        let found = judge(
            "logs dns=10.0.1.6
             ecr.dkr region=us-west-2 dns=44.1.1.1 44.1.1.1=silent
             s3 region=us-west-2 dns=52.92.1.1 52.92.1.1=silent",
        )
        .findings
        .remove(0);
        assert!(found.summary.contains("they are in us-west-2"), "{}", found.summary);
        assert!(found.fix[0].action.starts_with("copy the image"), "{:?}", found.fix[0]);
        let across = |fix: &&crate::diagnosis::Fix| {
            fix.command.as_ref().is_some_and(|command| command.contains("--service-region us-west-2"))
        };
        assert_eq!(found.fix.iter().filter(across).count(), 2);
    }
}
