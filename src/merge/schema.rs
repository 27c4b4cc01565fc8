//! The JSON Schema of the merged document, from its types.

use schemars::generate::SchemaSettings;

use super::Merged;
use crate::report::SCHEMA_VERSION;

/// The schema, JSON Schema draft 2020-12.
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Merged>().to_value();
    schema["title"] = format!("Runs merged by vpcprobe, schema_version {SCHEMA_VERSION}").into();
    schema["properties"]["schema_version"]["const"] = SCHEMA_VERSION.into();
    schema
}

/// The schema as text, made from the types: what `docs/merged.schema.json` must hold.
pub fn made() -> String {
    let mut out = serde_json::to_string_pretty(&schema()).expect("a JSON value can be written");
    out.push('\n');
    out
}
