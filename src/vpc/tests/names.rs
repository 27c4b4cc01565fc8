use serde_json::{Value, json};

use super::{dhcp, read, sound, stand};
use crate::vpc::{CulpritKind, NameView};

const NAME: &str = "api.ecr.eu-west-1.amazonaws.com";

fn name(view: &Value, name: &str) -> NameView {
    stand(&read(view)).name(name)
}

fn culprits(view: &Value, of: &str) -> Vec<(CulpritKind, String)> {
    name(view, of).blocks.into_iter().map(|block| (block.culprit.kind, block.culprit.id)).collect()
}

fn rule(id: &str, domain: &str, kind: &str) -> Value {
    json!({ "Id": id, "DomainName": domain, "RuleType": kind, "TargetIps": [{ "Ip": "192.168.1.53", "Port": 53 }] })
}

fn with_rules(rules: &[Value]) -> Value {
    let mut view = sound();
    view["resolver_rules"] = json!(rules);
    let associations = rules.iter().map(|rule| json!({ "ResolverRuleId": rule["Id"], "VPCId": "vpc-0a" }));
    view["resolver_rule_associations"] = associations.collect();
    view
}

fn with_zone(zone: &str, records: &[(&str, &str)]) -> Value {
    let mut view = sound();
    view["hosted_zones"] = json!([{ "HostedZoneId": "Z1", "Name": zone }]);
    let sets: Vec<Value> = records.iter().map(|(name, kind)| json!({ "Name": name, "Type": kind })).collect();
    view["hosted_zone_records"] = json!([{ "HostedZoneId": "/hostedzone/Z1", "ResourceRecordSets": sets }]);
    view
}

#[test]
fn amazons_own_resolver_in_a_sound_vpc_answers() {
    assert_eq!(name(&sound(), NAME), NameView::default());
    for server in ["AmazonProvidedDNS", "169.254.169.253", "10.0.0.2"] {
        let mut view = sound();
        view["dhcp_options"] = json!([dhcp(server)]);
        assert_eq!(culprits(&view, NAME), [], "{server}");
    }
}

#[test]
fn an_attribute_that_is_off_and_a_server_that_is_not_amazons_are_named() {
    for (key, flag) in [("EnableDnsSupport", "--enable-dns-support"), ("EnableDnsHostnames", "--enable-dns-hostnames")]
    {
        let mut view = sound();
        view["vpc_attributes"][key] = json!(false);
        let block = name(&view, NAME).blocks.remove(0);
        assert_eq!((block.culprit.kind, block.culprit.id.as_str()), (CulpritKind::VpcAttribute, "vpc-0a"), "{key}");
        assert!(block.remedy[0].command.as_deref().unwrap().contains(flag), "{key}");
    }
    let mut view = sound();
    view["dhcp_options"] = json!([dhcp("192.168.1.53")]);
    let block = name(&view, NAME).blocks.remove(0);
    assert_eq!((block.culprit.kind, block.culprit.id.as_str()), (CulpritKind::DhcpOptions, "dopt-1"));
    assert_eq!(
        block.culprit.detail,
        "the DHCP options dopt-1 of vpc-0a give tasks 192.168.1.53 in place of AmazonProvidedDNS"
    );
}

#[test]
fn the_most_specific_rule_or_zone_answers() {
    let forward = |domain: &str| rule("rslvr-rr-1", domain, "FORWARD");
    let system = |domain: &str| rule("rslvr-rr-2", domain, "SYSTEM");
    let rule = || vec![(CulpritKind::ResolverRule, "rslvr-rr-1".to_owned())];
    let own = rule_of_every_vpc();
    let cases = [
        ("a rule for the name", with_rules(&[forward("api.ecr.eu-west-1.amazonaws.com.")]), rule()),
        ("a rule above it", with_rules(&[forward("amazonaws.com.")]), rule()),
        ("a rule for everything", with_rules(&[own.clone(), forward(".")]), rule()),
        ("another name", with_rules(&[forward("example.com.")]), vec![]),
        ("a name that only ends alike", with_rules(&[forward("r.eu-west-1.amazonaws.com.")]), vec![]),
        ("a SYSTEM rule that is more specific", with_rules(&[forward("."), system("amazonaws.com.")]), vec![]),
        ("what every VPC has", with_rules(&[own]), vec![]),
    ];
    for (name, view, expected) in cases {
        assert_eq!(culprits(&view, NAME), expected, "{name}");
    }
    let mut both = with_rules(&[forward("amazonaws.com.")]);
    both["hosted_zones"] = json!([{ "HostedZoneId": "Z1", "Name": "ecr.eu-west-1.amazonaws.com." }]);
    both["hosted_zone_records"] = json!([{ "HostedZoneId": "Z1", "ResourceRecordSets": [] }]);
    assert_eq!(
        culprits(&both, NAME),
        [(CulpritKind::PrivateHostedZone, "Z1".to_owned())],
        "a zone that is more specific"
    );
    both["hosted_zones"][0]["Name"] = json!("amazonaws.com.");
    assert_eq!(culprits(&both, NAME), rule(), "of the same domain the rule");
}

