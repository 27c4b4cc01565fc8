//! The only door to the network. Library errors become a `Fault` here, by type, never by message text.

#[cfg(test)]
pub mod fake;
pub mod live;

use std::future::Future;
use std::net::SocketAddr;
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

    /// Make one request on a TLS connection and read its answer within bounds.
    fn exchange(
        &self,
        stream: Self::Secured,
        host: &str,
        question: &Question,
        limit: Duration,
    ) -> impl Future<Output = Result<Response, Fault>> + Send;
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
