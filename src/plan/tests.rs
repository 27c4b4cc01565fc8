//! The same inputs give the same plan, and this is which.

use super::*;
use crate::inputs::{EfsVolume, Inputs, RawInputs, TaskDefinition, Vantage, VantageKind, accept};

const ECR: &str = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1";
const ECR_ELSEWHERE: &str = "210987654321.dkr.ecr.us-west-2.amazonaws.com/app:1";

fn raw() -> RawInputs {
    RawInputs { region: Some("ap-northeast-1".to_owned()), no_control: Some("true".to_owned()), ..RawInputs::default() }
}

fn words(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn inputs(raw: &RawInputs) -> Inputs {
    accept(raw, &Vantage::default()).unwrap()
}

fn plan_of(raw: &RawInputs) -> Plan {
    plan(&inputs(raw), &Vantage::default()).unwrap()
}

fn refused(raw: &RawInputs) -> String {
    plan(&inputs(raw), &Vantage::default()).unwrap_err().to_string()
}

/// The ladders' ids in order; a `?` behind those that are not required.
fn ids(plan: &Plan) -> Vec<String> {
    let ladders = plan.checks.iter().filter(|check| check.step.is_none());
    ladders.map(|check| format!("{}{}", check.id, if check.required { "" } else { "?" })).collect()
}

fn check<'a>(plan: &'a Plan, id: &str) -> &'a Check {
    plan.checks.iter().find(|check| check.id.0 == id).unwrap_or_else(|| panic!("{id} in {:?}", ids(plan)))
}

#[test]
fn profiles_images_and_services_make_the_task_start() {
    let table: [(RawInputs, &[&str]); 10] = [
        (raw(), &["ecr.api", "logs", "ecr.dkr", "s3"]),
        (RawInputs { profiles: words(&["exec"]), ..raw() }, &["ssmmessages"]),
        (
            RawInputs { profiles: words(&["exec", "fargate"]), ..raw() },
            &["ecr.api", "logs", "ecr.dkr", "s3", "ssmmessages"],
        ),
        (
            RawInputs { profiles: words(&["ecs-ec2"]), ..raw() },
            &["ecr.api", "logs", "ecr.dkr", "s3", "ecs-agent", "ecs-telemetry", "ecs"],
        ),
        (
            RawInputs { services: words(&["kms", "secretsmanager", "sts"]), ..raw() },
            &["secretsmanager", "ecr.api", "logs", "ecr.dkr", "s3", "kms", "sts"],
        ),
        (RawInputs { images: words(&[ECR]), ..raw() }, &["ecr.api", "logs?", "ecr.dkr", "s3"]),
        (
            RawInputs { images: words(&[ECR]), services: words(&["logs"]), ..raw() },
            &["ecr.api", "logs", "ecr.dkr", "s3"],
        ),
        (RawInputs { images: words(&["nginx"]), ..raw() }, &["logs?", "registry-1.docker.io:443"]),
        (
            RawInputs { images: words(&["public.ecr.aws/a/b", ECR]), ..raw() },
            &["ecr.api", "logs?", "public.ecr.aws:443", "ecr.dkr", "s3"],
        ),
        (
            RawInputs { images: words(&[ECR, ECR_ELSEWHERE, &ECR.replace("12345", "99999")]), ..raw() },
            &[
                "ecr.api",
                "ecr.api:api.ecr.us-west-2.amazonaws.com",
                "logs?",
                "ecr.dkr",
                "ecr.dkr:210987654321.dkr.ecr.us-west-2.amazonaws.com",
                "ecr.dkr:999996789012.dkr.ecr.ap-northeast-1.amazonaws.com",
                "s3",
                "s3:prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com",
            ],
        ),
    ];
    for (raw, expected) in table {
        assert_eq!(ids(&plan_of(&raw)), expected, "{raw:?}");
    }
}

#[test]
fn a_check_says_what_carries_it_and_what_is_asked() {
    let plan = plan_of(&raw());
    let dkr = check(&plan, "ecr.dkr");
    assert_eq!(dkr.host, "000000000000.dkr.ecr.ap-northeast-1.amazonaws.com");
    assert!(dkr.note.as_ref().is_some_and(|note| note.contains("placeholder")));
    assert_eq!(dkr.endpoint_service.as_deref(), Some("com.amazonaws.ap-northeast-1.ecr.dkr"));
    assert_eq!(
        (dkr.purpose, dkr.reach, dkr.top, dkr.role),
        (Purpose::Registry, Reach::Interface, Rung::Exchange, Role::Start)
    );
    let s3 = check(&plan, "s3");
    assert_eq!((s3.purpose, s3.reach, s3.note.as_deref()), (Purpose::Layers, Reach::GatewayOrInterface, None));
    let with_image = plan_of(&RawInputs { images: words(&[ECR]), ..raw() });
    let dkr = check(&with_image, "ecr.dkr");
    assert_eq!((dkr.host.as_str(), dkr.note.as_deref()), ("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com", None));
    assert!(check(&with_image, "logs").why.contains("awslogs"));
}

