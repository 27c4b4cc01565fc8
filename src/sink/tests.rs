use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::aws::{Scrubber, Source};

/// What a fake AWS answers to one request.
pub(super) enum Reply {
    Answer(u16, &'static str),
    Header(u16, (&'static str, &'static str)),
    Lost(&'static str),
    Silence,
}

/// Answers in turn, and keeps what it was asked.
#[derive(Clone, Default)]
pub(super) struct Fake(Arc<Mutex<(Vec<Reply>, Vec<Request>)>>);

impl Fake {
    pub(super) fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: Vec<Reply> = replies.into_iter().collect();
        replies.reverse();
        Self(Arc::new(Mutex::new((replies, Vec::new()))))
    }

    /// What was asked: the operation or the method, host and path, body.
    pub(super) fn asked(&self) -> Vec<(String, String, String)> {
        let operation = |request: &Request| {
            let target =
                header(request, "x-amz-target").and_then(|target| target.rsplit('.').next().map(str::to_owned));
            target.unwrap_or_else(|| request.method.to_owned())
        };
        let place = |request: &Request| format!("{}{}", request.host, request.path_and_query);
        let body = |request: &Request| String::from_utf8(request.body.clone()).unwrap();
        let asked = |request| (operation(request), place(request), body(request));
        self.0.lock().unwrap().1.iter().map(asked).collect()
    }

    pub(super) fn header(&self, request: usize, name: &str) -> Option<String> {
        header(&self.0.lock().unwrap().1[request], name)
    }
}

fn header(request: &Request, name: &str) -> Option<String> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

impl Https for Fake {
    async fn send(&self, request: Request) -> Result<Answer, String> {
        let reply = {
            let mut inner = self.0.lock().unwrap();
            inner.1.push(request);
            inner.0.pop().expect("more was asked than the test expects")
        };
        match reply {
            Reply::Answer(status, body) => {
                let headers = vec![("x-amz-request-id".to_owned(), "4D3C".to_owned())];
                Ok(Answer { status, headers, body: body.to_owned() })
            }
            Reply::Header(status, (name, value)) => {
                let headers = vec![(name.to_owned(), value.to_owned())];
                Ok(Answer { status, headers, body: String::new() })
            }
            Reply::Lost(why) => Err(why.to_owned()),
            Reply::Silence => std::future::pending().await,
        }
    }
}

/// Everything that a copy to a fake AWS needs.
pub(super) async fn remote(fake: &Fake) -> Remote<Fake> {
    let keys = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "wJalrSECRET")];
    let lookup = |name: &str| keys.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let credentials = Source::read(lookup).unwrap().fetch().await.unwrap();
    Remote {
        https: fake.clone(),
        scrubber: Scrubber::new(credentials.secrets()),
        credentials: Ok(credentials),
        region: "eu-west-1".to_owned(),
        logs_host: "logs.eu-west-1.amazonaws.com".to_owned(),
        s3_host: "s3.eu-west-1.amazonaws.com".to_owned(),
        run_id: "0123456789abcdef".to_owned(),
        at: UNIX_EPOCH + Duration::from_secs(1_795_257_001),
    }
}

pub(super) fn rendered(text: &str) -> Rendered {
    Rendered { text: text.to_owned(), content_type: "text/plain; charset=utf-8" }
}

fn sinks(words: &[&str]) -> Vec<Sink> {
    words.iter().map(|word| word.parse().unwrap()).collect()
}

fn outcomes(written: &[Written]) -> Vec<(String, Option<&str>)> {
    written.iter().map(|copy| (copy.sink.to_string(), copy.result.as_ref().err().map(String::as_str))).collect()
}

#[test]
fn what_leaves_the_host_comes_first_standard_output_last_and_none_twice() {
    let given =
        sinks(&["stdout", "file:b", "s3://bucket/k", "file:a", "cloudwatch:g", "stdout", "file:b", "cloudwatch:g"]);
    let order: Vec<String> = in_order(&given).iter().map(ToString::to_string).collect();
    assert_eq!(order, ["s3://bucket/k", "cloudwatch:g", "file:b", "file:a", "stdout"]);
}

#[test]
fn a_sink_that_fails_costs_the_others_nothing_and_is_named_in_their_copies() {
    let folder = file::tests::folder("costs-nothing");
    let (lost, kept) = (folder.join("no/such/folder"), folder.join("kept"));
    let sinks = [Sink::File(lost.clone()), Sink::File(kept.clone())];
    let before = vec![Written { sink: "cloudwatch:g".parse().unwrap(), result: Err("no".to_owned()) }];
    let written = write_local(&sinks, before, |_, before| {
        let lines: Vec<_> = before.iter().map(|copy| format!("{} {}\n", copy.sink, copy.result.is_ok())).collect();
        rendered(&lines.concat())
    });
    assert_eq!(written.iter().map(|copy| copy.result.is_ok()).collect::<Vec<_>>(), [false, false, true]);
    let copy = std::fs::read_to_string(&kept).unwrap();
    assert_eq!(copy, format!("cloudwatch:g false\nfile:{} false\n", lost.display()));
}

#[tokio::test(start_paused = true)]
async fn a_silent_endpoint_ends_at_the_limit_and_costs_the_others_nothing() {
    let fake = Fake::answering([Reply::Silence, Reply::Answer(200, "")]);
    let sinks = sinks(&["s3://bucket/silent", "stdout", "s3://bucket/answers"]);
    let begun = tokio::time::Instant::now();
    let remote = remote(&fake).await;
    let written = write_remote(&sinks, remote, |_| rendered("x"), std::future::pending()).await;
    assert_eq!(begun.elapsed(), REMOTE_LIMIT);
    let silent = Some("write to s3://bucket/silent: not done in 10 s");
    let expected = [("s3://bucket/silent".to_owned(), silent), ("s3://bucket/answers".to_owned(), None)];
    assert_eq!(outcomes(&written), expected);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_has_to_end_says_what_was_not_done() {
    let fake = Fake::answering([Reply::Silence, Reply::Answer(200, "")]);
    let sinks = sinks(&["s3://bucket/silent", "s3://bucket/answers"]);
    let remote = remote(&fake).await;
    let cut = tokio::time::sleep(Duration::from_secs(3));
    let written = write_remote(&sinks, remote, |_| rendered("x"), cut).await;
    let silent = Some("write to s3://bucket/silent: not done when this process had to end");
    let expected = [("s3://bucket/silent".to_owned(), silent), ("s3://bucket/answers".to_owned(), None)];
    assert_eq!(outcomes(&written), expected);
}

#[tokio::test]
async fn without_credentials_nothing_is_asked() {
    let fake = Fake::answering([]);
    let no_role = Err("there are no credentials".to_owned());
    let remote = Remote { credentials: no_role, ..remote(&fake).await };
    let sinks = sinks(&["s3://bucket/key", "cloudwatch:/ecs/app"]);
    let written = write_remote(&sinks, remote, |_| rendered("x"), std::future::pending()).await;
    let expected = [
        ("s3://bucket/key".to_owned(), Some("write s3://bucket/key: there are no credentials")),
        (
            "cloudwatch:/ecs/app".to_owned(),
            Some("write to log group /ecs/app, stream vpcprobe/0123456789abcdef: there are no credentials"),
        ),
    ];
    assert_eq!(outcomes(&written), expected);
    assert!(fake.asked().is_empty());
}
