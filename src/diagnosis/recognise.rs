//! Whether an HTTP answer is that of the service that was asked.

use crate::catalog::{Expected, Method, Question};
use crate::observation::Response;

/// What an answer shows of who gave it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Recognition {
    /// The service that was asked.
    Service,
    /// Nothing that we know; AWS's wordings change.
    Unfamiliar,
    /// Something else.
    Foreign {
        /// By what it shows.
        why: String,
    },
    /// The service, which fails.
    Failing {
        /// The status code.
        status: u16,
    },
    /// The service, which asks for patience.
    Throttled,
}

/// Tell whose answer it is.
///
/// Only what no AWS service ever says is foreign: an HTML page, 407, a `Via`, success where credentials are needed, a
/// server's failure or a body without an end that lacks the service's marks. The wordings of AWS change, so anything else
/// that is new is merely unfamiliar.
pub fn recognise(question: &Question, host: &str, response: &Response) -> Recognition {
    let marked = is_marked(question.answer, response);
    if let Some(why) = foreign(question, response, marked) {
        return Recognition::Foreign { why };
    }
    match response.status {
        429 => Recognition::Throttled,
        _ if marked && is_throttling(response) => Recognition::Throttled,
        500..=599 => Recognition::Failing { status: response.status },
        _ if response.complete && is_familiar(question.answer, host, response, marked) => Recognition::Service,
        _ => Recognition::Unfamiliar,
    }
}

fn foreign(question: &Question, response: &Response, marked: bool) -> Option<String> {
    let status = response.status;
    if let Some(why) = looks_foreign(question.answer, response, marked) {
        return Some(why);
    }
    let why = if is_unasked_success(question, response, marked) {
        format!("it accepts a call without credentials (status {status}{})", server(response))
    } else if !marked && (500..600).contains(&status) {
        failure_without_mark(response)
    } else if is_known(question.answer) && !marked && !response.complete {
        "its body has no end or breaks off".to_owned()
    } else {
        return None;
    };
    Some(why)
}

/// Whether an error answer to a step is not that of whoever was asked, and by what it shows. Its body was read already.
pub fn stranger(answer: Expected, response: &Response) -> Option<String> {
    let is_told = response.told.as_ref().is_some_and(|told| !told.code.is_empty());
    let marked = is_told || is_marked(answer, response);
    let fails = !marked && (500..600).contains(&response.status);
    looks_foreign(answer, response, marked).or_else(|| fails.then(|| failure_without_mark(response)))
}

fn looks_foreign(answer: Expected, response: &Response, marked: bool) -> Option<String> {
    let status = response.status;
    if status == 407 {
        Some("it asks for proxy authentication (407)".to_owned())
    } else if let Some(via) = proxy(answer, response) {
        Some(format!("a proxy names itself in the header Via: {via}"))
    } else if is_known(answer) && !marked && is_html(response) {
        Some(format!("it is an HTML page (status {status}{})", server(response)))
    } else {
        None
    }
}

fn failure_without_mark(response: &Response) -> String {
    format!("it fails with status {} and without any mark of the service{}", response.status, server(response))
}

/// Whether anything is known of what such a service says.
fn is_known(answer: Expected) -> bool {
    match answer {
        Expected::AnyHttp => false,
        Expected::OciRegistry | Expected::AwsApi | Expected::EcrRegistry | Expected::S3 => true,
    }
}

/// AWS's own front, CloudFront, names itself too, and registries are served by all kinds of such fronts.
fn proxy(answer: Expected, response: &Response) -> Option<&str> {
    let via = response.header("via").filter(|via| !via.contains("CloudFront"))?;
    match answer {
        Expected::AwsApi | Expected::EcrRegistry | Expected::S3 => Some(via),
        Expected::OciRegistry | Expected::AnyHttp => None,
    }
}

fn is_html(response: &Response) -> bool {
    let start: String = response.body.trim_start().chars().take(14).collect::<String>().to_ascii_lowercase();
    response.header("content-type").is_some_and(|kind| kind.contains("html"))
        || start.starts_with("<!doctype html")
        || start.starts_with("<html")
}

/// A bare `GET /` names no operation, so nothing is granted by an answer to it; and a bucket may be public.
fn is_unasked_success(question: &Question, response: &Response, marked: bool) -> bool {
    let is_named = match question.method {
        Method::Get => question.path != "/",
        Method::Post => true,
    };
    let success = (200..300).contains(&response.status);
    success
        && match question.answer {
            Expected::AwsApi => is_named,
            Expected::EcrRegistry => true,
            Expected::S3 => !marked,
            Expected::OciRegistry | Expected::AnyHttp => false,
        }
}

