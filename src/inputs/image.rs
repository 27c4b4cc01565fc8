//! Image references, and what an ECR registry's host says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Region;

/// An image reference, taken apart as container engines do.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ImageRef {
    /// As it was given.
    pub reference: String,
    /// The registry's host; `registry-1.docker.io` where the reference names none.
    pub host: String,
    /// The registry's port.
    pub port: u16,
    /// The repository's path.
    pub repository: String,
    /// The tag, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The digest, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What the host says, where it is an ECR private registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecr: Option<EcrHost>,
}

/// What the host of an ECR private registry says.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct EcrHost {
    /// The account.
    pub account: String,
    /// The Region.
    pub region: Region,
    /// Whether it is a FIPS host.
    pub fips: bool,
    /// Whether it is a dual-stack host (`.dkr-ecr.`, `on.aws`).
    pub dual_stack: bool,
}
