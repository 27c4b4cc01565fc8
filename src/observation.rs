//! The waist: what was seen, and nothing about what it means. Plain data that a saved report carries.

mod dns;
mod fault;
mod http;
mod step;
mod tls;
mod written;

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use dns::{Address, Alias, Answer, Discarded, DnsTransport, Family};
pub use fault::Fault;
pub use http::Response;
pub use step::{Blob, Held, Part, StepPart, Told, Transfer, TransferEnd};
pub use tls::{Certificate, CertificateProblem, Change, Handshake, TrustedBy};

pub use crate::plan::{CheckId, Rung};

/// One planned attempt and what came of it.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Observation {
    /// `o1`, `o2`, … in the order of the plan.
    pub id: ObservationId,
    /// The check it belongs to.
    pub check: CheckId,
    /// The step of the ladder.
    pub rung: Rung,
    /// 1 for the first attempt, 2 for the planned second one.
    pub attempt: u8,
    /// The resolver that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<SocketAddr>,
    /// The kind of record that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Family>,
    /// Which request of a replayed step it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPart>,
    /// The address that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<SocketAddr>,
    /// What was done differently from the platform's own way; empty for the ordinary attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variation: Vec<Change>,
    /// Since the start of the run.
    pub at_ms: u64,
    /// From the start of this attempt to its end.
    pub took_ms: u64,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// An observation's name within one report.
#[derive(Clone, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ObservationId(pub String);

/// What came of an attempt.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// Something answered, well or badly.
    Saw {
        /// What it answered.
        #[serde(flatten)]
        seen: Seen,
    },
    /// The attempt ended without an answer.
    Failed {
        /// How.
        fault: Fault,
        /// What a handshake had shown by then.
        #[serde(skip_serializing_if = "Option::is_none")]
        handshake: Option<Box<Handshake>>,
    },
    /// The attempt was planned and not made, or cut short.
    NotTried {
        /// Why not.
        why: Why,
    },
}

/// What an answer held.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// A DNS message.
    Answer(Answer),
    /// An open connection.
    Connection(Connection),
    /// A finished handshake, whether or not its certificate is any good.
    Handshake(Box<Handshake>),
    /// An HTTP response.
    Response(Box<Response>),
}

/// An open TCP connection.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Connection {
    /// Our end of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<SocketAddr>,
}

/// Why an attempt was not made.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The step below it did not succeed.
    BelowFailed,
    /// No resolver gave an address.
    NoAddress,
    /// The run's deadline came first.
    Deadline,
    /// The run was told to stop.
    Signal,
    /// There are more addresses than are tried, than are tried a second time, or than have their handshake varied.
    TooMany,
    /// The process could not open even a first socket.
    NoSocket,
    /// The probe itself failed.
    OurFault,
    /// It has to be signed, and there are no credentials.
    NoCredentials,
    /// The other end's certificate does not verify, so nothing that is a secret is sent to it.
    Untrusted,
    /// It was asked that nothing be written, fetched or downloaded.
    NotAsked,
    /// Of many rounds only the first and the last make it.
    OtherRound,
}

impl Observation {
    /// What was seen, where something was.
    pub fn seen(&self) -> Option<&Seen> {
        match &self.outcome {
            Outcome::Saw { seen } => Some(seen),
            Outcome::Failed { .. } | Outcome::NotTried { .. } => None,
        }
    }

    /// How it failed, where it did.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.outcome {
            Outcome::Failed { fault, .. } => Some(fault),
            Outcome::Saw { .. } | Outcome::NotTried { .. } => None,
        }
    }

    /// The DNS message, where this is one.
    pub fn answer(&self) -> Option<&Answer> {
        match self.seen()? {
            Seen::Answer(answer) => Some(answer),
            Seen::Connection(_) | Seen::Handshake(_) | Seen::Response(_) => None,
        }
    }

    /// The handshake, finished or not, where this is one.
    pub fn handshake(&self) -> Option<&Handshake> {
        match &self.outcome {
            Outcome::Saw { seen: Seen::Handshake(handshake) } => Some(handshake),
            Outcome::Failed { handshake, .. } => handshake.as_deref(),
            Outcome::Saw { .. } | Outcome::NotTried { .. } => None,
        }
    }

    /// The HTTP response, where this is one.
    pub fn response(&self) -> Option<&Response> {
        match self.seen()? {
            Seen::Response(response) => Some(response),
            Seen::Answer(_) | Seen::Connection(_) | Seen::Handshake(_) => None,
        }
    }

    /// Whether the attempt was made as the platform makes it.
    pub fn is_ordinary(&self) -> bool {
        self.variation.is_empty()
    }
}
