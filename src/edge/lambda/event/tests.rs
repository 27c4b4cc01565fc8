use serde_json::json;

use super::*;

fn read(event: &serde_json::Value) -> Result<(InputArgs, RoundArgs, OutputArgs), EventError> {
    read_event(event.to_string().as_bytes())
}

#[test]
fn an_event_says_what_a_command_line_does() {
    let definition = json!({"family": "web", "containerDefinitions": [{"image": "nginx", "environment": []}]});
    let (inputs, rounds, output) = read(&json!({
        "region": "eu-west-1",
        "image": ["nginx", "-x"],
        "service": "sqs\nsns",
        "task_definition": definition,
        "read_only": true,
        "fips": "yes",
        "strict": false,
        "no_control": null,
        "deadline": "30s",
        "max_pull_time": 7,
        "for": "5m",
        "every": "1s",
        "repeat": 3,
        "sink": ["cloudwatch:/g:s"],
    }))
    .unwrap();
    assert_eq!(inputs.region.as_deref(), Some("eu-west-1"));
    assert_eq!(inputs.image, ["nginx", "-x"]);
    assert_eq!(inputs.service, ["sqs", "sns"]);
    let given: serde_json::Value = serde_json::from_str(&inputs.task_definition.unwrap().0).unwrap();
    assert_eq!(given, definition);
    assert!(inputs.read_only && inputs.fips && !inputs.strict && !inputs.no_control);
    assert_eq!(inputs.limits.deadline.as_deref(), Some("30s"));
    assert_eq!(inputs.limits.max_pull_time.as_deref(), Some("7"));
    assert_eq!(output.sink, ["cloudwatch:/g:s"]);
    let asked = [rounds.time, rounds.every, rounds.repeat].map(Option::unwrap);
    assert_eq!(asked, ["5m", "1s", "3"]);
}

#[test]
fn an_empty_event_asks_for_the_defaults() {
    for event in [&b""[..], b" \n", b"null", b"{}", b" { } "] {
        let (inputs, _, output) = read_event(event).unwrap();
        assert_eq!((inputs.region, inputs.image, inputs.read_only), (None, vec![], false), "{event:?}");
        assert_eq!((output.format, output.sink), (None, vec![]), "{event:?}");
    }
}

#[test]
fn every_flag_of_run_is_a_key() {
    for flag in flags() {
        let key = key_of(&flag).unwrap();
        let is_file = FILES.iter().any(|(file, _)| *file == key);
        let value = match flag.get_action() {
            ArgAction::SetTrue => json!(true),
            _ if key == DEFINITION || key == EXPECTATIONS => json!("{}"),
            _ => json!("x"),
        };
        assert_eq!(read(&json!({ key.as_str(): value })).is_err(), is_file, "{key}");
    }
}

#[test]
fn what_can_not_be_used_is_named_and_no_value_is_shown() {
    let table = [
        (r#"{"imagee": "x"}"#, "the event's key imagee is no input; did you mean image?"),
        (r#"{"read-only": true}"#, "the event's key read-only is no input; did you mean read_only?"),
        (r#"{"Region": "x"}"#, "the event's key Region is no input; did you mean region?"),
        (r#"{"taskDefinition": {}}"#, "the event's key taskDefinition is no input; did you mean task_definition?"),
        (
            r#"{"zzz": 1}"#,
            "the event's key zzz is no input; the keys are the flags of `vpcprobe run` with _ for -, such as region, \
             image and task_definition",
        ),
        (r#"{"help": true}"#, "the event's key help is no input"),
        (r#"{"region": ["a", "b"]}"#, "the event's region: expected one value, and not a list"),
        (
            r#"{"region": {"hunter2": 1}}"#,
            "the event's region: expected a string or a list of strings, and not an object",
        ),
        (r#"{"image": ["a", 7]}"#, "the event's image: expected a list of strings only"),
        (r#"{"image": ["a", ["hunter2"]]}"#, "the event's image: expected a list of strings only"),
        (r#"{"read_only": "hunter2"}"#, "the event's read_only: expected true or false"),
        (r#"{"read_only": 7}"#, "the event's read_only: expected true or false"),
        (r#"{"region": "\ud800"}"#, "the event's region: expected text that is Unicode"),
        (r#"{"task_definition": "/proc/self/environ"}"#, "the event's task_definition: expected the JSON of a task"),
        (r#"{"task_definition": "-"}"#, "the event's task_definition: expected the JSON of a task"),
        (r#"{"task_definition": 7}"#, "the event's task_definition: expected the JSON of a task"),
        (r#"{"endpoints": "/etc/passwd"}"#, "the event's endpoints: it names a file"),
        (r#"{"ca_bundle": "/etc/passwd"}"#, "the event's ca_bundle: it names a file"),
        (r#"{"roots": "/etc/passwd"}"#, "the event's roots: it names a file"),
        (r#"{"region": "hunter2""#, "the event is not JSON: line 1, column 20"),
        ("hunter2", "the event is not JSON: line 1, column 1"),
        (r#"["hunter2"]"#, "the event is a list: expected an object whose keys are inputs"),
        (r#""hunter2""#, "the event is a string: expected an object"),
        ("7", "the event is a number: expected an object"),
        ("true", "the event is true or false: expected an object"),
    ];
    for (event, expected) in table {
        let said = read_event(event.as_bytes()).unwrap_err().0;
        assert!(said.starts_with(expected), "{event}: {said}");
        assert!(!said.contains("hunter2") && !said.contains("/etc/passwd") && said.lines().count() == 1, "{said}");
    }
    assert!(read_event(b"{\"region\": \"\xff\"}").is_err());
}

#[test]
fn an_event_of_any_depth_is_read_or_refused() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    for event in [deep(100_000), format!("{{\"task_definition\": {}}}", deep(100_000)), "[".repeat(100_000)] {
        // A definition is looked at later, by its own rules: here all that counts is that something comes back.
        let _ = read_event(event.as_bytes());
    }
}

#[test]
fn a_file_name_that_is_empty_is_none() {
    let (inputs, ..) = read(&json!({"endpoints": "", "roots": null, "task_definition": " "})).unwrap();
    assert_eq!((inputs.endpoints.as_deref(), inputs.roots), (Some(""), None));
}
