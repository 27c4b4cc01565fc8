//! What went wrong, and by which words a text says so.

use super::reason::Answered;
use super::text::Text;

/// What went wrong in a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    // Answered.
    PlatformMissing,
    RateLimit,
    IdentityDenies,
    EndpointDenies,
    ResourceDenies,
    OtherDenies,
    Denied,
    TokenRejected,
    PresignedExpired,
    ClockSkew,
    NoCredentials,
    LogGroupMissing,
    RepositoryMissing,
    ImageMissing,
    SecretMissing,
    SecretDeleted,
    SecretKeyMissing,
    NotFound,
    ServerError,
    EfsDenied,
    Corrupt,
    // Not answered, or not by AWS.
    NoSuchHost,
    ResolverSilent,
    ResolverRefuses,
    ResolverFails,
    Refused,
    NoRoute,
    TlsSilent,
    TlsAlert,
    UnknownAuthority,
    WrongName,
    CertificateTime,
    NotTls,
    Proxy,
    Reset,
    CutShort,
    Closed,
    NilPointer,
    Silent,
    InvalidArgument,
    /// The text does not say.
    Unsaid,
}

/// The first row of which every fragment stands in the text, most particular first. Who answered comes before who did not,
/// but for a helper that was killed: what it says beside that is a guess.
#[rustfmt::skip]
const TABLE: &[(&[&str], Fault)] = &[
    (&[": signal: killed"], Fault::Silent),
    (&["descriptor matching platform"], Fault::PlatformMissing),
    (&["no matching manifest for"], Fault::PlatformMissing),
    (&["exec format error"], Fault::PlatformMissing),
    (&["toomanyrequests"], Fault::RateLimit),
    (&["Too Many Requests"], Fault::RateLimit),
    (&["pull rate limit"], Fault::RateLimit),
    (&["ThrottlingException"], Fault::RateLimit),
    (&["Rate exceeded"], Fault::RateLimit),
    (&["because no VPC endpoint policy allows"], Fault::EndpointDenies),
    (&["explicit deny in a VPC endpoint policy"], Fault::EndpointDenies),
    (&["because no identity-based policy allows"], Fault::IdentityDenies),
    (&["explicit deny in an identity-based policy"], Fault::IdentityDenies),
    (&["because no resource-based policy allows"], Fault::ResourceDenies),
    (&["explicit deny in a resource-based policy"], Fault::ResourceDenies),
    (&["service control policy"], Fault::OtherDenies),
    (&["resource control policy"], Fault::OtherDenies),
    (&["permissions boundary"], Fault::OtherDenies),
    (&["session policy"], Fault::OtherDenies),
    (&["authorization token has expired"], Fault::TokenRejected),
    (&["ExpiredToken"], Fault::TokenRejected),
    (&["UnrecognizedClientException"], Fault::TokenRejected),
    (&["InvalidClientTokenId"], Fault::TokenRejected),
    (&["security token included in the request is"], Fault::TokenRejected),
    (&["RequestTimeTooSkewed"], Fault::ClockSkew),
    (&["Signature expired"], Fault::ClockSkew),
    (&["Signature not yet current"], Fault::ClockSkew),
    (&["Request has expired"], Fault::PresignedExpired),
    (&["access denied by server while mounting"], Fault::EfsDenied),
    (&["is not authorized to perform"], Fault::Denied),
    (&["not authorized to perform"], Fault::Denied),
    (&["requested access to the resource is denied"], Fault::RepositoryMissing),
    (&["Check whether the image exists"], Fault::RepositoryMissing),
    (&["pull access denied"], Fault::NoCredentials),
    (&["AccessDenied"], Fault::Denied),
    (&["log group does not exist"], Fault::LogGroupMissing),
    (&["did not contain json key"], Fault::SecretKeyMissing),
    (&["marked for deletion"], Fault::SecretDeleted),
    (&["can't retrieve the secret with ARN"], Fault::SecretMissing),
    (&["can't find the specified secret"], Fault::SecretMissing),
    (&["ParameterNotFound"], Fault::SecretMissing),
    (&["invalid parameters:"], Fault::SecretMissing),
    (&["invalid ssm parameters"], Fault::SecretMissing),
    (&["NoSuchKey"], Fault::SecretMissing),
    (&["NoSuchBucket"], Fault::SecretMissing),
    (&["name unknown"], Fault::RepositoryMissing),
    (&["NAME_UNKNOWN"], Fault::RepositoryMissing),
    (&["RepositoryNotFoundException"], Fault::RepositoryMissing),
    (&["API error (404): repository"], Fault::RepositoryMissing),
    (&["manifest unknown"], Fault::ImageMissing),
    (&["MANIFEST_UNKNOWN"], Fault::ImageMissing),
    (&["Requested image not found"], Fault::ImageMissing),
    (&["failed to resolve ref", ": not found"], Fault::ImageMissing),
    (&["has been retried", ": not found"], Fault::ImageMissing),
    (&["no basic auth credentials"], Fault::NoCredentials),
    (&["401 Unauthorized"], Fault::NoCredentials),
    (&["ResourceNotFoundException"], Fault::NotFound),
    (&["StatusCode: 404"], Fault::NotFound),
    (&["404 Not Found"], Fault::NotFound),
    (&["403 Forbidden"], Fault::Denied),
    (&["StatusCode: 403"], Fault::Denied),
    (&["407 Proxy"], Fault::Proxy),
    (&["proxyconnect tcp"], Fault::Proxy),
    (&["502 Bad Gateway"], Fault::ServerError),
    (&["503 Service Unavailable"], Fault::ServerError),
    (&["504 Gateway Time"], Fault::ServerError),
    (&["500 Internal Server Error"], Fault::ServerError),
    (&["StatusCode: 500"], Fault::ServerError),
    (&["StatusCode: 503"], Fault::ServerError),
    (&["unexpected commit digest"], Fault::Corrupt),
    (&["failed size validation"], Fault::Corrupt),
    (&["filesystem layer verification failed"], Fault::Corrupt),
    (&["no such host"], Fault::NoSuchHost),
    (&["Name or service not known"], Fault::NoSuchHost),
    (&["Failed to resolve \""], Fault::NoSuchHost),
    (&["server misbehaving"], Fault::ResolverFails),
    (&["Temporary failure in name resolution"], Fault::ResolverFails),
    (&["lookup", ":53", "connection refused"], Fault::ResolverRefuses),
    (&["lookup", ":53", "i/o timeout"], Fault::ResolverSilent),
    (&["dial tcp: lookup", "i/o timeout"], Fault::ResolverSilent),
    (&["connection refused"], Fault::Refused),
    (&["network is unreachable"], Fault::NoRoute),
    (&["no route to host"], Fault::NoRoute),
    (&["TLS handshake timeout"], Fault::TlsSilent),
    (&["signed by unknown authority"], Fault::UnknownAuthority),
    (&["self-signed certificate"], Fault::UnknownAuthority),
    (&["certificate has expired or is not yet valid"], Fault::CertificateTime),
    (&["certificate is valid for"], Fault::WrongName),
    (&["certificate is not valid for"], Fault::WrongName),
    (&["first record does not look like a TLS handshake"], Fault::NotTls),
    (&["server gave HTTP response to HTTPS client"], Fault::NotTls),
    (&["malformed HTTP response"], Fault::NotTls),
    (&["remote error: tls:"], Fault::TlsAlert),
    (&["tls: handshake failure"], Fault::TlsAlert),
    (&["connection reset by peer"], Fault::Reset),
    (&["unexpected EOF"], Fault::CutShort),
    (&["short read: expected"], Fault::CutShort),
    (&["invalid memory address or nil pointer dereference"], Fault::NilPointer),
    (&["i/o timeout"], Fault::Silent),
    (&["request canceled while waiting for connection"], Fault::Silent),
    (&["Client.Timeout exceeded while awaiting headers"], Fault::Silent),
    (&["timeout awaiting response headers"], Fault::Silent),
    (&["connection timed out"], Fault::Silent),
    (&["failed due to timeout after"], Fault::Silent),
    (&["signal: killed"], Fault::Silent),
    (&["context deadline exceeded"], Fault::Silent),
    (&["RequestCanceled:"], Fault::Silent),
    (&["StatusCode: 0,"], Fault::Silent),
    (&["request send failed"], Fault::Silent),
    (&["RequestError: send request failed"], Fault::Silent),
    (&["There is a connection issue between the task and"], Fault::Silent),
    (&["Check your task network configuration"], Fault::Silent),
    (&["timed out after waiting"], Fault::Silent),
    (&["unable transition start timeout"], Fault::Silent),
    (&["asm fetching secret from the service for", "has been retried"], Fault::Silent),
    (&["context canceled"], Fault::Silent),
    (&["invalid argument"], Fault::InvalidArgument),
    (&["dial tcp "], Fault::Silent),
    (&["dial udp "], Fault::Silent),
    (&["failed to fetch anonymous token"], Fault::NoCredentials),
];

