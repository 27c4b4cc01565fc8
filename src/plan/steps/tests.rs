//! What a task definition puts into the plan: the ladders, the steps over them, and their order.

use serde_json::{Value, json};

use crate::inputs::{NamedText, RawInputs, Vantage, accept};
use crate::plan::{
    Check, CheckId, Plan, Purpose, Reach, Role, Rung, found, layer_host, manifest_host, plan, token_host,
};

const ECR: &str = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1";
const DATABASE: &str = "arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf";
const LOGIN: &str = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:hub-AbCdEf";

fn container(image: &str, more: &Value) -> Value {
    let mut container = json!({"name": "c", "image": image});
    for (key, value) in more.as_object().unwrap() {
        container[key] = value.clone();
    }
    container
}

fn awslogs(region: &str) -> Value {
    json!({"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/a", "awslogs-region": region}})
}

fn secrets(from: &[&str]) -> Value {
    from.iter().map(|from| json!({"name": "S", "valueFrom": from})).collect()
}

fn raw(definition: &Value) -> RawInputs {
    RawInputs {
        region: Some("ap-northeast-1".to_owned()),
        no_control: Some("true".to_owned()),
        task_definition: Some(NamedText { name: String::new(), text: definition.to_string() }),
        ..RawInputs::default()
    }
}

fn planned(raw: &RawInputs, vantage: &Vantage) -> Plan {
    plan(&accept(raw, vantage).unwrap(), vantage).unwrap()
}

fn plan_of(containers: &[Value]) -> Plan {
    planned(&raw(&json!({"family": "a", "containerDefinitions": containers})), &Vantage::default())
}

/// The ladders' ids, a `?` behind those that are not required; then the steps as `ID over LADDER`.
fn ids(plan: &Plan) -> Vec<String> {
    let one = |check: &Check| match &check.step {
        Some(step) => format!("{} over {}", check.id, step.over),
        None => format!("{}{}", check.id, if check.required { "" } else { "?" }),
    };
    plan.checks.iter().map(one).collect()
}

fn check<'p>(plan: &'p Plan, id: &str) -> &'p Check {
    plan.checks.iter().find(|check| check.id.0 == id).unwrap_or_else(|| panic!("{id} in {:?}", ids(plan)))
}

#[test]
fn a_whole_task_start_is_in_the_order_in_which_fargate_meets_it() {
    let web = container(
        ECR,
        &json!({
            "secrets": secrets(&[&format!("{DATABASE}:password::"), "/prod/url"]),
            "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::settings/web.env"}],
            "logConfiguration": awslogs("ap-northeast-1"),
        }),
    );
    let proxy = container("nginx:1", &json!({"repositoryCredentials": {"credentialsParameter": LOGIN}}));
    let definition = json!({
        "family": "a",
        "containerDefinitions": [web, proxy],
        "volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0"}}],
    });
    let vantage = Vantage { credentials: Some("container".to_owned()), ..Vantage::default() };
    let plan = planned(&raw(&definition), &vantage);
    let expected = [
        "secretsmanager",
        "ssm",
        "secretsmanager:secretsmanager.ap-northeast-1.amazonaws.com",
        "s3:settings.s3.ap-northeast-1.amazonaws.com",
        "ecr.api",
        "logs",
        "ecr.dkr",
        "registry-1.docker.io:443",
        "s3",
        "fs-0123456789abcdef0.efs.ap-northeast-1.amazonaws.com:2049",
        "sts?",
        &format!("secret:{DATABASE}:password over secretsmanager"),
        "parameter:/prod/url over ssm",
        &format!("secret:{LOGIN} over secretsmanager:secretsmanager.ap-northeast-1.amazonaws.com"),
        "environment-file:settings/web.env over s3:settings.s3.ap-northeast-1.amazonaws.com",
        "registry-token over ecr.api",
        "log-stream:/ecs/a over logs",
        &format!("manifest:{ECR} over ecr.dkr"),
        "manifest:nginx:1 over registry-1.docker.io:443",
        &format!("layers:{ECR} over ecr.dkr"),
        "layers:nginx:1 over registry-1.docker.io:443",
        "identity over sts",
    ];
    assert_eq!(ids(&plan), expected);
    let volume = check(&plan, expected[9]);
    assert_eq!((volume.purpose, volume.top, volume.reach), (Purpose::Volumes, Rung::Connect, Reach::Nothing));
    assert!(volume.note.as_ref().is_some_and(|note| note.contains("mount target")));
    assert_eq!(check(&plan, expected[3]).purpose, Purpose::Secrets);
    let step = check(&plan, "log-stream:/ecs/a");
    assert_eq!((step.role, step.required, step.question.is_none()), (Role::Step, true, true));
    let identity = check(&plan, "identity");
    assert_eq!((identity.required, check(&plan, "sts").role), (false, Role::Identity));
}

