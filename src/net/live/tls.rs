//! One handshake over a connection that is already open.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs::{cipher_suite, default_provider, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConfig, ClientConnection, SupportedCipherSuite};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::trust::{Roots, Witness};
use super::{io_fault, tcp};
use crate::net::Hello;
use crate::observation::{Change, Fault, Handshake};

/// A TLS connection whose handshake is finished.
pub type Secured = TlsStream<Metered>;

/// As the platform's Go client: the post-quantum hybrid first.
static LONG_GROUPS: &[&dyn SupportedKxGroup] =
    &[kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1];
static SHORT_GROUPS: &[&dyn SupportedKxGroup] = &[kx_group::X25519, kx_group::SECP256R1];
static SHORT_SUITES: &[SupportedCipherSuite] = &[
    cipher_suite::TLS13_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
];

/// Shake hands once.
pub(super) async fn handshake(
    roots: &Arc<Roots>,
    stream: TcpStream,
    hello: &Hello,
    limit: Duration,
) -> Result<(Secured, Handshake), (Fault, Handshake)> {
    let meter = Arc::new(Meter::default());
    let (config, witness, name) = configure(roots, hello).map_err(|fault| (fault, Handshake::default()))?;
    let sent_name = server_name_sent(hello);
    let facts = |connection: Option<&ClientConnection>| describe(sent_name.as_deref(), &meter, &witness, connection);
    let connect = TlsConnector::from(config).connect(name, Metered { stream, meter: Arc::clone(&meter) });
    match timeout(limit, connect).await {
        Ok(Ok(secured)) => {
            let handshake = facts(Some(secured.get_ref().1));
            Ok((secured, handshake))
        }
        Ok(Err(error)) => Err((fault(&error), facts(None))),
        Err(_) => Err((tcp::timed_out(limit), facts(None))),
    }
}

type Configured = (Arc<ClientConfig>, Arc<Witness>, ServerName<'static>);

fn configure(roots: &Arc<Roots>, hello: &Hello) -> Result<Configured, Fault> {
    let local = |detail: String| Fault::Local { detail };
    let provider = Arc::new(provider(&hello.variation));
    let host = ServerName::try_from(hello.host.clone()).map_err(|error| local(error.to_string()))?;
    let witness = Arc::new(Witness::new(Arc::clone(roots), host.clone(), Arc::clone(&provider)));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| local(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&witness) as _)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.enable_sni = !hello.variation.contains(&Change::NoName);
    let name = if hello.variation.contains(&Change::OtherName) {
        ServerName::try_from(hello.other_name.clone()).map_err(|error| local(error.to_string()))?
    } else {
        host
    };
    Ok((Arc::new(config), witness, name))
}

pub(super) fn provider(variation: &[Change]) -> CryptoProvider {
    if variation.contains(&Change::ShortHello) {
        CryptoProvider { kx_groups: SHORT_GROUPS.to_vec(), cipher_suites: SHORT_SUITES.to_vec(), ..default_provider() }
    } else {
        CryptoProvider { kx_groups: LONG_GROUPS.to_vec(), ..default_provider() }
    }
}

fn server_name_sent(hello: &Hello) -> Option<String> {
    let is_address = hello.host.parse::<std::net::IpAddr>().is_ok();
    if hello.variation.contains(&Change::NoName) {
        None
    } else if hello.variation.contains(&Change::OtherName) {
        Some(hello.other_name.clone())
    } else {
        (!is_address).then(|| hello.host.clone())
    }
}

fn describe(name: Option<&str>, meter: &Meter, witness: &Witness, connection: Option<&ClientConnection>) -> Handshake {
    let seen = witness.seen();
    let words = |debug: &dyn std::fmt::Debug| format!("{debug:?}");
    Handshake {
        server_name: name.map(str::to_owned),
        hello_bytes: meter.first_flight.load(Ordering::Relaxed),
        version: connection.and_then(|c| c.protocol_version()).map(|v| words(&v).replace('_', ".")),
        cipher: connection.and_then(|c| c.negotiated_cipher_suite()).map(|suite| words(&suite.suite())),
        group: connection.and_then(|c| c.negotiated_key_exchange_group()).map(|group| words(&group.name())),
        alpn: connection.and_then(|c| c.alpn_protocol()).map(|p| String::from_utf8_lossy(p).into_owned()),
        chain: seen.chain,
        chain_length: seen.chain_length,
        trusted_by: seen.trusted_by,
        problems: seen.problems,
    }
}

