//! Cuts secrets out of texts that others wrote: an error may repeat what it was sent.

use std::sync::{Arc, RwLock};

/// What stands where something was cut.
const CUT: &str = "[cut]";
/// Shorter ones are words of any text; nothing that AWS or a registry hands out is.
const SHORTEST: usize = 4;
/// So much of a secret at the end of a text is the secret, cut short with the text.
const TELLING: usize = 8;
/// AWS shows what it expected a signature of, headers and tokens with it, at the end of its words.
const TAILS: &[&str] =
    &["The Canonical String for this request should have been", "The String-to-Sign should have been"];
/// The same in the elements of S3's errors.
const ELEMENTS: &[&str] = &[
    "AWSAccessKeyId",
    "CanonicalRequest",
    "CanonicalRequestBytes",
    "SignatureProvided",
    "StringToSign",
    "StringToSignBytes",
];
/// The parameters of a presigned address that let whoever has them in.
const PARAMETERS: &[&str] = &["X-Amz-Credential=", "X-Amz-Security-Token=", "X-Amz-Signature="];

/// The secrets of this process. Clones share them; nothing shows them.
#[derive(Clone, Default)]
pub struct Scrubber(Arc<RwLock<Vec<String>>>);

impl Scrubber {
    /// One that knows these.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let scrubber = Self::default();
        for secret in secrets {
            scrubber.add(secret);
        }
        scrubber
    }

    /// One more secret: a token, a password, a presigned query.
    pub fn add(&self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !known.iter().any(|other| other == secret) {
            known.push(secret.to_owned());
        }
    }

    /// The text without any of them, however they are written in it. To be called before a text is cut to a length.
    pub fn scrub(&self, text: &str) -> String {
        let text = without_tail(text);
        let text = without_elements(&text);
        let text = without_parameters(&text);
        let known = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut clean = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            if let Some(length) = known.iter().filter_map(|secret| matched(rest, secret)).max() {
                clean.push_str(CUT);
                rest = &rest[length..];
            } else {
                clean.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        clean
    }
}

/// How much of a text, from its beginning, is this secret: plain, percent-encoded, or escaped as in JSON or XML.
fn matched(text: &str, secret: &str) -> Option<usize> {
    // Most places begin no secret: that is seen without taking memory.
    let first = secret.chars().next()?;
    if !text.starts_with(first) && !text.starts_with(['%', '\\', '&', '+']) {
        return None;
    }
    // An `&` may be itself or begin an escape: every reading is followed.
    let mut reached = vec![0];
    for (count, c) in secret.chars().enumerate() {
        if count >= TELLING && reached.contains(&text.len()) {
            return Some(text.len());
        }
        let readings =
            reached.iter().flat_map(|at| written(&text[*at..], c).into_iter().flatten().map(|length| *at + length));
        let mut next: Vec<usize> = readings.collect();
        crate::order::naturally(&mut next);
        next.dedup();
        reached = next;
        if reached.is_empty() {
            return None;
        }
    }
    reached.last().copied()
}

/// How many bytes a text spends on this character at its beginning: as it is, and escaped.
fn written(text: &str, c: char) -> [Option<usize>; 2] {
    let plain = text.starts_with(c).then(|| c.len_utf8());
    let escaped = match text.as_bytes().first() {
        Some(b'%') => percent(text.as_bytes(), c),
        Some(b'\\') => backslash(text, c),
        Some(b'&') => entity(text, c),
        Some(b'+') if c == ' ' => Some(1),
        _ => None,
    };
    [plain, escaped]
}

/// `%2F`, and `%252F` as in a canonical request.
fn percent(text: &[u8], c: char) -> Option<usize> {
    let mut utf8 = [0; 4];
    let mut at = 0;
    for byte in c.encode_utf8(&mut utf8).bytes() {
        let prefix = if text[at..].starts_with(b"%25") && byte != b'%' { 3 } else { 1 };
        let digits = text.get(at..)?.strip_prefix(b"%")?.get(prefix - 1..prefix + 1)?;
        if u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()? != byte {
            return None;
        }
        at += prefix + 2;
    }
    Some(at)
}

/// `\u002f`, `\/` and the like.
fn backslash(text: &str, c: char) -> Option<usize> {
    let short = match c {
        '"' | '\\' | '/' => Some(c),
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        _ => None,
    };
    if short.is_some_and(|short| text[1..].starts_with(short)) {
        return Some(2);
    }
    let mut units = [0; 2];
    let mut at = 0;
    for unit in c.encode_utf16(&mut units) {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        if u16::from_str_radix(digits, 16).ok()? != *unit {
            return None;
        }
        at += 6;
    }
    Some(at)
}

