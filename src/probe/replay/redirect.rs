//! Where an answer leads: what may be followed, and what is written down of it.

use reqwest::Url;

use crate::net::Reply;
use crate::observation::Held;

/// Redirects that container engines follow.
const MOST_HOPS: u8 = 10;
/// No sound address is longer.
const LONGEST: usize = 16 * 1024;

/// Where to go on.
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    /// Path and query: a presigned one is a secret.
    pub(super) target: String,
    url: Url,
}

/// Whether a status sends elsewhere.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

impl Target {
    /// Where the answer leads that came at this hop.
    pub(super) fn next(reply: &Reply, from: &Url, hop: u8) -> Result<Self, String> {
        let target = Self::of(reply, from)?;
        if hop > MOST_HOPS {
            return Err(format!("it is the {hop}th redirect, and container engines follow {MOST_HOPS}"));
        }
        Ok(target)
    }

    /// Where a redirect leads, from an address that was asked; or why it can't be followed.
    fn of(reply: &Reply, from: &Url) -> Result<Self, String> {
        let location = reply.header("location").ok_or("it redirects without saying where to (no Location)")?;
        if location.len() > LONGEST {
            return Err(format!("it redirects to an address of more than {LONGEST} bytes"));
        }
        let url = from.join(location).map_err(|_| "it redirects to what is no address")?;
        if url == *from {
            return Err("it redirects to itself".to_owned());
        }
        Self::to(url)
    }

    /// An address that may be asked: over TLS, at a host.
    pub(super) fn to(url: Url) -> Result<Self, String> {
        match url.scheme() {
            "https" => {}
            "http" => return Err(format!("it leads to plain http, at {}, where anybody may read", host_of(&url))),
            scheme => {
                let scheme: String = scheme.chars().take(20).collect();
                return Err(format!("it leads to the scheme {scheme}, which no container engine follows"));
            }
        }
        let host = host_of(&url);
        if host.is_empty() {
            return Err("it leads to an address without a host".to_owned());
        }
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let target = format!("{}{query}", url.path());
        Ok(Self { port: url.port_or_known_default().unwrap_or(443), host, target, url })
    }

    /// The address itself, to see where the next redirect leads.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// What is written down of it.
    pub(super) fn held(&self) -> Held {
        Held::Redirect { scheme: "https".to_owned(), host: self.host.clone(), port: self.port }
    }

    /// The query, which is a secret.
    pub(super) fn query(&self) -> Option<&str> {
        self.url.query()
    }
}

/// An IPv6 address without its brackets.
fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Response;

    fn led(location: Option<&str>) -> Result<(String, u16, String), String> {
        let headers = location.map(|to| ("location".to_owned(), to.to_owned())).into_iter().collect();
        let reply = Reply::new(Response { status: 307, ..Response::default() }, headers);
        let from = Url::parse("https://registry.example/v2/app/blobs/sha256:1").unwrap();
        Target::of(&reply, &from).map(|to| (to.host, to.port, to.target))
    }

    #[test]
    fn only_another_address_over_tls_is_followed() {
        let to = |host: &str, port, target: &str| Ok((host.to_owned(), port, target.to_owned()));
        let table = [
            (
                Some("https://b.s3.amazonaws.com/x/y?X-Amz-Signature=1"),
                to("b.s3.amazonaws.com", 443, "/x/y?X-Amz-Signature=1"),
            ),
            (Some("https://cdn.example:8443"), to("cdn.example", 8443, "/")),
            (Some("/other?a=b"), to("registry.example", 443, "/other?a=b")),
            (Some("//cdn.example/x"), to("cdn.example", 443, "/x")),
            (Some("https://[2600:1f14::1]/x"), to("2600:1f14::1", 443, "/x")),
            (Some("https://user:secret@cdn.example/x"), to("cdn.example", 443, "/x")),
        ];
        for (location, expected) in table {
            assert_eq!(led(location), expected, "{location:?}");
        }
        let refused = [
            None,
            Some("http://b.s3.amazonaws.com/x?X-Amz-Signature=s3cr3t"),
            Some("ftp://b/x"),
            Some("file:///etc/passwd"),
            Some("https://registry.example/v2/app/blobs/sha256:1"),
            Some("sha256:1"),
            Some("https://"),
            Some("javascript:alert(1)"),
        ];
        for location in refused {
            let why = led(location).unwrap_err();
            assert!(!why.contains("s3cr3t") && why.len() < 200, "{location:?}: {why}");
        }
        assert!(led(Some(&format!("https://h/{}", "x".repeat(100_000)))).is_err());
    }
}
