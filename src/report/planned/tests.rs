//! A plan as it is shown: the endpoints it needs, those it does not, what it can't show.

use serde_json::{Value, json};

use super::{json as rendered, text};
use crate::inputs::{NamedText, RawInputs, Vantage, accept};
use crate::plan::{Plan, plan};

const ECR: &str = "210987654321.dkr.ecr.ap-northeast-1.amazonaws.com/app:1";

fn raw(containers: &Value) -> RawInputs {
    let definition = json!({
        "family": "shop", "revision": 7, "containerDefinitions": containers,
        "executionRoleArn": "arn:aws:iam::210987654321:role/exec",
        "volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0"}}],
    });
    RawInputs {
        region: Some("ap-northeast-1".to_owned()),
        task_definition: Some(NamedText { name: String::new(), text: definition.to_string() }),
        ..RawInputs::default()
    }
}

fn plan_of(raw: &RawInputs) -> Plan {
    let vantage = Vantage { credentials: Some("environment".to_owned()), ..Vantage::default() };
    plan(&accept(raw, &vantage).unwrap(), &vantage).unwrap()
}

fn shown(raw: &RawInputs) -> Value {
    serde_json::from_str(&rendered(&plan_of(raw))).unwrap()
}

fn services<'v>(shown: &'v Value, list: &str) -> Vec<&'v str> {
    shown[list].as_array().unwrap().iter().map(|entry| entry["service"].as_str().unwrap()).collect()
}

#[test]
fn what_a_task_needs_and_what_it_does_not_are_told_apart() {
    let flags = |profiles: &[&str], services: &[&str]| RawInputs {
        profiles: profiles.iter().map(|word| (*word).to_owned()).collect(),
        services: services.iter().map(|word| (*word).to_owned()).collect(),
        ..raw(&json!([{"name": "a", "image": ECR}]))
    };
    let table: [(RawInputs, &[&str], &[&str]); 5] = [
        (
            flags(&[], &[]),
            &["ecr.api", "ecr.dkr", "s3"],
            &["logs", "ecs", "ecs-agent", "ecs-telemetry", "sts", "kms", "elasticfilesystem"],
        ),
        (
            flags(&["fargate", "exec"], &["sts", "logs"]),
            &["ecr.api", "logs", "ecr.dkr", "s3", "ssmmessages", "sts"],
            &["ecs", "ecs-agent", "ecs-telemetry", "elasticfilesystem"],
        ),
        (
            flags(&["ecs-ec2"], &[]),
            &["ecr.api", "ecr.dkr", "s3", "ecs-agent", "ecs-telemetry", "ecs"],
            &["logs", "sts", "kms", "elasticfilesystem"],
        ),
        (
            raw(&json!([{"name": "a", "image": "nginx"}])),
            &[],
            &["ecr.api", "ecr.dkr", "logs", "ecs", "ecs-agent", "ecs-telemetry", "sts", "kms", "elasticfilesystem"],
        ),
        (
            RawInputs { task_definition: None, ..flags(&[], &[]) },
            &["ecr.api", "logs", "ecr.dkr", "s3"],
            &["ecs", "ecs-agent", "ecs-telemetry", "sts", "kms"],
        ),
    ];
    for (raw, needed, not_needed) in table {
        let shown = shown(&raw);
        let needed: Vec<String> = needed.iter().map(|id| format!("com.amazonaws.ap-northeast-1.{id}")).collect();
        assert_eq!(services(&shown, "endpoints"), needed);
        assert_eq!(services(&shown, "not_needed"), not_needed);
    }
}

#[test]
fn each_endpoint_has_its_reasons_and_its_command() {
    let shown = shown(&raw(&json!([{
        "name": "a", "image": ECR,
        "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::settings/a.env"}],
        "secrets": [
            {"name": "A", "valueFrom": "arn:aws:secretsmanager:us-west-2:123456789012:secret:a-AbCdEf"},
            {"name": "B", "valueFrom": "/b"},
        ],
    }])));
    let endpoint = |service: &str| {
        let all = shown["endpoints"].as_array().unwrap();
        all.iter().find(|endpoint| endpoint["service"] == service).unwrap()
    };
    let s3 = endpoint("com.amazonaws.ap-northeast-1.s3");
    let why = s3["why"].as_str().unwrap();
    assert!(why.contains("environment files") && why.contains("layers"), "{why}");
    assert!(s3["command"].as_str().unwrap().ends_with("--vpc-endpoint-type Gateway --route-table-ids $RTB"));
    let ssm = endpoint("com.amazonaws.ap-northeast-1.ssm");
    assert!(ssm["command"].as_str().unwrap().contains("--vpc-endpoint-type Interface --subnet-ids"));
    let elsewhere = endpoint("com.amazonaws.us-west-2.secretsmanager");
    assert!(elsewhere["command"].is_null() && elsewhere["note"].as_str().unwrap().contains("us-west-2"));
}

