//! What must be reachable, why, by which route, and how far up the ladder to climb.

mod asserted;
mod build;
mod expect;
mod extra;
mod start;
mod steps;
mod task;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::catalog::{Expected, Method, Purpose, Question, Reach};
pub use crate::inputs::{
    Demands, EcrHost, EnvironmentFile, Error, ImageRef, LayerMode, Limits, LogGroup, Partition, Platform, Profile,
    ProxyVariable, Region, Route, SecretRef, SecretStore, SecretUse, TaskDefinition, Transport, Unread, UnreadKind,
};
pub use build::plan;
pub use steps::{found, layer_host, manifest_host, token_host};

/// The whole of what a run does, and what the rules need to know to judge it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What is examined, in the order the task start meets it; controls and the own name last.
    pub checks: Vec<Check>,
    /// Who is asked for each name.
    pub resolvers: Vec<Resolver>,
    /// How long each rung may take.
    pub limits: Limits,
    /// Where the run stands in the network.
    pub place: Place,
    /// Whether warnings fail.
    pub strict: bool,
    /// How the replay goes about it.
    pub replay: Replay,
    /// What is asserted beside routes.
    pub asserted: Asserted,
}

/// What is asserted beside routes, and what of the asked-for the plan can't hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asserted {
    /// What is asked of a check.
    pub demands: BTreeMap<CheckId, Demands>,
    /// Patterns of a file of expectations that no check fits.
    pub idle: Vec<String>,
    /// Hosts of a foreign list that can't be connected to, being patterns.
    pub left_out: Vec<String>,
}

/// How the replay goes about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replay {
    /// What the images must be for.
    pub platform: Platform,
    /// How much of each image layer is fetched.
    pub layers: LayerMode,
    /// Whether nothing is written and no secret value asked for.
    pub read_only: bool,
    /// Whether there are credentials to sign with, as far as the surroundings tell.
    pub credentials: bool,
    /// The role that the platform uses, where the task definition names it.
    pub execution_role: Option<String>,
    /// What else the task definition says, where one was given.
    pub task_definition: Option<TaskDefinition>,
    /// The kinds of task start that are examined.
    pub profiles: Vec<Profile>,
    /// How long the platform took to pull this very container's image.
    pub image_pull_ms: Option<u64>,
}

/// Where the run stands in the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The Region examined.
    pub region: Region,
    /// The Region that the platform names, where it does.
    pub own_region: Option<String>,
    /// Whether the platform always stands in a VPC, so that its resolver may be blamed.
    pub inside_vpc: bool,
    /// Whether the platform is a task on Fargate.
    pub fargate: bool,
    /// The task's own addresses.
    pub addresses: Vec<IpAddr>,
    /// The ranges of the task's subnet.
    pub subnets: Vec<IpNet>,
    /// Ranges that are private because the operator said so.
    pub vpc_cidrs: Vec<IpNet>,
    /// Proxy variables that are set.
    pub proxy: Vec<ProxyVariable>,
    /// What the edge could not look at.
    pub unread: Vec<Unread>,
}

impl Place {
    /// Whether the task has an IPv6 address that leads further than its link.
    pub fn has_ipv6(&self) -> bool {
        self.addresses.iter().any(|address| match address {
            IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
            IpAddr::V4(_) => false,
        })
    }
}

/// One name on one port, to be climbed.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Stable: the service's id, `HOST:PORT`, `control:HOST` or `own-name`.
    pub id: CheckId,
    /// Which step of the task start needs it.
    pub purpose: Purpose,
    /// The catalog's service, where it is one.
    pub service: Option<&'static str>,
    /// The fully qualified host name, without the final dot, or an address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The Region the host belongs to, where it is an AWS host.
    pub region: Option<Region>,
    /// Whether the task start fails without it.
    pub required: bool,
    /// Why it is here.
    pub role: Role,
    /// The route that is asserted.
    pub expect: Route,
    /// What can carry it privately.
    pub reach: Reach,
    /// The endpoint's service name, `com.amazonaws.REGION.…`, where an endpoint can carry it.
    pub endpoint_service: Option<String>,
    /// The last rung to climb.
    pub top: Rung,
    /// What is asked on the last rung.
    pub question: Option<Question>,
    /// What is replayed over the sockets of another check, instead of a ladder of its own.
    pub step: Option<Step>,
    /// Whose need this is, in words.
    pub why: String,
    /// What the reader must know about this check.
    pub note: Option<String>,
}

/// Why a check is in the plan.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// The task start needs it, by profile, image or `--service`.
    Start,
    /// Somebody asked for this endpoint by name.
    Extra,
    /// Asked only to learn whether there is a way out.
    Control,
    /// The task's own name, asked to learn the VPC's DNS attributes.
    OwnName,
    /// Asked only to learn whose credentials the run holds: the ladder of STS, and the call.
    Identity,
    /// A step of the task start, replayed over the sockets of a ladder.
    Step,
}

/// A step of the task start, replayed over the sockets that a ladder opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The check whose ladder opens the sockets.
    pub over: CheckId,
    /// What is done.
    pub deed: Deed,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Learn whose credentials the run holds.
    Identity,
    /// Fetch a secret or parameter.
    Secret(SecretRef),
    /// Ask for an environment file.
    EnvironmentFile(EnvironmentFile),
    /// Fetch the registry token of ECR.
    Token,
    /// Open a log stream and write one event.
    LogStream(LogGroup),
    /// Ask the registry for the image's manifest, by tag and by digest, and for its platform's entry.
    Manifest(ImageRef),
    /// Fetch the configuration and the layers.
    Layers(ImageRef),
}

/// A check's stable name.
#[derive(Clone, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct CheckId(pub String);

impl std::fmt::Display for CheckId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// `HOST:PORT`, an IPv6 address in brackets.
fn host_and_port(host: &str, port: u16) -> CheckId {
    CheckId(if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") })
}

/// One step of the ladder, lowest first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// A question to a resolver.
    Resolve,
    /// A TCP connection.
    Connect,
    /// A TLS handshake.
    Handshake,
    /// One HTTP request and its answer.
    Exchange,
}

/// Somebody who answers DNS questions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Resolver {
    /// Where.
    pub address: SocketAddr,
    /// Whether the task is configured to ask it.
    pub configured: bool,
    /// Whether it is the VPC's own, by its link-local address.
    pub vpc: bool,
}

#[cfg(test)]
mod tests;