#[test]
fn a_task_needs_no_more_than_its_definition_says() {
    let empty = json!({});
    let table: [(&[Value], &[&str]); 7] = [
        (&[container(ECR, &empty)], &["ecr.api", "ecr.dkr", "s3"]),
        (&[container("nginx", &empty)], &["registry-1.docker.io:443"]),
        (&[container(ECR, &json!({"logConfiguration": {"logDriver": "awsfirelens"}}))], &["ecr.api", "ecr.dkr", "s3"]),
        (
            &[container("nginx", &json!({"logConfiguration": awslogs("ap-northeast-1")}))],
            &["logs", "registry-1.docker.io:443"],
        ),
        (
            &[container("nginx", &json!({"logConfiguration": awslogs("us-west-2")}))],
            &["logs", "registry-1.docker.io:443"],
        ),
        (
            &[
                container("nginx", &json!({"logConfiguration": awslogs("us-west-2")})),
                container("nginx", &json!({"logConfiguration": awslogs("ap-northeast-1")})),
            ],
            &["logs", "logs:logs.us-west-2.amazonaws.com", "registry-1.docker.io:443"],
        ),
        (
            &[container("nginx", &json!({"secrets": secrets(&["/aws/reference/secretsmanager/db"])}))],
            &["ssm", "secretsmanager", "registry-1.docker.io:443"],
        ),
    ];
    for (containers, expected) in table {
        let plan = plan_of(containers);
        let ladders: Vec<String> = ids(&plan).into_iter().filter(|id| !id.contains(" over ")).collect();
        assert_eq!(ladders, expected);
    }
    let elsewhere = plan_of(&[container("nginx", &json!({"logConfiguration": awslogs("us-west-2")}))]);
    assert_eq!(check(&elsewhere, "logs").host, "logs.us-west-2.amazonaws.com");
    assert_eq!(check(&elsewhere, "log-stream:/ecs/a:us-west-2").step.as_ref().unwrap().over.0, "logs");
}

#[test]
fn what_is_asked_for_beside_a_definition_is_required_where_it_is() {
    let definition = json!({"family": "a", "containerDefinitions": [container("nginx", &json!({"logConfiguration": awslogs("us-west-2")}))]});
    let plan = planned(&RawInputs { services: vec!["logs".to_owned()], ..raw(&definition) }, &Vantage::default());
    assert!(check(&plan, "logs:logs.ap-northeast-1.amazonaws.com").required);
    let flags = RawInputs {
        task_definition: None,
        images: vec![ECR.to_owned()],
        log_groups: vec!["/ecs/a".to_owned()],
        secrets: vec!["db".to_owned()],
        ..raw(&definition)
    };
    let plan = planned(&flags, &Vantage::default());
    assert!(check(&plan, "logs").required && check(&plan, "secretsmanager").required);
    assert_eq!(check(&plan, "secret:db").step.as_ref().unwrap().over.0, "secretsmanager");
}

#[test]
fn one_fetch_is_one_step_and_every_step_has_its_own_id() {
    let keys = [format!("{DATABASE}:user::"), format!("{DATABASE}:password::"), format!("{DATABASE}:password:OLD:")];
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let login = json!({"credentialsParameter": LOGIN});
    let plan = plan_of(&[
        container(ECR, &json!({"secrets": secrets(&keys)})),
        container(ECR, &json!({"secrets": secrets(&[keys[1], LOGIN])})),
        container("ghcr.io/o/a:1", &json!({"repositoryCredentials": login})),
        container("ghcr.io/o/b:1", &json!({"repositoryCredentials": login})),
    ]);
    let steps: Vec<&str> =
        plan.checks.iter().map(|check| check.id.0.as_str()).filter(|id| id.starts_with("secret:")).collect();
    let expected = [
        format!("secret:{DATABASE}:user"),
        format!("secret:{DATABASE}:password"),
        format!("secret:{DATABASE}:password:OLD"),
        format!("secret:{LOGIN}"),
        format!("secret:{LOGIN}:ghcr.io/o/a:1"),
        format!("secret:{LOGIN}:ghcr.io/o/b:1"),
    ];
    assert_eq!(steps, expected);
    let mut all: Vec<&CheckId> = plan.checks.iter().map(|check| &check.id).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), plan.checks.len());
}

