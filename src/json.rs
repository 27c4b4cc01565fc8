//! JSON as text, one way in and one way out.
//!
//! Every serializer, and every source to read from, is compiled anew with every type that goes through it. So our types
//! are written in one form, compact, and read from one, text in memory; what else is needed is made of that text.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A value on one line, without a line feed.
pub fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what is written holds nothing that JSON can't say")
}

/// A value as a document: indented, with a line feed at its end.
pub fn document(value: &impl Serialize) -> String {
    let mut text = indented(&line(value));
    text.push('\n');
    text
}

/// A value as a tree.
pub fn tree(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Read bytes that should be JSON; none where they are not.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_str(std::str::from_utf8(bytes).ok()?).ok()
}

/// Why something can't be read, without the place: the text is not the one that people have.
pub fn why(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let said = error.to_string();
    said.strip_suffix(&place).unwrap_or(&said).to_owned()
}

/// Compact JSON with the line feeds and the indentation that people read.
pub fn indented(compact: &str) -> String {
    let mut out = String::with_capacity(compact.len() * 2);
    let mut depth = 0;
    let mut rest = compact;
    while let Some(at) = rest.find(['{', '[', '}', ']', ',', ':', '"']) {
        let (before, sign) = (&rest[..at], rest.as_bytes()[at]);
        out.push_str(before);
        rest = &rest[at..];
        let mut length = 1;
        match sign {
            b'"' => length = string_length(rest),
            b'{' | b'[' if rest[1..].starts_with(['}', ']']) => length = 2,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                break_line(&mut out, depth);
            }
            _ => {}
        }
        out.push_str(&rest[..length]);
        match sign {
            b':' => out.push(' '),
            b',' => break_line(&mut out, depth),
            b'{' | b'[' if length == 1 => break_line(&mut out, depth),
            _ => {}
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// How long the string is that the text begins with, with its quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let is_end = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    (0..depth).for_each(|_| out.push_str("  "));
}

#[cfg(test)]
mod tests;
