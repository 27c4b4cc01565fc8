//! What the observations of all checks together mean: a pure function of the plan and of what was seen.

mod asserted;
pub(crate) mod aws;
mod case;
mod compare;
mod culprit;
mod cut_over;
mod draft;
mod ecs_error;
mod endpoints;
mod extend;
mod hides;
mod ledger;
mod our_fault;
mod pulls;
mod reading;
pub mod recognise;
mod rules;
#[cfg(test)]
mod scenes;
mod settle;
mod shaped;
#[cfg(test)]
pub(crate) mod testing;
mod verdict;
mod who;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::observation::{Observation, ObservationId};
use crate::plan::{CheckId, Plan, Purpose};
use crate::vpc::Stand;

pub use crate::vpc::{Culprit, CulpritKind};
pub(crate) use case::is_private_range;
pub use case::{Case, Class};
pub use extend::with_found;
pub use pulls::{Pull, pulls};
pub use verdict::{CheckResult, CheckStatus, CutOver, CutOverAnswer, Judgement, ObservedRoute, Summary, Verdict};
pub use who::identity;

/// One cause, its evidence and its fix.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Finding {
    /// From the closed list; people grep for it and alarm on it.
    pub id: FindingId,
    /// Whether a required check fails by it.
    pub severity: Severity,
    /// How far the evidence carries.
    pub certainty: Certainty,
    /// The steps of the task start that it hits.
    pub purposes: Vec<Purpose>,
    /// The checks that it explains.
    pub checks: Vec<CheckId>,
    /// The observations that show it.
    pub evidence: Vec<ObservationId>,
    /// What was seen: one sentence.
    pub summary: String,
    /// What that means: one sentence.
    pub meaning: String,
    /// What to do, in order.
    pub fix: Vec<Fix>,
    /// Findings that it can't be told from inside the VPC.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<FindingId>,
    /// How to tell them apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tell_apart: Option<String>,
    /// The stop reason that ECS would have printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecs_error: Option<String>,
    /// What the comparison with others showed: one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<String>,
    /// Checks that can't be judged until this is mended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hides: Vec<CheckId>,
    /// The piece of configuration that is to blame; only where the operator's view of the VPC was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub culprit: Option<Culprit>,
    /// What else of the configuration stands in the same way: mending the culprit alone does not help.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Culprit>,
}

/// One step of a fix.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Fix {
    /// What to do.
    #[serde(rename = "do")]
    pub action: String,
    /// The command that does it, ready but for what only the operator knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A required check fails by it.
    Error,
    /// Something is wrong, and the task start does not fail by it.
    Warning,
    /// Worth knowing.
    Info,
}

/// How far the evidence carries.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Nothing else gives this evidence.
    Certain,
    /// The usual cause of this evidence; the alternatives are named.
    Likely,
    /// One of several causes.
    Possible,
}

macro_rules! finding_ids {
    ($(#[doc = $title:literal] $name:ident = $ones:literal,)*) => {
        /// The closed list of findings. The order is that in which rules are tried: most particular first.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum FindingId { $(#[doc = $title] $name,)* }

        impl FindingId {
            /// Every finding there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The last digit of the exit code; 0 where the rung of the evidence gives it.
            pub fn ones(self) -> u8 {
                match self { $(Self::$name => $ones,)* }
            }

            /// What it says in a few words, for people who meet the id only.
            pub fn title(self) -> &'static str {
                let sentence = match self { $(Self::$name => $title,)* };
                sentence.trim().trim_end_matches('.')
            }
        }
    };
}