#[test]
fn fips_and_dual_stack_change_the_hosts_and_say_where_they_cannot() {
    let raw = RawInputs {
        fips: Some("true".to_owned()),
        dual_stack: Some("true".to_owned()),
        services: words(&["ssmmessages"]),
        ..raw()
    };
    let plan = plan_of(&raw);
    assert_eq!(check(&plan, "logs").host, "logs-fips.ap-northeast-1.api.aws");
    let exec = check(&plan, "ssmmessages");
    assert_eq!(exec.host, "ssmmessages.ap-northeast-1.api.aws");
    assert!(exec.note.as_ref().is_some_and(|note| note.contains("nearest")));
    let image = "123456789012.dkr-ecr.ap-northeast-1.on.aws/app";
    let plan = plan_of(&RawInputs { images: words(&[image]), ..self::raw() });
    assert_eq!(
        check(&plan, "s3").host,
        "prod-ap-northeast-1-starport-layer-bucket.s3.dualstack.ap-northeast-1.amazonaws.com"
    );
    assert_eq!(check(&plan, "ecr.api").host, "api.ecr.ap-northeast-1.amazonaws.com");
}

#[test]
fn extra_endpoints_climb_as_far_as_is_known_of_them() {
    let endpoints = [
        "example.com",
        "tcp://db.internal:5432",
        "EXAMPLE.com.:443",
        "sqs.ap-northeast-1.amazonaws.com",
        "bucket.s3.ap-northeast-1.amazonaws.com",
        "lambda.ap-northeast-1.amazonaws.com",
        "sqs.us-east-1.amazonaws.com",
        "[2001:db8::1]:8443",
        "logs.ap-northeast-1.amazonaws.com",
    ];
    let plan = plan_of(&RawInputs { endpoints: words(&endpoints), images: words(&[ECR]), ..raw() });
    let extras: Vec<_> = plan
        .checks
        .iter()
        .filter(|check| check.role == Role::Extra)
        .map(|check| {
            let region = check.region.as_ref().map(Region::as_str);
            (check.id.0.as_str(), check.service, check.reach, check.top, region)
        })
        .collect();
    let here = Some("ap-northeast-1");
    let expected = [
        ("example.com:443", None, Reach::Nothing, Rung::Handshake, None),
        ("db.internal:5432", None, Reach::Nothing, Rung::Connect, None),
        ("sqs.ap-northeast-1.amazonaws.com:443", Some("sqs"), Reach::Interface, Rung::Exchange, here),
        ("bucket.s3.ap-northeast-1.amazonaws.com:443", Some("s3"), Reach::GatewayOrInterface, Rung::Exchange, here),
        ("lambda.ap-northeast-1.amazonaws.com:443", None, Reach::Interface, Rung::Handshake, here),
        ("sqs.us-east-1.amazonaws.com:443", None, Reach::Nothing, Rung::Handshake, Some("us-east-1")),
        ("[2001:db8::1]:8443", None, Reach::Nothing, Rung::Handshake, None),
    ];
    assert_eq!(extras, expected);
    assert!(check(&plan, "logs").required);
}

#[test]
fn the_more_particular_expectation_wins() {
    let raw = RawInputs {
        expectations: words(&["api.ecr.ap-northeast-1.amazonaws.com=any", "s3=gateway", "private", "ecr.api=public"]),
        endpoints: words(&["example.com=public", "example.org", "logs.ap-northeast-1.amazonaws.com=blocked"]),
        ..raw()
    };
    let plan = plan_of(&raw);
    let table = [
        ("ecr.api", Route::Any),
        ("ecr.dkr", Route::Private),
        ("s3", Route::Gateway),
        ("logs", Route::Blocked),
        ("example.com:443", Route::Public),
        ("example.org:443", Route::Private),
    ];
    for (id, expected) in table {
        assert_eq!(check(&plan, id).expect, expected, "{id}");
    }
}

