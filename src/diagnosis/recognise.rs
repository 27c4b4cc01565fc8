//! Whether an HTTP answer is that of the service that was asked.

use crate::catalog::{Expected, Question};
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
pub fn recognise(question: &Question, host: &str, response: &Response) -> Recognition {
    if let Some(why) = foreign(question, response) {
        return Recognition::Foreign { why };
    }
    let marked = is_marked(question, host, response);
    match response.status {
        429 => Recognition::Throttled,
        _ if is_throttling(&response.body) && marked => Recognition::Throttled,
        500..=599 => Recognition::Failing { status: response.status },
        _ if marked => Recognition::Service,
        _ => Recognition::Unfamiliar,
    }
}

fn foreign(question: &Question, response: &Response) -> Option<String> {
    let status = response.status;
    let is_api = match question.answer {
        Expected::AnyHttp => return None,
        Expected::OciRegistry => false,
        Expected::AwsApi | Expected::EcrRegistry | Expected::S3 => true,
    };
    if status == 407 {
        return Some("it asks for proxy authentication (407)".to_owned());
    }
    if let Some(via) = response.header("via").filter(|_| is_api) {
        return Some(format!("a proxy names itself in the header Via: {via}"));
    }
    let html =
        response.header("content-type").is_some_and(|kind| kind.contains("html")) || looks_like_html(&response.body);
    if html {
        return Some(format!("it is an HTML page (status {status})"));
    }
    let unasked = (200..300).contains(&status) && matches!(question.answer, Expected::AwsApi | Expected::EcrRegistry);
    unasked.then(|| format!("it accepts a call without credentials (status {status})"))
}

fn looks_like_html(body: &str) -> bool {
    let start: String = body.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

fn is_throttling(body: &str) -> bool {
    ["ThrottlingException", "TooManyRequests", "TOOMANYREQUESTS", "SlowDown"].iter().any(|word| body.contains(word))
}

fn is_marked(question: &Question, host: &str, response: &Response) -> bool {
    let challenge = response.header("www-authenticate").unwrap_or_default();
    let has = |name| response.header(name).is_some();
    match question.answer {
        Expected::EcrRegistry => {
            response.status == 401
                && challenge.starts_with("Basic ")
                && (challenge.contains("ecr.amazonaws.com") || challenge.contains(host))
        }
        Expected::OciRegistry => {
            has("docker-distribution-api-version")
                || challenge.starts_with("Bearer ")
                || challenge.starts_with("Basic ")
                || response.status == 200
        }
        Expected::AwsApi => {
            let id = has("x-amzn-requestid") || has("x-amz-request-id") || response.body.contains("<RequestId>");
            let error = has("x-amzn-errortype") || response.body.contains("__type") || response.body.contains("<Code>");
            id || error
        }
        Expected::S3 => has("x-amz-request-id"),
        Expected::AnyHttp => true,
    }
}
