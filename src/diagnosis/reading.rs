//! What the answer to a request of a step means: from AWS's own words, or the registry's, to one reading.

mod codes;
mod denial;
mod transfer;

use super::case::View;
use super::ledger::{Stage, Trouble};
use super::recognise;
use crate::catalog::Expected;
use crate::observation::{Held, Observation, Part, Response};
use crate::plan::{self, Check, Deed, ImageRef};

pub use denial::{Denial, PolicyKind};
pub use transfer::Flaw;

/// What an answer means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reading<'a> {
    /// As it should be.
    Good,
    /// A policy forbids it.
    Denied(Denial<'a>),
    /// The registry knows no such credentials, or wants some.
    Unauthorized,
    /// The credentials or the registry's token are no good.
    Rejected(Rejected),
    /// The signature's time is off.
    ClockOff,
    /// It does not exist.
    NotFound(Missing),
    /// The index has no entry for the task's platform; those it has.
    NoPlatform(&'a [String]),
    /// It asks for patience.
    Throttled,
    /// The service fails.
    Failing,
    /// Another one answers, by what it shows.
    Foreign(String),
    /// It can't be used, and why.
    Unusable(&'a str),
    /// What came is not what was asked for.
    Corrupt(Flaw<'a>),
    /// The bytes stop coming.
    Stalled,
    /// An error that no rule knows.
    Unknown,
}

/// Which credentials are no good.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rejected {
    /// The role's, whose time is over.
    Expired,
    /// The role's, which the service does not know.
    Unknown,
    /// The role's, whose signature does not fit.
    Signature,
    /// The registry's token.
    RegistryToken,
}

/// What does not exist.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Missing {
    /// The repository.
    Repository,
    /// The image's tag or digest; or the repository, where the answer has no words.
    Image,
    /// A blob that the manifest names.
    Blob,
    /// The log group.
    LogGroup,
    /// The secret.
    Secret,
    /// The secret's version or staging label.
    Version,
    /// The secret, which is marked for deletion.
    Deleted,
    /// The key in the secret's JSON.
    Key,
    /// The parameter.
    Parameter,
    /// The environment file.
    Object,
    /// The environment file, or the permission to see that it is missing.
    ObjectOrAccess,
    /// The bucket.
    Bucket,
    /// The bucket, in this Region.
    BucketHere,
}

/// What the answer that a trouble with a step is about means.
pub fn of<'c>(trouble: &Trouble<'c>) -> Option<Reading<'c>> {
    match trouble.stage {
        Stage::Step => read(trouble.view.check, trouble.evidence.first()?),
        Stage::Resolver(_)
        | Stage::Name(_)
        | Stage::Connect(_)
        | Stage::Handshake(_)
        | Stage::Certificate(_)
        | Stage::Exchange(_)
        | Stage::Answer(_)
        | Stage::Route
        | Stage::Slow => None,
    }
}

/// What an answer means, where one came.
pub fn read<'a>(check: &'a Check, seen: &'a Observation) -> Option<Reading<'a>> {
    let part = seen.step.as_ref()?.part;
    let response = seen.response()?;
    Some(match response.status {
        // Of an answer to HEAD only its headers tell whose it is.
        200..=299 if part == Part::HeadObject => match recognise::stranger(expected(check, seen, part), response) {
            Some(why) => Reading::Foreign(why),
            None => good(seen, part, response),
        },
        200..=299 => good(seen, part, response),
        _ => refusal(check, seen, part, response),
    })
}

/// The request that a trouble is about.
pub fn part(trouble: &Trouble<'_>) -> Option<Part> {
    trouble.evidence.first()?.step.as_ref().map(|step| step.part)
}

/// What a request asks for, as a sentence says it.
pub fn asked(part: Part) -> &'static str {
    match part {
        Part::GetCallerIdentity => "sts:GetCallerIdentity",
        Part::GetSecretValue => "secretsmanager:GetSecretValue",
        Part::DescribeSecret => "secretsmanager:DescribeSecret",
        Part::GetParameters => "ssm:GetParameters",
        Part::DescribeParameters => "ssm:DescribeParameters",
        Part::HeadObject => "the environment file",
        Part::GetAuthorizationToken => "ecr:GetAuthorizationToken",
        Part::CreateLogStream => "logs:CreateLogStream",
        Part::PutLogEvents => "logs:PutLogEvents",
        Part::DescribeLogStreams => "logs:DescribeLogStreams",
        Part::Ping => "the registry's version check",
        Part::RegistryToken => "the registry's token",
        Part::ManifestHead | Part::Manifest => "the manifest",
        Part::ConfigBlob | Part::Config => "the configuration",
        Part::LayerBlob | Part::Layer => "a layer",
    }
}

/// What a policy has to allow for a request: as the answer says, or as AWS's services are known to ask it.
pub fn action<'c>(trouble: &Trouble<'c>) -> Option<&'c str> {
    let denied = of(trouble).and_then(|reading| match reading {
        Reading::Denied(denial) => denial.action,
        _ => None,
    });
    denied.or(match part(trouble)? {
        Part::HeadObject => Some("s3:GetObject"),
        Part::Config | Part::Layer => is_s3(trouble.host()).then_some("s3:GetObject"),
        Part::ManifestHead | Part::Manifest if is_ecr(trouble.view.check) => Some("ecr:BatchGetImage"),
        Part::ConfigBlob | Part::LayerBlob if is_ecr(trouble.view.check) => Some("ecr:GetDownloadUrlForLayer"),
        Part::ManifestHead | Part::Manifest | Part::ConfigBlob | Part::LayerBlob | Part::Ping | Part::RegistryToken => {
            None
        }
        part => Some(asked(part)),
    })
}

