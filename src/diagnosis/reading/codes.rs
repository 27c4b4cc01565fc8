//! The codes by which AWS's services and registries refuse.

use super::{Denial, Missing, Reading, Rejected};
use crate::catalog::Expected;
use crate::observation::{Part, Response};

/// Credentials, signature or token are no good.
pub fn rejected(code: &str, message: &str) -> Option<Reading<'static>> {
    let is_signature = matches!(code, "InvalidSignatureException" | "SignatureDoesNotMatch" | "InvalidSignature");
    let says_time = message.contains("Signature expired") || message.contains("Signature not yet current");
    Some(match code {
        "RequestTimeTooSkewed" | "RequestExpired" => Reading::ClockOff,
        _ if is_signature && says_time => Reading::ClockOff,
        _ if is_signature => Reading::Rejected(Rejected::Signature),
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => Reading::Rejected(Rejected::Expired),
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "AuthFailure" => Reading::Rejected(Rejected::Unknown),
        _ if message.contains("authorization token has expired") => Reading::Rejected(Rejected::RegistryToken),
        _ => return None,
    })
}

/// What was asked for is not there.
pub fn missing(part: Part, code: &str, message: &str, response: &Response) -> Option<Reading<'static>> {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let missing = match part {
        Part::GetSecretValue | Part::DescribeSecret => match code {
            "ResourceNotFoundException" if says(&["staging label", "VersionId", "version"]) => Missing::Version,
            "ResourceNotFoundException" => Missing::Secret,
            "InvalidRequestException" if says(&["marked for deletion", "marked deleted"]) => Missing::Deleted,
            _ => return None,
        },
        Part::GetParameters | Part::DescribeParameters => match code {
            "ParameterNotFound" | "ParameterVersionNotFound" | "ResourceNotFoundException" => Missing::Parameter,
            _ => return None,
        },
        Part::CreateLogStream | Part::PutLogEvents | Part::DescribeLogStreams => match code {
            "ResourceNotFoundException" => Missing::LogGroup,
            _ => return None,
        },
        // S3 names the action that it refuses only where it is the object itself, and not the list that would tell.
        Part::HeadObject if says(&["is not authorized to perform: s3:GetObject"]) => return None,
        Part::HeadObject => object(code, response)?,
        Part::ManifestHead | Part::Manifest | Part::ConfigBlob | Part::LayerBlob => {
            of_registry(part, code, response.status)?
        }
        Part::Config | Part::Layer => (response.status == 404).then_some(Missing::Blob)?,
        Part::GetCallerIdentity | Part::GetAuthorizationToken | Part::Ping | Part::RegistryToken => return None,
    };
    Some(Reading::NotFound(missing))
}

/// An answer to HEAD has no body: its status is all that it says. A missing object is 403 to who may not list the bucket.
fn object(code: &str, response: &Response) -> Option<Missing> {
    Some(match (response.status, code) {
        (_, "NoSuchBucket") => Missing::Bucket,
        (404, _) => Missing::Object,
        (301 | 307, _) | (_, "PermanentRedirect" | "AuthorizationHeaderMalformed") => Missing::BucketHere,
        (400, "") if response.header("x-amz-bucket-region").is_some() => Missing::BucketHere,
        (403, "" | "Forbidden" | "AccessDenied") => Missing::ObjectOrAccess,
        _ => return None,
    })
}

fn of_registry(part: Part, code: &str, status: u16) -> Option<Missing> {
    let is_blob = matches!(part, Part::ConfigBlob | Part::LayerBlob);
    Some(match code {
        "NAME_UNKNOWN" | "RepositoryNotFoundException" => Missing::Repository,
        "MANIFEST_UNKNOWN" | "ImageNotFoundException" => Missing::Image,
        "BLOB_UNKNOWN" | "LayersNotFoundException" => Missing::Blob,
        _ if status == 404 && is_blob => Missing::Blob,
        _ if status == 404 => Missing::Image,
        _ => return None,
    })
}

/// 401 from a registry. ECR gets the token with each request, so it means that the token is no good.
pub fn unauthorized(part: Part, status: u16, expected: Expected) -> Option<Reading<'static>> {
    let is_token_service = part == Part::RegistryToken && matches!(status, 401 | 403);
    match expected {
        Expected::EcrRegistry if status == 401 => Some(Reading::Rejected(Rejected::RegistryToken)),
        Expected::OciRegistry if status == 401 => Some(Reading::Unauthorized),
        _ if is_token_service => Some(Reading::Unauthorized),
        Expected::EcrRegistry | Expected::OciRegistry | Expected::AwsApi | Expected::S3 | Expected::AnyHttp => None,
    }
}

/// A policy forbids it.
pub fn denied<'a>(code: &str, message: &'a str, status: u16) -> Option<Reading<'a>> {
    let by_code = matches!(
        code,
        "AccessDenied"
            | "AccessDeniedException"
            | "DENIED"
            | "Forbidden"
            | "UnauthorizedOperation"
            | "DecryptionFailure"
            | "KMSAccessDeniedException"
            | "AllAccessDisabled"
    );
    let denied = by_code || message.contains("is not authorized to perform") || status == 403;
    denied.then(|| Reading::Denied(Denial::read(message)))
}
