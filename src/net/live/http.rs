//! One request and its answer, bounded in size and time.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderMap, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};

use super::tls::Secured;
use super::{tcp, tls};
use crate::catalog::{Method, Question};
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

/// Ask once.
pub(super) async fn exchange(
    stream: Secured,
    host: &str,
    question: &Question,
    limit: Duration,
) -> Result<Response, Fault> {
    let until = Instant::now() + limit;
    let request = request(host, question)?;
    let handshake = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream));
    let (mut sender, connection) = match timeout_at(until, handshake).await {
        Ok(pair) => pair.map_err(|error| fault(&error))?,
        Err(_) => return Err(tcp::timed_out(limit)),
    };
    let work = async {
        let response = match timeout_at(until, sender.send_request(request)).await {
            Ok(response) => response.map_err(|error| fault(&error))?,
            Err(_) => return Err(tcp::timed_out(limit)),
        };
        Ok(read(response, until).await)
    };
    beside(connection, work).await
}

/// Drive the connection while the work is done; the work may outlive it.
async fn beside<T>(connection: impl Future, work: impl Future<Output = T>) -> T {
    tokio::pin!(connection, work);
    tokio::select! {
        biased;
        done = &mut work => return done,
        _ = &mut connection => {}
    }
    work.await
}

fn request(host: &str, question: &Question) -> Result<Request<Full<Bytes>>, Fault> {
    let local = |error: hyper::http::Error| Fault::Local { detail: error.to_string() };
    let method = match question.method {
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
    };
    let uri: Uri = question.path.parse().map_err(|error| local(hyper::http::Error::from(error)))?;
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let mut builder = Request::builder().method(method).uri(uri).header(HOST, host);
    builder = builder.header(USER_AGENT, concat!("vpcprobe/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &question.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(Bytes::from(question.body.clone()))).map_err(local)
}

async fn read(response: hyper::Response<Incoming>, until: Instant) -> Response {
    let (head, body) = response.into_parts();
    let date_minus_clock_s = date_minus_clock(&head.headers, SystemTime::now());
    let (bytes, length, complete) = read_body(body, until).await;
    // A redirect's body repeats its target, which may be presigned.
    let body = if head.status.is_redirection() { "".into() } else { String::from_utf8_lossy(&bytes) };
    let text: String = without_secrets(&body).chars().take(KEPT_BODY).collect();
    Response {
        status: head.status.as_u16(),
        headers: kept(&head.headers),
        body: text,
        body_bytes: length,
        complete,
        told: None,
        held: None,
        date_minus_clock_s,
    }
}

/// The body as far as the limits allow: what is kept of it, how much was read, whether it ended.
async fn read_body(mut body: Incoming, until: Instant) -> (Vec<u8>, u64, bool) {
    let mut kept = Vec::new();
    let mut length = 0;
    while length < MAX_BODY {
        match timeout_at(until, body.frame()).await {
            Ok(None) => return (kept, length as u64, true),
            Ok(Some(Ok(frame))) => {
                let Some(data) = frame.data_ref() else { continue };
                length += data.len();
                let room = (KEPT_BODY * 4).saturating_sub(kept.len());
                kept.extend_from_slice(&data[..data.len().min(room)]);
            }
            Ok(Some(Err(_))) | Err(_) => break,
        }
    }
    (kept, length as u64, false)
}

fn kept(headers: &HeaderMap) -> BTreeMap<String, String> {
    KEPT.iter()
        .filter_map(|name| {
            let value = String::from_utf8_lossy(headers.get(*name)?.as_bytes()).into_owned();
            Some(((*name).to_owned(), without_secrets(&value).chars().take(KEPT_HEADER).collect()))
        })
        .collect()
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
