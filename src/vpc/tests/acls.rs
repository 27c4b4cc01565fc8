use serde_json::{Value, json};

use super::{ACROSS, BESIDE, BUCKETS, CulpritKind, ELSEWHERE, entry, entry_for, only, path, sound, stops};

/// The sound VPC with an ACL of its own for one subnet: what it has beside the rules that end it.
fn with_acl(subnet: &str, entries: &[Value]) -> Value {
    let mut view = sound();
    let others = view["network_acls"][0]["Associations"].as_array_mut().unwrap();
    others.retain(|association| association["SubnetId"] != subnet);
    let last = [entry(32_767, true, "deny", "-1", None), entry(32_767, false, "deny", "-1", None)];
    let entries: Vec<&Value> = entries.iter().chain(&last).collect();
    let acl = json!({ "NetworkAclId": "acl-2", "Associations": [{ "SubnetId": subnet }], "Entries": entries });
    view["network_acls"].as_array_mut().unwrap().push(acl);
    view
}

fn out(ports: (u16, u16)) -> Value {
    entry(100, true, "allow", "6", Some(ports))
}

fn back(ports: (u16, u16)) -> Value {
    entry(100, false, "allow", "6", Some(ports))
}

const HTTPS: (u16, u16) = (443, 443);
const EPHEMERAL: (u16, u16) = (1024, 65535);

#[test]
fn the_acl_of_the_tasks_subnet_is_asked_both_ways() {
    let cases: &[(&str, Vec<Value>, &[&str])] = &[
        ("443 out and ephemeral ports in", vec![out(HTTPS), back(EPHEMERAL)], &[]),
        ("nothing", vec![], &["no outbound rule that allows 443", "no inbound rule that allows 32768–60999"]),
        (
            "no rule for the answers: ACLs remember nothing",
            vec![out(HTTPS)],
            &["no inbound rule that allows 32768–60999"],
        ),
        ("no rule for the question", vec![back(EPHEMERAL)], &["no outbound rule that allows 443"]),
        (
            "the pair of a server, as a page of AWS prints it for the task",
            vec![out(EPHEMERAL), back(HTTPS)],
            &["no outbound rule that allows 443", "no inbound rule that allows 32768–60999"],
        ),
        ("the ports that Linux uses are enough", vec![out(HTTPS), back((32_768, 60_999))], &[]),
        ("protocol -1", vec![entry(1, true, "allow", "-1", None), entry(1, false, "allow", "-1", None)], &[]),
        (
            "UDP is not TCP",
            vec![out(HTTPS), entry(100, false, "allow", "17", Some(EPHEMERAL))],
            &["no inbound rule that allows 32768–60999"],
        ),
        (
            "the first rule that fits decides: a deny before",
            vec![out(HTTPS), back(EPHEMERAL), entry(90, false, "deny", "6", Some(EPHEMERAL))],
            &["ACL acl-2 rule 90 denies 1024–65535 inbound"],
        ),
        (
            "the first rule that fits decides: a deny behind",
            vec![out(HTTPS), back(EPHEMERAL), entry(110, false, "deny", "6", Some(EPHEMERAL))],
            &[],
        ),
        (
            "a deny for others",
            vec![out(HTTPS), back(EPHEMERAL), entry_for("192.168.0.0/16", 90, false, "deny", "-1", None)],
            &[],
        ),
        (
            "rules are asked by number, not as they are listed",
            vec![entry(200, true, "deny", "-1", None), out(HTTPS), back(EPHEMERAL)],
            &[],
        ),
    ];
    for (name, entries, expected) in cases {
        for peer in [ACROSS, BUCKETS, ELSEWHERE] {
            let path = path(&with_acl("subnet-a", entries), peer);
            let details: Vec<&str> = path.blocks.iter().map(|block| block.culprit.detail.as_str()).collect();
            assert_eq!(details.len(), expected.len(), "{name}, {peer}: {details:?}");
            assert!(details.iter().zip(*expected).all(|(detail, part)| detail.contains(part)), "{name}: {details:?}");
            assert!(path.unknown.is_empty(), "{name}: {:?}", path.unknown);
        }
    }
}

#[test]
fn no_acl_stands_between_neighbours() {
    assert_eq!(stops(&with_acl("subnet-a", &[]), BESIDE), []);
}

