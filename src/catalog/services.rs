//! The list of services.

mod dynamodb;
mod ec2messages;
mod ecr_api;
mod ecr_dkr;
mod ecr_public;
mod ecs;
mod ecs_agent;
mod ecs_telemetry;
mod elasticfilesystem;
mod events;
mod execute_api;
mod guardduty_data;
mod kms;
mod logs;
mod monitoring;
mod s3;
mod secretsmanager;
mod sns;
mod sqs;
mod ssm;
mod ssmmessages;
mod sts;
mod xray;

use super::Service;

/// In the order in which a task start meets them, then by who needs them.
const ALL: &[&Service] = &[
    &secretsmanager::SERVICE,
    &ssm::SERVICE,
    &ecr_api::SERVICE,
    &logs::SERVICE,
    &ecr_dkr::SERVICE,
    &s3::SERVICE,
    &ssmmessages::SERVICE,
    &ec2messages::SERVICE,
    &kms::SERVICE,
    &sts::SERVICE,
    &ecs_agent::SERVICE,
    &ecs_telemetry::SERVICE,
    &ecs::SERVICE,
    &execute_api::SERVICE,
    &elasticfilesystem::SERVICE,
    &guardduty_data::SERVICE,
    &monitoring::SERVICE,
    &events::SERVICE,
    &xray::SERVICE,
    &sqs::SERVICE,
    &sns::SERVICE,
    &dynamodb::SERVICE,
    &ecr_public::SERVICE,
];

/// Every service.
pub fn all() -> &'static [&'static Service] {
    ALL
}

/// A service by its id.
pub fn find(id: &str) -> Option<&'static Service> {
    all().iter().copied().find(|service| service.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_is_found_by_its_own_id() {
        for service in all() {
            assert!(std::ptr::eq(find(service.id).unwrap(), *service), "{}", service.id);
            assert!(!service.purposes.is_empty() && !service.why.is_empty(), "{}", service.id);
        }
    }
}
