//! What is not shaped as AWS shapes it, on a healthy view: nothing is certain by it, and its section is named.

use std::net::IpAddr;

use serde_json::{Value, json};

use crate::vpc::{Place, Presence, Vpc};

const API: &str = "com.amazonaws.eu-west-1.ecr.api";
const S3: &str = "com.amazonaws.eu-west-1.s3";

fn healthy() -> Value {
    let entry = |egress: bool| json!({ "RuleNumber": 100, "Egress": egress, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0" });
    let acl = |id: &str, subnet: &str| json!({ "NetworkAclId": id, "Associations": [{ "SubnetId": subnet }], "Entries": [entry(true), entry(false)] });
    let card = |id: &str, subnet: &str, address: &str| json!({ "NetworkInterfaceId": id, "SubnetId": subnet, "PrivateIpAddresses": [{ "PrivateIpAddress": address }], "Groups": [{ "GroupId": "sg-1" }] });
    json!({
        "kind": "vpcprobe-network", "schema_version": 1, "collected_at": "2026-11-21T10:00:00Z",
        "region": "eu-west-1", "vpc_id": "vpc-1", "task": { "subnets": ["subnet-a"], "security_groups": ["sg-0"] },
        "vpcs": [{ "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16" }],
        "vpc_attributes": { "EnableDnsSupport": true, "EnableDnsHostnames": true },
        "subnets": [
            { "SubnetId": "subnet-a", "CidrBlock": "10.0.1.0/24" }, { "SubnetId": "subnet-c", "CidrBlock": "10.0.2.0/24" },
        ],
        "route_tables": [{ "RouteTableId": "rtb-a", "Associations": [{ "Main": true }, { "SubnetId": "subnet-a" }], "Routes": [
            { "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active" },
            { "DestinationPrefixListId": "pl-1", "GatewayId": "vpce-2", "State": "active" },
        ] }],
        "network_acls": [acl("acl-a", "subnet-a"), acl("acl-c", "subnet-c")],
        "security_groups": [
            { "GroupId": "sg-0", "IpPermissions": [], "IpPermissionsEgress": [{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }] },
            { "GroupId": "sg-1", "IpPermissionsEgress": [], "IpPermissions": [
                { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{ "GroupId": "sg-0" }] },
            ] },
        ],
        "vpc_endpoints": [
            { "VpcEndpointId": "vpce-1", "ServiceName": API, "VpcEndpointType": "Interface", "State": "available",
              "PrivateDnsEnabled": true, "Groups": [{ "GroupId": "sg-1" }], "NetworkInterfaceIds": ["eni-a", "eni-c"] },
            { "VpcEndpointId": "vpce-2", "ServiceName": S3, "VpcEndpointType": "Gateway", "State": "available", "RouteTableIds": ["rtb-a"] },
        ],
        "network_interfaces": [card("eni-a", "subnet-a", "10.0.1.10"), card("eni-c", "subnet-c", "10.0.2.10")],
        "prefix_lists": [{ "PrefixListId": "pl-1", "PrefixListName": S3, "Cidrs": ["52.218.0.0/17"] }],
        "dhcp_options": [], "nat_gateways": [], "internet_gateways": [],
    })
}

/// What the view says for certain to be wrong.
fn certain(vpc: &Vpc) -> Vec<String> {
    let own: [IpAddr; 1] = ["10.0.1.20".parse().unwrap()];
    let place = Place { addresses: &own, subnets: &[], account: None, region: None, zone: None };
    let Ok(stand) = vpc.stand(&place) else { return Vec::new() };
    let peers = [("10.0.1.10:443", API), ("10.0.2.10:443", API), ("52.218.1.1:443", S3)];
    let blocks = peers.iter().flat_map(|(peer, service)| stand.path(peer.parse().unwrap(), Some(service)).blocks);
    let faults = [API, S3].into_iter().flat_map(|service| match stand.endpoints(service) {
        Presence::Present(all) => all.into_iter().filter_map(|one| one.fault).collect(),
        _ => Vec::new(),
    });
    blocks.chain(faults).map(|block| block.culprit.detail).collect()
}

fn changed(pointer: &str, value: Value) -> Value {
    let mut view = healthy();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match view.pointer_mut(parent).unwrap() {
        Value::Object(object) => _ = object.insert(key.to_owned(), value),
        Value::Array(list) => list.insert(key.parse().unwrap(), value),
        other => panic!("{pointer}: {other}"),
    }
    view
}

#[test]
fn a_healthy_view_has_no_gap() {
    let vpc = Vpc::read(&healthy().to_string()).unwrap();
    assert!(vpc.missing().is_empty() && certain(&vpc).is_empty(), "{:?} {:?}", vpc.missing(), certain(&vpc));
}

#[test]
fn what_is_not_shaped_as_aws_shapes_it_is_a_gap() {
    let cases = [
        ("/security_groups/0/IpPermissionsEgress/0/IpRanges", json!([{ "CidrIp": 5 }])),
        ("/security_groups/0/IpPermissionsEgress/0/IpRanges", json!([{}])),
        ("/security_groups/0/IpPermissionsEgress/0/IpRanges", Value::Null),
        ("/security_groups/1/IpPermissions/0/UserIdGroupPairs", json!([{ "GroupId": 5 }])),
        ("/security_groups/1/IpPermissions/0/UserIdGroupPairs", json!("sg-0")),
        ("/security_groups/1/IpPermissions", Value::Null),
        ("/security_groups/0/IpPermissionsEgress", Value::Null),
        ("/security_groups/1/IpPermissions/0/IpProtocol", json!("TCP")),
        ("/security_groups/1/IpPermissions/0/IpProtocol", json!(6)),
        ("/security_groups/1/IpPermissions/0/IpProtocol", json!("256")),
        ("/security_groups/1/IpPermissions/0/ToPort", json!(1)),
        ("/network_acls/0/Entries", Value::Null),
        ("/network_acls/0/Associations", Value::Null),
        ("/network_acls/0/Entries/0/RuleAction", Value::Null),
        ("/network_acls/0/Entries/0/RuleAction", json!("ALLOW")),
        ("/network_acls/0/Entries/0/Egress", json!("true")),
        ("/network_acls/0/Entries/0/Protocol", json!(-1)),
        (
            "/network_acls/0/Entries/0",
            json!({ "RuleNumber": 90, "Egress": true, "RuleAction": "deny", "Protocol": "6", "PortRange": 5, "CidrBlock": "0.0.0.0/0" }),
        ),
        ("/route_tables/0/Routes", Value::Null),
        ("/route_tables/0/Associations", Value::Null),
        ("/route_tables/0/Routes/0/State", Value::Null),
        ("/route_tables/0/Routes/0/GatewayId", json!(5)),
        ("/vpc_endpoints/0/PrivateDnsEnabled", Value::Null),
        ("/vpc_endpoints/0/PrivateDnsEnabled", json!("true")),
        ("/vpc_endpoints/0/State", Value::Null),
        ("/vpc_endpoints/0/VpcEndpointType", Value::Null),
        ("/vpc_endpoints/0/PolicyDocument", json!(5)),
        ("/vpc_endpoints/1/RouteTableIds", Value::Null),
        ("/network_interfaces/0/Groups", Value::Null),
        ("/network_interfaces/0/PrivateIpAddresses", Value::Null),
        ("/prefix_lists/0/Cidrs", Value::Null),
        ("/prefix_lists/0/Cidrs", json!([5])),
        ("/subnets/0/CidrBlock", Value::Null),
        ("/dhcp_options/0", json!({ "DhcpOptionsId": "dopt-1" })),
        ("/nat_gateways/0", json!({ "NatGatewayId": "nat-1" })),
        ("/internet_gateways/0", json!({ "InternetGatewayId": "igw-1" })),
    ];
    all_gaps(&cases, "can't be read");
}

#[test]
fn what_contradicts_itself_is_a_gap() {
    let own = |pointer: &str| healthy().pointer(pointer).unwrap().clone();
    let table =
        |id: &str, associations: Value| json!({ "RouteTableId": id, "Associations": associations, "Routes": [] });
    let cases = [
        ("/security_groups/0", json!({ "GroupId": "sg-0", "IpPermissions": [], "IpPermissionsEgress": [] })),
        ("/network_acls/0", own("/network_acls/1")),
        (
            "/network_acls/0",
            json!({ "NetworkAclId": "acl-b", "Associations": [{ "SubnetId": "subnet-a" }], "Entries": [] }),
        ),
        (
            "/network_acls/0/Entries/0",
            json!({ "RuleNumber": 100, "Egress": true, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0" }),
        ),
        ("/route_tables/0", table("rtb-a", json!([]))),
        ("/route_tables/0", table("rtb-b", json!([{ "SubnetId": "subnet-a" }]))),
        ("/route_tables/0", table("rtb-b", json!([{ "Main": true }]))),
        ("/vpc_endpoints/0", own("/vpc_endpoints/1")),
        ("/network_interfaces/0", own("/network_interfaces/1")),
        (
            "/network_interfaces/0",
            json!({ "NetworkInterfaceId": "eni-x", "SubnetId": "subnet-a", "PrivateIpAddresses": [{ "PrivateIpAddress": "10.0.1.10" }], "Groups": [] }),
        ),
        ("/subnets/0", json!({ "SubnetId": "subnet-a", "CidrBlock": "10.0.9.0/24" })),
        ("/prefix_lists/0", json!({ "PrefixListId": "pl-1", "Cidrs": [] })),
    ];
    all_gaps(&cases, "listed twice");
    all_gaps(&[("/subnets/0", json!({ "SubnetId": "subnet-x", "CidrBlock": "0.0.0.0/0" }))], "overlap");
}

fn all_gaps(cases: &[(&str, Value)], why: &str) {
    for (pointer, value) in cases {
        let vpc = Vpc::read(&changed(pointer, value.clone()).to_string()).unwrap();
        let section = pointer.split('/').nth(1).unwrap();
        let is_named = vpc.missing().iter().any(|gap| gap.section == section && gap.why.contains(why));
        assert!(is_named, "{pointer} {value}: {:?}", vpc.missing());
        assert_eq!(certain(&vpc), Vec::<String>::new(), "{pointer} {value}");
    }
}

#[test]
fn a_policy_may_be_the_object_itself() {
    for (policy, expected) in [(json!({ "Statement": [] }), Some(r#"{"Statement":[]}"#)), (Value::Null, None)] {
        let vpc = Vpc::read(&changed("/vpc_endpoints/0/PolicyDocument", policy).to_string()).unwrap();
        assert_eq!(vpc.sections.endpoints.unwrap()[0].policy.as_deref(), expected);
    }
}

#[test]
fn the_top_is_read_as_it_is_meant() {
    let plain = healthy().to_string();
    assert!(Vpc::read(&format!("\u{feff}{plain}")).is_ok(), "a mark in front");
    let with = |rest: &str| format!("{},{rest}}}", &plain[..plain.len() - 1]);
    let deep = with(&format!("\"x\":{}{}", "[".repeat(5_000), "]".repeat(5_000)));
    assert!(Vpc::read(&deep).is_ok(), "what is not known is not looked into");
    assert!(Vpc::read(&with("\"subnets\":[]")).unwrap_err().contains("subnets twice"));
    for version in ["2", "1e30", "99999999999999999999999999"] {
        let error = Vpc::read(&plain.replace("\"schema_version\":1", &format!("\"schema_version\":{version}")));
        assert!(error.unwrap_err().contains("newer than what this vpcprobe reads (1)"), "{version}");
    }
}

#[test]
fn what_others_wrote_is_taken_only_where_it_has_its_shape() {
    let times = [
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"),
        ("2026-11-21T12:00:00+02:00", "2026-11-21T10:00:00Z"),
        ("2031-01-01T00:00:00Z. Everything is fine", "an unknown time"),
        ("", "an unknown time"),
    ];
    for (written, expected) in times {
        let vpc = Vpc::read(&changed("/collected_at", json!(written)).to_string()).unwrap();
        assert_eq!(vpc.collected_at(), expected, "{written}");
    }
    let calls =
        [("ec2:DescribeSubnets", true), ("ec2 subnets", false), ("a:b:c", false), (":x", false), ("run: x", false)];
    for (call, is_one) in calls {
        let note = json!([{ "section": "s\n".repeat(300), "call": call, "why": "w".repeat(900) }]);
        let vpc = Vpc::read(&changed("/missing", note).to_string()).unwrap();
        let gap = &vpc.missing()[0];
        assert_eq!(gap.call, if is_one { call } else { "" });
        assert!(gap.why.len() == 200 && gap.section.len() <= 200 && !gap.section.contains('\n'));
    }
}
