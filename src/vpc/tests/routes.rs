use serde_json::{Value, json};

use super::{
    ACROSS, API, BESIDE, BUCKETS, CulpritKind, ELSEWHERE, S3, local, only, path, read, sound, stand, stops, to,
};
use crate::vpc::{Carried, Way};

/// The sound VPC with these routes for the task's subnet.
pub(super) fn with(routes: &[Value]) -> Value {
    let mut view = sound();
    view["route_tables"][0]["Routes"] = json!(routes);
    view
}

fn to_list(list: &str, key: &str, target: &str) -> Value {
    json!({ "DestinationPrefixListId": list, key: target, "State": "active" })
}

fn learned(range: &str) -> Value {
    let mut route = to(range, "GatewayId", "vgw-1");
    route["Origin"] = json!("EnableVgwRoutePropagation");
    route
}

fn dead(range: &str) -> Value {
    let mut route = to(range, "NatGatewayId", "nat-0");
    route["State"] = json!("blackhole");
    route
}

/// Where a route leads, by its target.
pub(super) fn target(way: &Way) -> &str {
    match way {
        Way::Local => "local",
        Way::GatewayEndpoint { id, .. } | Way::Target { id, .. } => id,
        Way::Nowhere { .. } => "nowhere",
        Way::Unknown => "unknown",
    }
}

#[test]
fn the_most_specific_route_wins() {
    let default = || to("0.0.0.0/0", "NatGatewayId", "nat-1");
    let gateway = || to_list("pl-53", "GatewayId", "vpce-53");
    let cases: &[(&str, Vec<Value>, &str, &str)] = &[
        ("the VPC's own range", vec![local(), default()], ACROSS, "local"),
        ("the default route", vec![local(), default()], ELSEWHERE, "nat-1"),
        ("no route", vec![local()], ELSEWHERE, "nowhere"),
        ("a prefix list before the default route", vec![default(), gateway(), local()], BUCKETS, "vpce-53"),
        ("a prefix list only for what it holds", vec![default(), gateway(), local()], ELSEWHERE, "nat-1"),
        (
            "a more specific route before a prefix list",
            vec![gateway(), to("52.218.1.0/24", "TransitGatewayId", "tgw-1"), local()],
            BUCKETS,
            "tgw-1",
        ),
        (
            "a less specific route behind a prefix list",
            vec![to("52.0.0.0/8", "TransitGatewayId", "tgw-1"), gateway(), local()],
            BUCKETS,
            "vpce-53",
        ),
        (
            "of equal length a range before a prefix list",
            vec![gateway(), to("52.218.0.0/17", "TransitGatewayId", "tgw-1"), local()],
            BUCKETS,
            "tgw-1",
        ),
        (
            "of equal length a prefix list before what was learned",
            vec![learned("52.218.0.0/17"), gateway()],
            BUCKETS,
            "vpce-53",
        ),
        (
            "of equal length what was set before what was learned",
            vec![learned("0.0.0.0/0"), default()],
            ELSEWHERE,
            "nat-1",
        ),
        ("what was learned where it is more specific", vec![learned("203.0.113.0/24"), default()], ELSEWHERE, "vgw-1"),
        ("nothing learned before the own range", vec![learned("10.0.2.0/24"), local()], ACROSS, "local"),
        (
            "a more specific route set within the own range",
            vec![local(), to("10.0.2.0/24", "NetworkInterfaceId", "eni-f")],
            ACROSS,
            "eni-f",
        ),
        ("the order of the table does not matter", vec![local(), gateway(), default()], BUCKETS, "vpce-53"),
        ("a blackhole that is more specific", vec![default(), dead("203.0.113.0/24")], ELSEWHERE, "nowhere"),
        ("a blackhole that is less specific", vec![dead("0.0.0.0/0"), gateway(), local()], BUCKETS, "vpce-53"),
    ];
    for (name, routes, peer, expected) in cases {
        assert_eq!(target(&path(&with(routes), peer).way), *expected, "{name}");
    }
    assert_eq!(path(&with(&[]), BESIDE).way, Way::Local, "neighbours need no route");
}

