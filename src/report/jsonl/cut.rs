//! Records that are too long for a line: their longest parts are cut, and the record says so.

use serde_json::Value;

use super::{LINE_BYTES, json};

/// What is kept of each string, in bytes, and of each list, in items: tried in turn until the line is short enough.
const LIMITS: &[Limit] = &[
    Limit { string: 8192, list: 1024 },
    Limit { string: 4096, list: 512 },
    Limit { string: 2048, list: 128 },
    Limit { string: 1024, list: 64 },
    Limit { string: 512, list: 32 },
    Limit { string: 320, list: 16 },
    Limit { string: 320, list: 8 },
    Limit { string: 128, list: 4 },
    Limit { string: 64, list: 2 },
];

/// Keys whose strings hold the records together, so that they are cut last of all. A host name with its port is shorter.
/// What is lost otherwise is words: bodies, headers, chains, messages. The layers of a manifest are never among them.
const TIES: &[&str] = &["id", "check", "checks", "host", "service", "about", "digest", "chosen"];
const TIE_BYTES: usize = 320;

#[derive(Clone, Copy)]
struct Limit {
    string: usize,
    list: usize,
}

/// The record as a line that is short enough, `"cut": true` in it where something was left out.
pub(super) fn fit(mut record: Value) -> String {
    let whole = typed(&record);
    if whole.len() < LINE_BYTES {
        return whole;
    }
    record["cut"] = true.into();
    for limit in LIMITS {
        shorten(&mut record, "", *limit);
        let line = typed(&record);
        if line.len() < LINE_BYTES {
            return line;
        }
    }
    let kind = record["type"].take();
    typed(&serde_json::json!({ "type": kind, "cut": true }))
}

/// The record with its type first, as all others have it.
fn typed(record: &Value) -> String {
    let mut fields = record.as_object().cloned().unwrap_or_default();
    let kind = json::line(&fields.remove("type"));
    let rest = json::line(&fields);
    format!("{{\"type\":{kind},{}", rest.trim_start_matches('{'))
}

/// Shorten a value and everything in it.
fn shorten(value: &mut Value, key: &str, limit: Limit) {
    match value {
        Value::String(text) => text.truncate(text.floor_char_boundary(allowed(key, limit))),
        Value::Array(items) => {
            items.truncate(limit.list);
            for item in items {
                shorten(item, key, limit);
            }
        }
        Value::Object(fields) => {
            if key == "headers" {
                keep_first(fields, limit);
            }
            for (key, field) in fields {
                shorten(field, key, limit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn allowed(key: &str, limit: Limit) -> usize {
    if TIES.contains(&key) { limit.string.max(TIE_BYTES) } else { limit.string }
}

/// Headers are the one object whose keys the network chooses.
fn keep_first(headers: &mut serde_json::Map<String, Value>, limit: Limit) {
    let mut room = limit.list;
    headers.retain(|name, _| {
        let kept = room > 0 && name.len() <= limit.string;
        room -= usize::from(kept);
        kept
    });
}
