//! The `vpcprobe run` line that settles a reading.

use super::facts::Facts;
use super::steps::Step;
use crate::inputs::Region;

/// The run, with what the text names; none where no run can see the cause.
pub(super) fn settle(step: Step, facts: &Facts) -> Option<String> {
    if matches!(step, Step::Start | Step::Running) {
        return None;
    }
    let region = facts.region.as_deref().unwrap_or("$REGION");
    let mut words = vec![format!("vpcprobe run --region {region}")];
    if let Some(image) = &facts.image {
        words.push(format!("--image {image}"));
    }
    match (step, &facts.secret) {
        (_, Some(secret)) => words.push(format!("--secret {secret}")),
        (Step::Secrets | Step::RegistryCredentials, None) => words.push("--service secretsmanager".to_owned()),
        (Step::Parameters, None) => words.push("--service ssm".to_owned()),
        (Step::SecretsOrToken | Step::Initialization, None) => {
            words.push("--service secretsmanager --service ssm".to_owned());
        }
        (Step::EnvironmentFiles, None) => words.push("--service s3".to_owned()),
        (Step::Volumes, None) => {
            let suffix = Region::parse(region).map_or("amazonaws.com", |region| region.partition().suffix());
            words.push(format!("--endpoint \"tcp://$FILE_SYSTEM.efs.{region}.{suffix}:2049\""));
        }
        _ => {}
    }
    if let Some(group) = &facts.log_group {
        words.push(format!("--log-group {group}"));
    }
    words.push("--format text".to_owned());
    Some(words.join(" "))
}
