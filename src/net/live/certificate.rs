//! Certificates as presented, read whether or not they verify.

use std::fmt::Write as _;

use aws_lc_rs::digest;
use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::observation::Certificate;

/// Certificates of a chain that are described.
const MAX_CHAIN: usize = 5;
/// Names described over the whole chain: the report's lines have a limit.
const MAX_NAMES: usize = 40;
/// Characters of one text.
const MAX_TEXT: usize = 160;

/// The times between which a certificate is valid, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Validity {
    pub(super) not_before: i64,
    pub(super) not_after: i64,
}

/// The first certificates of a chain, in words.
pub(super) fn describe(chain: &[CertificateDer<'_>]) -> Vec<Certificate> {
    let mut names_left = MAX_NAMES;
    chain.iter().take(MAX_CHAIN).map(|der| one(der, &mut names_left)).collect()
}

/// When a certificate is valid; none where it can't be read.
pub(super) fn validity(der: &CertificateDer<'_>) -> Option<Validity> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let validity = certificate.validity();
    Some(Validity { not_before: validity.not_before.timestamp(), not_after: validity.not_after.timestamp() })
}

fn one(der: &CertificateDer<'_>, names_left: &mut usize) -> Certificate {
    let fingerprint_sha256 = hex(digest::digest(&digest::SHA256, der).as_ref());
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        return Certificate { fingerprint_sha256, ..Certificate::default() };
    };
    let all = names(&certificate);
    let name_count = all.len();
    let names: Vec<String> = all.into_iter().take(*names_left).collect();
    *names_left -= names.len();
    Certificate {
        subject: cut(&certificate.subject().to_string()),
        issuer: cut(&certificate.issuer().to_string()),
        names,
        name_count,
        not_before: date(certificate.validity().not_before.timestamp()),
        not_after: date(certificate.validity().not_after.timestamp()),
        fingerprint_sha256,
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(dns) => Some(cut(dns)),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(v4).to_string());
    }
    let v6 = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(v6).to_string())
}

fn date(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|date| date.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("{seconds} seconds since 1970"))
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
        text
    })
}
