//! What `[config]` takes, and what it refuses.

use super::*;

fn config(text: &str) -> Result<Config, String> {
    let config: Config = toml::from_str(text).map_err(|e| e.to_string())?;
    config.verify()?;
    Ok(config)
}

#[test]
fn rules_are_read_as_they_are_written() {
    let config = config(
        r#"
        task_egress = ["tcp 443 10.0.0.0/16", "tcp 1024-65535 pl-s3", "-1 ::/0", "udp 53 10.0.0.9"]
        groups = { "ecr.api" = [], "logs" = ["tcp 443 sg-task"] }
        acl_a = { inbound = ["100 deny tcp 1024-65535 0.0.0.0/0", "200 allow -1 0.0.0.0/0"] }
        routes_a = ["pl-s3 gateway", "0.0.0.0/0 blackhole"]
        "#,
    )
    .unwrap();
    let egress = config.task_egress.unwrap();
    assert_eq!(egress[0], GroupRule::https(Source::Net("10.0.0.0/16".parse().unwrap())));
    assert_eq!((egress[1].ports, &egress[1].source), (Some(Ports(1024, 65535)), &Source::S3));
    assert_eq!(egress[2], GroupRule::all("::/0".parse().unwrap()));
    assert_eq!(egress[3].source, Source::Net("10.0.0.9/32".parse().unwrap()));
    assert_eq!(config.groups["logs"], [GroupRule::https(Source::Group("task".to_owned()))]);
    let inbound = config.acl_a.unwrap().inbound.unwrap();
    assert!(!inbound[0].allow && inbound[1] == AclRule::all(200, "0.0.0.0/0".parse().unwrap()));
    let routes = config.routes_a.unwrap();
    assert_eq!(routes[0], Route { to: Destination::S3, target: Target::Gateway });
    assert_eq!(routes[1].target, Target::Blackhole);
}

#[test]
fn what_is_no_rule_is_refused_with_what_would_be_one() {
    let table = [
        ("task_egress = [\"443 0.0.0.0/0\"]", "`443` is none of -1, tcp, udp, icmp"),
        ("task_egress = [\"tcp 443\"]", "`443` is no range"),
        ("task_egress = [\"-1 443 0.0.0.0/0\"]", "only tcp and udp have ports"),
        ("task_egress = [\"tcp 65535-1024 0.0.0.0/0\"]", "neither a port nor a range of ports"),
        ("acl_a = { inbound = [\"allow tcp 443 0.0.0.0/0\"] }", "NUMBER allow|deny"),
        ("acl_a = { inbound = [\"100 permit tcp 443 0.0.0.0/0\"] }", "`permit` is neither"),
        ("acl_a = { inbound = [\"32767 deny -1 0.0.0.0/0\"] }", "numbers go from 1 to 32766"),
        ("acl_c = { inbound = [\"1 deny -1 0.0.0.0/0\", \"1 allow -1 0.0.0.0/0\"] }", "acl_c: two rules"),
        ("acl_c = { incoming = [] }", "unknown field `incoming`"),
        ("routes_a = [\"0.0.0.0/0 igw\"]", "a target of gateway, nat"),
        ("routes_a = [\"pl-s3 nat\"]", "`pl-s3` goes by `gateway`"),
        ("routes_a = [\"0.0.0.0/0 nat\", \"0.0.0.0/0 internet\"]", "two routes lead to 0.0.0.0/0"),
        ("endpoint_state = { logs = \"broken\" }", "`broken` is none of pendingAcceptance"),
    ];
    for (text, expected) in table {
        let error = config(text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
