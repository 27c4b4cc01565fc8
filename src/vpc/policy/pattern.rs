//! Patterns of policies: `*` for anything, `?` for one character.

use serde_json::Value;

use crate::vpc::group::Fit;

/// The longest pattern that is evaluated: no ARN is longer.
const LONGEST: usize = 2_048;

/// Whether a text matches a pattern, or one of a list.
pub(super) fn matches(patterns: &Value, text: &str, any_case: bool) -> Fit {
    let one = std::slice::from_ref(patterns);
    let mut result = Fit::No;
    for pattern in patterns.as_array().map_or(one, Vec::as_slice) {
        let Some(pattern) = pattern.as_str() else {
            result = Fit::Perhaps("it is not shaped as a policy is".to_owned());
            continue;
        };
        if pattern.len() > LONGEST || pattern.contains("${") {
            result = Fit::Perhaps("by a pattern that has variables".to_owned());
        } else if is_like(pattern.as_bytes(), text.as_bytes(), any_case) {
            return Fit::Yes;
        }
    }
    result
}

/// One pass, going back to the last `*` only.
pub(super) fn is_like(pattern: &[u8], text: &[u8], any_case: bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        let fits =
            |wanted: u8| wanted == b'?' || wanted == text[t] || any_case && wanted.eq_ignore_ascii_case(&text[t]);
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(wanted) if fits(*wanted) => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                (p, t) = (after, from + 1);
            }
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == b'*')
}
