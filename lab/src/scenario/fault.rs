//! What can be broken, one word a kind.

mod layer;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use serde::Deserialize;

pub use layer::Layer;

use super::Place;

/// One thing that is broken, and where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Where; everywhere by default.
    #[serde(default, rename = "where")]
    pub place: Place,
    /// What.
    pub what: Act,
    /// For so many requests only; then all is well.
    pub times: Option<u64>,
}

impl Fault {
    /// Refuses what would silently do nothing.
    pub fn verify(&self) -> Result<(), String> {
        if self.place.resolver.is_some() && matches!(self.what.layer(), Layer::Tls | Layer::Http) {
            return Err(format!("fault {:?}: a resolver does not speak TLS or HTTP", self.what));
        }
        if self.place.port.is_some() && self.what.layer() != Layer::Packets {
            return Err(format!("fault {:?}: `port` is for packets only", self.what));
        }
        let place = &self.place;
        let of_addresses = place.address.is_some() || place.zone.is_some() || place.public.is_some();
        if of_addresses && self.what.layer() == Layer::Dns {
            return Err(format!("fault {:?}: a question has no address, zone or public side", self.what));
        }
        if self.what.layer() == Layer::Task && *place != Place::default() {
            return Err(format!("fault {:?}: routes are the task's own, without `where`", self.what));
        }
        if (place.is_of_requests() || self.times.is_some()) && self.what.layer() != Layer::Http {
            let words = "`action`, `path`, `layer`, `signed` and `times` are for requests only";
            return Err(format!("fault {:?}: {words}", self.what));
        }
        let patterns = [self.place.host.as_deref(), self.what.pattern()];
        if let Some(pattern) = patterns.into_iter().flatten().find(|pattern| !is_pattern(pattern)) {
            return Err(format!("`{pattern}` has a `*` elsewhere than in `*.` at its front"));
        }
        Ok(())
    }
}

/// Whether a text is a name or `*.name`.
pub(super) fn is_pattern(text: &str) -> bool {
    !text.strip_prefix("*.").unwrap_or(text).contains('*')
}

