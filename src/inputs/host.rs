//! Host names, addresses and ports.

use std::net::{IpAddr, Ipv6Addr};

/// Take `HOST[:PORT]` apart; an IPv6 address stands in brackets and loses them.
pub(super) fn host_and_port(text: &str) -> Result<(String, Option<u16>), String> {
    if let Some(rest) = text.strip_prefix('[') {
        let (inside, behind) = rest.split_once(']').ok_or("the bracket around the IPv6 address is not closed")?;
        let address: Ipv6Addr = inside.parse().map_err(|_| "no IPv6 address stands between the brackets")?;
        return Ok((usable(IpAddr::V6(address))?, behind_bracket(behind)?));
    }
    match text.split_once(':') {
        Some((_, rest)) if rest.contains(':') => {
            Err("an IPv6 address is written in brackets, as [2001:db8::1]:443".into())
        }
        Some((name, digits)) => Ok((host(name)?, Some(port(digits)?))),
        None => Ok((host(text)?, None)),
    }
}

fn behind_bracket(text: &str) -> Result<Option<u16>, String> {
    match text.strip_prefix(':') {
        Some(digits) => port(digits).map(Some),
        None if text.is_empty() => Ok(None),
        None => Err("only a port may follow the bracket, as [2001:db8::1]:443".into()),
    }
}

fn port(digits: &str) -> Result<u16, String> {
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    number.filter(|port| *port > 0).ok_or_else(|| "the port is not a number from 1 to 65535".into())
}

/// A host name of somebody else's making in lower case without its final dot, where it is a sound one.
pub fn host_name(text: &str) -> Option<String> {
    host(text.trim()).ok().filter(|name| name.parse::<IpAddr>().is_err())
}

/// A host name in lower case without its final dot, or an IPv4 address.
pub(super) fn host(text: &str) -> Result<String, String> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if let Ok(address) = name.parse::<IpAddr>() {
        return usable(address);
    }
    match what_is_wrong(&name) {
        Some(reason) => Err(reason.into()),
        None => Ok(name),
    }
}

fn what_is_wrong(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("the host is missing")
    } else if !name.is_ascii() {
        Some("an international host name is written in its ASCII form, xn--…")
    } else if name.len() > 253 {
        Some("a host name has at most 253 characters")
    } else if !name.split('.').all(is_label) {
        Some("not a host name: labels of 1 to 63 letters, digits and hyphens between dots")
    } else if ends_in_a_number(name) {
        Some("not an IPv4 address such as 10.0.1.7")
    } else {
        None
    }
}

/// An underscore is no part of a host name, and yet names in private zones have it.
fn is_label(label: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=63).contains(&label.len()) && label.bytes().all(allowed) && !label.starts_with('-') && !label.ends_with('-')
}

fn ends_in_a_number(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()))
}

fn usable(address: IpAddr) -> Result<String, String> {
    if address.is_unspecified() || address.is_multicast() {
        return Err("nothing can be reached at this address".into());
    }
    Ok(address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_its_port_are_told_apart() {
        let table = [
            ("Example.COM.", Some(("example.com", None))),
            ("example.com:8443", Some(("example.com", Some(8443)))),
            ("10.0.1.7", Some(("10.0.1.7", None))),
            ("[2001:DB8::1]:443", Some(("2001:db8::1", Some(443)))),
            ("[::1]", Some(("::1", None))),
            ("db_1.internal", Some(("db_1.internal", None))),
            ("localhost", Some(("localhost", None))),
            ("", None),
            (".", None),
            ("..", None),
            ("a..b", None),
            ("-a.example", None),
            ("a b", None),
            ("münchen.example", None),
            ("10.0.0.256", None),
            ("1", None),
            ("0.0.0.0", None),
            ("[::]", None),
            ("224.0.0.1", None),
            ("::1", None),
            ("[::1", None),
            ("[::1]443", None),
            ("[example.com]", None),
            ("[fe80::1%eth0]:443", None),
            ("example.com:", None),
            ("example.com:0", None),
            ("example.com:65536", None),
            ("example.com:+443", None),
            (":443", None),
        ];
        for (text, expected) in table {
            let seen = host_and_port(text).ok();
            assert_eq!(seen, expected.map(|(host, port)| (host.to_owned(), port)), "{text}");
        }
        assert!(host(&"a".repeat(64)).is_err());
        assert!(host(&"a.".repeat(126)).is_ok());
        assert!(host(&format!("{}com", "a.".repeat(126))).is_err());
    }
}
