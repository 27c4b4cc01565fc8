//! What the view blames nothing for, and what it does not show.

use super::{NO_S3_ROUTE, ONE_SILENT, OWN_GROUP, S3_SILENT};
use crate::diagnosis::testing::{assert_settled, judge_by};
use crate::diagnosis::{Certainty, FindingId};

#[test]
fn what_the_configuration_lets_through_stays_open() {
    assert_settled(&[(
        "one finding for all of it",
        "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent
         logs dns=10.0.2.6
         s3 dns=52.219.1.1 52.219.1.1=silent
         control dns=18.9.9.9 18.9.9.9=silent",
        &[],
        "error endpoint-address-silent ecr.api: possible
         error layers-unreachable s3: possible
         warning configuration-and-network-disagree ecr.api s3: certain",
    )]);
    let found = judge_by(ONE_SILENT, &[]).findings;
    let at_odds = found.iter().find(|found| found.id == FindingId::ConfigurationAndNetworkDisagree).unwrap();
    assert!(at_odds.summary.contains("2026-11-21T10:00:00Z"), "{at_odds:?}");
    assert!(at_odds.meaning.contains("Network Firewall"), "{at_odds:?}");
    // What the view has cleared is not advised any more.
    assert!(found[0].fix.iter().all(|fix| fix.command.is_none()), "{:?}", found[0].fix);
    assert!(found[0].meaning.contains("none of them"), "{}", found[0].meaning);
}

#[test]
fn what_the_view_lacks_is_said() {
    let gap = (
        "/missing",
        r#"[{"section": "network_acls", "call": "ec2:DescribeNetworkAcls", "why": "UnauthorizedOperation"}]"#,
    );
    let found = judge_by(ONE_SILENT, &[gap, ("/network_acls", "")]).findings.remove(0);
    assert_eq!((found.id, found.certainty, &found.culprit), (FindingId::EndpointSilent, Certainty::Likely, &None));
    let told = found.tell_apart.unwrap();
    assert!(told.contains("ec2:DescribeNetworkAcls"), "{told}");
    // A group that is shut is shut, whatever else is not known.
    let found = judge_by(ONE_SILENT, &[gap, ("/network_acls", ""), OWN_GROUP[0], OWN_GROUP[1]]).findings.remove(0);
    assert_eq!(found.culprit.unwrap().id, "sg-2");
}

#[test]
fn what_the_view_knows_stands_in_commands_that_it_does_not_settle() {
    let found = judge_by(S3_SILENT, &[("/network_acls", "")]).findings.remove(0);
    assert_eq!(found.culprit, None);
    let commands: Vec<&str> = found.fix.iter().filter_map(|fix| fix.command.as_deref()).collect();
    assert!(
        commands[0].contains("--vpc-id vpc-1 ") && commands[0].contains("--route-table-ids rtb-a "),
        "{commands:?}"
    );
    // The view clears the groups, and not the ACL that it lacks.
    assert!(!commands.iter().any(|command| command.contains("security-group")), "{commands:?}");
    assert!(commands.iter().any(|command| command.contains("describe-network-acls")), "{commands:?}");
}

#[test]
fn without_the_endpoints_nothing_is_certain_of_what_lacks() {
    let found = judge_by(S3_SILENT, &[NO_S3_ROUTE[0], ("/vpc_endpoints", "")]).findings.remove(0);
    assert_eq!((&found.culprit, found.certainty), (&None, Certainty::Likely));
    assert!(found.fix[0].action.ends_with("if it does not exist"), "{:?}", found.fix);
}

#[test]
fn what_the_view_settles_leaves_no_guess_from_inside() {
    for changes in [&OWN_GROUP[..], &[]] {
        let found = judge_by(ONE_SILENT, changes).findings.remove(0);
        assert_eq!((&found.compared, &found.alternatives[..], &found.tell_apart), (&None, &[][..], &None));
    }
}

#[test]
fn an_acl_that_passes_some_ports_leaves_the_groups_out() {
    let some = (
        "/network_acls/1/Entries/0",
        r#"{"Egress": true, "RuleNumber": 100, "Protocol": "6", "PortRange": {"From": 49152, "To": 65535},
            "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}"#,
    );
    let found = judge_by(ONE_SILENT, &[some]).findings.remove(0);
    assert!(found.meaning.contains("the security groups let this through"), "{}", found.meaning);
    assert!(found.fix[0].action.contains("network ACLs") && found.fix[0].command.is_none(), "{:?}", found.fix);
    assert!(found.tell_apart.unwrap().contains("acl-c of subnet-c lets "));
}
