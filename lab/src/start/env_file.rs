//! Variables in a file: a line `NAME=VALUE` for each, where `\n` in a value is a new line and `\\` a backslash.

use std::collections::BTreeMap;
use std::path::Path;

/// Reads a file of variables; empty lines and those that begin with `#` say nothing.
pub fn read(file: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("read {}: {e}", file.display()))?;
    parse(&text).map_err(|(line, wrong)| format!("{} line {line}: {wrong}", file.display()))
}

/// The variables, or the number of the first line that is none and what is wrong with it. Values are not quoted in
/// errors: some are secrets.
fn parse(text: &str) -> Result<BTreeMap<String, String>, (usize, String)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(number, line)| variable(line).map_err(|wrong| (number + 1, wrong))).collect()
}

fn variable(line: &str) -> Result<(String, String), String> {
    let (name, value) = line.split_once('=').ok_or("no NAME=VALUE, the `=` is missing")?;
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(letters) {
        return Err(format!("`{}` is no name of a variable", name.escape_debug()));
    }
    if value.contains('\0') {
        return Err(format!("the value of {name} holds a NUL, which no variable can"));
    }
    unescape(value).map(|value| (name.to_owned(), value)).map_err(|wrong| format!("the value of {name} {wrong}"))
}

fn unescape(value: &str) -> Result<String, String> {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => text.push('\n'),
            Some('\\') => text.push('\\'),
            Some(other) => return Err(format!("has `\\{}`: write `\\\\` for a backslash", other.escape_debug())),
            None => return Err("ends in a single backslash: write `\\\\` for one".to_owned()),
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_variable() {
        let table = [
            ("A=b", vec![("A", "b")]),
            ("# no word\n\nA=1\nB=\n", vec![("A", "1"), ("B", "")]),
            ("A=b=c \"d\" #e", vec![("A", "b=c \"d\" #e")]),
            (r"A=one\ntwo\\n", vec![("A", "one\ntwo\\n")]),
            ("A=1\nA=2", vec![("A", "2")]),
            ("A_1=x\r\n", vec![("A_1", "x")]),
        ];
        for (text, expected) in table {
            let expected = expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(parse(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn a_line_that_is_none_is_told_by_its_number() {
        let table = [
            ("A=1\nB", 2, "the `=` is missing"),
            ("=1", 1, "`` is no name"),
            ("export A=1", 1, "`export A` is no name"),
            ("1A=2", 1, "`1A` is no name"),
            (r"A=\t", 1, r"has `\t`: write `\\`"),
            ("A=1\n\nB=2\\", 3, "the value of B ends in a single backslash"),
            ("A=\0", 1, "holds a NUL"),
        ];
        for (text, line, words) in table {
            let (number, wrong) = parse(text).unwrap_err();
            assert!(number == line && wrong.contains(words), "{text:?}: line {number}: {wrong}");
        }
    }
}
