//! What copies that leave the host have in common: who writes them, over what, and what AWS says to that.

use std::future::Future;
use std::time::SystemTime;

use crate::aws::{Body, Credentials, Scrubber, SigningScope, Unsigned, sign};

/// Everything that copies to AWS need.
pub struct Remote<H> {
    /// Carries the requests.
    pub https: H,
    /// Whose copies they are; why there are no credentials, in one sentence, where there are none.
    pub credentials: Result<Credentials, String>,
    /// Knows what no text may hold.
    pub scrubber: Scrubber,
    /// The Region examined: the copies stay in it.
    pub region: String,
    /// Where it takes log events.
    pub logs_host: String,
    /// Where it takes objects, without a bucket's name.
    pub s3_host: String,
    /// Names the run.
    pub run_id: String,
    /// When the copies are written.
    pub at: SystemTime,
}

/// One HTTPS request at a time; ends within its own limits.
pub trait Https {
    /// Make it. What failed, on what and why, where there is no answer.
    fn send(&self, request: Request) -> impl Future<Output = Result<Answer, String>> + Send;
}

/// A request. It holds a signature.
pub struct Request {
    /// Such as `PUT`.
    pub method: &'static str,
    /// The host's name.
    pub host: String,
    /// As in the request line, encoded.
    pub path_and_query: String,
    /// The headers beside `Host`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl<H: Https> Remote<H> {
    /// Sign and send one request. The answer may repeat what it was sent: its words are told by `refused` only.
    pub(super) async fn call(&self, service: &str, request: Request) -> Result<Answer, String> {
        let credentials = self.credentials.as_ref().map_err(Clone::clone)?;
        let scope = SigningScope { service, region: &self.region };
        let unsigned = Unsigned {
            method: request.method,
            host: &request.host,
            path_and_query: &request.path_and_query,
            headers: &request.headers,
            body: Body::Bytes(&request.body),
        };
        let added = sign(credentials, &scope, &unsigned, self.at).map_err(|why| why.to_string())?;
        let mut request = request;
        request.headers.extend(added);
        self.https.send(request).await.map_err(|why| self.scrubber.scrub(&why))
    }

    /// What AWS said to a request that it did not do, without a secret.
    pub(super) fn refused(&self, answer: &Answer, code: Option<&str>, words: Option<&str>) -> Refusal {
        let clean = |text: Option<&str>| one_line(&self.scrubber.scrub(text.unwrap_or_default()));
        Refusal { code: clean(code), words: clean(words), status: answer.status }
    }
}

/// What AWS said to a request that it did not do.
#[derive(Debug)]
pub(super) struct Refusal {
    /// AWS's code, such as `AccessDeniedException`; empty where it gave none.
    pub(super) code: String,
    words: String,
    status: u16,
}

impl Refusal {
    /// AWS's code and words, and what to do about it where that is plain; `needed` are the permissions.
    pub(super) fn told(&self, needed: &str) -> String {
        let said = match (self.code.as_str(), self.words.as_str()) {
            ("", _) => format!("status {} and no word of AWS", self.status),
            (code, "") => code.to_owned(),
            (code, words) => format!("{code}: {words}"),
        };
        match self.advice() {
            Advice::None => said,
            Advice::Allow => format!("{said}: the role needs {needed}, and the VPC endpoint's policy must allow it"),
            Advice::Credentials => {
                format!("{said}: the credentials are not accepted; are they current, and the clock right?")
            }
        }
    }

    fn advice(&self) -> Advice {
        match self.code.as_str() {
            "AccessDenied" | "AccessDeniedException" => Advice::Allow,
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "InvalidToken"
            | "RequestTimeTooSkewed"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException" => Advice::Credentials,
            _ => Advice::None,
        }
    }
}

enum Advice {
    Allow,
    Credentials,
    None,
}

/// Words of others on one line of ours, without their full stop.
fn one_line(words: &str) -> String {
    const LONGEST: usize = 400;
    let line: Vec<&str> =
        words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = line.join(" ");
    let line = line.strip_suffix('.').unwrap_or(&line);
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}
