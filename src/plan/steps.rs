//! The steps of the task start that are replayed over the sockets of the ladders, and the checks that only a replay finds.

use std::net::IpAddr;

use super::{
    Check, CheckId, Deed, EnvironmentFile, ImageRef, LogGroup, Purpose, Reach, Region, Role, Route, Rung, SecretRef,
    SecretStore, SecretUse, Step, extra,
};
use crate::catalog::{self, Service, Site};
use crate::inputs::{Inputs, Vantage};

/// Names the ladder of a host that a blob was redirected to.
const LAYER_HOST: &str = "layer-host:";
/// Names the ladder of a host that a registry sends for its tokens.
const TOKEN_HOST: &str = "token-host:";
const MANIFEST_HOST: &str = "manifest-host:";

/// The replay's steps over these ladders, in the order in which Fargate meets them; and the ladder of STS, where there are
/// credentials whose owner may be asked for.
pub(super) fn add(checks: &mut Vec<Check>, inputs: &Inputs, vantage: &Vantage) {
    let mut steps: Vec<Check> = Vec::new();
    for secret in &inputs.secrets {
        steps.extend(of_secret(checks, secret, &steps));
    }
    steps.extend(inputs.environment_files.iter().filter_map(|file| of_environment_file(checks, inputs, file)));
    for token in inputs.images.iter().filter_map(|image| of_token(checks, image)) {
        // One token opens every registry of its Region.
        if steps.iter().all(|known| known.id != token.id) {
            steps.push(token);
        }
    }
    steps.extend(inputs.log_groups.iter().filter_map(|group| of_log_group(checks, inputs, group)));
    steps.extend(inputs.images.iter().filter_map(|image| of_manifest(checks, image)));
    steps.extend(inputs.images.iter().filter_map(|image| of_layers(checks, image)));
    if !steps.is_empty() && vantage.credentials.is_some() {
        steps.push(of_identity(checks, inputs));
    }
    checks.extend(steps);
}

/// The ladder of a service in a Region.
fn ladder<'c>(checks: &'c [Check], service: &str, region: &Region) -> Option<&'c Check> {
    checks.iter().find(|check| check.service == Some(service) && check.region.as_ref() == Some(region))
}

/// A step over a ladder: the same host, the same route, the same need.
fn over(ladder: &Check, id: String, purpose: Purpose, deed: Deed, why: String) -> Check {
    Check {
        id: CheckId(id),
        purpose,
        role: Role::Step,
        expect: Route::Any,
        top: Rung::Exchange,
        question: None,
        step: Some(Step { over: ladder.id.clone(), deed }),
        why,
        note: None,
        ..ladder.clone()
    }
}

fn of_secret(checks: &[Check], secret: &SecretRef, before: &[Check]) -> Option<Check> {
    let (service, kind) = match secret.store {
        SecretStore::SecretsManager => ("secretsmanager", "secret"),
        SecretStore::ParameterStore => ("ssm", "parameter"),
    };
    let ladder = ladder(checks, service, &secret.region)?;
    let plain = format!("{kind}:{}", secret.written());
    let is_taken = before.iter().any(|step| step.id.0 == plain);
    let id = match &secret.purpose {
        // The login of several images, or one that is a container's secret as well: each use is a fetch of its own.
        SecretUse::Registry { image } if is_taken => format!("{plain}:{image}"),
        SecretUse::Registry { .. } | SecretUse::Environment | SecretUse::LogOption => plain,
    };
    let name = crate::inputs::shown(&secret.written());
    let why = match &secret.purpose {
        SecretUse::Environment => format!("the {kind} {name} is fetched for a container"),
        SecretUse::LogOption => format!("the {kind} {name} is fetched for a log driver"),
        SecretUse::Registry { image } => {
            format!("the {kind} {name} is fetched to log in for the image {}", crate::inputs::shown(image))
        }
    };
    Some(over(ladder, id, Purpose::Secrets, Deed::Secret(secret.clone()), why))
}

fn of_environment_file(checks: &[Check], inputs: &Inputs, file: &EnvironmentFile) -> Option<Check> {
    let host = environment_host(inputs, file);
    let ladder = checks.iter().find(|check| check.host == host)?;
    let id = format!("environment-file:{}/{}", file.bucket, file.key);
    let why = "the environment file is fetched".to_owned();
    Some(over(ladder, id, Purpose::Secrets, Deed::EnvironmentFile(file.clone()), why))
}

/// Where an environment file is asked for. A bucket's name with dots fits no certificate: its path is used.
pub(super) fn environment_host(inputs: &Inputs, file: &EnvironmentFile) -> String {
    let site =
        Site { region: &inputs.region, account: "000000000000", fips: inputs.fips, dual_stack: inputs.dual_stack };
    let layers = service("s3").host(&site);
    let bare = layers.split_once('.').map_or(layers.as_str(), |(_, rest)| rest);
    if file.bucket.contains('.') { bare.to_owned() } else { format!("{}.{bare}", file.bucket) }
}