#[test]
fn what_no_plan_can_be_made_of_is_refused_in_one_sentence() {
    let table = [
        (
            RawInputs { services: words(&["secretmanager"]), ..raw() },
            "--service secretmanager: no service of the catalog; near are secretsmanager",
        ),
        (
            RawInputs { services: words(&["ecr"]), ..raw() },
            "--service ecr: no service of the catalog; near are ecr.api, ecr.dkr, ecr-public",
        ),
        (
            RawInputs { services: words(&["ecr-public"]), ..raw() },
            "--service ecr-public: exists only in us-east-1, and the Region is ap-northeast-1",
        ),
        (
            RawInputs { expectations: words(&["kms=private"]), ..raw() },
            "--expect kms=private: no service, host or endpoint of the plan; add it with --service or --endpoint",
        ),
        (
            RawInputs { expectations: words(&["logs=gateway"]), ..raw() },
            "--expect logs=gateway: logs has no gateway endpoint, only S3 and DynamoDB have one",
        ),
        (
            RawInputs { endpoints: words(&["example.com=gateway"]), ..raw() },
            "--endpoint example.com:443: example.com:443 has no gateway endpoint, only S3 and DynamoDB have one",
        ),
        (
            RawInputs { endpoints: words(&["example.com=public", "example.com=private"]), ..raw() },
            "--endpoint example.com: given twice with different routes",
        ),
        (
            RawInputs { endpoints: words(&["example.com", "tcp://example.com:443"]), ..raw() },
            "--endpoint example.com:443: given both with TLS and as tcp://",
        ),
    ];
    for (raw, expected) in table {
        assert_eq!(refused(&raw), expected);
    }
    assert!(refused(&RawInputs { services: words(&["zzzzzzzz"]), ..raw() }).contains("known are secretsmanager, "));
}

#[test]
fn controls_and_the_own_name_come_last_and_are_not_required() {
    let task = Vantage {
        kind: VantageKind::Fargate,
        private_dns_name: Some("ip-10-0-1-7.ap-northeast-1.compute.internal.".to_owned()),
        ..Vantage::default()
    };
    let inputs = inputs(&RawInputs { no_control: None, profiles: words(&["exec"]), ..raw() });
    let plan = plan(&inputs, &task).unwrap();
    let expected =
        ["ssmmessages", "control:s3.us-east-1.amazonaws.com?", "control:checkip.amazonaws.com?", "own-name?"];
    assert_eq!(ids(&plan), expected);
    assert_eq!(plan.checks[1].top, Rung::Handshake);
    assert_eq!(
        (plan.checks[3].top, plan.checks[3].host.as_str()),
        (Rung::Resolve, "ip-10-0-1-7.ap-northeast-1.compute.internal")
    );
    assert!(plan.place.inside_vpc && plan.place.fargate);
}

#[test]
fn the_own_name_is_derived_only_inside_a_vpc() {
    let table = [
        (VantageKind::Fargate, "ap-northeast-1", "10.0.1.7", Some("ip-10-0-1-7.ap-northeast-1.compute.internal")),
        (VantageKind::EcsEc2, "us-east-1", "172.31.0.9", Some("ip-172-31-0-9.ec2.internal")),
        (VantageKind::Fargate, "ap-northeast-1", "100.64.0.1", Some("ip-100-64-0-1.ap-northeast-1.compute.internal")),
        (VantageKind::Fargate, "ap-northeast-1", "20.10.1.5", Some("ip-20-10-1-5.ap-northeast-1.compute.internal")),
        (VantageKind::Lambda, "ap-northeast-1", "169.254.76.1", None),
        (VantageKind::Fargate, "ap-northeast-1", "54.1.2.3", None),
        (VantageKind::Fargate, "ap-northeast-1", "fd00::1", None),
        (VantageKind::Other, "ap-northeast-1", "10.0.1.7", None),
    ];
    for (kind, region, address, expected) in table {
        let vantage = Vantage {
            kind,
            region: Some(region.to_owned()),
            subnet_cidr: Some("20.10.1.0/24".parse().unwrap()),
            addresses: vec!["127.0.0.1".parse().unwrap(), address.parse().unwrap()],
            ..Vantage::default()
        };
        let plan = plan(&inputs(&raw()), &vantage).unwrap();
        let own = plan.checks.iter().find(|check| check.role == Role::OwnName).map(|check| check.host.as_str());
        assert_eq!(own, expected, "{address}");
    }
}