#[test]
fn a_subnet_without_a_table_of_its_own_has_the_main_one() {
    let mut view = sound();
    view["route_tables"][0]["Associations"] = json!([]);
    let path = path(&view, ELSEWHERE);
    assert_eq!(path.way, Way::Nowhere { table: "rtb-0".to_owned() });
    assert_eq!(only(&path).0, "route table rtb-0 of subnet-a has no route to 203.0.113.7");
}

#[test]
fn a_blackhole_is_said_with_what_is_gone() {
    let way_out = path(&with(&[local(), dead("0.0.0.0/0")]), ELSEWHERE);
    let (detail, command) = only(&way_out);
    assert_eq!(detail, "0.0.0.0/0 points at nat-0 which is deleted (blackhole) in route table rtb-a of subnet-a");
    assert_eq!(
        command,
        "aws ec2 replace-route --route-table-id rtb-a --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1 --region \
         eu-west-1"
    );
    assert_eq!(way_out.blocks[0].culprit.kind, CulpritKind::RouteTable);
}

#[test]
fn s3_without_a_route_is_missing_its_gateway_or_the_association() {
    let mut view = with(&[local()]);
    view["vpc_endpoints"][1]["RouteTableIds"] = json!(["rtb-d"]);
    let unassociated = path(&view, BUCKETS);
    let (detail, command) = only(&unassociated);
    assert_eq!(detail, "route table rtb-a of subnet-a has no route to pl-53 (s3): vpce-53 is not associated with it");
    assert_eq!(
        command,
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-53 --add-route-table-ids rtb-a --region eu-west-1"
    );
    view["vpc_endpoints"].as_array_mut().unwrap().pop();
    let absent = path(&view, BUCKETS);
    let (detail, command) = only(&absent);
    assert_eq!(
        detail,
        format!("vpc-0a has no endpoint for {S3}, and rtb-a of subnet-a has no other route to 52.218.1.1")
    );
    assert_eq!(
        command,
        format!(
            "aws ec2 create-vpc-endpoint --vpc-id vpc-0a --vpc-endpoint-type Gateway --service-name {S3} --route-table-ids \
             rtb-a --region eu-west-1"
        )
    );
    let vpc = read(&view);
    let by_list = stand(&vpc).path(BUCKETS.parse().unwrap(), None);
    assert_eq!(by_list.blocks[0].culprit.kind, CulpritKind::Vpc, "the prefix list tells that it is S3's");
    view["vpc_endpoints"] = Value::Null;
    let unseen = path(&view, BUCKETS);
    assert_eq!(only(&unseen).0, "route table rtb-a of subnet-a has no route to 52.218.1.1");
}

#[test]
fn routes_that_were_not_looked_at_are_unknown() {
    let mut view = sound();
    view["route_tables"] = Value::Null;
    assert_eq!(path(&view, ELSEWHERE).way, Way::Unknown);
    assert_eq!(path(&view, ACROSS), path(&sound(), ACROSS), "the VPC's own range needs no table");
    let mut unlisted = sound();
    unlisted["prefix_lists"] = json!([]);
    let vpc = read(&unlisted);
    let by_service = stand(&vpc).path(BUCKETS.parse().unwrap(), Some(S3));
    assert_eq!(target(&by_service.way), "vpce-53", "the endpoint's service tells what its list is");
    let other = stand(&vpc).path(ELSEWHERE.parse().unwrap(), None);
    assert_eq!(
        (other.way, other.unknown),
        (Way::Unknown, vec!["what pl-53 in rtb-a holds was not looked at".to_owned()])
    );
}

#[test]
fn several_faults_are_all_named_in_the_order_of_the_packet() {
    let mut view = with(&[local()]);
    view["vpc_endpoints"].as_array_mut().unwrap().pop();
    view["security_groups"][0]["IpPermissionsEgress"] = json!([]);
    view["security_groups"][1]["IpPermissions"] = json!([]);
    let named = |peer| stops(&view, peer).into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    assert_eq!(named(ACROSS), ["sg-7a", "sg-e0"]);
    assert_eq!(named(BUCKETS), ["sg-7a", "vpc-0a"]);
    assert_eq!(named(ELSEWHERE), ["sg-7a", "rtb-a"]);
}

