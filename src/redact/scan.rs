//! A text's words and addresses, in one pass.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::words;

/// What a place in a text holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// An address, and the prefix length where it is a range.
    Address(IpAddr, Option<u8>),
    /// Letters, digits, hyphens and underscores: a label of a host name, a part of a path.
    Word(&'t str),
}

type Found<'f, 't> = &'f mut dyn FnMut(Range<usize>, Token<'t>);

/// Take a text apart, from its beginning to its end. Hosts that are everybody's are passed over.
pub(super) fn scan<'t>(text: &'t str, found: Found<'_, 't>) {
    let mut begin = None;
    // The prefix length of a range stands beyond its run.
    let mut done = 0;
    let mut last_end = 0;
    let mut each = |range: Range<usize>, token: Token<'t>| {
        if range.start >= last_end {
            last_end = range.end;
            found(range, token);
        }
    };
    for (at, c) in text.char_indices() {
        match (begin, is_of_a_run(c)) {
            (None, true) if at >= done => begin = Some(at),
            (Some(from), false) => {
                done = run(text, from..at, &mut each);
                begin = None;
            }
            (None | Some(_), _) => {}
        }
    }
    if let Some(from) = begin {
        run(text, from..text.len(), &mut each);
    }
}

fn is_of_a_run(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':') || (!c.is_ascii() && c.is_alphanumeric())
}

/// Host names, addresses and ports without anything between; where the last of them ends.
fn run<'t>(text: &'t str, whole: Range<usize>, found: Found<'_, 't>) -> usize {
    if let Some((ip, range)) = ipv6(text, &whole) {
        let (length, end) = length(text, range.end, 128);
        found(range.start..end, Token::Address(ip.into(), length));
        return end;
    }
    let (mut from, mut end) = (whole.start, whole.end);
    for part in text[whole].split(':') {
        end = end.max(dotted(text, trimmed(from, part, '.'), found));
        from += part.len() + 1;
    }
    end
}

fn ipv6(text: &str, whole: &Range<usize>) -> Option<(Ipv6Addr, Range<usize>)> {
    let run = &text[whole.clone()];
    if run.bytes().filter(|byte| *byte == b':').count() < 2 {
        return None;
    }
    // A sentence's own colon or full stop may follow.
    let shorter = run.strip_suffix([':', '.']).unwrap_or(run);
    [run, shorter].iter().find_map(|text| Some((text.parse().ok()?, whole.start..whole.start + text.len())))
}

/// The prefix length that stands behind an address, and where the whole ends.
fn length(text: &str, end: usize, most: u8) -> (Option<u8>, usize) {
    let Some(rest) = text[end..].strip_prefix('/') else { return (None, end) };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let behind = rest[digits..].strip_prefix('.').unwrap_or(&rest[digits..]);
    let goes_on = behind.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/'));
    match rest[..digits].parse::<u8>() {
        Ok(length) if length <= most && digits <= 3 && !goes_on => (Some(length), end + 1 + digits),
        Ok(_) | Err(_) => (None, end),
    }
}

/// Labels between dots; four numbers that begin them are an address, whatever follows. Where the last of them ends.
fn dotted<'t>(text: &'t str, whole: Range<usize>, found: Found<'_, 't>) -> usize {
    let name = &text[whole.clone()];
    if name.contains('.') && words::is_everybodys(name) {
        return whole.end;
    }
    let (mut from, mut last) = (whole.start, whole.end);
    if let Some(digits) = ipv4(name) {
        let (bare, end) = (&name[..digits], from + digits);
        if let Ok(ip) = bare.parse::<Ipv4Addr>() {
            let (length, to) = if digits == name.len() { length(text, end, 32) } else { (None, end) };
            found(from..to, Token::Address(ip.into(), length));
            from = (end + 1).min(whole.end);
            last = last.max(to);
        }
    }
    for label in text[from..whole.end].split('.') {
        let range = trimmed(from, label, '-');
        if !range.is_empty() {
            found(range.clone(), Token::Word(&text[range]));
        }
        from += label.len() + 1;
    }
    last
}

/// How long the four numbers are with which a name begins.
fn ipv4(name: &str) -> Option<usize> {
    if !name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut length = 0;
    for (index, label) in name.split('.').take(4).enumerate() {
        if !(1..=3).contains(&label.len()) || !label.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        length += label.len() + usize::from(index > 0);
    }
    Some(length)
}

/// A part of the text without what surrounds it.
fn trimmed(from: usize, part: &str, around: char) -> Range<usize> {
    let begin = part.len() - part.trim_start_matches(around).len();
    let core = part.trim_matches(around);
    from + begin..from + begin + core.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        let mut seen = Vec::new();
        scan(text, &mut |range, token| {
            seen.push(match token {
                Token::Address(ip, None) => format!("<{ip}>"),
                Token::Address(ip, Some(length)) => format!("<{ip}/{length}>"),
                Token::Word(word) => word.to_owned(),
            });
            assert!(text.get(range).is_some(), "{text}");
        });
        seen
    }

    #[test]
    fn a_text_is_words_and_addresses() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("10.0.1.7:443 and 10.0.1.70.", &["<10.0.1.7>", "443", "and", "<10.0.1.70>"]),
            ("10.0.0.0/16, 10.0.0.0/33", &["<10.0.0.0/16>", "<10.0.0.0>", "33"]),
            ("10.0.1.7/10.0.1.8", &["<10.0.1.7>", "<10.0.1.8>"]),
            ("a:10.0.0.0/16:b fd00::/16.", &["a", "<10.0.0.0/16>", "b", "<fd00::/16>"]),
            ("https://10.0.1.7/2024-x", &["https", "<10.0.1.7>", "2024-x"]),
            ("[2600:1f14::7]:443", &["<2600:1f14::7>", "443"]),
            ("fd00::/8: ::1. fe80::1%eth0", &["<fd00::/8>", "<::1>", "<fe80::1>", "eth0"]),
            ("::ffff:10.0.1.7 is it", &["<::ffff:10.0.1.7>", "is", "it"]),
            ("10.0.1.7.nip.io", &["<10.0.1.7>", "nip", "io"]),
            ("1.2.3 v1.2.3.4", &["1", "2", "3", "v1", "2", "3", "4"]),
            ("10.0.1.256", &["10", "0", "1", "256"]),
            (
                "arn:aws:ecs:eu-west-1:123456789012:task/a_b/c.d",
                &["arn", "aws", "ecs", "eu-west-1", "123456789012", "task", "a_b", "c", "d"],
            ),
            ("--log-group-name 'x'…", &["log-group-name", "x"]),
            ("11:07:35 12:20:46.444Z", &["11", "07", "35", "12", "20", "46", "444Z"]),
            ("öffnen-ü.x", &["öffnen-ü", "x"]),
            ("auth.docker.io/token", &["token"]),
        ];
        for (text, expected) in table {
            assert_eq!(tokens(text), *expected, "{text}");
        }
    }
}
