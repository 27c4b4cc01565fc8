//! Conditions, as far as the view settles them: by which VPC and endpoint a request came, and, for ECR's layers, that
//! neither who signed it nor whose bucket it is belongs to the customer.

use serde_json::Value;

use super::Question;
use crate::vpc::group::Fit;

/// Keys whose value for ECR's layers is AWS's, never the customer's.
const OWN: [&str; 7] = [
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalarn",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
];

/// Whether all of a statement's conditions hold.
pub(super) fn holds(condition: &Value, question: Question<'_>) -> Fit {
    let mut result = Fit::Yes;
    for (operator, keys) in condition.as_object().into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            match holds_one(operator, key, values, question) {
                Fit::No => return Fit::No,
                Fit::Yes => {}
                perhaps @ Fit::Perhaps(_) => result = perhaps,
            }
        }
    }
    result
}

fn holds_one(operator: &str, key: &str, values: &Value, question: Question<'_>) -> Fit {
    let key = key.to_ascii_lowercase();
    let equal = match key.as_str() {
        "aws:sourcevpc" => Some(has(values, &question.vpc.id)),
        "aws:sourcevpce" => Some(has(values, question.endpoint)),
        own if question.is_for_layers() && OWN.contains(&own) && is_own(values, question) => Some(false),
        _ => None,
    };
    let unclear = || Fit::Perhaps("a statement has conditions that the view does not settle".to_owned());
    let Some(equal) = equal else { return unclear() };
    let operator = operator.rsplit(':').next().unwrap_or(operator);
    // Who is in no organization has no such key, which `IfExists` then lets pass.
    let (bare, if_exists) = operator.strip_suffix("IfExists").map_or((operator, false), |bare| (bare, true));
    let sure = match bare {
        "StringEquals" | "StringLike" | "StringEqualsIgnoreCase" | "ArnEquals" | "ArnLike" => equal,
        "StringNotEquals" | "StringNotLike" | "StringNotEqualsIgnoreCase" | "ArnNotEquals" | "ArnNotLike" => !equal,
        _ => return unclear(),
    };
    match sure {
        true => Fit::Yes,
        false if if_exists && key.contains("org") => unclear(),
        false => Fit::No,
    }
}

fn has(values: &Value, text: &str) -> bool {
    let is_it = |value: &Value| {
        value.as_str().is_some_and(|one| super::pattern::is_like(one.as_bytes(), text.as_bytes(), false))
    };
    is_it(values) || values.as_array().is_some_and(|list| list.iter().any(is_it))
}

/// Whether every value is the customer's own: its account, an ARN of that account, an organization.
pub(super) fn is_own(values: &Value, question: Question<'_>) -> bool {
    let is_own = |value: &Value| {
        let Some(text) = value.as_str() else { return false };
        let account = question.vpc.account.as_deref();
        let in_arn = || text.split(':').nth(4).is_some_and(|part| Some(part) == account);
        text.starts_with("o-") || Some(text) == account || text.starts_with("arn:") && in_arn()
    };
    is_own(values) || values.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(is_own))
}