fn server(response: &Response) -> String {
    response.header("server").map(|server| format!(", server {server}")).unwrap_or_default()
}

/// The error's type stands in a header or in the body, by the protocol.
fn is_throttling(response: &Response) -> bool {
    is_throttling_type(response.header("x-amzn-errortype").unwrap_or_default()) || is_throttling_type(&response.body)
}

/// Whether an error's type, or a text with it, asks for patience.
pub fn is_throttling_type(text: &str) -> bool {
    const TYPES: &[&str] = &["Throttl", "TooManyRequests", "TOOMANYREQUESTS", "RequestLimitExceeded", "SlowDown"];
    TYPES.iter().any(|word| text.contains(word))
}

/// Whether it carries what the service puts on every answer, on failures too.
fn is_marked(answer: Expected, response: &Response) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| response.header(name).is_some());
    let body = &response.body;
    match answer {
        Expected::AwsApi => {
            has(&["x-amzn-requestid", "x-amz-request-id", "x-amzn-errortype"])
                || ["<RequestId>", "\"__type\"", "<ErrorResponse"].iter().any(|mark| body.contains(mark))
        }
        Expected::S3 => has(&["x-amz-request-id", "x-amz-id-2"]),
        Expected::EcrRegistry => {
            has(&["docker-distribution-api-version", "x-amzn-requestid"]) || is_challenge(response)
        }
        Expected::OciRegistry => has(&["docker-distribution-api-version"]) || is_challenge(response),
        Expected::AnyHttp => true,
    }
}

fn is_challenge(response: &Response) -> bool {
    let challenge = response.header("www-authenticate").unwrap_or_default();
    response.status == 401 && (challenge.starts_with("Bearer ") || challenge.starts_with("Basic "))
}

