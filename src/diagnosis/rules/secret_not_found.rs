//! `secret-not-found`: a secret, parameter or environment file that does not exist, or not as it is referenced.

use super::missing;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::Missing;
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, shaped, words};
use crate::observation::Observation;
use crate::plan::{Deed, EnvironmentFile, SecretRef, SecretUse};

/// Take it, a finding a reference.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = missing::take(ledger, |missing| match missing {
        Missing::Secret
        | Missing::Version
        | Missing::Deleted
        | Missing::Key
        | Missing::Parameter
        | Missing::Object
        | Missing::ObjectOrAccess
        | Missing::Bucket
        | Missing::BucketHere => true,
        Missing::Repository | Missing::Image | Missing::Blob | Missing::LogGroup => false,
    });
    taken
        .chunk_by(|one, other| one.view.check.id == other.view.check.id)
        .filter_map(|taken| finding(case, taken))
        .collect()
}

fn finding<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Option<Finding> {
    let first = taken.first()?;
    let missing = missing::of(first)?;
    let draft = Draft::new(FindingId::SecretNotFound, case, taken);
    Some(match &first.view.check.step.as_ref()?.deed {
        Deed::Secret(secret) => of_secret(case, draft, first, missing, secret),
        Deed::EnvironmentFile(file) => of_file(case, draft, first, missing, file),
        Deed::Identity | Deed::Token | Deed::LogStream(_) | Deed::Manifest(_) | Deed::Layers(_) => return None,
    })
}

fn of_secret(case: &Case<'_>, draft: Draft<'_>, first: &Trouble<'_>, missing: Missing, secret: &SecretRef) -> Finding {
    let name = words::quoted(&secret.id);
    let host = first.host();
    let region = missing::region(case, first.view.check);
    let key = secret.json_key.as_deref().map(words::quoted).unwrap_or_default();
    let (summary, meaning) = match missing {
        Missing::Key => (
            match secret.purpose {
                SecretUse::Registry { .. } => {
                    format!("The secret {name} is there, and it is no JSON object with a username and a password.")
                }
                SecretUse::Environment | SecretUse::LogOption => {
                    format!("The secret {name} is there, and its value is no JSON object that has the key {key}.")
                }
            },
            "Secret and permission are well; the reference in the task definition names a key that is not in it, or the value is no \
             JSON object.",
        ),
        Missing::Deleted => (
            format!("{host} answers: the secret {name} is marked for deletion."),
            "Until its waiting time is over it can be restored; nobody can read it meanwhile.",
        ),
        Missing::Version => (
            format!("{host} answers, and the secret {name} has no such version or staging label."),
            "The secret is there; the reference in the task definition names a version that is not, or it has no value yet.",
        ),
        Missing::Parameter => (
            format!("{host} answers, and has no parameter {name}."),
            "The name is wrong, or the parameter is in another Region or account: a bare name is looked up in the task's own Region.",
        ),
        _ => (
            format!("{host} answers, and has no secret {name} in {region}."),
            "The name is wrong, or the secret is in another Region or account: a bare name is looked up in the task's own Region, and \
             an ARN needs its six letters at the end.",
        ),
    };
    draft.summary(summary).meaning(meaning).fixes(mend_secret(missing, secret, region)).finding()
}

fn mend_secret(missing: Missing, secret: &SecretRef, region: &str) -> Vec<Fix> {
    let correct = aws::step("correct the reference (valueFrom) in the task definition");
    let parameter = shaped::word_or(Some(&secret.id), "$PARAMETER");
    let id = shaped::word_or(Some(&secret.id), "$SECRET");
    let describe = |what: &str| aws::command(what, region, format!("secretsmanager describe-secret --secret-id {id}"));
    match missing {
        Missing::Key => vec![
            match secret.purpose {
                SecretUse::Registry { .. } => aws::step(
                    "give the secret a JSON value with the keys username and password: nothing else serves repositoryCredentials",
                ),
                SecretUse::Environment | SecretUse::LogOption => {
                    aws::step("add the key to the secret's JSON, or correct the reference: ARN:KEY:STAGE:VERSION")
                }
            },
            aws::command(
                "see which keys it has; with `| jq keys` behind it no value is printed",
                region,
                format!("secretsmanager get-secret-value --secret-id {id} --query SecretString --output text"),
            ),
        ],
        Missing::Deleted => {
            let how = format!("secretsmanager restore-secret --secret-id {id}");
            vec![aws::command("restore it", region, how), correct]
        }
        Missing::Parameter => {
            let how =
                format!("ssm describe-parameters --parameter-filters Key=Name,Option=Contains,Values={parameter}");
            vec![aws::command("see which parameters have a name like it", region, how), correct]
        }
        Missing::Version => vec![describe("see which versions and labels it has"), correct],
        _ => vec![
            describe("see whether it is there, and where"),
            aws::command(
                "see which secrets there are",
                region,
                "secretsmanager list-secrets --query 'SecretList[].ARN'",
            ),
            correct,
        ],
    }
}

