//! HTTPS for what is not measured and leaves the host. Strictly verified, nothing followed, nothing kept open.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::tls::{Metered, Secured};
use super::trust::Roots;
use super::{dns, tcp, tls};
use crate::net::Ask;
use crate::observation::{Answer, DnsTransport, Family, Fault};

const PORT: u16 = 443;
/// One question to one nameserver.
const DNS_LIMIT: Duration = Duration::from_secs(2);
/// One connection, and one handshake.
const STEP_LIMIT: Duration = Duration::from_secs(4);
/// Addresses of one host that are tried.
const MOST_ADDRESSES: usize = 4;
/// Bytes of an answer that are read.
const MAX_BODY: usize = 256 * 1024;

/// An HTTPS client over our own resolver and roots; it knows no proxy.
#[derive(Clone)]
pub struct Client {
    config: Arc<ClientConfig>,
    nameservers: Arc<[SocketAddr]>,
    port: u16,
}

/// A request. It may hold secrets.
pub struct Outgoing {
    /// Such as `PUT`.
    pub method: &'static str,
    /// The host's name.
    pub host: String,
    /// As in the request line, encoded.
    pub path_and_query: String,
    /// The headers beside `Host` and `User-Agent`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer. It may repeat what it was sent.
pub struct Incoming {
    /// The status.
    pub status: u16,
    /// The headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body as far as it is text, up to a limit.
    pub body: String,
}

impl Client {
    /// A client whose servers are vouched for by these roots: the public ones and those of the bundle.
    pub fn new(roots: &Roots, nameservers: &[SocketAddr]) -> Self {
        let mut config = ClientConfig::builder_with_provider(Arc::new(tls::provider(&[])))
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for both versions")
            .with_root_certificates(roots.all())
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { config: Arc::new(config), nameservers: nameservers.into(), port: PORT }
    }

    /// Make one request. What failed, on what and why, where there is no answer; never a word of the request.
    pub async fn send(&self, request: Outgoing, limit: Duration) -> Result<Incoming, String> {
        let until = Instant::now() + limit;
        let host = request.host.clone();
        let stream = self.reach(&host, until).await?;
        let answer = timeout_at(until, exchange(stream, request)).await;
        let answer = answer.unwrap_or_else(|_| Err(format!("no whole answer in {} s", limit.as_secs())));
        answer.map_err(|why| format!("ask {host}: {why}"))
    }

    /// The first address of the host that a verified connection can be made to.
    async fn reach(&self, host: &str, until: Instant) -> Result<Secured, String> {
        let mut failed = String::new();
        for ip in self.addresses(host, until).await?.into_iter().take(MOST_ADDRESSES) {
            match self.secure(host, SocketAddr::new(ip, self.port), until).await {
                Ok(stream) => return Ok(stream),
                Err(why) => failed = why,
            }
            if Instant::now() >= until {
                break;
            }
        }
        Err(failed)
    }

    async fn secure(&self, host: &str, peer: SocketAddr, until: Instant) -> Result<Secured, String> {
        let connected = tcp::connect(peer, &[], left(until, STEP_LIMIT)).await;
        let (stream, _) = connected.map_err(|fault| format!("connect to {host} at {peer}: {fault}"))?;
        let failed = |fault: Fault| format!("shake hands with {host} at {peer}: {fault}");
        let name = ServerName::try_from(host.to_owned()).map_err(|_| format!("{host} is no host name"))?;
        let limit = left(until, STEP_LIMIT);
        let handshake = TlsConnector::from(Arc::clone(&self.config)).connect(name, Metered::unread(stream));
        match tokio::time::timeout(limit, handshake).await {
            Ok(done) => done.map_err(|error| failed(tls::fault(&error))),
            Err(_) => Err(failed(tcp::timed_out(limit))),
        }
    }

    /// As the system's resolver: one nameserver after the other until one knows, IPv4 first.
    async fn addresses(&self, host: &str, until: Instant) -> Result<Vec<IpAddr>, String> {
        let mut failed = "no nameserver is known".to_owned();
        for resolver in self.nameservers.iter().copied() {
            let limit = left(until, DNS_LIMIT);
            let (v4, v6) =
                tokio::join!(ask(resolver, host, Family::A, limit), ask(resolver, host, Family::Aaaa, limit));
            let addresses: Vec<IpAddr> = [&v4, &v6]
                .into_iter()
                .flatten()
                .flat_map(|answer| &answer.addresses)
                .map(|address| address.ip)
                .collect();
            if !addresses.is_empty() {
                return Ok(addresses);
            }
            match v4 {
                Ok(answer) if matches!(answer.code.as_str(), "NOERROR" | "NXDOMAIN") => {
                    let code = if answer.code == "NOERROR" { "no address" } else { "there is no such name" };
                    return Err(format!("look up {host}: {code}, says {}", resolver.ip()));
                }
                Ok(answer) => failed = format!("{}, says {}", answer.code, resolver.ip()),
                Err(fault) => failed = format!("{fault} from {}", resolver.ip()),
            }
        }
        Err(format!("look up {host}: {failed}"))
    }
}

/// One question; a truncated answer is asked for again over TCP.
async fn ask(resolver: SocketAddr, host: &str, family: Family, limit: Duration) -> Result<Answer, Fault> {
    let ask = Ask { resolver, name: host.to_owned(), family, transport: DnsTransport::Udp };
    let answer = dns::ask(&ask, limit).await?;
    if answer.truncated { dns::ask(&Ask { transport: DnsTransport::Tcp, ..ask }, limit).await } else { Ok(answer) }
}

/// What is left of the time, and no more than a step may take.
fn left(until: Instant, most: Duration) -> Duration {
    until.saturating_duration_since(Instant::now()).min(most)
}

async fn exchange(stream: Secured, request: Outgoing) -> Result<Incoming, String> {
    let mut builder = hyper::Request::builder()
        .method(request.method)
        .uri(&request.path_and_query)
        .header(HOST, &request.host)
        .header(USER_AGENT, concat!("vpcprobe/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let unfit = |_| "the request holds characters that can't be sent".to_owned();
    let request = builder.body(Full::new(Bytes::from(request.body))).map_err(unfit)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| cause(&error))?;
    // Dropped, the set ends the connection.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let (head, body) = sender.send_request(request).await.map_err(|error| cause(&error))?.into_parts();
    let body = Limited::new(body, MAX_BODY).collect().await;
    let body = body.map_err(|_| format!("status {}, and no whole answer", head.status.as_u16()))?.to_bytes();
    let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Incoming {
        status: head.status.as_u16(),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

/// By the type of the library's error; its words may repeat what was received.
fn cause(error: &hyper::Error) -> String {
    let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    match io {
        Some(io) => tls::fault(io).to_string(),
        None if error.is_incomplete_message() || error.is_closed() || error.is_canceled() => Fault::Closed.to_string(),
        None => "the answer is not HTTP".to_owned(),
    }
}

#[cfg(test)]
mod tests;
