//! The JSON Schema of the comparison, from its types.

use super::Diff;
use crate::report::schema;

/// The schema, JSON Schema draft 2020-12.
pub fn schema() -> serde_json::Value {
    schema::of::<Diff>("Two runs compared by vpcprobe")
}

/// The schema as text, made from the types: what `docs/diff.schema.json` must hold.
pub fn made() -> String {
    schema::text(&schema())
}