/// A failed handshake, by the type of the library's error.
pub(super) fn fault(error: &std::io::Error) -> Fault {
    let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        return io_fault::fault(error);
    };
    let detail = || inner.to_string().chars().take(200).collect();
    match inner {
        rustls::Error::AlertReceived(AlertDescription::CloseNotify) => Fault::Closed,
        rustls::Error::AlertReceived(alert) => Fault::TlsAlert { alert: snake_case(&format!("{alert:?}")) },
        rustls::Error::InvalidMessage(_)
        | rustls::Error::InappropriateMessage { .. }
        | rustls::Error::InappropriateHandshakeMessage { .. } => Fault::NotTls { detail: detail() },
        // Our own verifier refuses none, so this is a certificate that the signature can't be checked with.
        _ => Fault::TlsBroken { detail: detail() },
    }
}

/// `HandshakeFailure` as RFC 8446 writes it.
fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && index > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// How much was sent before anything was received: the ClientHello.
#[derive(Debug, Default)]
struct Meter {
    first_flight: AtomicUsize,
    received: AtomicUsize,
}

/// A connection that counts.
#[derive(Debug)]
pub struct Metered {
    stream: TcpStream,
    meter: Arc<Meter>,
}

impl Metered {
    /// A connection whose count nobody reads: of one type with the ladder's, all code over it is there once.
    pub(super) fn unread(stream: TcpStream) -> Self {
        Self { stream, meter: Arc::default() }
    }
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.meter.received.fetch_add(buf.filled().len() - before, Ordering::Relaxed);
        poll
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(written)) = poll
            && self.meter.received.load(Ordering::Relaxed) == 0
        {
            self.meter.first_flight.fetch_add(written, Ordering::Relaxed);
        }
        poll
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ClientHello as it goes on the wire.
    fn hello_bytes(variation: Vec<Change>) -> Vec<u8> {
        let roots = Arc::new(Roots::new(None, None).unwrap());
        let host = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com".to_owned();
        let hello = Hello { host, other_name: "example.com".to_owned(), variation };
        let (config, _, name) = configure(&roots, &hello).unwrap();
        let mut bytes = Vec::new();
        ClientConnection::new(config, name).unwrap().write_tls(&mut bytes).unwrap();
        bytes
    }

    fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
        bytes.windows(wanted.len()).any(|window| window == wanted)
    }

    #[test]
    fn the_ordinary_hello_is_long_and_post_quantum() {
        let bytes = hello_bytes(vec![]);
        assert!(bytes.len() > 1_200, "{} bytes", bytes.len());
        // A key share entry: group 0x11ec, 1,216 bytes.
        assert!(contains(&bytes, &[0x11, 0xec, 0x04, 0xc0]));
    }

    #[test]
    fn the_short_hello_is_short_and_classic() {
        let bytes = hello_bytes(vec![Change::ShortHello]);
        assert!(bytes.len() < 400, "{} bytes", bytes.len());
        assert!(!contains(&bytes, &[0x11, 0xec]));
    }

    #[test]
    fn a_variation_sends_the_name_it_says() {
        assert!(contains(&hello_bytes(vec![]), b".dkr.ecr."));
        assert!(!contains(&hello_bytes(vec![Change::NoName]), b".dkr.ecr."));
        let other = hello_bytes(vec![Change::OtherName]);
        assert!(contains(&other, b"example.com") && !contains(&other, b".dkr.ecr."));
    }

    #[test]
    fn alerts_are_named_as_in_the_rfc() {
        let alert = std::io::Error::other(rustls::Error::AlertReceived(AlertDescription::HandshakeFailure));
        assert_eq!(fault(&alert), Fault::TlsAlert { alert: "handshake_failure".to_owned() });
    }
}
