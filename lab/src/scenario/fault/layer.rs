//! Which part of the lab brings a fault about.

use super::Act;

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

impl Act {
    /// The name pattern that it carries.
    pub(super) fn pattern(&self) -> Option<&str> {
        match self {
            Self::TlsSilentFor(pattern) | Self::TlsResetFor(pattern) => Some(pattern),
            _ => None,
        }
    }

    /// Who brings it about.
    pub fn layer(&self) -> Layer {
        match self {
            Self::NoDefaultRoute | Self::NoRoutes => Layer::Task,
            Self::Drop
            | Self::Refuse
            | Self::DropLonger { .. }
            | Self::LoseFirstSyn
            | Self::LoseFirstFlow
            | Self::LoseEvery(_)
            | Self::LoseFlowEvery(_) => Layer::Packets,
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
            | Self::HttpDelayMs(_)
            | Self::Denied(_)
            | Self::Throttled
            | Self::Error(_)
            | Self::ExpiredRegistryToken
            | Self::ExpiredPresign
            | Self::SignatureExpired
            | Self::RejectedLogEvents(_)
            | Self::LayerCorrupt
            | Self::LayerTruncated
            | Self::LayerShort
            | Self::LayerStallsAfter(_)
            | Self::LayerRate(_)
            | Self::NoRange
            | Self::ManifestHuge
            | Self::ManifestGarbage
            | Self::ManifestCorrupt
            | Self::WrongContentDigest
            | Self::IndexOfItself
            | Self::IndexNested(_)
            | Self::Redirect(_)
            | Self::RedirectNowhere
            | Self::RedirectChain(_)
            | Self::Challenge(_) => Layer::Http,
        }
    }
}
