//! What argv, the environment and files said, not yet believed, and how it is shown when it can't be used.

use std::fmt;

/// What argv, the environment and files said, not yet believed. An empty string counts as not given.
#[derive(Clone, Debug, Default)]
pub struct RawInputs {
    /// `--region`
    pub region: Option<String>,
    /// The variable `AWS_REGION`.
    pub aws_region: Option<String>,
    /// The variable `AWS_DEFAULT_REGION`.
    pub aws_default_region: Option<String>,
    /// `--profile`; each may hold several, a line each, as do all that can be repeated.
    pub profiles: Vec<String>,
    /// `--service`
    pub services: Vec<String>,
    /// `--image`
    pub images: Vec<String>,
    /// `--task-definition`: the file's name, none where the value is the text itself, and what it holds.
    pub task_definition: Option<NamedText>,
    /// `--log-group`
    pub log_groups: Vec<String>,
    /// `--secret`
    pub secrets: Vec<String>,
    /// `--layers`
    pub layers: Option<String>,
    /// `--read-only`
    pub read_only: Option<String>,
    /// The architecture of the machine we run on, as Rust names it.
    pub machine: Option<String>,
    /// `--endpoint`
    pub endpoints: Vec<String>,
    /// `--endpoints`: the file's name and what it holds.
    pub endpoints_list: Option<NamedText>,
    /// `--expect`
    pub expectations: Vec<String>,
    /// `--expectations`: the file's name, none where the value is the text itself, and what it holds.
    pub expectations_file: Option<NamedText>,
    /// `--no-control`: `true` or `false`, as is every flag without a value.
    pub no_control: Option<String>,
    /// `--fips`
    pub fips: Option<String>,
    /// `--dual-stack`
    pub dual_stack: Option<String>,
    /// `--vpc-cidr`
    pub vpc_cidrs: Vec<String>,
    /// `--dns-timeout`
    pub dns_timeout: Option<String>,
    /// `--connect-timeout`
    pub connect_timeout: Option<String>,
    /// `--tls-timeout`
    pub tls_timeout: Option<String>,
    /// `--http-timeout`
    pub http_timeout: Option<String>,
    /// `--deadline`
    pub deadline: Option<String>,
    /// `--slow`
    pub slow: Option<String>,
    /// `--max-pull-time`
    pub max_pull_time: Option<String>,
    /// `--strict`
    pub strict: Option<String>,
    /// `--ca-bundle`: the file's name.
    pub ca_bundle: Option<String>,
    /// `--roots`: the file's name.
    pub roots: Option<String>,
}

/// What a file holds, and its name.
#[derive(Clone, Default)]
pub struct NamedText {
    /// The file's name as it was given.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// The text stays out of it: a task definition's environment is full of secrets.
impl fmt::Debug for NamedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedText").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An input that can't be used: where it was, what it was, what was expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error(pub String);

impl Error {
    /// One sentence of a place, a value there and what is wrong with it.
    pub fn of(place: &str, value: &str, reason: &str) -> Self {
        Self(format!("{place} {}: {reason}", shown(value)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A value fit for one line of a report: 80 characters, nothing that moves a cursor, no password, no query string.
pub fn shown(value: &str) -> String {
    const LONGEST: usize = 80;
    let public = without_secrets(value.trim());
    let mut line = String::new();
    for (count, c) in public.chars().enumerate() {
        if count == LONGEST {
            line.push('…');
            break;
        }
        if is_invisible(c) {
            line.extend(c.escape_unicode());
        } else {
            line.push(c);
        }
    }
    line
}

/// Cut what stands before an `@` that is no digest's, and a query or fragment: either may be a secret.
fn without_secrets(value: &str) -> String {
    let cut = value.find(['?', '#']).map(|at| value.split_at(at));
    let value = cut.map_or(value.to_owned(), |(before, after)| format!("{before}{}…", &after[..1]));
    match value.rsplit_once('@') {
        Some((_, after)) if !after.starts_with("sha") => format!("…@{after}"),
        Some(_) | None => value,
    }
}

/// Control characters, and those that turn the direction of writing or take no room.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A value that was given, without the white space around it.
pub(super) fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

/// The values of something that can be repeated: a line each.
pub(super) fn each(values: &[String]) -> impl Iterator<Item = &str> {
    values.iter().flat_map(|value| value.lines()).filter_map(|line| given(Some(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_on_one_line_and_without_secrets() {
        let table = [
            ("10.0.0.0/33", "10.0.0.0/33"),
            (" a\tb\nc ", "a\\u{9}b\\u{a}c"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("https://user:secret@host/", "…@host/"),
            ("user:secret@host:443=private", "…@host:443=private"),
            ("https://host/key?X-Amz-Signature=abc", "https://host/key?…"),
            ("a:b@sha256:00", "a:b@sha256:00"),
            ("日本", "日本"),
        ];
        for (value, expected) in table {
            assert_eq!(shown(value), expected);
        }
        assert_eq!(shown(&"x".repeat(1_000)).chars().count(), 81);
    }
}
