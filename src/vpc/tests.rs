//! What AWS's documentation says of groups, network ACLs, routes, endpoints and policies, case by case, on a VPC that is
//! sound until a case changes it.

mod acls;
mod endpoints;
mod exits;
mod groups;
mod names;
mod policies;
mod reading;
mod routes;
mod stands;

use std::net::{IpAddr, SocketAddr};

use serde_json::{Value, json};

use super::{CulpritKind, Path, Place, Stand, Vpc};

const API: &str = "com.amazonaws.eu-west-1.ecr.api";
const S3: &str = "com.amazonaws.eu-west-1.s3";

/// An address of `ecr.api` beside the task.
const BESIDE: &str = "10.0.1.10:443";
/// One in the other subnet.
const ACROSS: &str = "10.0.2.10:443";
/// One of S3's.
const BUCKETS: &str = "52.218.1.1:443";
/// Somebody else's.
const ELSEWHERE: &str = "203.0.113.7:443";

/// A sound VPC: the task in `subnet-a`, endpoints in `subnet-a` and `subnet-c`, a NAT in `subnet-d`, S3 by its gateway.
fn sound() -> Value {
    json!({
        "kind": "vpcprobe-network", "schema_version": 1, "collected_at": "2026-11-21T10:00:00Z",
        "account": "123456789012", "region": "eu-west-1", "vpc_id": "vpc-0a",
        "task": { "subnets": ["subnet-a"], "security_groups": ["sg-7a"], "assign_public_ip": false },
        "missing": [],
        "vpcs": [{ "VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/16", "DhcpOptionsId": "dopt-1" }],
        "vpc_attributes": { "EnableDnsSupport": true, "EnableDnsHostnames": true },
        "subnets": [
            subnet("subnet-a", "10.0.1.0/24", "eu-west-1a"),
            subnet("subnet-c", "10.0.2.0/24", "eu-west-1c"),
            subnet("subnet-d", "10.0.100.0/24", "eu-west-1a"),
        ],
        "route_tables": [
            { "RouteTableId": "rtb-a", "Associations": [{ "SubnetId": "subnet-a" }], "Routes": [
                local(),
                { "DestinationPrefixListId": "pl-53", "GatewayId": "vpce-53", "State": "active" },
                to("0.0.0.0/0", "NatGatewayId", "nat-1"),
            ] },
            { "RouteTableId": "rtb-d", "Associations": [{ "SubnetId": "subnet-d" }], "Routes": [
                local(), to("0.0.0.0/0", "GatewayId", "igw-1"),
            ] },
            { "RouteTableId": "rtb-0", "Associations": [{ "Main": true }], "Routes": [local()] },
        ],
        "network_acls": [{
            "NetworkAclId": "acl-1",
            "Associations": [{ "SubnetId": "subnet-a" }, { "SubnetId": "subnet-c" }, { "SubnetId": "subnet-d" }],
            "Entries": [
                entry(100, true, "allow", "-1", None), entry(100, false, "allow", "-1", None),
                entry(32_767, true, "deny", "-1", None), entry(32_767, false, "deny", "-1", None),
            ],
        }],
        "security_groups": [
            { "GroupId": "sg-7a", "IpPermissions": [], "IpPermissionsEgress": [{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }] },
            { "GroupId": "sg-e0", "IpPermissions": [tcp(443, 443, &json!({ "IpRanges": [{ "CidrIp": "10.0.0.0/16" }] }))], "IpPermissionsEgress": [] },
        ],
        "vpc_endpoints": [
            { "VpcEndpointId": "vpce-a1", "ServiceName": API, "VpcEndpointType": "Interface", "State": "available",
              "PrivateDnsEnabled": true, "SubnetIds": ["subnet-a", "subnet-c"], "Groups": [{ "GroupId": "sg-e0" }],
              "NetworkInterfaceIds": ["eni-a", "eni-c"] },
            { "VpcEndpointId": "vpce-53", "ServiceName": S3, "VpcEndpointType": "Gateway", "State": "available",
              "RouteTableIds": ["rtb-a"] },
        ],
        "network_interfaces": [
            interface("eni-a", "subnet-a", "10.0.1.10"),
            interface("eni-c", "subnet-c", "10.0.2.10"),
        ],
        "prefix_lists": [{ "PrefixListId": "pl-53", "PrefixListName": S3, "Cidrs": ["52.218.0.0/17", "3.5.64.0/21"] }],
        "managed_prefix_lists": [],
        "dhcp_options": [dhcp("AmazonProvidedDNS")],
        "nat_gateways": [{ "NatGatewayId": "nat-1", "State": "available", "SubnetId": "subnet-d", "ConnectivityType": "public" }],
        "internet_gateways": [{ "InternetGatewayId": "igw-1", "Attachments": [{ "VpcId": "vpc-0a", "State": "available" }] }],
        "block_public_access": { "InternetGatewayBlockMode": "off" },
        "resolver_rule_associations": [], "resolver_rules": [], "firewall_rule_group_associations": [],
        "hosted_zones": [], "hosted_zone_records": [],
    })
}

