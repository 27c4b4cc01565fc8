//! The real network: sockets of our own, one step at a time.

mod certificate;
mod dns;
mod http;
mod io_fault;
mod tcp;
mod tls;
mod trust;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;

use super::{Ask, Hello, Net};
use crate::catalog::Question;
use crate::observation::{Answer, Change, Connection, Fault, Handshake, Response};

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
}

impl Net for Live {
    type Stream = TcpStream;
    type Secured = Secured;

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

    async fn exchange(
        &self,
        stream: Secured,
        host: &str,
        question: &Question,
        limit: Duration,
    ) -> Result<Response, Fault> {
        http::exchange(stream, host, question, limit).await
    }
}
