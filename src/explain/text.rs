//! A pasted text in the forms in which it is searched: escapes resolved, quotes made plain, lines joined.

/// A pasted text.
pub(super) struct Text {
    /// On one line: line breaks and runs of space are one space.
    pub(super) plain: String,
    /// The same with line breaks taken out, for words that a console broke.
    pub(super) joined: String,
    /// In small letters and without any space.
    dense: String,
}

/// The shortest piece of a fragment at the end of a cut text that counts for the whole.
const LEAST_PIECE: usize = 14;

impl Text {
    /// Take a text as it was pasted; of a task's whole description only the reasons.
    pub(super) fn new(pasted: &str) -> Self {
        let resolved = resolve(pasted);
        let resolved = reasons(&resolved).unwrap_or(resolved);
        let plain = resolved.split_whitespace().collect::<Vec<_>>().join(" ");
        let joined = resolved.lines().map(str::trim).collect::<String>();
        let dense = plain.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).collect();
        Self { plain, joined, dense }
    }

    /// The text with all that stands around its reasons.
    pub(super) fn whole(pasted: &str) -> Self {
        let resolved = resolve(pasted);
        let plain = resolved.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { joined: resolved.lines().map(str::trim).collect(), dense: String::new(), plain }
    }

    /// Whether a fragment stands in it, whatever the case and the space.
    pub(super) fn has(&self, fragment: &str) -> bool {
        self.dense.contains(&dense(fragment))
    }

    /// Whether one of these fragments stands in it.
    pub(super) fn has_any(&self, fragments: &[&str]) -> bool {
        fragments.iter().any(|fragment| self.has(fragment))
    }

    /// Whether it breaks off within a fragment.
    pub(super) fn ends_within(&self, fragment: &str) -> bool {
        let fragment = dense(fragment);
        let end = self.dense.trim_end_matches(['.', '…', '"', '\'', '`']);
        (LEAST_PIECE..fragment.len())
            .filter(|cut| fragment.is_char_boundary(*cut))
            .any(|cut| end.ends_with(&fragment[..cut]))
    }

    /// Whether a word stands in it by itself, in exactly these letters.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.plain.split(|c: char| !c.is_ascii_alphanumeric()).any(|found| found == word)
    }

    /// What stands behind the first of these words, in small letters and without space.
    pub(super) fn behind(&self, fragment: &str) -> Option<&str> {
        let fragment = dense(fragment);
        self.dense.find(&fragment).map(|at| &self.dense[at + fragment.len()..])
    }

    /// A row of a table: the first whose fragments all stand in the text, or within whose last the text breaks off.
    pub(super) fn first<'t, T>(&self, table: &'t [(&[&str], T)]) -> Option<&'t T> {
        let fits = |fragments: &[&str]| {
            fragments.split_last().is_some_and(|(last, rest)| {
                rest.iter().all(|fragment| self.has(fragment)) && (self.has(last) || self.ends_within(last))
            })
        };
        table.iter().find(|(fragments, _)| fits(fragments)).map(|(_, row)| row)
    }
}

fn dense(fragment: &str) -> String {
    fragment.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_lowercase()).collect()
}

/// Resolve JSON's escapes, however often they were escaped themselves, and the signs that consoles and pages put in.
fn resolve(pasted: &str) -> String {
    let mut out = String::with_capacity(pasted.len());
    let mut rest = pasted;
    while let Some(at) = rest.find(['\\', '&']) {
        plain_signs(&rest[..at], &mut out);
        let (c, length) = escape(&rest[at..]);
        out.push(c);
        rest = &rest[at + length..];
    }
    plain_signs(rest, &mut out);
    out
}