#[test]
fn the_acl_of_the_endpoints_subnet_is_the_mirror_image() {
    let cases: &[(&str, Vec<Value>, usize)] = &[
        ("443 in and ephemeral ports out", vec![back(HTTPS), out(EPHEMERAL)], 0),
        ("the pair of a client", vec![out(HTTPS), back(EPHEMERAL)], 2),
        ("no way back", vec![back(HTTPS)], 1),
        (
            "only from another subnet",
            vec![entry_for("10.0.2.0/24", 100, false, "allow", "-1", None), out(EPHEMERAL)],
            1,
        ),
        ("from the task's subnet", vec![entry_for("10.0.1.0/24", 100, false, "allow", "-1", None), out(EPHEMERAL)], 0),
    ];
    for (name, entries, blocks) in cases {
        let view = with_acl("subnet-c", entries);
        let expected = vec![(CulpritKind::NetworkAcl, "acl-2".to_owned()); *blocks];
        assert_eq!(stops(&view, ACROSS), expected, "{name}");
        assert_eq!(stops(&view, BESIDE), [], "{name}: it is not the neighbours'");
    }
}

#[test]
fn the_acl_of_the_nats_subnet_is_asked_too() {
    let sound = vec![
        out(HTTPS),
        back(EPHEMERAL),
        entry(90, false, "allow", "6", Some(HTTPS)),
        entry(90, true, "allow", "6", Some(EPHEMERAL)),
    ];
    assert_eq!(stops(&with_acl("subnet-d", &sound), ELSEWHERE), []);
    let shut = with_acl("subnet-d", &[]);
    assert_eq!(stops(&shut, ELSEWHERE).len(), 4);
    assert_eq!(stops(&shut, BUCKETS), [], "the gateway endpoint leads past the NAT");
}

#[test]
fn a_rule_for_a_part_of_the_ephemeral_ports_is_said_and_not_blamed() {
    let partly = path(&with_acl("subnet-a", &[out(HTTPS), back((49_152, 65_535))]), ACROSS);
    assert_eq!(partly.blocks, []);
    assert!(
        partly.unknown[0].contains(
            "lets in only 49152–60999 of the ports 32768–60999 for 10.0.2.0/24: connections from 32768–49151 are lost"
        ),
        "{:?}",
        partly.unknown
    );
}

#[test]
fn the_fix_has_a_free_number_before_the_rule_that_denies() {
    let shut = [
        out(HTTPS),
        back(EPHEMERAL),
        entry(100, false, "deny", "6", Some(EPHEMERAL)),
        entry(99, false, "allow", "17", Some(HTTPS)),
    ];
    let path_there = path(&with_acl("subnet-a", &shut[..1]), ACROSS);
    assert_eq!(
        only(&path_there).1,
        "aws ec2 create-network-acl-entry --network-acl-id acl-2 --ingress --rule-number 200 --protocol tcp --port-range \
         From=1024,To=65535 --cidr-block 10.0.0.0/16 --rule-action allow --region eu-west-1"
    );
    let denied = [out(HTTPS), shut[2].clone(), shut[3].clone()];
    let denied = path(&with_acl("subnet-a", &denied), ELSEWHERE);
    let (detail, command) = only(&denied);
    assert_eq!(detail, "ACL acl-2 rule 100 denies 1024–65535 inbound for 0.0.0.0/0; it is the ACL of subnet-a");
    assert!(command.contains("--rule-number 94 ") && command.contains("--cidr-block 0.0.0.0/0 "), "{command}");
    let first = path(&with_acl("subnet-a", &[back(EPHEMERAL), entry(1, true, "deny", "-1", None)]), ACROSS);
    assert_eq!(first.blocks[0].remedy[0].command, None, "no number is free before the first");
}

#[test]
fn acls_that_were_not_looked_at_are_not_taken_for_open() {
    let mut view = sound();
    view["network_acls"] = Value::Null;
    let path = path(&view, ACROSS);
    assert_eq!((path.blocks.len(), path.unknown), (0, vec!["network_acls was not looked at".to_owned()]));
}

#[test]
fn remedies_of_one_acl_never_share_a_rule_number() {
    let view = with_acl("subnet-a", &[entry(90, false, "deny", "6", Some(EPHEMERAL))]);
    let mut commands = Vec::new();
    for peer in [ACROSS, "10.0.2.11:443", BUCKETS, ELSEWHERE, "10.0.2.10:8443"] {
        let blocks = path(&view, peer).blocks.into_iter().filter(|block| block.culprit.kind == CulpritKind::NetworkAcl);
        commands.extend(blocks.filter_map(|block| block.remedy[0].command.clone()));
    }
    commands.sort();
    commands.dedup();
    let numbers: std::collections::HashSet<_> =
        commands.iter().map(|command| command.split_once(" --protocol").unwrap().0.to_owned()).collect();
    assert_eq!((numbers.len(), commands.len()), (5, 5), "{commands:#?}");
}
