//! What AWS offers: each service's hosts, endpoint service name and the question that tells it from an impostor.

mod call;
mod hosts;
mod partitions;
mod prefixes;
mod services;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::inputs::{Partition, Region};

pub use call::Call;
pub use partitions::{Suffixes, control_hosts, suffixes};
pub use prefixes::{EndpointService, Prefix};
pub use services::{all, find};

/// A service of the catalog: one file of `catalog/services` each.
#[derive(Debug)]
pub struct Service {
    /// The id that people write: the endpoint service name without its prefix and Region.
    pub id: &'static str,
    /// The steps of a task start that need it, the first one its own.
    pub purposes: &'static [Purpose],
    /// What can carry it privately.
    pub reach: Reach,
    /// Its hosts.
    pub hosts: Hosts,
    /// Its hosts in the partitions where they are others.
    pub elsewhere: &'static [(&'static [Partition], Hosts)],
    /// Whether the host's first label is the customer's own: an account, a bucket, an API.
    pub own_label: bool,
    /// The one Region it exists in, where it is not in all of them.
    pub only_in: Option<&'static str>,
    /// The interface endpoint that carries it.
    pub endpoint: EndpointService,
    /// The interface endpoint that carries its FIPS hosts, where that is another one.
    pub fips_endpoint: Option<EndpointService>,
    /// What is asked of it without credentials.
    pub call: Call,
    /// Whose need it is, in words.
    pub why: &'static str,
    /// What the reader must know about a check of it.
    pub note: Option<&'static str>,
}

/// Host names as templates over `{region}`, `{suffix}`, `{dual}`, `{account}` and `{registry}`.
#[derive(Clone, Copy, Debug)]
pub struct Hosts {
    /// What an ordinary client connects to.
    pub plain: &'static str,
    /// With `--dual-stack`; none where the service has no such host.
    pub dual_stack: Option<&'static str>,
    /// With `--fips`.
    pub fips: Option<&'static str>,
    /// With both.
    pub fips_dual_stack: Option<&'static str>,
}

/// What can carry a service's traffic without leaving the VPC.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// An interface endpoint: its name resolves to private addresses.
    Interface,
    /// A gateway endpoint, whose names stay public, or an interface endpoint (S3, DynamoDB).
    GatewayOrInterface,
    /// No VPC endpoint.
    Nothing,
}

/// The steps of a task start, in the order Fargate meets them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Secrets, parameters, environment files.
    Secrets,
    /// The registry token.
    RegistryToken,
    /// The log stream.
    Logs,
    /// The manifest.
    Registry,
    /// The layers.
    Layers,
    /// File systems.
    Volumes,
    /// ECS Exec.
    Exec,
    /// Anything else.
    Other,
}

/// What is asked on the last rung, unsigned, and whose answer is expected.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Question {
    /// The method.
    pub method: Method,
    /// The path, beginning with a slash.
    pub path: String,
    /// The headers beside `Host`.
    pub headers: Vec<(String, String)>,
    /// The body, when there is one.
    pub body: String,
    /// Whose answer tells that it is the real service.
    pub answer: Expected,
}

/// The methods used.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
}

/// The families of answers by which a service is known.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// ECR: 401 with a Basic challenge for this host or for `ecr.amazonaws.com`.
    EcrRegistry,
    /// Any other OCI registry: 401 with a challenge, or 200, with the registry's version header.
    OciRegistry,
    /// An AWS API: an error type or code in its protocol's form, and a request id.
    AwsApi,
    /// S3: its XML error, or an empty answer, with `x-amz-request-id`.
    S3,
    /// Any HTTP answer at all: an endpoint of which nothing is known.
    AnyHttp,
}

/// Where a host name is to be made for.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The Region.
    pub region: &'a Region,
    /// The registry's account, or a placeholder.
    pub account: &'a str,
    /// Whether FIPS hosts are used.
    pub fips: bool,
    /// Whether dual-stack hosts are used.
    pub dual_stack: bool,
}
