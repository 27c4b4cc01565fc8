//! What a reader of a stop reason must be warned of.

use super::causes::Seen;
use super::faults::Fault;
use super::steps::Step;
use super::text::Text;

/// Whether the words are the Docker daemon's: an EC2 instance, or Fargate before platform version 1.4.
pub(super) fn is_by_docker(text: &Text) -> bool {
    text.has_any(&[
        "Error response from daemon",
        "API error (",
        "/var/lib/docker",
        "DockerTimeoutError",
        "CannotPullImageManifestError",
        "CannotPullECRContainerError",
        "no basic auth credentials",
        "error pulling image configuration",
    ])
}

/// The warnings, in the order in which they help.
pub(super) fn notes(text: &Text, seen: &Seen<'_>) -> Vec<&'static str> {
    let denied = !seen.is_elsewhere()
        && matches!(
            seen.fault,
            Fault::IdentityDenies | Fault::EndpointDenies | Fault::ResourceDenies | Fault::OtherDenies | Fault::Denied
        );
    let names_registry = seen.is_s3() && seen.step != Step::EnvironmentFiles && text.has_any(&[".dkr.ecr", ".dkr-ecr"]);
    let table: &[(bool, &str)] = &[
        (
            seen.step == Step::Logs
                && seen.fault == Fault::Silent
                && text.has("cannot find the Amazon CloudWatch log group"),
            "The words \"cannot find the log group\" mislead: nothing was asked of CloudWatch Logs, so nothing is known of the \
             group.",
        ),
        (
            names_registry && matches!(seen.fault, Fault::Silent | Fault::TlsSilent | Fault::Reset | Fault::Closed),
            "The URL in a layer's error is not the host that failed: the agent puts the image's name in the place of the \
             presigned URL of S3. This is about S3, not the registry.",
        ),
        (
            names_registry && matches!(seen.fault, Fault::Denied | Fault::ServerError),
            "The URL in a layer's error may be the registry's own, or stand for the presigned URL of S3: the agent puts the \
             image's name in the place of that.",
        ),
        (
            seen.fault == Fault::NilPointer,
            "The panic is the helper's that pulls the layers; AWS's own remedy is the way to S3.",
        ),
        (
            text.has("storage-access-role-prod"),
            "The role that is named is AWS's own: ECR signs the layers' URLs with it. Nobody foreign is in your account, and no \
             role of yours is denied.",
        ),
        (denied && text.has("400"), "Status 400 says nothing else: ECR's API and the other JSON APIs deny with it."),
        (
            denied && !seen.is_s3(),
            "The platform uses the execution role, the application the task role: see which of them is named. A condition on \
             aws:SourceVpce or aws:SourceVpc denies a call that took the wrong route, so the route may be the cause.",
        ),
        (
            seen.fault == Fault::Silent && text.has("StatusCode: 0"),
            "StatusCode: 0 is no status: there was no HTTP answer.",
        ),
        (
            seen.fault == Fault::Silent && seen.step == Step::Token && text.has("GetAuthorizationToken"),
            "The token is asked for at ECR's IPv4 name even where the image has a dual-stack one: a task without IPv4 ends here \
             too.",
        ),
        (
            matches!(seen.fault, Fault::Silent | Fault::InvalidArgument | Fault::Closed | Fault::Reset)
                && text.has("dial tcp")
                || matches!(seen.fault, Fault::InvalidArgument | Fault::Closed),
            "One such error is no proof of a wrong configuration: see whether it comes back.",
        ),
        (
            is_by_docker(text),
            "These are the words of a Docker daemon: an EC2 instance (or Fargate before platform version 1.4). There the \
             instance's own network interface pulls, with the instance's subnet, routes and security group.",
        ),
    ];
    table.iter().filter(|(applies, _)| *applies).map(|(_, words)| *words).collect()
}
