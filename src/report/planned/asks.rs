//! What the steps of a replay ask for, by the names that the services and IAM policies have for it.

use crate::inputs::shown;
use crate::plan::{Deed, LayerMode, Replay, SecretRef, SecretStore};

/// What one step asks.
pub(super) fn of(deed: &Deed, replay: &Replay) -> String {
    match deed {
        Deed::Identity => "GetCallerIdentity".to_owned(),
        Deed::Secret(secret) => of_secret(secret, replay.read_only),
        Deed::EnvironmentFile(file) => format!("HeadObject of {}", shown(&format!("{}/{}", file.bucket, file.key))),
        Deed::Token => "GetAuthorizationToken".to_owned(),
        Deed::LogStream(group) if replay.read_only => format!("DescribeLogStreams of {}", shown(&group.name)),
        Deed::LogStream(group) => format!("CreateLogStream and PutLogEvents in {}", shown(&group.name)),
        Deed::Manifest(image) => {
            format!("the manifest of {}, and its entry for {}", shown(&image.reference), replay.platform)
        }
        Deed::Layers(image) => format!("{} of {}", layers(replay.layers), shown(&image.reference)),
    }
}

fn of_secret(secret: &SecretRef, read_only: bool) -> String {
    let call = match (secret.store, read_only) {
        (SecretStore::SecretsManager, false) => "GetSecretValue",
        (SecretStore::SecretsManager, true) => "DescribeSecret",
        (SecretStore::ParameterStore, false) => "GetParameters",
        (SecretStore::ParameterStore, true) => "DescribeParameters",
    };
    let key = secret.json_key.as_ref().map(|key| format!(", for its key {}", shown(key)));
    format!("{call} of {}{}", shown(&secret.id), key.unwrap_or_default())
}

fn layers(mode: LayerMode) -> &'static str {
    match mode {
        LayerMode::Sample => "the configuration and up to 1 MiB of each layer",
        LayerMode::Full => "the configuration and every layer, whole",
        LayerMode::None => "the configuration and no layer",
    }
}