/// `&amp;` and `&#x2F;`.
fn entity(text: &str, c: char) -> Option<usize> {
    // No entity is longer; to look further would be to read the rest for every ampersand.
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let meant = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = number
                .strip_prefix(['x', 'X'])
                .map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            number.and_then(char::from_u32)
        }
    };
    (meant == Some(c)).then_some(name.len() + 2)
}

fn without_tail(text: &str) -> String {
    match TAILS.iter().filter_map(|tail| position(text, tail)).min() {
        Some(at) => format!("{}{CUT}", &text[..at]),
        None => text.to_owned(),
    }
}

/// Where a text holds this, in whatever case.
fn position(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes().windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

fn without_elements(text: &str) -> String {
    let mut clean = text.to_owned();
    for name in ELEMENTS {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        clean = between(&clean, &open, |inside| position(inside, &close).unwrap_or(inside.len()));
    }
    clean
}

fn without_parameters(text: &str) -> String {
    let mut clean = text.to_owned();
    for name in PARAMETERS {
        clean = between(&clean, name, |value| {
            value
                .find(|c: char| c == '&' || c == '<' || c == '"' || c == '\'' || c.is_whitespace())
                .unwrap_or(value.len())
        });
    }
    clean
}

/// The text without what stands after each of these, as far as `length` says.
fn between(text: &str, after: &str, length: impl Fn(&str) -> usize) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = position(rest, after) {
        let (before, inside) = rest.split_at(at + after.len());
        clean.push_str(before);
        clean.push_str(CUT);
        rest = &inside[length(inside)..];
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_cut_however_it_is_written() {
        let scrubber = Scrubber::new(["IQo/J+b=\"&Z", "IQo/", "wJalr ü", "abc"]);
        let table = [
            ("token IQo/J+b=\"&Z.", "token [cut]."),
            (r#"{"t":"IQo/J+b=\"&Z"}"#, r#"{"t":"[cut]"}"#),
            (r#"{"t":"IQo\/J+b=\"\u0026Z"}"#, r#"{"t":"[cut]"}"#),
            ("?t=IQo%2FJ%2Bb%3D%22%26Z&x=1", "?t=[cut]&x=1"),
            ("?t=IQo%2fJ%2bb=%22%26Z", "?t=[cut]"),
            ("IQo%252FJ%252Bb%253D%2522%2526Z", "[cut]"),
            ("<T>IQo/J+b=&quot;&amp;Z</T>", "<T>[cut]</T>"),
            ("<T>IQo&#x2F;J&#43;b=&#34;&#38;Z</T>", "<T>[cut]</T>"),
            ("wJalr+%C3%BC wJalr%20ü wJalr \\u00fc", "[cut] [cut] [cut]"),
            ("IQo/IQo/x", "[cut][cut]x"),
            // What was cut short before us.
            ("the text ends in IQo/J+b=", "the text ends in [cut]"),
            ("the text ends in wJa", "the text ends in wJa"),
            ("abc is too short to be known", "abc is too short to be known"),
            ("% %2 %zz \\ \\u00 & &; &#; &#xffffffff; 日本", "% %2 %zz \\ \\u00 & &; &#; &#xffffffff; 日本"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(scrubber.scrub(text), expected, "{text}");
        }
    }

    #[test]
    fn what_aws_shows_of_a_signature_is_cut_without_knowing_it() {
        let scrubber = Scrubber::default();
        let table = [
            (
                "No match.\n\nThe Canonical String for this request should have been\n'POST\n/\ntoken:IQoJ",
                "No match.\n\n[cut]",
            ),
            ("No. The string-to-sign should have been 'AWS4", "No. [cut]"),
            (
                "<AWSAccessKeyId>AKID</AWSAccessKeyId><StringToSign>AWS4-HMAC\n</StringToSign><RequestId>1</RequestId>",
                "<AWSAccessKeyId>[cut]</AWSAccessKeyId><StringToSign>[cut]</StringToSign><RequestId>1</RequestId>",
            ),
            ("<CanonicalRequest>PUT\n/k", "<CanonicalRequest>[cut]"),
            (
                "https://b.s3/k?X-Amz-Credential=AKID%2F2026&X-Amz-Date=1&x-amz-signature=ab12 failed",
                "https://b.s3/k?X-Amz-Credential=[cut]&X-Amz-Date=1&x-amz-signature=[cut] failed",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(scrubber.scrub(text), expected, "{text}");
        }
    }

    #[test]
    fn clones_learn_of_each_other() {
        let scrubber = Scrubber::default();
        let other = scrubber.clone();
        std::thread::spawn(move || other.add("presigned")).join().unwrap();
        assert_eq!(scrubber.scrub("a presigned query"), "a [cut] query");
    }
}
