//! The only door to the network. Library errors become a `Fault` here, by type, never by message text.

#[cfg(test)]
pub mod fake;
pub mod live;

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::catalog::Question;
use crate::observation::{Answer, Change, Connection, DnsTransport, Family, Fault, Handshake, Response};

/// What the ladder needs of a network: one question, one connection, one handshake, one exchange at a time.
///
/// Every method ends within its limit (and a moment), and never retries.
pub trait Net: Clone + Send + Sync + 'static {
    /// An open TCP connection.
    type Stream: Send;
    /// A TLS connection whose handshake is finished.
    type Secured: Send;
    /// A TLS connection over which HTTP is spoken.
    type Channel: Send + 'static;

    /// Ask one resolver for one kind of address.
    fn resolve(&self, ask: &Ask, limit: Duration) -> impl Future<Output = Result<Answer, Fault>> + Send;

    /// Open one connection, with small segments where the variation says so.
    fn connect(
        &self,
        peer: SocketAddr,
        variation: &[Change],
        limit: Duration,
    ) -> impl Future<Output = Result<(Self::Stream, Connection), Fault>> + Send;

    /// Shake hands over an open connection; a failed handshake keeps what it has shown.
    fn handshake(
        &self,
        stream: Self::Stream,
        hello: &Hello,
        limit: Duration,
    ) -> impl Future<Output = Result<(Self::Secured, Handshake), (Fault, Handshake)>> + Send;

    /// Speak HTTP/1.1 over a TLS connection; nothing is sent by that.
    fn channel(&self, stream: Self::Secured) -> impl Future<Output = Result<Self::Channel, Fault>> + Send;

    /// Whether a channel can carry another request: neither end has closed it, as far as is known here.
    fn is_open(&self, channel: &Self::Channel) -> bool;

    /// Ask one unsigned question and read its answer within bounds.
    fn exchange(
        &self,
        channel: &mut Self::Channel,
        host: &str,
        question: &Question,
        limit: Duration,
    ) -> impl Future<Output = Result<Reply, Fault>> + Send;

    /// Make one request and hand its body on piece by piece. The limit holds for the head, and for each piece of the body.
    fn send(
        &self,
        channel: &mut Self::Channel,
        request: &Request,
        limit: Duration,
        body: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
    ) -> impl Future<Output = Result<Reply, Fault>> + Send;
}

/// A request that may hold secrets: it is never shown.
pub struct Request {
    /// `GET`, `HEAD` or `POST`.
    pub method: &'static str,
    /// What stands in the header `Host`.
    pub host: String,
    /// Path and query.
    pub target: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer: what may be written down of it, and its headers, which may hold secrets.
pub struct Reply {
    /// What may be written down. Of a body that was handed on it holds nothing.
    pub response: Response,
    /// How much of the body came.
    pub bytes: u64,
    /// From the request to the head of the answer.
    pub head_after: Duration,
    /// How the body ended.
    pub end: BodyEnd,
    headers: HashMap<String, String>,
}

impl Reply {
    /// An answer whose headers are these, names in lower case.
    pub fn new(response: Response, headers: HashMap<String, String>) -> Self {
        Self { response, bytes: 0, head_after: Duration::ZERO, end: BodyEnd::Whole, headers }
    }

    /// A header as it came, by its name in lower case. It may be a secret.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// How a body ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BodyEnd {
    /// By itself.
    Whole,
    /// Whoever read it had enough.
    Left,
    /// No piece of it came within the limit.
    Stalled,
    /// The connection broke.
    Broken,
}

/// A question to a resolver.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Who is asked.
    pub resolver: SocketAddr,
    /// The name, fully qualified, without the final dot.
    pub name: String,
    /// The kind of address.
    pub family: Family,
    /// Over what; a truncated answer is asked for again over TCP by the caller.
    pub transport: DnsTransport,
}

/// How a handshake begins.
#[derive(Clone, Debug)]
pub struct Hello {
    /// The host whose certificate is expected.
    pub host: String,
    /// The server name sent where the variation asks for another one.
    pub other_name: String,
    /// What is done differently.
    pub variation: Vec<Change>,
}
