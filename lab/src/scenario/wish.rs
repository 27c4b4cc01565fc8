//! What must have happened at the services, beside what the report says.

use serde::Deserialize;

/// Log events that must have been written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedLogs {
    /// The group.
    pub group: String,
    /// The stream, or a text that begins with its name and ends in `*`; any by default.
    pub stream: Option<String>,
    /// Texts, each in some event.
    #[serde(default)]
    pub contains: Vec<String>,
    /// So many events at least.
    #[serde(default = "one")]
    pub at_least: usize,
}

/// An object that must have been written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedObject {
    /// The bucket.
    pub bucket: String,
    /// The key, or its beginning and `*`.
    pub key: String,
    /// Texts that it contains.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// How often a kind of request must have come: everything given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedRequests {
    /// To a service of the scenario's region.
    pub service: Option<String>,
    /// To this host (`*.` at the front allowed).
    pub host: Option<String>,
    /// To any other host.
    pub not_host: Option<String>,
    /// The name of the API operation, or the HTTP method.
    pub action: Option<String>,
    /// Text in the path.
    pub path: Option<String>,
    /// `none`, `any`, `sigv4`, `basic`, `bearer` or `presigned`.
    pub authorization: Option<String>,
    /// So many at least.
    pub at_least: Option<usize>,
    /// So many at most.
    pub at_most: Option<usize>,
}

fn one() -> usize {
    1
}
