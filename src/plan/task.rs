//! What a task definition, or the flags in its place, needs beside its images: stores, logs, buckets, file systems.

use super::start::{add, at_site, known, say, site};
use super::{Check, CheckId, Purpose, Reach, Role, Route, Rung, SecretStore, host_and_port, steps};
use crate::catalog::suffixes;
use crate::inputs::{EnvironmentFile, Inputs, LogGroup, Region, SecretRef, shown};

/// Where EFS listens.
const NFS: u16 = 2049;
/// What a parameter's name begins with when it stands for a secret in Secrets Manager.
const SECRET_BEHIND: &str = "/aws/reference/secretsmanager/";

/// Add the ladders of everything but the images.
pub(super) fn add_to(checks: &mut Vec<Check>, inputs: &Inputs) {
    for secret in &inputs.secrets {
        add_store(checks, inputs, secret);
    }
    // One group may be here and another elsewhere: the examined Region's is the one without its host in the id.
    let (here, elsewhere): (Vec<_>, Vec<_>) = inputs.log_groups.iter().partition(|group| group.region == inputs.region);
    for LogGroup { region, .. } in here.into_iter().chain(elsewhere) {
        add(checks, at_region(inputs, "logs", region));
    }
    for file in &inputs.environment_files {
        add(checks, of_environment_file(inputs, file));
    }
    for volume in &inputs.volumes {
        add(checks, of_volume(inputs, &volume.file_system));
    }
}

fn add_store(checks: &mut Vec<Check>, inputs: &Inputs, secret: &SecretRef) {
    match secret.store {
        SecretStore::SecretsManager => add(checks, at_region(inputs, "secretsmanager", &secret.region)),
        SecretStore::ParameterStore => add(checks, at_region(inputs, "ssm", &secret.region)),
    }
    if secret.store == SecretStore::ParameterStore && stands_for_a_secret(&secret.id) {
        let why = format!("the parameter {} stands for a secret in it", shown(&secret.id));
        add(checks, Check { why, ..at_region(inputs, "secretsmanager", &secret.region) });
    }
}

/// An ARN has the parameter's name behind `parameter`.
fn stands_for_a_secret(id: &str) -> bool {
    let name = id.split_once(":parameter").map_or(id, |(_, name)| name);
    name.starts_with(SECRET_BEHIND)
}

fn at_region(inputs: &Inputs, service: &str, region: &Region) -> Check {
    let (service, site) = (known(service), site(inputs, region));
    at_site(service, &site, service.host(&site))
}

fn of_environment_file(inputs: &Inputs, file: &EnvironmentFile) -> Check {
    let (s3, site) = (known("s3"), site(inputs, &inputs.region));
    let host = steps::environment_host(inputs, file);
    let mut check = Check {
        // The layers keep the service's own id, whether there are such files or not.
        id: CheckId(format!("s3:{host}")),
        purpose: Purpose::Secrets,
        why: "the task's environment files are read from it".to_owned(),
        note: None,
        ..at_site(s3, &site, host)
    };
    say(&mut check, "An ARN of S3 names no Region: the bucket is looked for in the one examined.");
    check
}

fn of_volume(inputs: &Inputs, file_system: &str) -> Check {
    let host = format!("{file_system}.efs.{}.{}", inputs.region, suffixes(inputs.region.partition()).plain);
    Check {
        id: host_and_port(&host, NFS),
        purpose: Purpose::Volumes,
        service: None,
        port: NFS,
        region: Some(inputs.region.clone()),
        required: true,
        role: Role::Start,
        expect: Route::Any,
        reach: Reach::Nothing,
        endpoint_service: None,
        top: Rung::Connect,
        question: None,
        step: None,
        why: format!("the file system {file_system} is mounted before the containers start"),
        note: Some(
            "The name resolves to the mount target in the task's own zone, and where the zone has none, not at all. The \
             mount target's security group must let the task in on port 2049; no VPC endpoint has part in it."
                .to_owned(),
        ),
        host,
    }
}
