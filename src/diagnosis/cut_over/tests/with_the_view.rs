//! What the operator's view tells.

use serde_json::{Value, json};

use super::{Answers, assert_answers};
use crate::diagnosis::testing::Scene;
use crate::diagnosis::{Ended, FindingId, Judgement, diagnose};
use crate::vpc::{Place, Vpc};

const API: &str = "com.amazonaws.ap-northeast-1.ecr.api";
const S3: &str = "com.amazonaws.ap-northeast-1.s3";

/// The view of a VPC with these routes of the task's subnet (`DESTINATION TARGET`) and these endpoints.
fn view(routes: &[&str], endpoints: &Value) -> Value {
    let range = |range: &str| if range.contains(':') { "DestinationIpv6CidrBlock" } else { "DestinationCidrBlock" };
    let route = |words: &str| {
        let (to, target) = words.split_once(' ').unwrap();
        let to_key = if to.starts_with("pl-") { "DestinationPrefixListId" } else { range(to) };
        let key = match target.split('-').next() {
            Some("nat") => "NatGatewayId",
            Some("tgw") => "TransitGatewayId",
            Some("eigw") => "EgressOnlyInternetGatewayId",
            _ => "GatewayId",
        };
        json!({ to_key: to, key: target, "State": "active" })
    };
    let own = ["10.0.0.0/16 local", "2600:1f14:abc:de00::/56 local"];
    let routes: Vec<Value> = own.iter().chain(routes).map(|words| route(words)).collect();
    json!({
        "kind": "vpcprobe-network", "schema_version": 1, "collected_at": "2026-11-21T10:00:00Z",
        "region": "ap-northeast-1", "vpc_id": "vpc-1", "task": {"subnets": ["subnet-a"]}, "missing": [],
        "vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "subnets": [{
            "SubnetId": "subnet-a", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "ap-northeast-1a",
            "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600:1f14:abc:de01::/64"}],
        }],
        "route_tables": [{"RouteTableId": "rtb-a", "Associations": [{"SubnetId": "subnet-a"}], "Routes": routes}],
        "vpc_endpoints": endpoints,
        "prefix_lists": [{"PrefixListId": "pl-1", "PrefixListName": S3, "Cidrs": ["52.219.0.0/16"]}],
    })
}

fn interface(service: &str, private_dns: bool) -> Value {
    json!({
        "VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "ServiceName": service, "State": "available",
        "PrivateDnsEnabled": private_dns,
    })
}

fn gateway(tables: &[&str]) -> Value {
    json!({
        "VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "ServiceName": S3, "State": "available",
        "RouteTableIds": tables,
    })
}

fn judge(view: &Value, text: &str) -> Judgement {
    let scene = Scene::read(text);
    let vpc = Vpc::read(&view.to_string()).unwrap();
    let (addresses, subnets) = (&scene.plan.place.addresses[..], &scene.plan.place.subnets[..]);
    let region = Some("ap-northeast-1");
    let stand = vpc.stand(&Place { addresses, subnets, account: None, region, zone: None }).unwrap();
    diagnose(&scene.plan, &scene.observations, Ended::Completed, Some(&stand))
}

const NAT: &str = "0.0.0.0/0 nat-1";
const TRANSIT: &str = "0.0.0.0/0 tgw-1";
const TO_S3: &str = "pl-1 vpce-s3";

#[test]
fn the_route_table_answers_for_s3() {
    const SCENE: &str = "s3 dns=52.219.1.1\ncontrol dns=18.9.9.9";
    let both = |scene: &str| format!("place ipv6=2600:1f14:abc:de01::9 subnet6=2600:1f14:abc:de01::/64\n{scene}");
    let table = [
        (
            &[NAT, TO_S3][..],
            json!([gateway(&["rtb-a"])]),
            SCENE.to_owned(),
            "s3 survives",
            "the gateway endpoint vpce-s3 in rtb-a",
        ),
        (
            &[NAT],
            json!([gateway(&["rtb-b"])]),
            SCENE.to_owned(),
            "s3 breaks",
            "vpce-s3 for .. not associated with rtb-a of subnet-a; only the default route of rtb-a (nat-1)",
        ),
        (&[NAT], json!([]), SCENE.to_owned(), "s3 breaks", "vpc-1 has no endpoint of com.amazonaws.ap-northeast-1.s3"),
        (
            &[NAT, TO_S3],
            json!([gateway(&["rtb-a"])]),
            "s3 dns=52.219.1.1,3.5.1.1\ncontrol dns=18.9.9.9".to_owned(),
            "s3 breaks",
            "in part: the prefix list of vpce-s3 does not hold every address .. (3.5.1.1); the rest survives: .. (52.219.1.1)",
        ),
        (
            &[NAT, TO_S3, "::/0 eigw-1"],
            json!([gateway(&["rtb-a"])]),
            both("s3 dns=52.219.1.1,2406:da70::1\ncontrol dns=18.9.9.9"),
            "s3 survives",
            "vpce-s3 in rtb-a (52.219.1.1), over IPv4; IPv6 breaks: .. (eigw-1) leads there (2406:da70::1)",
        ),
        (
            &[NAT],
            json!([interface(S3, true)]),
            "s3 dns=10.0.2.5\ncontrol dns=18.9.9.9".to_owned(),
            "s3 survives",
            "(10.0.2.5)",
        ),
    ];
    for (routes, endpoints, scene, answer, words) in table {
        assert_answers(|text| judge(&view(routes, &endpoints), text), &[(answer, &scene, &[(answer, words)])]);
    }
}

