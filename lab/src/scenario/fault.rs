//! What can be broken, one word a kind.

use std::net::IpAddr;

use serde::Deserialize;

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
        let patterns = [self.place.host.as_deref(), self.what.pattern()];
        if let Some(pattern) = patterns.into_iter().flatten().find(|pattern| !is_pattern(pattern)) {
            return Err(format!("`{pattern}` has a `*` elsewhere than in `*.` at its front"));
        }
        Ok(())
    }
}

fn is_pattern(text: &str) -> bool {
    !text.strip_prefix("*.").unwrap_or(text).contains('*')
}

/// Which server, or the packet filter, brings a fault about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layer {
    /// Routes and addresses of the task.
    Task,
    /// The packet filter.
    Packets,
    /// The resolvers.
    Dns,
    /// Between the TCP connection and the end of the handshake.
    Tls,
    /// After the handshake.
    Http,
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
    /// Of so many packets the first vanishes.
    LoseEvery(u32),

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
}

impl Act {
    /// The name pattern that it carries.
    fn pattern(&self) -> Option<&str> {
        match self {
            Self::TlsSilentFor(pattern) | Self::TlsResetFor(pattern) => Some(pattern),
            _ => None,
        }
    }

    /// Who brings it about.
    pub fn layer(&self) -> Layer {
        match self {
            Self::NoDefaultRoute | Self::NoRoutes => Layer::Task,
            Self::Drop | Self::Refuse | Self::DropLonger { .. } | Self::LoseFirstSyn | Self::LoseEvery(_) => {
                Layer::Packets
            }
            Self::DnsSilent
            | Self::Nxdomain { .. }
            | Self::Nodata { .. }
            | Self::Servfail
            | Self::DnsRefused
            | Self::Truncated
            | Self::TruncatedTcpSilent
            | Self::WrongId
            | Self::WrongIdFirst
            | Self::OtherQuestion
            | Self::DnsGarbage
            | Self::ManyAddresses(_)
            | Self::CnameLoop
            | Self::DnsLoseFirst
            | Self::DnsDelayMs(_)
            | Self::Answer(_)
            | Self::Rotate(_) => Layer::Dns,
            Self::TlsSilent
            | Self::TlsSilentOver(_)
            | Self::TlsSilentFor(_)
            | Self::TlsResetFor(_)
            | Self::TlsReset
            | Self::TlsClose
            | Self::TlsAlert
            | Self::TlsOtherAuthority
            | Self::TlsSelfSigned
            | Self::TlsWrongName(_)
            | Self::TlsExpired
            | Self::TlsNotYetValid
            | Self::TlsGarbage
            | Self::TlsDelayMs(_)
            | Self::Tls12Only => Layer::Tls,
            Self::HttpHtml(_)
            | Self::HttpProxyAuth
            | Self::HttpVia
            | Self::HttpSuccess
            | Self::HttpServiceError(_)
            | Self::HttpProxyError(_)
            | Self::HttpThrottled
            | Self::DateOffMinutes(_)
            | Self::HttpEndlessHeaders
            | Self::HttpEndlessBody
            | Self::HttpDrip
            | Self::HttpClose
            | Self::HttpGarbage
            | Self::HttpSilent
            | Self::HttpDelayMs(_) => Layer::Http,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_would_do_nothing_is_refused() {
        let table = [
            ("where = { resolver = \"vpc\" }\nwhat = \"tls-reset\"", "a resolver does not speak TLS"),
            ("where = { port = 53 }\nwhat = \"servfail\"", "`port` is for packets only"),
            ("where = { zone = \"a\" }\nwhat = \"servfail\"", "a question has no address"),
            ("where = { service = \"logs\" }\nwhat = \"no-routes\"", "routes are the task's own"),
            ("where = { host = \"logs.*\" }\nwhat = \"drop\"", "`*` elsewhere"),
            ("what = { tls-silent-for = \"a*.example.com\" }", "`*` elsewhere"),
        ];
        for (text, expected) in table {
            let fault: Fault = toml::from_str(text).unwrap();
            let error = fault.verify().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_word_that_is_not_known_is_refused() {
        for text in
            ["what = \"drp\"", "what = { drop-longer = { byte = 9 } }", "where = { hots = \"a\" }\nwhat = \"drop\""]
        {
            assert!(toml::from_str::<Fault>(text).is_err(), "{text}");
        }
    }
}
