//! Who vouches for a chain: the public roots, or only a bundle that was given beside them.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::certificate;
use crate::observation::{Certificate, CertificateProblem, TrustedBy};

/// The roots that count as public, and those of a bundle.
#[derive(Debug)]
pub struct Roots {
    public: RootCertStore,
    bundle: Option<RootCertStore>,
}

/// A file that holds no roots.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RootsError {
    /// Not PEM, or not certificates.
    NotCertificates,
    /// PEM, and no certificate in it.
    Empty,
}

impl std::fmt::Display for RootsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotCertificates => "holds something that is no PEM certificate",
            Self::Empty => "holds no PEM certificate",
        })
    }
}

impl Roots {
    /// Mozilla's roots, or those of `public`; and a bundle beside them.
    pub fn new(public: Option<&[u8]>, bundle: Option<&[u8]>) -> Result<Self, RootsError> {
        let public = match public {
            Some(pem) => store(pem)?,
            None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
        };
        Ok(Self { public, bundle: bundle.map(store).transpose()? })
    }

    /// Both together, for a connection that need not tell them apart.
    pub(super) fn all(&self) -> RootCertStore {
        let mut all = self.public.clone();
        all.roots.extend(self.bundle.iter().flat_map(|bundle| bundle.roots.iter().cloned()));
        all
    }
}

fn store(pem: &[u8]) -> Result<RootCertStore, RootsError> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| RootsError::NotCertificates)?;
        store.add(certificate).map_err(|_| RootsError::NotCertificates)?;
    }
    if store.is_empty() { Err(RootsError::Empty) } else { Ok(store) }
}

/// What a chain showed.
#[derive(Clone, Debug, Default)]
pub(super) struct ChainFacts {
    pub(super) chain: Vec<Certificate>,
    pub(super) chain_length: usize,
    pub(super) trusted_by: Option<TrustedBy>,
    pub(super) problems: Vec<CertificateProblem>,
}

/// Looks at a chain and lets the handshake go on, so that the fault is seen and not only its first sign.
///
/// Nothing secret is ever sent on such a connection: the ladder's requests are unsigned.
#[derive(Debug)]
pub(super) struct Witness {
    roots: Arc<Roots>,
    host: ServerName<'static>,
    provider: Arc<CryptoProvider>,
    seen: Mutex<ChainFacts>,
}

impl Witness {
    pub(super) fn new(roots: Arc<Roots>, host: ServerName<'static>, provider: Arc<CryptoProvider>) -> Self {
        Self { roots, host, provider, seen: Mutex::default() }
    }

    /// What was seen so far.
    pub(super) fn seen(&self) -> ChainFacts {
        self.seen.lock().map(|seen| seen.clone()).unwrap_or_default()
    }

    fn look(&self, leaf: &CertificateDer<'_>, rest: &[CertificateDer<'_>], now: UnixTime) -> ChainFacts {
        let chain: Vec<CertificateDer<'_>> =
            std::iter::once(leaf.clone()).chain(rest.iter().cloned()).take(16).collect();
        let mut facts =
            ChainFacts { chain: certificate::describe(&chain), chain_length: rest.len() + 1, ..ChainFacts::default() };
        let Ok(parsed) = ParsedCertificate::try_from(leaf) else {
            // Such as one of version 1, which no public authority has made for decades.
            facts.problems.push(CertificateProblem::UnknownIssuer);
            return facts;
        };
        let (at, time_problem) = judge_time(leaf, now);
        facts.problems.extend(time_problem);
        match self.trust(&parsed, rest, at) {
            Ok(by) => facts.trusted_by = Some(by),
            Err(problem) => facts.problems.push(problem),
        }
        if verify_server_name(&parsed, &self.host).is_err() {
            facts.problems.push(CertificateProblem::WrongName);
        }
        facts
    }

    fn trust(
        &self,
        leaf: &ParsedCertificate<'_>,
        rest: &[CertificateDer<'_>],
        at: UnixTime,
    ) -> Result<TrustedBy, CertificateProblem> {
        let algorithms = self.provider.signature_verification_algorithms.all;
        let verify =
            |roots: &RootCertStore| verify_server_cert_signed_by_trust_anchor(leaf, roots, rest, at, algorithms);
        let is_alone = rest.is_empty();
        let Err(error) = verify(&self.roots.public) else { return Ok(TrustedBy::Public) };
        if self.roots.bundle.as_ref().is_some_and(|bundle| verify(bundle).is_ok()) {
            return Ok(TrustedBy::Bundle);
        }
        match error {
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                Err(CertificateProblem::UnknownIssuer)
            }
            // Judged before its issuer is looked for: the usual certificate of an appliance is its own authority.
            _ if is_alone => Err(CertificateProblem::UnknownIssuer),
            other => Err(CertificateProblem::Other { detail: other.to_string().chars().take(200).collect() }),
        }
    }
}

/// The server certificate's own time, and a moment at which the rest of it can be judged.
fn judge_time(leaf: &CertificateDer<'_>, now: UnixTime) -> (UnixTime, Option<CertificateProblem>) {
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let Some(validity) = certificate::validity(leaf) else { return (now, None) };
    let at = |seconds: i64| {
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
    };
    if seconds > validity.not_after {
        let problem = CertificateProblem::Expired { for_s: seconds.saturating_sub(validity.not_after) };
        (at(validity.not_after), Some(problem))
    } else if seconds < validity.not_before {
        let problem = CertificateProblem::NotYetValid { for_s: validity.not_before.saturating_sub(seconds) };
        (at(validity.not_before), Some(problem))
    } else {
        (now, None)
    }
}

/// A certificate that can't even be read is written down as a problem already, and its key checks no signature.
fn unless_unreadable(
    result: Result<HandshakeSignatureValid, rustls::Error>,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    match result {
        Err(rustls::Error::InvalidCertificate(_)) => Ok(HandshakeSignatureValid::assertion()),
        other => other,
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let facts = self.look(end_entity, intermediates, now);
        if let Ok(mut seen) = self.seen.lock() {
            *seen = facts;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        unless_unreadable(verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        unless_unreadable(verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
