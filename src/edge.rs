//! Where the outside comes in: argv, environment, task metadata, resolv.conf, files. Read here, believed nowhere.

pub mod args;
mod ecs;
mod environment;
mod files;
mod host;
pub mod lambda;
mod proxy;
mod raw;
mod resolv_conf;
pub mod signals;

use std::path::Path;

use crate::inputs::{Function, Unread, UnreadKind, Vantage, VantageKind};

pub use environment::{Environment, ProcessEnvironment};
pub use files::{FileError, read_list, read_pasted, read_pem, read_text};
pub use raw::{TrustFiles, raw_inputs, trust_files};

const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Where the probe stands, as far as the platform tells within a second.
pub async fn vantage(environment: &impl Environment) -> Vantage {
    let mut vantage = vantage_without_network(environment);
    if let Some(base) = environment.get("ECS_CONTAINER_METADATA_URI_V4")
        && let Err(why) = ecs::describe(&base, &mut vantage).await
    {
        vantage.unread.push(Unread { what: UnreadKind::Metadata, why });
    }
    host::describe(&mut vantage);
    vantage
}

/// Where the probe stands, as far as environment and files tell.
pub fn vantage_without_network(environment: &impl Environment) -> Vantage {
    let mut vantage = Vantage {
        kind: kind(environment),
        region: environment.get("AWS_REGION").or_else(|| environment.get("AWS_DEFAULT_REGION")),
        function: function(environment),
        proxy: proxy::variables(environment),
        ..Vantage::default()
    };
    match resolv_conf::read(Path::new(RESOLV_CONF)) {
        Ok(nameservers) => vantage.nameservers = nameservers,
        Err(why) => vantage.unread.push(Unread { what: UnreadKind::Nameservers, why }),
    }
    vantage
}

/// The platform, by the marks that it leaves in the environment.
fn kind(environment: &impl Environment) -> VantageKind {
    // A custom runtime has no AWS_EXECUTION_ENV: the function's name is the mark.
    if function(environment).is_some() {
        return VantageKind::Lambda;
    }
    match environment.get("AWS_EXECUTION_ENV").as_deref() {
        Some("AWS_ECS_FARGATE") => VantageKind::Fargate,
        Some("AWS_ECS_EC2" | "AWS_ECS_MANAGED_INSTANCES") => VantageKind::EcsEc2,
        _ if environment.get("ECS_CONTAINER_METADATA_URI_V4").is_some() => VantageKind::EcsEc2,
        _ => VantageKind::Other,
    }
}

/// The function that this process is.
fn function(environment: &impl Environment) -> Option<Function> {
    let name = environment.get("AWS_LAMBDA_FUNCTION_NAME")?;
    Some(Function { name, version: environment.get("AWS_LAMBDA_FUNCTION_VERSION"), asked_deadline_ms: None })
}

#[cfg(test)]
mod tests {
    use super::environment::Map;
    use super::*;

    #[test]
    fn the_environment_tells_the_platform() {
        let table: &[(&[(&str, &str)], VantageKind)] = &[
            (&[("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE")], VantageKind::Fargate),
            (&[("AWS_EXECUTION_ENV", "AWS_ECS_EC2")], VantageKind::EcsEc2),
            (&[("AWS_EXECUTION_ENV", "AWS_ECS_MANAGED_INSTANCES")], VantageKind::EcsEc2),
            (&[("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x")], VantageKind::EcsEc2),
            (&[("AWS_LAMBDA_FUNCTION_NAME", "f")], VantageKind::Lambda),
            (&[("AWS_LAMBDA_FUNCTION_NAME", "")], VantageKind::Other),
            (&[("AWS_REGION", "eu-west-1")], VantageKind::Other),
            (&[], VantageKind::Other),
        ];
        for (variables, expected) in table {
            assert_eq!(kind(&Map::new(variables)), *expected, "{variables:?}");
        }
    }
}
