//! From a step, a fault and what the address proves to the findings that a run would likely give, most likely first.

use super::address::{Address, AddressKind, AddressRole, is_base_plus_2};
use super::faults::Fault;
use super::steps::Step;

/// What a text was read as.
pub(super) struct Seen<'a> {
    pub(super) step: Step,
    pub(super) fault: Fault,
    pub(super) addresses: &'a [Address],
    /// Whether the image is of a registry that no VPC endpoint serves.
    pub(super) other_registry: bool,
}

impl Seen<'_> {
    /// What kind of address was connected to.
    pub(super) fn peer(&self) -> Option<AddressKind> {
        self.of(AddressRole::Peer).map(|address| address.address_kind)
    }

    fn port(&self) -> Option<u16> {
        self.of(AddressRole::Peer).map(|address| address.port.unwrap_or(443))
    }

    fn of(&self, role: AddressRole) -> Option<&Address> {
        self.addresses.iter().find(|address| address.role == role)
    }

    /// Whether what failed is S3: by the step, or by the address where the step is either.
    pub(super) fn is_s3(&self) -> bool {
        !self.is_elsewhere()
            && (self.step.is_of_s3() || (self.step == Step::Pull && self.peer() == Some(AddressKind::S3)))
    }

    /// Whether it is a pull from a registry that no VPC endpoint serves: ECR, S3 and the execution role have no part in it.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.other_registry && self.step.is_of_pull()
    }

    fn is_layers(&self) -> bool {
        self.is_s3() && self.step != Step::EnvironmentFiles
    }
}

/// The ids of the likely findings.
pub(super) fn likely(seen: &Seen<'_>) -> &'static [&'static str] {
    if seen.is_elsewhere()
        && let Some(ids) = elsewhere(seen.fault)
    {
        return ids;
    }
    match seen.fault {
        Fault::Silent | Fault::NilPointer | Fault::InvalidArgument => silent(seen),
        Fault::Unsaid => unsaid(seen),
        Fault::NoSuchHost | Fault::ResolverSilent | Fault::ResolverRefuses | Fault::ResolverFails => names(seen),
        Fault::Refused => &["connection-refused"],
        Fault::NoRoute => &["no-local-route"],
        Fault::Proxy => &["unexpected-answer", "proxy-set"],
        Fault::TlsSilent
        | Fault::TlsAlert
        | Fault::UnknownAuthority
        | Fault::WrongName
        | Fault::CertificateTime
        | Fault::NotTls
        | Fault::Reset
        | Fault::Closed => tls(seen.fault),
        Fault::CutShort => &["transfer-stalled", "layer-corrupt"],
        Fault::Corrupt => &["layer-corrupt"],
        Fault::RateLimit => &["throttled"],
        Fault::ServerError => &["service-error", "unexpected-answer"],
        Fault::IdentityDenies
        | Fault::EndpointDenies
        | Fault::ResourceDenies
        | Fault::OtherDenies
        | Fault::Denied
        | Fault::EfsDenied
        | Fault::TokenRejected
        | Fault::PresignedExpired
        | Fault::ClockSkew
        | Fault::NoCredentials => denied(seen),
        Fault::PlatformMissing
        | Fault::LogGroupMissing
        | Fault::RepositoryMissing
        | Fault::ImageMissing
        | Fault::SecretMissing
        | Fault::SecretDeleted
        | Fault::SecretKeyMissing
        | Fault::NotFound => missing(seen),
    }
}

/// What a registry of somebody else means by its answers, where AWS would mean another thing by them.
fn elsewhere(fault: Fault) -> Option<&'static [&'static str]> {
    match fault {
        Fault::Unsaid => Some(&["public-registry-unreachable", "credentials-missing", "image-not-found"]),
        Fault::Denied | Fault::NoCredentials => Some(&["credentials-missing", "credentials-rejected"]),
        Fault::TokenRejected | Fault::PresignedExpired => Some(&["credentials-rejected", "clock-skew"]),
        Fault::RepositoryMissing => Some(&["image-not-found", "credentials-missing"]),
        Fault::ImageMissing | Fault::NotFound => Some(&["image-not-found"]),
        _ => None,
    }
}

