//! What a step of the replay asked, and what a good answer to it held. No secret has a place here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One request of a step.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// `sts:GetCallerIdentity`
    GetCallerIdentity,
    /// `secretsmanager:GetSecretValue`
    GetSecretValue,
    /// `secretsmanager:DescribeSecret`, in its place where nothing may be fetched.
    DescribeSecret,
    /// `ssm:GetParameters`
    GetParameters,
    /// `ssm:DescribeParameters`, in its place where nothing may be fetched.
    DescribeParameters,
    /// `HEAD` of an environment file.
    HeadObject,
    /// `ecr:GetAuthorizationToken`
    GetAuthorizationToken,
    /// `logs:CreateLogStream`
    CreateLogStream,
    /// `logs:PutLogEvents`
    PutLogEvents,
    /// `logs:DescribeLogStreams`, in its place where nothing may be written.
    DescribeLogStreams,
    /// `GET /v2/` without credentials, for the challenge.
    Ping,
    /// The token service that a Bearer challenge names.
    RegistryToken,
    /// `HEAD` of the manifest by its tag, or by the digest that was asked for.
    ManifestHead,
    /// `GET` of a manifest or index.
    Manifest,
    /// `GET` of the configuration's blob from the registry.
    ConfigBlob,
    /// `GET` of a layer's blob from the registry.
    LayerBlob,
    /// `GET` of the configuration from where the registry redirects to.
    Config,
    /// `GET` of a layer from where the registry redirects to.
    Layer,
}

/// What a step's request was about.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct StepPart {
    /// Which request it was.
    pub part: Part,
    /// The digest, tag, secret, group or object that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The redirects that led to it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hop: u8,
    /// The host that was asked, where it is not the check's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &u8) -> bool {
    *count == 0
}

/// What an error answer says in AWS's, or the registry's, own words.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Told {
    /// The error's code, such as `AccessDeniedException`, `NAME_UNKNOWN` or `NoSuchKey`.
    pub code: String,
    /// Its message.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// What a good answer held, as far as it is no secret.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Held {
    /// Whose credentials these are.
    Identity {
        /// The ARN of role session, user or root.
        arn: String,
    },
    /// A token, of which nothing is kept.
    Token,
    /// A secret or parameter, of which nothing is kept.
    Secret {
        /// Whether its JSON has the key that is referenced, where one is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        has_key: Option<bool>,
    },
    /// Secrets, parameters or streams that were listed instead of fetched, and whether the one asked for is there.
    Listed {
        /// Whether it is there.
        found: bool,
    },
    /// An image's manifest.
    Manifest {
        /// Its media type.
        media_type: String,
        /// The SHA-256 of what came, as a digest.
        digest: String,
        /// The configuration.
        config: Blob,
        /// The layers, lowest first.
        layers: Vec<Blob>,
    },
    /// An index of manifests for several platforms.
    Index {
        /// Its media type.
        media_type: String,
        /// The SHA-256 of what came, as a digest.
        digest: String,
        /// The platforms it has entries for, such as `linux/arm64/v8`, the first few of them.
        platforms: Vec<String>,
        /// The digest of the entry for the task's platform.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chosen: Option<String>,
    },
    /// A redirect; what follows the path is a secret.
    Redirect {
        /// `https` or another scheme.
        scheme: String,
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// Bytes of a blob, of which nothing is kept.
    Transfer(Transfer),
    /// What can't be read as what it should be: a manifest, a token, a redirect.
    Unusable {
        /// What is wrong with it.
        why: String,
    },
}

/// A configuration or a layer as the manifest names it.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Blob {
    /// Its digest.
    pub digest: String,
    /// Its compressed size.
    pub bytes: u64,
}

/// How the bytes of a blob came.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Transfer {
    /// How many were asked for.
    pub wanted_bytes: u64,
    /// How many came.
    pub bytes: u64,
    /// The whole blob's size as the manifest says it.
    pub blob_bytes: u64,
    /// The whole blob's size as the answer says it, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_bytes: Option<u64>,
    /// From the request to the first byte of the body.
    pub first_byte_ms: u64,
    /// How it ended.
    pub end: TransferEnd,
    /// The SHA-256 of what came, where the whole blob came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// How a transfer ended.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferEnd {
    /// As many bytes as were asked for came, or the body ended by itself.
    #[default]
    Whole,
    /// No byte came for as long as an HTTP exchange may take.
    Stalled,
    /// The connection broke before the body's end.
    Broken,
}
