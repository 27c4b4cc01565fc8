//! Signature version 4, from its description: nothing here is shared with whoever signs.

use std::fmt::Write as _;

use aws_lc_rs::{digest, hmac};

use crate::http::Request;

/// The only algorithm.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What stands between the key's id and the end in a credential: day, region, service.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Scope {
    /// `20261121`.
    pub day: String,
    /// The region.
    pub region: String,
    /// The signing name of the service.
    pub service: String,
}

impl Scope {
    /// As it is written.
    pub fn text(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.day, self.region, self.service)
    }
}

/// What an `Authorization` header or a presigned query says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// The id of the key.
    pub key: String,
    /// The scope.
    pub scope: Scope,
    /// The headers that are signed, in lower case.
    pub signed: Vec<String>,
    /// The signature.
    pub signature: String,
}

impl Claim {
    /// Reads an `Authorization` header.
    pub fn from_header(value: &str) -> Option<Self> {
        let rest = value.strip_prefix(ALGORITHM)?;
        let field = |name: &str| {
            let parts = rest.split(',').map(str::trim);
            parts.filter_map(|part| part.split_once('=')).find(|(own, _)| *own == name).map(|(_, value)| value)
        };
        Self::new(field("Credential")?, field("SignedHeaders")?, field("Signature")?)
    }

    /// From its three parts.
    pub fn new(credential: &str, signed: &str, signature: &str) -> Option<Self> {
        let mut parts = credential.split('/').map(str::to_owned);
        let (key, day, region, service) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().as_deref() == Some("aws4_request") && parts.next().is_none();
        let scope = Scope { day, region, service };
        let signed = signed.split(';').map(str::to_owned).collect();
        whole.then(|| Self { key, scope, signed, signature: signature.to_owned() })
    }
}

/// The canonical request; the path of S3 is not escaped twice.
pub fn canonical(request: &Request, scope: &Scope, signed: &[String], payload: &str) -> String {
    let path = if scope.service == "s3" { request.path().to_owned() } else { escape_path(request.path()) };
    let mut text = format!("{}\n{path}\n{}\n", request.method, canonical_query(request.query()));
    for name in signed {
        let values: Vec<String> = request.all(name).map(collapse).collect();
        // Writing to a String does not fail.
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    let _ = write!(text, "\n{}\n{payload}", signed.join(";"));
    text
}

/// The string to sign.
pub fn to_sign(canonical: &str, moment: &str, scope: &Scope) -> String {
    format!("{ALGORITHM}\n{moment}\n{}\n{}", scope.text(), sha256(canonical.as_bytes()))
}

/// The signature of a string to sign.
pub fn signature(secret: &str, scope: &Scope, to_sign: &str) -> String {
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [scope.day.as_str(), &scope.region, &scope.service, "aws4_request"] {
        key = mac(&key, part.as_bytes());
    }
    hex(&mac(&key, to_sign.as_bytes()))
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn collapse(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn escape_path(path: &str) -> String {
    path.split('/').map(escape).collect::<Vec<_>>().join("/")
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = pairs(query)
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| (escape(&name), escape(&value)))
        .collect();
    pairs.sort();
    pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The names and values of a query.
pub fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts.map(|part| part.split_once('=').unwrap_or((part, ""))).map(|(name, value)| (unescape(name), unescape(value)))
}

/// Escapes all but letters, digits and `-._~`.
pub fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

/// Takes escapes away; what is none stays.
pub fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code =
            (bytes[at] == b'%').then(|| text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()));
        if let Some(byte) = code.flatten() {
            plain.push(byte);
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests;