fn of_token(checks: &[Check], image: &ImageRef) -> Option<Check> {
    let ladder = ladder(checks, "ecr.api", &image.ecr.as_ref()?.region)?;
    let id = match ladder.id.0.strip_prefix("ecr.api") {
        Some("") | None => "registry-token".to_owned(),
        Some(_) => format!("registry-token:{}", ladder.host),
    };
    Some(over(ladder, id, Purpose::RegistryToken, Deed::Token, "the registry token is fetched".to_owned()))
}

fn of_log_group(checks: &[Check], inputs: &Inputs, group: &LogGroup) -> Option<Check> {
    let ladder = ladder(checks, "logs", &group.region)?;
    let id = if group.region == inputs.region {
        format!("log-stream:{}", group.name)
    } else {
        format!("log-stream:{}:{}", group.name, group.region)
    };
    let why = format!("a stream of {} is opened before the container starts", crate::inputs::shown(&group.name));
    Some(over(ladder, id, Purpose::Logs, Deed::LogStream(group.clone()), why))
}

fn registry<'c>(checks: &'c [Check], image: &ImageRef) -> Option<&'c Check> {
    checks.iter().find(|check| check.host == image.host && check.port == image.port)
}

fn of_manifest(checks: &[Check], image: &ImageRef) -> Option<Check> {
    let id = format!("manifest:{}", image.reference);
    let why = format!("the manifest of {} is fetched", crate::inputs::shown(&image.reference));
    Some(over(registry(checks, image)?, id, Purpose::Registry, Deed::Manifest(image.clone()), why))
}

fn of_layers(checks: &[Check], image: &ImageRef) -> Option<Check> {
    let id = format!("layers:{}", image.reference);
    let why = format!("configuration and layers of {} are fetched", crate::inputs::shown(&image.reference));
    Some(over(registry(checks, image)?, id, Purpose::Layers, Deed::Layers(image.clone()), why))
}

/// The caller's identity: over a ladder that is there, or one of its own that nothing depends on.
fn of_identity(checks: &mut Vec<Check>, inputs: &Inputs) -> Check {
    if ladder(checks, "sts", &inputs.region).is_none() {
        let site =
            Site { region: &inputs.region, account: "000000000000", fips: inputs.fips, dual_stack: inputs.dual_stack };
        let sts = super::start::at_site(service("sts"), &site, service("sts").host(&site));
        let why = "asked only to learn whose credentials the run holds".to_owned();
        checks.push(Check { required: false, role: Role::Identity, why, note: None, ..sts });
    }
    let ladder = ladder(checks, "sts", &inputs.region).expect("the ladder of STS was added where it was missing");
    let why = "asked only to learn whose credentials the run holds".to_owned();
    let step = over(ladder, "identity".to_owned(), Purpose::Other, Deed::Identity, why);
    Check { required: false, ..step }
}

fn service(id: &str) -> &'static Service {
    catalog::find(id).expect("the catalog has every service that a task start needs")
}

/// The id of the check of a host that a blob was redirected to.
pub fn layer_host(host: &str, port: u16) -> CheckId {
    CheckId(format!("{LAYER_HOST}{}", super::host_and_port(host, port)))
}

/// The id of the check of a host that a registry sends for its tokens.
pub fn token_host(host: &str, port: u16) -> CheckId {
    CheckId(format!("{TOKEN_HOST}{}", super::host_and_port(host, port)))
}

/// The id of the check of a host to which a registry redirects for a manifest.
pub fn manifest_host(host: &str, port: u16) -> CheckId {
    CheckId(format!("{MANIFEST_HOST}{}", super::host_and_port(host, port)))
}

/// The check that an id names which no plan holds: a host that only the replay learned of.
pub fn found(id: &CheckId) -> Option<Check> {
    let (purpose, place, why) = if let Some(place) = id.0.strip_prefix(LAYER_HOST) {
        (Purpose::Layers, place, "the registry redirects to it for the image's layers")
    } else if let Some(place) = id.0.strip_prefix(MANIFEST_HOST) {
        (Purpose::Registry, place, "the registry redirects to it for the image's manifest")
    } else {
        let place = id.0.strip_prefix(TOKEN_HOST)?;
        (Purpose::Registry, place, "the registry sends to it for a token")
    };
    let (host, port) = place.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    // The id may come from a report that was edited, and the host ends up in commands to paste.
    if host.parse::<IpAddr>().is_err() && crate::inputs::host_name(&host).as_ref() != Some(&host) {
        return None;
    }
    let region = extra::aws_region(&host);
    let owner = region.as_ref().and_then(|region| Some((extra::owner(&host, region)?, region)));
    let bare = Check {
        id: id.clone(),
        purpose,
        service: None,
        port: port.parse().ok()?,
        region: region.clone(),
        required: true,
        role: Role::Start,
        expect: Route::Any,
        reach: Reach::Nothing,
        endpoint_service: None,
        top: Rung::Handshake,
        question: None,
        step: None,
        why: why.to_owned(),
        note: None,
        host: host.clone(),
    };
    Some(match owner {
        Some((service, region)) => Check {
            service: Some(service.id),
            reach: service.reach,
            endpoint_service: Some(service.endpoint_service(&extra::plain_site(region))),
            ..bare
        },
        None => bare,
    })
}

#[cfg(test)]
mod tests;
