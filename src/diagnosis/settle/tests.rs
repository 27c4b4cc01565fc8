//! Who is blamed.

mod open;
mod policies;

use crate::diagnosis::testing::{assert_settled, judge_by};
use crate::diagnosis::{Certainty, FindingId, Severity};

/// The endpoints' shared group lets nobody in.
const CLOSED: (&str, &str) = ("/security_groups/1/IpPermissions", "[]");
/// `ecr.api` has a group of its own, which lets nobody in.
const OWN_GROUP: [(&str, &str); 2] = [
    ("/network_interfaces/0/Groups", r#"[{"GroupId": "sg-2"}]"#),
    ("/network_interfaces/1/Groups", r#"[{"GroupId": "sg-2"}]"#),
];
/// The task is let out to nobody.
const NO_EGRESS: (&str, &str) = ("/security_groups/0/IpPermissionsEgress", "[]");
/// The task is let out within the VPC only.
const EGRESS_INSIDE: (&str, &str) = (
    "/security_groups/0/IpPermissionsEgress",
    r#"[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]"#,
);
/// Only the way to S3 is missing.
const NO_S3_ROUTE: [(&str, &str); 2] = [
    ("/route_tables/0/Routes", r#"[{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]"#),
    ("/vpc_endpoints/3/RouteTableIds", "[]"),
];
/// Nothing comes back into the task's subnet.
const NO_RETURN: (&str, &str) = (
    "/network_acls/0/Entries/1",
    r#"{"Egress": false, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}"#,
);
const ALL_SILENT: &str = "ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent 10.0.2.5=silent
     ecr.dkr dns=10.0.2.4 10.0.2.4=silent
     logs dns=10.0.2.6 10.0.2.6=silent";
const ONE_SILENT: &str = "ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent 10.0.2.5=silent
     logs dns=10.0.2.6";
const S3_SILENT: &str = "logs dns=10.0.2.6
     s3 dns=52.219.1.1 52.219.1.1=silent
     control dns=18.9.9.9 18.9.9.9=silent";

#[test]
fn what_drops_the_packets_is_named() {
    assert_settled(&[
        ("its own group", ONE_SILENT, &OWN_GROUP, "error endpoint-silent ecr.api: sg-2"),
        ("the shared group", ALL_SILENT, &[CLOSED], "error all-endpoints-silent ecr.api ecr.dkr logs: sg-1"),
        ("the task's own", ALL_SILENT, &[NO_EGRESS], "error all-endpoints-silent ecr.api ecr.dkr logs: sg-0"),
        (
            "the ACL of the task's subnet, which stands before all but the neighbour",
            "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent
             logs dns=10.0.2.6 10.0.2.6=silent",
            &[NO_RETURN],
            "error endpoint-address-silent ecr.api logs: acl-a",
        ),
        ("the route table", S3_SILENT, &NO_S3_ROUTE, "error layers-unreachable s3: rtb-a"),
        ("the prefix list is not let out", S3_SILENT, &[EGRESS_INSIDE], "error layers-unreachable s3: sg-0"),
    ]);
}

#[test]
fn each_cause_is_named_once() {
    let (own, other) = (OWN_GROUP[0], OWN_GROUP[1]);
    assert_settled(&[
        (
            "two groups, two causes",
            ALL_SILENT,
            &[own, other, CLOSED],
            "error endpoint-silent ecr.api: sg-2
             error endpoint-silent ecr.dkr logs: sg-1",
        ),
        (
            "one cause of two findings",
            "ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent 10.0.2.5=silent
             logs dns=10.0.2.6 10.0.2.6=silent
             s3 dns=52.219.1.1 52.219.1.1=silent
             control dns=18.9.9.9",
            &[NO_EGRESS],
            "error all-endpoints-silent ecr.api logs s3: sg-0",
        ),
        ("one behind the other", ONE_SILENT, &[own, other, NO_EGRESS], "error endpoint-silent ecr.api: sg-0 then sg-2"),
        (
            "a fault that no packet suffers from is none",
            "ecr.api dns=10.0.1.5,10.0.2.5\nlogs dns=10.0.2.6",
            &[CLOSED],
            "",
        ),
    ]);
}

#[test]
fn what_should_carry_it_is_named() {
    let public = "ecr.api dns=18.1.1.1 18.1.1.1=silent
                  logs dns=10.0.2.6
                  control dns=18.9.9.9 18.9.9.9=silent";
    assert_settled(&[
        (
            "no endpoint",
            public,
            &[("/vpc_endpoints/0/ServiceName", "\"com.amazonaws.ap-northeast-1.kms\"")],
            "error endpoint-not-in-effect ecr.api: vpc-1",
        ),
        (
            "private DNS is off",
            public,
            &[("/vpc_endpoints/0/PrivateDnsEnabled", "false")],
            "error endpoint-not-in-effect ecr.api: vpce-0",
        ),
        (
            "it is not available yet",
            public,
            &[("/vpc_endpoints/0/State", "\"pending\"")],
            "error endpoint-not-in-effect ecr.api: vpce-0",
        ),
        (
            "DNS hostnames are off",
            public,
            &[("/vpc_attributes/EnableDnsHostnames", "false")],
            "error endpoint-not-in-effect ecr.api: vpc-1",
        ),
        (
            "two services without an endpoint show as two findings where they show in two ways",
            "ecr.api dns=18.1.1.1 18.1.1.1=silent
             logs dns=10.0.2.6
             s3 dns=52.219.1.1 52.219.1.1=silent
             control dns=18.9.9.9 18.9.9.9=silent",
            &[
                ("/vpc_endpoints/0/ServiceName", "\"com.amazonaws.ap-northeast-1.kms\""),
                ("/vpc_endpoints/3/ServiceName", "\"com.amazonaws.ap-northeast-1.dynamodb\""),
                NO_S3_ROUTE[0],
            ],
            "error endpoint-not-in-effect ecr.api: vpc-1
             error layers-unreachable s3: vpc-1",
        ),
        (
            "a NAT gateway that is gone, where an endpoint would do as well",
            public,
            &[
                ("/vpc_endpoints/0/ServiceName", "\"com.amazonaws.ap-northeast-1.kms\""),
                (
                    "/route_tables/0/Routes/-",
                    r#"{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "blackhole"}"#,
                ),
            ],
            "error endpoint-not-in-effect ecr.api: rtb-a then vpc-1",
        ),
    ]);
}

#[test]
fn who_answers_for_a_name_is_named() {
    let dhcp = (
        "/dhcp_options/0/DhcpConfigurations",
        r#"[{"Key": "domain-name-servers", "Values": [{"Value": "10.0.0.2"}]}]"#,
    );
    // Two above the start of a VPC's range is Amazon's own.
    let elsewhere = ("/vpcs/0/CidrBlock", "\"10.0.1.0/24\"");
    let zone = [
        ("/hosted_zones", r#"[{"HostedZoneId": "Z1", "Name": "api.ecr.ap-northeast-1.amazonaws.com."}]"#),
        ("/hosted_zone_records", r#"[{"HostedZoneId": "Z1", "ResourceRecordSets": []}]"#),
    ];
    assert_settled(&[
        (
            "no DNS in the VPC",
            "ecr.api dns=silent\nlogs dns=silent",
            &[("/vpc_attributes/EnableDnsSupport", "false")],
            "error vpc-resolver-silent ecr.api logs: vpc-1",
        ),
        (
            "a zone without the record",
            "ecr.api dns=nxdomain\nlogs dns=10.0.2.6",
            &zone,
            "error name-not-found ecr.api: Z1",
        ),
        (
            "a server of one's own",
            "ecr.api cfg=silent vpc=10.0.1.5\nlogs cfg=silent vpc=10.0.2.6",
            &[dhcp, elsewhere],
            "error custom-resolver-silent ecr.api logs: dopt-1",
        ),
        (
            "the server is not let out to",
            "ecr.api cfg=silent vpc=10.0.1.5\nlogs cfg=silent vpc=10.0.2.6",
            &[dhcp, elsewhere, NO_EGRESS],
            "error custom-resolver-silent ecr.api logs: sg-0",
        ),
        (
            "a server that bypasses the endpoints",
            "ecr.api cfg=18.1.1.1 vpc=10.0.1.5 18.1.1.1=silent\nlogs dns=10.0.2.6",
            &[dhcp, elsewhere],
            "error custom-resolver-bypasses-private-dns ecr.api: dopt-1",
        ),
        (
            "a rule that sends it elsewhere",
            "ecr.api dns=servfail\nlogs dns=10.0.2.6",
            &[
                ("/resolver_rule_associations", r#"[{"ResolverRuleId": "rslvr-rr-1"}]"#),
                (
                    "/resolver_rules",
                    r#"[{"Id": "rslvr-rr-1", "DomainName": "amazonaws.com.", "RuleType": "FORWARD",
                        "TargetIps": [{"Ip": "10.9.0.2"}]}]"#,
                ),
            ],
            "error resolver-failure ecr.api: rslvr-rr-1",
        ),
    ]);
}

#[test]
fn a_culprit_leaves_nothing_to_guess() {
    let judged = judge_by(ONE_SILENT, &OWN_GROUP);
    let found = &judged.findings[0];
    assert_eq!((found.certainty, found.alternatives.len(), &found.tell_apart), (Certainty::Certain, 0, &None));
    assert!(found.meaning.contains("sg-2 of vpce-0 has no inbound rule for 443 from 10.0.1.0/24 or sg-0"), "{found:?}");
    let commands: Vec<&str> = found.fix.iter().filter_map(|fix| fix.command.as_deref()).collect();
    assert!(commands[0].contains("authorize-security-group-ingress --group-id sg-2 "), "{commands:?}");
    assert!(!commands.concat().contains('$'), "{commands:?}");
    assert!(judged.headline.ends_with("security group sg-2 is to blame."), "{}", judged.headline);
}

#[test]
fn the_route_to_s3_is_proved_by_the_table() {
    let nat = [
        NO_S3_ROUTE[0],
        NO_S3_ROUTE[1],
        (
            "/route_tables/0/Routes/-",
            r#"{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}"#,
        ),
    ];
    let scene = |expect: &str| format!("ecr.api dns=10.0.1.5\ns3 {expect} dns=52.219.1.1\ncontrol dns=18.9.9.9");
    let both = [(
        "/route_tables/0/Routes/-",
        r#"{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}"#,
    )];
    assert_settled(&[
        ("by the gateway", &scene("expect=gateway"), &both, "info redundant-route ecr.api s3: certain"),
        ("by the NAT", &scene("expect=private"), &nat, "error public-route s3: vpce-3"),
        ("by the NAT, and a gateway asked for", &scene("expect=gateway"), &nat, "error unexpected-route s3: certain"),
    ]);
}

#[test]
fn what_works_by_another_way_is_told_with_what_would_carry_it() {
    let scene = "ecr.api dns=18.1.1.1\nlogs dns=10.0.2.6\ncontrol dns=18.9.9.9";
    let found = judge_by(scene, &[("/vpc_endpoints/0/PrivateDnsEnabled", "false")]).findings;
    let route = found.iter().find(|found| found.id == FindingId::PublicRoute).unwrap();
    // What works is nobody's fault.
    assert_eq!((route.severity, &route.culprit), (Severity::Info, &None));
    assert!(route.meaning.contains("private DNS is off on vpce-0"), "{}", route.meaning);
    assert!(route.fix.iter().all(|fix| !fix.command.as_ref().unwrap().contains("create-vpc-endpoint")), "{route:?}");
}

#[test]
fn what_stands_behind_the_culprit_is_said_of_whom_it_concerns() {
    let scene = "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent
                 logs dns=10.0.2.6 10.0.2.6=silent";
    let no_way_out = (
        "/network_acls/0/Entries/0",
        r#"{"Egress": true, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}"#,
    );
    let found = judge_by(scene, &[no_way_out, OWN_GROUP[1]]).findings.remove(0);
    assert!(
        found.meaning.contains("For api.ecr.ap-northeast-1.amazonaws.com this stands in the way as well: sg-2"),
        "{found:?}"
    );
    assert!(!found.meaning.contains("mending the first alone"), "{}", found.meaning);
}

#[test]
fn what_has_a_finding_of_its_own_is_pointed_to_and_blamed_once() {
    let scene = "ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent 10.0.2.5=silent
                 logs dns=10.0.2.6 10.0.2.6=silent";
    let no_way_in = (
        "/network_acls/1/Entries/0",
        r#"{"Egress": false, "RuleNumber": 90, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}"#,
    );
    let found = judge_by(scene, &[OWN_GROUP[0], OWN_GROUP[1], no_way_in]).findings;
    let group = found.iter().find(|found| found.culprit.as_ref().is_some_and(|culprit| culprit.id == "sg-2")).unwrap();
    let acl = found.iter().find(|found| found.culprit.as_ref().is_some_and(|culprit| culprit.id == "acl-c")).unwrap();
    let pointing = if group.meaning.contains("(see ") { group } else { acl };
    let other = if std::ptr::eq(pointing, group) { acl } else { group };
    assert!(pointing.meaning.contains(&format!("(see {})", other.id)), "{pointing:?}");
    assert_eq!((&pointing.also[..], &other.also[..]), (&[][..], &[][..]), "{found:?}");
}

#[test]
fn one_way_or_the_other_is_enough() {
    let public = "ecr.api dns=18.1.1.1 18.1.1.1=silent\nlogs dns=10.0.2.6\ncontrol dns=18.9.9.9 18.9.9.9=silent";
    let dead = r#"{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "blackhole"}"#;
    let found = judge_by(
        public,
        &[("/vpc_endpoints/0/ServiceName", "\"com.amazonaws.ap-northeast-1.kms\""), ("/route_tables/0/Routes/-", dead)],
    );
    let fix = &found.findings[0].fix;
    assert!(fix[0].action.starts_with("point the route at a NAT gateway"), "{fix:?}");
    assert!(fix[1].action.starts_with("or, in place of that way, create the interface endpoint"), "{fix:?}");
}
