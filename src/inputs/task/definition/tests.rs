//! What is read of a task definition, what is not, and the sentence for what is none.

use serde_json::{Value, json};

use super::*;
use crate::inputs::task::text::tests::packed;
use crate::inputs::{Inputs, RawInputs, Vantage, accept};

const IMAGE: &str = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1";
const HUB_LOGIN: &str = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:hub-AbCdEf";
const DATABASE: &str = "arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf";

/// Everything that is read, and beside it what is not.
fn full() -> Value {
    json!({
        "family": "shop", "revision": 7, "status": "ACTIVE", "networkMode": "awsvpc", "cpu": "256", "memory": null,
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7",
        "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        "taskRoleArn": "",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "volumes": [
            {"name": "scratch", "host": {}},
            {"name": "shared", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0", "rootDirectory": "/"}},
            {"name": "again", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0"}}
        ],
        "containerDefinitions": [
            {
                "name": "web", "image": IMAGE, "essential": true,
                "command": ["serve", "--password", "canary-command"],
                "environment": [{"name": "PASSWORD", "value": "canary-environment"}],
                "dockerLabels": {"token": "canary-label"},
                "healthCheck": {"command": ["curl", "canary-health"]},
                "secrets": [
                    {"name": "DB_USER", "valueFrom": format!("{DATABASE}:user::")},
                    {"name": "DB_PASSWORD", "valueFrom": format!("{DATABASE}:password::")},
                    {"name": "URL", "valueFrom": "/prod/url"},
                    {"name": "FLAG", "valueFrom": "plain-parameter"}
                ],
                "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::settings/web.env"}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "/ecs/shop", "awslogs-region": "ap-northeast-1", "awslogs-stream-prefix": "x"}
                }
            },
            {
                "name": "worker", "image": IMAGE,
                "secrets": [{"name": "DB_PASSWORD", "valueFrom": format!("{DATABASE}:password::")}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "/ecs/shop", "awslogs-region": "ap-northeast-1", "awslogs-create-group": "true"}
                }
            },
            {
                "name": "proxy", "image": "nginx:1.27", "repositoryCredentials": {"credentialsParameter": HUB_LOGIN},
                "logConfiguration": {
                    "logDriver": "splunk", "options": {"splunk-token": "canary-option"},
                    "secretOptions": [{"name": "splunk-url", "valueFrom": "splunk-url"}]
                }
            },
            {
                "name": "log_router", "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
                "firelensConfiguration": {"type": "fluentbit", "options": {"key": "canary-firelens"}}
            }
        ]
    })
}

/// The smallest of its kind, with a container's further keys.
fn small(container: &Value) -> Value {
    let mut first = json!({"name": "web", "image": IMAGE});
    for (key, value) in container.as_object().unwrap() {
        first[key] = value.clone();
    }
    json!({"family": "a", "containerDefinitions": [first]})
}

fn raw(text: &str) -> RawInputs {
    let given = NamedText { name: "task.json".to_owned(), text: text.to_owned() };
    RawInputs { region: Some("ap-northeast-1".to_owned()), task_definition: Some(given), ..RawInputs::default() }
}

fn inputs(text: &str) -> Inputs {
    accept(&raw(text), &Vantage::default()).unwrap()
}

fn refused(text: &str) -> String {
    accept(&raw(text), &Vantage::default()).unwrap_err().to_string()
}

#[test]
fn a_task_definition_gives_all_that_its_start_touches() {
    let inputs = inputs(&full().to_string());
    let images: Vec<&str> = inputs.images.iter().map(|image| image.reference.as_str()).collect();
    assert_eq!(images, [IMAGE, "nginx:1.27", "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"]);
    let secrets: Vec<_> = inputs.secrets.iter().map(|s| (s.written(), s.store, s.region.as_str())).collect();
    let (manager, store) = (SecretStore::SecretsManager, SecretStore::ParameterStore);
    let expected = [
        (format!("{DATABASE}:user"), manager, "us-west-2"),
        (format!("{DATABASE}:password"), manager, "us-west-2"),
        ("/prod/url".to_owned(), store, "ap-northeast-1"),
        ("plain-parameter".to_owned(), store, "ap-northeast-1"),
        (HUB_LOGIN.to_owned(), manager, "ap-northeast-1"),
        ("splunk-url".to_owned(), store, "ap-northeast-1"),
    ];
    assert_eq!(secrets, expected);
    assert_eq!(inputs.secrets[4].purpose, SecretUse::Registry { image: "nginx:1.27".to_owned() });
    assert_eq!(inputs.secrets[5].purpose, SecretUse::LogOption);
    let groups: Vec<_> = inputs.log_groups.iter().map(|g| (g.name.as_str(), g.region.as_str(), g.create)).collect();
    assert_eq!(groups, [("/ecs/shop", "ap-northeast-1", true)]);
    assert_eq!(inputs.environment_files, [EnvironmentFile { bucket: "settings".into(), key: "web.env".into() }]);
    assert_eq!(inputs.volumes, [EfsVolume { file_system: "fs-0123456789abcdef0".into() }]);
    assert_eq!(inputs.platform.to_string(), "linux/arm64");
    let about = inputs.task_definition.clone().unwrap();
    assert_eq!((about.name.as_str(), about.firelens, about.awslogs, about.task_role), ("shop:7", true, true, None));
    assert_eq!(about.execution_role.as_deref(), Some("arn:aws:iam::123456789012:role/ecsTaskExecutionRole"));
    assert_eq!(inputs.believed_again(), Ok(()));
}

