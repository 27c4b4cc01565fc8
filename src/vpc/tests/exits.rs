use serde_json::{Value, json};

use super::routes::{target, with};
use super::{ACROSS, BUCKETS, CulpritKind, ELSEWHERE, local, only, path, read, sound, stand, stops, to};

#[test]
fn a_nat_must_work_and_stand_in_a_public_subnet() {
    let nat = |key: &str, value: &str| {
        let mut view = sound();
        view["nat_gateways"][0][key] = json!(value);
        view
    };
    let mut gone = sound();
    gone["nat_gateways"] = json!([]);
    let mut regional = sound();
    regional["nat_gateways"][0]["SubnetId"] = Value::Null;
    let culprit = |kind, id: &str| vec![(kind, id.to_owned())];
    let cases = [
        ("failed", nat("State", "failed"), culprit(CulpritKind::NatGateway, "nat-1")),
        ("deleted", nat("State", "deleted"), culprit(CulpritKind::NatGateway, "nat-1")),
        ("no longer there", gone, culprit(CulpritKind::RouteTable, "rtb-a")),
        ("private", nat("ConnectivityType", "private"), culprit(CulpritKind::NatGateway, "nat-1")),
        ("in the task's own subnet", nat("SubnetId", "subnet-a"), culprit(CulpritKind::NatGateway, "nat-1")),
        ("in a subnet without a way out", nat("SubnetId", "subnet-c"), culprit(CulpritKind::NatGateway, "nat-1")),
        ("regional", regional, vec![]),
    ];
    for (name, view, expected) in cases {
        assert_eq!(stops(&view, ELSEWHERE), expected, "{name}");
        assert_eq!(stops(&view, BUCKETS), [], "{name}: S3 has its gateway");
    }
    let private = path(&nat("SubnetId", "subnet-c"), ELSEWHERE);
    let (detail, command) = only(&private);
    assert!(
        detail.starts_with("nat-1 is in subnet-c, whose route table rtb-0 has no way to an internet gateway"),
        "{detail}"
    );
    assert!(
        command.contains("--route-table-id rtb-0 --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"),
        "{command}"
    );
}

#[test]
fn a_nat_in_the_tasks_own_subnet_is_mended_without_making_that_public() {
    let mut view = sound();
    view["nat_gateways"][0]["SubnetId"] = json!("subnet-a");
    let own = path(&view, ELSEWHERE);
    let command = only(&own).1;
    let lines: Vec<&str> = command.lines().collect();
    assert_eq!(
        lines,
        [
            "aws ec2 create-nat-gateway --subnet-id subnet-d --allocation-id $EIP --region eu-west-1",
            "aws ec2 replace-route --route-table-id rtb-a --destination-cidr-block 0.0.0.0/0 --nat-gateway-id $NAT --region \
             eu-west-1",
        ]
    );
    view["nat_gateways"][0]["ConnectivityType"] = json!("private");
    let private = path(&view, ELSEWHERE);
    assert!(only(&private).0.contains("never reaches the internet"), "{private:?}");
}

#[test]
fn an_internet_gateway_needs_a_public_address() {
    let mut view = with(&[local(), to("0.0.0.0/0", "GatewayId", "igw-1")]);
    assert_eq!(stops(&view, ELSEWHERE), [(CulpritKind::InternetGateway, "igw-1".to_owned())]);
    view["task"]["assign_public_ip"] = json!(true);
    assert_eq!(stops(&view, ELSEWHERE), []);
    view["task"]["assign_public_ip"] = Value::Null;
    let unsaid = path(&view, ELSEWHERE);
    assert!(unsaid.blocks.is_empty() && unsaid.unknown[0].contains("public address"), "{unsaid:?}");
    view["task"]["assign_public_ip"] = json!(true);
    view["internet_gateways"][0]["Attachments"] = json!([]);
    let detached = path(&view, ELSEWHERE);
    assert_eq!(only(&detached).0, "igw-1, which rtb-a of subnet-a points at, is not attached to vpc-0a");
}

