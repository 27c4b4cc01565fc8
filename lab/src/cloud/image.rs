//! Images: manifests, indexes and blobs from a scenario's description.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::layer::{Content, seed};
use super::sigv4::sha256;
use crate::scenario::Image as Given;

/// A manifest or an index.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Document {
    fn new(media_type: &str, value: &Value) -> Self {
        Self { media_type: media_type.to_owned(), bytes: value.to_string().into_bytes() }
    }

    /// Its digest.
    pub fn digest(&self) -> String {
        format!("sha256:{}", sha256(&self.bytes))
    }

    /// How an index speaks of it.
    fn entry(&self, platform: &str) -> Value {
        json!({
            "mediaType": self.media_type,
            "digest": self.digest(),
            "size": self.bytes.len(),
            "platform": platform_value(platform)
        })
    }

    /// An index around it, of its own family.
    #[must_use]
    pub fn indexed(&self, platform: &str) -> Self {
        let oci = self.media_type.contains(".oci.");
        index(oci, &[self.entry(platform)])
    }
}

/// A layer or a configuration.
#[derive(Clone, Debug)]
pub struct Blob {
    /// Its bytes.
    pub content: Content,
    /// The number of the layer; none is the configuration.
    pub layer: Option<usize>,
    /// The host that its presigned address names, where it is not the usual one.
    pub host: Option<String>,
}

/// An image in a repository.
#[derive(Clone, Debug)]
pub struct Image {
    /// The reference as the scenario writes it.
    pub name: String,
    /// Where it is.
    pub host: String,
    /// The repository.
    pub repository: String,
    /// The tag.
    pub tag: String,
    /// The digest behind the tag.
    pub digest: String,
    /// The platform of its first manifest.
    pub platform: String,
    /// Manifests and indexes by digest.
    pub documents: BTreeMap<String, Document>,
    /// Blobs by digest.
    pub blobs: BTreeMap<String, Arc<Blob>>,
}

impl Image {
    /// Makes it; `registry` is where a short reference is.
    pub fn build(given: &Given, registry: &str) -> Self {
        let (host, repository, tag) = split(&given.reference, registry);
        let mut image = Self {
            name: given.reference.clone(),
            host,
            repository,
            tag,
            digest: String::new(),
            platform: given.platforms.first().cloned().unwrap_or_default(),
            documents: BTreeMap::new(),
            blobs: BTreeMap::new(),
        };
        let layers = image.add_layers(given);
        let entries: Vec<(Document, Value)> =
            given.platforms.iter().map(|platform| image.add_manifest(given, platform, &layers)).collect();
        let top = match entries.first() {
            Some((only, _)) if entries.len() == 1 && !given.index => only.clone(),
            _ => index(given.oci, &entries.into_iter().map(|(_, entry)| entry).collect::<Vec<_>>()),
        };
        image.digest = image.add(top);
        image
    }

    /// Whether a reference, short or whole, is its own.
    pub fn is_named(&self, reference: &str) -> bool {
        self.name == reference || format!("{}/{}:{}", self.host, self.repository, self.tag) == reference
    }

    fn add(&mut self, document: Document) -> String {
        let digest = document.digest();
        self.documents.insert(digest.clone(), document);
        digest
    }

    fn add_blob(&mut self, content: Content, layer: Option<usize>, host: Option<String>) -> String {
        let digest = content.digest();
        self.blobs.insert(digest.clone(), Arc::new(Blob { content, layer, host }));
        digest
    }

    fn add_layers(&mut self, given: &Given) -> Vec<(String, u64)> {
        let contents = given
            .layers
            .iter()
            .enumerate()
            .map(|(n, &length)| (n, Content::Made { seed: seed(&format!("{} {n}", given.reference)), length }));
        contents
            .map(|(n, content)| {
                let length = content.length();
                (self.add_blob(content, Some(n), given.layer_host.clone()), length)
            })
            .collect()
    }

    fn add_manifest(&mut self, given: &Given, platform: &str, layers: &[(String, u64)]) -> (Document, Value) {
        let config = configuration(platform, layers).to_string().into_bytes();
        let size = config.len();
        let digest = self.add_blob(Content::Given(config), None, given.layer_host.clone());
        let kinds = Kinds::of(given.oci);
        let layers: Vec<Value> = layers
            .iter()
            .map(|(digest, size)| json!({ "mediaType": kinds.layer, "size": size, "digest": digest }))
            .collect();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": kinds.manifest,
            "config": { "mediaType": kinds.config, "size": size, "digest": digest },
            "layers": layers
        });
        let document = Document::new(kinds.manifest, &manifest);
        let entry = document.entry(platform);
        self.add(document.clone());
        (document, entry)
    }
}

struct Kinds {
    manifest: &'static str,
    index: &'static str,
    config: &'static str,
    layer: &'static str,
}

