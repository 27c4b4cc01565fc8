use super::super::format;
use super::*;

fn read_text(text: &str) -> Result<Vec<Assertion>, String> {
    read(&NamedText { name: "f.yaml".to_owned(), text: text.to_owned() }).map_err(|error| error.0)
}

#[test]
fn a_file_is_what_it_says() {
    let text = "
default: {route: any, connect: \"< 50ms\"}
groups: {registry: [ecr.api, ecr.dkr, '*.registry.example', 'db.internal:5432']}
expect:
  - group: registry
    services: Logs
    route: private
    addresses: [10.0.0.0/16, 10.1.2.3, 'fd00::/8']
    issuers: [Amazon]
    limits: {resolve: 20ms, connect: <= 50ms, handshake: 200ms, exchange: 1s, pull: 60s}
  - hosts: [Example.com, '*.internal.example:8443', '[fd00::1]:443']
    reachable: false
";
    let file = read_text(text).unwrap();
    let [default, registry, blocked] = file.as_slice() else { panic!("{file:?}") };
    assert_eq!((default.targets.len(), default.route, default.demands.connect_ms), (0, Some(Route::Any), Some(50)));
    let written: Vec<_> =
        registry.targets.iter().map(|target| (target.written(), target.kind, target.grouped)).collect();
    let member = |name: &str, kind| (name.to_owned(), kind, true);
    assert_eq!(
        written,
        [
            member("ecr.api", TargetKind::Member),
            member("ecr.dkr", TargetKind::Member),
            member("*.registry.example", TargetKind::Pattern),
            member("db.internal:5432", TargetKind::Host),
            ("logs".to_owned(), TargetKind::Service, false),
        ]
    );
    let demands = &registry.demands;
    assert_eq!(demands.addresses, ["10.0.0.0/16", "10.1.2.3/32", "fd00::/8"].map(|net| net.parse().unwrap()));
    assert_eq!(
        [demands.resolve_ms, demands.connect_ms, demands.handshake_ms, demands.exchange_ms, demands.pull_ms],
        [20, 50, 200, 1_000, 60_000].map(Some)
    );
    assert_eq!((registry.route, demands.issuers.as_slice()), (Some(Route::Private), &["Amazon".to_owned()][..]));
    let written: Vec<_> = blocked.targets.iter().map(Target::written).collect();
    assert_eq!(
        (blocked.route, written.join(" ")),
        (Some(Route::Blocked), "example.com *.internal.example:8443 [fd00::1]:443".to_owned())
    );
    let again: Vec<Assertion> = serde_json::from_str(&serde_json::to_string(&file).unwrap()).unwrap();
    assert_eq!(again, file);
}

#[test]
fn json_is_read_as_well() {
    let file = read_text(r#"{"expect": [{"services": ["logs"], "route": "public"}]}"#).unwrap();
    assert_eq!(file[0].route, Some(Route::Public));
}

#[rustfmt::skip]
const SLIPS: &[(&str, &str)] = &[
    ("", "line 1, column 1: nothing stands in it"),
    ("expect: []", "line 1, column 1: nothing is asserted: neither default nor expect stands here"),
    ("groups: {a: [b.example]}", "line 1, column 1: nothing is asserted: neither default nor expect stands here"),
    ("- a", "line 1, column 3: not a mapping: expected default, groups or expect"),
    ("defaults: {route: any}", "line 1, column 1: unknown key defaults: did you mean default?"),
    ("version: 1", "line 1, column 1: unknown key version: expected default, groups or expect"),
    ("default: private", "line 1, column 10: not a mapping: expected route, reachable, addresses, issuers, limits, resolve, connect, handshake, exchange or pull"),
    ("default: {route: sideways}", "line 1, column 18: sideways: the route is not private, gateway, public, any or blocked"),
    ("default: {services: [s3], route: private}", "line 1, column 11: unknown key services: expected route, reachable, addresses, issuers, limits, resolve, connect, handshake, exchange or pull"),
    ("default: {}", "line 1, column 10: it asserts nothing"),
    ("expect: {services: [s3]}", "line 1, column 10: expected a list of blocks, each beginning with a dash"),
    ("expect:\n  - services: [s3]\n    rout: private", "line 3, column 5: unknown key rout: did you mean route?"),
    ("expect:\n  - service: s3\n    route: private", "line 2, column 5: unknown key service: did you mean services?"),
    ("expect:\n  - route: private", "line 2, column 5: it is for nothing: services, hosts or group is missing"),
    ("expect:\n  - services: [s3]", "line 2, column 5: it asserts nothing"),
    ("expect:\n  - services: []\n    route: private", "line 2, column 5: an empty list"),
    ("expect:\n  - services: [a b]\n    route: private", "line 2, column 16: a b: no service's id; hosts stand under hosts"),
    ("expect:\n  - services: [[s3]]\n    route: private", "line 2, column 17: expected a service's id"),
    ("expect:\n  - hosts: [tcp://db:5432]\n    route: private", "line 2, column 13: tcp://db:5432: only a host and a port stand here; --endpoint takes tcp://HOST:PORT"),
    ("expect:\n  - hosts: ['a.*.example']\n    route: private", "line 2, column 13: a.*.example: not a host name: labels of 1 to 63 letters, digits and hyphens between dots"),
    ("expect:\n  - hosts: ['a.example:0']\n    route: private", "line 2, column 13: a.example:0: the port is not a number from 1 to 65535"),
    ("groups: {registry: [ecr.api]}\nexpect:\n  - group: registy\n    route: private", "line 3, column 12: registy: no group of this file; did you mean registry?"),
    ("expect:\n  - group: all\n    route: private", "line 2, column 12: all: no group of this file"),
    ("groups: {a: []}\ndefault: {route: any}", "line 1, column 10: a group without members"),
    ("groups: [a]\ndefault: {route: any}", "line 1, column 10: not a mapping: expected names of groups, each with its list of services and hosts"),
    ("expect:\n  - hosts: [a.example]\n    reachable: no", "line 3, column 16: no: expected true or false"),
    ("expect:\n  - hosts: [a.example]\n    reachable: false\n    route: private", "line 2, column 5: reachable: false and a route can't both hold"),
    ("expect:\n  - hosts: [a.example]\n    reachable: true\n    route: blocked", "line 2, column 5: reachable: true and route: blocked can't both hold"),
    ("expect:\n  - hosts: [a.example]\n    reachable: false\n    issuers: [Amazon]", "line 2, column 5: what must not be reachable has no addresses, issuers or limits"),
    ("expect:\n  - hosts: [a.example]\n    route: blocked\n    connect: 1s", "line 2, column 5: what must not be reachable has no addresses, issuers or limits"),
    ("expect:\n  - hosts: [a.example]\n    addresses: [10.0.0.0/33]", "line 3, column 17: 10.0.0.0/33: neither an address nor a CIDR such as 10.0.0.0/16"),
    ("expect:\n  - hosts: [a.example]\n    issuers: []", "line 3, column 5: an empty list"),
    ("default: {limits: {conect: 50ms}}", "line 1, column 20: unknown key conect: did you mean connect?"),
    ("default: {limits: {connect: 50}}", "line 1, column 29: 50: not a duration such as 2s, 500ms, 1.5s or 1m, more than 0 and at most 24 hours"),
    ("default: {limits: {connect: 50ms}, connect: 60ms}", "line 1, column 36: connect is limited twice here"),
    ("expect:\n  - services: [s3]\n    route: private\n  - services: [logs, s3]\n    route: public", "line 4, column 22: s3: the route is asserted in line 2 too"),
    ("default: {route: any}\ndefault: {route: public}", "line 2, column 1: default stands here a second time"),
];

#[test]
fn a_slip_has_its_place_and_the_word_that_was_meant() {
    for (text, expected) in SLIPS {
        assert_eq!(read_text(text).unwrap_err(), format!("--expectations f.yaml, {expected}"), "{text}");
    }
    let unnamed = read(&NamedText { name: String::new(), text: "a".to_owned() }).unwrap_err().0;
    assert_eq!(unnamed, "--expectations, line 1, column 1: not a mapping: expected default, groups or expect");
}

#[test]
fn different_things_may_be_said_of_one_target() {
    read_text("expect:\n  - {services: [s3], route: gateway}\n  - {services: [s3], connect: 1s}").unwrap();
    read_text("groups: {a: [s3]}\nexpect:\n  - {services: [s3], route: gateway}\n  - {group: a, route: any}").unwrap();
}

#[test]
fn each_piece_fits_into_a_line_of_a_report() {
    let hosts: Vec<_> = (0..100).map(|number| format!("{number}.{}example", "a123456789.".repeat(22))).collect();
    let issuers: Vec<_> = (0..MOST_LISTED).map(|number| format!("{number} {}", "x".repeat(150))).collect();
    let nets: Vec<_> =
        (0..MOST_LISTED).map(|number| format!("\"fd00:1111:2222:3333:4444:5555:6666:{number}\"")).collect();
    let text = format!(
        "expect:\n  - connect: 1s\n    hosts: [{}]\n    issuers: [{}]\n    addresses: [{}]",
        hosts.join(", "),
        issuers.join(", "),
        nets.join(", ")
    );
    let pieces = read_text(&text).unwrap();
    assert_eq!(pieces.iter().map(|piece| piece.targets.len()).sum::<usize>(), 100);
    assert!(pieces.iter().all(|piece| serde_json::to_string(piece).unwrap().len() < 15_000));
    let more = text.replace("issuers: [", "issuers: [one more, ");
    let refused = "--expectations f.yaml, line 4, column 5: 41 are more than the 40 that are read";
    assert_eq!(read_text(&more).unwrap_err(), refused);
}

#[test]
fn more_than_a_run_examines_is_refused() {
    let hosts: Vec<_> = (0..=MOST_TARGETS).map(|number| format!("h{number}.example")).collect();
    let text = format!("expect:\n  - route: private\n    hosts: [{}]", hosts.join(", "));
    let refused = "--expectations f.yaml, line 2, column 1: 5001 services and hosts are more than the 5000 of one run";
    assert_eq!(read_text(&text).unwrap_err(), refused);
}

/// The schema is made from types, and the reader has its own lists of keys.
#[test]
fn the_schema_knows_the_same_keys() {
    let schema: serde_json::Value = serde_json::from_str(&format::made()).unwrap();
    let keys = |at: &str| -> Vec<String> {
        let of = schema.pointer(at).and_then(|node| node["properties"].as_object());
        let mut keys: Vec<_> = of.unwrap_or_else(|| panic!("{at} in {schema:#}")).keys().cloned().collect();
        keys.sort_unstable();
        keys
    };
    let sorted = |lists: &[&[&str]]| {
        let mut keys: Vec<_> = lists.concat().iter().map(ToString::to_string).collect();
        keys.sort_unstable();
        keys
    };
    assert_eq!(keys(""), sorted(&[TOP]));
    assert_eq!(keys("/$defs/Block"), sorted(&[FOR, ASSERTED, LIMITS]));
    assert_eq!(keys("/$defs/Asserted"), sorted(&[ASSERTED, LIMITS]));
    assert_eq!(keys("/$defs/Limits"), sorted(&[LIMITS]));
}

#[test]
fn what_the_schema_allows_is_read_and_what_it_refuses_is_not() {
    let schema: serde_json::Value = serde_json::from_str(&format::made()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good = [
        r#"{"default": {"route": "any", "connect": "< 50ms"}, "groups": {"a": ["s3", "*.b.example"]},
            "expect": [{"group": "a", "route": "private", "limits": {"pull": "60s"}}, {"hosts": "c.example", "reachable": false}]}"#,
        r#"{"expect": [{"services": ["s3"], "addresses": ["10.0.0.0/8"], "issuers": "Amazon"}]}"#,
    ];
    for text in good {
        assert!(validator.is_valid(&serde_json::from_str(text).unwrap()), "{text}");
        read_text(text).unwrap();
    }
    let bad = [
        r#"{"expects": []}"#,
        r#"{"default": {"services": ["s3"], "route": "any"}}"#,
        r#"{"expect": [{"services": ["s3"], "rout": "any"}]}"#,
        r#"{"expect": [{"services": ["s3"], "route": "sideways"}]}"#,
        r#"{"expect": [{"services": ["s3"], "limits": {"conect": "1s"}}]}"#,
    ];
    for text in bad {
        assert!(!validator.is_valid(&serde_json::from_str(text).unwrap()), "{text}");
        read_text(text).unwrap_err();
    }
}
