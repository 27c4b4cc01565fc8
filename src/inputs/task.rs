//! What a task start reads and writes beside its images: as a task definition, or flags, say it.

mod alien;
mod arn;
mod definition;
mod node;
mod secret;
mod text;
mod written;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Region;
pub(super) use written::Written;

/// A secret or parameter that the task start fetches.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct SecretRef {
    /// Its ARN or name, without what follows for key, stage and version.
    pub id: String,
    /// Where it is kept.
    pub store: SecretStore,
    /// The Region its ARN names; the examined one where it is only a name.
    pub region: Region,
    /// What it is fetched for.
    pub purpose: SecretUse,
    /// The key of its JSON value that is referenced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_key: Option<String>,
    /// The version's staging label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_stage: Option<String>,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
}

/// Where a secret is kept.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStore {
    /// Secrets Manager.
    SecretsManager,
    /// Systems Manager Parameter Store.
    ParameterStore,
}

/// What a secret is fetched for.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum SecretUse {
    /// It becomes an environment variable of a container.
    Environment,
    /// It becomes an option of the log driver.
    LogOption,
    /// It holds user and password of the registry of this image.
    Registry {
        /// The image's reference, as it was given.
        image: String,
    },
}

/// A log group that the awslogs driver writes to.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Where it is, which need not be the Region examined.
    pub region: Region,
    /// Whether the driver creates it where it is missing (`awslogs-create-group`).
    #[serde(default)]
    pub create: bool,
}

/// A file in S3 that becomes environment variables.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct EnvironmentFile {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
}

/// An EFS file system that is mounted.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct EfsVolume {
    /// `fs-…`
    pub file_system: String,
}

/// The operating system and processor that an image must be for.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Platform {
    /// As image indexes write it: `linux`, `windows`.
    pub os: String,
    /// As image indexes write it: `amd64`, `arm64`.
    pub architecture: String,
}

impl Default for Platform {
    fn default() -> Self {
        Self { os: "linux".to_owned(), architecture: "amd64".to_owned() }
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)
    }
}

/// What else a task definition says that the reader of a report or a plan must know.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct TaskDefinition {
    /// `FAMILY` or `FAMILY:REVISION`.
    pub name: String,
    /// The role whose permissions the platform uses, as far as it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_role: Option<String>,
    /// The role that the containers use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_role: Option<String>,
    /// Whether a container is a FireLens log router.
    #[serde(default)]
    pub firelens: bool,
    /// Whether any container logs with awslogs.
    #[serde(default)]
    pub awslogs: bool,
}

/// How much of each image layer the replay fetches.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerMode {
    /// Up to 1 MiB.
    #[default]
    Sample,
    /// Everything, with digests checked.
    Full,
    /// Nothing.
    None,
}
