//! The TLS servers: the ClientHello is read before anything is decided, so that a fault can depend on it.

mod certs;
mod hello;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, kx_group};
use rustls::server::Acceptor;
use rustls::{ServerConfig, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use certs::{Authority, Flavour};
pub use hello::{Hello, Replayed};

use crate::scenario::{Act, matches};
use crate::world::Site;

/// What one handshake does.
struct Plan {
    end: Option<End>,
    flavour: Flavour,
    names: Vec<String>,
    tls12_only: bool,
    delay: Duration,
}

/// An end before the handshake.
#[derive(Clone, Copy)]
enum End {
    Silence,
    Reset,
    Close,
    Alert,
    Garbage,
}

/// The lab's authority and what it needs to answer handshakes.
#[derive(Debug)]
pub struct Tls {
    authority: Authority,
    provider: Arc<CryptoProvider>,
}

impl Tls {
    /// A new authority.
    pub fn new() -> Result<Self, String> {
        let groups = vec![kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1];
        let provider = CryptoProvider { kx_groups: groups, ..aws_lc_rs::default_provider() };
        let authority = Authority::new().map_err(|e| format!("make the lab's authority: {e}"))?;
        Ok(Self { authority, provider: Arc::new(provider) })
    }

    /// The authority's certificate for `VPCPROBE_ROOTS`.
    pub fn roots_pem(&self) -> String {
        self.authority.pem()
    }

    /// The inspecting proxy's authority, for a CA bundle.
    pub fn inspection_pem(&self) -> String {
        self.authority.inspection_pem()
    }

    /// Answers one ClientHello; nothing comes back where a fault ended the connection.
    pub async fn accept(
        &self,
        stream: TcpStream,
        hello: Hello,
        site: &Site,
        acts: &[&Act],
    ) -> io::Result<Option<TlsStream<Replayed>>> {
        let plan = plan(&hello, site, acts);
        tokio::time::sleep(plan.delay).await;
        if let Some(end) = plan.end {
            finish(stream, end).await?;
            return Ok(None);
        }
        let config = self.config(&plan, &hello).map_err(io::Error::other)?;
        let accepting = LazyConfigAcceptor::new(Acceptor::default(), hello.replay(stream));
        accepting.await?.into_stream(config).await.map(Some)
    }

    fn config(&self, plan: &Plan, hello: &Hello) -> Result<Arc<ServerConfig>, String> {
        let key = self.authority.issue(&plan.names, plan.flavour, hello.server_name.as_deref())?;
        let versions: &[_] = if plan.tls12_only { &[&version::TLS12] } else { &[&version::TLS13, &version::TLS12] };
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider));
        let builder = builder.with_protocol_versions(versions).map_err(|e| e.to_string())?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(key);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn plan(hello: &Hello, site: &Site, acts: &[&Act]) -> Plan {
    let names = site.names.clone();
    let mut plan =
        Plan { end: None, flavour: Flavour::Right, names, tls12_only: site.tls12_only, delay: Duration::ZERO };
    for act in acts {
        plan.end = plan.end.or_else(|| end(act, hello));
        match act {
            Act::TlsOtherAuthority => plan.flavour = Flavour::OtherAuthority,
            Act::TlsSelfSigned => plan.flavour = Flavour::SelfSigned,
            Act::TlsExpired => plan.flavour = Flavour::Expired,
            Act::TlsNotYetValid => plan.flavour = Flavour::NotYetValid,
            Act::TlsWrongName(name) => plan.names = vec![name.clone()],
            Act::TlsDelayMs(ms) => plan.delay += Duration::from_millis(*ms),
            Act::Tls12Only => plan.tls12_only = true,
            _ => {}
        }
    }
    plan
}

fn end(act: &Act, hello: &Hello) -> Option<End> {
    let fits = |pattern: &str| hello.server_name.as_deref().is_some_and(|name| matches(pattern, name));
    match act {
        Act::TlsSilent => Some(End::Silence),
        Act::TlsSilentOver(bytes) if hello.length() > *bytes => Some(End::Silence),
        Act::TlsSilentFor(pattern) if fits(pattern) => Some(End::Silence),
        Act::TlsResetFor(pattern) if fits(pattern) => Some(End::Reset),
        Act::TlsReset => Some(End::Reset),
        Act::TlsClose => Some(End::Close),
        Act::TlsAlert => Some(End::Alert),
        Act::TlsGarbage => Some(End::Garbage),
        _ => None,
    }
}

/// A fatal `handshake_failure` as a whole record.
const HANDSHAKE_FAILURE: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28];

async fn finish(mut stream: TcpStream, end: End) -> io::Result<()> {
    match end {
        End::Silence => linger(&mut stream).await,
        End::Reset => stream.set_zero_linger()?,
        End::Close => stream.shutdown().await?,
        End::Alert => stream.write_all(&HANDSHAKE_FAILURE).await?,
        End::Garbage => {
            stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\nthis is no TLS server\r\n").await?;
            linger(&mut stream).await;
        }
    }
    Ok(())
}

/// Reads and forgets until the client gives up.
pub async fn linger<S: AsyncReadExt + Unpin>(stream: &mut S) {
    let mut sink = [0; 4096];
    while stream.read(&mut sink).await.is_ok_and(|length| length > 0) {}
}
