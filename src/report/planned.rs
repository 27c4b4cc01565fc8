//! A plan as people and programs read it: what would be probed, which VPC endpoints that needs, and why.

use std::fmt::Write as _;

use serde::Serialize;

use crate::plan::{Check, Plan, Reach, Region, Role, Rung};

/// A plan in JSON.
#[derive(Debug, Serialize)]
struct Planned<'a> {
    region: &'a str,
    checks: Vec<PlannedCheck<'a>>,
    endpoints: Vec<PlannedEndpoint<'a>>,
}

#[derive(Debug, Serialize)]
struct PlannedCheck<'a> {
    id: &'a str,
    host: &'a str,
    port: u16,
    required: bool,
    top: Rung,
    why: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint_service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct PlannedEndpoint<'a> {
    service: &'a str,
    kind: &'static str,
    why: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// The plan as a JSON document.
pub fn json(plan: &Plan) -> String {
    let planned = Planned {
        region: plan.place.region.as_str(),
        checks: plan.checks.iter().map(check).collect(),
        endpoints: endpoints(plan),
    };
    let mut text = serde_json::to_string_pretty(&planned).expect("a plan holds nothing that JSON can't");
    text.push('\n');
    text
}

/// The plan as text.
pub fn text(plan: &Plan) -> String {
    let mut text = format!("Region {}: {} names would be probed.\n\n", plan.place.region, plan.checks.len());
    for check in &plan.checks {
        let need = if check.required { "required" } else { "not required" };
        line(&mut text, &format!("{}:{}  ({need}, up to {})", check.host, check.port, rung(check.top)));
        line(&mut text, &format!("    {}", check.why));
        if let Some(note) = &check.note {
            line(&mut text, &format!("    note: {note}"));
        }
    }
    line(&mut text, "\nVPC endpoints that a subnet without another way out needs for it:\n");
    for endpoint in endpoints(plan) {
        line(&mut text, &format!("{} ({}): {}", endpoint.service, endpoint.kind, endpoint.why));
        for line_below in endpoint.command.iter().chain(&endpoint.note) {
            line(&mut text, &format!("    {line_below}"));
        }
    }
    text
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string does not fail");
}

fn rung(rung: Rung) -> &'static str {
    match rung {
        Rung::Resolve => "its name",
        Rung::Connect => "a connection",
        Rung::Handshake => "a TLS handshake",
        Rung::Exchange => "an unsigned request",
    }
}

fn check(check: &Check) -> PlannedCheck<'_> {
    PlannedCheck {
        id: &check.id.0,
        host: &check.host,
        port: check.port,
        required: check.required,
        top: check.top,
        why: &check.why,
        endpoint_service: check.endpoint_service.as_deref(),
        note: check.note.as_deref(),
    }
}

/// One for each endpoint service, in the order in which it is needed first.
fn endpoints(plan: &Plan) -> Vec<PlannedEndpoint<'_>> {
    let mut endpoints: Vec<PlannedEndpoint<'_>> = Vec::new();
    for check in plan.checks.iter().filter(|check| matches!(check.role, Role::Start | Role::Extra)) {
        let Some(service) = check.endpoint_service.as_deref() else { continue };
        if endpoints.iter().any(|endpoint| endpoint.service == service) {
            continue;
        }
        let kind = match check.reach {
            Reach::Interface => "interface",
            Reach::GatewayOrInterface => "gateway",
            Reach::Nothing => continue,
        };
        let (command, note) = creation(plan, check, service);
        endpoints.push(PlannedEndpoint { service, kind, why: &check.why, command, note });
    }
    endpoints
}

/// The command that makes the endpoint in the VPC's Region, or why there is none.
fn creation(plan: &Plan, check: &Check, service: &str) -> (Option<String>, Option<String>) {
    let home = plan.place.own_region.as_deref().unwrap_or(plan.place.region.as_str());
    let other = check.region.as_ref().map(Region::as_str).filter(|region| *region != home);
    let how = match (check.reach, other) {
        (Reach::GatewayOrInterface, None) => "--vpc-endpoint-type Gateway --route-table-ids $RTB".to_owned(),
        (Reach::GatewayOrInterface, Some(region)) => return (None, Some(no_gateway(region))),
        (Reach::Interface | Reach::Nothing, other) => format!(
            "--vpc-endpoint-type Interface {}--subnet-ids $SUBNETS --security-group-ids $EPSG --private-dns-enabled",
            other.map(|region| format!("--service-region {region} ")).unwrap_or_default()
        ),
    };
    let command = format!("aws ec2 create-vpc-endpoint --region {home} --vpc-id $VPC --service-name {service} {how}");
    (Some(command), None)
}

fn no_gateway(region: &str) -> String {
    format!(
        "no gateway endpoint leads to another Region: copy what is in {region} to this one, or reach it by an interface \
         endpoint with --service-region {region}, or by a NAT gateway"
    )
}