/// Whether the service answers so when all is well.
fn is_familiar(answer: Expected, host: &str, response: &Response, marked: bool) -> bool {
    match answer {
        Expected::EcrRegistry => {
            let challenge = response.header("www-authenticate").unwrap_or_default();
            response.status == 401
                && challenge.starts_with("Basic ")
                && (challenge.contains("ecr.amazonaws.com") || challenge.contains(host))
        }
        Expected::OciRegistry => marked || response.status == 200,
        Expected::AwsApi | Expected::S3 | Expected::AnyHttp => marked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";

    /// `service`, `unfamiliar`, `foreign`, `failing` or `throttled`.
    fn told(asked: &str, status: u16, headers: &[(&str, &str)], body: &str) -> &'static str {
        let (method, path, answer) = match asked {
            "api" => (Method::Post, "/", Expected::AwsApi),
            "path" => (Method::Get, "/", Expected::AwsApi),
            "ecr" => (Method::Get, "/v2/", Expected::EcrRegistry),
            "oci" => (Method::Get, "/v2/", Expected::OciRegistry),
            "s3" => (Method::Get, "/", Expected::S3),
            _ => (Method::Get, "/", Expected::AnyHttp),
        };
        let question = Question { method, path: path.to_owned(), headers: Vec::new(), body: String::new(), answer };
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let response = Response { status, headers, body: body.to_owned(), complete: true, ..Response::default() };
        match recognise(&question, HOST, &response) {
            Recognition::Service => "service",
            Recognition::Unfamiliar => "unfamiliar",
            Recognition::Foreign { .. } => "foreign",
            Recognition::Failing { .. } => "failing",
            Recognition::Throttled => "throttled",
        }
    }

    type Row = (&'static str, u16, &'static [(&'static str, &'static str)], &'static str, &'static str);

    fn assert_told(table: &[Row]) {
        for (asked, status, headers, body, expected) in table {
            assert_eq!(told(asked, *status, headers, body), *expected, "{asked} {status} {headers:?} {body}");
        }
    }

    const ID: (&str, &str) = ("x-amzn-requestid", "4d3c");
    const S3_ID: (&str, &str) = ("x-amz-request-id", "4D3C");
    const VERSION: (&str, &str) = ("docker-distribution-api-version", "registry/2.0");
    const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

    #[test]
    fn each_service_is_known_by_its_marks() {
        assert_told(&[
            ("api", 400, &[ID], r#"{"__type":"MissingAuthenticationTokenException"}"#, "service"),
            ("api", 403, &[], r#"{"__type":"AccessDeniedException"}"#, "service"),
            ("api", 403, &[("x-amzn-errortype", "ForbiddenException")], "", "service"),
            ("api", 403, &[], "<ErrorResponse><RequestId>4d3c</RequestId></ErrorResponse>", "service"),
            ("path", 200, &[ID], "", "service"),
            ("ecr", 401, &[("www-authenticate", "Basic realm=\"x\",service=\"ecr.amazonaws.com\"")], "", "service"),
            ("oci", 401, &[VERSION, ("www-authenticate", "Bearer realm=\"x\"")], "", "service"),
            ("oci", 401, &[HTML, ("www-authenticate", "Basic realm=\"x\"")], "<html>", "service"),
            ("oci", 200, &[], "{}", "service"),
            ("s3", 403, &[S3_ID], "<Error><Code>AccessDenied</Code></Error>", "service"),
            ("s3", 307, &[S3_ID, ("location", "https://aws.amazon.com/s3/")], "", "service"),
            ("s3", 200, &[S3_ID], "<ListBucketResult/>", "service"),
            ("any", 404, &[HTML], "<html>", "service"),
        ]);
    }

    #[test]
    fn what_no_service_says_is_foreign() {
        assert_told(&[
            ("api", 200, &[HTML], "<html>Blocked</html>", "foreign"),
            ("api", 403, &[], "\n<!DOCTYPE html><title>Blocked</title>", "foreign"),
            ("oci", 200, &[HTML], "<html>Log in</html>", "foreign"),
            ("api", 407, &[ID], "", "foreign"),
            ("any", 407, &[], "", "foreign"),
            ("api", 400, &[ID, ("via", "1.1 proxy.corp.example (squid/6.6)")], "", "foreign"),
            ("api", 200, &[], r#"{"status":"ok"}"#, "foreign"),
            ("ecr", 200, &[VERSION], "{}", "foreign"),
            ("s3", 200, &[], "ok", "foreign"),
            ("api", 503, &[], "upstream connect error", "foreign"),
            ("ecr", 502, &[HTML], "<html>", "foreign"),
        ]);
    }

    #[test]
    fn what_is_merely_new_is_unfamiliar() {
        assert_told(&[
            ("api", 404, &[("server", "nginx")], "", "unfamiliar"),
            ("path", 200, &[], "healthy", "unfamiliar"),
            ("ecr", 401, &[VERSION, ("www-authenticate", "Bearer realm=\"x\"")], "", "unfamiliar"),
            ("ecr", 403, &[VERSION], "", "unfamiliar"),
            ("s3", 302, &[("location", "https://portal.example/")], "", "unfamiliar"),
        ]);
    }

    #[test]
    fn a_service_that_fails_or_asks_for_patience_is_the_service() {
        assert_told(&[
            ("api", 500, &[ID], "", "failing"),
            ("ecr", 503, &[VERSION], "", "failing"),
            ("s3", 503, &[S3_ID], "<Error><Code>SlowDown</Code></Error>", "throttled"),
            ("s3", 500, &[S3_ID], "<Error><Code>InternalError</Code></Error>", "failing"),
            ("any", 502, &[], "", "failing"),
            ("api", 400, &[ID], r#"{"__type":"ThrottlingException"}"#, "throttled"),
            ("api", 400, &[ID, ("x-amzn-errortype", "TooManyRequestsException:")], "", "throttled"),
            ("oci", 429, &[], r#"{"errors":[{"code":"TOOMANYREQUESTS"}]}"#, "throttled"),
            ("api", 400, &[ID, ("via", "1.1 4d3c.cloudfront.net (CloudFront)")], "", "service"),
        ]);
    }

    #[test]
    fn a_body_without_an_end_is_foreign_unless_the_service_has_marked_it() {
        let question = Question {
            method: Method::Get,
            path: "/".to_owned(),
            headers: Vec::new(),
            body: String::new(),
            answer: Expected::S3,
        };
        let bare = Response { status: 403, body_bytes: 65_536, complete: false, ..Response::default() };
        let why = "its body has no end or breaks off".to_owned();
        assert_eq!(recognise(&question, HOST, &bare), Recognition::Foreign { why });
        let headers = [("x-amz-request-id".to_owned(), "4D3C".to_owned())].into();
        let marked = Response { headers, ..bare };
        assert_eq!(recognise(&question, HOST, &marked), Recognition::Unfamiliar);
    }
}
