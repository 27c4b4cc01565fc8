//! What a TLS handshake showed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a handshake showed, as far as it went.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Handshake {
    /// The server name we sent; none where we sent none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// The length of our ClientHello with its record header.
    pub hello_bytes: usize,
    /// `TLSv1.3` or `TLSv1.2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The cipher suite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cipher: Option<String>,
    /// The key exchange group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The protocol chosen by ALPN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpn: Option<String>,
    /// The chain as presented, the server's own certificate first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<Certificate>,
    /// How many certificates were presented.
    #[serde(default)]
    pub chain_length: usize,
    /// Which roots the chain ends in; none where it ends in neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_by: Option<TrustedBy>,
    /// What is wrong with the certificate, all that is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<CertificateProblem>,
}

/// One certificate of the chain.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Certificate {
    /// The subject's distinguished name.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// The DNS names it is for, the first few of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// How many names it is for.
    pub name_count: usize,
    /// RFC 3339.
    pub not_before: String,
    /// RFC 3339.
    pub not_after: String,
    /// SHA-256 of the whole certificate, in hexadecimal.
    pub fingerprint_sha256: String,
}

/// Which roots a chain ends in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustedBy {
    /// The roots that count as public.
    Public,
    /// Only the CA bundle that was given beside them.
    Bundle,
}

/// What can be wrong with a certificate.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum CertificateProblem {
    /// The chain ends in no root we know.
    UnknownIssuer,
    /// It is for other names.
    WrongName,
    /// Its time is over.
    Expired {
        /// For how long, in seconds.
        for_s: i64,
    },
    /// Its time has not come.
    NotYetValid {
        /// For how long still, in seconds.
        for_s: i64,
    },
    /// Something else.
    Other {
        /// What the library said of it.
        detail: String,
    },
}

/// What is done differently in a variation of the handshake.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A classic ClientHello of under 400 bytes, without the post-quantum key share.
    ShortHello,
    /// The name of another host of the plan as server name.
    OtherName,
    /// No server name at all.
    NoName,
    /// Segments of at most 536 bytes in both directions.
    SmallSegments,
}
