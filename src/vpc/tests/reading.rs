use std::fmt::Write;

use serde_json::{Value, json};

use super::{ACROSS, ELSEWHERE, path, read, sound};
use crate::vpc::Vpc;

#[test]
fn what_is_no_view_is_refused_in_one_sentence() {
    let changed = |key: &str, value: Value| {
        let mut view = sound();
        view[key] = value;
        view.to_string()
    };
    let mut long = sound();
    long["subnets"] = json!(vec![json!({}); 10_001]);
    let cases = [
        ("not JSON", "{".to_owned(), "it is no JSON"),
        ("nothing", String::new(), "it is no JSON"),
        ("a list", "[]".to_owned(), "its kind is not vpcprobe-network"),
        ("a report", json!({ "schema_version": 1 }).to_string(), "its kind is not vpcprobe-network"),
        ("newer", changed("schema_version", json!(2)), "schema_version 2 is newer"),
        ("no version", changed("schema_version", json!("1")), "schema_version is none"),
        ("no VPC", changed("vpc_id", Value::Null), "no vpc_id"),
        ("an id that is none", changed("vpc_id", json!("vpc-1;reboot")), "no id that begins with vpc-"),
        ("no Region", changed("region", json!("eu west")), "no usable region"),
        ("a section that is no list", changed("subnets", json!(5)), "subnets is no list"),
        ("a long list", long.to_string(), "more than 10000 items"),
        ("too deep", format!("{{\"vpcs\":{}", "[".repeat(1_000)), "it is no JSON"),
        ("too many values", format!("[{}0]", "0,".repeat(600_001)), "more values than any VPC"),
        ("too large", " ".repeat((32 << 20) + 1), "larger than 32 MiB"),
    ];
    for (name, text, expected) in cases {
        let error = Vpc::read(&text).unwrap_err();
        assert!(error.contains(expected) && !error.contains('\n') && error.len() < 300, "{name}: {error}");
    }
}

#[test]
fn unknown_keys_and_absent_sections_are_no_fault() {
    let bare =
        json!({ "kind": "vpcprobe-network", "schema_version": 1, "region": "eu-west-1", "vpc_id": "vpc-1", "new": {} });
    let vpc = read(&bare);
    assert_eq!((vpc.id(), vpc.collected_at(), vpc.missing().len()), ("vpc-1", "an unknown time", 0));
}

/// A rule that can't be read may be the one that decides: the section then was not looked at.
#[test]
fn a_section_that_holds_what_can_not_be_read_is_not_evaluated() {
    let broken = |pointer: &str, value: Value| {
        let mut view = sound();
        *view.pointer_mut(pointer).unwrap() = value;
        view
    };
    let cases = [
        ("/network_acls/0/Entries/0/CidrBlock", json!("10.0.0.0/99"), "network_acls"),
        ("/network_acls/0/Entries/0/RuleNumber", json!(-1), "network_acls"),
        ("/network_acls/0/NetworkAclId", json!("acl-1 --help"), "network_acls"),
        ("/security_groups/0/GroupId", json!("sg-$(id)"), "security_groups"),
        ("/security_groups/0/IpPermissionsEgress/0/IpRanges/0/CidrIp", json!("everywhere"), "security_groups"),
        ("/network_interfaces/1/SubnetId", json!("subnet-`id`"), "network_interfaces"),
    ];
    for (pointer, value, section) in cases {
        let view = broken(pointer, value);
        let vpc = read(&view);
        assert!(vpc.missing().iter().any(|missing| missing.section == section), "{pointer}: {:?}", vpc.missing());
        let path = path(&view, ACROSS);
        assert_eq!(path.blocks, [], "{pointer}");
        let said = path.unknown.iter().any(|why| why.contains(section));
        assert!(said || section == "network_interfaces", "{pointer}: the service tells whose address it is");
    }
}

#[test]
fn why_something_lacks_is_kept_without_what_a_terminal_obeys() {
    let mut view = sound();
    view["network_acls"] = Value::Null;
    view["missing"] = json!([{
        "section": "network_acls", "call": "ec2:DescribeNetworkAcls", "why": "UnauthorizedOperation: \u{1b}[2Jnot\nyours\u{202e}"
    }]);
    let path = path(&view, ACROSS);
    assert_eq!(
        path.unknown,
        ["network_acls was not looked at (ec2:DescribeNetworkAcls: UnauthorizedOperation:  [2Jnot yours)"]
    );
}

#[test]
fn a_view_as_large_as_it_may_be_is_judged_in_time() {
    let mut rules = String::new();
    for n in 0..9_000 {
        let (high, low) = (n / 256, n % 256);
        write!(
            rules,
            r#"{{"IpProtocol":"tcp","FromPort":1,"ToPort":9,"IpRanges":[{{"CidrIp":"11.{high}.{low}.0/24"}}]}},"#
        )
        .unwrap();
    }
    let rules: Value = serde_json::from_str(&format!("[{}]", rules.trim_end_matches(','))).unwrap();
    let mut view = sound();
    view["security_groups"][0]["IpPermissionsEgress"] = rules.clone();
    view["security_groups"][1]["IpPermissions"] = rules;
    let lists: Vec<Value> =
        (0..9_000).map(|n| json!({ "PrefixListId": format!("pl-{n:x}"), "Cidrs": ["203.0.113.0/24"] })).collect();
    view["prefix_lists"] = json!(lists);
    let routes: Vec<Value> = (0..9_000)
        .map(|n| json!({ "DestinationPrefixListId": format!("pl-{n:x}"), "GatewayId": "vpce-53", "State": "active" }))
        .collect();
    view["route_tables"][0]["Routes"] = json!(routes);
    let vpc = read(&view);
    let began = std::time::Instant::now();
    for _ in 0..10 {
        super::stand(&vpc).path(ELSEWHERE.parse().unwrap(), None);
    }
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}
