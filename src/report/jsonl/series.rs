//! The series of many rounds: a record a check, further ones where its lists are too long for a line.

use serde_json::Value;

use super::{LINE_BYTES, batches, cut, record};
use crate::json::tree;
use crate::watch::Series;

/// The lists that go on in further lines.
const LISTS: [&str; 4] = ["resolvers", "answers", "addresses", "turns"];

/// One check's records.
pub(super) fn lines(series: &Series) -> Vec<String> {
    let whole = record("series", series);
    if whole.len() < LINE_BYTES {
        return vec![whole];
    }
    let mut record = tree(&whole);
    let mut rest = Vec::new();
    let mut count = 0;
    for key in LISTS {
        let items = record.get_mut(key).and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
        count += items.len();
        let continued = |batch| {
            cut::fit(serde_json::json!({ "type": "series", "continued": true, "check": series.check.0, (key): batch }))
        };
        rest.extend(batches(items).into_iter().map(continued));
    }
    record["items_follow"] = count.into();
    std::iter::once(cut::fit(record)).chain(rest).collect()
}
