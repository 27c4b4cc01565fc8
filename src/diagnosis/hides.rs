//! What can't be judged before a finding is mended: the steps that were left undone because of what it names.

use super::case::{Case, View};
use super::{CheckResult, CheckStatus, Finding, Severity};
use crate::plan::{Check, CheckId, Deed, SecretUse};

/// Tell each finding which steps it hides: each step once, with the finding that is to be mended first.
pub fn mark(case: &Case<'_>, findings: &mut [Finding], checks: &[CheckResult]) {
    let is_left = |view: &&View<'_>| {
        let is_blank = |result: &CheckResult| result.id == view.check.id && result.status == CheckStatus::NotRun;
        view.is_step() && view.is_undone() && checks.iter().any(is_blank)
    };
    for view in case.views.iter().filter(is_left) {
        let needs = needs(case, view.check);
        let hides = |finding: &&mut Finding| {
            finding.severity == Severity::Error && needs.iter().any(|need| finding.checks.contains(need))
        };
        if let Some(finding) = findings.iter_mut().find(hides) {
            finding.hides.push(view.check.id.clone());
        }
    }
}

/// What has to work before a step can be tried: its ladder, the steps before it and theirs.
fn needs<'c>(case: &'c Case<'_>, step: &'c Check) -> Vec<&'c CheckId> {
    let Some(made) = &step.step else { return Vec::new() };
    let mut needs = vec![&made.over];
    for before in
        case.steps().map(|view| view.check).filter(|before| before.id != step.id && comes_before(before, step))
    {
        needs.push(&before.id);
        needs.extend(before.step.as_ref().map(|step| &step.over));
    }
    // The hosts to which a registry sends on, and S3 itself.
    if matches!(made.deed, Deed::Manifest(_) | Deed::Layers(_)) {
        let of_it = case.subjects().map(|view| view.check).filter(|check| check.purpose == step.purpose);
        needs.extend(of_it.map(|check| &check.id));
    }
    needs
}

/// Whether a step gives what another can't do without: a login, the token, the manifest.
fn comes_before(before: &Check, step: &Check) -> bool {
    let (Some(first), Some(then)) = (&before.step, &step.step) else { return false };
    let (Deed::Manifest(image) | Deed::Layers(image)) = &then.deed else { return false };
    match &first.deed {
        Deed::Secret(secret) => {
            matches!(&secret.purpose, SecretUse::Registry { image: of } if *of == image.reference)
        }
        Deed::Token => image.ecr.as_ref().is_some_and(|ecr| before.region.as_ref() == Some(&ecr.region)),
        Deed::Manifest(earlier) => matches!(then.deed, Deed::Layers(_)) && earlier.reference == image.reference,
        Deed::Identity | Deed::EnvironmentFile(_) | Deed::LogStream(_) | Deed::Layers(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::judge;

    #[test]
    fn what_was_left_undone_is_told_with_what_is_to_be_mended_first() {
        let table = [
            (
                "a silent endpoint hides the token, and all that needs one",
                "ecr.api dns=10.0.1.5 10.0.1.5=silent
                 ecr.dkr dns=10.0.1.6
                 logs dns=10.0.1.7
                 registry-token get-authorization-token=below
                 manifest ping=challenge manifest-head=below
                 layers layer-blob=below",
                "endpoint-silent: registry-token manifest layers",
            ),
            (
                "of two causes the first one that it needs",
                "ecr.api dns=10.0.1.5 10.0.1.5=silent
                 logs dns=10.0.1.7 10.0.1.7=refused
                 ecr.dkr dns=10.0.1.6
                 registry-token get-authorization-token=below
                 log-stream:/a create-log-stream=below",
                "endpoint-silent: registry-token
                 connection-refused: log-stream:/a",
            ),
            (
                "what fails by itself is not hidden",
                "ecr.api dns=10.0.1.5
                 registry-token get-authorization-token=by-identity",
                "identity-policy-denies:",
            ),
        ];
        for (about, scene, expected) in table {
            let findings = judge(scene).findings;
            let told = findings.iter().map(|finding| {
                let hides: Vec<&str> = finding.hides.iter().map(|id| id.0.as_str()).collect();
                format!("{}: {}", finding.id, hides.join(" ")).trim_end().to_owned()
            });
            let expected: Vec<&str> = expected.lines().map(str::trim).collect();
            assert_eq!(told.collect::<Vec<_>>(), expected, "{about}\n{findings:#?}");
        }
    }
}
