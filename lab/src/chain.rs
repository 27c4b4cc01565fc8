//! The longest chain of dependent round trips, walked by the plainest client there is: metadata, name, connection,
//! handshake, request, one after the other. What the probe's wall time is measured against.

mod pull;

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_resolver::proto::op::{Message, Query};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde::Serialize;

pub use pull::{PullChain, walk as walk_pull};

use crate::http::TASK_ID;
use crate::lab::millis;
use crate::network::enter_task;
use crate::scenario::Vantage;
use crate::task;
use crate::world::{METADATA, World};

/// Longer than any chain that is worth measuring.
const PATIENCE: Duration = Duration::from_secs(10);

/// The chain's links, each in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "a key carries its unit")]
pub struct Chain {
    /// Task metadata: connection and request; 0 where there is none.
    pub metadata_ms: f64,
    /// A query for the name's addresses.
    pub resolve_ms: f64,
    /// The TCP connection.
    pub connect_ms: f64,
    /// The TLS handshake.
    pub handshake_ms: f64,
    /// A request and its answer.
    pub exchange_ms: f64,
    /// All of them.
    pub total_ms: f64,
}

/// Walks the chain to a host from the task's place.
pub fn walk(world: &World, host: &str) -> Result<Chain, String> {
    let walked = std::thread::scope(|scope| {
        let walking = scope.spawn(|| enter_task().and_then(|()| links(world, host).map_err(|e| e.to_string())));
        walking.join().map_err(|_| "the client panicked".to_owned())
    });
    walked.flatten().map_err(|e| format!("walk the chain to {host}: {e}"))
}

fn links(world: &World, host: &str) -> io::Result<Chain> {
    let mut clock = Clock::start();
    let mut chain = Chain::default();
    if matches!(world.scenario.run.vantage, Vantage::Fargate | Vantage::EcsEc2) {
        let mut stream = connect(METADATA, 80)?;
        request(&mut stream, "169.254.170.2", &format!("/v4/{TASK_ID}-1234567890/task"))?;
        chain.metadata_ms = clock.lap();
    }
    let address = resolve(world, host)?;
    chain.resolve_ms = clock.lap();
    let mut stream = connect(address, 443)?;
    chain.connect_ms = clock.lap();
    let mut connection = tls(host)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    chain.handshake_ms = clock.lap();
    request(&mut StreamOwned::new(connection, stream), host, "/v2/")?;
    chain.exchange_ms = clock.lap();
    chain.total_ms = clock.total_ms;
    Ok(chain)
}

struct Clock {
    last: Instant,
    total_ms: f64,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), total_ms: 0.0 }
    }

    fn lap(&mut self) -> f64 {
        let lap = millis(self.last.elapsed());
        self.last = Instant::now();
        self.total_ms += lap;
        lap
    }
}

fn connect(address: IpAddr, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&SocketAddr::new(address, port), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn resolve(world: &World, host: &str) -> io::Result<IpAddr> {
    let server = task::nameservers(world).into_iter().next().ok_or(io::ErrorKind::NotFound)?;
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let kind = if server.is_ipv4() { RecordType::A } else { RecordType::AAAA };
    let mut query = Message::query();
    query.add_query(Query::query(Name::from_ascii(format!("{host}.")).map_err(io::Error::other)?, kind));
    query.metadata.recursion_desired = true;
    let socket = UdpSocket::bind(any)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send_to(&query.to_vec().map_err(io::Error::other)?, (server, 53))?;
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer)?;
    let answer = Message::from_vec(&buffer[..length]).map_err(io::Error::other)?;
    let address = answer.answers.iter().find_map(|record| match &record.data {
        RData::A(a) => Some(IpAddr::V4(a.0)),
        RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
        _ => None,
    });
    address.ok_or_else(|| io::Error::other("no address"))
}

fn tls(host: &str) -> io::Result<ClientConnection> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(task::ROOTS).map_err(io::Error::other)? {
        roots.add(root.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = builder.map_err(io::Error::other)?.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)
}

fn request(stream: &mut (impl Read + Write), host: &str, path: &str) -> io::Result<()> {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.flush()?;
    let length = stream.read(&mut [0; 4096])?;
    if length == 0 { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) } else { Ok(()) }
}
