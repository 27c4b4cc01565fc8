//! What a text of the file must look like before it stands in a sentence or a command: the file is written by others.

/// The longest id, and the longest name of the DNS.
const LONGEST: usize = 255;

/// The longest reason that is repeated.
const LONGEST_LINE: usize = 200;

/// An AWS id of a kind, such as `sg-0ab…` for `sg-`.
pub(super) fn id<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(prefix)?;
    let harmless = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!rest.is_empty() && text.len() <= LONGEST && text.chars().all(harmless) && begins(text)).then_some(text)
}

/// A name of the DNS or of a service, such as `com.amazonaws.eu-west-1.ecr.api`.
pub(super) fn name(text: &str) -> Option<&str> {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (text.len() <= LONGEST && text.chars().all(harmless) && begins(text)).then_some(text)
}

/// An account's twelve digits.
pub(super) fn account(text: &str) -> Option<&str> {
    (text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

fn begins(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

/// Others' words in one line that no terminal makes anything of.
pub(super) fn line(text: &str) -> String {
    let shown = |c: char| if c.is_ascii_graphic() || c.is_alphanumeric() { c } else { ' ' };
    let words: String = text.chars().take(LONGEST_LINE).map(shown).collect();
    words.trim().to_owned()
}

/// A call of AWS's, such as `ec2:DescribeNetworkAcls`; empty where it is none.
pub(super) fn call(text: &str) -> &str {
    let word = |part: &str| name(part).is_some() && !part.contains(['.', '_']);
    if text.split_once(':').is_some_and(|(service, action)| word(service) && word(action)) { text } else { "" }
}
