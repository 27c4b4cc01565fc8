//! A document's texts, and where each stands.

use serde_json::Value;

/// Where a text stands: the key that it is under, and the one above.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'d> {
    pub(super) above: &'d str,
    pub(super) key: &'d str,
}

/// In no document.
pub(super) const NOWHERE: Place<'_> = Place { above: "", key: "" };

/// What is left of a text that is cut.
const CUT: &str = "[left out]";

/// What answers of AWS and of registries have, and other pages have not.
const MARKS: &[&str] = &[
    "\"__type\"",
    "<Code>",
    "<RequestId>",
    "<ErrorResponse",
    "\"errors\"",
    "\"code\"",
    "Throttl",
    "TooManyRequests",
    "TOOMANYREQUESTS",
    "RequestLimitExceeded",
    "SlowDown",
    "Not Authorized",
];

impl Place<'_> {
    /// Whether it is the range of the task's own VPC.
    pub(super) fn is_own_range(self) -> bool {
        matches!(self.key, "subnet_cidr" | "subnet_cidr_ipv6" | "vpc_cidrs")
    }

    /// Whether what stands there is of the tool and names nobody.
    fn is_the_tools(self) -> bool {
        matches!(self.above, "tool" | "run") || matches!(self.key, "run_id" | "started_at" | "collected_at" | "cipher")
    }
}

/// Look at every text of a document, in its order.
pub(super) fn each_text(document: &Value, look: &mut dyn FnMut(Place<'_>, &str)) {
    below(NOWHERE, document, look);
}

/// What a document has under one of its keys, or one item of that.
pub(super) fn each_text_under(key: &str, value: &Value, look: &mut dyn FnMut(Place<'_>, &str)) {
    below(Place { above: "", key }, value, look);
}

fn below(place: Place<'_>, value: &Value, look: &mut dyn FnMut(Place<'_>, &str)) {
    match value {
        Value::String(text) if !place.is_the_tools() => look(place, text),
        Value::Array(items) => items.iter().for_each(|item| below(place, item, look)),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| below(Place { above: place.key, key }, value, look));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Put another text in the place of every one that gets one.
pub(super) fn replace_each(document: &mut Value, other: &mut dyn FnMut(Place<'_>, &str) -> Option<String>) {
    replace_below(NOWHERE, document, other);
}

/// The same, of what a document has under one of its keys.
pub(super) fn replace_each_under(
    key: &str,
    value: &mut Value,
    other: &mut dyn FnMut(Place<'_>, &str) -> Option<String>,
) {
    replace_below(Place { above: "", key }, value, other);
}

fn replace_below(place: Place<'_>, value: &mut Value, other: &mut dyn FnMut(Place<'_>, &str) -> Option<String>) {
    match value {
        Value::String(text) if !place.is_the_tools() => {
            if let Some(new) = other(place, text) {
                *text = new;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace_below(place, item, other)),
        Value::Object(fields) => {
            for (key, value) in fields {
                replace_below(Place { above: place.key, key }, value, other);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A body that is no answer of AWS's or a registry's is a stranger's page: it may name anybody, and only its beginning is
/// ever looked at.
pub(super) fn without_strangers_words(place: Place<'_>, text: &str) -> Option<String> {
    if place.key != "body" || text.is_empty() || text.ends_with(CUT) || MARKS.iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let page = text.trim_start().get(..14).unwrap_or_default();
    let is_page = |begin: &&&str| page.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin));
    let begin = ["<!doctype html", "<html"].iter().find(is_page);
    Some(begin.map_or(CUT.to_owned(), |begin| format!("{begin}>{CUT}")))
}