#[test]
fn what_would_be_asked_stands_beside_what_it_goes_over() {
    let raw = raw(&json!([{
        "name": "a", "image": ECR,
        "secrets": [
            {"name": "A", "valueFrom": "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:a-AbCdEf:key::"},
            {"name": "B", "valueFrom": "/b"},
        ],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/a"}},
    }]));
    let asks = |raw: &RawInputs| {
        let shown = shown(raw);
        let all: Vec<String> =
            shown["steps"].as_array().unwrap().iter().map(|s| format!("{}: {}", s["over"], s["asks"])).collect();
        all.join("\n").replace('"', "")
    };
    let secret = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:a-AbCdEf";
    let writing = format!(
        "secretsmanager: GetSecretValue of {secret}, for its key key\nssm: GetParameters of /b\n\
         ecr.api: GetAuthorizationToken\nlogs: CreateLogStream and PutLogEvents in /ecs/a\n\
         ecr.dkr: the manifest of {ECR}, and its entry for linux/amd64\n\
         ecr.dkr: the configuration and up to 1 MiB of each layer of {ECR}\nsts: GetCallerIdentity"
    );
    assert_eq!(asks(&raw), writing);
    let read_only = RawInputs { read_only: Some("true".into()), layers: Some("none".into()), ..raw.clone() };
    let reading = writing
        .replace("GetSecretValue", "DescribeSecret")
        .replace("GetParameters", "DescribeParameters")
        .replace("CreateLogStream and PutLogEvents in", "DescribeLogStreams of")
        .replace("up to 1 MiB of each layer", "no layer");
    assert_eq!(asks(&read_only), reading);
    let text = text(&plan_of(&raw));
    assert!(text.contains("\n    and asked for: GetAuthorizationToken\n"), "{text}");
    assert!(text.contains("Task definition shop:7, for linux/amd64."), "{text}");
    // Every word of the document that is meant for people is in the text as well.
    let document = shown(&raw);
    for sentence in document["not_shown"].as_array().unwrap() {
        assert!(text.contains(sentence.as_str().unwrap()), "{sentence}");
    }
}

#[test]
fn what_a_definition_does_not_show_is_said_where_it_applies() {
    let said = |containers: Value| shown(&raw(&containers))["not_shown"].to_string();
    let plain = said(json!([{"name": "a", "image": ECR}]));
    for always in ["GuardDuty", "ecs-sc.ap-northeast-1.amazonaws.com", "ssmmessages", "pull-through"] {
        assert!(plain.contains(always), "{always} in {plain}");
    }
    let router = json!([{
        "name": "r", "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
        "firelensConfiguration": {"type": "fluentbit"},
    }]);
    let elsewhere = ECR.replace("ap-northeast-1", "us-west-2");
    let other_account = ECR.replace("210987654321", "123456789012");
    let secret = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:a-AbCdEf";
    let secrets = json!([{"name": "A", "valueFrom": secret}]);
    let table = [
        (router.clone(), "FireLens router sends the logs on"),
        (router, "ECR Public"),
        (json!([{"name": "a", "image": elsewhere}]), "in S3 of us-west-2"),
        (json!([{"name": "a", "image": other_account}]), "come from account 123456789012"),
        (json!([{"name": "a", "image": ECR, "secrets": secrets}]), "of another account"),
    ];
    for (containers, expected) in table {
        assert!(said(containers).contains(expected), "{expected}");
        assert!(!plain.contains(expected), "{expected}");
    }
    let no_image = RawInputs { task_definition: None, ..raw(&json!([])) };
    assert_eq!(shown(&no_image)["not_shown"], json!([]));
}

#[test]
fn what_a_file_asserts_of_a_check_stands_with_it() {
    let file = "default: {route: private, connect: 50ms}\n\
                expect:\n\
                - {services: [ecr.api], addresses: [10.0.0.0/16, 10.7.0.1], issuers: [Amazon, Acme], limits: {exchange: 1s}}\n\
                - {hosts: [a.example], reachable: false}\n";
    let expectations_file = Some(NamedText { name: "x.yaml".to_owned(), text: file.to_owned() });
    let raw = RawInputs { expectations_file, task_definition: None, ..raw(&json!([])) };
    let text = text(&plan_of(&raw));
    for said in [
        "asserted: private; addresses in 10.0.0.0/16, 10.7.0.1/32; issued by Amazon or Acme; connect 50 ms at most; exchange \
         1000 ms at most\n",
        "\n    asserted: blocked\n",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let document = shown(&raw);
    let check = |host: &str| {
        let all = document["checks"].as_array().unwrap();
        all.iter().find(|check| check["host"] == host).unwrap().clone()
    };
    let api = check("api.ecr.ap-northeast-1.amazonaws.com");
    assert_eq!((&api["expected_route"], &api["asserted"]["connect_ms"]), (&json!("private"), &json!(50)));
    assert_eq!(api["asserted"]["issuers"], json!(["Amazon", "Acme"]));
    let blocked = check("a.example");
    assert_eq!((&blocked["expected_route"], blocked.get("asserted")), (&json!("blocked"), None));
    let plain = super::text(&plan_of(&RawInputs { expectations_file: None, ..raw }));
    assert!(!plain.contains("asserted:"), "{plain}");
}
