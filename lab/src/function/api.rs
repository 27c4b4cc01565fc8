//! The runtime API, version 2018-06-01, with one event.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{Answer, NAME, Phase};
use crate::catalog;
use crate::http::{Request, Response, request_id};
use crate::tls::linger;
use crate::world::World;

/// The most bytes of an answer.
const MOST: usize = 6 * 1024 * 1024 + 100;

/// The runtime API with its one event.
#[derive(Debug)]
pub struct Api {
    /// The invocation's id.
    pub id: String,
    /// How long the function may work on the event.
    pub limit: Duration,
    event: String,
    arn: String,
    phase: watch::Sender<Phase>,
}

impl Api {
    /// A new one for the world's function.
    pub fn new(world: &World, event: String) -> Self {
        let vpc = &world.scenario.vpc;
        let partition = catalog::partition(&vpc.region).id;
        Self {
            id: request_id(),
            limit: Duration::from_secs(world.scenario.run.function_seconds),
            event,
            arn: format!("arn:{partition}:lambda:{}:{}:function:{NAME}", vpc.region, vpc.account),
            phase: watch::Sender::default(),
        }
    }

    /// Answers until the runtime ends.
    pub fn serve(self: Arc<Self>, listener: std::net::TcpListener) -> io::Result<()> {
        let listener = TcpListener::from_std(listener)?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let api = Arc::clone(&self);
                tokio::spawn(async move { api.connection(stream).await });
            }
        });
        Ok(())
    }

    /// How far the function has come, now and later.
    pub fn phases(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// The platform's words about the invocation.
    pub fn said(&self, what: &str) -> String {
        format!("RequestId: {} Error: {what}", self.id)
    }

    /// Ends an invocation that has no answer yet.
    pub fn fail(&self, answer: Answer) {
        self.phase.send_if_modified(|phase| {
            let open = phase.answer().is_none();
            if open {
                *phase = Phase::Answered(answer);
            }
            open
        });
    }

    async fn connection(&self, mut stream: TcpStream) -> io::Result<()> {
        while let Some(request) = Request::read(&mut stream).await? {
            let Some(response) = self.respond(&request) else {
                linger(&mut stream).await;
                return Ok(());
            };
            stream.write_all(&response.to_bytes()).await?;
            if request.closes() {
                return stream.shutdown().await;
            }
        }
        Ok(())
    }

    /// The answer to a call; none to whoever asks for a second event.
    fn respond(&self, request: &Request) -> Option<Response> {
        let path = request.path().strip_prefix("/2018-06-01/runtime/").unwrap_or_default();
        let body = || String::from_utf8_lossy(&request.body).into_owned();
        match (request.method.as_str(), path) {
            ("GET", "invocation/next") => self.next(),
            ("POST", "init/error") => Some(self.close(&Phase::Starting, Err(body()))),
            ("POST", path) => Some(match path.strip_prefix("invocation/").and_then(|rest| rest.split_once('/')) {
                Some((id, "response" | "error")) if id != self.id => {
                    refusal(400, "InvalidRequestID", "Invalid request ID")
                }
                Some((_, "response")) => self.respond_with(body()),
                Some((_, "error")) => self.close(&Phase::Invoked, Err(body())),
                _ => unknown(),
            }),
            _ => Some(unknown()),
        }
    }

    fn next(&self) -> Option<Response> {
        let mut handed_out = false;
        self.phase.send_modify(|phase| match phase {
            Phase::Starting => {
                *phase = Phase::Invoked;
                handed_out = true;
            }
            Phase::Answered(answer) => *phase = Phase::Resting(answer.clone()),
            Phase::Invoked | Phase::Resting(_) => {}
        });
        handed_out.then(|| self.event())
    }

    fn event(&self) -> Response {
        let deadline = (SystemTime::now() + self.limit).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Response::new(200, "application/json", self.event.as_bytes())
            .header("Lambda-Runtime-Aws-Request-Id", &self.id)
            .header("Lambda-Runtime-Deadline-Ms", &deadline.as_millis().to_string())
            .header("Lambda-Runtime-Invoked-Function-Arn", &self.arn)
            .header(
                "Lambda-Runtime-Trace-Id",
                "Root=1-692018a0-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0",
            )
    }

    fn respond_with(&self, answer: String) -> Response {
        if answer.len() <= MOST {
            return self.close(&Phase::Invoked, Ok(answer));
        }
        let message = format!("Response payload size exceeded maximum allowed payload size ({MOST} bytes).");
        let document = json!({ "errorType": "Function.ResponseSizeTooLarge", "errorMessage": message });
        let taken = self.close(&Phase::Invoked, Err(document.to_string()));
        if taken.status == 202 { refusal(413, "RequestEntityTooLarge", &message) } else { taken }
    }

    /// Takes the answer where the function has come so far and no further.
    fn close(&self, open: &Phase, document: Result<String, String>) -> Response {
        let taken = self.phase.send_if_modified(|phase| {
            let fits = phase == open;
            if fits {
                *phase = Phase::Answered(Answer { document, at: SystemTime::now() });
            }
            fits
        });
        if taken {
            return Response::new(202, "application/json", r#"{"status":"OK"}"#);
        }
        refusal(403, "InvalidStateTransition", "State transition is not allowed")
    }
}

fn refusal(status: u16, kind: &str, message: &str) -> Response {
    let document = json!({ "errorMessage": message, "errorType": kind });
    Response::new(status, "application/json", document.to_string())
}

fn unknown() -> Response {
    Response::new(404, "text/plain", "404 page not found\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(more: &str) -> Api {
        let text = format!("title = \"a test\"\n[run]\n{more}\n[expect]\nexit = 0\n");
        Api::new(&World::build(toml::from_str(&text).unwrap()).unwrap(), "{\"a\": 1}".to_owned())
    }

    /// The status of a call's answer; none where there is no answer.
    fn call(api: &Api, line: &str, body: &str) -> Option<u16> {
        let line = line.replace("{id}", &api.id);
        let mut request = Request::parse(&format!("{line} HTTP/1.1\r\n\r\n"));
        request.target = format!("/2018-06-01/runtime/{}", request.target);
        request.body = body.as_bytes().to_vec();
        api.respond(&request).map(|response| response.status)
    }

    #[test]
    fn an_event_is_handed_out_once_with_what_belongs_to_it() {
        let api = api("function_seconds = 30");
        let response =
            api.respond(&Request::parse("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n")).unwrap();
        assert_eq!((response.status, response.held()), (200, b"{\"a\": 1}".as_slice()));
        let header = |name: &str| response.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        assert_eq!(header("Lambda-Runtime-Aws-Request-Id"), Some(api.id.as_str()));
        let arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:vpcprobe";
        assert_eq!(header("Lambda-Runtime-Invoked-Function-Arn"), Some(arn));
        let ends: u64 = header("Lambda-Runtime-Deadline-Ms").unwrap().parse().unwrap();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let left = Duration::from_millis(ends).checked_sub(now).unwrap();
        assert!(left > Duration::from_secs(25) && left <= Duration::from_secs(30), "{left:?}");
        assert_eq!(call(&api, "GET invocation/next", ""), None);
    }

    #[test]
    fn an_answer_is_taken_once_and_in_its_turn() {
        let large = "x".repeat(MOST + 1);
        let full = &large[1..];
        let next = ("GET invocation/next", "", Some(200));
        let table = [
            (vec![next, ("POST invocation/{id}/response", "ok", Some(202))], Some(Ok("ok"))),
            (vec![next, ("POST invocation/{id}/response", full, Some(202))], Some(Ok(full))),
            (vec![next, ("POST invocation/{id}/error", "no", Some(202))], Some(Err("no"))),
            (vec![("POST init/error", "no", Some(202))], Some(Err("no"))),
            (vec![next, ("POST init/error", "no", Some(403))], None),
            (vec![("POST invocation/{id}/response", "ok", Some(403))], None),
            (vec![next, ("POST invocation/other/response", "ok", Some(400))], None),
            (vec![next, ("POST invocation/{id}/other", "ok", Some(404))], None),
            (vec![("GET invocation", "", Some(404))], None),
            (
                vec![
                    next,
                    ("POST invocation/{id}/response", "ok", Some(202)),
                    ("POST invocation/{id}/error", "no", Some(403)),
                    ("GET invocation/next", "", None),
                ],
                Some(Ok("ok")),
            ),
        ];
        for (calls, expected) in table {
            let api = api("");
            for (line, body, status) in calls {
                assert_eq!(call(&api, line, body), status, "{line}");
            }
            let phase = api.phases().borrow().clone();
            let document = phase.answer().map(|answer| answer.document.clone());
            assert_eq!(document.as_ref().map(|document| document.as_deref().map_err(String::as_str)), expected);
        }
    }

    #[test]
    fn an_answer_that_is_too_large_is_an_error_of_the_invocation() {
        let api = api("");
        assert_eq!(call(&api, "GET invocation/next", ""), Some(200));
        assert_eq!(call(&api, "POST invocation/{id}/response", &"x".repeat(MOST + 1)), Some(413));
        let phase = api.phases().borrow().clone();
        let document = phase.answer().unwrap().document.clone().unwrap_err();
        assert!(document.contains("Function.ResponseSizeTooLarge"), "{document}");
    }
}
