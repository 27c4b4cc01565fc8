//! `layers-denied`: the place to which the registry redirects denies a presigned address. AWS signs those by a role of its
//! own, so no policy of the task's role counts: of S3's VPC endpoint it does.

use super::denied::{self, Denied};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::{self, PolicyKind};
use crate::diagnosis::{Case, Finding, FindingId, aws, shaped};
use crate::plan;

/// Take every denial of a presigned address, a finding a host and kind.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| {
        reading::part(trouble).is_some_and(reading::is_of_layer_host) && denied::denial(trouble).is_some()
    });
    let key = |trouble: &Trouble<'c>| (trouble.host(), is_expired(trouble));
    denied::findings(case, taken, key, finding)
}

/// Whether the address is too old. Its time is that of whoever signed it.
fn is_expired(trouble: &Trouble<'_>) -> bool {
    denied::denial(trouble).is_some_and(|denial| denial.text.contains("Request has expired"))
}

fn finding(denied: &Denied<'_, '_>) -> Finding {
    let draft = denied.draft(FindingId::LayersDenied);
    let Some(first) = denied.first_trouble() else { return draft.finding() };
    if is_expired(first) {
        return draft
            .meaning(
                "The presigned address was too old when it was used: no policy, but a clock that is off, or something on the way \
                 that keeps old redirects or holds requests back.",
            )
            .fix(aws::step("see that no proxy stands between the task and the registry that keeps its answers"))
            .fix(aws::step("see that the host's clock is right (169.254.169.123 in AWS)"))
            .finding();
    }
    if !reading::is_s3(first.host()) {
        return draft
            .likely([])
            .meaning("The registry's storage denies an address that the registry has just signed: it, or a filter on the way.")
            .fix(aws::step("pull the image from a host outside this network: where that works, look at the filters on the way"))
            .finding();
    }
    let sure = denied.kind() == Some(PolicyKind::Endpoint);
    let draft = if sure { draft } else { draft.likely([]) };
    draft
        .meaning(format!(
            "{}The policy of the VPC endpoint for S3 must allow s3:GetObject on ECR's layer bucket, for any principal: conditions \
             such as aws:PrincipalAccount or aws:PrincipalOrgID leave AWS's own role out.",
            signer(denied)
        ))
        .fixes(denied.show_endpoint_policies())
        .fix(denied.allow_in_endpoint_policy(bucket(first.host()).as_deref()))
        .tell_apart(denied.tell_apart())
        .finding()
}

fn signer(denied: &Denied<'_, '_>) -> &'static str {
    let is_aws =
        denied.denied_principal().is_some_and(|principal| principal.contains("assumed-role/storage-access-role-"));
    if is_aws {
        "The role that S3 names is AWS's own, by which ECR signs the addresses of layers: no stranger, and nothing that you can \
         change. "
    } else {
        "ECR signs the addresses of layers by a role of its own, so the task's role needs no permission for S3. "
    }
}

/// The objects of the bucket that the host names.
fn bucket(host: &str) -> Option<String> {
    let (bucket, _) = host.split_once(".s3")?;
    let partition = plan::found(&plan::layer_host(host, 443))?.region?.partition();
    shaped::word(bucket).map(|bucket| format!("arn:{}:s3:::{bucket}/*", partition.id()))
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    const BEFORE: &str = "ecr.dkr dns=10.0.1.7
                          layer-host:prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com:443 dns=52.219.1.1
                          control dns=18.9.9.9 18.9.9.9=silent
                          ";

    #[test]
    fn a_presigned_address_is_denied_by_the_endpoint_and_not_by_the_role() {
        let table = [
            (
                "in AWS's words",
                "by-endpoint",
                "no VPC endpoint policy allows it",
                "The role that S3 names is AWS's own",
            ),
            (
                "by an explicit deny",
                "deny-by-endpoint",
                "an explicit deny stands in a VPC endpoint policy",
                "The role that S3 names is AWS's own",
            ),
            ("generic", "403/AccessDenied/Access~Denied", "it says only \"Access Denied\"", "by a role of its own"),
            ("without words", "403", "it says no more than status 403", "by a role of its own"),
        ];
        for (about, outcome, summary, meaning) in table {
            let scene = format!("{BEFORE}layers layer-blob=redirect layer={outcome} layer={outcome}");
            assert_scenes(&[(about, &scene, "error layers-denied layers")]);
            let judged = judge(&scene);
            assert_eq!(judged.exit_code, 56, "{about}");
            let found = &judged.findings[0];
            assert!(found.meaning.contains(meaning), "{about}: {}", found.meaning);
            assert!(found.summary.contains(summary), "{about}: {}", found.summary);
            assert!(found.summary.ends_with("by S3's gateway endpoint."), "{about}: {}", found.summary);
            let mended = if outcome == "deny-by-endpoint" {
                "take s3:GetObject out of its statements with Effect Deny"
            } else {
                "arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/*"
            };
            assert!(found.fix.iter().any(|fix| fix.action.contains(mended)), "{about}: {:#?}", found.fix);
            assert!(found.ecs_error.as_ref().unwrap().ends_with("403 Forbidden"), "{about}");
        }
    }

    #[test]
    fn an_address_that_is_too_old_and_other_stores_have_words_of_their_own() {
        let expired = judge(&format!("{BEFORE}layers layer-blob=redirect layer=403/AccessDenied/Request~has~expired"));
        assert!(expired.findings[0].meaning.contains("too old"), "{}", expired.findings[0].meaning);
        let other = judge(&format!(
            "{BEFORE}layers layer-blob=redirect@cdn.example layer@sha256:11@cdn.example=403/AccessDenied/no\n\
             layer-host:cdn.example:443 dns=18.5.5.5"
        ));
        assert_eq!(other.findings[0].checks[0].0, "layers");
        assert!(other.findings[0].meaning.starts_with("The registry's storage"), "{}", other.findings[0].meaning);
    }
}
