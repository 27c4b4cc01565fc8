//! The binary as a Lambda function: events in, reports out, nothing kept between them.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

#[path = "data/runtime_api.rs"]
mod runtime_api;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use runtime_api::{api, event, exchange, request, status};

/// The function, with arguments that must not count.
fn function(address: &str, environment: &[(&str, &str)]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe"));
    command.args(["schema"]).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("AWS_LAMBDA_RUNTIME_API", address).env("AWS_LAMBDA_FUNCTION_NAME", "vpcprobe-0a1b");
    command.envs(environment.iter().copied()).spawn().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An event for a function that is ended so many milliseconds from now.
fn ending_in(ms: u128, id: &str, body: &Value) -> Vec<u8> {
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() + ms;
    let headers = format!("Lambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n");
    event(&headers, body.to_string().as_bytes())
}

#[test]
fn each_event_is_a_run_of_its_own() {
    // So short a time that nothing is sent.
    let asked = json!({"region": "eu-west-1", "deadline": "1ms"});
    let secret = json!({"region": "eu-west-1", "task_definition": {"clusters": [{"password": "hunter2"}]}});
    let (address, came) = api(vec![
        ending_in(60_000, "first", &asked),
        status(202),
        ending_in(60_000, "second", &json!({"region": "mars-north-1"})),
        status(202),
        ending_in(60_000, "third", &secret),
        status(202),
        ending_in(0, "fourth", &json!({"region": "us-east-1", "strict": true})),
        status(202),
    ]);
    let output = function(&address, &[("VPCPROBE_LAYERS", "full")]).wait_with_output().unwrap();
    let came = came.join().unwrap();
    let answer = |index: usize| (came[index].0.clone(), serde_json::from_str::<Value>(&came[index].2).unwrap());

    let (path, first) = answer(1);
    assert_eq!(path, "POST /2018-06-01/runtime/invocation/first/response");
    assert_eq!(first["vantage"]["kind"], "lambda");
    assert_eq!(first["vantage"]["function"], json!({"name": "vpcprobe-0a1b"}));
    assert_eq!(
        (&first["inputs"]["region"], &first["inputs"]["layers"], &first["inputs"]["limits"]["deadline_ms"]),
        (&json!("eu-west-1"), &json!("full"), &json!(1))
    );
    assert_eq!((&first["exit_code"], &first["run"]["ended"]), (&json!(71), &json!("deadline")));

    for (index, id, words) in [(3, "second", "mars-north-1"), (5, "third", "a cluster")] {
        let (path, error) = answer(index);
        assert_eq!(path, format!("POST /2018-06-01/runtime/invocation/{id}/error"));
        assert_eq!(error["errorType"], "InputError");
        assert!(error["errorMessage"].as_str().unwrap().contains(words), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    let (path, fourth) = answer(7);
    assert_eq!(path, "POST /2018-06-01/runtime/invocation/fourth/response");
    assert_eq!(fourth["inputs"]["region"], "us-east-1");
    assert_eq!(fourth["inputs"]["limits"]["deadline_ms"], 1);
    assert_eq!(fourth["vantage"]["function"]["asked_deadline_ms"], 60_000);
    assert_ne!(fourth["run"]["id"], first["run"]["id"]);
    assert!(output.stdout.is_empty());
    assert!(said(&output).contains("the function's own time-out leaves 1 ms"), "{}", said(&output));
    assert!(!said(&output).contains("hunter2"), "{}", said(&output));
}

#[test]
fn what_an_event_expects_reaches_the_plan() {
    let object = json!({
        "default": {"route": "private"},
        "expect": [{"hosts": ["a.example"], "reachable": false}, {"services": ["s3"], "route": "gateway"}],
    });
    // As an object, and as its text.
    let events = [object.clone(), json!(object.to_string())].map(|expectations| {
        ending_in(60_000, "one", &json!({"region": "eu-west-1", "deadline": "1ms", "expectations": expectations}))
    });
    let wrong = json!({"region": "eu-west-1", "expectations": {"expect": [{"services": ["s4"], "route": "any"}]}});
    let [first, second] = events;
    let (address, came) =
        api(vec![first, status(202), second, status(202), ending_in(60_000, "wrong", &wrong), status(202)]);
    let output = function(&address, &[]).wait_with_output().unwrap();
    let came = came.join().unwrap();
    for index in [1, 3] {
        let report: Value = serde_json::from_str(&came[index].2).unwrap();
        let route = |id: &str| {
            let checks = report["checks"].as_array().unwrap();
            checks.iter().find(|check| check["id"] == id).unwrap()["expected_route"].clone()
        };
        let routes = ["ecr.api", "s3", "a.example:443"].map(route);
        assert_eq!(routes, [json!("private"), json!("gateway"), json!("blocked")], "{}", said(&output));
    }
    let error: Value = serde_json::from_str(&came[5].2).unwrap();
    assert_eq!(error["errorType"], "InputError");
    assert!(error["errorMessage"].as_str().unwrap().contains("s4"), "{error}");
}

#[test]
fn a_signal_between_events_ends_the_function_without_a_word() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut child = function(&listener.local_addr().unwrap().to_string(), &[]);
    let (mut waiting, _) = listener.accept().unwrap();
    assert_eq!(request(&mut waiting).0, "GET /2018-06-01/runtime/invocation/next");
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let ended = child.wait().unwrap();
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    assert_eq!((ended.code(), words.as_str()), (Some(0), ""));
}

#[test]
fn a_function_that_can_not_start_says_why() {
    let table = [("VPCPROBE_STRICT", "hunter2"), ("VPCPROBE_ROOTS", "/nonexistent"), ("VPCPROBE_SINK", "file:/tmp/x")];
    for (name, value) in table {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let child = function(&listener.local_addr().unwrap().to_string(), &[(name, value)]);
        let (path, _, body) = exchange(&listener, &status(202));
        let output = child.wait_with_output().unwrap();
        assert_eq!((path.as_str(), output.status.code()), ("POST /2018-06-01/runtime/init/error", Some(3)), "{name}");
        assert!(body.starts_with("{\"errorType\":\"InputError\",\"errorMessage\":\""), "{name}: {body}");
        assert_eq!(said(&output).lines().count(), 1, "{}", said(&output));
        assert!(!body.contains("hunter2") && !said(&output).contains("hunter2"), "{name}");
    }
    let output = function("sandbox.localdomain:9001", &[]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(71));
    assert!(said(&output).contains("AWS_LAMBDA_RUNTIME_API sandbox.localdomain:9001: expected"), "{}", said(&output));
}
