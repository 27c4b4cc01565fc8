//! What is accepted, and the sentence for what is not.

use super::*;
use crate::inputs::NamedText;

fn raw() -> RawInputs {
    RawInputs { region: Some("ap-northeast-1".into()), ..RawInputs::default() }
}

fn message(raw: &RawInputs) -> String {
    accept(raw, &Vantage::default()).unwrap_err().to_string()
}

#[test]
fn nothing_but_a_region_gives_the_defaults() {
    let inputs = accept(&raw(), &Vantage::default()).unwrap();
    assert_eq!(inputs.region.as_str(), "ap-northeast-1");
    assert_eq!((inputs.account, inputs.profiles, inputs.controls), (None, vec![Profile::Fargate], true));
    assert_eq!((inputs.limits, inputs.strict, inputs.ca_bundle), (Limits::default(), false, None));
}

#[test]
fn the_region_comes_from_the_nearest_place() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a".to_owned();
    let task = Vantage {
        task_arn: Some("arn:aws:ecs:us-west-2:210987654321:task/cluster/0123456789abcdef".into()),
        ..Vantage::default()
    };
    let full = RawInputs {
        region: Some("ap-northeast-1".into()),
        aws_region: Some("ap-northeast-2".into()),
        aws_default_region: Some("ap-northeast-3".into()),
        images: vec![image],
        ..RawInputs::default()
    };
    let region = |raw: &RawInputs| accept(raw, &task).unwrap().region.to_string();
    assert_eq!(region(&full), "ap-northeast-1");
    let full = RawInputs { region: Some(" ".into()), ..full };
    assert_eq!(region(&full), "ap-northeast-2");
    let full = RawInputs { aws_region: Some(String::new()), ..full };
    assert_eq!(region(&full), "ap-northeast-3");
    let full = RawInputs { aws_default_region: None, ..full };
    assert_eq!(region(&full), "eu-west-1");
    assert_eq!(accept(&full, &task).unwrap().account.as_deref(), Some("123456789012"));
    let bare = RawInputs::default();
    assert_eq!(region(&bare), "us-west-2");
    assert_eq!(accept(&bare, &task).unwrap().account.as_deref(), Some("210987654321"));
    assert!(message(&bare).starts_with("--region: not given"));
}

#[test]
fn a_task_arn_of_garbage_is_no_region_and_no_account() {
    for arn in ["", ":::::", "arn:aws:ecs", "arn:aws:ecs:us-west-2:12:task/x", "arn:aws:s3:us-west-2:210987654321:x"] {
        let vantage = Vantage { task_arn: Some(arn.into()), ..Vantage::default() };
        assert!(accept(&RawInputs::default(), &vantage).is_err(), "{arn}");
        assert_eq!(accept(&raw(), &vantage).unwrap().account, None, "{arn}");
    }
}

