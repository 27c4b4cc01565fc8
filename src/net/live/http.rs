//! One request and its answer, bounded in size and time.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt, Full};
use hyper::Uri;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderMap, HeaderValue, USER_AGENT};
use hyper_util::rt::TokioIo;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use super::tls::Secured;
use super::{tcp, tls};
use crate::catalog::{Method, Question};
use crate::net::{BodyEnd, Reply, Request};
use crate::observation::{Fault, Response};

/// Bytes of head that are read.
const MAX_HEAD: usize = 64 * 1024;
/// Headers that are read.
const MAX_HEADERS: usize = 100;
/// Bytes of body that are read.
const MAX_BODY: usize = 64 * 1024;
/// Characters of body that are kept.
const KEPT_BODY: usize = 600;
/// Characters of a header that are kept.
const KEPT_HEADER: usize = 300;

/// The headers that say who answered.
const KEPT: &[&str] = &[
    "content-type",
    "date",
    "docker-distribution-api-version",
    "location",
    "proxy-authenticate",
    "retry-after",
    "server",
    "via",
    "www-authenticate",
    "x-amz-bucket-region",
    "x-amz-id-2",
    "x-amz-request-id",
    "x-amzn-errortype",
    "x-amzn-requestid",
];

/// An HTTP/1.1 connection, which works as long as this lives.
pub struct Channel {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: AbortHandle,
}

impl Channel {
    /// Whether it can carry another request, as far as is known here.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Speak HTTP over a TLS connection.
pub(super) async fn channel(stream: Secured) -> Result<Channel, Fault> {
    let handshake = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream));
    let (sender, connection) = handshake.await.map_err(|error| fault(&error))?;
    // What ends the connection is told to whoever waits for an answer on it.
    let driver = tokio::spawn(async { drop(connection.await) }).abort_handle();
    Ok(Channel { sender, driver })
}

/// Ask one unsigned question.
pub(super) async fn exchange(
    channel: &mut Channel,
    host: &str,
    question: &Question,
    limit: Duration,
) -> Result<Reply, Fault> {
    let until = Instant::now() + limit;
    let request = Request {
        method: match question.method {
            Method::Get => "GET",
            Method::Post => "POST",
        },
        host: if host.contains(':') { format!("[{host}]") } else { host.to_owned() },
        target: question.path.clone(),
        headers: question.headers.clone(),
        body: question.body.clone().into_bytes(),
    };
    let response = head(channel, &request, until, limit).await?;
    let (head, body) = response.into_parts();
    let mut reply = reply(&head);
    let mut kept = Vec::new();
    let mut keep = |data: &[u8]| {
        kept.extend_from_slice(&data[..data.len().min((KEPT_BODY * 4).saturating_sub(kept.len()))]);
        ControlFlow::Continue(())
    };
    let mut length = 0;
    reply.end = read_body(body, |_| until, &mut keep, &mut length, MAX_BODY as u64).await;
    reply.bytes = length;
    // A redirect's body repeats its target, which may be presigned.
    let text = if head.status.is_redirection() { "".into() } else { String::from_utf8_lossy(&kept) };
    reply.response.body = without_secrets(&text).chars().take(KEPT_BODY).collect();
    reply.response.body_bytes = length;
    reply.response.complete = reply.end == BodyEnd::Whole;
    Ok(reply)
}

/// Make one request and hand its body on.
pub(super) async fn send(
    channel: &mut Channel,
    request: &Request,
    limit: Duration,
    body: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
) -> Result<Reply, Fault> {
    let begun = Instant::now();
    let response = head(channel, request, begun + limit, limit).await?;
    let (head, incoming) = response.into_parts();
    let mut reply = reply(&head);
    reply.head_after = begun.elapsed();
    reply.end = read_body(incoming, |now| now + limit, body, &mut reply.bytes, u64::MAX).await;
    reply.response.body_bytes = reply.bytes;
    reply.response.complete = reply.end == BodyEnd::Whole;
    Ok(reply)
}

/// The head of the answer to one request.
async fn head(
    channel: &mut Channel,
    request: &Request,
    until: Instant,
    limit: Duration,
) -> Result<hyper::Response<Incoming>, Fault> {
    let request = assembled(request)?;
    let work = async {
        channel.sender.ready().await?;
        channel.sender.send_request(request).await
    };
    match timeout_at(until, work).await {
        Ok(Ok(response)) if size(response.headers()) > MAX_HEAD => {
            Err(Fault::HeadTooLarge { limit_bytes: MAX_HEAD as u64 })
        }
        Ok(response) => response.map_err(|error| fault(&error)),
        Err(_) => Err(tcp::timed_out(limit)),
    }
}

/// The library's own limit is one of its buffer, which a head that comes at once may pass.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

