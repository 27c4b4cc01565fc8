//! What an HTTP response held.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Held, Told};

/// One HTTP response.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers that say who answered, names in lower case; query strings cut.
    pub headers: BTreeMap<String, String>,
    /// The beginning of the body, as text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// How much of the body was read.
    pub body_bytes: u64,
    /// Whether the body ended within the limits of size and time.
    pub complete: bool,
    /// What an error answer to a step says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// What a good answer to a step held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// The `Date` header minus the local clock, in seconds; positive when the local clock is slow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_minus_clock_s: Option<i64>,
}

impl Response {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}
