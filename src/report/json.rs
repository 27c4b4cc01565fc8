//! The whole report as one document.

use serde::Serialize;

use super::Report;
use crate::json;

/// Render the document, indented, with a line feed at its end.
pub fn render(report: &Report) -> String {
    document(report)
}

/// A document, indented, with a line feed at its end.
pub(crate) fn document(value: &impl Serialize) -> String {
    let mut out = json::indented(&line(value));
    out.push('\n');
    out
}

/// Render the document on one line: shorter by what people need to read it.
pub fn compact(report: &Report) -> String {
    line(report)
}

/// One value on one line, without the line feed.
pub(super) fn line(value: &impl Serialize) -> String {
    guard(json::line(value))
}

/// JSON escapes control characters below U+0020 only. The others, and what turns the direction of writing, are
/// escaped as well: they stand in strings only, and a terminal obeys them.
fn guard(json: String) -> String {
    if !json.chars().any(is_hidden) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hidden(c) {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether this is a character that steers a terminal, beyond those that JSON escapes, and the line feeds between.
fn is_hidden(c: char) -> bool {
    c != '\n' && super::is_steering(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_read_back() {
        let nasty = "a\u{1b}[31m\u{9b}31m\u{7f}\u{202e}\u{e0041}b";
        let written = line(&nasty);
        assert_eq!(written, r#""a\u001b[31m\u009b31m\u007f\u202e\udb40\udc41b""#);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), nasty);
    }
}