#[test]
fn what_is_not_needed_has_no_way_into_the_inputs() {
    let text = full().to_string();
    assert_eq!(text.matches("canary").count(), 6);
    let raw = raw(&text);
    let inputs = accept(&raw, &Vantage::default()).unwrap();
    for shown in [format!("{inputs:?}"), serde_json::to_string(&inputs).unwrap(), format!("{raw:?}")] {
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[test]
fn every_form_in_which_it_comes_is_read_the_same() {
    let plain = full().to_string();
    let wrapped = json!({"taskDefinition": full(), "tags": []});
    let forms = [
        format!("\u{feff}\n{plain}\n"),
        packed(plain.as_bytes()),
        wrapped.to_string(),
        serde_json::to_string_pretty(&wrapped).unwrap(),
        packed(wrapped.to_string().as_bytes()),
    ];
    for form in forms {
        assert_eq!(inputs(&form), inputs(&plain));
    }
}

#[test]
fn the_region_is_the_definitions_own_only_where_nothing_nearer_names_one() {
    let region = |definition: &Value| {
        let raw = RawInputs { region: None, ..raw(&definition.to_string()) };
        accept(&raw, &Vantage::default()).map(|inputs| (inputs.region.to_string(), inputs.account))
    };
    let account = Some("123456789012".to_owned());
    assert_eq!(region(&full()), Ok(("ap-northeast-1".to_owned(), account.clone())));
    let log = json!({"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "eu-west-2"}});
    let mut other = small(&json!({"image": "nginx", "logConfiguration": log}));
    assert_eq!(region(&other), Ok(("eu-west-2".to_owned(), None)));
    other["taskDefinitionArn"] = full()["taskDefinitionArn"].clone();
    assert_eq!(region(&other), Ok(("eu-west-1".to_owned(), account)));
    let secret = small(&json!({"image": "nginx", "secrets": [{"name": "A", "valueFrom": DATABASE}]}));
    assert_eq!(region(&secret), Ok(("us-west-2".to_owned(), None)));
    assert!(region(&small(&json!({"image": "nginx"}))).is_err());
}

#[test]
fn the_platform_is_the_tasks_or_fargates_or_the_machines() {
    let runtime = |cpu: &str, system: &str| json!({"cpuArchitecture": cpu, "operatingSystemFamily": system});
    let table = [
        (json!({}), "linux/amd64"),
        (json!({"requiresCompatibilities": ["EC2", "FARGATE"]}), "linux/amd64"),
        (json!({"requiresCompatibilities": ["EC2"]}), "linux/arm64"),
        (json!({"runtimePlatform": runtime("ARM64", "LINUX")}), "linux/arm64"),
        (json!({"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}), "windows/amd64"),
        (json!({"runtimePlatform": null}), "linux/amd64"),
    ];
    for (keys, expected) in table {
        let mut definition = small(&json!({}));
        for (key, value) in keys.as_object().unwrap() {
            definition[key] = value.clone();
        }
        let raw = RawInputs { machine: Some("aarch64".to_owned()), ..raw(&definition.to_string()) };
        assert_eq!(accept(&raw, &Vantage::default()).unwrap().platform.to_string(), expected, "{definition}");
    }
    for (machine, expected) in [(Some("aarch64"), "arm64"), (Some("x86_64"), "amd64"), (None, "amd64")] {
        assert_eq!(Platform::of_machine(machine).architecture, expected);
    }
}

#[test]
fn flags_add_to_the_definition_and_what_is_said_twice_counts_once() {
    let mut raw = raw(&full().to_string());
    raw.images = vec![format!("{IMAGE}\nghcr.io/o/r:1")];
    raw.secrets = vec![format!("{DATABASE}:user::\nssm:/prod/url\nmore")];
    raw.log_groups = vec!["/ecs/shop\n/ecs/more".to_owned()];
    let (more, plain) = (accept(&raw, &Vantage::default()).unwrap(), inputs(&full().to_string()));
    assert_eq!((more.images.len(), more.secrets.len(), more.log_groups.len()), (4, plain.secrets.len() + 1, 2));
    assert_eq!(more.images[3].reference, "ghcr.io/o/r:1");
    assert_eq!(more.secrets.last().unwrap().id, "more");
}

#[test]
fn what_is_no_task_definition_is_said_to_be_what_it_is() {
    let table = [
        ("", "it is empty"),
        ("hello", "neither the JSON of a task definition, nor that gzipped in base64, nor a file's name"),
        ("family: web\ncontainerDefinitions:\n  - name: hunter2", "YAML, and only JSON is read"),
        ("---\nfamily: web", "YAML, and only JSON is read"),
        ("{\"family\": \"a\",\n \"password\": hunter2}", "not JSON: something else stands in line 2, column 14"),
        ("{\"family\": \"a\",\n \"password\": \"hunter2", "its end is missing: the JSON stops in line 2"),
        ("{} {}", "not JSON: something else stands in line 1, column 4"),
        ("[{\"name\":\"web\",\"image\":\"nginx\"}]", "a list, such as Terraform's container definitions: expected"),
        ("\"{}\"", "a string: expected"),
        ("12", "a number: expected"),
        ("{}", "JSON without containerDefinitions: expected"),
        ("{\"clusters\":[]}", "a cluster: expected"),
        ("{\"services\":[{}]}", "a service: expected"),
        ("{\"serviceName\":\"a\",\"taskDefinition\":\"shop:7\"}", "a service: expected"),
        ("{\"tasks\":[]}", "a task, or what starts one: expected"),
        ("{\"taskDefinition\":\"shop:7\"}", "something that only names a task definition: expected"),
        ("{\"taskDefinition\":{\"taskDefinition\":{}}}", "taskDefinition: something that only names"),
        ("{\"taskDefinitionArns\":[]}", "a list of task definitions without what stands in them: expected"),
        ("{\"name\":\"web\",\"image\":\"nginx\"}", "a single container's definition: expected"),
        ("{\"Type\":\"AWS::ECS::TaskDefinition\",\"Properties\":{}}", "a template of CloudFormation, whose keys"),
        ("{\"Family\":\"a\",\"ContainerDefinitions\":[]}", "a template of CloudFormation, whose keys"),
        ("{\"container_definitions\":\"[]\"}", "a resource of Terraform, whose keys"),
        ("{\"family\":\"a\",\"family\":\"b\"}", "one of its keys stands in it twice"),
    ];
    for (text, expected) in table {
        let said = refused(text);
        assert!(said.starts_with(&format!("--task-definition task.json: {expected}")), "{text}: {said}");
        assert!(!said.contains("hunter2") && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn what_is_wrong_in_it_is_said_with_container_and_field_and_without_the_value() {
    let awslogs = |options: Value| json!({"logConfiguration": {"logDriver": "awslogs", "options": options}});
    let table = [
        (json!({"image": "UPPER/case"}), "container web: image UPPER/case: the repository is not lower-case"),
        (json!({"image": null}), "container web: it has no image"),
        (json!({"image": ""}), "container web: image: it is empty"),
        (json!({"image": ["hunter2"]}), "container web: image: a list, and a string was expected"),
        (json!({"image": "${IMAGE}"}), "container web: image ${IMAGE}: a placeholder that nothing was put into"),
        (json!({"name": null, "image": 5}), "container 1: image: a number, and a string was expected"),
        (json!({"secrets": "hunter2"}), "container web: secrets: a string, and a list was expected"),
        (json!({"secrets": ["hunter2"]}), "container web: secrets 1: a string, and an object was expected"),
        (json!({"secrets": [{"name": "A"}]}), "container web: secrets A: it has no valueFrom"),
        (
            json!({"secrets": [{"name": "A", "valueFrom": "arn:aws:s3:::b/k"}]}),
            "container web: secrets A: valueFrom arn:aws:s3:::b/k: the ARN of a secret names a Region",
        ),
        (
            json!({"repositoryCredentials": {"credentialsParameter": true}}),
            "container web: repositoryCredentials: credentialsParameter: true or false, and a string was expected",
        ),
        (
            json!({"environmentFiles": [{"type": "s3", "value": "s3://bucket/key"}]}),
            "container web: environmentFiles 1: value s3://bucket/key: not an ARN",
        ),
        (
            json!({"environmentFiles": [{"type": "ftp"}]}),
            "container web: environmentFiles 1: type ftp: only s3 is known",
        ),
        (json!({"logConfiguration": {}}), "container web: logConfiguration: it has no logDriver"),
        (awslogs(json!({})), "container web: logConfiguration: the awslogs driver has no option awslogs-group"),
        (
            awslogs(json!({"awslogs-group": "g", "awslogs-region": "eu-west-1a"})),
            "container web: logConfiguration: options: awslogs-region eu-west-1a: fits no partition",
        ),
    ];
    for (container, expected) in table {
        let said = refused(&small(&container).to_string());
        assert!(said.starts_with(&format!("--task-definition task.json: {expected}")), "{said}");
        assert!(!said.contains("hunter2") && said.lines().count() == 1, "{said}");
    }
    let outside = [
        (json!({"containerDefinitions": []}), "containerDefinitions: it is empty"),
        (json!({"containerDefinitions": {}}), "containerDefinitions: an object, and a list was expected"),
        (json!({"containerDefinitions": vec![json!({}); 101]}), "containerDefinitions: 101 are more than the 100"),
        (json!({"containerDefinitions": ["hunter2"]}), "containerDefinitions 1: a string, and an object was expected"),
        (
            json!({"runtimePlatform": {"cpuArchitecture": "RISC"}}),
            "runtimePlatform: cpuArchitecture RISC: expected X86",
        ),
        (json!({"runtimePlatform": {"operatingSystemFamily": 1}}), "runtimePlatform: operatingSystemFamily: a number"),
        (
            json!({"volumes": [{"name": "v", "efsVolumeConfiguration": {}}]}),
            "volumes 1: efsVolumeConfiguration: volume v",
        ),
        (
            json!({"volumes": [{"efsVolumeConfiguration": {"fileSystemId": "x.example.com"}}]}),
            "volumes 1: efsVolumeConfiguration: fileSystemId x.example.com: not a file system's id",
        ),
        (json!({"executionRoleArn": "a role"}), "executionRoleArn a role: there is a character in it"),
        (json!({"taskDefinitionArn": "shop:7"}), "taskDefinitionArn shop:7: not an ARN"),
    ];
    for (keys, expected) in outside {
        let mut definition = small(&json!({}));
        for (key, value) in keys.as_object().unwrap() {
            definition[key] = value.clone();
        }
        let said = refused(&definition.to_string());
        assert!(said.starts_with(&format!("--task-definition task.json: {expected}")), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn junk_gives_one_sentence_and_no_panic() {
    let whole = full().to_string();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        // xorshift: the same junk in each run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    let said_once = |text: &str| {
        if let Err(error) = accept(&raw(text), &Vantage::default()) {
            let said = error.to_string();
            assert!(said.starts_with("--task-definition") && said.lines().count() == 1, "{text}: {said}");
            assert!(said.chars().count() < 600 && !said.contains("canary"), "{said}");
        }
    };
    (0..whole.len()).filter(|end| whole.is_char_boundary(*end)).for_each(|end| {
        assert!(accept(&raw(&whole[..end]), &Vantage::default()).is_err(), "{end}");
        said_once(&whole[..end]);
    });
    let packed = packed(whole.as_bytes());
    (0..packed.len()).step_by(7).for_each(|end| said_once(&packed[..end]));
    for _ in 0..2_000 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..=random() % 4 {
            let at = random() % bytes.len();
            bytes[at] = b"{}[]\",:0nt\\ \x01"[random() % 13];
        }
        said_once(&String::from_utf8(bytes).unwrap());
        let junk: Vec<u8> = (0..random() % 60).map(|_| u8::try_from(random() % 256).unwrap()).collect();
        said_once(&String::from_utf8_lossy(&junk));
    }
    for deep in ["[", "{\"a\":", "{\"containerDefinitions\":[", "{\"taskDefinition\":"] {
        said_once(&deep.repeat(50_000));
    }
}
