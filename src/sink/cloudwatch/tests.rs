use super::*;
use crate::sink::tests::{Fake, Reply, remote};

const NO_STREAM: &str =
    r#"{"__type":"ResourceNotFoundException","message":"The specified log stream does not exist."}"#;
const PLACE: &str = "write to log group /ecs/app, stream vpcprobe/0123456789abcdef: ";

async fn written(fake: &Fake, stream: Option<&str>, copy: &str) -> Result<(), String> {
    write(&remote(fake).await, "/ecs/app", stream, copy).await
}

fn operations(fake: &Fake) -> Vec<String> {
    fake.asked().into_iter().map(|(operation, ..)| operation).collect()
}

#[tokio::test]
async fn a_line_is_an_event_of_the_named_stream() {
    let fake = Fake::answering([Reply::Answer(200, "{}")]);
    written(&fake, Some("mine"), "one\n\ntwo \"ü\"\n").await.unwrap();
    let body = concat!(
        r#"{"logGroupName":"/ecs/app","logStreamName":"mine","logEvents":["#,
        r#"{"timestamp":1795257001000,"message":"one"},{"timestamp":1795257001001,"message":" "},"#,
        r#"{"timestamp":1795257001002,"message":"two \"ü\""}]}"#
    );
    let asked = ("PutLogEvents".to_owned(), "logs.eu-west-1.amazonaws.com/".to_owned(), body.to_owned());
    assert_eq!(fake.asked(), [asked]);
    assert_eq!(fake.header(0, "content-type").as_deref(), Some("application/x-amz-json-1.1"));
    let authorization = fake.header(0, "authorization").unwrap();
    assert!(authorization.contains("/20261121/eu-west-1/logs/aws4_request, SignedHeaders=content-type;host;"));
}

#[tokio::test]
async fn a_missing_stream_is_made_once_and_written_to() {
    let already = r#"{"__type":"com.amazonaws.logs#ResourceAlreadyExistsException","message":"There."}"#;
    for created in [Reply::Answer(200, ""), Reply::Answer(400, already)] {
        let fake = Fake::answering([Reply::Answer(400, NO_STREAM), created, Reply::Answer(200, "{}")]);
        written(&fake, None, "one\n").await.unwrap();
        assert_eq!(operations(&fake), ["PutLogEvents", "CreateLogStream", "PutLogEvents"]);
        let body = r#"{"logGroupName":"/ecs/app","logStreamName":"vpcprobe/0123456789abcdef"}"#;
        assert_eq!(fake.asked()[1].2, body);
    }
}

#[tokio::test]
async fn a_copy_that_needs_several_batches_is_written_in_order() {
    let copy = (0..10_001).map(|number| format!("{number}\n")).collect::<Vec<_>>().concat();
    let fake = Fake::answering([Reply::Answer(200, "{}"), Reply::Answer(200, "")]);
    written(&fake, None, &copy).await.unwrap();
    let bodies: Vec<String> = fake.asked().into_iter().map(|(.., body)| body).collect();
    assert!(bodies[0].contains(r#""message":"0"}"#) && bodies[0].ends_with(r#""message":"9999"}]}"#));
    assert!(bodies[1].ends_with(r#""logEvents":[{"timestamp":1795257011000,"message":"10000"}]}"#), "{}", bodies[1]);
}

#[tokio::test]
async fn nothing_to_write_asks_nothing() {
    let fake = Fake::answering([]);
    assert_eq!(written(&fake, None, "").await, Ok(()));
}

#[tokio::test]
async fn what_is_refused_is_said_with_what_to_do() {
    let no_group = r#"{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}"#;
    let denied = r#"{"__type":"AccessDeniedException","Message":"User: x is not authorized to perform: logs:PutLogEvents\n because no identity-based policy allows it."}"#;
    let signature = r#"{"__type":"InvalidSignatureException","message":"No match.\n\nThe Canonical String for this request should have been\n'wJalrSECRET"}"#;
    let table: [(Vec<Reply>, &str); 8] = [
        (
            vec![Reply::Answer(400, NO_STREAM), Reply::Answer(400, no_group)],
            "there is no such log group in eu-west-1; \
             aws logs create-log-group --region eu-west-1 --log-group-name /ecs/app",
        ),
        (
            vec![Reply::Answer(400, denied)],
            "AccessDeniedException: User: x is not authorized to perform: logs:PutLogEvents \
             because no identity-based policy allows it: the role needs logs:PutLogEvents and logs:CreateLogStream \
             on this log group, and the VPC endpoint's policy must allow it",
        ),
        (
            vec![Reply::Answer(400, NO_STREAM), Reply::Answer(400, NO_STREAM)],
            "there is no such log group in eu-west-1; \
             aws logs create-log-group --region eu-west-1 --log-group-name /ecs/app",
        ),
        (
            vec![Reply::Answer(400, NO_STREAM), Reply::Answer(200, ""), Reply::Answer(400, NO_STREAM)],
            "ResourceNotFoundException: The specified log stream does not exist",
        ),
        (
            vec![Reply::Answer(403, signature)],
            "InvalidSignatureException: No match. [cut]: \
             the credentials are not accepted; are they current, and the clock right?",
        ),
        (vec![Reply::Answer(503, "<html>AKIDEXAMPLE")], "status 503 and no word of AWS"),
        (
            vec![Reply::Lost("connect to h at 10.0.0.1:443: refused, AKIDEXAMPLE")],
            "connect to h at 10.0.0.1:443: refused, [cut]",
        ),
        (vec![Reply::Answer(400, r#"{"__type":"AKIDEXAMPLE","message":"wJalrSECRET"}"#)], "[cut]: [cut]"),
    ];
    for (replies, why) in table {
        assert_eq!(written(&Fake::answering(replies), None, "one\n").await, Err(format!("{PLACE}{why}")));
    }
}

#[tokio::test]
async fn events_that_a_success_rejects_are_a_failure() {
    let table = [
        (r#"{"rejectedLogEventsInfo":{"tooNewLogEventStartIndex":1}}"#, Some(2)),
        (r#"{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":3}}"#, Some(3)),
        (r#"{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1,"expiredLogEventEndIndex":2}}"#, Some(2)),
        (r#"{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":9,"tooNewLogEventStartIndex":0}}"#, Some(3)),
        (r#"{"rejectedLogEventsInfo":{}}"#, None),
        (r#"{"nextSequenceToken":"1","rejectedLogEventsInfo":null}"#, None),
    ];
    for (body, rejected) in table {
        let result = written(&Fake::answering([Reply::Answer(200, body)]), None, "a\nb\nc\n").await;
        let expected = rejected.map(|count| {
            format!("{PLACE}{count} of 3 events were rejected as too old or too new; is the clock right?")
        });
        assert_eq!(result.err(), expected, "{body}");
    }
}
