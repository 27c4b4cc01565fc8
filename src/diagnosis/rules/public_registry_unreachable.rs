//! `public-registry-unreachable`: an image outside ECR private, and no way out.

use crate::diagnosis::case::WayOut;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, silence};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, words};
use crate::plan::{Purpose, Reach, Role};

/// Take the silence of registries that no VPC endpoint can serve.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    if case.has_way_out() {
        return Vec::new();
    }
    let taken = ledger.take(|trouble| silence(case, trouble) == Some(Silence::Outside) && is_public_registry(trouble));
    if taken.is_empty() { Vec::new() } else { vec![finding(case, &taken)] }
}

fn is_public_registry(trouble: &Trouble<'_>) -> bool {
    let check = trouble.view.check;
    let pulled = match check.purpose {
        Purpose::Registry | Purpose::Layers => true,
        Purpose::Secrets
        | Purpose::RegistryToken
        | Purpose::Logs
        | Purpose::Volumes
        | Purpose::Exec
        | Purpose::Other => false,
    };
    pulled && check.role == Role::Start && check.reach == Reach::Nothing
}

fn finding<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Finding {
    let draft = Draft::new(FindingId::PublicRegistryUnreachable, case, taken);
    let draft = match case.way_out() {
        WayOut::No(shut) => draft.shown_by(shut.iter().copied()),
        WayOut::Yes(_) | WayOut::Unknown => draft.likely([FindingId::EgressFiltered]),
    };
    draft
        .summary(format!(
            "{} for {} ({}).",
            words::hosts_say(taken, "stays silent", "stay silent"),
            words::took(taken),
            words::peers(taken)
        ))
        .meaning("No VPC endpoint serves a registry outside ECR private, and no public host answers from this subnet.")
        .fix(aws::step(
            "copy the image into an ECR private repository (pull and push it where the internet can be reached), and name \
             that one in the task definition",
        ))
        .fix(aws::default_route(case.plan))
        .fixes(pull_through(case, taken))
        .finding()
}

/// A rule by which ECR fetches the image, for the registries that ECR knows.
fn pull_through(case: &Case<'_>, taken: &[Trouble<'_>]) -> Option<Fix> {
    let mut hosts = taken.iter().map(|trouble| trouble.view.check.host.as_str());
    let (host, credentials) = hosts.find_map(|host| Some((host, credentials(host)?)))?;
    Some(aws::command(
        "or let ECR keep what was pulled once: a pull-through cache rule, and your own registry in the image's name; the \
         first pull of each image needs a way out even so, with every endpoint in place",
        aws::home(case.plan),
        format!(
            "ecr create-pull-through-cache-rule --ecr-repository-prefix cached --upstream-registry-url {host}{credentials}"
        ),
    ))
}

/// What a rule for this upstream registry needs beside its name; none where ECR has no rules for it.
fn credentials(upstream: &str) -> Option<&'static str> {
    match upstream {
        "public.ecr.aws" | "quay.io" | "registry.k8s.io" => Some(""),
        "registry-1.docker.io" | "ghcr.io" | "registry.gitlab.com" => Some(" --credential-arn $SECRET_ARN"),
        _ => upstream.ends_with(".azurecr.io").then_some(" --credential-arn $SECRET_ARN"),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_public_registry_needs_a_way_out() {
        assert_scenes(&[(
            "Docker Hub beside healthy endpoints",
            "hub dns=44.1.1.1 44.1.1.1=silent
             logs dns=10.0.1.6
             control dns=18.9.9.9 18.9.9.9=silent",
            "error public-registry-unreachable hub",
        )]);
    }

    #[test]
    fn a_copy_comes_before_a_rule_that_needs_a_way_out() {
        let found = judge("hub dns=44.1.1.1 44.1.1.1=silent").findings.remove(0);
        assert!(found.fix[0].action.starts_with("copy the image"), "{:?}", found.fix);
        let rule = found.fix.last().unwrap();
        assert!(rule.action.contains("needs a way out even so"), "{rule:?}");
        assert!(
            rule.command.as_ref().unwrap().contains("registry-1.docker.io --credential-arn $SECRET_ARN "),
            "{rule:?}"
        );
    }
}
