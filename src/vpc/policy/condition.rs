//! Conditions, as far as the view settles them: by which VPC and endpoint a request came, and, for ECR's layers, that
//! neither who signed it nor whose bucket it is belongs to the customer.

use serde_json::Value;

use super::{Held, Question};

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

/// Whether all of a statement's conditions hold; else the key of one that does not, or may not.
pub(super) fn holds(condition: &Value, question: Question<'_>) -> Held {
    if condition.is_null() {
        return Held::Yes;
    }
    let odd = || Held::Perhaps("under a condition that is not shaped as one".to_owned());
    let under = |key: &str| {
        let on = if super::is_plain(key) { format!(" on {key}") } else { String::new() };
        format!("under a condition{on}")
    };
    let Some(operators) = condition.as_object() else { return odd() };
    let mut result = Held::Yes;
    for (operator, keys) in operators {
        let Some(keys) = keys.as_object() else { return odd() };
        for (key, values) in keys {
            match holds_one(operator, key, values, question) {
                Some(true) => {}
                Some(false) => return Held::No(under(key)),
                None if matches!(result, Held::Yes) => result = Held::Perhaps(under(key)),
                None => {}
            }
        }
    }
    result
}

/// How an operator compares texts.
#[derive(Clone, Copy, PartialEq)]
enum Alike {
    /// Letter by letter.
    Exact,
    /// The same, whatever the case of letters.
    AnyCase,
    /// With `*` and `?`.
    Pattern,
}

/// How an operator compares, and whether it holds where nothing is equal.
fn operator(word: &str) -> Option<(Alike, bool)> {
    Some(match word {
        "StringEquals" => (Alike::Exact, false),
        "StringNotEquals" => (Alike::Exact, true),
        "StringEqualsIgnoreCase" => (Alike::AnyCase, false),
        "StringNotEqualsIgnoreCase" => (Alike::AnyCase, true),
        "StringLike" | "ArnEquals" | "ArnLike" => (Alike::Pattern, false),
        "StringNotLike" | "ArnNotEquals" | "ArnNotLike" => (Alike::Pattern, true),
        _ => return None,
    })
}

/// `None` where the view does not settle it.
fn holds_one(word: &str, key: &str, values: &Value, question: Question<'_>) -> Option<bool> {
    let key = key.to_ascii_lowercase();
    let word = word.rsplit(':').next().unwrap_or(word);
    // Who is in no organization has no such key, which `IfExists` then lets pass.
    let (bare, if_exists) = word.strip_suffix("IfExists").map_or((word, false), |bare| (bare, true));
    let (alike, is_negated) = operator(bare)?;
    let equal = match key.as_str() {
        "aws:sourcevpc" => has(values, &question.vpc.id, alike)?,
        "aws:sourcevpce" => has(values, question.endpoint, alike)?,
        own if question.is_for_layers() && OWN.contains(&own) && is_own(values, question) => false,
        _ => return None,
    };
    let sure = equal != is_negated;
    (sure || !if_exists || !key.contains("org")).then_some(sure)
}

/// Whether one of the values is this text; none where one is no text, or has variables in it.
fn has(values: &Value, text: &str, alike: Alike) -> Option<bool> {
    let one = std::slice::from_ref(values);
    let mut found = false;
    for value in values.as_array().map_or(one, Vec::as_slice) {
        let value = value.as_str().filter(|value| !value.contains("${"))?;
        found |= match alike {
            Alike::Exact => value == text,
            Alike::AnyCase => value.eq_ignore_ascii_case(text),
            Alike::Pattern => super::pattern::is_like(value.as_bytes(), text.as_bytes(), false),
        };
    }
    Some(found)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_operators_that_say_like_know_wildcards() {
        let table = [
            (json!("vpc-1"), "StringEquals", Some(true)),
            (json!("vpc-*"), "StringEquals", Some(false)),
            (json!("vpc-*"), "StringLike", Some(true)),
            (json!("vpc-?"), "StringNotEquals", Some(false)),
            (json!("VPC-1"), "StringEquals", Some(false)),
            (json!("VPC-1"), "StringEqualsIgnoreCase", Some(true)),
            (json!(["vpc-2", "vpc-1"]), "StringEquals", Some(true)),
            (json!("${aws:PrincipalTag/vpc}"), "StringEquals", None),
            (json!(5), "StringEquals", None),
            (json!([{}]), "StringLike", None),
        ];
        for (values, word, expected) in table {
            let (alike, _) = operator(word).unwrap();
            assert_eq!(has(&values, "vpc-1", alike), expected, "{word} {values}");
        }
        assert!(operator("NumericEquals").is_none());
    }
}