fn subnet(id: &str, range: &str, zone: &str) -> Value {
    json!({ "SubnetId": id, "CidrBlock": range, "AvailabilityZone": zone, "OwnerId": "123456789012" })
}

fn local() -> Value {
    to("10.0.0.0/16", "GatewayId", "local")
}

fn to(range: &str, key: &str, target: &str) -> Value {
    json!({ "DestinationCidrBlock": range, key: target, "State": "active", "Origin": "CreateRoute" })
}

fn interface(id: &str, subnet: &str, address: &str) -> Value {
    json!({
        "NetworkInterfaceId": id, "SubnetId": subnet, "PrivateIpAddresses": [{ "PrivateIpAddress": address }],
        "Groups": [{ "GroupId": "sg-e0" }]
    })
}

fn dhcp(server: &str) -> Value {
    json!({ "DhcpOptionsId": "dopt-1", "DhcpConfigurations": [{ "Key": "domain-name-servers", "Values": [{ "Value": server }] }] })
}

/// A network ACL's entry for all of IPv4.
fn entry(number: u16, egress: bool, action: &str, protocol: &str, ports: Option<(u16, u16)>) -> Value {
    entry_for("0.0.0.0/0", number, egress, action, protocol, ports)
}

fn entry_for(range: &str, number: u16, egress: bool, action: &str, protocol: &str, ports: Option<(u16, u16)>) -> Value {
    let mut entry = json!({ "RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol, "CidrBlock": range });
    if let Some((from, to)) = ports {
        entry["PortRange"] = json!({ "From": from, "To": to });
    }
    entry
}

/// A group's permission for TCP.
fn tcp(from: u16, to: u16, other: &Value) -> Value {
    let mut permission = other.clone();
    permission["IpProtocol"] = json!("tcp");
    permission["FromPort"] = json!(from);
    permission["ToPort"] = json!(to);
    permission
}

fn read(view: &Value) -> Vpc {
    Vpc::read(&view.to_string()).unwrap()
}

/// The task at 10.0.1.20.
fn stand(vpc: &Vpc) -> Stand<'_> {
    let own: [IpAddr; 1] = ["10.0.1.20".parse().unwrap()];
    vpc.stand(&Place { addresses: &own, subnets: &[], account: None, region: None, zone: None }).unwrap()
}

fn path(view: &Value, peer: &str) -> Path {
    let peer: SocketAddr = peer.parse().unwrap();
    let service = if peer.ip().is_ipv4() && peer.to_string().starts_with("52.218.") { S3 } else { API };
    stand(&read(view)).path(peer, Some(service))
}

/// What stops a connection: kinds and ids, in the order of the packet. Nothing may be unknown.
fn stops(view: &Value, peer: &str) -> Vec<(CulpritKind, String)> {
    let path = path(view, peer);
    assert_eq!(path.unknown, Vec::<String>::new(), "{peer}");
    path.blocks.into_iter().map(|block| (block.culprit.kind, block.culprit.id)).collect()
}

/// The only culprit's sentence and its commands.
fn only(path: &Path) -> (&str, String) {
    let [block] = &path.blocks[..] else { panic!("{:?}", path.blocks) };
    let commands = block.remedy.iter().filter_map(|step| step.command.clone()).collect::<Vec<_>>();
    (&block.culprit.detail, commands.join("\n"))
}

#[test]
fn a_sound_vpc_stops_nothing() {
    for peer in [BESIDE, ACROSS, BUCKETS, ELSEWHERE] {
        assert_eq!(stops(&sound(), peer), [], "{peer}");
    }
}
