//! What a plan does not need although people pay for it, and what no plan can show.

use serde::Serialize;

use super::endpoints::home;
use crate::plan::{Check, Deed, ImageRef, Plan, Profile, Purpose, Role, SecretRef};

/// A VPC endpoint that this start does without.
#[derive(Debug, Serialize)]
pub(super) struct NotNeeded {
    pub(super) service: &'static str,
    pub(super) why: &'static str,
}

const OF_INSTANCES: &str = "the container agent of an instance calls it; tasks on Fargate do not";
const NO_ECR: &str = "no image is in an ECR private registry";

/// Endpoints that are often made for such a start and carry nothing of it.
pub(super) fn not_needed(plan: &Plan) -> Vec<NotNeeded> {
    let has = |profile: Profile| plan.replay.profiles.contains(&profile);
    if !has(Profile::Fargate) && !has(Profile::EcsEc2) {
        return Vec::new();
    }
    let is_a_task = plan.replay.task_definition.is_some();
    let has_volume = plan.checks.iter().any(|check| check.purpose == Purpose::Volumes);
    let rows = [
        (is_a_task, "ecr.api", NO_ECR),
        (is_a_task, "ecr.dkr", NO_ECR),
        (is_a_task, "logs", "no container logs with the awslogs driver"),
        (!has(Profile::EcsEc2), "ecs", OF_INSTANCES),
        (!has(Profile::EcsEc2), "ecs-agent", OF_INSTANCES),
        (!has(Profile::EcsEc2), "ecs-telemetry", OF_INSTANCES),
        (true, "sts", "the platform gives the task its credentials; only an application that assumes a role calls it"),
        (
            !has(Profile::Exec),
            "kms",
            "secrets, images and files are decrypted by the services that keep them; only an application, or ECS Exec \
             with a key, calls it",
        ),
        (has_volume, "elasticfilesystem", "it carries the API of EFS; mounting goes to a mount target on port 2049"),
    ];
    // What is asked for, or needed in whichever Region, is no waste.
    let planned = plan.checks.iter().filter(|check| matches!(check.role, Role::Start | Role::Extra));
    let is_planned = |id: &str| planned.clone().any(|check| check.service == Some(id));
    let rows = rows.into_iter().filter(|(applies, service, _)| *applies && !is_planned(service));
    rows.map(|(_, service, why)| NotNeeded { service, why }).collect()
}

/// What a task definition, or an image alone, does not show.
pub(super) fn not_shown(plan: &Plan) -> Vec<String> {
    let images: Vec<&ImageRef> = plan.checks.iter().filter_map(image).collect();
    let mut sentences = of_patterns(plan);
    if images.is_empty() {
        return sentences;
    }
    sentences.extend(of_images(plan, &images));
    sentences.extend(of_accounts(plan, &images));
    sentences.extend(of_router(plan, &images));
    if plan.replay.profiles.contains(&Profile::Fargate) {
        sentences.push(
            "GuardDuty Runtime Monitoring, where the account has it on, adds a sidecar whose image comes from an ECR \
             registry of AWS's own (ecr.dkr and S3), and reports to guardduty-data, an endpoint that GuardDuty usually \
             makes itself; the task starts without either."
                .to_owned(),
        );
    }
    let region = &plan.place.region;
    sentences.push(format!(
        "Service Connect is a setting of the service: its proxy uses the endpoint ecs-agent where there is one, and \
         ecs-sc.{region}.{} otherwise.",
        region.partition().suffix()
    ));
    if !plan.replay.profiles.contains(&Profile::Exec) {
        sentences.push(
            "ECS Exec is a setting of the service or of RunTask: it needs ssmmessages (--profile exec), and neither ssm \
             nor ec2messages."
                .to_owned(),
        );
    }
    sentences
}

fn image(check: &Check) -> Option<&ImageRef> {
    match &check.step.as_ref()?.deed {
        Deed::Manifest(image) => Some(image),
        Deed::Identity
        | Deed::Secret(_)
        | Deed::EnvironmentFile(_)
        | Deed::Token
        | Deed::LogStream(_)
        | Deed::Layers(_) => None,
    }
}