finding_ids! {
    /// 169.254.169.253 does not answer.
    VpcResolverSilent = 1,
    /// A configured resolver does not answer.
    CustomResolverSilent = 1,
    /// The VPC's resolver answers private, a configured one public or nothing.
    CustomResolverBypassesPrivateDns = 1,
    /// Resolvers differ in another way that matters.
    ResolversDisagree = 1,
    /// NXDOMAIN.
    NameNotFound = 1,
    /// NOERROR without an address.
    NameWithoutAddress = 1,
    /// SERVFAIL or REFUSED.
    ResolverFailure = 1,
    /// The local clock is off.
    ClockSkew = 6,
    /// RST to the SYN.
    ConnectionRefused = 3,
    /// Unreachable at once.
    NoLocalRoute = 3,
    /// Every private endpoint is silent.
    AllEndpointsSilent = 3,
    /// Some addresses of one endpoint are silent.
    EndpointAddressSilent = 3,
    /// The image's layers are in another Region.
    LayersInAnotherRegion = 3,
    /// An image outside ECR private and no way out.
    PublicRegistryUnreachable = 3,
    /// A way out, and yet this name's public addresses are silent.
    EgressFiltered = 3,
    /// S3's public addresses are silent.
    LayersUnreachable = 3,
    /// A public answer and no way out.
    EndpointNotInEffect = 3,
    /// No public host answers.
    NoWayOut = 3,
    /// One endpoint is silent.
    EndpointSilent = 3,
    /// Full-size segments are lost.
    PathMtu = 4,
    /// The long ClientHello is lost.
    TlsLargeHelloDropped = 4,
    /// This server name is filtered.
    TlsNameFiltered = 4,
    /// The handshake is reset.
    TlsReset = 4,
    /// The ClientHello gets no answer.
    TlsSilent = 4,
    /// A TLS alert.
    TlsRefused = 4,
    /// The chain does not end in a public root.
    TlsIntercepted = 4,
    /// The certificate is for other names.
    TlsWrongName = 4,
    /// The certificate's time is over or has not come.
    TlsExpired = 4,
    /// AWS or the registry does not accept the credentials.
    CredentialsRejected = 6,
    /// S3 denies a presigned layer.
    LayersDenied = 6,
    /// A policy of the VPC endpoint denies it.
    EndpointPolicyDenies = 6,
    /// A policy of the role itself denies it.
    IdentityPolicyDenies = 6,
    /// A policy of the repository, secret, key or bucket denies it.
    ResourcePolicyDenies = 6,
    /// A policy of another kind denies it.
    OtherPolicyDenies = 6,
    /// Denied, and it is not said by what.
    AccessDenied = 6,
    /// The registry has no such repository.
    RepositoryNotFound = 7,
    /// The repository has no such image.
    ImageNotFound = 7,
    /// The image is not for the task's platform.
    PlatformMissing = 7,
    /// The log group does not exist.
    LogGroupNotFound = 7,
    /// A secret, parameter or environment file does not exist.
    SecretNotFound = 7,
    /// What came of the image is not what was asked for.
    LayerCorrupt = 8,
    /// A layer's bytes stop coming.
    TransferStalled = 8,
    /// 429 or a throttling error.
    Throttled = 5,
    /// 5xx with the service's marks.
    ServiceError = 5,
    /// Something answered that is not this service.
    UnexpectedAnswer = 5,
    /// Traffic leaves by a NAT or internet gateway.
    PublicRoute = 2,
    /// An expectation for S3 that can't be checked from inside.
    RouteUndetermined = 0,
    /// A broken expectation.
    UnexpectedRoute = 2,
    /// Everything works, and slowly.
    SlowPath = 9,
    /// A fault that no rule explains.
    Unexplained = 0,
    /// Configured to work, and silent.
    ConfigurationAndNetworkDisagree = 0,
    /// Signed calls need credentials, and there are none.
    CredentialsMissing = 6,
    /// Proxy variables are set.
    ProxySet = 0,
    /// Endpoints in effect and a way out as well.
    RedundantRoute = 0,
    /// What this run leaves unproved.
    Unproved = 0,
}

impl std::fmt::Display for FindingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

/// Judge what was seen: findings, each check's state, the verdict.
///
/// With the task's place in the operator's view of the VPC, what is likely becomes certain.
pub fn diagnose(plan: &Plan, observations: &[Observation], ended: Ended, stand: Option<&Stand<'_>>) -> Judgement {
    let plan = with_found(plan, observations);
    let case = Case::new(&plan, observations, stand);
    let findings = settle::settle(&case, rules::findings(&case));
    verdict::judge(&case, findings, ended)
}

/// How the probing ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// Every planned attempt was made.
    Completed,
    /// The run's deadline came first.
    Deadline,
    /// A signal came first.
    Signal,
}