#[test]
fn a_name_that_is_still_public_is_told_with_what_the_vpc_has_of_its_service() {
    let table = [
        (
            json!([]),
            "vpc-1 has no endpoint of com.amazonaws.ap-northeast-1.ecr.api; only the default route of rtb-a (nat-1)",
        ),
        (json!([interface(API, false)]), "private DNS is off on vpce-1"),
        (json!([interface(API, true)]), "the name is still public, although vpce-1 is in order"),
    ];
    for (endpoints, words) in table {
        let judge = |text: &str| judge(&view(&[NAT], &endpoints), text);
        assert_answers(judge, &[(words, "ecr.api dns=18.1.1.1\ncontrol dns=18.9.9.9", &[("ecr.api breaks", words)])]);
    }
}

#[test]
fn central_endpoints_go_with_the_default_route_unless_they_have_one_of_their_own() {
    const SCENE: &str = "ecr.api dns=10.100.0.5\nlogs dns=10.0.7.6\ncontrol dns=18.9.9.9 18.9.9.9=silent";
    const LOGS: (&str, &str) = ("logs survives", "the VPC's own range in rtb-a (10.0.7.6)");
    let table: [(&[&str], Answers<'_>); 5] = [
        (&[TRANSIT], &[("ecr.api breaks", "only the default route of rtb-a (tgw-1) leads there (10.100.0.5)"), LOGS]),
        (
            &[TRANSIT, "10.100.0.0/16 tgw-1"],
            &[("ecr.api survives", "the route to 10.100.0.0/16 in rtb-a (tgw-1)"), LOGS],
        ),
        (&["10.100.0.0/16 tgw-1"], &[]),
        (
            &["0.0.0.0/0 tgw-1", "10.100.0.0/16 nat-1"],
            &[("ecr.api breaks", "the route to 10.100.0.0/16 in rtb-a is a way out as well (nat-1)"), LOGS],
        ),
        (&["0.0.0.0/0 nat-1", "10.100.0.0/16 tgw-1"], &[("ecr.api survives", "10.100.0.0/16"), LOGS]),
    ];
    for (routes, expected) in table {
        assert_answers(|text| judge(&view(routes, &json!([])), text), &[("central", SCENE, expected)]);
    }
}

#[test]
fn a_resolver_behind_the_default_route_takes_every_name_with_it() {
    for (routes, answer, words) in [
        (
            &[TRANSIT][..],
            "breaks",
            "the configured resolver is lost (10.9.0.53); only the default route of rtb-a (tgw-1)",
        ),
        (&[TRANSIT, "10.9.0.0/16 tgw-1"][..], "survives", "own range in rtb-a (10.0.1.5)"),
    ] {
        let judged = super::with_resolver("10.9.0.53", "ecr.api dns=10.0.1.5", |scene| {
            let vpc = Vpc::read(&view(routes, &json!([])).to_string()).unwrap();
            let (addresses, subnets) = (&scene.plan.place.addresses[..], &scene.plan.place.subnets[..]);
            let place = Place { addresses, subnets, account: None, region: None, zone: None };
            let stand = vpc.stand(&place).unwrap();
            diagnose(&scene.plan, &scene.observations, Ended::Completed, Some(&stand))
        });
        let cut = judged.checks[0].cut_over.as_ref().unwrap();
        assert_eq!(super::word(cut.answer), answer, "{cut:?}");
        assert!(cut.by.contains(words), "{cut:?}");
    }
}

#[test]
fn what_the_operator_may_not_see_is_not_known_and_from_inside_the_rest_is() {
    const SCENE: &str =
        "ecr.api dns=10.0.7.5\nlogs dns=10.100.0.6\nsts dns=18.1.1.3\ns3 dns=52.219.1.1\ncontrol dns=18.9.9.9";
    let mut blind = view(&[NAT], &json!([]));
    blind["route_tables"] = Value::Null;
    blind["missing"] =
        json!([{"section": "route_tables", "call": "ec2:DescribeRouteTables", "why": "UnauthorizedOperation"}]);
    let expected = [
        ("ecr.api survives", "vpc-1's own range (10.0.7.5)"),
        ("logs unknown", "ec2:DescribeRouteTables"),
        ("sts breaks", "vpc-1 has no endpoint of .. only the default route leads there (18.1.1.3)"),
        ("s3 unknown", "ec2:DescribeRouteTables"),
    ];
    assert_answers(|text| judge(&blind, text), &[("no route tables", SCENE, &expected)]);
}

#[test]
fn redundant_route_never_contradicts_it() {
    const SCENE: &str = "ecr.api dns=10.0.1.5\nlogs dns=10.100.0.6\ns3 dns=52.219.1.1\ncontrol dns=18.9.9.9";
    let redundant = |routes: &[&str], scene: &str| {
        let judged = judge(&view(routes, &json!([gateway(&["rtb-a"])])), scene);
        let found = judged.findings.into_iter().find(|finding| finding.id == FindingId::RedundantRoute);
        found.map(|found| {
            let ids: Vec<_> = found.checks.iter().map(|id| id.0.as_str()).collect();
            (ids.join(" "), found.fix[0].action.clone())
        })
    };
    let (checks, fix) = redundant(&[NAT, TO_S3, "10.100.0.0/16 tgw-1"], SCENE).unwrap();
    assert_eq!(checks, "ecr.api logs s3");
    assert!(fix.contains("what the application itself calls"), "{fix}");
    let (checks, fix) = redundant(&[NAT, TO_S3], SCENE).unwrap();
    assert_eq!(checks, "ecr.api s3");
    assert!(fix.contains("logs.ap-northeast-1") && !fix.contains("s3.ap-northeast-1"), "{fix}");
    // S3 leaves by the NAT gateway, which the table shows: what survives is named all the same, and what does not.
    let (checks, fix) = redundant(&[NAT], SCENE).unwrap();
    assert_eq!(checks, "ecr.api");
    assert!(fix.contains("what breaks otherwise") && fix.contains("s3.ap-northeast-1"), "{fix}");
    assert_eq!(redundant(&[TRANSIT], "logs dns=10.100.0.6\ncontrol dns=18.9.9.9"), None);
}

#[test]
fn what_is_in_the_way_of_an_answer_is_told_as_what_it_is() {
    const S3_SCENE: &str = "s3 dns=52.219.1.1\ncontrol dns=18.9.9.9";
    let of = |view: &Value, scene: &str| {
        let judged = judge(view, scene);
        let cut = judged.checks[0].cut_over.clone().unwrap();
        format!("{} {}", super::word(cut.answer), cut.by)
    };
    let both = json!([gateway(&["rtb-a"])]);
    let own_route = of(&view(&[NAT, TO_S3, "52.219.1.0/24 nat-1"], &both), S3_SCENE);
    assert!(own_route.starts_with("breaks the route to 52.219.1.0/24 in rtb-a is a way out"), "{own_route}");
    let disagreeing = of(&view(&[TO_S3], &both), S3_SCENE);
    assert!(disagreeing.starts_with("unknown the view and the packets disagree: rtb-a has no"), "{disagreeing}");
    let mut blind = view(&[NAT], &both);
    blind["route_tables"] = Value::Null;
    let blind = of(&blind, S3_SCENE);
    assert!(blind.starts_with("unknown ") && blind.contains("(ec2:DescribeRouteTables)"), "{blind}");
    let mut deleted = json!([interface(API, true)]);
    deleted[0]["State"] = json!("deleting");
    let deleted = of(&view(&[NAT], &deleted), "ecr.api dns=10.0.1.5\ncontrol dns=18.9.9.9");
    assert!(deleted.starts_with("breaks vpce-1 for ") && deleted.contains("is deleting"), "{deleted}");
}