/// What is broken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Act {
    /// The task has no default route; its subnet and 169.254.0.0/16 stay reachable.
    NoDefaultRoute,
    /// The task has no route but its own subnet's.
    NoRoutes,

    /// Packets to it vanish.
    Drop,
    /// TCP is reset, UDP answered with port unreachable.
    Refuse,
    /// Packets with more than so many bytes vanish.
    DropLonger {
        /// The longest IP packet that still passes.
        bytes: u16,
        /// Seen from the task.
        #[serde(default)]
        direction: Direction,
    },
    /// The first SYN of each connection vanishes.
    LoseFirstSyn,
    /// To each address all packets of the connection that comes first vanish; those of later ones pass.
    LoseFirstFlow,
    /// Of so many packets the first vanishes.
    LoseEvery(u32),
    /// Of so many new connections the last vanishes, with all of its packets.
    LoseFlowEvery(u32),

    /// No answer to matching names.
    DnsSilent,
    /// NXDOMAIN.
    Nxdomain {
        /// Owner of the SOA in the authority section; the name's parent by default.
        soa: Option<String>,
    },
    /// NOERROR without an address.
    Nodata {
        /// Owner of the SOA in the authority section.
        soa: Option<String>,
    },
    /// SERVFAIL.
    Servfail,
    /// REFUSED.
    DnsRefused,
    /// Over UDP nothing but the truncation flag; over TCP the answer.
    Truncated,
    /// Over UDP nothing but the truncation flag; over TCP silence.
    TruncatedTcpSilent,
    /// Another id than the query's.
    WrongId,
    /// Over UDP an answer with another id, and the right one after it.
    WrongIdFirst,
    /// The answer to another question.
    OtherQuestion,
    /// Bytes that are no DNS message.
    DnsGarbage,
    /// So many addresses.
    ManyAddresses(u16),
    /// A CNAME that leads back to itself.
    CnameLoop,
    /// The first query for each name and type vanishes.
    DnsLoseFirst,
    /// The answer comes so many milliseconds later.
    DnsDelayMs(u64),
    /// These addresses and no others.
    Answer(Vec<IpAddr>),
    /// One of these addresses, the next one with each answer.
    Rotate(Vec<IpAddr>),

    /// The connection is accepted, and then nothing.
    TlsSilent,
    /// Silence for a ClientHello of more bytes than this.
    TlsSilentOver(usize),
    /// Silence where the server name fits; another name is answered.
    TlsSilentFor(String),
    /// A reset where the server name fits; another name is answered.
    TlsResetFor(String),
    /// A reset on the ClientHello.
    TlsReset,
    /// The connection is closed on the ClientHello.
    TlsClose,
    /// The alert `handshake_failure`.
    TlsAlert,
    /// An inspecting proxy: the right name from an authority that nobody knows.
    TlsOtherAuthority,
    /// A certificate that is its own authority, for the name that was asked: an appliance's.
    TlsSelfSigned,
    /// The certificate of this name.
    TlsWrongName(String),
    /// A certificate that ended a week ago.
    TlsExpired,
    /// A certificate that begins in a week.
    TlsNotYetValid,
    /// Bytes that are not TLS.
    TlsGarbage,
    /// The handshake begins so many milliseconds later.
    TlsDelayMs(u64),
    /// TLS 1.3 is refused.
    Tls12Only,

    /// A page of HTML with this status.
    HttpHtml(u16),
    /// 407 from a proxy.
    HttpProxyAuth,
    /// The service's answer with a `Via` header.
    HttpVia,
    /// 200 with JSON to an unsigned call.
    HttpSuccess,
    /// This status with the service's marks.
    HttpServiceError(u16),
    /// This status from a proxy, without the service's marks.
    HttpProxyError(u16),
    /// 429 with the service's marks.
    HttpThrottled,
    /// `Date` is so many minutes off.
    DateOffMinutes(i64),
    /// Headers without end.
    HttpEndlessHeaders,
    /// A body without end.
    HttpEndlessBody,
    /// The service's answer, one byte a second.
    HttpDrip,
    /// The connection is closed instead of an answer.
    HttpClose,
    /// Bytes that are not HTTP.
    HttpGarbage,
    /// The request is read, and then nothing.
    HttpSilent,
    /// The answer comes so many milliseconds later.
    HttpDelayMs(u64),

    /// A policy forbids an action.
    Denied(Denial),
    /// Too many requests, in the service's own words.
    Throttled,
    /// Any other refusal, in the service's own shape.
    Error(Refusal),
    /// The registry takes the token for an old one.
    ExpiredRegistryToken,
    /// The store takes the presigned address for an old one.
    ExpiredPresign,
    /// The service takes the signature for an old one, and its `Date` is right.
    SignatureExpired,
    /// The first so many events of each batch are too old to be taken.
    RejectedLogEvents(u64),

    /// One byte of the layer is another.
    LayerCorrupt,
    /// The connection closes after half of the bytes that were promised.
    LayerTruncated,
    /// The store has only half of the layer, and says so in the length.
    LayerShort,
    /// After so many bytes nothing comes any more.
    LayerStallsAfter(u64),
    /// So many bytes a second.
    LayerRate(u64),
    /// The whole layer, whatever range was asked for.
    NoRange,

    /// A manifest of 40 MB.
    ManifestHuge,
    /// A manifest that is no JSON.
    ManifestGarbage,
    /// Another manifest than its digest's.
    ManifestCorrupt,
    /// Another digest in the header than the manifest's.
    WrongContentDigest,
    /// An index whose entries lead to itself.
    IndexOfItself,
    /// So many indexes around the manifest.
    IndexNested(u32),

    /// Blobs are redirected there.
    Redirect(String),
    /// Blobs are redirected without a `Location`.
    RedirectNowhere,
    /// Blobs are redirected so many times on the registry's own host first.
    RedirectChain(u32),
    /// An unsigned call to a registry gets these challenges, a header each.
    Challenge(Vec<String>),
}

/// A direction, seen from the task.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// What the task sends.
    To,
    /// What the task receives.
    From,
    /// Both.
    #[default]
    Both,
}

/// A policy that forbids an action.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// The action, as policies write it: `ecr:GetAuthorizationToken`.
    pub action: String,
    /// The policy's kind.
    #[serde(default)]
    pub by: Policy,
    /// The resource that the words name; the one asked for by default.
    pub resource: Option<String>,
}

/// The kind of policy that forbids.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// The role's own lacks the action.
    Identity,
    /// The role's own forbids it.
    IdentityExplicit,
    /// The VPC endpoint's lacks it.
    Endpoint,
    /// The VPC endpoint's forbids it.
    EndpointExplicit,
    /// The repository's, the secret's or the bucket's lacks it.
    Resource,
    /// The repository's, the secret's or the bucket's forbids it.
    ResourceExplicit,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// The words don't say.
    #[default]
    Unsaid,
}

/// A refusal in the service's own shape.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The kind of error: `InternalServiceError`, `NAME_UNKNOWN`.
    pub code: String,
    /// Its words.
    pub message: String,
}
