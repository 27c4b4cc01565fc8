//! What the run was asked: every rule about what is accepted. Parsed once, then trusted.

mod duration;
mod endpoint;
pub mod expectations;
mod host;
mod image;
mod list;
mod near;
mod parse;
mod raw;
mod region;
mod rounds;
mod task;
mod yaml;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use endpoint::{Endpoint, Transport};
pub use expectations::{Assertion, Demands, Target, TargetKind};
pub use host::host_name;
pub use image::{EcrHost, ImageRef};
pub use near::distance;
pub use parse::accept;
pub use raw::{Error, NamedText, RawInputs, shown};
pub use region::{Partition, Region};
pub use rounds::{Rounds, Until};
pub use task::{
    EfsVolume, EnvironmentFile, LayerMode, LogGroup, Platform, SecretRef, SecretStore, SecretUse, TaskDefinition,
};

/// Everything the run was asked and what the edge knew of its surroundings, secrets cut.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Inputs {
    /// The Region whose endpoints are examined.
    pub region: Region,
    /// The account whose registry is asked; none when neither image nor task metadata gives one.
    pub account: Option<String>,
    /// What the task start is made of.
    pub profiles: Vec<Profile>,
    /// Further services of the catalog, by id.
    pub services: Vec<String>,
    /// Images whose pulls are replayed.
    pub images: Vec<ImageRef>,
    /// Secrets and parameters that the task start fetches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretRef>,
    /// Files in S3 that become environment variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment_files: Vec<EnvironmentFile>,
    /// Log groups that the awslogs driver writes to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log_groups: Vec<LogGroup>,
    /// EFS file systems that are mounted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<EfsVolume>,
    /// What the images must be for.
    #[serde(default)]
    pub platform: Platform,
    /// What else the task definition says, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<TaskDefinition>,
    /// How much of each image layer is fetched.
    #[serde(default)]
    pub layers: LayerMode,
    /// Whether nothing is written and no secret value asked for.
    #[serde(default)]
    pub read_only: bool,
    /// Further TLS or TCP endpoints.
    pub endpoints: Vec<Endpoint>,
    /// Hosts of a foreign list that can't be connected to, being patterns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// Routes that are asserted.
    pub expectations: Vec<Expectation>,
    /// The file of expectations, by its name; empty where the text itself was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expectations_file: Option<String>,
    /// What it asserts, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assertions: Vec<Assertion>,
    /// Whether hosts are asked only to learn if there is a way out.
    pub controls: bool,
    /// Whether FIPS hosts are used.
    pub fips: bool,
    /// Whether dual-stack hosts are used.
    pub dual_stack: bool,
    /// Ranges that are private although they may look public.
    #[schemars(with = "Vec<String>")]
    pub vpc_cidrs: Vec<IpNet>,
    /// How long each rung may take.
    pub limits: Limits,
    /// Whether warnings fail.
    pub strict: bool,
    /// Where extra roots came from.
    pub ca_bundle: Option<String>,
    /// What replaces the public roots.
    pub roots: Option<String>,
}

/// How long each rung, and the whole run, may take.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Limits {
    /// One DNS attempt.
    pub dns_ms: u64,
    /// One TCP connection.
    pub connect_ms: u64,
    /// One TLS handshake.
    pub tls_ms: u64,
    /// One HTTP exchange.
    pub http_ms: u64,
    /// The whole run.
    pub deadline_ms: u64,
    /// A rung slower than this warns.
    pub slow_ms: u64,
    /// An estimated pull longer than this fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_pull_ms: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            dns_ms: 2_000,
            connect_ms: 4_000,
            tls_ms: 5_000,
            http_ms: 10_000,
            deadline_ms: 60_000,
            slow_ms: 5_000,
            max_pull_ms: None,
        }
    }
}

impl Limits {
    /// The whole run's limit.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}

/// A set of services that a kind of task start needs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Registry token, registry, layers, logs.
    Fargate,
    /// The same, and what the container agent on an instance needs.
    EcsEc2,
    /// ECS Exec into a task.
    Exec,
}

/// How traffic is expected to leave.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Through a VPC endpoint (for S3: gateway or interface).
    Private,
    /// Through a gateway endpoint.
    Gateway,
    /// Through a NAT or internet gateway.
    Public,
    /// Whatever works.
    #[default]
    Any,
    /// Not at all.
    Blocked,
}

impl Route {
    /// The word for it, as it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Gateway => "gateway",
            Self::Public => "public",
            Self::Any => "any",
            Self::Blocked => "blocked",
        }
    }
}

/// A route asserted for everything, or for one service or host.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Expectation {
    /// A service id or a host name; none means everything.
    pub what: Option<String>,
    /// The route it must take.
    pub route: Route,
}

/// Where the probe stands, as far as the platform tells.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Vantage {
    /// The platform.
    pub kind: VantageKind,
    /// The Region that the platform names, which need not be the one examined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The partition of the examined Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The zone the task runs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    /// The task itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_arn: Option<String>,
    /// The cluster, as an ARN or a short name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The IPv4 range of the subnet the task stands in (its IPv6 range where that is all it has).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub subnet_cidr: Option<IpNet>,
    /// The IPv6 range of the subnet, beside the IPv4 one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub subnet_cidr_ipv6: Option<IpNet>,
    /// The task's own addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// The resolvers the task is configured with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nameservers: Vec<SocketAddr>,
    /// The task's own private DNS name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_dns_name: Option<String>,
    /// The role whose credentials the run holds, as an ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_arn: Option<String>,
    /// Where credentials come from: `environment`, `container` or `lambda`; none where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// The function, where the platform is Lambda.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// How long the platform took to pull this very container's image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_ms: Option<u64>,
    /// Proxy variables that are set, passwords cut; they are not used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proxy: Vec<ProxyVariable>,
    /// What could not be looked at, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// The Lambda function that the run stands in.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its version: a number, or `$LATEST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The deadline that was asked for, where the function's own time-out leaves less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_deadline_ms: Option<u64>,
}

/// A proxy variable, without its password.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ProxyVariable {
    /// The variable's name as it is set.
    pub name: String,
    /// Scheme, host and port, or the list of exceptions.
    pub value: String,
}

/// Something about our own surroundings that could not be read.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Unread {
    /// What it was.
    pub what: UnreadKind,
    /// Operation, subject and cause.
    pub why: String,
}

/// The kinds of things that may be unreadable.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnreadKind {
    /// The list of configured resolvers: without it the verdict can't be "pass".
    Nameservers,
    /// The task metadata: the run knows less of where it stands.
    Metadata,
    /// The credentials: what has to be signed is not asked for.
    Credentials,
}

/// The platforms the probe can stand on.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VantageKind {
    /// An ECS task on Fargate.
    Fargate,
    /// An ECS task on an instance.
    EcsEc2,
    /// A Lambda function.
    Lambda,
    /// Anything else.
    #[default]
    Other,
}

impl VantageKind {
    /// Whether this platform always stands inside a VPC, so that its resolver may be blamed.
    pub fn is_in_a_vpc(self) -> bool {
        match self {
            Self::Fargate | Self::EcsEc2 | Self::Lambda => true,
            Self::Other => false,
        }
    }
}