#[test]
fn without_the_default_route_only_what_has_its_own_is_carried() {
    let by = |text: &str| Carried::By(text.to_owned());
    let lost = |text: &str| Carried::Lost(text.to_owned());
    let cases = [
        (sound(), ACROSS, by("the VPC's own range in rtb-a")),
        (sound(), BUCKETS, by("the gateway endpoint vpce-53 in rtb-a")),
        (sound(), ELSEWHERE, lost("only the default route of rtb-a (nat-1) leads there")),
        (with(&[local()]), ELSEWHERE, lost("no route of rtb-a leads there")),
        (
            with(&[to("203.0.113.0/24", "TransitGatewayId", "tgw-1")]),
            ELSEWHERE,
            by("the route to 203.0.113.0/24 in rtb-a (tgw-1)"),
        ),
        (
            with(&[dead("203.0.113.0/24")]),
            ELSEWHERE,
            lost("203.0.113.0/24 in rtb-a points at nat-0, which is gone (blackhole)"),
        ),
        (
            with(&[to("0.0.0.0/0", "TransitGatewayId", "tgw-1")]),
            "10.9.1.1:443",
            lost("only the default route of rtb-a (tgw-1) leads there"),
        ),
    ];
    for (view, peer, expected) in cases {
        assert_eq!(stand(&read(&view)).without_default(peer.parse().unwrap(), None), expected, "{peer}");
    }
    let mut unseen = sound();
    unseen["route_tables"] = Value::Null;
    let vpc = read(&unseen);
    assert_eq!(
        stand(&vpc).without_default(ELSEWHERE.parse().unwrap(), None),
        Carried::Unknown("route_tables was not looked at".to_owned())
    );
    assert!(matches!(stand(&vpc).without_default(ACROSS.parse().unwrap(), Some(API)), Carried::By(_)));
}

#[test]
fn what_is_private_and_elsewhere_is_reached_by_a_transit_gateway() {
    let lacks = path(&with(&[local()]), "10.9.1.5:443");
    assert_eq!(
        only(&lacks).1,
        "aws ec2 create-route --route-table-id rtb-a --destination-cidr-block $PEER_CIDR --transit-gateway-id $TGW --region \
         eu-west-1"
    );
    let mut known = with(&[local()]);
    known["route_tables"][1]["Routes"] = json!([to("10.9.0.0/16", "VpcPeeringConnectionId", "pcx-1")]);
    let command = only(&path(&known, "10.9.1.5:443")).1;
    assert!(command.contains("--destination-cidr-block 10.9.0.0/16 --vpc-peering-connection-id pcx-1 "), "{command}");
    let mut gone = to("10.9.0.0/16", "TransitGatewayId", "tgw-1");
    gone["State"] = json!("blackhole");
    let command = only(&path(&with(&[local(), gone]), "10.9.1.5:443")).1;
    assert!(command.contains("replace-route") && command.contains("--transit-gateway-id $TGW "), "{command}");
}

#[test]
fn a_route_before_the_gateway_endpoints_is_only_taken_out() {
    let in_the_way = with(&[local(), to_list("pl-53", "GatewayId", "vpce-53"), dead("52.218.1.0/24")]);
    assert_eq!(
        only(&path(&in_the_way, BUCKETS)).1,
        "aws ec2 delete-route --route-table-id rtb-a --destination-cidr-block 52.218.1.0/24 --region eu-west-1"
    );
    let vpc = read(&in_the_way);
    let Carried::Lost(why) = stand(&vpc).without_default(BUCKETS.parse().unwrap(), Some(S3)) else {
        panic!("it is lost")
    };
    assert!(why.ends_with("which is gone (blackhole), and wins over pl-53 (vpce-53)"), "{why}");
    let mut deleting = sound();
    deleting["vpc_endpoints"][1]["State"] = json!("deleting");
    let vpc = read(&deleting);
    assert!(matches!(stand(&vpc).without_default(BUCKETS.parse().unwrap(), Some(S3)), Carried::Lost(_)));
}
