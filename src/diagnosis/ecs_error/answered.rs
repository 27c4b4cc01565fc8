//! What ECS prints where AWS or the registry answered, and refused. What is not known to be printed is not made up.

use crate::diagnosis::ledger::Trouble;
use crate::diagnosis::reading::{self, Denial, Flaw, Missing, Reading};
use crate::diagnosis::words;
use crate::observation::{Part, Response};
use crate::plan::{Deed, ImageRef, Platform, SecretRef, SecretStore};

const PULL: &str = "ResourceInitializationError: unable to pull secrets or registry auth: ";
const ONCE: &str = "service call has been retried 1 time(s): ";

/// The stop reason for the answer that a step got.
pub fn reason(platform: &Platform, trouble: &Trouble<'_>) -> Option<String> {
    let response = trouble.evidence.first()?.response()?;
    let reading = reading::of(trouble)?;
    if matches!(reading, Reading::Foreign(_) | Reading::Unusable(_)) {
        return None;
    }
    match &trouble.view.check.step.as_ref()?.deed {
        Deed::Identity => None,
        Deed::Secret(secret) => of_secret(secret, &reading, response),
        Deed::EnvironmentFile(_) => Some(of_environment_file(response)),
        Deed::Token => Some(format!(
            "{PULL}execution resource retrieval failed: unable to retrieve ecr registry auth: {ONCE}{}",
            call("ECR: GetAuthorizationToken", response)
        )),
        // Events are written only when the container runs.
        Deed::LogStream(_) if reading::part(trouble)? != Part::CreateLogStream => None,
        Deed::LogStream(_) => Some(format!(
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to \
             create Cloudwatch log stream: {} : exit status 1",
            error(response)
        )),
        Deed::Manifest(image) | Deed::Layers(image) => of_pull(image, platform, trouble, &reading, response),
    }
}

fn of_secret(secret: &SecretRef, reading: &Reading<'_>, response: &Response) -> Option<String> {
    let id = &secret.id;
    Some(match (secret.store, reading) {
        (SecretStore::SecretsManager, Reading::NotFound(Missing::Key)) => {
            let key = secret.json_key.as_deref().unwrap_or_default();
            format!(
                "{PULL}unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key {key}"
            )
        }
        (SecretStore::SecretsManager, Reading::NotFound(Missing::Secret)) => format!(
            "{PULL}unable to retrieve secret from asm: ResourceNotFoundException: The task can't retrieve the secret with ARN \
             '{id}' from AWS Secrets Manager. Check whether the secret exists in the specified Region"
        ),
        (SecretStore::SecretsManager, _) => format!(
            "{PULL}unable to retrieve secret from asm: {ONCE}failed to fetch secret {id} from secrets manager: {}",
            call("Secrets Manager: GetSecretValue", response)
        ),
        // What is printed for a parameter that does not exist is not documented.
        (SecretStore::ParameterStore, Reading::NotFound(_)) => return None,
        (SecretStore::ParameterStore, _) => format!(
            "{PULL}execution resource retrieval failed: unable to retrieve secrets from ssm: {ONCE}{}",
            error(response)
        ),
    })
}

fn of_environment_file(response: &Response) -> String {
    let words = match response.status {
        403 => "Forbidden: Forbidden.".to_owned(),
        404 => "NotFound: Not Found.".to_owned(),
        status => format!("{status}."),
    };
    format!(
        "ResourceInitializationError: failed to download env files: {ONCE}operation error S3: HeadObject, https response \
         error StatusCode: {}, api error {words}",
        response.status
    )
}

fn of_pull(
    image: &ImageRef,
    platform: &Platform,
    trouble: &Trouble<'_>,
    reading: &Reading<'_>,
    response: &Response,
) -> Option<String> {
    let reference = &image.reference;
    let resolve = |retried: u8, tail: &str| {
        let start = "CannotPullContainerError: pull image manifest has been retried";
        Some(format!("{start} {retried} time(s): {tail}"))
    };
    let is_manifest = matches!(reading::part(trouble)?, Part::ManifestHead | Part::Manifest);
    match reading {
        Reading::NoPlatform(_) => {
            resolve(5, &format!("image Manifest does not contain descriptor matching platform '{platform}'"))
        }
        Reading::NotFound(_) if is_manifest => resolve(7, &format!("failed to resolve ref {reference}: not found")),
        Reading::Denied(Denial { text, .. }) if is_manifest => resolve(
            1,
            &format!(
                "failed to resolve ref {reference}: pull access denied, repository does not exist or may require \
                 authorization: {}",
                words::quoted(text)
            ),
        ),
        Reading::Unauthorized => resolve(
            1,
            &format!("failed to resolve ref {reference}: failed to authorize: unexpected status: 401 Unauthorized"),
        ),
        Reading::Corrupt(Flaw::Manifest(_)) | Reading::Stalled => None,
        Reading::Corrupt(_) => is_cut_off(reading).then(|| copied("failed to copy: unexpected EOF")),
        _ if is_manifest => {
            resolve(5, &format!("failed to resolve ref {reference}: unexpected status: {}", response.status))
        }
        _ => Some(copied(&format!(
            "failed to copy: httpReadSeeker: failed open: unexpected status code {reference}: {}{}",
            response.status,
            if response.status == 403 { " Forbidden" } else { "" }
        ))),
    }
}

fn is_cut_off(reading: &Reading<'_>) -> bool {
    matches!(reading, Reading::Corrupt(Flaw::CutOff(..)))
}

fn copied(tail: &str) -> String {
    format!("CannotPullContainerError: ref pull has been retried 1 time(s): {tail}")
}

/// As the SDK for Go prints a refused call.
fn call(operation: &str, response: &Response) -> String {
    let id = response.header("x-amzn-requestid").unwrap_or_default();
    format!(
        "operation error {operation}, https response error StatusCode: {}, RequestID: {id}, api error {}",
        response.status,
        error(response)
    )
}

fn error(response: &Response) -> String {
    let Some(told) = &response.told else { return response.status.to_string() };
    format!("{}: {}", words::quoted(&told.code), words::quoted(&told.message))
}
