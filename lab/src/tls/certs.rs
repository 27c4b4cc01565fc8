//! The lab's own authorities, and leaf certificates with the real names.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

const DAY: Duration = Duration::from_hours(24);

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Flavour {
    /// The service's own.
    Right,
    /// For the name asked, from an authority that nobody knows.
    OtherAuthority,
    /// For the name asked, its own authority.
    SelfSigned,
    /// Ended a week ago.
    Expired,
    /// Begins in a week.
    NotYetValid,
}

/// A root, an intermediate below it, and the key of the intermediate.
#[derive(Debug)]
struct Chain {
    root: Certificate,
    intermediate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// Certificates by names and flavour.
type Issued = HashMap<(Vec<String>, Flavour), Arc<SingleCertAndKey>>;

/// The lab's authorities and what they have issued.
#[derive(Debug)]
pub struct Authority {
    known: Chain,
    unknown: Chain,
    leaf_key: KeyPair,
    issued: Mutex<Issued>,
}

impl Authority {
    /// New keys for everything.
    pub fn new() -> Result<Self, rcgen::Error> {
        Ok(Self {
            known: Chain::new("Lab Root CA 1", "Lab M02", "Lab")?,
            unknown: Chain::new("Acme Inspection CA", "Acme Inspection CA 7", "Acme")?,
            leaf_key: KeyPair::generate()?,
            issued: Mutex::default(),
        })
    }

    /// The root that counts as public in the lab.
    pub fn pem(&self) -> String {
        self.known.root.pem()
    }

    /// The inspecting proxy's root, for a CA bundle.
    pub fn inspection_pem(&self) -> String {
        self.unknown.root.pem()
    }

    /// A certificate for these names; an inspecting proxy's is for the name that was asked.
    pub fn issue(
        &self,
        names: &[String],
        flavour: Flavour,
        asked: Option<&str>,
    ) -> Result<Arc<SingleCertAndKey>, String> {
        let names = match (flavour, asked) {
            (Flavour::OtherAuthority | Flavour::SelfSigned, Some(name)) => vec![name.to_owned()],
            _ => names.to_vec(),
        };
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = issued.get(&(names.clone(), flavour)) {
            return Ok(Arc::clone(known));
        }
        let fresh = Arc::new(self.sign(&names, flavour)?);
        issued.insert((names, flavour), Arc::clone(&fresh));
        Ok(fresh)
    }

    fn sign(&self, names: &[String], flavour: Flavour) -> Result<SingleCertAndKey, String> {
        let chain = if flavour == Flavour::OtherAuthority { &self.unknown } else { &self.known };
        let mut params = leaf(names, flavour).map_err(|e| format!("certificate for {names:?}: {e}"))?;
        let certs: Vec<CertificateDer<'static>> = if flavour == Flavour::SelfSigned {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            vec![params.self_signed(&self.leaf_key).map_err(|e| e.to_string())?.der().clone()]
        } else {
            let signed = params.signed_by(&self.leaf_key, &chain.issuer).map_err(|e| e.to_string())?;
            vec![signed.der().clone(), chain.intermediate.der().clone()]
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.leaf_key.serialize_der()));
        let key = any_supported_type(&key).map_err(|e| e.to_string())?;
        Ok(SingleCertAndKey::from(CertifiedKey::new(certs, key)))
    }
}

impl Chain {
    fn new(root_name: &str, name: &str, organization: &str) -> Result<Self, rcgen::Error> {
        let root_key = KeyPair::generate()?;
        let root_params = authority(root_name, organization);
        let root = root_params.self_signed(&root_key)?;
        let key = KeyPair::generate()?;
        let params = authority(name, organization);
        let intermediate = params.signed_by(&key, &Issuer::new(root_params, &root_key))?;
        Ok(Self { root, intermediate, issuer: Issuer::new(params, key) })
    }
}

fn authority(name: &str, organization: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "US");
    params.distinguished_name.push(DnType::OrganizationName, organization);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = (SystemTime::now() - 400 * DAY).into();
    params.not_after = (SystemTime::now() + 4000 * DAY).into();
    params.custom_extensions = vec![ballast(900)];
    params
}

fn leaf(names: &[String], flavour: Flavour) -> Result<CertificateParams, rcgen::Error> {
    let now = SystemTime::now();
    let (from, until) = match flavour {
        Flavour::Right | Flavour::OtherAuthority | Flavour::SelfSigned => (now - 30 * DAY, now + 300 * DAY),
        Flavour::Expired => (now - 400 * DAY, now - 7 * DAY),
        Flavour::NotYetValid => (now + 7 * DAY, now + 400 * DAY),
    };
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, names.first().map_or("lab", String::as_str));
    params.not_before = from.into();
    params.not_after = until.into();
    params.use_authority_key_identifier_extension = true;
    params.custom_extensions = vec![ballast(1500)];
    Ok(params)
}

/// Bytes that nobody reads: AWS's chains are RSA and long, and a lost segment shows only where the flight has several.
fn ballast(length: usize) -> CustomExtension {
    let mut content = vec![0x04, 0x82];
    content.extend(u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    content.extend(std::iter::repeat_n(0x5a, length));
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], content)
}