#[test]
fn block_public_access_stops_what_passes_an_internet_gateway() {
    let public = with(&[local(), to("0.0.0.0/0", "GatewayId", "igw-1")]);
    // (the mode, the subnet's own state, by NAT, by an internet gateway)
    let cases = [
        ("off", None, true, true),
        ("block-ingress", None, true, false),
        ("block-bidirectional", None, false, false),
        ("block-bidirectional", Some("off"), true, true),
        ("off", Some("block-bidirectional"), false, false),
    ];
    for (mode, own, by_nat, by_gateway) in cases {
        for (view, passes) in [(sound(), by_nat), (public.clone(), by_gateway)] {
            let mut view = view;
            view["task"]["assign_public_ip"] = json!(true);
            view["block_public_access"]["InternetGatewayBlockMode"] = json!(mode);
            for subnet in [0, 2] {
                view["subnets"][subnet]["BlockPublicAccessStates"] = json!({ "InternetGatewayBlockMode": own });
            }
            let expected = if passes { vec![] } else { vec![(CulpritKind::BlockPublicAccess, "vpc-0a".to_owned())] };
            assert_eq!(stops(&view, ELSEWHERE), expected, "{mode}, {own:?}");
            assert_eq!(stops(&view, ACROSS), [], "{mode}: endpoints are within the VPC");
        }
    }
}

#[test]
fn ipv6_has_its_own_routes_and_rules() {
    let mut view = sound();
    view["subnets"][0]["Ipv6CidrBlockAssociationSet"] = json!([{ "Ipv6CidrBlock": "2001:db8:1::/64" }]);
    let peer = "[2001:db8:ffff::1]:443";
    let vpc = read(&view);
    let path_of = |vpc: &crate::vpc::Vpc| stand(vpc).path(peer.parse().unwrap(), None);
    let stopped =
        [CulpritKind::SecurityGroup, CulpritKind::NetworkAcl, CulpritKind::RouteTable, CulpritKind::NetworkAcl];
    let kinds: Vec<CulpritKind> = path_of(&vpc).blocks.iter().map(|block| block.culprit.kind).collect();
    assert_eq!(kinds, stopped, "IPv4's rules say nothing of IPv6");
    let command = path_of(&vpc).blocks[2].remedy[0].command.clone().unwrap();
    assert!(
        command.contains("--destination-ipv6-cidr-block ::/0 --egress-only-internet-gateway-id $EIGW"),
        "{command}"
    );
    view["security_groups"][0]["IpPermissionsEgress"] =
        json!([{ "IpProtocol": "-1", "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] }]);
    view["route_tables"][0]["Routes"] =
        json!([{ "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active" }]);
    for egress in [true, false] {
        let six = json!({ "RuleNumber": 101, "Egress": egress, "RuleAction": "allow", "Protocol": "-1", "Ipv6CidrBlock": "::/0" });
        view["network_acls"][0]["Entries"].as_array_mut().unwrap().push(six);
    }
    let open = path_of(&read(&view));
    assert!(open.blocks.is_empty() && open.unknown.is_empty(), "{open:?}");
    assert_eq!(target(&open.way), "eigw-1");
}

#[test]
fn an_address_of_nat64_leaves_as_the_ipv4_address_in_it() {
    let mut view = sound();
    view["security_groups"][0]["IpPermissionsEgress"] =
        json!([{ "IpProtocol": "-1", "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] }]);
    view["route_tables"][0]["Routes"] =
        json!([{ "DestinationIpv6CidrBlock": "64:ff9b::/96", "NatGatewayId": "nat-1", "State": "active" }]);
    view["network_acls"] = Value::Null;
    let by_nat = stand(&read(&view)).path("[64:ff9b::cb00:7107]:443".parse().unwrap(), None);
    assert!(by_nat.blocks.is_empty(), "{by_nat:?}");
    view["route_tables"][1]["Routes"] = json!([local()]);
    let lost = stand(&read(&view)).path("[64:ff9b::cb00:7107]:443".parse().unwrap(), None);
    assert_eq!(lost.blocks[0].culprit.kind, CulpritKind::NatGateway);
}