#[test]
fn every_step_stands_over_the_ladder_of_its_own_host() {
    let elsewhere = "123456789012.dkr.ecr.us-west-2.amazonaws.com/app:1";
    let fips = "123456789012.dkr.ecr-fips.ap-northeast-1.amazonaws.com/app:1";
    let dual_stack = "123456789012.dkr-ecr.ap-northeast-1.on.aws/app:1";
    let plan = plan_of(&[ECR, elsewhere, fips, dual_stack].map(|image| container(image, &json!({}))));
    let over = |id: &str| {
        let over = &check(&plan, id).step.as_ref().unwrap().over;
        check(&plan, &over.0).host.clone()
    };
    for image in [ECR, elsewhere, fips, dual_stack] {
        let host = image.split('/').next().unwrap();
        assert_eq!(over(&format!("manifest:{image}")), host);
        assert_eq!(over(&format!("layers:{image}")), host);
    }
    assert_eq!(over("registry-token"), "api.ecr.ap-northeast-1.amazonaws.com");
    assert_eq!(over("registry-token:api.ecr.us-west-2.amazonaws.com"), "api.ecr.us-west-2.amazonaws.com");
    let flags = RawInputs {
        fips: Some("true".to_owned()),
        dual_stack: Some("true".to_owned()),
        secrets: vec!["db".to_owned()],
        ..raw(&json!({"family": "a", "containerDefinitions": [
            container("nginx", &json!({"environmentFiles": [
                {"type": "s3", "value": "arn:aws:s3:::a-bucket/k.env"},
                {"type": "s3", "value": "arn:aws:s3:::with.dots/k.env"},
            ]})),
        ]}))
    };
    let plan = planned(&flags, &Vantage::default());
    let hosts: Vec<&str> = plan.checks.iter().filter(|c| c.step.is_none()).map(|check| check.host.as_str()).collect();
    let expected = [
        "secretsmanager-fips.ap-northeast-1.amazonaws.com",
        "a-bucket.s3-fips.dualstack.ap-northeast-1.amazonaws.com",
        "s3-fips.dualstack.ap-northeast-1.amazonaws.com",
        "registry-1.docker.io",
    ];
    assert_eq!(hosts, expected);
}

#[test]
fn an_expectation_is_of_ladders_and_never_of_steps() {
    let definition = json!({"family": "a", "containerDefinitions": [container(ECR, &json!({}))]});
    for what in ["registry-token", "identity", &format!("manifest:{ECR}")] {
        let raw = RawInputs { expectations: vec![format!("{what}=private")], ..raw(&definition) };
        assert!(plan(&accept(&raw, &Vantage::default()).unwrap(), &Vantage::default()).is_err(), "{what}");
    }
    let raw = RawInputs { expectations: vec!["private".to_owned()], ..raw(&definition) };
    let plan = planned(&raw, &Vantage::default());
    let expects = |is_step: bool| plan.checks.iter().filter(move |c| c.step.is_some() == is_step).map(|c| c.expect);
    assert!(expects(false).all(|route| route == crate::plan::Route::Private));
    assert!(expects(true).all(|route| route == crate::plan::Route::Any));
}

#[test]
fn a_host_that_a_replay_found_is_known_by_its_id() {
    let table = [
        ("prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com", Some("s3"), Some("us-west-2")),
        ("b.s3.dualstack.eu-west-1.amazonaws.com", Some("s3"), Some("eu-west-1")),
        ("b.s3.cn-north-1.amazonaws.com.cn", Some("s3"), Some("cn-north-1")),
        ("d5l0dvt14r5h8.cloudfront.net", None, None),
        ("2001:db8::1", None, None),
    ];
    for (host, service, region) in table {
        let seen = found(&layer_host(host, 443)).unwrap();
        let region_seen = seen.region.as_ref().map(crate::plan::Region::as_str);
        assert_eq!((seen.host.as_str(), seen.port, seen.service, region_seen), (host, 443, service, region));
        assert_eq!(
            (seen.purpose, seen.top, seen.id.clone()),
            (Purpose::Layers, Rung::Handshake, layer_host(host, 443))
        );
        assert_eq!(seen.endpoint_service.is_some(), service.is_some());
    }
    let token = found(&token_host("auth.docker.io", 8443)).unwrap();
    assert_eq!((token.host.as_str(), token.port, token.purpose), ("auth.docker.io", 8443, Purpose::Registry));
    let mirror = found(&manifest_host("mirror.example.org", 443)).unwrap();
    assert_eq!((mirror.host.as_str(), mirror.port, mirror.purpose), ("mirror.example.org", 443, Purpose::Registry));
    for none in [
        "s3",
        "layer-host:",
        "manifest-host:mirror.example.org",
        "layer-host:x",
        "layer-host:x:y",
        "layer-host:x:70000",
        "token-host:[::1]",
        "layer-host::443",
        "layer-host:$(id):443",
    ] {
        assert_eq!(found(&CheckId(none.to_owned())), None, "{none}");
    }
}
