//! The command line as people meet it: bad input is one sentence and its code, and nothing is probed.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

use std::process::{Command, Output};

fn vpcprobe(args: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe"));
    command.args(args).env_clear().envs(environment.iter().copied());
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn bad_input_is_one_sentence_and_exit_3() {
    let table: &[(&[&str], &str)] = &[
        (&["--region", "eu-west-1a"], "eu-west-1a"),
        (&["--region", "mars-north-1"], "mars-north-1"),
        (&["--region", "eu-west-1", "--image", "UPPER/case"], "UPPER/case"),
        (&["--region", "eu-west-1", "--image", "arn:aws:ecr:eu-west-1:123456789012:repository/x"], "arn:aws:ecr"),
        (&["--region", "eu-west-1", "--image", "repo:"], "repo:"),
        (&["--region", "eu-west-1", "--endpoint", "host:notaport"], "host:notaport"),
        (&["--region", "eu-west-1", "--endpoint", "host:443=sideways"], "sideways"),
        (&["--region", "eu-west-1", "--endpoints", "/nonexistent/list"], "/nonexistent/list"),
        (&["--region", "eu-west-1", "--vpc-cidr", "10.0.0.0/33"], "10.0.0.0/33"),
        (&["--region", "eu-west-1", "--expect", "sideways"], "sideways"),
        (&["--region", "eu-west-1", "--service", "ecr.apj"], "ecr.apj"),
        (&["--region", "eu-west-1", "--profile", "fargat"], "fargat"),
        (&["--region", "eu-west-1", "--deadline", "soon"], "soon"),
        (&["--region", "eu-west-1", "--connect-timeout", "0s"], "0s"),
        (&["--region", "eu-west-1", "--layers", "some"], "some"),
        (&["--region", "eu-west-1", "--secret", "arn:aws:s3:::b/k"], "arn:aws:s3:::b/k"),
        (&["--region", "eu-west-1", "--log-group", "a b"], "a b"),
        (&["--region", "eu-west-1", "--max-pull-time", "long"], "long"),
        (&["--region", "eu-west-1", "--task-definition", "/nonexistent/task.json"], "/nonexistent/task.json"),
        (&["--region", "eu-west-1", "--task-definition", "{\"clusters\":[]}"], "a cluster"),
        (&["--region", "eu-west-1", "--task-definition", "[{\"image\":\"nginx\"}]"], "a list"),
        (&["--region", "eu-west-1", "--task-definition", "family: web"], "YAML"),
        (&["--region", "eu-west-1", "--task-definition", "H4sIAAAA"], "inflated"),
        (&["--region", "eu-west-1", "--roots", "/nonexistent/roots.pem"], "/nonexistent/roots.pem"),
        (&["--region", "eu-west-1", "--format", "yaml"], "yaml"),
        (&["--region", "eu-west-1", "--sink", "pigeon:coop"], "pigeon"),
        (&["--region", "eu-west-1", "--sink", "cloudwatch:a b"], "log group's name"),
        (&["--region", "eu-west-1", "--sink", "s3://bucket"], "s3://BUCKET/KEY"),
    ];
    for (args, place) in table {
        let output = vpcprobe(&[&["run"], *args].concat(), &[]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{args:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
        assert!(said.starts_with("vpcprobe: ") && said.contains(place), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn no_region_anywhere_is_said() {
    let output = vpcprobe(&["run"], &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("--region"), "{}", text(&output.stderr));
}

#[test]
fn what_clap_rejects_is_exit_2() {
    for args in [&["run", "--nonsense"][..], &["walk"], &[], &["diagnose"]] {
        assert_eq!(vpcprobe(args, &[]).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_an_empty_variable_is_unset() {
    let plan = |args: &[&str], environment: &[(&str, &str)]| {
        let output = vpcprobe(&[&["plan", "--format", "json"], args].concat(), environment);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["region"].clone()
    };
    let ours = ("VPCPROBE_REGION", "eu-west-1");
    assert_eq!(plan(&["--region", "us-east-1"], &[ours]), "us-east-1");
    assert_eq!(plan(&[], &[ours, ("AWS_REGION", "us-east-2")]), "eu-west-1");
    assert_eq!(plan(&[], &[("VPCPROBE_REGION", ""), ("AWS_REGION", "us-east-2")]), "us-east-2");
    assert_eq!(plan(&[], &[("AWS_DEFAULT_REGION", "us-west-2")]), "us-west-2");
    let image = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1";
    assert_eq!(plan(&["--image", image], &[]), "ap-northeast-1");
}

#[test]
fn a_plan_names_the_endpoints_that_a_task_start_needs_and_no_others() {
    let output = vpcprobe(&["plan", "--region", "ap-northeast-1", "--format", "json"], &[]);
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let services: Vec<&str> =
        plan["endpoints"].as_array().unwrap().iter().map(|e| e["service"].as_str().unwrap()).collect();
    let mut expected = ["ecr.api", "ecr.dkr", "logs", "s3"].map(|s| format!("com.amazonaws.ap-northeast-1.{s}"));
    let mut services: Vec<String> = services.into_iter().map(str::to_owned).collect();
    services.sort();
    expected.sort();
    assert_eq!(services, expected);
}

#[test]
fn repeatable_variables_are_separated_by_newlines() {
    let environment = [("AWS_REGION", "eu-west-1"), ("VPCPROBE_ENDPOINT", "a.example.com\ntcp://b.example.com:5432\n")];
    let output = vpcprobe(&["plan", "--format", "text"], &environment);
    let shown = text(&output.stdout);
    assert!(shown.contains("a.example.com:443") && shown.contains("b.example.com:5432"), "{shown}");
}

/// A task definition whose environment no output may show.
const DEFINITION: &str = r#"{"family": "web", "containerDefinitions": [{
    "name": "web", "image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1",
    "environment": [{"name": "PASSWORD", "value": "hunter2"}],
    "secrets": [{"name": "DB", "valueFrom": "arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf:key::"}]
}]}"#;

#[test]
fn a_task_definition_comes_from_a_file_or_the_variable() {
    let path = std::env::temp_dir().join(format!("vpcprobe-cli-{}.json", std::process::id()));
    std::fs::write(&path, DEFINITION).unwrap();
    let of_file = vpcprobe(&["plan", "--format", "json", "--task-definition", path.to_str().unwrap()], &[]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(of_file.status.code(), Some(0), "{}", text(&of_file.stderr));
    let of_variable = vpcprobe(&["plan", "--format", "json"], &[("VPCPROBE_TASK_DEFINITION", DEFINITION)]);
    assert_eq!(text(&of_file.stdout), text(&of_variable.stdout));
    assert!(text(&of_file.stdout).contains("secretsmanager.us-west-2.amazonaws.com"), "{}", text(&of_file.stdout));
    let empty = vpcprobe(&["plan", "--region", "eu-west-1"], &[("VPCPROBE_TASK_DEFINITION", "")]);
    assert_eq!(empty.status.code(), Some(0), "{}", text(&empty.stderr));
}

#[test]
fn a_files_name_in_the_variable_is_told_that_the_text_belongs_there() {
    let output = vpcprobe(&["plan", "--region", "eu-west-1"], &[("VPCPROBE_TASK_DEFINITION", "task.json")]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("task.json") && said.contains("takes the JSON itself"), "{said}");
}

#[test]
fn nothing_of_a_task_definitions_environment_comes_out() {
    let broken =
        [DEFINITION.replace("app:1", "APP"), DEFINITION.replace("}]}", "}"), DEFINITION.replace("{\"family\"", "x")];
    for given in broken.iter().map(String::as_str).chain([DEFINITION]) {
        let output = vpcprobe(&["plan"], &[("VPCPROBE_LOG", "trace"), ("VPCPROBE_TASK_DEFINITION", given)]);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.is_empty() && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_copy_that_can_not_leave_the_host_is_named_in_the_others_and_costs_nothing() {
    let folder = std::env::temp_dir().join(format!("vpcprobe-cli-sinks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let kept = format!("file:{}", folder.join("report.json").display());
    let sinks = ["--sink", "stdout", "--sink", &kept, "--sink", "cloudwatch:/ecs/app", "--sink", "s3://bucket/key"];
    let run = [&["run", "--region", "eu-west-1", "--deadline", "1ms", "--no-control", "--format", "json"], &sinks[..]];
    let diagnose = [&["diagnose", &kept["file:".len()..], "--format", "json"], &sinks[..]];
    for args in [run.concat(), diagnose.concat()] {
        let output = vpcprobe(&args, &[]);
        let said = text(&output.stderr);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code().map(i64::from), report["exit_code"].as_i64(), "{args:?}: {said}");
        assert_ne!(output.status.code(), Some(70), "{args:?}: {said}");
        let results: Vec<_> = report["sinks"].as_array().unwrap().iter().map(|s| (&s["sink"], &s["ok"])).collect();
        let expected = [
            (&"cloudwatch:/ecs/app".into(), &false.into()),
            (&"s3://bucket/key".into(), &false.into()),
            (&kept.as_str().into(), &true.into()),
        ];
        assert_eq!(results, expected, "{args:?}");
        assert_eq!(said.matches("there are no credentials").count(), 2, "{args:?}: {said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_report_that_is_none_is_exit_3() {
    let folder = std::env::temp_dir().join(format!("vpcprobe-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, content) in [("empty", ""), ("html", "<html>"), ("other", "{\"schema_version\":2}"), ("cut", "{\"a\":")]
    {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        let output = vpcprobe(&["diagnose", path.to_str().unwrap()], &[]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{name}: {said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A report of a run that had no time to look at anything.
fn report_of_a_run(folder: &std::path::Path, name: &str, format: &str) -> String {
    let run = ["run", "--region", "eu-west-1", "--deadline", "1ms", "--no-control", "--format", format];
    let path = folder.join(name);
    std::fs::write(&path, vpcprobe(&run, &[]).stdout).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn reports_of_both_forms_are_merged_with_what_is_known_of_other_runs() {
    let folder = std::env::temp_dir().join(format!("vpcprobe-cli-merge-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let document = report_of_a_run(&folder, "a.json", "json");
    let records = report_of_a_run(&folder, "b.jsonl", "jsonl");
    let among_others = std::fs::read_to_string(&records).unwrap().replace('\n', "\n{\"level\":\"INFO\"}\nplain\n");
    std::fs::write(&records, among_others).unwrap();
    let (first, second) = (format!("subnet-0a={document}"), format!("subnet-0b={records}"));
    let args = ["merge", &first, &second, "--exit", "subnet-0c=53"];
    let output = vpcprobe(&[&args[..], &["--not-started", "subnet-0d=Task failed to start"]].concat(), &[]);
    assert_eq!(output.status.code(), Some(53), "{}", text(&output.stderr));
    let merged: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = merged["runs"].as_array().unwrap();
    let rows: Vec<_> = runs.iter().map(|run| (run["name"].as_str().unwrap(), run["exit_code"].as_i64())).collect();
    let expected = [("subnet-0a", Some(71)), ("subnet-0b", Some(71)), ("subnet-0c", Some(53)), ("subnet-0d", None)];
    assert_eq!((merged["kind"].as_str(), &rows[..]), (Some("merged"), &expected[..]));
    let shown = vpcprobe(&["merge", "--format", "text", &document, &records], &[]);
    assert_eq!(shown.status.code(), Some(71));
    assert!(text(&shown.stdout).starts_with("INCONCLUSIVE not known of both runs: "), "{}", text(&shown.stdout));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn one_file_that_is_no_report_is_named_and_nothing_is_merged() {
    let folder = std::env::temp_dir().join(format!("vpcprobe-cli-unmerged-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let good = report_of_a_run(&folder, "good.json", "json");
    let whole = std::fs::read_to_string(&good).unwrap();
    let broken = |name: &str, content: &str| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let cut = broken("cut.json", &whole[..whole.len() / 2]);
    let newer = broken("newer.json", &whole.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1));
    let none = broken("none.json", "<html>");
    let missing = folder.join("missing.json").to_str().unwrap().to_owned();
    let table: [(&[&str], &str); 10] = [
        (&[&good, &cut], "cut.json: the report is cut off"),
        (&[&good, &newer], "newer.json: the report has schema_version 2"),
        (&[&none, &good], "none.json: not a report"),
        (&[&good, &missing], "missing.json: No such file"),
        (&[&cut, &good, &none], "none.json: not a report"),
        (&[&good, &format!("a={good}")], "it is of the same run as"),
        (&["-", "a=-"], "named twice"),
        (&[&good, "--exit", "53"], "expected NAME=CODE"),
        (&[&good, "--not-started", "x"], "expected NAME=TEXT"),
        (&[&good, "--format", "jsonl"], "text or json"),
    ];
    for (args, place) in table {
        let output = vpcprobe(&[&["merge"], args].concat(), &[]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{args:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
        assert!(said.starts_with("vpcprobe: ") && said.contains(place), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    assert_eq!(vpcprobe(&["merge"], &[]).status.code(), Some(2));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A view of a VPC with one subnet.
fn network(range: &str) -> String {
    format!(
        r#"{{"kind": "vpcprobe-network", "schema_version": 1, "collected_at": "2026-11-21T10:00:00Z",
            "region": "ap-northeast-1", "vpc_id": "vpc-1", "vpcs": [{{"VpcId": "vpc-1", "CidrBlock": "{range}"}}],
            "subnets": [{{"SubnetId": "subnet-1", "CidrBlock": "{range}"}}]}}"#
    )
}

#[test]
fn a_view_that_can_not_be_used_is_one_sentence_and_exit_3() {
    let folder = std::env::temp_dir().join(format!("vpcprobe-network-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let whole = network("10.0.1.0/24");
    let case = format!("{}/tests/cases/io-timeout-private-address-one-endpoint.json", env!("CARGO_MANIFEST_DIR"));
    let case: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(case).unwrap()).unwrap();
    let report = folder.join("report.json");
    std::fs::write(&report, case["report"].to_string()).unwrap();
    let report = report.to_str().unwrap();
    let table = [
        ("half a file", whole[..whole.len() / 2].to_owned(), "JSON"),
        ("another document", std::fs::read_to_string(report).unwrap(), "scripts/network"),
        ("nothing", String::new(), "JSON"),
        ("a later shape", whole.replace("_version\": 1", "_version\": 2"), "schema_version 2"),
        ("another VPC", network("192.168.7.0/24"), "vpc-1"),
        ("another Region", whole.replace("ap-northeast-1", "eu-west-1"), "eu-west-1"),
        ("more than any VPC has", " ".repeat((32 << 20) + 1), "it is larger than 32 MiB"),
    ];
    let file = folder.join("network.json");
    let path = file.to_str().unwrap();
    for (about, text, place) in table {
        std::fs::write(&file, text).unwrap();
        for command in ["diagnose", "merge"] {
            let output = vpcprobe(&[command, report, "--network", path, "--format", "json"], &[]);
            let said = text_of(&output);
            assert_eq!(output.status.code(), Some(3), "{about}: {said}");
            assert_eq!(said.lines().count(), 1, "{about}: {said}");
            assert!(said.starts_with("vpcprobe: ") && said.contains(place), "{about}: {said}");
            assert!(output.stdout.is_empty(), "{about}");
        }
    }
    std::fs::write(&file, whole).unwrap();
    let output = vpcprobe(&["diagnose", report, "--network", path, "--format", "json"], &[]);
    let judged: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(judged["network"]["vpc"], "vpc-1", "{}", text_of(&output));
    std::fs::remove_dir_all(&folder).unwrap();
}

fn text_of(output: &Output) -> String {
    text(&output.stderr)
}
