//! How an attempt can end without an answer. Library errors become one of these by type, in `net`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Discarded;

/// How an attempt ended without an answer.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Fault {
    /// Nothing came within the limit.
    TimedOut {
        /// The limit.
        after_ms: u64,
    },
    /// The other end refused: RST to a SYN, or ICMP port unreachable to a datagram.
    Refused,
    /// An open connection was reset.
    Reset,
    /// An open connection was closed before the step was done.
    Closed,
    /// The kernel has no route to this network.
    NetworkUnreachable,
    /// The kernel, or the last router, has no way to this host.
    HostUnreachable,
    /// Messages came, none of them an answer to the question.
    OnlyWrongAnswers {
        /// What they were.
        discarded: Discarded,
    },
    /// The datagram was truncated and asking again over TCP failed.
    TruncatedThenTcp {
        /// How asking over TCP failed.
        fault: Box<Fault>,
    },
    /// The other end refused the handshake with a TLS alert.
    TlsAlert {
        /// The alert's name in RFC 8446, such as `handshake_failure`.
        alert: String,
    },
    /// The other end does not speak TLS.
    NotTls {
        /// What the library said of it.
        detail: String,
    },
    /// The other end speaks TLS, and not correctly or not with us.
    TlsBroken {
        /// What the library said of it.
        detail: String,
    },
    /// The other end does not speak HTTP.
    NotHttp {
        /// What the library said of it.
        detail: String,
    },
    /// The head of the answer has no end in sight.
    HeadTooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The process may open no more files or sockets.
    NoFileDescriptors,
    /// The local system forbids it.
    NotPermitted,
    /// Another local shortage or failure.
    Local {
        /// The operating system's words.
        detail: String,
    },
}

impl Fault {
    /// Whether this says something of our own process and nothing of the network.
    pub fn could_not_look(&self) -> bool {
        match self {
            Self::NoFileDescriptors | Self::NotPermitted | Self::Local { .. } => true,
            Self::TruncatedThenTcp { fault } => fault.could_not_look(),
            Self::TimedOut { .. }
            | Self::Refused
            | Self::Reset
            | Self::Closed
            | Self::NetworkUnreachable
            | Self::HostUnreachable
            | Self::OnlyWrongAnswers { .. }
            | Self::TlsAlert { .. }
            | Self::NotTls { .. }
            | Self::TlsBroken { .. }
            | Self::NotHttp { .. }
            | Self::HeadTooLarge { .. } => false,
        }
    }

    /// Whether the other end went without a word: silence, a reset or a close. Doing something else may change that.
    pub fn is_wordless(&self) -> bool {
        matches!(self, Self::TimedOut { .. } | Self::Reset | Self::Closed)
    }

    /// Whether nothing at all came back.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TimedOut { after_ms } => write!(f, "no answer in {after_ms} ms"),
            Self::Refused => f.write_str("refused"),
            Self::Reset => f.write_str("reset by the other end"),
            Self::Closed => f.write_str("closed by the other end"),
            Self::NetworkUnreachable => f.write_str("no route to this network"),
            Self::HostUnreachable => f.write_str("no way to this host"),
            Self::OnlyWrongAnswers { .. } => f.write_str("only answers to other questions"),
            Self::TruncatedThenTcp { fault } => write!(f, "truncated over UDP, and over TCP {fault}"),
            Self::TlsAlert { alert } => write!(f, "TLS alert {alert}"),
            Self::NotTls { detail } => write!(f, "not TLS: {detail}"),
            Self::TlsBroken { detail } => write!(f, "broken TLS: {detail}"),
            Self::NotHttp { detail } => write!(f, "not HTTP: {detail}"),
            Self::HeadTooLarge { limit_bytes } => write!(f, "a head of more than {limit_bytes} bytes"),
            Self::NoFileDescriptors => f.write_str("this process may open no more sockets"),
            Self::NotPermitted => f.write_str("this process is not permitted to"),
            Self::Local { detail } => write!(f, "local failure: {detail}"),
        }
    }
}