/// Nothing came back.
fn silent(seen: &Seen<'_>) -> &'static [&'static str] {
    let peer = seen.peer();
    match peer {
        Some(AddressKind::Loopback | AddressKind::LinkLocal | AddressKind::TaskMetadata) => return &[],
        Some(AddressKind::Private) if seen.step == Step::Volumes || seen.other_registry || seen.port() != Some(443) => {
            return &["endpoint-silent"];
        }
        Some(AddressKind::Private) => return &["endpoint-silent", "all-endpoints-silent", "endpoint-address-silent"],
        Some(AddressKind::VpcResolver) => return &["vpc-resolver-silent"],
        Some(AddressKind::Public | AddressKind::S3 | AddressKind::Undetermined) | None => {}
    }
    if seen.other_registry && seen.step != Step::SecretsOrToken {
        return &["public-registry-unreachable", "egress-filtered"];
    }
    if seen.is_layers() {
        return &["layers-unreachable", "no-way-out", "layers-in-another-region"];
    }
    let is_public = peer.is_some_and(AddressKind::is_public);
    match seen.step {
        Step::EnvironmentFiles => &["layers-unreachable", "no-way-out"],
        Step::Volumes => &["endpoint-silent", "name-not-found"],
        Step::Pull if is_public => &["endpoint-not-in-effect", "layers-unreachable", "no-way-out"],
        Step::Pull => &["layers-unreachable", "endpoint-not-in-effect", "endpoint-silent"],
        Step::StartTimer => &["layers-unreachable", "endpoint-not-in-effect", "endpoint-silent", "slow-path"],
        _ if is_public => &["endpoint-not-in-effect", "no-way-out", "egress-filtered"],
        _ => &["endpoint-not-in-effect", "endpoint-silent", "no-way-out"],
    }
}

/// The text breaks off, or never said it.
fn unsaid(seen: &Seen<'_>) -> &'static [&'static str] {
    match seen.step {
        Step::Layers => &["layers-unreachable", "layers-denied"],
        Step::EnvironmentFiles => &["layers-unreachable", "secret-not-found", "access-denied"],
        Step::Volumes => &["endpoint-silent", "name-not-found"],
        Step::Logs | Step::LogsAtStart => &["endpoint-not-in-effect", "endpoint-silent", "log-group-not-found"],
        Step::Registry => &["endpoint-not-in-effect", "endpoint-silent", "image-not-found", "access-denied"],
        Step::Pull => &["layers-unreachable", "endpoint-not-in-effect", "endpoint-silent", "access-denied"],
        Step::Token
        | Step::SecretsOrToken
        | Step::Secrets
        | Step::Parameters
        | Step::RegistryCredentials
        | Step::Initialization => &["endpoint-not-in-effect", "endpoint-silent", "identity-policy-denies"],
        Step::StartTimer => &["layers-unreachable", "endpoint-not-in-effect", "endpoint-silent"],
        Step::Placement
        | Step::Interface
        | Step::Storage
        | Step::Role
        | Step::Reference
        | Step::Unpack
        | Step::Start
        | Step::Running
        | Step::Unknown => address_alone(seen),
    }
}

/// Only an address is known.
fn address_alone(seen: &Seen<'_>) -> &'static [&'static str] {
    match seen.peer() {
        Some(AddressKind::S3) => &["layers-unreachable"],
        Some(AddressKind::Public) => &["endpoint-not-in-effect", "no-way-out"],
        Some(AddressKind::Private) => &["endpoint-silent"],
        Some(_) | None => &[],
    }
}

fn names(seen: &Seen<'_>) -> &'static [&'static str] {
    let resolver = seen.of(AddressRole::Resolver);
    match (seen.fault, resolver.map(|resolver| resolver.address_kind)) {
        // Nobody of the VPC was asked.
        (Fault::ResolverSilent | Fault::ResolverRefuses, Some(AddressKind::Loopback)) => &[],
        (Fault::ResolverSilent | Fault::ResolverRefuses, Some(AddressKind::VpcResolver)) => &["vpc-resolver-silent"],
        (Fault::ResolverSilent | Fault::ResolverRefuses, Some(AddressKind::Private))
            if resolver.is_some_and(|resolver| is_base_plus_2(resolver.ip)) =>
        {
            &["vpc-resolver-silent", "custom-resolver-silent"]
        }
        (Fault::ResolverSilent | Fault::ResolverRefuses, Some(_)) => &["custom-resolver-silent"],
        (Fault::ResolverSilent | Fault::ResolverRefuses, None) => &["custom-resolver-silent", "vpc-resolver-silent"],
        (Fault::ResolverFails, _) => &["resolver-failure"],
        _ if seen.step == Step::Volumes => &["name-not-found", "custom-resolver-silent"],
        _ => &["name-not-found", "name-without-address", "custom-resolver-bypasses-private-dns"],
    }
}

fn tls(fault: Fault) -> &'static [&'static str] {
    match fault {
        Fault::TlsAlert => &["tls-refused"],
        Fault::UnknownAuthority => &["tls-intercepted"],
        Fault::WrongName => &["tls-wrong-name"],
        Fault::CertificateTime => &["tls-expired", "clock-skew"],
        Fault::NotTls => &["unexpected-answer"],
        Fault::Reset | Fault::Closed => &["tls-reset", "tls-name-filtered"],
        _ => &["tls-silent", "tls-name-filtered", "path-mtu", "tls-large-hello-dropped"],
    }
}

fn denied(seen: &Seen<'_>) -> &'static [&'static str] {
    match seen.fault {
        // The identity that S3 denies is AWS's own: a role of yours has no part in it.
        Fault::Denied if seen.is_layers() => &["layers-denied", "access-denied"],
        _ if seen.is_layers() && seen.fault != Fault::IdentityDenies => &["layers-denied"],
        Fault::IdentityDenies => &["identity-policy-denies"],
        Fault::EndpointDenies => &["endpoint-policy-denies"],
        Fault::ResourceDenies => &["resource-policy-denies"],
        Fault::OtherDenies => &["other-policy-denies"],
        Fault::TokenRejected | Fault::PresignedExpired => &["credentials-rejected", "clock-skew"],
        Fault::ClockSkew => &["clock-skew", "credentials-rejected"],
        Fault::NoCredentials if seen.other_registry => &["credentials-missing", "credentials-rejected"],
        // On an instance the token is missing also where ECR's API was not reached.
        Fault::NoCredentials => {
            &["credentials-rejected", "identity-policy-denies", "repository-not-found", "endpoint-not-in-effect"]
        }
        _ if seen.step == Step::EnvironmentFiles => &["access-denied", "secret-not-found", "endpoint-policy-denies"],
        _ => &["access-denied", "identity-policy-denies", "endpoint-policy-denies", "resource-policy-denies"],
    }
}

fn missing(seen: &Seen<'_>) -> &'static [&'static str] {
    match (seen.fault, seen.step) {
        (Fault::PlatformMissing, _) => &["platform-missing"],
        (Fault::LogGroupMissing, _) | (Fault::NotFound, Step::Logs | Step::LogsAtStart) => &["log-group-not-found"],
        (Fault::RepositoryMissing, _) => &["repository-not-found", "resource-policy-denies"],
        (Fault::ImageMissing, _) | (Fault::NotFound, Step::Registry | Step::Pull | Step::Layers) => {
            &["image-not-found", "repository-not-found"]
        }
        _ => &["secret-not-found"],
    }
}