/// `.` to Amazon's own.
fn rule_of_every_vpc() -> Value {
    rule("rslvr-autodefined-rr-internet-resolver", ".", "RECURSIVE")
}

#[test]
fn a_rule_that_is_not_the_vpcs_does_nothing() {
    let mut view = with_rules(&[rule("rslvr-rr-1", ".", "FORWARD")]);
    view["resolver_rule_associations"] = json!([]);
    assert_eq!(culprits(&view, NAME), []);
}

/// Names with their types.
type Sets<'s> = &'s [(&'s str, &'s str)];

#[test]
fn a_zone_answers_for_all_that_is_under_it() {
    let registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    let zone = "dkr.ecr.eu-west-1.amazonaws.com.";
    let cases: &[(&str, &str, Sets<'_>, &str, bool)] = &[
        (
            "the apex has its record",
            "api.ecr.eu-west-1.amazonaws.com.",
            &[("api.ecr.eu-west-1.amazonaws.com.", "A")],
            NAME,
            true,
        ),
        (
            "nothing in it",
            "api.ecr.eu-west-1.amazonaws.com.",
            &[("api.ecr.eu-west-1.amazonaws.com.", "SOA")],
            NAME,
            false,
        ),
        ("a wildcard, as Route 53 writes it", zone, &[("\\052.dkr.ecr.eu-west-1.amazonaws.com.", "A")], registry, true),
        ("only the apex: the wildcard was forgotten", zone, &[(zone, "A")], registry, false),
        (
            "a wildcard has not the apex",
            zone,
            &[("*.dkr.ecr.eu-west-1.amazonaws.com.", "A")],
            "dkr.ecr.eu-west-1.amazonaws.com",
            false,
        ),
        ("only AAAA is an address too", zone, &[("*.dkr.ecr.eu-west-1.amazonaws.com.", "AAAA")], registry, true),
        (
            "TXT alone is none",
            zone,
            &[("123456789012.dkr.ecr.eu-west-1.amazonaws.com.", "TXT"), ("*.dkr.ecr.eu-west-1.amazonaws.com.", "A")],
            registry,
            false,
        ),
        ("another zone", "example.com.", &[], registry, true),
    ];
    for (case, zone, records, of, holds) in cases {
        let expected = if *holds { vec![] } else { vec![(CulpritKind::PrivateHostedZone, "Z1".to_owned())] };
        assert_eq!(culprits(&with_zone(zone, records), of), expected, "{case}");
    }
}

#[test]
fn what_was_not_looked_at_is_said() {
    let mut view = with_zone("ecr.eu-west-1.amazonaws.com.", &[]);
    view["hosted_zone_records"] = Value::Null;
    view["firewall_rule_group_associations"] = json!([{ "FirewallRuleGroupId": "rslvr-frg-1" }]);
    view["dhcp_options"] = Value::Null;
    view["resolver_rules"] = Value::Null;
    let seen = name(&view, NAME);
    assert_eq!(seen.blocks, []);
    let parts =
        ["dhcp_options was not", "resolver_rules was not", "Z1 answers for ecr.eu-west-1.amazonaws.com", "rslvr-frg-1"];
    assert!(seen.unknown.iter().zip(parts).all(|(said, part)| said.contains(part)), "{:?}", seen.unknown);
    assert_eq!(seen.unknown.len(), parts.len());
}
