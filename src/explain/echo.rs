//! A pasted text, shown again: short, harmless, and without what may be a secret.

/// Enough to know the text again.
const LONGEST: usize = 500;

/// The text on one line, without secrets and without anything that a terminal obeys; of a long one the two ends, which
/// tell the most.
pub(super) fn echo(text: &str) -> String {
    let mut shown = String::new();
    let mut before = "";
    for word in text.split_whitespace() {
        let public = if is_secret_behind(before, word) { "…".to_owned() } else { without_secrets(word) };
        before = word;
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.extend(public.chars().filter(|c| is_harmless(*c)));
    }
    let count = shown.chars().count();
    if count <= LONGEST {
        return shown;
    }
    let half = LONGEST / 2;
    shown.chars().take(half).chain(" … ".chars()).chain(shown.chars().skip(count - half)).collect()
}

/// Letters, digits and signs; nothing that steers, hides or turns.
fn is_harmless(c: char) -> bool {
    c.is_alphanumeric()
        || c.is_ascii_graphic()
        || matches!(c, ' ' | '‘' | '’' | '“' | '”' | '–' | '—' | '…' | '、' | '。')
}

/// Whether a word is a secret for the word before it: `Basic QVdT…`, `token: abc1`; and not in `basic auth credentials`.
fn is_secret_behind(before: &str, word: &str) -> bool {
    let key = before.trim_matches(['"', '\'', ':', '=', ',', '{', '\\']).to_ascii_lowercase();
    let is_plain = word.trim_end_matches([':', ',', '.']).bytes().all(|b| b.is_ascii_lowercase());
    match key.as_str() {
        "basic" | "bearer" | "token" => !is_plain,
        "password" | "passwd" => true,
        key => {
            ["secretaccesskey", "_access_key", "_session_token", "sessiontoken"].iter().any(|end| key.ends_with(end))
        }
    }
}

/// One word without its query string, its user's part, and what looks like a key.
fn without_secrets(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let signed = lower.find("x-amz-").filter(|_| lower.contains('='));
    let query = word.find('?').filter(|at| *at + 1 < word.len());
    let named = KEYS.iter().filter_map(|key| lower.find(key).map(|at| at + key.len())).min();
    let cut = [signed, query.map(|at| at + 1), named].into_iter().flatten().min();
    let word = cut.map_or(word.to_owned(), |at| format!("{}…", &word[..at]));
    without_keys(&without_user(&word))
}

/// What stands directly before a secret.
const KEYS: &[&str] = &[
    "password=",
    "passwd=",
    "token=",
    "secret=",
    "secretaccesskey=",
    "access_key=",
    "signature=",
    "credential=",
    "pwd=",
];

fn without_user(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let authority = rest.find('/').map_or(rest, |at| &rest[..at]);
    match authority.rfind('@') {
        Some(at) => format!("{scheme}://…{}", &rest[at..]),
        None => word.to_owned(),
    }
}

/// Runs that look like access keys, secret keys, tokens: long, and of mixed letters and digits.
fn without_keys(word: &str) -> String {
    let parts = word.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '+' || c == '/' || c == '='));
    let cut: String = parts.map(|part| if is_key_like(part) { "…" } else { part }).collect();
    let parts = cut.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    parts.map(|part| if part.len() >= 60 && is_mixed(part) { "…" } else { part }).collect()
}

fn is_key_like(part: &str) -> bool {
    let run = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_id = run.len() >= 16
        && (run.starts_with("AKIA") || run.starts_with("ASIA"))
        && run.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    is_id || (part.len() >= 40 && is_mixed(part))
}

fn is_mixed(part: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| part.bytes().any(|b| kind(&b));
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_cut() {
        let table = [
            ("Get https://b.s3.amazonaws.com/k?X-Amz-Signature=ab: x", "Get https://b.s3.amazonaws.com/k?… x"),
            ("&X-Amz-Security-Token=IQoJ rest", "&… rest"),
            ("https://user:pw@host/x", "https://…@host/x"),
            ("key ASIAABCDEFGHIJKLMNOP, x", "key … x"),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1 x", "… x"),
            ("Authorization: Basic QVdTOnBhc3M= x", "Authorization: Basic … x"),
            ("password=hunter2 token=abc x", "password=… token=… x"),
            ("no basic auth credentials", "no basic auth credentials"),
            ("fetch anonymous token: unexpected status", "fetch anonymous token: unexpected status"),
            ("\"SecretAccessKey\": \"short\" x", "\"SecretAccessKey\": … x"),
            ("prod-ap-northeast-1-starport-layer-bucket.s3.x", "prod-ap-northeast-1-starport-layer-bucket.s3.x"),
            (
                "app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            ),
            ("a\u{1b}[31mb\u{202e}\u{7}c\n\nd", "a[31mbc d"),
            ("can’t ‘x’ 日本", "can’t ‘x’ 日本"),
        ];
        for (text, expected) in table {
            assert_eq!(echo(text), expected, "{text}");
        }
        assert_eq!(echo(&"ab ".repeat(1_000)).chars().count(), LONGEST + 3);
        assert_eq!(echo(&"a".repeat(60_000)).chars().count(), LONGEST + 3);
    }
}
