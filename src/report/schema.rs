//! The report's JSON Schema, from its types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use super::{Report, SCHEMA_VERSION};

/// The schema of a report, JSON Schema draft 2020-12.
pub fn schema() -> serde_json::Value {
    of::<Report>("A report of vpcprobe")
}

/// The schema of a document that has a `schema_version`.
pub(crate) fn of<T: JsonSchema>(title: &str) -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    schema["title"] = format!("{title}, schema_version {SCHEMA_VERSION}").into();
    schema["properties"]["schema_version"]["const"] = SCHEMA_VERSION.into();
    schema
}

/// The schema as text, made from the types: what `docs/report.schema.json` must hold.
pub fn made() -> String {
    text(&schema())
}

/// A schema as it is committed.
pub(crate) fn text(schema: &serde_json::Value) -> String {
    let mut out = serde_json::to_string_pretty(schema).expect("a JSON value can be written");
    out.push('\n');
    out
}

/// The same text as it is committed. The binary carries this one: what makes it would cost a tenth of its size.
pub fn render() -> &'static str {
    include_str!("../../docs/report.schema.json")
}
