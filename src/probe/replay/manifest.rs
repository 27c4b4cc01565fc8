//! What a manifest or an index names. Nothing of it is believed that could cost more than reading it.

use std::collections::HashSet;

use aws_lc_rs::digest;
use serde::Deserialize;

use crate::observation::{Blob, Held};
use crate::plan::Platform;

/// What is asked for, as container engines ask for it.
pub(super) const ACCEPT: &str = "application/vnd.docker.distribution.manifest.v2+json, \
                                 application/vnd.docker.distribution.manifest.list.v2+json, \
                                 application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*";

/// Platforms of an index that are named in a report.
const MOST_PLATFORMS: usize = 20;
/// Layers that are looked at; engines stack no more than half as many.
pub(super) const MOST_LAYERS: usize = 256;

/// What came in answer to a manifest's name.
#[derive(Debug)]
pub(super) enum Manifest {
    /// An image's.
    Image { config: Blob, layers: Vec<Blob> },
    /// Manifests for several platforms, and the digest of the one for ours.
    Index { chosen: Option<String> },
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    media_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    #[serde(default)]
    size: u64,
    platform: Option<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    variant: Option<String>,
}

/// `sha256:` and the hexadecimal digits of what came.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    shown(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// A digest's bytes as they are written.
pub(super) fn shown(sha256: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    sha256.iter().for_each(|byte| text.push_str(&format!("{byte:02x}")));
    text
}

/// Whether it is `sha256:` and 64 hexadecimal digits: only such a one may stand in a path.
pub(super) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

/// Read what came, for this platform; or what is wrong with it.
pub(super) fn read(bytes: &[u8], content_type: Option<&str>, platform: &Platform) -> Result<(Manifest, Held), String> {
    let document: Document = crate::json::read(bytes).ok_or_else(|| "it is not the JSON of a manifest".to_owned())?;
    let media_type = document.media_type.or_else(|| content_type.map(str::to_owned)).unwrap_or_default();
    let media_type: String = media_type.chars().take(120).collect();
    let digest = digest_of(bytes);
    if let Some(entries) = document.manifests {
        return Ok(index(&entries, media_type, digest, platform));
    }
    if document.schema_version == 1 {
        return Err("it is a manifest of schema 1, which no current engine pulls".to_owned());
    }
    let (Some(config), Some(layers)) = (document.config, document.layers) else {
        return Err("it names neither layers nor other manifests".to_owned());
    };
    let (config, layers) = (blob(config)?, distinct(layers)?);
    let held = Held::Manifest { media_type, digest, config: config.clone(), layers: layers.clone() };
    Ok((Manifest::Image { config, layers }, held))
}

fn blob(descriptor: Descriptor) -> Result<Blob, String> {
    if !is_digest(&descriptor.digest) {
        return Err("it names a blob by what is no SHA-256 digest".to_owned());
    }
    Ok(Blob { digest: descriptor.digest, bytes: descriptor.size })
}

/// A layer that an image has twice is fetched once.
fn distinct(layers: Vec<Descriptor>) -> Result<Vec<Blob>, String> {
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for layer in layers {
        let layer = blob(layer)?;
        if seen.insert(layer.digest.clone()) {
            kept.push(layer);
        }
    }
    if kept.len() > MOST_LAYERS {
        return Err(format!("it names {} layers, more than any engine stacks", kept.len()));
    }
    Ok(kept)
}

fn index(entries: &[Descriptor], media_type: String, digest: String, platform: &Platform) -> (Manifest, Held) {
    let is_ours = |entry: &Entry| entry.os == platform.os && entry.architecture == platform.architecture;
    let ours = entries.iter().filter(|entry| entry.platform.as_ref().is_some_and(is_ours));
    let chosen = ours.map(|entry| &entry.digest).find(|digest| is_digest(digest)).cloned();
    // Attestations stand in an index as entries for no platform.
    let named = entries.iter().filter_map(|entry| entry.platform.as_ref()).filter(|entry| entry.os != "unknown");
    let mut platforms: Vec<String> = Vec::new();
    for entry in named {
        let variant = entry.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
        let name: String = format!("{}/{}{variant}", entry.os, entry.architecture).chars().take(60).collect();
        if platforms.len() < MOST_PLATFORMS && !platforms.contains(&name) {
            platforms.push(name);
        }
    }
    let held = Held::Index { media_type, digest, platforms, chosen: chosen.clone() };
    (Manifest::Index { chosen }, held)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(letter: char) -> String {
        format!("sha256:{}", letter.to_string().repeat(64))
    }

    #[test]
    fn an_image_names_its_layers_once_each() {
        let text = format!(
            r#"{{"schemaVersion":2,"config":{{"digest":"{}","size":7}},"layers":[{{"digest":"{1}","size":10}},{{"digest":"{1}","size":10}}]}}"#,
            hex('c'),
            hex('a')
        );
        let (manifest, _) = read(text.as_bytes(), Some("application/x"), &Platform::default()).unwrap();
        let Manifest::Image { config, layers } = manifest else { panic!("{manifest:?}") };
        assert_eq!((config.bytes, layers.len(), layers[0].bytes), (7, 1, 10));
    }

    #[test]
    fn an_index_is_asked_for_our_platform() {
        let entry = |os: &str, arch: &str, letter| {
            format!(r#"{{"digest":"{}","size":1,"platform":{{"os":"{os}","architecture":"{arch}"}}}}"#, hex(letter))
        };
        let all =
            [entry("linux", "arm64", 'a'), entry("linux", "amd64", 'b'), entry("unknown", "unknown", 'c')].join(",");
        let text = format!(r#"{{"schemaVersion":2,"manifests":[{all}]}}"#);
        let (manifest, held) = read(text.as_bytes(), None, &Platform::default()).unwrap();
        assert!(matches!(manifest, Manifest::Index { chosen: Some(digest) } if digest == hex('b')));
        assert!(matches!(held, Held::Index { platforms, .. } if platforms == ["linux/arm64", "linux/amd64"]));
    }

    #[test]
    fn what_is_no_manifest_is_said_to_be_none() {
        let bad_digest = r#"{"schemaVersion":2,"config":{"digest":"../../x"},"layers":[]}"#;
        let many: Vec<_> = (0..300).map(|n| format!(r#"{{"digest":"sha256:{n:064x}"}}"#)).collect();
        let many =
            format!(r#"{{"schemaVersion":2,"config":{{"digest":"{}"}},"layers":[{}]}}"#, hex('c'), many.join(","));
        for text in ["", "[]", "{}", "nonsense", r#"{"schemaVersion":1,"fsLayers":[]}"#, bad_digest, &many] {
            assert!(read(text.as_bytes(), None, &Platform::default()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_digest_is_that_of_the_bytes() {
        assert_eq!(digest_of(b"abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(is_digest(&digest_of(b"")));
        assert!(!is_digest("sha256:ABC") && !is_digest("sha512:00"));
    }
}
