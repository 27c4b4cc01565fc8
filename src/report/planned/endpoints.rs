//! The VPC endpoints that a plan needs, each with its reasons and the command that makes it.

use serde::Serialize;

use crate::plan::{Check, Plan, Reach, Region, Role};

#[derive(Debug, Serialize)]
pub(super) struct PlannedEndpoint<'a> {
    pub(super) service: &'a str,
    pub(super) kind: &'static str,
    pub(super) why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

/// Services of the catalog that an endpoint in one Region reaches in another.
const ACROSS_REGIONS: &[&str] = &["ecr.api", "ecr.dkr", "kms", "ecs"];

/// One for each endpoint service, in the order in which it is needed first, with every reason that there is for it.
pub(super) fn of(plan: &Plan) -> Vec<PlannedEndpoint<'_>> {
    let mut endpoints: Vec<PlannedEndpoint<'_>> = Vec::new();
    for check in plan.checks.iter().filter(|check| matches!(check.role, Role::Start | Role::Extra)) {
        let Some(service) = check.endpoint_service.as_deref() else { continue };
        let known = endpoints.iter_mut().find(|endpoint| endpoint.service == service);
        match (known, kind(check)) {
            (Some(known), _) if known.why.contains(&check.why) => {}
            (Some(known), _) => known.why = format!("{}; {}", known.why, check.why),
            (None, Some(kind)) => {
                let (command, note) = creation(plan, check, service);
                endpoints.push(PlannedEndpoint { service, kind, why: check.why.clone(), command, note });
            }
            (None, None) => {}
        }
    }
    endpoints
}

fn kind(check: &Check) -> Option<&'static str> {
    match check.reach {
        Reach::Interface => Some("interface"),
        Reach::GatewayOrInterface => Some("gateway"),
        Reach::Nothing => None,
    }
}

/// The VPC's own Region, as far as it is known.
pub(super) fn home(plan: &Plan) -> &str {
    plan.place.own_region.as_deref().unwrap_or(plan.place.region.as_str())
}

/// The command that makes the endpoint in the VPC's Region, or why there is none.
fn creation(plan: &Plan, check: &Check, service: &str) -> (Option<String>, Option<String>) {
    let home = home(plan);
    let other = check.region.as_ref().map(Region::as_str).filter(|region| *region != home);
    let crosses = check.service.is_some_and(|id| ACROSS_REGIONS.contains(&id));
    let how = match (check.reach, other) {
        (Reach::GatewayOrInterface, None) => "--vpc-endpoint-type Gateway --route-table-ids $RTB".to_owned(),
        (Reach::GatewayOrInterface, Some(region)) => return (None, Some(no_gateway(region))),
        (Reach::Interface | Reach::Nothing, Some(region)) if !crosses => return (None, Some(not_across(region))),
        (Reach::Interface | Reach::Nothing, other) => format!(
            "--vpc-endpoint-type Interface {}--subnet-ids $SUBNETS --security-group-ids $EPSG --private-dns-enabled",
            other.map(|region| format!("--service-region {region} ")).unwrap_or_default()
        ),
    };
    let command = format!("aws ec2 create-vpc-endpoint --region {home} --vpc-id $VPC --service-name {service} {how}");
    (Some(command), None)
}

fn not_across(region: &str) -> String {
    format!(
        "no VPC endpoint of this Region is known to reach the service in {region}: keep what is asked of it in this \
         Region, or reach it by a NAT gateway, or by an endpoint in a VPC of {region} that is peered with this one"
    )
}

fn no_gateway(region: &str) -> String {
    format!(
        "no gateway endpoint leads to another Region: copy what is in {region} to this one, or reach it by an interface \
         endpoint with --service-region {region}, or by a NAT gateway"
    )
}
