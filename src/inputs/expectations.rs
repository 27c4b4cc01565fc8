//! What a file of expectations asserts: for everything that is required, for services, for hosts.

pub mod format;
mod read;

use std::net::IpAddr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::host::host_name;
use super::yaml::{Fault, Place};
use super::{Error, Inputs, Route};

pub(super) use read::read;

/// One block of the file; a long one comes in several, so that each fits into a line of a report.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Assertion {
    /// What it is for; none means everything that is required.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// The line where it begins.
    pub line: usize,
    /// The route; `blocked` where it must not be reachable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// What it must be and keep.
    #[serde(flatten)]
    pub demands: Demands,
}

/// What is asked of a check beside its route.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Demands {
    /// The ranges in which its addresses lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub addresses: Vec<IpNet>,
    /// Organisations or common names, of which one is an issuer's in the chain that is presented.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<String>,
    /// How long a question to a resolver may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve_ms: Option<u64>,
    /// How long a connection may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<u64>,
    /// How long a TLS handshake may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handshake_ms: Option<u64>,
    /// How long an HTTP request and its answer may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_ms: Option<u64>,
    /// How long the pull of an image from this registry may take, as it is estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_ms: Option<u64>,
}

/// A service, a host, or hosts by the end of their names.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Target {
    /// The service's id, the host's name or address, or what names end in, with its dot.
    pub name: String,
    /// The port; any unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What it is.
    pub kind: TargetKind,
    /// Whether a group named it, which is less particular.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub grouped: bool,
    /// The line where it stands.
    pub line: usize,
    /// The column where it stands.
    pub column: usize,
}

/// What a target is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A service of the catalog.
    Service,
    /// A host.
    Host,
    /// Every host of the plan whose name ends so.
    Pattern,
    /// A member of a group: a service where the catalog has it, else a host.
    Member,
}

impl Inputs {
    /// The sentence for something that can't be asserted, with its place in the file.
    pub fn target_error(&self, target: &Target, why: &str) -> Error {
        let why = format!("{}: {why}", super::shown(&target.written()));
        self.assertion_error(target.line, target.column, &why)
    }

    /// The same for what is no target's: the default block's.
    pub fn assertion_error(&self, line: usize, column: usize, why: &str) -> Error {
        let file = self.expectations_file.as_deref().unwrap_or_default();
        Error(Fault::at(Place { line, column }, why).sentence(FLAG, file))
    }

    /// Every target of the file.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.assertions.iter().flat_map(|assertion| &assertion.targets)
    }

    /// Whether a saved report's assertions could have been read from a file.
    pub(super) fn are_assertions_sound(&self) -> bool {
        self.targets().count() <= read::MOST_TARGETS
            && self.assertions.len() <= read::MOST_TARGETS
            && self.targets().all(Target::is_sound)
    }
}

const FLAG: &str = "--expectations";

impl Target {
    /// As it stands in the file.
    pub fn written(&self) -> String {
        let star = if self.kind == TargetKind::Pattern { "*" } else { "" };
        match self.port {
            Some(port) if self.name.contains(':') => format!("[{}]:{port}", self.name),
            Some(port) => format!("{star}{}:{port}", self.name),
            None => format!("{star}{}", self.name),
        }
    }

    fn is_sound(&self) -> bool {
        let name = match self.kind {
            TargetKind::Pattern => self.name.strip_prefix('.').unwrap_or_default(),
            TargetKind::Service | TargetKind::Host | TargetKind::Member => &self.name,
        };
        name.parse::<IpAddr>().is_ok() || host_name(name).as_deref() == Some(name)
    }
}

impl Demands {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is asked here, and of `below` what is not asked here.
    pub fn over(&self, below: &Self) -> Self {
        let list = |own: bool| if own { self } else { below };
        Self {
            addresses: list(!self.addresses.is_empty()).addresses.clone(),
            issuers: list(!self.issuers.is_empty()).issuers.clone(),
            resolve_ms: self.resolve_ms.or(below.resolve_ms),
            connect_ms: self.connect_ms.or(below.connect_ms),
            handshake_ms: self.handshake_ms.or(below.handshake_ms),
            exchange_ms: self.exchange_ms.or(below.exchange_ms),
            pull_ms: self.pull_ms.or(below.pull_ms),
        }
    }
}
