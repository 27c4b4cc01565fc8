//! `public-registry-unreachable`: an image outside ECR private, and no way out.

use crate::diagnosis::case::WayOut;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, silence};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
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
    let upstream = taken.first().map(|trouble| trouble.view.check.host.as_str()).unwrap_or_default();
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
        .fix(aws::command(
            "let ECR fetch it: a pull-through cache rule (Docker Hub needs credentials with it), then \
             name the image by your own registry",
            aws::home(case.plan),
            format!(
                "ecr create-pull-through-cache-rule --ecr-repository-prefix cached --upstream-registry-url {upstream}"
            ),
        ))
        .fix(aws::step("or copy the image into an ECR private repository"))
        .fix(aws::default_route(case.plan))
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

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
}
