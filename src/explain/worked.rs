//! What a stop reason proves to have worked before it.

use serde::Serialize;

use super::reason::Answered;
use super::steps::Step;
use crate::diagnosis::Certainty;

/// Something that worked.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Worked {
    /// What.
    pub what: String,
    /// How sure that is.
    pub certainty: Certainty,
}

fn certain(what: impl Into<String>) -> Worked {
    Worked { what: what.into(), certainty: Certainty::Certain }
}

fn likely(what: impl Into<String>) -> Worked {
    Worked { what: what.into(), certainty: Certainty::Likely }
}

/// What worked before a step, and in it where somebody answered. The order of the steps is known from reports, not from
/// AWS; a Docker daemon on an instance has another one and says nothing of a task's own network.
/// An image from elsewhere needs no token of ECR.
pub(super) fn before(step: Step, answered: Answered, by_docker: bool, elsewhere: bool, subject: &str) -> Vec<Worked> {
    let interface = || certain("the task has its network interface in your subnet");
    let token = || {
        likely(if elsewhere {
            "the secrets, if the task has any, had a network path at that moment"
        } else {
            "the secrets, if the task has any, and the registry token had a network path at that moment"
        })
    };
    let manifest = if elsewhere {
        "so had the log stream, if the task uses awslogs, and the image's manifest"
    } else {
        "so had the log stream, if the task uses awslogs, and the image's manifest (ecr.dkr)"
    };
    let mut worked = match step {
        Step::Placement | Step::Interface | Step::Storage | Step::Role | Step::Reference | Step::Unknown => Vec::new(),
        Step::Registry | Step::Pull if by_docker => Vec::new(),
        Step::Layers if by_docker => vec![certain("the registry gave the manifest")],
        Step::SecretsOrToken
        | Step::Parameters
        | Step::Secrets
        | Step::RegistryCredentials
        | Step::Token
        | Step::EnvironmentFiles
        | Step::Volumes
        | Step::Initialization => vec![interface()],
        Step::StartTimer => Vec::new(),
        Step::Logs | Step::Registry | Step::Pull => vec![interface(), token()],
        Step::Layers => vec![interface(), token(), likely(manifest)],
        Step::Unpack => vec![certain("the whole image came over the network: registry token, manifest and layers")],
        Step::LogsAtStart | Step::Start => vec![certain("the image was pulled: registry token, manifest and layers")],
        Step::Running => vec![certain("the task had started: everything that a start needs worked at that moment")],
    };
    if answered == Answered::Yes && !subject.is_empty() && !matches!(step, Step::Unpack | Step::Running | Step::Pull) {
        worked.push(certain(format!("the network path to {subject}: it answered")));
    }
    worked
}