fn assembled(request: &Request) -> Result<hyper::Request<Full<Bytes>>, Fault> {
    // The library's words may repeat the value: a header that can't be sent is named, never shown.
    let local = |what: &str| Fault::Local { detail: format!("{what} can't be sent over HTTP") };
    let uri: Uri = request.target.parse().map_err(|_| local("this path"))?;
    let mut builder = hyper::Request::builder().method(request.method).uri(uri).header(HOST, &request.host);
    builder = builder.header(USER_AGENT, concat!("vpcprobe/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(Bytes::from(request.body.clone()))).map_err(|_| local("this request"))
}

/// The head of an answer, before anything is known of its body.
fn reply(head: &hyper::http::response::Parts) -> Reply {
    let response = Response {
        status: head.status.as_u16(),
        headers: kept(&head.headers),
        date_minus_clock_s: date_minus_clock(&head.headers, SystemTime::now()),
        ..Response::default()
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers: HashMap<String, String> = HashMap::new();
    for (name, value) in &head.headers {
        // A registry may offer several ways to log in, a header each.
        let all = headers.entry(name.as_str().to_owned()).or_default();
        if !all.is_empty() {
            all.push_str(", ");
        }
        all.push_str(&text(value));
    }
    Reply::new(response, headers)
}

/// Hand on the body piece by piece, as far as the limits allow.
async fn read_body(
    mut body: Incoming,
    until: impl Fn(Instant) -> Instant,
    take: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
    length: &mut u64,
    most: u64,
) -> BodyEnd {
    while *length < most {
        match timeout_at(until(Instant::now()), body.frame()).await {
            Ok(None) => return BodyEnd::Whole,
            Ok(Some(Ok(frame))) => {
                let Some(data) = frame.data_ref() else { continue };
                *length += data.len() as u64;
                if take(data).is_break() {
                    return if body.is_end_stream() { BodyEnd::Whole } else { BodyEnd::Left };
                }
            }
            Ok(Some(Err(_))) => return BodyEnd::Broken,
            Err(_) => return BodyEnd::Stalled,
        }
    }
    BodyEnd::Left
}

fn kept(headers: &HeaderMap) -> BTreeMap<String, String> {
    crate::order::map(KEPT.iter().filter_map(|name| {
        let value = String::from_utf8_lossy(headers.get(*name)?.as_bytes()).into_owned();
        // A location is one address, whatever stands in it.
        let address =
            if *name == "location" { value.split(['?', '#', ';', ',']).next().unwrap_or_default() } else { &value };
        Some(((*name).to_owned(), without_secrets(address).chars().take(KEPT_HEADER).collect()))
    }))
}

/// A text whose addresses have lost their user, password, query and fragment: a presigned query is a secret.
fn without_secrets(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | ',');
    text.split_inclusive(ends)
        .map(|word| {
            let (word, end) = match word.char_indices().next_back() {
                Some((at, last)) if ends(last) => word.split_at(at),
                _ => (word, ""),
            };
            format!("{}{end}", bare(word))
        })
        .collect::<Vec<_>>()
        .concat()
}

/// One word without what an address may hide; a word that is no address stays as it is.
fn bare(word: &str) -> String {
    let is_query = |rest: &str| rest.contains('=');
    let word = match word.split_once(['?', '#', ';']) {
        Some((address, rest)) if is_query(rest) || address.contains("://") => address,
        _ => word,
    };
    match word.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.rsplit('@').next().unwrap_or_default()),
        None => word.to_owned(),
    }
}

fn date_minus_clock(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get("date")?.to_str().ok()?).ok()?;
    let (sign, apart) = match date.duration_since(now) {
        Ok(ahead) => (1, ahead),
        Err(behind) => (-1, behind.duration()),
    };
    Some(sign * i64::try_from(apart.as_secs()).ok()?)
}

/// A failed exchange, by the type of the library's error.
fn fault(error: &hyper::Error) -> Fault {
    if error.is_parse_too_large() {
        return Fault::HeadTooLarge { limit_bytes: MAX_HEAD as u64 };
    }
    if error.is_parse() {
        return Fault::NotHttp { detail: error.to_string().chars().take(200).collect() };
    }
    if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        return Fault::Closed;
    }
    match std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>()) {
        // An alert may come after the handshake, where a server asks for a certificate of ours.
        Some(io) => tls::fault(io),
        None => Fault::NotHttp { detail: error.to_string().chars().take(200).collect() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presigned_query_is_not_kept() {
        let mut headers = HeaderMap::new();
        headers.insert("location", "https://bucket.s3.amazonaws.com/a/b?X-Amz-Signature=secret#x".parse().unwrap());
        headers.insert("set-cookie", "secret".parse().unwrap());
        let kept = kept(&headers);
        assert_eq!(kept.len(), 1);
        assert_eq!(kept["location"], "https://bucket.s3.amazonaws.com/a/b");
    }

    #[test]
    fn an_address_in_any_text_loses_what_may_be_secret() {
        let table = [
            (
                "Basic realm=\"https://u:s@h/?token=s\",service=\"ecr.amazonaws.com\"",
                "Basic realm=\"https://h/\",service=\"ecr.amazonaws.com\"",
            ),
            ("<a href=\"https://b.s3/x?X-Amz-Signature=s&amp;y=s\">Go</a>", "<a href=\"https://b.s3/x\">Go</a>"),
            ("<a href='/x?X-Amz-Signature=s'>", "<a href='/x'>"),
            ("https://u:p@s@h/p#s", "https://h/p"),
            ("https://u:s@h/p;token=s?q=s", "https://h/p"),
            ("{\"message\":\"is this right?\"}", "{\"message\":\"is this right?\"}"),
            ("text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        ];
        for (text, expected) in table {
            assert_eq!(without_secrets(text), expected, "{text}");
        }
    }

    #[test]
    fn a_date_is_compared_with_the_clock() {
        let mut headers = HeaderMap::new();
        headers.insert("date", "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        let clock = |text| httpdate::parse_http_date(text).unwrap();
        assert_eq!(date_minus_clock(&headers, clock("Sun, 06 Nov 1994 08:44:37 GMT")), Some(300));
        assert_eq!(date_minus_clock(&headers, clock("Sun, 06 Nov 1994 08:49:47 GMT")), Some(-10));
        headers.insert("date", "yesterday".parse().unwrap());
        assert_eq!(date_minus_clock(&headers, SystemTime::now()), None);
    }
}