fn of_file(
    case: &Case<'_>,
    draft: Draft<'_>,
    first: &Trouble<'_>,
    missing: Missing,
    file: &EnvironmentFile,
) -> Finding {
    let shown = words::quoted(&format!("s3://{}/{}", file.bucket, file.key));
    let host = first.host();
    let draft = match missing {
        Missing::ObjectOrAccess => draft
            .possible([FindingId::AccessDenied, FindingId::IdentityPolicyDenies, FindingId::EndpointPolicyDenies])
            .summary(format!("{host} answers {shown} with status 403, without words."))
            .meaning(
                "The environment file does not exist, or a policy forbids to read it: S3 hides what is missing from whoever may not \
                 list the bucket.",
            )
            .tell_apart("With s3:ListBucket for the role, S3 says 404 where the file is missing, and 403 where a policy forbids it."),
        Missing::BucketHere => draft
            .summary(format!("{host} answers that the bucket of {shown} lies in {}.", elsewhere(&first.evidence)))
            .meaning("The environment file must be in a bucket of the Region in which the task runs."),
        Missing::Bucket => draft
            .summary(format!("{host} answers that the bucket of {shown} does not exist."))
            .meaning("The name of the bucket is wrong, or it was deleted."),
        _ => draft
            .summary(format!("{host} answers, and has no file {shown}."))
            .meaning(
                "The way and the permission are well; the bucket or the key in the task definition is wrong, or the file was deleted \
                 (an answer to HEAD does not say which).",
            ),
    };
    let (bucket, key) = (shaped::word_or(Some(&file.bucket), "$BUCKET"), shaped::word_or(Some(&file.key), "$KEY"));
    draft
        .fix(aws::command(
            "see whether it is there (with the rights of an operator)",
            missing::region(case, first.view.check),
            format!("s3api head-object --bucket {bucket} --key {key}"),
        ))
        .fix(aws::step(
            "correct environmentFiles in the task definition, and let the execution role have s3:GetObject on the file and \
             s3:GetBucketLocation on the bucket",
        ))
        .finding()
}

fn elsewhere(evidence: &[&Observation]) -> String {
    let said = evidence.first().and_then(|seen| seen.response()?.header("x-amz-bucket-region"));
    said.map_or_else(|| "another Region".to_owned(), words::quoted)
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn what_is_referenced_and_not_there_is_told_by_its_kind() {
        let secret = "secretsmanager dns=10.0.1.4\nsecret:app/db";
        let file = "s3 dns=52.219.1.1\nenvironment-file:app-config/prod.env";
        let table = [
            (
                "gone",
                format!("{secret} get-secret-value=400/ResourceNotFoundException/can't~find~the~specified~secret."),
                "has no secret app/db in ap-northeast-1",
            ),
            (
                "no label",
                format!(
                    "{secret} get-secret-value=400/ResourceNotFoundException/can't~find~the~specified~secret~value~for~staging~label:~X"
                ),
                "no such version",
            ),
            (
                "deleted",
                format!("{secret} get-secret-value=400/InvalidRequestException/it~was~marked~for~deletion."),
                "marked for deletion",
            ),
            (
                "no key",
                format!("{secret} key=password get-secret-value=no-key"),
                "no JSON object that has the key password",
            ),
            (
                "a parameter",
                "ssm dns=10.0.1.4\nparameter:/app/key get-parameters=200/InvalidParameters".to_owned(),
                "has no parameter /app/key",
            ),
            (
                "a look-up",
                "replay read-only\nssm dns=10.0.1.4\nparameter:/app/key describe-parameters=unlisted".to_owned(),
                "has no parameter /app/key",
            ),
            ("a file", format!("{file} head-object=404"), "has no file s3://app-config/prod.env"),
            ("or a policy", format!("{file} head-object=403"), "with status 403"),
            ("a bucket", format!("{file} head-object=404/NoSuchBucket/x"), "does not exist"),
            ("a bucket elsewhere", format!("{file} head-object=301/elsewhere/eu-west-1"), "lies in eu-west-1"),
        ];
        for (about, scene, words) in table {
            let judged = judge(&scene);
            assert_eq!(
                (judged.exit_code, judged.findings[0].id.to_string().as_str()),
                (17, "secret-not-found"),
                "{about}: {judged:#?}"
            );
            assert!(judged.findings[0].summary.contains(words), "{about}: {}", judged.findings[0].summary);
        }
    }

    #[test]
    fn two_references_are_two_findings() {
        assert_scenes(&[(
            "two",
            "secretsmanager dns=10.0.1.4
             secret:a get-secret-value=400/ResourceNotFoundException/x
             secret:b get-secret-value=400/ResourceNotFoundException/x
             secret:c get-secret-value=secret",
            "error secret-not-found secret:a
             error secret-not-found secret:b",
        )]);
    }
}
