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
    // What only the replay can show needs to be told what to replay.
    let needs_image = matches!(step, Step::Token | Step::SecretsOrToken | Step::Registry | Step::Layers | Step::Pull);
    match &facts.image {
        Some(image) => words.push(format!("--image {image}")),
        None if needs_image => words.push("--image $IMAGE".to_owned()),
        None => {}
    }
    match (step, &facts.secret) {
        (_, Some(secret)) => words.push(format!("--secret {secret}")),
        (Step::Secrets | Step::RegistryCredentials, None) => words.push("--secret $SECRET".to_owned()),
        (Step::Parameters, None) => words.push("--secret ssm:$PARAMETER".to_owned()),
        (Step::SecretsOrToken | Step::Initialization, None) => {
            words.push("--service secretsmanager --service ssm".to_owned());
        }
        (Step::EnvironmentFiles, None) => words.push("--task-definition task-definition.json".to_owned()),
        (Step::Volumes, None) => {
            let suffix = Region::parse(region).map_or("amazonaws.com", |region| region.partition().suffix());
            words.push(format!("--endpoint \"tcp://$FILE_SYSTEM.efs.{region}.{suffix}:2049\""));
        }
        _ => {}
    }
    match &facts.log_group {
        Some(group) => words.push(format!("--log-group {group}")),
        None if matches!(step, Step::Logs | Step::LogsAtStart) => words.push("--log-group $LOG_GROUP".to_owned()),
        None => {}
    }
    words.push("--format text".to_owned());
    Some(words.join(" "))
}
