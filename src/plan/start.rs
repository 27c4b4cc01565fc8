//! What the task start needs: profiles, images, and services asked for by name.

use super::{Check, CheckId, Profile, Purpose, Reach, Region, Role, Route, Rung, asserted, task};
use crate::catalog::{self, Question, Service, Site};
use crate::inputs::{EcrHost, Error, ImageRef, Inputs, distance};

/// Asked for where nobody names an account.
const PLACEHOLDER_ACCOUNT: &str = "000000000000";

/// What an ECR image needs, and only an ECR image.
const OF_ECR: &[&str] = &["ecr.api", "ecr.dkr", "s3"];

/// The checks of the task start, in the order Fargate meets them.
pub(super) fn checks(inputs: &Inputs) -> Result<Vec<Check>, Error> {
    let mut checks = Vec::new();
    for image in &inputs.images {
        match &image.ecr {
            Some(ecr) => of_ecr_image(inputs, image, ecr).into_iter().for_each(|check| add(&mut checks, check)),
            None => add(&mut checks, of_other_image(image)),
        }
    }
    task::add_to(&mut checks, inputs);
    for service in inputs.profiles.iter().flat_map(|profile| named_by(*profile)) {
        if is_by_profile(inputs, service) {
            add(&mut checks, of_profile(inputs, known(service)));
        }
    }
    for id in &inputs.services {
        let service = by_name(id, &inputs.region).map_err(|why| Error::of("--service", id, &why))?;
        ask_for(&mut checks, inputs, service);
    }
    for service in asserted::services(inputs)? {
        ask_for(&mut checks, inputs, service);
    }
    crate::order::by_key(&mut checks, |check| check.purpose);
    Ok(checks)
}

/// Whether the profile alone puts a service into the plan: what images and a task definition say narrows it.
fn is_by_profile(inputs: &Inputs, service: &str) -> bool {
    match service {
        "logs" => inputs.task_definition.is_none() && inputs.log_groups.is_empty(),
        of_ecr if OF_ECR.contains(&of_ecr) => inputs.images.is_empty(),
        _ => true,
    }
}

fn named_by(profile: Profile) -> &'static [&'static str] {
    match profile {
        Profile::Fargate => &["ecr.api", "logs", "ecr.dkr", "s3"],
        Profile::EcsEc2 => &["ecr.api", "logs", "ecr.dkr", "s3", "ecs-agent", "ecs-telemetry", "ecs"],
        Profile::Exec => &["ssmmessages"],
    }
}

pub(super) fn known(id: &str) -> &'static Service {
    catalog::find(id).expect("the catalog has every service that a profile names")
}

/// Add a check, unless the same host and port is there; its id names the host when it is not the first of its kind.
pub(super) fn add(checks: &mut Vec<Check>, mut check: Check) {
    if checks.iter().any(|known| known.host == check.host && known.port == check.port) {
        return;
    }
    if checks.iter().any(|known| known.id == check.id) {
        check.id = CheckId(format!("{}:{}", check.id, check.host));
    }
    checks.push(check);
}

/// A service asked for by name is required, even where it is in the plan without being so.
fn ask_for(checks: &mut Vec<Check>, inputs: &Inputs, service: &'static Service) {
    let here = |check: &Check| OF_ECR.contains(&service.id) || check.region.as_ref() == Some(&inputs.region);
    let present = checks.iter_mut().find(|check| check.id.0 == service.id && here(check));
    match present {
        Some(check) if check.required => {}
        Some(check) => *check = of_service(inputs, service),
        None => add(checks, of_service(inputs, service)),
    }
}

fn of_profile(inputs: &Inputs, service: &'static Service) -> Check {
    let check = of_service(inputs, service);
    if service.id != "logs" || inputs.images.is_empty() {
        return check;
    }
    Check { required: false, why: format!("{}; a task without awslogs does not need it", check.why), ..check }
}

fn of_service(inputs: &Inputs, service: &'static Service) -> Check {
    let site = site(inputs, &inputs.region);
    let mut check = at_site(service, &site, service.host(&site));
    if service.id == "ecr.dkr" && inputs.account.is_none() {
        say(
            &mut check,
            "No image and no task metadata name an account, so a placeholder stands for it: the endpoint's private \
             name is a wildcard that holds for every account.",
        );
    }
    check
}

