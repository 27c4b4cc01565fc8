//! Network ACLs.

use serde_json::{Value, json};
use vpcprobe::vpc::CulpritKind::NetworkAcl;

use super::{ACL, AWAY, BESIDE, OTHER_ACL, PLACE, S3, changed, hold, row, service_of};

/// An ACL's rules as `NUMBER in|out allow|deny PROTOCOL FIRST-LAST RANGE`, in the order given, and the one that ends every ACL.
fn acl(rules: &[&str]) -> Value {
    let mut entries: Vec<Value> = rules.iter().map(|rule| entry(rule)).collect();
    for egress in [true, false] {
        entries.push(json!({"RuleNumber": 32767, "Egress": egress, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}));
    }
    Value::Array(entries)
}

fn entry(rule: &str) -> Value {
    let words: Vec<&str> = rule.split(' ').collect();
    let [number, direction, action, protocol, ports, range] = words[..] else { panic!("{rule}") };
    let mut entry = json!({
        "RuleNumber": number.parse::<u16>().unwrap(), "Egress": direction == "out", "Protocol": protocol,
        "RuleAction": action, "CidrBlock": range,
    });
    if let Some((first, last)) = ports.split_once('-').filter(|_| ports != "-") {
        entry["PortRange"] = json!({"From": first.parse::<u16>().unwrap(), "To": last.parse::<u16>().unwrap()});
    }
    entry
}

const ALL_OUT: &str = "100 out allow -1 - 0.0.0.0/0";

const ALL_IN: &str = "100 in allow -1 - 0.0.0.0/0";

/// Amazon VPC User Guide: "Control subnet traffic with network access control lists", "Custom network ACLs", "Ephemeral ports".
#[test]
fn network_acls() {
    let one = |rules: &[&str]| vec![(ACL, acl(rules))];
    let other = |rules: &[&str]| vec![(OTHER_ACL, acl(rules))];
    // The rules for a web server's subnet in the guide: what comes in, and the ephemeral ports of those who asked.
    let server = ["110 in allow 6 443-443 0.0.0.0/0", "120 out allow 6 1024-65535 0.0.0.0/0"];
    let client = ["110 out allow 6 443-443 0.0.0.0/0", "140 in allow 6 32768-65535 0.0.0.0/0"];
    hold(vec![
        row("the lowest number that fits decides", one(&["90 out deny 6 443-443 0.0.0.0/0", ALL_OUT, ALL_IN]), AWAY)
            .by(NetworkAcl, "90"),
        row("… in whatever order they are listed", one(&[ALL_OUT, "90 out deny 6 443-443 0.0.0.0/0", ALL_IN]), AWAY)
            .by(NetworkAcl, "90"),
        row(
            "what contradicts it later has no effect",
            one(&[ALL_OUT, "110 out deny 6 443-443 0.0.0.0/0", ALL_IN]),
            AWAY,
        ),
        row("what no rule fits is denied, each direction by itself", one(&[]), AWAY)
            .by(NetworkAcl, "acl-a")
            .by(NetworkAcl, "acl-a"),
        row("responses are not let in by what let the request out", one(&[ALL_OUT]), AWAY).by(NetworkAcl, "acl-a"),
        row("a client's subnet needs the ephemeral ports inbound", one(&client), AWAY),
        row("… also to what lies outside of the VPC", one(&client), S3),
        row("the rules of a server's subnet are no use to a client's", one(&server), S3)
            .by(NetworkAcl, "acl-a")
            .by(NetworkAcl, "acl-a"),
        row("… and right on the endpoint's", other(&server), AWAY),
        row("the rules of a client's subnet are no use on the endpoint's", other(&client), AWAY)
            .by(NetworkAcl, "acl-c")
            .by(NetworkAcl, "acl-c"),
        row("within a subnet no ACL stands", one(&[]), BESIDE),
        row("the ACL of one subnet says nothing of another", other(&[]), BESIDE),
        row("… and the one of the endpoint's subnet nothing of S3, which a gateway endpoint carries", other(&[]), S3),
        row("a rule is for its range", one(&["90 out deny 6 443-443 10.0.3.0/24", ALL_OUT, ALL_IN]), AWAY),
        row("… of the other end", one(&["90 out deny 6 443-443 10.0.2.0/24", ALL_OUT, ALL_IN]), AWAY)
            .by(NetworkAcl, "90"),
        row(
            "a denied range of the requests' ports is no obstacle to responses",
            one(&["90 in deny 6 443-443 0.0.0.0/0", ALL_IN, ALL_OUT]),
            AWAY,
        ),
        row(
            "responses come from the other end, whose range may be denied",
            one(&["90 in deny 6 1024-65535 10.0.2.0/24", ALL_IN, ALL_OUT]),
            AWAY,
        )
        .by(NetworkAcl, "90"),
        row(
            "ICMP and UDP are not TCP",
            one(&["80 out deny 1 - 0.0.0.0/0", "90 out deny 17 0-65535 0.0.0.0/0", ALL_OUT, ALL_IN]),
            AWAY,
        ),
    ]);
}

/// The guide names 49152-65535 for Windows, in which some of the ports that Linux asks from are and some are not.
#[test]
fn an_acl_that_lets_some_ephemeral_ports_pass_is_said_to() {
    let vpc = changed(&[(ACL, acl(&[ALL_OUT, "100 in allow 6 49152-65535 0.0.0.0/0"]))]);
    let path = vpc.stand(&PLACE).unwrap().path(AWAY.parse().unwrap(), service_of(AWAY));
    assert_eq!(path.blocks, vec![]);
    assert!(path.unknown.iter().any(|why| why.contains("acl-a") && why.contains("are lost")), "{:?}", path.unknown);
}
