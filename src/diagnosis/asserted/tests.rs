use super::names;
use crate::diagnosis::testing::{assert_scenes, judge};

#[test]
fn organisation_and_common_name_are_read_from_a_name() {
    let table: &[(&str, &[&str])] = &[
        ("C=US, O=Amazon, CN=Amazon RSA 2048 M02", &["Amazon", "Amazon RSA 2048 M02"]),
        ("O=Acme, Inc., CN=Acme CA, G2", &["Acme, Inc.", "Acme CA, G2"]),
        ("CN=alone", &["alone"]),
        ("C=US", &[]),
        ("", &[]),
        ("O=é, CN=日本", &["é", "日本"]),
        ("OU=O=Amazon, 1.2.840.113549.1.9.1=a@b", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(names(text), *expected, "{text}");
    }
}

#[test]
fn addresses_are_those_that_are_asserted() {
    assert_scenes(&[
        ("inside", "ecr.api addresses=10.0.0.0/16 dns=10.0.1.5", ""),
        ("outside", "ecr.api addresses=10.0.0.0/16 dns=10.7.1.5", "error unexpected-route ecr.api"),
        ("one of two", "ecr.api addresses=10.0.0.0/16 dns=10.0.1.5,10.7.1.5", "error unexpected-route ecr.api"),
        ("not required", "sts optional addresses=10.0.0.0/16 dns=10.7.1.5", "warning unexpected-route sts"),
        (
            "the route says it already",
            "ecr.api expect=private addresses=10.0.0.0/16 dns=18.1.1.1",
            "error public-route ecr.api",
        ),
        (
            "an address that does not connect has its own finding",
            "ecr.api addresses=10.0.0.0/16 dns=10.7.1.5 10.7.1.5=refused",
            "error connection-refused ecr.api",
        ),
        (
            "what must not be reached has none",
            "a.example:443 expect=blocked addresses=10.0.0.0/16 dns=93.1.1.1 93.1.1.1=silent",
            "",
        ),
    ]);
    let summary = judge("ecr.api addresses=10.0.0.0/16 dns=10.7.1.5").findings.remove(0).summary;
    assert_eq!(summary, "api.ecr.ap-northeast-1.amazonaws.com has addresses outside of 10.0.0.0/16 (10.7.1.5).");
}

#[test]
fn an_issuer_is_one_of_those_that_are_asserted() {
    assert_scenes(&[
        ("by common name, whatever the case", "ecr.api issuers=Acme,amazon_rsa_2048_m02 dns=10.0.1.5", ""),
        ("another", "ecr.api issuers=Acme dns=10.0.1.5", "error unexpected-route ecr.api"),
        ("a part of the name is not the name", "ecr.api issuers=Amaz dns=10.0.1.5", "error unexpected-route ecr.api"),
        (
            "a certificate that is no good has its own finding",
            "ecr.api issuers=Acme dns=10.0.1.5 10.0.1.5=expired",
            "error tls-expired ecr.api",
        ),
        (
            "an inspecting proxy has its own",
            "ecr.api issuers=Acme dns=10.0.1.5 10.0.1.5=bundle",
            "error tls-intercepted ecr.api",
        ),
        ("no TLS", "db.example:5432 tcp issuers=Acme dns=10.0.1.5", "warning unproved db.example:5432"),
    ]);
    assert_eq!(judge("ecr.api issuers=Acme dns=10.0.1.5").exit_code, 22);
}

#[test]
fn what_takes_longer_than_is_asserted_fails() {
    assert_scenes(&[
        ("in time", "ecr.api connect-ms=50 handshake-ms=3 resolve-ms=3 exchange-ms=3 dns=10.0.1.5", ""),
        ("late", "ecr.api connect-ms=50 dns=10.0.1.5 10.0.1.5=slow", "error slow-path ecr.api"),
        (
            "late beyond every limit, said once",
            "ecr.api connect-ms=7000 dns=10.0.1.5 10.0.1.5=slow",
            "error slow-path ecr.api",
        ),
        (
            "late, and not for this limit",
            "ecr.api connect-ms=8000 dns=10.0.1.5 10.0.1.5=slow",
            "warning slow-path ecr.api",
        ),
        ("a lost try was waited for", "ecr.api connect-ms=50 dns=10.0.1.5 10.0.1.5=lost", "error slow-path ecr.api"),
        ("not required", "sts optional exchange-ms=2 dns=10.0.1.5", "warning slow-path sts"),
        (
            "never answered",
            "ecr.api connect-ms=50 dns=10.0.1.5 10.0.1.5=silent\nlogs dns=10.0.1.6",
            "error endpoint-silent ecr.api",
        ),
        ("never made", "db.example:5432 tcp exchange-ms=50 dns=10.0.1.5", "warning unproved db.example:5432"),
    ]);
    let judged = judge("ecr.api connect-ms=50 dns=10.0.1.5 10.0.1.5=slow");
    assert_eq!(judged.exit_code, 29);
    let summary = &judged.findings[0].summary;
    let expected =
        "The connection to 10.0.1.5:443 for api.ecr.ap-northeast-1.amazonaws.com took 7.2 s instead of 50 ms at most.";
    assert_eq!(summary, expected);
    let lost = &judge("ecr.api connect-ms=50 dns=10.0.1.5 10.0.1.5=lost").findings[0].summary;
    let expected = "1 of 2 connections to 10.0.1.5:443 for api.ecr.ap-northeast-1.amazonaws.com got no answer in 4000 ms, and \
                    the other one opened, where 50 ms at most is asserted.";
    assert_eq!(lost, expected);
}

#[test]
fn a_pull_is_limited_by_what_is_asserted_of_its_registry() {
    let scene = |most: &str, limit: &str| {
        format!(
            "replay {most}
             ecr.dkr {limit} dns=10.0.1.7
             s3 dns=52.219.1.1
             manifest manifest=manifest:3*50000000
             layers layer-blob=redirect layer=bytes:1000000/1000000/50000000,at=100,took=1000"
        )
    };
    assert_scenes(&[
        ("too long", &scene("", "pull-ms=100000"), "error slow-path layers"),
        ("not too long", &scene("", "pull-ms=200000"), ""),
        ("the flag wins", &scene("max-pull=200000", "pull-ms=100000"), ""),
        ("nothing was pulled", "ecr.dkr pull-ms=100000 dns=10.0.1.7", "warning unproved ecr.dkr"),
    ]);
}

#[test]
fn a_name_that_does_not_exist_proves_no_block() {
    assert_scenes(&[
        ("a slip of the pen", "a.example:443 expect=blocked dns=nxdomain", "warning unproved a.example:443"),
        ("there is such a name", "a.example:443 expect=blocked dns=93.1.1.1 93.1.1.1=silent", ""),
        ("a service, whose name is right", "sts expect=blocked dns=nxdomain", ""),
        ("it has no address", "a.example:443 expect=blocked dns=empty", ""),
        ("somebody knows it", "a.example:443 expect=blocked cfg=nxdomain vpc=93.1.1.1 93.1.1.1=silent", ""),
    ]);
    let said = &judge("a.example:443 expect=blocked dns=nxdomain").findings[0].summary;
    let expected = "Of what is asserted, that a.example is blocked (the name does not exist, so nothing was tried) could not \
                    be checked.";
    assert_eq!(said, expected);
}