/// Patterns, which nothing can be connected to by.
fn of_patterns(plan: &Plan) -> Vec<String> {
    let (left_out, idle) = (&plan.asserted.left_out, &plan.asserted.idle);
    let table = [
        (left_out, "Of the list of endpoints nothing can be connected to by the patterns in it"),
        (idle, "Of the expectations no host of this plan fits"),
    ];
    let filled = table.into_iter().filter(|(patterns, _)| !patterns.is_empty());
    filled.map(|(patterns, what)| format!("{what}: {}.", patterns.join(", "))).collect()
}

fn of_images(plan: &Plan, images: &[&ImageRef]) -> Vec<String> {
    let home = home(plan);
    let ecr = || images.iter().filter_map(|image| Some((image, image.ecr.as_ref()?)));
    let mut sentences = Vec::new();
    if ecr().next().is_some() {
        sentences.push(
            "The first pull through a pull-through cache needs a way to the internet, whatever endpoints there are; \
             later ones do not. The image's name does not tell whether it is behind one."
                .to_owned(),
        );
    }
    for (image, ecr) in ecr().filter(|(_, ecr)| ecr.region.as_str() != home) {
        sentences.push(format!(
            "The layers of {} are in S3 of {}: this VPC's gateway endpoint does not lead there. A copy of the image in \
             {home} (ECR replicates) needs nothing further.",
            crate::inputs::shown(&image.reference),
            ecr.region
        ));
    }
    sentences
}

/// Accounts that are not the task's own: each must let it in, which only a signed call can show.
fn of_accounts(plan: &Plan, images: &[&ImageRef]) -> Vec<String> {
    let Some(own) = own_account(plan) else { return Vec::new() };
    let of_images = images.iter().filter_map(|image| Some(image.ecr.as_ref()?.account.as_str()));
    let mut accounts: Vec<&str> = of_images.filter(|account| *account != own).collect();
    crate::order::naturally(&mut accounts);
    accounts.dedup();
    let repository = |account: &&str| {
        format!(
            "Images come from account {account}, and the execution role is of {own}: the repository's policy must let \
             that account pull, beside what the role's own allows."
        )
    };
    let mut sentences: Vec<String> = accounts.iter().map(repository).collect();
    for secret in plan.checks.iter().filter_map(secret).filter(|secret| account(&secret.id).is_some_and(|a| a != own)) {
        sentences.push(format!(
            "{} is of another account than the execution role's, {own}: its own policy must let that role in, and it \
             must be encrypted with a key that does so as well.",
            crate::inputs::shown(&secret.id)
        ));
    }
    sentences
}

fn secret(check: &Check) -> Option<&SecretRef> {
    match &check.step.as_ref()?.deed {
        Deed::Secret(secret) => Some(secret),
        Deed::Identity
        | Deed::EnvironmentFile(_)
        | Deed::Token
        | Deed::LogStream(_)
        | Deed::Manifest(_)
        | Deed::Layers(_) => None,
    }
}

/// The account in an ARN.
fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| account.len() == 12)
}

/// The account of the role that pulls, where the task definition names it by ARN.
fn own_account(plan: &Plan) -> Option<&str> {
    account(plan.replay.execution_role.as_deref()?)
}

fn of_router(plan: &Plan, images: &[&ImageRef]) -> Vec<String> {
    if !plan.replay.task_definition.as_ref().is_some_and(|task| task.firelens) {
        return Vec::new();
    }
    let mut sentences = vec![
        "A FireLens router sends the logs on: its destination (logs, firehose, S3 or another host) stands in its options, \
         which are not read; name it with --service or --endpoint."
            .to_owned(),
    ];
    if images.iter().any(|image| ["public.ecr.aws", "ecr-public.aws.com"].contains(&image.host.as_str())) {
        sentences.push(
            "An image on ECR Public, as the FireLens router's often is, comes through no VPC endpoint; AWS keeps copies of \
             aws-for-fluent-bit in each Region's ECR, which `aws ssm get-parameters-by-path --path \
             /aws/service/aws-for-fluent-bit` lists."
                .to_owned(),
        );
    }
    sentences
}
