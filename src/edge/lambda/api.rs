//! The calls of the runtime API, version 2018-06-01.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response};
use serde::Serialize;

use super::{Failure, FailureKind, Invocation};
use crate::inputs::shown;

/// The API is on the same host: what takes longer will not come. The next event is waited for as long as it takes.
const LIMIT: Duration = Duration::from_secs(10);
/// More than any event: a synchronous one ends at 6 MB.
const MOST_EVENT: usize = 8 << 20;
/// An id is 36 characters.
const MOST_ID: usize = 128;

/// Where events come from.
pub(super) struct RuntimeApi {
    client: Client,
    base: String,
}

/// Names an invocation in the paths of its answers.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct RequestId(String);

/// An error as Lambda hands it on to who invoked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDocument<'a> {
    error_type: &'a str,
    error_message: &'a str,
}

impl RuntimeApi {
    /// The API at the address that the environment gives.
    pub(super) fn at(address: &str) -> Result<Self, Failure> {
        let socket = socket(address).ok_or_else(|| {
            failed(&format!(
                "AWS_LAMBDA_RUNTIME_API {}: expected an address and a port, such as 127.0.0.1:9001; names are not \
                 looked up here",
                shown(address)
            ))
        })?;
        let client = Client::builder()
            .no_proxy()
            .connect_timeout(LIMIT)
            .redirect(reqwest::redirect::Policy::none())
            // A function stands still between two events: no connection of before is trusted after.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|_| failed("talk to the runtime API: no client could be made"))?;
        Ok(Self { client, base: format!("http://{socket}/2018-06-01/runtime") })
    }

    /// Wait for the next event.
    pub(super) async fn next(&self) -> Result<(RequestId, Invocation), Failure> {
        const CALL: &str = "wait for the next event";
        let mut response = self.send(CALL, self.client.get(format!("{}/invocation/next", self.base))).await?;
        let id = request_id(response.headers())
            .ok_or_else(|| failed(&format!("{CALL}: the runtime API gives it no id that could be answered")))?;
        let deadline = deadline(response.headers());
        let event = match tokio::time::timeout(LIMIT, event(&mut response)).await {
            Ok(event) => event,
            Err(_) => Err(format!("the event did not come whole in {} s", LIMIT.as_secs())),
        };
        Ok((id, Invocation { event, deadline }))
    }

    /// Answer an invocation.
    pub(super) async fn respond(&self, id: &RequestId, answer: String) -> Result<(), Failure> {
        let request = self.client.post(format!("{}/invocation/{}/response", self.base, id.0));
        let request = request.header(CONTENT_TYPE, "application/json").timeout(LIMIT).body(answer);
        self.send("answer an invocation", request).await.map(drop)
    }

    /// Say that an invocation came to nothing.
    pub(super) async fn fail(&self, id: &RequestId, failure: &Failure) -> Result<(), Failure> {
        let path = format!("invocation/{}/error", id.0);
        self.tell("report the error of an invocation", &path, failure).await
    }

    /// Say that the function can't start.
    pub(super) async fn fail_start(&self, failure: &Failure) -> Result<(), Failure> {
        self.tell("report that the function can't start", "init/error", failure).await
    }

    async fn tell(&self, call: &str, path: &str, failure: &Failure) -> Result<(), Failure> {
        let kind = failure.kind.as_str();
        let document = ErrorDocument { error_type: kind, error_message: &failure.sentence };
        let body =
            serde_json::to_vec(&document).map_err(|_| failed(&format!("{call}: it can't be written as JSON")))?;
        let request = self
            .client
            .post(format!("{}/{path}", self.base))
            .header(CONTENT_TYPE, "application/vnd.aws.lambda.error+json")
            .header("Lambda-Runtime-Function-Error-Type", format!("Function.{kind}"))
            .timeout(LIMIT)
            .body(body);
        self.send(call, request).await.map(drop)
    }