#[test]
fn each_error_names_the_place_the_value_and_what_was_expected() {
    let table = [
        (
            RawInputs { region: Some("ap-northeast-1a".into()), ..raw() },
            "--region ap-northeast-1a: an availability zone, whose Region is ap-northeast-1",
        ),
        (
            RawInputs { region: None, aws_region: Some("tokyo".into()), ..raw() },
            "AWS_REGION tokyo: fits no partition: expected a Region such as ap-northeast-1",
        ),
        (
            RawInputs { vpc_cidrs: vec!["10.0.0.0/16\n10.0.0.0/33".to_owned()], ..raw() },
            "--vpc-cidr 10.0.0.0/33: not a CIDR such as 10.0.0.0/16",
        ),
        (
            RawInputs { vpc_cidrs: vec!["0.0.0.0/0".to_owned()], ..raw() },
            "--vpc-cidr 0.0.0.0/0: covers every address there is",
        ),
        (RawInputs { profiles: vec!["eks".to_owned()], ..raw() }, "--profile eks: expected fargate, ecs-ec2 or exec"),
        (
            RawInputs { images: vec!["Nginx".to_owned()], ..raw() },
            "--image Nginx: the repository is not lower-case letters, digits and single separators between slashes",
        ),
        (
            RawInputs { endpoints: vec!["https://me:secret@example.com".to_owned()], ..raw() },
            "--endpoint …@example.com: an endpoint has no user or password",
        ),
        (
            RawInputs { expectations: vec!["s3=sideways".to_owned()], ..raw() },
            "--expect s3=sideways: the route is not private, gateway, public, any or blocked",
        ),
        (
            RawInputs { expectations: vec!["=private".to_owned()], ..raw() },
            "--expect =private: before the = stands a service or a host",
        ),
        (
            RawInputs { dns_timeout: Some("2".into()), ..raw() },
            "--dns-timeout 2: not a duration such as 2s, 500ms, 1.5s or 1m, more than 0 and at most 24 hours",
        ),
        (RawInputs { strict: Some("maybe".into()), ..raw() }, "--strict maybe: expected true or false"),
        (RawInputs { layers: Some("some".into()), ..raw() }, "--layers some: expected sample, full or none"),
        (
            RawInputs { max_pull_time: Some("long".into()), ..raw() },
            "--max-pull-time long: not a duration such as 2s, 500ms, 1.5s or 1m, more than 0 and at most 24 hours",
        ),
        (
            RawInputs { secrets: vec!["arn:aws:s3:::b/k".into()], ..raw() },
            "--secret arn:aws:s3:::b/k: the ARN of a secret names a Region and an account",
        ),
        (
            RawInputs { secrets: vec!["Tr0ub4dor&3".into()], ..raw() },
            "--secret: what is given (not shown here, it might be a value): neither an ARN nor the name of a secret",
        ),
        (
            RawInputs { endpoints: (0..5_001).map(|number| format!("h{number}.example")).collect(), ..raw() },
            "--endpoints: 5001 are more than the 5000 that one run examines",
        ),
        (
            RawInputs { log_groups: vec!["/ecs/a b".into()], ..raw() },
            "--log-group /ecs/a b: not a log group's name of 1 to 512 letters, digits and any of ._-/#",
        ),
    ];
    for (raw, expected) in table {
        assert_eq!(message(&raw), expected);
    }
}

#[test]
fn a_list_has_comments_and_names_its_bad_line() {
    let list = |text: &str| RawInputs {
        endpoints_list: Some(NamedText { name: "hosts.txt".to_owned(), text: text.to_owned() }),
        ..raw()
    };
    let good = list("\u{feff}# ours\r\n\r\nexample.com=public # the shop\r\n  tcp://db.internal:5432\r\n");
    let endpoints = accept(&good, &Vantage::default()).unwrap().endpoints;
    assert_eq!(
        endpoints,
        [Endpoint::parse("example.com=public"), Endpoint::parse("tcp://db.internal:5432")].map(Result::unwrap)
    );
    assert_eq!(
        message(&list("example.com\n\nftp://example.com\n")),
        "--endpoints hosts.txt, line 3: ftp://example.com: begins with https:// or tcp://, or with the host itself"
    );
}

#[test]
fn flags_may_be_written_as_words() {
    let inputs = accept(
        &RawInputs {
            no_control: Some("true".into()),
            fips: Some("1".into()),
            dual_stack: Some("No".into()),
            strict: Some(String::new()),
            ..raw()
        },
        &Vantage::default(),
    )
    .unwrap();
    assert_eq!((inputs.controls, inputs.fips, inputs.dual_stack, inputs.strict), (false, true, false, false));
}

#[test]
fn the_replay_is_told_how_far_it_goes() {
    let plain = accept(&raw(), &Vantage::default()).unwrap();
    assert_eq!((plain.layers, plain.read_only, plain.limits.max_pull_ms), (LayerMode::Sample, false, None));
    for (word, expected) in [("sample", LayerMode::Sample), ("full", LayerMode::Full), (" none ", LayerMode::None)] {
        let raw = RawInputs {
            layers: Some(word.into()),
            read_only: Some("true".into()),
            max_pull_time: Some("1.5m".into()),
            ..raw()
        };
        let inputs = accept(&raw, &Vantage::default()).unwrap();
        assert_eq!((inputs.layers, inputs.read_only, inputs.limits.max_pull_ms), (expected, true, Some(90_000)));
    }
}

