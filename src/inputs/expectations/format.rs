//! The file's format in types, from which its JSON Schema is made. What reads a file is `read`, which knows places; a test holds
//! both to the same keys.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::inputs::Route;

/// The schema as it is committed. The binary carries the text, as it does the report's.
pub const SCHEMA: &str = include_str!("../../../docs/expectations.schema.json");

/// The schema made from the types: what `docs/expectations.schema.json` must hold.
pub fn made() -> String {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File>().to_value();
    let schema = without_null(schema);
    let mut text = serde_json::to_string_pretty(&schema).expect("a JSON value can be written");
    text.push('\n');
    text
}

/// What may be left away is not `null` where it stands.
fn without_null(value: Value) -> Value {
    match value {
        Value::Object(mut fields) => {
            if let Some(Value::Array(kinds)) = fields.get("type") {
                fields["type"] = kinds.iter().find(|kind| **kind != "null").cloned().unwrap_or_default();
            }
            if let Some(Value::Array(any)) = fields.get("anyOf")
                && any.iter().any(|one| one["type"] == "null")
                && let Some(Value::Object(one)) = any.iter().find(|one| one["type"] != "null").cloned()
            {
                fields.remove("anyOf");
                fields.extend(one);
            }
            Value::Object(fields.into_iter().map(|(key, field)| (key, without_null(field))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_null).collect()),
        other => other,
    }
}

/// Expectations of `vpcprobe run --expectations FILE`, in YAML or JSON.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
pub struct File {
    /// What holds for every required check, unless something more particular is asserted of it.
    pub default: Option<Asserted>,
    /// Names for several services and hosts at once.
    pub groups: Option<BTreeMap<String, OneOrMore>>,
    /// What is asserted of services, hosts and groups. Of a check the more particular counts, key by key: a host with its
    /// port, a host, a pattern, a service or group, the default.
    pub expect: Option<Vec<Block>>,
}

/// What is asserted of some services and hosts.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Block {
    /// Services of the catalog, such as `ecr.api`; those that the plan lacks are examined as with --service.
    pub services: Option<OneOrMore>,
    /// Hosts, `HOST:PORT`, or patterns such as `*.internal.example`; hosts that the plan lacks are examined as with
    /// --endpoint, patterns only match.
    pub hosts: Option<OneOrMore>,
    /// A group of this file, or several.
    pub group: Option<OneOrMore>,
    /// The same.
    pub groups: Option<OneOrMore>,
    /// What is asserted.
    #[schemars(flatten)]
    pub asserted: Asserted,
}

/// What can be asserted.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Asserted {
    /// The route that is taken.
    pub route: Option<Route>,
    /// `false` where no connection may open.
    pub reachable: Option<bool>,
    /// The addresses, or ranges of them, that the name may lead to.
    pub addresses: Option<OneOrMore>,
    /// Organisations or common names, of which one is an issuer's in the chain that is presented.
    pub issuers: Option<OneOrMore>,
    /// How long things may take.
    pub limits: Option<Limits>,
    /// How long things may take, without `limits` around them.
    #[schemars(flatten)]
    pub beside: Limits,
}

/// How long things may take, such as `50ms`, `< 50ms` or `1.5s`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Limits {
    /// A question to a resolver.
    pub resolve: Option<String>,
    /// A TCP connection.
    pub connect: Option<String>,
    /// A TLS handshake.
    pub handshake: Option<String>,
    /// An HTTP request and its answer.
    pub exchange: Option<String>,
    /// The pull of an image from this registry, as it is estimated.
    pub pull: Option<String>,
}

/// One, or a list of several.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(#[schemars(length(min = 1))] Vec<String>),
}
