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
            let value = if name.eq_ignore_ascii_case("no_proxy") { plain(&value) } else { without_user(&value) };
            Some(ProxyVariable { name: (*name).to_owned(), value })
        })
        .collect();
    // A list of exceptions alone sets no proxy.
    if set.iter().all(|variable| variable.name.eq_ignore_ascii_case("no_proxy")) { Vec::new() } else { set }
}

/// Scheme, host and port. What stands before the last `@` may be a password with any character in it.
fn without_user(value: &str) -> String {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => (format!("{scheme}://"), rest),
        Some((_, rest)) => (String::new(), rest),
        None => (String::new(), value),
    };
    let address = rest.rsplit('@').next().unwrap_or_default();
    let address = address.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    if address.chars().all(is_plain) { plain(&format!("{scheme}{address}")) } else { "(not an address)".to_owned() }
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
            ("pass://word@proxy", "pass://proxy"),
            ("s e c://proxy", "proxy"),
            ("http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
            ("http://a b", "(not an address)"),
        ];
        for (value, expected) in table {
            assert_eq!(without_user(value), expected, "{value}");
        }
    }

    #[test]
    fn exceptions_alone_set_no_proxy() {
        assert_eq!(variables(&Map::new(&[("NO_PROXY", "169.254.170.2")])), []);
        assert_eq!(variables(&Map::new(&[("no_proxy", "a"), ("https_proxy", "http://p:1")])).len(), 2);
    }
}
