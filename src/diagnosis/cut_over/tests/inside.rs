//! What can be told from inside alone.

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
                &[("ecr.api breaks", "10.0.0.2:53 gives public addresses where the VPC's own resolver gives private")],
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