/// What an escape stands for, and how long it is.
fn escape(text: &str) -> (char, usize) {
    const ENTITIES: &[(&str, char)] = &[
        ("&quot;", '"'),
        ("&#34;", '"'),
        ("&#39;", '\''),
        ("&apos;", '\''),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
    ];
    if text.starts_with('&') {
        let known = ENTITIES.iter().find(|(entity, _)| text.starts_with(entity));
        return known.map_or(('&', 1), |(entity, c)| (*c, entity.len()));
    }
    let behind = text.trim_start_matches('\\');
    let slashes = text.len() - behind.len();
    match behind.chars().next() {
        Some(c @ ('"' | '\'' | '/')) => (c, slashes + 1),
        Some('n' | 'r') => ('\n', slashes + 1),
        Some('t') => (' ', slashes + 1),
        Some('u') => {
            match behind.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32) {
                Some(c) => (c, slashes + 5),
                None => ('\\', slashes),
            }
        }
        Some(_) | None => ('\\', slashes),
    }
}

/// Typographic quotes and spaces are what somebody's editor made of plain ones.
fn plain_signs(text: &str, out: &mut String) {
    out.extend(text.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')).map(
        |c| match c {
            '‘' | '’' | '‚' | '′' => '\'',
            '“' | '”' | '„' | '″' => '"',
            '\u{a0}' | '\u{202f}' | '\u{2007}' => ' ',
            other => other,
        },
    ));
}

/// No task has more containers, and no reason is longer.
const MOST_REASONS: usize = 16;
const LONGEST_REASON: usize = 8_192;

/// So many bytes, or a few less.
fn begin(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

/// The reasons in a task's description: of anything else there nothing is to be read as a cause.
fn reasons(text: &str) -> Option<String> {
    let mut found = Vec::new();
    for key in ["\"stoppedReason\"", "\"reason\""] {
        for (at, _) in text.match_indices(key).take(MOST_REASONS) {
            let behind =
                begin(&text[at + key.len()..], LONGEST_REASON).trim_start().strip_prefix(':').map(str::trim_start);
            let Some(behind) = behind.and_then(|value| value.strip_prefix('"')) else { continue };
            // The quotes inside were resolved with the rest: a value ends where its line or the next key begins.
            let end = ["\",", "\"}", "\"\n", "\"\r", "\" }"].iter().filter_map(|end| behind.find(end)).min();
            found.push(behind[..end.unwrap_or(behind.len())].trim_end_matches('"').to_owned());
        }
    }
    (!found.is_empty()).then(|| found.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_quotes_and_breaks_are_resolved() {
        let table = [
            (r#"Post \"https://a/\": x"#, r#"Post "https://a/": x"#),
            (r#"Post \\\"a\\\" \\n b"#, r#"Post "a" b"#),
            ("can’t pull ‘a’ from\n  b", "can't pull 'a' from b"),
            (r"a\u0026b \u003cc", "a&b <c"),
            ("&quot;a&quot; &amp; b &c", "\"a\" & b &c"),
            (r"C:\dir \", r"C:\dir \"),
            (r"\uzzzz \u12", r"\uzzzz \u12"),
        ];
        for (pasted, expected) in table {
            assert_eq!(Text::new(pasted).plain, expected, "{pasted}");
        }
    }

    #[test]
    fn a_fragment_is_known_whatever_its_space_and_where_it_is_cut() {
        let text = Text::new("dial tcp 10.0.1.7:443: i/o time\nout. There is a connec");
        assert!(text.has("I/O timeout") && !text.has("connection issue"));
        assert!(text.ends_within("There is a connection issue") && !text.ends_within("connection issue"));
        assert_eq!(text.joined, "dial tcp 10.0.1.7:443: i/o timeout. There is a connec");
    }

    #[test]
    fn of_a_tasks_description_only_the_reasons_count() {
        let task = r#"{"stoppedReason": "Essential container in task exited", "logDriver": "awslogs",
            "containers": [{"reason": "CannotPullContainerError: Head \"https://x/\": EOF", "name": "a"}]}"#;
        assert_eq!(
            Text::new(task).plain,
            "Essential container in task exited CannotPullContainerError: Head \"https://x/\": EOF"
        );
    }
}
