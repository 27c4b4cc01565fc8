//! The report's JSON Schema, from its types.

use schemars::generate::SchemaSettings;

use super::{Report, SCHEMA_VERSION};

/// The schema of a report, JSON Schema draft 2020-12.
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Report>().to_value();
    let title = format!("A report of vpcprobe, schema_version {SCHEMA_VERSION}");
    schema["title"] = title.into();
    schema["properties"]["schema_version"]["const"] = SCHEMA_VERSION.into();
    schema
}

/// The schema as text, made from the types: what `docs/report.schema.json` must hold.
pub fn made() -> String {
    let mut out = serde_json::to_string_pretty(&schema()).expect("a JSON value can be written");
    out.push('\n');
    out
}

/// The same text as it is committed. The binary carries this one: what makes it would cost a tenth of its size.
pub fn render() -> &'static str {
    include_str!("../../docs/report.schema.json")
}
