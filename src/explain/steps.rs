//! The steps of a task start, and by which words a text is of one.

use super::text::Text;

/// What was under way. The order is that of a task start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    Placement,
    Interface,
    Storage,
    Role,
    /// The step that fetches secrets and the registry token, and does not say which.
    SecretsOrToken,
    Parameters,
    Secrets,
    /// Credentials for a registry other than ECR, kept in Secrets Manager.
    RegistryCredentials,
    Token,
    EnvironmentFiles,
    Volumes,
    Logs,
    Initialization,
    Reference,
    Registry,
    Layers,
    /// The pull, and not which part of it.
    Pull,
    Unpack,
    /// The agent's timers over pull and start.
    StartTimer,
    LogsAtStart,
    Start,
    Running,
    Unknown,
}

/// The words of a step.
pub(super) struct Words {
    /// The phase of `docs`: P0 to P8.
    pub(super) phase: &'static str,
    /// A stable name.
    pub(super) name: &'static str,
    /// What the platform does in it.
    pub(super) what: &'static str,
    /// The services that it asks, by their ids in the catalog.
    pub(super) services: &'static [&'static str],
}

impl Step {
    #[rustfmt::skip]
    pub(super) fn words(self) -> Words {
        let (phase, name, what, services): (_, _, _, &'static [&'static str]) = match self {
            Self::Placement => ("P0", "placement", "ECS looks for a place and for capacity, outside of your VPC", &[]),
            Self::Interface => ("P1", "network-interface", "ECS makes the task's network interface in your subnet", &[]),
            Self::Storage => ("P1", "storage", "Fargate prepares the task's disk, outside of your VPC", &[]),
            Self::Role => ("P2", "role", "ECS assumes the task's roles, outside of your VPC", &[]),
            Self::SecretsOrToken => ("P3", "secrets-or-token", "the platform fetches the task's secrets and the registry token with the execution role; which of them it was, the text does not say", &["ecr.api", "secretsmanager", "ssm"]),
            Self::Parameters => ("P3", "parameters", "the platform fetches the task's parameters from Systems Manager with the execution role", &["ssm"]),
            Self::Secrets => ("P3", "secrets", "the platform fetches the task's secrets from Secrets Manager with the execution role", &["secretsmanager"]),
            Self::RegistryCredentials => ("P3", "registry-credentials", "the platform fetches the credentials of a registry other than ECR (repositoryCredentials) from Secrets Manager with the execution role", &["secretsmanager"]),
            Self::Token => ("P3", "registry-token", "the platform asks ECR for a registry token (GetAuthorizationToken) with the execution role", &["ecr.api"]),
            Self::EnvironmentFiles => ("P3b", "environment-files", "the platform fetches the task's environment files from S3 with the execution role", &["s3"]),
            Self::Volumes => ("P3b", "volumes", "the platform mounts the task's EFS file systems, TCP port 2049", &["elasticfilesystem"]),
            Self::Logs => ("P4", "logs", "the awslogs driver makes the log stream before the container starts, with the execution role", &["logs"]),
            Self::Initialization => ("P3-P4", "initialization", "the platform fetches secrets and the registry token, mounts volumes and makes the log stream; which of them it was, the text does not say", &["ecr.api", "logs", "secretsmanager", "ssm"]),
            Self::Reference => ("before-P5", "image-reference", "the platform reads the image's name in the task definition", &[]),
            Self::Registry => ("P5", "registry", "the platform asks the registry for the image's manifest", &["ecr.dkr"]),
            Self::Layers => ("P6", "layers", "the platform fetches the image's layers: the registry redirects each to a presigned URL of S3", &["s3"]),
            Self::Pull => ("P5-P6", "pull", "the platform pulls the image: the manifest from the registry, then the layers from S3; which of them it was, the text does not say", &["ecr.dkr", "s3"]),
            Self::Unpack => ("P7", "unpack", "the platform unpacks the image on its disk", &[]),
            Self::StartTimer => ("P5-P8", "start-timer", "the agent's timer over pull and start ran out; what it waited for, the text does not say", &["ecr.api", "ecr.dkr", "s3", "logs"]),
            Self::LogsAtStart => ("P8", "logs", "the awslogs driver makes the log stream as the container starts (EC2 and old Fargate)", &["logs"]),
            Self::Start => ("P8", "start", "the container starts", &[]),
            Self::Running => ("P8", "running", "the task had started", &[]),
            Self::Unknown => ("unknown", "unknown", "which step of a task start this is of, the text does not say", &[]),
        };
        Words { phase, name, what, services }
    }

    /// What the platform does in a pull's step, where the registry is not ECR.
    pub(super) fn elsewhere(self) -> &'static str {
        match self {
            Self::Layers => {
                "the platform fetches the image's layers, from the registry or from the host that it sends to"
            }
            Self::Pull => {
                "the platform pulls the image: the manifest from the registry, then the layers; which of them it was, the \
                 text does not say"
            }
            _ => self.words().what,
        }
    }

    /// Whether the step is a pull's.
    pub(super) fn is_of_pull(self) -> bool {
        matches!(self, Self::Registry | Self::Layers | Self::Pull)
    }

    /// Whether its host is S3's, whose names are public by design.
    pub(super) fn is_of_s3(self) -> bool {
        matches!(self, Self::Layers | Self::EnvironmentFiles)
    }
}

