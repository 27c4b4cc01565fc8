use super::*;

#[path = "../../../../tests/data/runtime_api.rs"]
mod runtime_api;

use runtime_api::{Came, api, event, status};

fn of_id(id: &str, body: &[u8]) -> Vec<u8> {
    event(&format!("Lambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: 1763712000000\r\n"), body)
}

/// Answers as the event asks: with itself, with an error, or by a panic.
fn handle(invocation: Invocation) -> Result<String, Failure> {
    let event = invocation.event.map_err(Failure::input)?;
    match String::from_utf8(event).unwrap().as_str() {
        "bad" => Err(Failure::input("the event's region: \"expected\" another")),
        "panic" => panic!("as it was asked"),
        event => Ok(event.to_owned()),
    }
}

/// What the loop ends with once the API is gone.
const GONE: &str = "wait for the next event: the runtime API gives no connection, or no HTTP";

fn served(answers: Vec<Vec<u8>>) -> (Vec<Came>, Result<(), Failure>, Vec<String>) {
    let (address, came) = api(answers);
    let mut logged = Vec::new();
    let ended = serve(&address, || Ok(()), handle, |failure| logged.push(failure.sentence.clone()));
    (came.join().unwrap(), ended, logged)
}

#[test]
fn one_event_after_the_other_is_answered() {
    let answers = vec![of_id("a-1", b"{\"n\":1}"), status(202), of_id("a-2", b"{\"n\":2}"), status(202)];
    let (came, ended, logged) = served(answers);
    let seen: Vec<_> = came.iter().map(|(line, _, body)| (line.as_str(), body.as_str())).collect();
    let next = ("GET /2018-06-01/runtime/invocation/next", "");
    let answered = |id: &str| format!("POST /2018-06-01/runtime/invocation/{id}/response");
    let expected = [next, (&answered("a-1"), "{\"n\":1}"), next, (&answered("a-2"), "{\"n\":2}")];
    assert_eq!(seen, expected);
    assert_eq!((ended.unwrap_err().sentence.as_str(), logged.len()), (GONE, 0));
}

#[test]
fn what_comes_to_nothing_is_an_error_of_its_invocation_alone() {
    let huge = vec![b' '; 9 << 20];
    let cut = event("Lambda-Runtime-Aws-Request-Id: a\r\nTransfer-Encoding: chunked\r\n", b"ffff\r\nhalf");
    let cut = String::from_utf8(cut).unwrap().replace("content-length: 10\r\n", "").into_bytes();
    let table: [(Vec<u8>, &str, &str); 4] = [
        (of_id("a", b"bad"), "InputError", "the event's region: \"expected\" another"),
        (of_id("a", b"panic"), "Bug", BUG),
        (of_id("a", &huge), "InputError", "the event is larger than 8388608 bytes"),
        (cut, "InputError", "the event breaks off before its end"),
    ];
    for (event, kind, sentence) in table {
        let (came, ended, logged) = served(vec![event, status(202), of_id("b", b"{}"), status(202)]);
        let (line, head, body) = &came[1];
        assert_eq!(line, "POST /2018-06-01/runtime/invocation/a/error");
        assert!(
            head.contains(&format!("lambda-runtime-function-error-type: function.{}", kind.to_lowercase())),
            "{head}"
        );
        let document: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(document, serde_json::json!({"errorType": kind, "errorMessage": sentence}));
        assert_eq!(came[3].0, "POST /2018-06-01/runtime/invocation/b/response", "{sentence}");
        assert_eq!((logged, ended.unwrap_err().sentence.as_str()), (vec![sentence.to_owned()], GONE));
    }
}

#[test]
fn an_answer_that_is_not_taken_becomes_an_error() {
    let (came, _, logged) = served(vec![of_id("a", b"{}"), status(413), status(202)]);
    assert_eq!(came[2].0, "POST /2018-06-01/runtime/invocation/a/error");
    assert!(came[2].2.contains("the runtime API answers with status 413"), "{}", came[2].2);
    assert_eq!(logged, ["answer an invocation: the runtime API answers with status 413"]);
}

#[test]
fn an_event_that_can_not_be_answered_ends_the_function() {
    let no_id = "wait for the next event: the runtime API gives it no id that could be answered";
    let table = [
        (event("", b"{}"), no_id),
        (event("Lambda-Runtime-Aws-Request-Id: ../../init/error\r\n", b"{}"), no_id),
        (status(500), "wait for the next event: the runtime API answers with status 500"),
        (b"garbage\r\n\r\n".to_vec(), GONE),
    ];
    for (answer, sentence) in table {
        let (came, ended, _) = served(vec![answer]);
        assert_eq!((came.len(), ended.unwrap_err().sentence.as_str()), (1, sentence));
    }
}

#[test]
fn a_deadline_that_says_nothing_is_none() {
    for (header, is_known) in [("1763712000000", true), ("soon", false), ("-1", false), ("99999999999999999999", false)]
    {
        let head = format!("Lambda-Runtime-Aws-Request-Id: a\r\nLambda-Runtime-Deadline-Ms: {header}\r\n");
        let (address, came) = api(vec![event(&head, b"{}"), status(202)]);
        let mut known = None;
        let handle = |invocation: Invocation| {
            known = Some(invocation.deadline.is_some());
            Ok("{}".to_owned())
        };
        let _ = serve(&address, || Ok(()), handle, |_| {});
        assert_eq!((came.join().unwrap().len(), known), (2, Some(is_known)), "{header}");
    }
}

#[test]
fn a_start_that_fails_is_told_and_no_event_is_asked_for() {
    let (address, came) = api(vec![status(202)]);
    let failure = Failure::input("the function's environment: VPCPROBE_STRICT: expected true or false");
    let ended = serve(&address, || Err(failure.clone()), handle, |_| {});
    assert_eq!(ended.unwrap_err(), failure);
    let came = came.join().unwrap();
    assert_eq!(came[0].0, "POST /2018-06-01/runtime/init/error");
    assert!(came[0].2.contains("VPCPROBE_STRICT"), "{}", came[0].2);
}