impl Kinds {
    fn of(oci: bool) -> Self {
        if oci {
            Self {
                manifest: "application/vnd.oci.image.manifest.v1+json",
                index: "application/vnd.oci.image.index.v1+json",
                config: "application/vnd.oci.image.config.v1+json",
                layer: "application/vnd.oci.image.layer.v1.tar+gzip",
            }
        } else {
            Self {
                manifest: "application/vnd.docker.distribution.manifest.v2+json",
                index: "application/vnd.docker.distribution.manifest.list.v2+json",
                config: "application/vnd.docker.container.image.v1+json",
                layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
            }
        }
    }
}

/// An index of these entries.
fn index(oci: bool, entries: &[Value]) -> Document {
    let kinds = Kinds::of(oci);
    Document::new(kinds.index, &json!({ "schemaVersion": 2, "mediaType": kinds.index, "manifests": entries }))
}

/// An index whose one entry has that digest.
pub fn index_of(digest: &str, platform: &str) -> Document {
    let kinds = Kinds::of(true);
    let entry =
        json!({ "mediaType": kinds.index, "digest": digest, "size": 300, "platform": platform_value(platform) });
    index(true, &[entry])
}

fn platform_value(platform: &str) -> Value {
    let mut parts = platform.split('/');
    let (os, architecture, variant) = (parts.next(), parts.next(), parts.next());
    let mut value = json!({ "architecture": architecture.unwrap_or("unknown"), "os": os.unwrap_or("unknown") });
    if let Some(variant) = variant {
        value["variant"] = json!(variant);
    }
    value
}

fn configuration(platform: &str, layers: &[(String, u64)]) -> Value {
    let mut value = platform_value(platform);
    value["config"] = json!({ "Cmd": ["/app"], "Env": ["PATH=/usr/bin:/bin"] });
    value["created"] = json!("2026-11-01T00:00:00Z");
    value["rootfs"] = json!({
        "type": "layers",
        "diff_ids": layers.iter().map(|(digest, _)| digest).collect::<Vec<_>>()
    });
    value
}

/// Host, repository and tag of a reference.
fn split(reference: &str, registry: &str) -> (String, String, String) {
    let first = reference.split('/').next().unwrap_or_default();
    let whole = reference.contains('/') && (first.contains('.') || first.contains(':'));
    let (host, rest) =
        if whole { reference.split_once('/').unwrap_or((registry, reference)) } else { (registry, reference) };
    let (repository, tag) = rest.rsplit_once(':').unwrap_or((rest, "latest"));
    let host = if host == "docker.io" { "registry-1.docker.io" } else { host };
    (host.to_ascii_lowercase(), repository.to_owned(), tag.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(text: &str) -> Image {
        Image::build(&toml::from_str(text).unwrap(), "123456789012.dkr.ecr.eu-west-1.amazonaws.com")
    }

    #[test]
    fn a_reference_has_its_parts() {
        let own = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
        let table = [
            ("app:1.0", own, "app", "1.0"),
            ("team/app", own, "team/app", "latest"),
            ("docker.io/library/alpine:3", "registry-1.docker.io", "library/alpine", "3"),
            ("registry.lab.example:5000/a/b:c", "registry.lab.example:5000", "a/b", "c"),
        ];
        for (reference, host, repository, tag) in table {
            let expected = (host.to_owned(), repository.to_owned(), tag.to_owned());
            assert_eq!(split(reference, own), expected, "{reference}");
        }
    }

    #[test]
    fn what_a_manifest_names_is_there() {
        let image = image("ref = \"app:1.0\"\nplatforms = [\"linux/amd64\", \"linux/arm64/v8\"]\nlayers = [70000, 3]");
        let index: Value = serde_json::from_slice(&image.documents[&image.digest].bytes).unwrap();
        let entries = index["manifests"].as_array().unwrap();
        assert_eq!(entries[1]["platform"], json!({ "os": "linux", "architecture": "arm64", "variant": "v8" }));
        for entry in entries {
            let bytes = &image.documents[entry["digest"].as_str().unwrap()].bytes;
            assert_eq!(entry["size"], bytes.len());
            let manifest: Value = serde_json::from_slice(bytes).unwrap();
            for part in manifest["layers"].as_array().unwrap().iter().chain([&manifest["config"]]) {
                let blob = &image.blobs[part["digest"].as_str().unwrap()];
                assert_eq!(part["size"], blob.content.length());
            }
        }
    }

    #[test]
    fn one_platform_is_a_manifest_unless_an_index_is_asked_for() {
        for (more, kind) in
            [("", "manifest.v2"), ("index = true", "manifest.list"), ("oci = true", "oci.image.manifest")]
        {
            let image = image(&format!("ref = \"app:1.0\"\nlayers = [5]\n{more}"));
            assert!(image.documents[&image.digest].media_type.contains(kind), "{more}");
        }
    }
}