    async fn send(&self, call: &str, request: RequestBuilder) -> Result<Response, Failure> {
        let sent = request.send().await.map_err(|error| {
            let cause = if error.is_timeout() { "no answer in 10 s" } else { "no connection, or no HTTP" };
            failed(&format!("{call}: the runtime API gives {cause}"))
        })?;
        let status = sent.status();
        if status.is_success() {
            return Ok(sent);
        }
        Err(failed(&format!("{call}: the runtime API answers with status {}", status.as_u16())))
    }
}

fn failed(sentence: &str) -> Failure {
    Failure { kind: FailureKind::RuntimeApi, sentence: sentence.to_owned() }
}

/// A literal address and a port. The one name that is allowed is never looked up.
fn socket(address: &str) -> Option<SocketAddr> {
    let local = |port: &str| Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port.parse().ok()?));
    address.parse().ok().or_else(|| local(address.strip_prefix("localhost:")?))
}

/// What stands in a path must be a plain word.
fn request_id(headers: &HeaderMap) -> Option<RequestId> {
    let id = headers.get("Lambda-Runtime-Aws-Request-Id")?.to_str().ok()?;
    let is_word = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    ((1..=MOST_ID).contains(&id.len()) && is_word).then(|| RequestId(id.to_owned()))
}

/// When the function is ended, in milliseconds since 1970; none where the header is not there or says nothing.
fn deadline(headers: &HeaderMap) -> Option<SystemTime> {
    let text: &HeaderValue = headers.get("Lambda-Runtime-Deadline-Ms")?;
    let ms = text.to_str().ok()?.trim().parse().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(ms))
}

async fn event(response: &mut Response) -> Result<Vec<u8>, String> {
    let mut event = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => event.extend_from_slice(&chunk),
            Ok(None) => return Ok(event),
            Err(_) => return Err("the event breaks off before its end".to_owned()),
        }
        if event.len() > MOST_EVENT {
            return Err(format!("the event is larger than {MOST_EVENT} bytes"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_has_a_literal_address_and_a_port() {
        let table = [
            ("127.0.0.1:9001", Some("http://127.0.0.1:9001/2018-06-01/runtime")),
            ("localhost:9001", Some("http://127.0.0.1:9001/2018-06-01/runtime")),
            ("[::1]:9001", Some("http://[::1]:9001/2018-06-01/runtime")),
            ("127.0.0.1", None),
            ("sandbox.localdomain:9001", None),
            ("http://127.0.0.1:9001", None),
            ("127.0.0.1:90010", None),
            ("", None),
        ];
        for (address, base) in table {
            let api = RuntimeApi::at(address);
            assert_eq!(api.as_ref().ok().map(|api| api.base.as_str()), base, "{address}");
            if let Err(failure) = api {
                assert!(failure.sentence.contains("expected an address and a port"), "{}", failure.sentence);
            }
        }
    }

    #[test]
    fn headers_are_believed_only_where_they_can_be() {
        let long = "9".repeat(400);
        let table: [(&[u8], bool, bool); 8] = [
            (b"8476a536-e9f4-11e8-9739-2dfe598c3fcd", true, false),
            (b"1763712000000", true, true),
            (b"../init/error", false, false),
            (b"a b", false, false),
            (b"", false, false),
            (b"\xff", false, false),
            (b"18446744073709551616", true, false),
            (long.as_bytes(), false, false),
        ];
        for (value, is_id, is_deadline) in table {
            let value = HeaderValue::from_bytes(value).unwrap();
            let headers = HeaderMap::from_iter([
                ("lambda-runtime-aws-request-id".parse().unwrap(), value.clone()),
                ("lambda-runtime-deadline-ms".parse().unwrap(), value.clone()),
            ]);
            assert_eq!(request_id(&headers).is_some(), is_id, "{value:?}");
            assert_eq!(deadline(&headers).is_some(), is_deadline, "{value:?}");
        }
        assert!(request_id(&HeaderMap::new()).is_none() && deadline(&HeaderMap::new()).is_none());
    }
}