/// Whether the step only looks something up in the place of doing it.
pub fn is_look_up(part: Part) -> bool {
    matches!(part, Part::DescribeSecret | Part::DescribeParameters | Part::DescribeLogStreams)
}

/// Whether it is asked of the place to which the registry redirects.
pub fn is_of_layer_host(part: Part) -> bool {
    matches!(part, Part::Config | Part::Layer)
}

/// Whether the answer of an attempt is good, or nothing came of it.
pub fn is_good(view: &View<'_>, seen: &Observation) -> bool {
    read(view.check, seen).is_some_and(|reading| reading == Reading::Good)
}

fn good<'a>(seen: &'a Observation, part: Part, response: &'a Response) -> Reading<'a> {
    let code = response.told.as_ref().map(|told| told.code.as_str());
    if code == Some("InvalidParameters") {
        return Reading::NotFound(Missing::Parameter);
    }
    match &response.held {
        Some(Held::Index { chosen: None, platforms, .. }) => Reading::NoPlatform(platforms),
        Some(Held::Secret { has_key: Some(false) }) => Reading::NotFound(Missing::Key),
        // A secret that is described and yet not there is one that is marked for deletion.
        Some(Held::Listed { found: false }) if part == Part::DescribeSecret => Reading::NotFound(Missing::Deleted),
        Some(Held::Listed { found: false }) if part == Part::DescribeParameters => {
            Reading::NotFound(Missing::Parameter)
        }
        Some(Held::Unusable { why }) if why.starts_with("its digest is") => Reading::Corrupt(Flaw::Manifest(why)),
        Some(Held::Unusable { why }) => Reading::Unusable(why),
        Some(Held::Transfer(transfer)) => {
            transfer::read(transfer, seen.step.as_ref().and_then(|step| step.about.as_deref()))
        }
        Some(
            Held::Identity { .. }
            | Held::Token
            | Held::Secret { .. }
            | Held::Listed { .. }
            | Held::Manifest { .. }
            | Held::Index { .. }
            | Held::Redirect { .. },
        )
        | None => Reading::Good,
    }
}

fn refusal<'a>(check: &Check, seen: &Observation, part: Part, response: &'a Response) -> Reading<'a> {
    let expected = expected(check, seen, part);
    if let Some(why) = recognise::stranger(expected, response) {
        return Reading::Foreign(why);
    }
    match &response.held {
        Some(Held::Redirect { .. }) => return Reading::Good,
        Some(Held::Unusable { why }) => return Reading::Unusable(why),
        _ => {}
    }
    let (code, message) = response.told.as_ref().map_or(("", ""), |told| (told.code.as_str(), told.message.as_str()));
    if part == Part::Ping && response.status == 401 || code == "ResourceAlreadyExistsException" {
        return Reading::Good;
    }
    if response.status == 429 || recognise::is_throttling_type(code) {
        return Reading::Throttled;
    }
    // Whoever signs the address of a layer is AWS: no clock, key or token of ours is in it.
    if is_of_layer_host(part) && response.status == 403 {
        return Reading::Denied(Denial::read(message));
    }
    codes::rejected(code, message)
        .or_else(|| codes::missing(part, code, message, response))
        .or_else(|| codes::unauthorized(part, response.status, expected))
        .or_else(|| codes::denied(code, message, response.status))
        .unwrap_or(if response.status >= 500 { Reading::Failing } else { Reading::Unknown })
}

/// Whose answer it should be.
fn expected(check: &Check, seen: &Observation, part: Part) -> Expected {
    match part {
        Part::GetCallerIdentity
        | Part::GetSecretValue
        | Part::DescribeSecret
        | Part::GetParameters
        | Part::DescribeParameters
        | Part::GetAuthorizationToken
        | Part::CreateLogStream
        | Part::PutLogEvents
        | Part::DescribeLogStreams => Expected::AwsApi,
        Part::HeadObject => Expected::S3,
        Part::RegistryToken => Expected::AnyHttp,
        // Where a registry redirects to need not be one.
        Part::ManifestHead | Part::Manifest if seen.step.as_ref().is_some_and(|step| step.host.is_some()) => {
            Expected::AnyHttp
        }
        Part::Ping | Part::ManifestHead | Part::Manifest | Part::ConfigBlob | Part::LayerBlob => registry(check),
        Part::Config | Part::Layer => {
            let host = seen.step.as_ref().and_then(|step| step.host.as_deref()).unwrap_or(&check.host);
            if is_s3(host) { Expected::S3 } else { Expected::AnyHttp }
        }
    }
}

fn registry(check: &Check) -> Expected {
    if is_ecr(check) { Expected::EcrRegistry } else { Expected::OciRegistry }
}

/// Whether the image is in a registry of ECR private.
pub fn is_ecr(check: &Check) -> bool {
    image(check).is_some_and(|image| image.ecr.is_some())
}

/// The image that a step pulls.
pub fn image(check: &Check) -> Option<&ImageRef> {
    match check.step.as_ref().map(|step| &step.deed) {
        Some(Deed::Manifest(image) | Deed::Layers(image)) => Some(image),
        Some(Deed::Identity | Deed::Secret(_) | Deed::EnvironmentFile(_) | Deed::Token | Deed::LogStream(_)) | None => {
            None
        }
    }
}

/// Whether a host is one of S3's.
pub fn is_s3(host: &str) -> bool {
    plan::found(&plan::layer_host(host, 443)).is_some_and(|check| check.service == Some("s3"))
}

#[cfg(test)]
mod tests;