/// By which words a text is of a step: the first row of which every fragment stands in it, most particular first.
#[rustfmt::skip]
const TABLE: &[(&[&str], Step)] = &[
    (&["failed to normalize image reference"], Step::Reference),
    (&["invalid reference format"], Step::Reference),
    (&["no space left on device"], Step::Unpack),
    (&["failed to extract layer"], Step::Unpack),
    (&["failed to copy:"], Step::Layers),
    (&["httpReadSeeker"], Step::Layers),
    (&["httpReaderSeeker"], Step::Layers),
    (&["starport-layer-bucket"], Step::Layers),
    (&["storage-access-role-prod"], Step::Layers),
    (&["error pulling image configuration"], Step::Layers),
    (&["pull command failed: panic: runtime error"], Step::Layers),
    (&["invalid memory address or nil pointer dereference"], Step::Layers),
    (&["ecr:GetDownloadUrlForLayer"], Step::Layers),
    (&["failed commit on ref"], Step::Layers),
    (&["filesystem layer verification failed"], Step::Layers),
    (&["failed to download env files"], Step::EnvironmentFiles),
    (&["environment variable files from Amazon S3"], Step::EnvironmentFiles),
    (&["failed to invoke EFS utils"], Step::Volumes),
    (&["EFS utils command"], Step::Volumes),
    (&["to set up EFS volumes"], Step::Volumes),
    (&["mount.nfs4:"], Step::Volumes),
    (&["CannotStartContainerError", "logging driver"], Step::LogsAtStart),
    (&["failed to initialize logging driver"], Step::LogsAtStart),
    (&["failed to validate logger args"], Step::Logs),
    (&["failed to create Cloudwatch log stream"], Step::Logs),
    (&["CloudWatch log group"], Step::Logs),
    (&["awslogs driver arguments"], Step::Logs),
    (&["logs:CreateLogStream"], Step::Logs),
    (&["logs:CreateLogGroup"], Step::Logs),
    (&["log group does not exist"], Step::Logs),
    (&["https://logs."], Step::Logs),
    (&["lookup logs."], Step::Logs),
    (&["registry auth from asm"], Step::RegistryCredentials),
    (&["secret from asm"], Step::Secrets),
    (&["from secrets manager"], Step::Secrets),
    (&["AWS Secrets Manager"], Step::Secrets),
    (&["operation error Secrets Manager"], Step::Secrets),
    (&["secretsmanager:GetSecretValue"], Step::Secrets),
    (&["https://secretsmanager."], Step::Secrets),
    (&["lookup secretsmanager."], Step::Secrets),
    (&["secrets from ssm"], Step::Parameters),
    (&["AWS Systems Manager"], Step::Parameters),
    (&["operation error SSM"], Step::Parameters),
    (&["ssm:GetParameter"], Step::Parameters),
    (&["https://ssm."], Step::Parameters),
    (&["lookup ssm."], Step::Parameters),
    (&["ecr registry auth"], Step::Token),
    (&["registry auth from Amazon ECR"], Step::Token),
    (&["GetAuthorizationToken"], Step::Token),
    (&["CannotPullECRContainerError"], Step::Token),
    (&["https://api.ecr."], Step::Token),
    (&["lookup api.ecr."], Step::Token),
    (&["kms:Decrypt"], Step::SecretsOrToken),
    (&["unable to pull secrets or registry auth"], Step::SecretsOrToken),
    (&["failed to resolve ref"], Step::Registry),
    (&["ref pull has been retried"], Step::Layers),
    (&["pull image manifest has been retried"], Step::Registry),
    (&["inspect image has been retried"], Step::Registry),
    (&["descriptor matching platform"], Step::Registry),
    (&["no matching manifest for"], Step::Registry),
    (&["CannotPullImageManifestError"], Step::Registry),
    (&["CannotPullContainerFromRegistry"], Step::Registry),
    (&["/v2/: "], Step::Registry),
    (&["/v2/\": "], Step::Registry),
    (&["/manifests/"], Step::Registry),
    (&["API error (500): Get https://"], Step::Registry),
    (&["API error (404): repository"], Step::Registry),
    (&["The task can't pull the image"], Step::Registry),
    (&["pull access denied"], Step::Registry),
    (&["requested access to the resource is denied"], Step::Registry),
    (&["no basic auth credentials"], Step::Registry),
    (&["failed to authorize"], Step::Registry),
    (&["ecr:BatchGetImage"], Step::Registry),
    (&["manifest unknown"], Step::Registry),
    (&["name unknown"], Step::Registry),
    (&["pull rate limit"], Step::Registry),
    (&["toomanyrequests"], Step::Pull),
    (&["lookup", ".dkr.ecr."], Step::Registry),
    (&["CannotPullContainer"], Step::Pull),
    (&["The task cannot pull", "from the registry"], Step::Pull),
    (&["The task cannot pull", "from the Amazon ECR repository"], Step::Pull),
    (&["DockerTimeoutError"], Step::StartTimer),
    (&["Could not transition to"], Step::StartTimer),
    (&["unable transition start timeout"], Step::StartTimer),
    (&["CannotStartContainerError"], Step::Start),
    (&["CannotCreateContainerError"], Step::Start),
    (&["exec format error"], Step::Start),
    (&["ResourceInitializationError"], Step::Initialization),
    (&["resource cannot be initialized for task"], Step::Initialization),
    (&["connection issue between the task and Amazon ECR"], Step::Pull),
    (&["connection issue between the task and the registry"], Step::Pull),
    (&["connection issue between the task and Amazon CloudWatch"], Step::Logs),
    (&["connection issue between the task and Amazon S3"], Step::EnvironmentFiles),
];

/// The step that a text is of.
pub(super) fn step(text: &Text) -> Step {
    // The timer's bare word, which many other texts hold as part of theirs.
    let only_cut = text.has("context canceled") && text.plain.len() < 80;
    text.first(TABLE).copied().unwrap_or(if only_cut { Step::Pull } else { Step::Unknown })
}
