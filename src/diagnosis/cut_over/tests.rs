//! What becomes of each check, from inside alone and with the operator's view.

use std::net::SocketAddr;

use crate::diagnosis::testing::Scene;
use crate::diagnosis::{CutOverAnswer, Judgement};

/// What it is about, the scene, and for each check `ID answer` with words that its `by` must have.
type Row<'r> = (&'r str, &'r str, Answers<'r>);

type Answers<'r> = &'r [(&'r str, &'r str)];

#[track_caller]
fn assert_answers(judge: impl Fn(&str) -> Judgement, table: &[Row<'_>]) {
    for (about, scene, expected) in table {
        let judged = judge(scene);
        let answered = judged.checks.iter().filter_map(|check| Some((check.id.0.as_str(), check.cut_over.as_ref()?)));
        let told: Vec<_> = answered.map(|(id, cut)| (format!("{id} {}", word(cut.answer)), cut.by.clone())).collect();
        let said: Vec<_> = told.iter().map(|(answer, _)| answer.as_str()).collect();
        assert_eq!(said, expected.iter().map(|(answer, _)| *answer).collect::<Vec<_>>(), "{about}\n{told:#?}");
        for ((_, by), (_, words)) in told.iter().zip(*expected) {
            for words in words.split(" .. ") {
                assert!(by.contains(words), "{about}: {words:?} is not in {by:?}");
            }
        }
    }
}

/// A scene with a way out, in which this is the configured resolver.
fn with_resolver(resolver: &str, checks: &str, judge: impl Fn(&Scene) -> Judgement) -> Judgement {
    let mut scene = Scene::read(&format!("{checks}\ncontrol dns=18.9.9.9"));
    let address = SocketAddr::new(resolver.parse().unwrap(), 53);
    let usual = std::mem::replace(&mut scene.plan.resolvers[0].address, address);
    for seen in &mut scene.observations {
        seen.resolver = seen.resolver.map(|asked| if asked == usual { address } else { asked });
    }
    judge(&scene)
}

fn word(answer: CutOverAnswer) -> &'static str {
    match answer {
        CutOverAnswer::Survives => "survives",
        CutOverAnswer::Breaks => "breaks",
        CutOverAnswer::Unknown => "unknown",
    }
}

mod inside {
    use super::assert_answers;
    use crate::diagnosis::testing::judge;
    use crate::diagnosis::{Ended, diagnose};

    #[test]
    fn where_there_is_no_way_out_to_lose_nothing_is_said() {
        assert_answers(
            judge,
            &[
                ("no way out", "ecr.api dns=10.0.1.5\ncontrol dns=18.9.9.9 18.9.9.9=silent", &[]),
                ("no control was asked", "ecr.api dns=10.0.1.5\ns3 dns=52.219.1.1", &[]),
                ("no VPC to leave", "place outside\nexample.com:443 dns=93.1.1.1\ncontrol dns=18.9.9.9", &[]),
                ("no address", "ecr.api dns=nxdomain\ncontrol dns=18.9.9.9", &[]),
                ("nothing can be there", "ecr.api dns=0.0.0.0 0.0.0.0=refused\ncontrol dns=18.9.9.9", &[]),
                (
                    "it is to be blocked",
                    "example.com:443 expect=blocked dns=93.1.1.1 93.1.1.1=silent\ncontrol dns=18.9.9.9",
                    &[],
                ),
            ],
        );
    }

