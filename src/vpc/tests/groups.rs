use serde_json::{Value, json};

use super::{ACROSS, API, BESIDE, BUCKETS, CulpritKind, ELSEWHERE, only, path, read, sound, stand, stops, tcp};

/// The sound VPC with these inbound rules of the endpoint's group.
fn inbound(rules: &[Value]) -> Value {
    let mut view = sound();
    view["security_groups"][1]["IpPermissions"] = json!(rules);
    view
}

/// The same with these outbound rules of the task's.
fn outbound(rules: &[Value]) -> Value {
    let mut view = sound();
    view["security_groups"][0]["IpPermissionsEgress"] = json!(rules);
    view
}

fn from(range: &str) -> Value {
    tcp(443, 443, &json!({ "IpRanges": [{ "CidrIp": range }] }))
}

fn of_group(group: &str) -> Value {
    tcp(443, 443, &json!({ "UserIdGroupPairs": [{ "GroupId": group, "UserId": "123456789012" }] }))
}

fn of_list(list: &str) -> Value {
    tcp(443, 443, &json!({ "PrefixListIds": [{ "PrefixListId": list }] }))
}

#[test]
fn an_inbound_rule_lets_in_what_it_names() {
    let any = json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] });
    let udp = json!({ "IpProtocol": "udp", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] });
    let by_number =
        json!({ "IpProtocol": "6", "FromPort": 0, "ToPort": 65535, "IpRanges": [{ "CidrIp": "10.0.1.20/32" }] });
    let all_from_group = json!({ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": "sg-7a" }] });
    let six = tcp(443, 443, &json!({ "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] }));
    let high = tcp(1024, 65535, &json!({ "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }));
    let cases: &[(&str, Vec<Value>, bool)] = &[
        ("a group without a rule lets nothing in", vec![], false),
        ("the subnet's range", vec![from("10.0.1.0/24")], true),
        ("the VPC's range", vec![from("10.0.0.0/16")], true),
        ("another subnet's range", vec![from("10.0.2.0/24")], false),
        ("the task's group", vec![of_group("sg-7a")], true),
        ("its own group, as the default group has it", vec![of_group("sg-e0")], false),
        ("protocol -1 has all ports", vec![any], true),
        ("protocol -1 from the group", vec![all_from_group], true),
        ("protocol 6 is TCP", vec![by_number], true),
        ("UDP is not TCP", vec![udp], false),
        ("other ports", vec![high.clone()], false),
        ("IPv6 does not let IPv4 in", vec![six], false),
        ("rules are a union: one of several is enough", vec![high, from("10.0.2.0/24"), of_group("sg-7a")], true),
    ];
    for (name, rules, passes) in cases {
        for peer in [BESIDE, ACROSS] {
            let expected = if *passes { vec![] } else { vec![(CulpritKind::SecurityGroup, "sg-e0".to_owned())] };
            assert_eq!(stops(&inbound(rules), peer), expected, "{name}, {peer}");
        }
    }
}

#[test]
fn an_outbound_rule_lets_out_what_it_names() {
    let all = [BESIDE, ACROSS, BUCKETS, ELSEWHERE];
    let cases: &[(&str, Vec<Value>, &[&str])] = &[
        ("a group without an outbound rule lets nothing out", vec![], &[]),
        ("everything on 443", vec![from("0.0.0.0/0")], &all),
        (
            "the endpoints' group: then the manifest comes and the layers do not",
            vec![of_group("sg-e0")],
            &[BESIDE, ACROSS],
        ),
        (
            "the endpoints' group and S3's prefix list",
            vec![of_group("sg-e0"), of_list("pl-53")],
            &[BESIDE, ACROSS, BUCKETS],
        ),
        ("the VPC's range", vec![from("10.0.0.0/16")], &[BESIDE, ACROSS]),
        ("one subnet's range", vec![from("10.0.2.0/24")], &[ACROSS]),
        ("port 80", vec![tcp(80, 80, &json!({ "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }))], &[]),
    ];
    for (name, rules, reached) in cases {
        for peer in all {
            let expected =
                if reached.contains(&peer) { vec![] } else { vec![(CulpritKind::SecurityGroup, "sg-7a".to_owned())] };
            assert_eq!(stops(&outbound(rules), peer), expected, "{name}, {peer}");
        }
    }
}

#[test]
fn the_sentence_and_the_command_have_the_real_ids() {
    let inward = path(&inbound(&[]), BESIDE);
    let (detail, command) = only(&inward);
    assert_eq!(detail, "sg-e0 of vpce-a1 has no inbound rule for 443 from 10.0.1.0/24 or sg-7a");
    assert_eq!(
        command,
        "aws ec2 authorize-security-group-ingress --group-id sg-e0 --ip-permissions \
         'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=sg-7a}]' --region eu-west-1"
    );
    let cases = [
        (ACROSS, "10.0.2.10 (vpce-a1) or sg-e0", "UserIdGroupPairs=[{GroupId=sg-e0}]"),
        (BUCKETS, "52.218.1.1", "PrefixListIds=[{PrefixListId=pl-53}]"),
        (ELSEWHERE, "203.0.113.7", "IpRanges=[{CidrIp=0.0.0.0/0}]"),
    ];
    for (peer, to, permission) in cases {
        let outward = path(&outbound(&[]), peer);
        let (detail, command) = only(&outward);
        assert_eq!(detail, format!("sg-7a has no outbound rule for 443 to {to}"));
        assert_eq!(
            command,
            format!(
                "aws ec2 authorize-security-group-egress --group-id sg-7a --ip-permissions \
                 'IpProtocol=tcp,FromPort=443,ToPort=443,{permission}' --region eu-west-1"
            )
        );
    }
}

#[test]
fn several_groups_are_a_union() {
    let mut view = inbound(&[]);
    view["network_interfaces"][0]["Groups"] = json!([{ "GroupId": "sg-e0" }, { "GroupId": "sg-f0" }]);
    let mut other = view["security_groups"][1].clone();
    other["GroupId"] = json!("sg-f0");
    view["security_groups"].as_array_mut().unwrap().push(other);
    assert_eq!(
        only(&path(&view, BESIDE)).0,
        "none of sg-e0, sg-f0 of vpce-a1 has an inbound rule for 443 from 10.0.1.0/24 or sg-7a"
    );
    view["security_groups"][2]["IpPermissions"] = json!([of_group("sg-7a")]);
    assert_eq!(stops(&view, BESIDE), []);
}

#[test]
fn what_can_not_be_told_of_a_group_is_said_and_not_blamed() {
    let without_groups = |mut view: Value| {
        view["task"]["security_groups"] = json!([]);
        view
    };
    let without = |mut view: Value, section: &str| {
        view[section] = Value::Null;
        view
    };
    let elsewhere = |mut view: Value| {
        view["network_interfaces"][0]["Groups"] = json!([{ "GroupId": "sg-0f" }]);
        view
    };
    let cases = [
        ("which groups the task has", without_groups(inbound(&[of_group("sg-7a")])), "the task has is not said"),
        ("the list of a rule", inbound(&[of_list("pl-99")]), "what pl-99 holds was not looked at"),
        ("all groups", without(sound(), "security_groups"), "security_groups was not looked at"),
        ("a group that is not there", elsewhere(sound()), "sg-0f is not among the groups"),
    ];
    for (name, view, expected) in cases {
        let path = path(&view, BESIDE);
        assert_eq!(path.blocks, [], "{name}");
        assert!(path.unknown.iter().any(|why| why.contains(expected)), "{name}: {:?}", path.unknown);
    }
}

/// What a rule by group means for an address beyond a transit gateway can't be told from this VPC.
#[test]
fn a_central_endpoint_is_judged_as_far_as_its_groups_are_this_vpcs() {
    let mut view = outbound(&[of_group("sg-e0")]);
    view["route_tables"][0]["Routes"].as_array_mut().unwrap().push(super::to(
        "10.9.0.0/16",
        "TransitGatewayId",
        "tgw-1",
    ));
    let by_group = path(&view, "10.9.1.5:443");
    assert_eq!(by_group.blocks, []);
    assert!(
        by_group.unknown.iter().any(|why| why.contains("whether the other end is in sg-e0")),
        "{:?}",
        by_group.unknown
    );
    assert!(by_group.unknown.iter().any(|why| why.contains("tgw-1")), "{:?}", by_group.unknown);
    view["security_groups"][0]["IpPermissionsEgress"] = json!([from("10.0.0.0/16")]);
    let by_range = path(&view, "10.9.1.5:443");
    assert_eq!(only(&by_range).0, "sg-7a has no outbound rule for 443 to 10.9.1.5");
}

#[test]
fn without_the_interfaces_a_service_tells_its_endpoint() {
    let mut view = inbound(&[]);
    view["network_interfaces"] = Value::Null;
    assert_eq!(stops(&view, BESIDE), [(CulpritKind::SecurityGroup, "sg-e0".to_owned())]);
    let vpc = read(&view);
    let unnamed = stand(&vpc).path(BESIDE.parse().unwrap(), None);
    assert!(unnamed.blocks.is_empty() && unnamed.unknown[0].contains("network_interfaces"), "{unnamed:?}");
    assert!(stand(&vpc).path(BESIDE.parse().unwrap(), Some(API)).unknown.is_empty());
}

#[test]
fn without_the_tasks_own_address_its_subnet_must_be_covered_as_a_whole() {
    for (range, blocks, unknown) in [("10.0.0.0/16", 0, 0), ("10.0.1.128/25", 0, 1), ("10.0.2.0/24", 1, 0)] {
        let vpc = read(&inbound(&[from(range)]));
        let place = crate::vpc::Place {
            addresses: &[],
            subnets: &["10.0.1.0/24".parse().unwrap()],
            account: None,
            region: None,
            zone: None,
        };
        let path = vpc.stand(&place).unwrap().path(BESIDE.parse().unwrap(), Some(API));
        assert_eq!((path.blocks.len(), path.unknown.len()), (blocks, unknown), "{range}: {path:?}");
    }
}
