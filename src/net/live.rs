//! The real network: sockets of our own, one step at a time.

mod certificate;
mod client;
mod dns;
mod http;
mod io_fault;
mod tcp;
mod tls;
mod trust;

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;

use super::{Ask, Hello, Net, Reply, Request};
use crate::catalog::Question;
use crate::observation::{Answer, Change, Connection, Fault, Handshake};

pub use client::{Client, Incoming, Outgoing};
pub use tls::Secured;
pub use trust::{Roots, RootsError};

/// The network that this process stands in.
#[derive(Clone)]
pub struct Live {
    roots: Arc<Roots>,
}

impl Live {
    /// A network whose certificates are judged by these roots.
    pub fn new(roots: Roots) -> Self {
        Self { roots: Arc::new(roots) }
    }

    /// A client for what is not measured, over the same roots.
    pub fn client(&self, nameservers: &[SocketAddr]) -> Client {
        Client::new(&self.roots, nameservers)
    }
}

impl Net for Live {
    type Stream = TcpStream;
    type Secured = Secured;
    type Channel = http::Channel;

    async fn resolve(&self, ask: &Ask, limit: Duration) -> Result<Answer, Fault> {
        dns::ask(ask, limit).await
    }

    async fn connect(
        &self,
        peer: SocketAddr,
        variation: &[Change],
        limit: Duration,
    ) -> Result<(TcpStream, Connection), Fault> {
        tcp::connect(peer, variation, limit).await
    }

    async fn handshake(
        &self,
        stream: TcpStream,
        hello: &Hello,
        limit: Duration,
    ) -> Result<(Secured, Handshake), (Fault, Handshake)> {
        tls::handshake(&self.roots, stream, hello, limit).await
    }

    async fn channel(&self, stream: Secured) -> Result<http::Channel, Fault> {
        http::channel(stream).await
    }

    fn is_open(&self, channel: &http::Channel) -> bool {
        channel.is_open()
    }

    async fn exchange(
        &self,
        channel: &mut http::Channel,
        host: &str,
        question: &Question,
        limit: Duration,
    ) -> Result<Reply, Fault> {
        http::exchange(channel, host, question, limit).await
    }

    async fn send(
        &self,
        channel: &mut http::Channel,
        request: &Request,
        limit: Duration,
        body: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
    ) -> Result<Reply, Fault> {
        http::send(channel, request, limit, body).await
    }
}