    #[test]
    fn a_private_address_survives_where_no_route_table_could_say_otherwise() {
        const UNKNOWN: &str = "only the route table says";
        assert_answers(
            judge,
            &[
                (
                    "our subnet",
                    "ecr.api dns=10.0.1.5\ncontrol dns=18.9.9.9",
                    &[("ecr.api survives", "within the VPC (10.0.1.5)")],
                ),
                (
                    "another zone of the same endpoint",
                    "ecr.api dns=10.0.1.5,10.0.2.5\ncontrol dns=18.9.9.9",
                    &[("ecr.api survives", "within the VPC (10.0.1.5 and 10.0.2.5)")],
                ),
                (
                    "a host of one's own has no such neighbours",
                    "db.corp:443 dns=10.0.1.5,10.0.2.5\ncontrol dns=18.9.9.9",
                    &[("db.corp:443 unknown", "(10.0.2.5); the rest survives: .. within the VPC (10.0.1.5)")],
                ),
                (
                    "the VPC's range",
                    "place vpc-cidr=10.0.0.0/16\necr.api dns=10.0.7.5\ncontrol dns=18.9.9.9",
                    &[("ecr.api survives", "--vpc-cidr")],
                ),
                ("central endpoints", "ecr.api dns=10.100.0.5\ncontrol dns=18.9.9.9", &[("ecr.api unknown", UNKNOWN)]),
                (
                    "central endpoints, the range being known",
                    "place vpc-cidr=10.0.0.0/16\necr.api dns=10.100.0.5\ncontrol dns=18.9.9.9",
                    &[("ecr.api unknown", UNKNOWN)],
                ),
                (
                    "IPv6 of our /56",
                    "place ipv6=2600:1f14:abc:de01::9 subnet6=2600:1f14:abc:de01::/64
                     ecr.api dns=2600:1f14:abc:de02::5
                     control dns=18.9.9.9",
                    &[("ecr.api survives", "within the VPC (2600:1f14:abc:de02::5)")],
                ),
                (
                    "silent today: its route stays all the same",
                    "ecr.api dns=10.0.1.5 10.0.1.5=silent\ncontrol dns=18.9.9.9",
                    &[("ecr.api survives", "within the VPC")],
                ),
                (
                    "S3 by an interface endpoint",
                    "s3 dns=10.0.1.5\ncontrol dns=18.9.9.9",
                    &[("s3 survives", "within the VPC")],
                ),
            ],
        );
    }

    #[test]
    fn a_public_address_breaks_unless_a_gateway_endpoint_may_carry_it() {
        assert_answers(
            judge,
            &[
                (
                    "no endpoint",
                    "ecr.api dns=18.1.1.1\ncontrol dns=18.9.9.9",
                    &[("ecr.api breaks", "still public .. no VPC endpoint is in effect .. (18.1.1.1)")],
                ),
                ("S3", "s3 dns=52.219.1.1\ncontrol dns=18.9.9.9", &[("s3 unknown", "gateway endpoint .. --network")]),
                (
                    "S3 of another Region",
                    "s3 region=us-west-2 dns=52.218.1.1\ncontrol dns=18.9.9.9",
                    &[("s3 breaks", "no gateway endpoint of this VPC carries s3 of us-west-2")],
                ),
                (
                    "silent today, and its route goes as well",
                    "ecr.api dns=18.1.1.1 18.1.1.1=silent\ncontrol dns=18.9.9.9",
                    &[("ecr.api breaks", "(18.1.1.1)")],
                ),
                (
                    "one address private, one not",
                    "ecr.api dns=10.0.1.5,18.1.1.1",
                    &[("ecr.api breaks", "in part: .. (18.1.1.1); the rest survives: .. (10.0.1.5)")],
                ),
                (
                    "anybody's host",
                    "example.com:443 dns=93.1.1.1",
                    &[("example.com:443 breaks", "no VPC endpoint is known")],
                ),
                (
                    "S3 by NAT64",
                    "place ipv6-only=2600:1f14:abc:de01::9
                     s3 dns=64:ff9b::34db:101
                     control dns=64:ff9b::1209:909",
                    &[("s3 breaks", "NAT64 is the NAT gateway's (64:ff9b::34db:101)")],
                ),
                (
                    "a resolver of one's own gives the public one",
                    "ecr.api cfg=18.1.1.1 vpc=10.0.1.5",
                    &[(
                        "ecr.api breaks",
                        "10.0.0.2:53 gives public addresses where the VPC's own resolver gives private",
                    )],
                ),
            ],
        );
    }