#[test]
fn the_vpc_resolver_is_asked_beside_the_configured_ones() {
    let table: [(&[&str], &[&str], &[&str]); 5] = [
        (&["10.0.0.2:53"], &["10.0.1.7"], &["10.0.0.2:53 configured", "169.254.169.253:53 vpc"]),
        (&["169.254.169.253:53", "10.9.9.9:53"], &[], &["169.254.169.253:53 configured vpc", "10.9.9.9:53 configured"]),
        (&[], &[], &["169.254.169.253:53 vpc"]),
        (
            &["[fd00:ec2::253]:53", "[fd00:ec2::253]:53"],
            &["2600:1f14::7", "fe80::1"],
            &["[fd00:ec2::253]:53 configured vpc"],
        ),
        (&[], &["::1", "127.0.0.1", "2600:1f14::7"], &["[fd00:ec2::253]:53 vpc"]),
    ];
    for (nameservers, addresses, expected) in table {
        let vantage = Vantage {
            nameservers: nameservers.iter().map(|text| text.parse().unwrap()).collect(),
            addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
            ..Vantage::default()
        };
        let plan = plan(&inputs(&raw()), &vantage).unwrap();
        let flag = |set: bool, word: &'static str| if set { word } else { "" };
        let seen: Vec<_> = plan
            .resolvers
            .iter()
            .map(|r| format!("{}{}{}", r.address, flag(r.configured, " configured"), flag(r.vpc, " vpc")))
            .collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn no_word_that_was_accepted_makes_it_panic() {
    let long = "a".repeat(10_000);
    let odd =
        ["é", "日本語", "🦀", ":", "::1", "[::1]:443", "ecr.dkr:", "own-name", "control:x", "-", "..", "{", "%", &long];
    for word in odd {
        for raw in [
            RawInputs { services: words(&[word]), ..raw() },
            RawInputs { expectations: vec![format!("{word}=private")], ..raw() },
        ] {
            let text = refused(&raw);
            assert!(text.chars().count() < 400 && !text.contains(char::is_control), "{text}");
        }
    }
}

#[test]
fn a_region_that_is_none_reaches_no_name_and_no_command() {
    for hostile in ["$(touch x)", "x;id", "eu-west-1;id", "\u{1b}[31m", ""] {
        let vantage = Vantage {
            kind: VantageKind::Fargate,
            region: Some(hostile.to_owned()),
            addresses: vec!["10.0.1.7".parse().unwrap()],
            ..Vantage::default()
        };
        let plan = plan(&inputs(&raw()), &vantage).unwrap();
        assert_eq!(plan.place.own_region, None, "{hostile}");
        assert_eq!(check(&plan, "own-name").host, "ip-10-0-1-7.ap-northeast-1.compute.internal");
    }
}

#[test]
fn an_edited_report_is_believed_no_more_than_a_command_line() {
    let sound = inputs(&RawInputs {
        endpoints: words(&["api.example.com", "[2001:db8::1]:443"]),
        images: words(&[ECR]),
        secrets: words(&["arn:aws:ssm:eu-west-1:123456789012:parameter/a"]),
        log_groups: words(&["/ecs/a"]),
        ..raw()
    });
    assert_eq!(sound.believed_again(), Ok(()));
    let edits: [fn(&mut Inputs); 12] = [
        |inputs| inputs.account = Some("$(id)".to_owned()),
        |inputs| inputs.endpoints[0].host = "x;$(id)".to_owned(),
        |inputs| inputs.endpoints[0].host = "API.example.com".to_owned(),
        |inputs| inputs.images[0].host = "evil.example.com".to_owned(),
        |inputs| inputs.endpoints = vec![inputs.endpoints[0].clone(); 5_001],
        |inputs| inputs.secrets[0].id = "$(id)".to_owned(),
        |inputs| inputs.secrets[0].region = Region::parse("us-west-2").unwrap(),
        |inputs| inputs.log_groups[0].name = "\u{1b}[31m".to_owned(),
        |inputs| {
            inputs.environment_files = vec![EnvironmentFile { bucket: "evil.example.com/".into(), key: "k".into() }];
        },
        |inputs| inputs.volumes = vec![EfsVolume { file_system: "fs-1.evil.example.com".into() }],
        |inputs| inputs.platform.os = "linux; id".to_owned(),
        |inputs| inputs.task_definition = Some(TaskDefinition { name: "$(id)".into(), ..TaskDefinition::default() }),
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let mut edited = sound.clone();
        edit(&mut edited);
        assert!(edited.believed_again().is_err(), "edit {number}");
    }
}