pub(super) fn site<'a>(inputs: &'a Inputs, region: &'a Region) -> Site<'a> {
    let account = inputs.account.as_deref().unwrap_or(PLACEHOLDER_ACCOUNT);
    Site { region, account, fips: inputs.fips, dual_stack: inputs.dual_stack }
}

/// Token, registry and layers of an image; the registry's host says which form its layers have.
fn of_ecr_image(inputs: &Inputs, image: &ImageRef, ecr: &EcrHost) -> [Check; 3] {
    let token_site = site(inputs, &ecr.region);
    let site = Site {
        account: &ecr.account,
        fips: inputs.fips || ecr.fips,
        dual_stack: inputs.dual_stack || ecr.dual_stack,
        ..token_site
    };
    let (api, dkr, s3) = (known("ecr.api"), known("ecr.dkr"), known("s3"));
    let registry_site = Site { fips: ecr.fips, dual_stack: ecr.dual_stack, ..site };
    let mut registry = at_site(dkr, &registry_site, image.host.clone());
    registry.port = image.port;
    [at_site(api, &token_site, api.host(&token_site)), registry, at_site(s3, &site, s3.host(&site))]
}

fn of_other_image(image: &ImageRef) -> Check {
    Check {
        id: super::host_and_port(&image.host, image.port),
        purpose: Purpose::Registry,
        service: None,
        host: image.host.clone(),
        port: image.port,
        region: None,
        required: true,
        role: Role::Start,
        expect: Route::Any,
        reach: Reach::Nothing,
        endpoint_service: None,
        top: Rung::Exchange,
        question: Some(Question::of_any_registry()),
        step: None,
        why: format!("the image {} is pulled from it", crate::inputs::shown(&image.reference)),
        note: Some("No VPC endpoint carries this registry, and its layers may come from further hosts.".to_owned()),
    }
}

pub(super) fn at_site(service: &'static Service, site: &Site<'_>, host: String) -> Check {
    let mut check = Check {
        id: CheckId(service.id.to_owned()),
        purpose: service.purposes.first().copied().unwrap_or(Purpose::Other),
        service: Some(service.id),
        host,
        port: 443,
        region: Some(site.region.clone()),
        required: true,
        role: Role::Start,
        expect: Route::Any,
        reach: service.reach,
        endpoint_service: Some(service.endpoint_service(site)),
        top: Rung::Exchange,
        question: Some(service.question()),
        step: None,
        why: service.why.to_owned(),
        note: service.note.map(str::to_owned),
    };
    if service.exact_host(site).is_none() {
        say(&mut check, "The service has no host in exactly the form asked for; the nearest one is examined.");
    }
    if service.id == "s3" && (site.fips || site.dual_stack) {
        say(
            &mut check,
            "AWS does not say to which host a FIPS or dual-stack registry sends for its layers; this is S3's own form.",
        );
    }
    check
}

pub(super) fn say(check: &mut Check, sentence: &str) {
    check.note = Some(match check.note.take() {
        Some(note) => format!("{note} {sentence}"),
        None => sentence.to_owned(),
    });
}

/// A service that somebody named, in this Region.
pub(super) fn by_name(id: &str, region: &Region) -> Result<&'static Service, String> {
    let service = catalog::find(id).ok_or_else(|| unknown(id))?;
    match service.only_in.filter(|_| !service.is_in(region)) {
        Some(only) => Err(format!("exists only in {only}, and the Region is {region}")),
        None => Ok(service),
    }
}

/// Whether a word is a few letters away from a service.
pub(super) fn is_near_a_service(id: &str) -> bool {
    catalog::all().iter().any(|service| id.len() > 4 && distance(service.id, id) <= 2)
}

fn unknown(id: &str) -> String {
    let all = || catalog::all().iter().map(|service| service.id);
    // Of names of three letters too many are two letters apart.
    let is_near =
        |known: &str| known.starts_with(id) || id.starts_with(known) || (id.len() > 4 && distance(known, id) <= 2);
    let near: Vec<_> = all().filter(|known| is_near(known)).collect();
    let (word, list) = if near.is_empty() { ("known are", all().collect()) } else { ("near are", near) };
    format!("no service of the catalog; {word} {}", list.join(", "))
}
