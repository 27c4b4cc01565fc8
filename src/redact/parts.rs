//! A document's parts, one at a time: what stands under each of its keys, of a list each item.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::json;

/// Look at every part with its key, in the order that a tree of the whole would have.
pub(super) fn each(document: &str, look: &mut dyn FnMut(&str, Value)) {
    for (key, part) in members(document) {
        for item in items(part).unwrap_or_else(|| vec![part]) {
            look(&key, json::tree(item.get()));
        }
    }
}

/// The document with every part as it was changed.
pub(super) fn replaced(document: &str, change: &mut dyn FnMut(&str, &mut Value)) -> String {
    let mut out = String::with_capacity(document.len());
    for (key, part) in members(document) {
        out.push(if out.is_empty() { '{' } else { ',' });
        out.push_str(&json::line(&key));
        out.push(':');
        let list = items(part);
        let is_list = list.is_some();
        let changed = list.unwrap_or_else(|| vec![part]).into_iter().enumerate().map(|(at, item)| {
            let mut item = json::tree(item.get());
            change(&key, &mut item);
            format!("{}{}", if at == 0 { "" } else { "," }, json::line(&item))
        });
        if is_list {
            out.push('[');
        }
        changed.for_each(|item| out.push_str(&item));
        if is_list {
            out.push(']');
        }
    }
    out.push('}');
    out
}

fn members(document: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(document).unwrap_or_default()
}

fn items(part: &RawValue) -> Option<Vec<&RawValue>> {
    part.get().starts_with('[').then(|| serde_json::from_str(part.get()).ok())?
}
