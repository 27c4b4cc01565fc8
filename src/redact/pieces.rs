//! What a word says by its shape alone: accounts, ids, digests, an address written with hyphens.

use std::net::Ipv4Addr;
use std::ops::Range;

use super::Kind;

/// A part of a word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Piece {
    /// Something that is known by its shape.
    Shaped(Kind),
    /// `10-0-1-7`
    Address(Ipv4Addr),
    /// A word.
    Plain,
}

/// What stands before the digits of AWS's ids.
const PREFIXES: &[&str] = &[
    "acl", "aclassoc", "ami", "cgw", "dopt", "dxgw", "eigw", "eipalloc", "eipassoc", "eni", "fs", "fsap", "i", "igw",
    "lgw", "nat", "pcx", "pl", "rtb", "rtbassoc", "sg", "sgr", "snap", "subnet", "svc", "tgw", "vgw", "vol", "vpc",
    "vpce", "vpn", "attach", "rslvr", "rr", "in", "out", "frg", "fdl", "rfrg", "ebs",
];

/// Take a word apart at its hyphens and underscores.
pub(super) fn pieces(word: &str, found: &mut dyn FnMut(Range<usize>, Piece)) {
    let mut ends: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for part in word.split(['-', '_']) {
        ends.push(from..from + part.len());
        from += part.len() + 1;
    }
    let mut at = 0;
    while let Some(first) = ends.get(at) {
        let (piece, count) = piece(word, &ends[at..]);
        let last = ends.get(at + count - 1).unwrap_or(first);
        found(first.start..last.end, piece);
        at += count;
        // The endpoint's name goes on with eight letters and digits of its own.
        let is_endpoint = matches!(piece, Piece::Shaped(Kind::Id("vpce", _)));
        if is_endpoint && ends.get(at).is_some_and(|next| is_hex(&word[next.clone()], 8..=8)) {
            found(ends[at].clone(), Piece::Shaped(Kind::Hex(8)));
            at += 1;
        }
    }
}

/// What a word begins with, and how many parts that is.
fn piece(word: &str, parts: &[Range<usize>]) -> (Piece, usize) {
    let part = |index: usize| parts.get(index).map_or("", |range| &word[range.clone()]);
    let lengths = [8, 4, 4, 4, 12];
    if lengths.iter().enumerate().all(|(index, length)| is_hex(part(index), *length..=*length)) {
        return (Piece::Shaped(Kind::Uuid), lengths.len());
    }
    if let Some(prefix) = PREFIXES.iter().find(|prefix| **prefix == part(0)).filter(|_| is_hex(part(1), 8..=40)) {
        return (Piece::Shaped(Kind::Id(prefix, part(1).len())), 2);
    }
    let octet = |index| Some(part(index)).filter(|text| text.len() <= 3)?.parse::<u8>().ok();
    if let (Some(a), Some(b), Some(c), Some(d)) = (octet(0), octet(1), octet(2), octet(3)) {
        return (Piece::Address(Ipv4Addr::new(a, b, c, d)), 4);
    }
    (single(part(0)), 1)
}

fn single(part: &str) -> Piece {
    if part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit()) {
        Piece::Shaped(Kind::Account)
    } else if matches!(part.len(), 32 | 40 | 64) && is_hex(part, 1..=64) {
        Piece::Shaped(Kind::Hex(part.len()))
    } else if is_code(part) {
        Piece::Shaped(Kind::Word("id"))
    } else {
        Piece::Plain
    }
}

fn is_hex(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Capitals and digits without end: hosted zones, roles' unique ids, S3's request ids.
fn is_code(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    text.len() >= 13 && digits + capitals == text.len() && digits >= 2 && capitals >= 2 && !text.starts_with("X25519")
}

/// Whether a word is known by its shape from end to end, or begins as names that AWS makes of ids and addresses do.
pub(super) fn says_itself(word: &str) -> bool {
    let mut is_whole = false;
    pieces(word, &mut |range, piece| {
        is_whole |= piece != Piece::Plain && range == (0..word.len());
        is_whole |= matches!(piece, Piece::Shaped(Kind::Id("vpce", _))) && range.start == 0;
        is_whole |= matches!(piece, Piece::Address(_)) && matches!(&word[..range.start], "ip-" | "ec2-");
    });
    is_whole
}

impl Kind {
    /// The alias of so many.
    pub(super) fn alias(self, count: u64) -> String {
        match self {
            Self::Word(prefix) => format!("{prefix}-{count}"),
            Self::Account => format!("{:012}", 111_122_220_000 + count),
            Self::Uuid => format!("00000000-0000-0000-0000-{count:012x}"),
            Self::Hex(length) => format!("{count:0length$x}"),
            Self::Id(prefix, length) => format!("{prefix}-{count:0length$x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_known_wherever_they_stand_in_a_word() {
        use Piece::{Address, Plain, Shaped};
        let own = Ipv4Addr::new(10, 0, 1, 7);
        let table: &[(&str, &[(&str, Piece)])] = &[
            ("123456789012", &[("123456789012", Shaped(Kind::Account))]),
            ("1234567890123", &[("1234567890123", Plain)]),
            ("a-123456789012_b", &[("a", Plain), ("123456789012", Shaped(Kind::Account)), ("b", Plain)]),
            ("21605cca-401b-485f-8423-de5e6c84b13c", &[("21605cca-401b-485f-8423-de5e6c84b13c", Shaped(Kind::Uuid))]),
            (
                "vpce-0123456789abcdef0-a1b2c3d4-eu-west-1a",
                &[
                    ("vpce-0123456789abcdef0", Shaped(Kind::Id("vpce", 17))),
                    ("a1b2c3d4", Shaped(Kind::Hex(8))),
                    ("eu", Plain),
                    ("west", Plain),
                    ("1a", Plain),
                ],
            ),
            ("ip-10-0-1-7", &[("ip", Plain), ("10-0-1-7", Address(own))]),
            ("10-0-1", &[("10", Plain), ("0", Plain), ("1", Plain)]),
            ("pl-bc39f7cd", &[("pl-bc39f7cd", Shaped(Kind::Id("pl", 8)))]),
            ("app-bc39f7cd", &[("app", Plain), ("bc39f7cd", Plain)]),
            ("DA43AD167FE952B8", &[("DA43AD167FE952B8", Shaped(Kind::Word("id")))]),
            ("X25519MLKEM768", &[("X25519MLKEM768", Plain)]),
            ("a", &[("a", Plain)]),
        ];
        for (word, expected) in table {
            let mut seen = Vec::new();
            pieces(word, &mut |range, piece| seen.push((&word[range], piece)));
            assert_eq!(seen, *expected, "{word}");
        }
    }
}
