//! The JSON Schema of the merged document, from its types.

use super::Merged;
use crate::report::schema;

/// The schema, JSON Schema draft 2020-12.
pub fn schema() -> serde_json::Value {
    schema::of::<Merged>("Runs merged by vpcprobe")
}

/// The schema as text, made from the types: what `docs/merged.schema.json` must hold.
pub fn made() -> String {
    schema::text(&schema())
}
