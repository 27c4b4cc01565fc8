//! Endpoints that somebody asked for by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Route;
use super::host::host_and_port;

/// `HOST[:PORT][=ROUTE]`, with `tcp://` before it where TLS is not spoken.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Endpoint {
    /// The host or the address.
    pub host: String,
    /// The port; 443 unless given.
    pub port: u16,
    /// What is spoken there.
    pub transport: Transport,
    /// The route that is asserted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// Whether a foreign list says that its certificate is not to be verified.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unverified: bool,
}

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// TLS.
    Tls,
    /// Nothing that we know: a connection is enough.
    Tcp,
}

impl Endpoint {
    /// Accept an endpoint, or say what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (place, route) = match text.rsplit_once('=') {
            Some((place, route)) => (place, Some(Route::parse(route)?)),
            None => (text, None),
        };
        let (transport, place) = transport(place)?;
        if place.contains('@') {
            return Err("an endpoint has no user or password".into());
        }
        if place.contains(['/', '?', '#']) {
            return Err("only a host and a port are connected to: leave the path away".into());
        }
        let (host, port) = host_and_port(place)?;
        let port = match (port, transport) {
            (Some(port), Transport::Tls | Transport::Tcp) => port,
            (None, Transport::Tls) => 443,
            (None, Transport::Tcp) => return Err("tcp:// needs a port, as tcp://HOST:PORT".into()),
        };
        Ok(Self { host, port, transport, route, unverified: false })
    }
}

fn transport(text: &str) -> Result<(Transport, &str), String> {
    let Some((scheme, rest)) = text.split_once("://") else { return Ok((Transport::Tls, text)) };
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok((Transport::Tls, rest.strip_suffix('/').unwrap_or(rest))),
        "tcp" => Ok((Transport::Tcp, rest)),
        _ => Err("begins with https:// or tcp://, or with the host itself".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_host_port_transport_and_route() {
        use Transport::{Tcp, Tls};
        let table = [
            ("example.com", Some(("example.com", 443, Tls, None))),
            ("example.com:8443=public", Some(("example.com", 8443, Tls, Some(Route::Public)))),
            ("tcp://db.internal:5432", Some(("db.internal", 5432, Tcp, None))),
            ("TCP://[fd00::1]:53=private", Some(("fd00::1", 53, Tcp, Some(Route::Private)))),
            ("https://example.com/", Some(("example.com", 443, Tls, None))),
            ("https://example.com:444", Some(("example.com", 444, Tls, None))),
            ("10.0.1.7=any", Some(("10.0.1.7", 443, Tls, Some(Route::Any)))),
            ("tcp://db.internal", None),
            ("http://example.com", None),
            ("udp://example.com:53", None),
            ("https://example.com/path", None),
            ("https://user:secret@example.com", None),
            ("example.com=", None),
            ("example.com=sideways", None),
            ("=private", None),
            ("https://", None),
            ("://", None),
            ("tcp://:80", None),
        ];
        for (text, expected) in table {
            let expected = expected.map(|(host, port, transport, route)| Endpoint {
                host: host.to_owned(),
                port,
                transport,
                route,
                unverified: false,
            });
            assert_eq!(Endpoint::parse(text).ok(), expected, "{text}");
        }
    }
}