#[rustfmt::skip]
const NASTY: &[&str] = &[
    "", " ", "\0", "\n", "\r\n", "\t", "\u{feff}", "\u{202e}abc", "\u{1b}[2J", "é", "日本語", "🦀", "a\u{300}", "=",
    "==", "=private", "a=", "private=", "@", "@@", "a@", "@sha256:", "a@sha256:z", ":", "::", ":::", ":0", ":443",
    "a:", "a:b:c", "[", "]", "[]", "[]:1", "[::1", "::1]", "[::1]x", "[::ffff:1.2.3.4]:1", "/", "//", "///",
    "a//b", "/a/", "../..", "://", "tcp://", "tcp://[", "https:///", "https://?", "-", "--region", "-1s", "1e99s",
    "NaN", "inf", ".", "..", "...", ".5s", "5.s", "999999999999999999999999m", "1.99999999999999999999s", "٣s",
    "0/0", "1.2.3.4/", "::/0", "::/129", "10.0.0.0/-1", "256.256.256.256", "arn:aws:ecs:", "arn:::::", "${", "{{",
    "%s%n", "'; drop", "a?b@c:d", "us-", "us-east-", "us-gov-", "123456789012.dkr.ecr..amazonaws.com/a",
    ".dkr.ecr.us-east-1.amazonaws.com/a", "ms", "s", "m", "é=private", "x=é",
];

/// Every one of them in every field: an answer in one line, and never a panic.
#[test]
fn nothing_that_is_given_makes_it_panic() {
    let long = "a".repeat(100_000);
    let deep = "a.".repeat(10_000);
    for value in NASTY.iter().copied().chain([long.as_str(), deep.as_str()]) {
        for field in 0..23 {
            if let Err(error) = accept(&raw_with(field, value), &Vantage::default()) {
                let text = error.to_string();
                assert!(
                    !text.contains(char::is_control) && text.chars().count() < 300,
                    "{field} {value:.40}: {text:.400}"
                );
            }
        }
    }
}

fn raw_with(field: u8, value: &str) -> RawInputs {
    let (one, many) = (Some(value.into()), vec![value.to_owned()]);
    match field {
        0 => RawInputs { region: one, ..raw() },
        1 => RawInputs { region: None, aws_region: one, ..raw() },
        2 => RawInputs { profiles: many, ..raw() },
        3 => RawInputs { services: many, ..raw() },
        4 => RawInputs { images: many, ..raw() },
        5 => RawInputs { endpoints: many, ..raw() },
        6 => RawInputs { endpoints_list: Some(NamedText { name: value.to_owned(), text: value.to_owned() }), ..raw() },
        7 => RawInputs { expectations: many, ..raw() },
        8 => RawInputs { no_control: one, ..raw() },
        9 => RawInputs { vpc_cidrs: many, ..raw() },
        10 => RawInputs { dns_timeout: one, ..raw() },
        11 => RawInputs { deadline: one, ..raw() },
        12 => RawInputs { slow: one, ..raw() },
        13 => RawInputs { images: vec![format!("host/{value}")], ..raw() },
        14 => RawInputs { images: vec![format!("a:{value}")], ..raw() },
        15 => RawInputs { secrets: many, ..raw() },
        16 => RawInputs {
            secrets: vec![format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:{value}")],
            ..raw()
        },
        17 => RawInputs { log_groups: many, ..raw() },
        18 => RawInputs { layers: one, ..raw() },
        19 => RawInputs { max_pull_time: one, ..raw() },
        20 => RawInputs {
            task_definition: Some(NamedText { name: value.to_owned(), text: format!("{{\"x\":{value}") }),
            ..raw()
        },
        21 => RawInputs {
            expectations_file: Some(NamedText {
                name: value.to_owned(),
                text: format!("expect:\n  - hosts: {value}\n"),
            }),
            ..raw()
        },
        _ => RawInputs { endpoints: vec![format!("tcp://{value}")], ..raw() },
    }
}