/// What a text says went wrong.
pub(super) fn fault(text: &Text) -> Fault {
    match text.first(TABLE) {
        // Docker's wrapper of a network fault quotes its own status, and Go's end of file is three letters.
        None if text.has_word("EOF") => Fault::Closed,
        Some(Fault::InvalidArgument) if text.has_word("EOF") => Fault::Closed,
        Some(fault) => *fault,
        None => Fault::Unsaid,
    }
}

/// Words by which nobody answered (AWS's own list, and what its clients print), and the short form to quote.
const SILENCE: &[&str] = &[
    "signal: killed",
    "i/o timeout",
    "TLS handshake timeout",
    "connection timed out",
    "Client.Timeout exceeded while awaiting headers",
    "request canceled while waiting for connection",
    "context deadline exceeded",
    "StatusCode: 0",
    "send request failed",
    "request send failed",
    "RequestCanceled",
    "dial tcp",
    "dial udp",
];

/// Whether AWS answered, and by which words.
pub(super) fn answered(text: &Text, fault: Fault) -> (Answered, Option<&'static str>) {
    use Fault as F;
    match fault {
        F::PlatformMissing
        | F::RateLimit
        | F::IdentityDenies
        | F::EndpointDenies
        | F::ResourceDenies
        | F::OtherDenies
        | F::Denied
        | F::TokenRejected
        | F::PresignedExpired
        | F::ClockSkew
        | F::NoCredentials
        | F::LogGroupMissing
        | F::RepositoryMissing
        | F::ImageMissing
        | F::SecretMissing
        | F::SecretDeleted
        | F::SecretKeyMissing
        | F::NotFound
        | F::ServerError
        | F::EfsDenied
        | F::Corrupt => (Answered::Yes, None),
        F::NoSuchHost
        | F::ResolverSilent
        | F::ResolverRefuses
        | F::ResolverFails
        | F::Refused
        | F::NoRoute
        | F::TlsSilent
        | F::NilPointer
        | F::Silent => (Answered::No, silence(text)),
        F::TlsAlert
        | F::UnknownAuthority
        | F::WrongName
        | F::CertificateTime
        | F::NotTls
        | F::Proxy
        | F::Reset
        | F::CutShort
        | F::Closed
        | F::InvalidArgument => (Answered::Unknown, None),
        F::Unsaid => match (has_answer(text), silence(text)) {
            (true, _) => (Answered::Yes, None),
            (false, Some(words)) => (Answered::No, Some(words)),
            (false, None) => (Answered::Unknown, None),
        },
    }
}

fn silence(text: &Text) -> Option<&'static str> {
    SILENCE.iter().copied().find(|words| text.has(words))
}

/// A named exception, a status or a request id.
fn has_answer(text: &Text) -> bool {
    let digit = |behind: Option<&str>, from: char| {
        behind.and_then(|rest| rest.chars().next()).is_some_and(|c| (from..='9').contains(&c))
    };
    text.has("Exception: ")
        || text.has("unexpected status")
        || digit(text.behind("StatusCode:"), '1')
        || digit(text.behind("status code:"), '1')
        || text.behind("RequestID:").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}
