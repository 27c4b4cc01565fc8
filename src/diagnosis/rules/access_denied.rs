//! `access-denied`: denied, and the text does not say by what.

use super::denied::{self, Denied};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::{self, Reading};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take what is left of the denials: a finding a host.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = denied::take(ledger, |_| true);
    let mut findings = denied::findings(case, taken, Trouble::host, finding);
    let closed = ledger.take(|trouble| reading::of(trouble) == Some(Reading::Unauthorized));
    let groups = super::grouped::by(closed, Trouble::host);
    findings.extend(groups.iter().map(|(_, taken)| not_let_in(case, taken)));
    findings
}

fn finding(denied: &Denied<'_, '_>) -> Finding {
    denied
        .draft(FindingId::AccessDenied)
        .likely([
            FindingId::IdentityPolicyDenies,
            FindingId::EndpointPolicyDenies,
            FindingId::ResourcePolicyDenies,
            FindingId::OtherPolicyDenies,
        ])
        .meaning(format!(
            "Some policy forbids it: the role's own, the VPC endpoint's, that of what was asked for or of its key, or the \
             organization's. {}",
            denied.note()
        ))
        .fixes(denied.allow())
        .fixes(denied.simulate())
        .fixes(denied.show_resource_policies())
        .fixes(denied.show_endpoint_policies())
        .tell_apart(denied.tell_apart())
        .finding()
}

/// A registry outside ECR asks for a login that the platform was not given.
fn not_let_in<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Finding {
    let image = taken.iter().find_map(|trouble| reading::image(trouble.view.check));
    let image = image.map(|image| format!(" for {}", words::quoted(&image.reference))).unwrap_or_default();
    Draft::new(FindingId::AccessDenied, case, taken)
        .likely([FindingId::RepositoryNotFound])
        .summary(format!(
            "{} without a login{image}; {}.",
            words::hosts_say(taken, "does not let anybody in", "do not let anybody in"),
            denied::route(case, taken)
        ))
        .meaning("The image is private, or it does not exist: registries give one answer for both.")
        .fix(aws::step("see that the image's name is right, by pulling it elsewhere without being logged in"))
        .fix(aws::step(
            "where it is private, put user and password into a secret, and name that as repositoryCredentials in the task \
             definition",
        ))
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_denial_that_names_no_policy_keeps_all_of_them() {
        assert_scenes(&[
            (
                "generic, of a key",
                "secretsmanager dns=10.0.1.4
                 secret:app/db get-secret-value=400/AccessDeniedException/Access~to~KMS~is~not~allowed",
                "error access-denied secret:app/db",
            ),
            (
                "cut off before the reason",
                "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=by-nobody",
                "error access-denied registry-token",
            ),
            ("without words", "ecr.dkr dns=10.0.1.7\nmanifest manifest-head=403 manifest=below", "error access-denied manifest"),
            (
                "a registry outside that asks for a login",
                "hub dns=52.1.1.1
                 manifest hub ping=challenge registry-token=token manifest-head=401 manifest=401/UNAUTHORIZED/authentication~required",
                "error access-denied manifest",
            ),
        ]);
        let found = judge(
            "secretsmanager dns=10.0.1.4\nsecret:app/db get-secret-value=400/AccessDeniedException/Access~to~KMS~is~not~allowed",
        );
        assert!(
            found.findings[0].summary.contains("it says only \"Access to KMS is not allowed\""),
            "{}",
            found.findings[0].summary
        );
        assert_eq!(found.findings[0].alternatives.len(), 4);
    }

    #[test]
    fn a_strangers_text_is_one_line_of_bounded_length() {
        let text = format!("\u{1b}[31m{}", "x".repeat(5_000));
        let scene =
            format!("ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=400/AccessDeniedException/{text}");
        let summary = judge(&scene).findings.remove(0).summary;
        assert!(summary.len() < 700 && !summary.contains('\u{1b}'), "{summary}");
    }
}
