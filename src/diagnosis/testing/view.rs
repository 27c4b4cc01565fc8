//! Scenes with an operator's view: a small healthy VPC, and what a test changes in it.
//!
//! The task of the scenes (10.0.1.9) stands in subnet-a with the group sg-task. `ecr.api` has addresses in both subnets,
//! `ecr.dkr` and `logs` in one; they share sg-ep. S3 goes by its gateway endpoint; there is no way out.

use serde_json::{Value, json};

use super::{Scene, told_of};
use crate::diagnosis::{Ended, Finding, Judgement, diagnose};
use crate::plan::Plan;
use crate::vpc::{Place, Vpc};

/// What is changed: where in the view, and the JSON that stands there instead; none takes it away.
pub type Change<'t> = (&'t str, &'t str);

/// What a scene comes to by a view.
pub fn judge_by(text: &str, changes: &[Change<'_>]) -> Judgement {
    let scene = Scene::read(text);
    let vpc = Vpc::read(&view(changes).to_string()).unwrap();
    let stand = vpc.stand(&place(&scene.plan)).unwrap();
    diagnose(&scene.plan, &scene.observations, Ended::Completed, Some(&stand))
}

/// Each row: what it is about, the scene, the changes, and the findings a line each: `certain` with the culprit and
/// what else stands in the way, or how sure it is.
#[track_caller]
pub fn assert_settled(table: &[(&str, &str, &[Change<'_>], &str)]) {
    for (about, scene, changes, expected) in table {
        let findings = judge_by(scene, changes).findings;
        let told: Vec<String> = findings.iter().map(line).collect();
        let expected: Vec<_> = expected.lines().map(str::trim).collect();
        assert_eq!(told, expected, "{about}\n{scene}\n{findings:#?}");
    }
}

fn line(finding: &Finding) -> String {
    let certainty = format!("{:?}", finding.certainty).to_lowercase();
    let culprits = finding.culprit.iter().chain(&finding.also).map(|culprit| culprit.id.as_str());
    let by = culprits.collect::<Vec<_>>().join(" then ");
    format!("{}: {}", told_of(finding), if by.is_empty() { certainty } else { by })
}

fn place(plan: &Plan) -> Place<'_> {
    let Plan { place, .. } = plan;
    let region = place.own_region.as_deref();
    Place { addresses: &place.addresses, subnets: &place.subnets, account: None, region, zone: None }
}

fn view(changes: &[Change<'_>]) -> Value {
    let mut view = healthy();
    for (at, text) in changes {
        let (parent, key) = at.rsplit_once('/').unwrap();
        let value = serde_json::from_str(text).unwrap_or(Value::Null);
        match view.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}")) {
            Value::Array(list) if key == "-" => list.push(value),
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
            Value::Object(fields) if text.is_empty() => _ = fields.remove(key),
            Value::Object(fields) => _ = fields.insert(key.to_owned(), value),
            other => panic!("{at}: {other} holds nothing"),
        }
    }
    view
}

fn healthy() -> Value {
    let everything = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let all = |egress: bool| json!({"Egress": egress, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"});
    let acl = |id: &str, subnet: &str| json!({"NetworkAclId": id, "Associations": [{"SubnetId": subnet}], "Entries": [all(true), all(false)]});
    json!({
        "kind": "vpcprobe-network", "schema_version": 1, "collected_at": "2026-11-21T10:00:00Z", "collector": "a test",
        "account": "123456789012", "region": "ap-northeast-1", "vpc_id": "vpc-1", "missing": [],
        "task": {"subnets": ["subnet-a"], "security_groups": ["sg-0"], "assign_public_ip": false},
        "vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "vpc_attributes": {"EnableDnsSupport": true, "EnableDnsHostnames": true},
        "subnets": [
            {"SubnetId": "subnet-a", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "ap-northeast-1a"},
            {"SubnetId": "subnet-c", "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "ap-northeast-1c"},
        ],
        "route_tables": [{"RouteTableId": "rtb-a", "Associations": [{"Main": true}], "Routes": [
            {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
            {"DestinationPrefixListId": "pl-3", "GatewayId": "vpce-3", "State": "active"},
        ]}],
        "network_acls": [acl("acl-a", "subnet-a"), acl("acl-c", "subnet-c")],
        "security_groups": [
            {"GroupId": "sg-0", "IpPermissions": [], "IpPermissionsEgress": everything},
            {"GroupId": "sg-1", "IpPermissionsEgress": everything, "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]},
            ]},
            {"GroupId": "sg-2", "IpPermissions": [], "IpPermissionsEgress": everything},
        ],
        "vpc_endpoints": [
            interface("vpce-0", "ecr.api", &["eni-0", "eni-1"]),
            interface("vpce-1", "ecr.dkr", &["eni-2"]),
            interface("vpce-2", "logs", &["eni-3"]),
            {"VpcEndpointId": "vpce-3", "VpcEndpointType": "Gateway", "State": "available", "RouteTableIds": ["rtb-a"],
             "ServiceName": "com.amazonaws.ap-northeast-1.s3"},
        ],
        "network_interfaces": [
            card("eni-0", "subnet-a", "10.0.1.5"), card("eni-1", "subnet-c", "10.0.2.5"),
            card("eni-2", "subnet-c", "10.0.2.4"), card("eni-3", "subnet-c", "10.0.2.6"),
        ],
        "prefix_lists": [
            {"PrefixListId": "pl-3", "PrefixListName": "com.amazonaws.ap-northeast-1.s3", "Cidrs": ["52.219.0.0/16"]},
        ],
        "managed_prefix_lists": [],
        "dhcp_options": [dhcp("AmazonProvidedDNS")],
        "nat_gateways": [], "internet_gateways": [], "egress_only_internet_gateways": [],
        "block_public_access": {"InternetGatewayBlockMode": "off"},
        "resolver_rule_associations": [], "resolver_rules": [], "firewall_rule_group_associations": [],
        "hosted_zones": [], "hosted_zone_records": [],
    })
}

fn interface(id: &str, service: &str, cards: &[&str]) -> Value {
    json!({"VpcEndpointId": id, "VpcEndpointType": "Interface", "State": "available", "PrivateDnsEnabled": true,
        "ServiceName": format!("com.amazonaws.ap-northeast-1.{service}"), "NetworkInterfaceIds": cards,
        "SubnetIds": ["subnet-a", "subnet-c"], "Groups": [{"GroupId": "sg-1"}]})
}

fn card(id: &str, subnet: &str, address: &str) -> Value {
    json!({"NetworkInterfaceId": id, "SubnetId": subnet, "InterfaceType": "vpc_endpoint",
        "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddresses": [{"PrivateIpAddress": address}]})
}

fn dhcp(server: &str) -> Value {
    json!({"DhcpOptionsId": "dopt-1", "DhcpConfigurations": [
        {"Key": "domain-name-servers", "Values": [{"Value": server}]},
    ]})
}
