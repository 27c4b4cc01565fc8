//! Signature version 4: the headers that make a request ours.

use std::fmt;
use std::time::SystemTime;

use aws_sigv4::http_request::{
    self, PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode,
};
use aws_sigv4::sign::v4;
use tracing::subscriber::NoSubscriber;

use super::Credentials;

/// What a signature is good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SigningScope<'a> {
    /// The service as signatures call it: `ecr`, `logs`, `s3`, `secretsmanager`, `ssm`, `sts`.
    pub service: &'a str,
    /// The Region that the host belongs to.
    pub region: &'a str,
}

/// A request as it goes on the wire, before it is signed.
#[derive(Clone, Copy)]
pub struct Unsigned<'a> {
    /// Such as `GET`.
    pub method: &'a str,
    /// As in the `Host` header: with a port only where that has one.
    pub host: &'a str,
    /// As in the request line, encoded once.
    pub path_and_query: &'a str,
    /// Every header of the caller that is to be signed, beside `host`.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: Body<'a>,
}

/// What a signature says of the body.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// Its digest.
    Bytes(&'a [u8]),
    /// Nothing: S3 allows that over TLS.
    Unsigned,
}

/// A request that no signature can be made for, in one sentence without a secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unsignable;

impl fmt::Display for Unsignable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sign the request: its host, path or headers hold characters that can't be sent")
    }
}

impl std::error::Error for Unsignable {}

/// The headers to add: `authorization`, `x-amz-date`, with a session token `x-amz-security-token`, for S3
/// `x-amz-content-sha256`.
pub fn sign(
    credentials: &Credentials,
    scope: &SigningScope<'_>,
    request: &Unsigned<'_>,
    time: SystemTime,
) -> Result<Vec<(String, String)>, Unsignable> {
    // The signer's trace events hold the canonical request, and with it the session token: nobody may hear them.
    tracing::subscriber::with_default(NoSubscriber::default(), || quietly(credentials, scope, request, time))
}

fn quietly(
    credentials: &Credentials,
    scope: &SigningScope<'_>,
    request: &Unsigned<'_>,
    time: SystemTime,
) -> Result<Vec<(String, String)>, Unsignable> {
    let identity = credentials.for_signer().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(time)
        .settings(settings(scope.service))
        .build()
        .map_err(|_| Unsignable)?
        .into();
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = match request.body {
        Body::Bytes(bytes) => SignableBody::Bytes(bytes),
        Body::Unsigned => SignableBody::UnsignedPayload,
    };
    let address = format!("https://{}{}", request.host, request.path_and_query);
    let signable = SignableRequest::new(request.method, address, headers, body).map_err(|_| Unsignable)?;
    let (instructions, _) = http_request::sign(signable, &parameters).map_err(|_| Unsignable)?.into_parts();
    Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// S3 takes a path as it is and wants the body's digest in a header; the others encode it once more.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

/// A key as S3 wants it in a path: all is encoded but letters, digits, `-._~` and the slashes between.
pub fn encoded_path(key: &str) -> String {
    let mut path = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

#[cfg(test)]
mod tests;