    #[test]
    fn an_image_that_breaks_is_named_with_its_registry_and_the_hosts_of_its_layers() {
        assert_answers(
            judge,
            &[
                (
                    "a public registry",
                    "hub dns=93.1.1.1
                     manifest hub manifest=manifest:2*9
                     control dns=18.9.9.9",
                    &[("hub breaks", "image nginx:1 comes from a public registry")],
                ),
                (
                    "layers of ECR private that lie elsewhere",
                    "ecr.dkr dns=10.0.1.7
                     layers layer-blob=redirect@cdn.example layer@sha256:11@cdn.example=bytes:9/9/9
                     layer-host:cdn.example:443 dns=18.5.5.5",
                    &[
                        ("ecr.dkr survives", "within the VPC"),
                        ("layer-host:cdn.example:443 breaks", "the layers of image .. come from there .. (18.5.5.5)"),
                    ],
                ),
            ],
        );
    }

    #[test]
    fn one_family_that_stays_is_enough_for_a_name() {
        const PLACE: &str = "place ipv6=2600:1f14:abc:de01::9 subnet6=2600:1f14:abc:de01::/64";
        let table = [
            ("", "sts survives", "over IPv6; IPv4 breaks: .. (18.1.1.1)"),
            ("2600:1f14:abc:de01::5=unreachable", "sts breaks", "(18.1.1.1)"),
            ("18.1.1.1=silent", "sts survives", "within the VPC (2600:1f14:abc:de01::5)"),
        ];
        for (came, answer, words) in table {
            let scene = format!("{PLACE}\nsts dns=18.1.1.1,2600:1f14:abc:de01::5 {came}\ncontrol dns=18.9.9.9");
            assert_answers(judge, &[(came, &scene, &[(answer, words)])]);
        }
    }

    #[test]
    fn a_resolver_that_only_the_default_route_leads_to_takes_every_name_with_it() {
        let table = [
            ("10.0.0.2", "survives", "within the VPC (10.0.1.5)"),
            ("10.0.1.2", "survives", "within the VPC (10.0.1.5)"),
            ("10.0.1.77", "survives", "within the VPC (10.0.1.5)"),
            ("fd00:ec2::253", "survives", "within the VPC (10.0.1.5)"),
            ("10.9.0.53", "survives", "(10.0.1.5); as long as the resolver 10.9.0.53 is reached without"),
            ("10.0.0.3", "survives", "as long as the resolver 10.0.0.3 is reached without"),
            (
                "8.8.8.8",
                "breaks",
                "no name is resolved any more: the configured resolver is lost (8.8.8.8); its address is public",
            ),
        ];
        for (resolver, answer, words) in table {
            let judged = super::with_resolver(resolver, "ecr.api dns=10.0.1.5\n10.0.1.7:443", |scene| {
                diagnose(&scene.plan, &scene.observations, Ended::Completed, None)
            });
            let answers: Vec<_> = judged.checks.iter().filter_map(|check| check.cut_over.as_ref()).collect();
            assert_eq!(super::word(answers[0].answer), answer, "{resolver}: {answers:?}");
            assert!(answers[0].by.contains(words), "{resolver}: {answers:?}");
            assert_eq!(super::word(answers[1].answer), "survives", "an address needs no resolver: {answers:?}");
            assert!(!answers[1].by.contains("resolver"), "{resolver}: {answers:?}");
        }
    }
}

mod with_the_view {
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
            (
                &[NAT],
                json!([]),
                SCENE.to_owned(),
                "s3 breaks",
                "vpc-1 has no endpoint of com.amazonaws.ap-northeast-1.s3",
            ),
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
            assert_answers(
                judge,
                &[(words, "ecr.api dns=18.1.1.1\ncontrol dns=18.9.9.9", &[("ecr.api breaks", words)])],
            );
        }
    }

    #[test]
    fn central_endpoints_go_with_the_default_route_unless_they_have_one_of_their_own() {
        const SCENE: &str = "ecr.api dns=10.100.0.5\nlogs dns=10.0.7.6\ncontrol dns=18.9.9.9 18.9.9.9=silent";
        const LOGS: (&str, &str) = ("logs survives", "the VPC's own range in rtb-a (10.0.7.6)");
        let table: [(&[&str], Answers<'_>); 5] = [
            (
                &[TRANSIT],
                &[("ecr.api breaks", "only the default route of rtb-a (tgw-1) leads there (10.100.0.5)"), LOGS],
            ),
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
}
