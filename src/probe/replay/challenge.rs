//! How a registry asks for credentials: the header `WWW-Authenticate`, whatever stands in it.

/// What a registry wants before it answers.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Challenge {
    /// User and password with every request.
    Basic,
    /// A token from another service.
    Bearer {
        /// The token service's address.
        realm: String,
        /// The name by which it knows the registry.
        service: Option<String>,
    },
    /// Something that container engines don't speak.
    Unknown,
}

/// No sound challenge is longer.
const LONGEST: usize = 8 * 1024;

/// Read the header; of several challenges a Bearer one counts before a Basic one, as container engines have it.
pub(super) fn read(header: &str) -> Challenge {
    let mut header = header;
    if header.len() > LONGEST {
        return Challenge::Unknown;
    }
    let mut basic = false;
    while let Some((scheme, parameters, rest)) = one(header) {
        header = rest;
        let parameter = |name: &str| {
            parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        if scheme.eq_ignore_ascii_case("bearer")
            && let Some(realm) = parameter("realm")
        {
            return Challenge::Bearer { realm, service: parameter("service") };
        }
        basic |= scheme.eq_ignore_ascii_case("basic");
    }
    if basic { Challenge::Basic } else { Challenge::Unknown }
}

type Parameters = Vec<(String, String)>;

/// One challenge: its scheme, its parameters, and what follows it.
fn one(text: &str) -> Option<(&str, Parameters, &str)> {
    let text = text.trim_start_matches([' ', ',', '\t']);
    if text.is_empty() {
        return None;
    }
    let end = text.find([' ', ',']).unwrap_or(text.len());
    let (scheme, mut rest) = text.split_at(end);
    let mut parameters = Parameters::new();
    while let Some((key, value, after)) = parameter(rest) {
        parameters.push((key.to_owned(), value));
        rest = after;
    }
    Some((scheme, parameters, rest))
}

/// One `key=value` or `key="value"`, and what follows it.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let text = text.trim_start_matches([' ', ',', '\t']);
    let (key, rest) = text.split_once('=')?;
    let is_token = |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !is_token(key.trim_end()) {
        return None;
    }
    let (value, after) = if let Some(quoted) = rest.trim_start().strip_prefix('"') {
        unquoted(quoted)?
    } else {
        let end = rest.find([',', ' ']).unwrap_or(rest.len());
        (rest[..end].to_owned(), &rest[end..])
    };
    Some((key.trim_end(), value, after))
}

/// A quoted value and what follows it; none where the quote has no end.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>) -> Challenge {
        Challenge::Bearer { realm: realm.to_owned(), service: service.map(str::to_owned) }
    }

    #[test]
    fn a_challenge_is_read_however_it_is_written() {
        let table = [
            (r#"Basic realm="https://h/",service="ecr.amazonaws.com""#, Challenge::Basic),
            ("basic", Challenge::Basic),
            (r#"Bearer realm="https://auth/token",service="s""#, bearer("https://auth/token", Some("s"))),
            (r#"bearer Realm=https://auth/token , error="x""#, bearer("https://auth/token", None)),
            (r#"Basic realm="a, Bearer realm=b", Bearer realm="https://c""#, bearer("https://c", None)),
            (r#"Negotiate, Basic realm="x""#, Challenge::Basic),
            (r#"Bearer realm="a\"b""#, bearer("a\"b", None)),
            (r#"Bearer realm="without end"#, Challenge::Unknown),
            ("Bearer", Challenge::Unknown),
            ("Digest realm=\"x\"", Challenge::Unknown),
            ("", Challenge::Unknown),
            (",,, ,", Challenge::Unknown),
            ("=\"=\",=", Challenge::Unknown),
        ];
        for (header, expected) in table {
            assert_eq!(read(header), expected, "{header}");
        }
        assert_eq!(read(&"Basic ".repeat(10_000)), Challenge::Unknown);
    }

    #[test]
    fn no_header_stops_the_reader() {
        for header in
            ["\"", "a=\"\\", "Bearer realm=\"é\u{1F600}\", x", "Bearer , , realm", "x=,y=,z=", "\u{fffd}=\u{fffd}"]
        {
            read(header);
            read(&header.repeat(200));
        }
    }
}
