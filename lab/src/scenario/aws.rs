//! What AWS and the registries hold, and whom they take the task for.

use serde::Deserialize;
use serde_json::Value;

/// Who the task is.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Task {
    /// Where its credentials come from; by default where its platform gives them.
    pub credentials: Option<Credentials>,
    /// The name of its role.
    pub role: String,
    /// Whether the answer with the credentials names the role, as on ECS.
    pub role_arn: bool,
}

impl Default for Task {
    fn default() -> Self {
        Self { credentials: None, role: "ecsTaskExecutionRole".to_owned(), role_arn: true }
    }
}

/// Where credentials come from, and what is wrong with them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// The platform's address, by its relative name.
    Container,
    /// A full address, and a token for it in a file.
    FullUri,
    /// Variables of the process.
    Environment,
    /// There are none, and no variable that speaks of any.
    None,
    /// As `container`, but they ended an hour ago, and every service says so.
    Expired,
    /// As `container`, but every service says that they have ended, whatever the answer with them says.
    Stale,
    /// As `container`, but no service knows the key.
    Unknown,
    /// As `container`, but the secret is another key's.
    WrongSecret,
    /// As `container`, but the answer is no JSON.
    Garbage,
    /// As `container`, but there is no answer.
    Silent,
    /// As `container`, but the answer is 500.
    Failing,
    /// As `container`, but the answer has no end.
    Huge,
}

/// A secret of Secrets Manager.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// Its name; its ARN ends in `-AbCdEf`.
    pub name: String,
    /// A text, or a table that becomes JSON; made for the run where there is none.
    pub value: Option<Value>,
    /// Its region; the scenario's by default.
    pub region: Option<String>,
    /// Its account; the scenario's by default.
    pub account: Option<String>,
    /// Whether it was marked for deletion.
    #[serde(default)]
    pub deleted: bool,
}

/// A parameter of Parameter Store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name, with its slashes.
    pub name: String,
    /// Its value; made for the run where there is none.
    pub value: Option<String>,
    /// `String`, `StringList` or `SecureString`.
    #[serde(default = "secure", rename = "type")]
    pub kind: String,
    /// Its region; the scenario's by default.
    pub region: Option<String>,
}

/// A log group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Streams that it already has.
    #[serde(default)]
    pub streams: Vec<String>,
    /// Its region; the scenario's by default.
    pub region: Option<String>,
}

/// A bucket of S3.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its region; the scenario's by default.
    pub region: Option<String>,
    /// Whether the role may list it; if not, a key that it lacks is forbidden instead of not found.
    #[serde(default = "yes")]
    pub list: bool,
}

/// An object, and with it its bucket.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Its content; a variable made for the run where there is none.
    pub value: Option<String>,
}

/// A registry that is not ECR's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// Its host.
    pub host: String,
    /// How it wants to know who asks.
    #[serde(default)]
    pub auth: RegistryAuth,
    /// The host of its token service; its own by default.
    pub token_host: Option<String>,
    /// The path of its token service.
    #[serde(default = "token_path")]
    pub token_path: String,
    /// Where its token service redirects to for every token.
    pub token_moved: Option<String>,
    /// Where manifests are redirected to, and let everybody in; it serves them itself by default.
    pub manifest_host: Option<String>,
    /// Where blobs are redirected to; it serves them itself by default.
    pub blob_host: Option<String>,
    /// The secret that holds the user and password that it wants; without one, a Bearer registry is open to all.
    pub secret: Option<String>,
}

/// How a registry wants to know who asks.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum RegistryAuth {
    /// A token from a token service.
    #[default]
    Bearer,
    /// User and password.
    Basic,
    /// Not at all.
    None,
}

/// An image in a registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// `app:1.0` in the scenario's own registry, or a whole reference.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The bytes of each layer.
    #[serde(default = "layers")]
    pub layers: Vec<u64>,
    /// The platforms that it has been built for; an index where there are several.
    #[serde(default = "platforms")]
    pub platforms: Vec<String>,
    /// An index even for one platform.
    #[serde(default)]
    pub index: bool,
    /// Whether its media types are those of OCI and not Docker's.
    #[serde(default)]
    pub oci: bool,
    /// Where its layers are redirected to; the registry's own layer bucket by default.
    pub layer_host: Option<String>,
}

fn yes() -> bool {
    true
}

fn secure() -> String {
    "SecureString".to_owned()
}

fn token_path() -> String {
    "/token".to_owned()
}

fn layers() -> Vec<u64> {
    vec![2_000_000, 300_000, 4_000]
}

fn platforms() -> Vec<String> {
    vec!["linux/amd64".to_owned()]
}

/// What AWS holds before the task starts: what the scenario says, and beside it one of each kind.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// Secrets.
    pub secrets: Vec<Secret>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Log groups.
    pub log_groups: Vec<LogGroup>,
    /// Buckets.
    pub buckets: Vec<Bucket>,
    /// Objects.
    pub objects: Vec<Object>,
    /// Registries.
    pub registries: Vec<Registry>,
    /// Images.
    pub images: Vec<Image>,
}

/// What is always there unless a scenario has one of the same name.
const ALWAYS: &str = r#"
secrets = [{ name = "app/db" }]
parameters = [{ name = "/app/key" }]
log_groups = [{ name = "/ecs/app" }]
buckets = [{ name = "app-reports" }]
objects = [{ bucket = "app-config", key = "prod.env" }]
registries = [
  { host = "registry-1.docker.io", token_host = "auth.docker.io", blob_host = "production.cloudflare.docker.com" },
  { host = "public.ecr.aws", token_path = "/token/", blob_host = "d5l0dvt14r5h8.cloudfront.net" },
  { host = "ghcr.io" },
  { host = "quay.io", token_path = "/v2/auth" },
]
images = [{ ref = "app:1.0" }]
"#;

#[derive(Deserialize)]
struct Always {
    secrets: Vec<Secret>,
    parameters: Vec<Parameter>,
    log_groups: Vec<LogGroup>,
    buckets: Vec<Bucket>,
    objects: Vec<Object>,
    registries: Vec<Registry>,
    images: Vec<Image>,
}

impl Holdings {
    /// Adds what is always there behind what the scenario has, which is found first.
    #[must_use]
    pub fn with_the_usual(mut self) -> Self {
        let always: Always = toml::from_str(ALWAYS).expect("the lab's own holdings are well formed");
        self.secrets.extend(always.secrets);
        self.parameters.extend(always.parameters);
        self.log_groups.extend(always.log_groups);
        self.buckets.extend(always.buckets);
        self.objects.extend(always.objects);
        self.registries.extend(always.registries);
        self.images.extend(always.images);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_comes_before_the_usual() {
        let own = Secret {
            name: "app/db".to_owned(),
            value: Some(Value::from("own")),
            region: None,
            account: None,
            deleted: false,
        };
        let held = Holdings { secrets: vec![own], ..Holdings::default() }.with_the_usual();
        let found = held.secrets.iter().find(|secret| secret.name == "app/db").and_then(|secret| secret.value.clone());
        assert_eq!(found, Some(Value::from("own")));
        assert_eq!(held.images[0].layers, [2_000_000, 300_000, 4_000]);
    }
}
