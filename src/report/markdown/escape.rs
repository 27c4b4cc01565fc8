//! Text in Markdown that stays text, whatever it holds: in GitHub's, GitLab's and Jira's reading of it.
//!
//! A backslash is no help against what is looked for in the finished page, such as `@name` and `#123`: only in code is
//! nothing looked for. So every word that could mean something is set as code.

use super::super::text::wrap::{self, clean};

/// What a word may hold and still stand outside of code.
fn is_harmless(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '.' | ',' | ':' | ';' | '(' | ')' | '/' | '?' | '\'' | '"' | '-' | '+' | '%' | '…')
}

/// A text within a line.
pub(super) fn inline(text: &str) -> String {
    let mut words = Vec::new();
    let text = clean(text);
    let ticks = text.matches('`').count();
    for (index, part) in text.split('`').enumerate() {
        let is_closed = index < ticks;
        if index % 2 == 1 && is_closed && !part.trim().is_empty() {
            words.push(code(part));
        } else {
            for text in part.split_whitespace() {
                // Only what begins the text could begin a list.
                let is_number = is_item(text) && !words.is_empty();
                words.push(if is_number { text.to_owned() } else { word(text) });
            }
        }
    }
    glued(&words)
}

/// Words with a space between, but for a mark that belongs to the code before it.
fn glued(words: &[String]) -> String {
    let mut out = String::new();
    for word in words {
        let is_mark = word.starts_with([',', '.', ';', ':', ')', '?']) && out.ends_with('`');
        if !(out.is_empty() || is_mark || out.ends_with('(')) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn word(word: &str) -> String {
    let is_text = word.chars().all(is_harmless) && !is_marked(word);
    if is_text { word.to_owned() } else { around(word) }
}

/// Whether letters alone mean something here: the beginning of a list, a link, an issue.
fn is_marked(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_link =
        lower.contains("://") || lower.contains("www.") || lower.contains("mailto:") || lower.contains("xmpp:");
    let is_issue = lower.contains("gh-");
    let is_rule = !word.chars().any(char::is_alphanumeric) && word.contains(['-', '+', ':']);
    // Milestones, and on a line of their own what GitLab would do.
    let is_begun = word.trim_start_matches(['(', '"', '\'']).starts_with(['%', '/']);
    is_begun || is_item(word) || is_link || is_issue || is_rule
}

/// Whether a word is a number as lists have them.
fn is_item(word: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    word.strip_suffix(['.', ')']).is_some_and(is_number) && word.len() < 11
}

/// A word as code, with the marks around it left outside.
fn around(word: &str) -> String {
    let inside = word.trim_start_matches(['(', '"', '\'']);
    let (before, rest) = word.split_at(word.len() - inside.len());
    let inside = rest.trim_end_matches([',', '.', ';', ':', ')', '"', '\'', '?']);
    let (inside, after) = rest.split_at(inside.len());
    if inside.is_empty() { code(word) } else { format!("{before}{}{after}", code(inside)) }
}

/// A text as code within a line.
pub(super) fn code(text: &str) -> String {
    let text = clean(text);
    let text = if text.trim().is_empty() { "-" } else { text.trim() };
    let ticks = "`".repeat(longest_run(text) + 1);
    let gap = if text.contains('`') { " " } else { "" };
    format!("{ticks}{gap}{text}{gap}{ticks}")
}

/// A text within a field of a table.
pub(super) fn cell(text: &str) -> String {
    fields(&inline(text))
}

/// What is Markdown already, for a field of a table: there a bar ends the field even in code.
pub(super) fn fields(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Text in a block of its own, its fence longer than any in it.
pub(super) fn fenced(out: &mut String, kind: &str, lines: &[String]) {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    out.push_str(&format!("{fence}{kind}\n"));
    lines.iter().for_each(|line| out.push_str(&format!("{line}\n")));
    out.push_str(&format!("{fence}\n\n"));
}

/// A command to copy, in one line.
pub(super) fn command(out: &mut String, command: &str) {
    fenced(out, "sh", &wrap::command(command, usize::MAX / 2, 2));
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_mean_something_is_code() {
        let table = [
            ("plain words, 10.0.1.5:443 (us-east-1).", "plain words, 10.0.1.5:443 (us-east-1)."),
            ("ask @alice and bob@example.com", "ask `@alice` and `bob@example.com`"),
            ("#123 a/b#4 GH-12 !7 ~x &9", "`#123` `a/b#4` `GH-12` `!7` `~x` `&9`"),
            ("<img src=x> *a* _b_ [c](d) {e}", "`<img` `src=x>` `*a*` `_b_` `[c](d`) `{e}`"),
            ("(https://evil.example/x), www.a.b", "(`https://evil.example/x`), `www.a.b`"),
            ("1. - + 2) --- a-b", "`1`. `-` `+` 2) `---` a-b"),
            ("command 1, then command 2.", "command 1, then command 2."),
            ("/close %1 95% a/b", "`/close` `%1` 95% a/b"),
            ("a|b\\c", "`a|b\\c`"),
            ("run `aws x --y $Z`, then", "run `aws x --y $Z`, then"),
            ("half a ` tick", "half a tick"),
            ("a `` b", "a b"),
            ("\u{1b}[2Jx\ny", "`\\x1b[2Jx\\ny`"),
        ];
        for (text, expected) in table {
            assert_eq!(inline(text), expected, "{text:?}");
        }
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!([code("a`b``c"), code(" ")], ["``` a`b``c ```", "`-`"]);
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        let mut out = String::new();
        fenced(&mut out, "text", &["a".to_owned(), "````".to_owned()]);
        assert_eq!(out, "`````text\na\n````\n`````\n\n");
        let mut out = String::new();
        command(&mut out, "aws a \\\n  --b c\nrm -rf /");
        assert_eq!(out, "```sh\naws a --b c\\nrm -rf /\n```\n\n");
    }
}
