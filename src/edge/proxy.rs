//! Proxy variables: named, their passwords cut before anything else sees them, never used.

use super::Environment;
use crate::inputs::ProxyVariable;

const NAMES: &[&str] =
    &["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];
const MAX_VALUE: usize = 200;

/// The proxy variables that are set.
pub(super) fn variables(environment: &impl Environment) -> Vec<ProxyVariable> {
    let set: Vec<ProxyVariable> = NAMES
        .iter()
        .filter_map(|name| {
            let value = environment.get(name)?;
            let value = if name.eq_ignore_ascii_case("no_proxy") { exceptions(&value) } else { without_user(&value) };
            Some(ProxyVariable { name: (*name).to_owned(), value })
        })
        .collect();
    // A list of exceptions alone sets no proxy.
    if set.iter().all(|variable| variable.name.eq_ignore_ascii_case("no_proxy")) { Vec::new() } else { set }
}

/// Each exception by itself; an address with a user in it is none.
fn exceptions(value: &str) -> String {
    let items: Vec<String> = value.split([',', ' ']).filter(|item| !item.is_empty()).map(without_user).collect();
    plain(&items.join(","))
}

/// Scheme, host and port. What stands before the last `@` may be a password with any character in it, and so may
/// anything that is neither a scheme of proxies nor a port.
fn without_user(value: &str) -> String {
    const SCHEMES: &[&str] = &["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    const NO_ADDRESS: &str = "(not an address)";
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) if SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) => {
            (format!("{scheme}://"), rest)
        }
        Some(_) => return NO_ADDRESS.to_owned(),
        None => (String::new(), value),
    };
    let address = rest.rsplit('@').next().unwrap_or_default();
    let (host_and_port, is_cut) = match address.split_once(['?', '#']) {
        Some((before, _)) => (before, true),
        None => (address, false),
    };
    // An exception may be a range, `10.0.0.0/8`; behind a proxy's address a slash begins a path.
    let (host_and_port, range) = match host_and_port.split_once('/') {
        Some((host, bits)) if !is_cut && bits.parse::<u8>().is_ok() => (host, format!("/{bits}")),
        Some((host, _)) => (host, String::new()),
        None => (host_and_port, String::new()),
    };
    if is_host_and_port(host_and_port) {
        plain(&format!("{scheme}{host_and_port}{range}"))
    } else {
        NO_ADDRESS.to_owned()
    }
}

fn is_host_and_port(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '*');
    if text.starts_with('[') || text.parse::<std::net::Ipv6Addr>().is_ok() {
        return text.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.' | '[' | ']'));
    }
    match text.split_once(':') {
        Some((host, port)) => host.chars().all(is_plain) && port.parse::<u16>().is_ok(),
        None => text.chars().all(is_plain),
    }
}

fn plain(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).take(MAX_VALUE).collect()
}

#[cfg(test)]
mod tests {
    use super::super::environment::Map;
    use super::*;

    #[test]
    fn a_password_is_cut_whatever_it_holds() {
        let table = [
            ("http://proxy.corp:3128", "http://proxy.corp:3128"),
            ("http://user:pass@proxy.corp:3128/", "http://proxy.corp:3128"),
            ("http://user:p@ss@proxy.corp:3128", "http://proxy.corp:3128"),
            ("http://user:p/a?s#s@proxy.corp:3128", "http://proxy.corp:3128"),
            ("user:pass@proxy.corp:3128", "proxy.corp:3128"),
            ("user:pass@", ""),
            ("pass://word@proxy", "(not an address)"),
            ("s e c://proxy", "(not an address)"),
            ("user:secret", "(not an address)"),
            ("http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
            ("http://a b", "(not an address)"),
        ];
        for (value, expected) in table {
            assert_eq!(without_user(value), expected, "{value}");
        }
    }

    #[test]
    fn exceptions_are_hosts_and_ranges_and_nothing_else() {
        let table = [
            ("169.254.170.2,.corp.example, 10.0.0.0/8", "169.254.170.2,.corp.example,10.0.0.0/8"),
            ("http://u:secret@h,*", "http://h,*"),
            ("u:secret,fd00::1", "(not an address),fd00::1"),
        ];
        for (value, expected) in table {
            assert_eq!(exceptions(value), expected, "{value}");
        }
    }

    #[test]
    fn exceptions_alone_set_no_proxy() {
        assert_eq!(variables(&Map::new(&[("NO_PROXY", "169.254.170.2")])), []);
        assert_eq!(variables(&Map::new(&[("no_proxy", "a"), ("https_proxy", "http://p:1")])).len(), 2);
    }
}
