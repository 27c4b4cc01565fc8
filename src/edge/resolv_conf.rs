//! The configured resolvers.

use std::io::Read as _;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::path::Path;

/// As glibc and Go: more are never asked.
const MAX_NAMESERVERS: usize = 3;
const MAX_BYTES: u64 = 1 << 20;

/// Read the file: the resolvers in order, or why there are none.
pub(super) fn read(path: &Path) -> Result<Vec<SocketAddr>, String> {
    let shown = path.display();
    // Opening a pipe would wait for whoever writes to it.
    let is_file = std::fs::metadata(path).map_err(|error| format!("read {shown}: {error}"))?.is_file();
    if !is_file {
        return Err(format!("read {shown}: it is no regular file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
        .map_err(|error| format!("read {shown}: {error}"))?;
    // A comment may be in any encoding.
    let nameservers = parse(&String::from_utf8_lossy(&bytes));
    if nameservers.is_empty() { Err(format!("read {shown}: it names no resolver")) } else { Ok(nameservers) }
}

fn parse(text: &str) -> Vec<SocketAddr> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some("nameserver")).then(|| words.next()).flatten().and_then(address)
        })
        .take(MAX_NAMESERVERS)
        .collect()
}

fn address(word: &str) -> Option<SocketAddr> {
    if let Some((ip, scope)) = word.split_once('%') {
        return Some(SocketAddrV6::new(ip.parse().ok()?, 53, 0, scope.parse().ok()?).into());
    }
    Some(SocketAddr::new(word.parse::<IpAddr>().ok()?, 53))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nameservers_are_read_in_order_and_the_rest_is_left() {
        let text = "# by hand\nsearch ec2.internal\nnameserver 10.0.0.2\n nameserver\t169.254.169.253 # vpc\n\
                    nameserver fd00:ec2::253\nnameserver 10.0.0.9\noptions ndots:5\n";
        let expected = ["10.0.0.2:53", "169.254.169.253:53", "[fd00:ec2::253]:53"];
        assert_eq!(parse(text), expected.map(|address| address.parse().unwrap()));
    }

    #[test]
    fn a_line_that_is_none_is_passed_over() {
        for text in ["", "nameserver", "nameserver dns.corp", "nameservers 10.0.0.2", ";nameserver 10.0.0.2"] {
            assert_eq!(parse(text), [], "{text}");
        }
        assert_eq!(parse("nameserver fe80::1%3"), [SocketAddrV6::new("fe80::1".parse().unwrap(), 53, 0, 3).into()]);
    }

    #[test]
    fn a_missing_file_says_what_and_why() {
        let why = read(Path::new("/nonexistent/resolv.conf")).unwrap_err();
        assert!(why.starts_with("read /nonexistent/resolv.conf: "), "{why}");
    }
}
