//! What the services say to an unsigned call.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Request, Response};
use crate::catalog::Wire;

/// The service's own answer.
pub fn answer(request: &Request, wire: Wire, host: &str, region: &str) -> Response {
    match wire {
        Wire::Json => json(),
        Wire::RestJson => rest_json(),
        Wire::Query => query(),
        Wire::S3 => store(request, region),
        Wire::Registry => registry(request, host),
        Wire::Bearer => bearer(host, &format!("https://{host}/token"), None),
        Wire::CheckIp => Response::new(200, "text/plain;charset=UTF-8", "203.0.113.7\n"),
        Wire::Page | Wire::Tcp | Wire::Metadata => page(200, "<html><body>It works.</body></html>"),
    }
}

/// A page of HTML.
pub fn page(status: u16, html: &str) -> Response {
    Response::new(status, "text/html; charset=utf-8", html)
}

/// The marks that a service puts on every answer, by what it speaks; here by what its answer already carries.
pub fn failing(response: &Response, status: u16) -> Response {
    let marks =
        ["x-amzn-requestid", "x-amz-request-id", "x-amz-id-2", "server", "docker-distribution-api-version", "date"];
    let mut failed = Response::new(status, "text/plain", "the service fails\n");
    let kept = response.headers.iter().filter(|(name, _)| marks.contains(&name.to_ascii_lowercase().as_str()));
    failed.headers.extend(kept.cloned());
    failed
}

fn serial() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// A request id as AWS writes it: different each time.
pub fn request_id() -> String {
    let n = serial();
    format!("{n:08x}-6c61-4b62-8a5e-{:012x}", n.wrapping_mul(0x9e37_79b9))
}

fn json() -> Response {
    let body = serde_json::json!({
        "__type": "MissingAuthenticationTokenException",
        "message": "Missing Authentication Token"
    });
    Response::new(400, "application/x-amz-json-1.1", body.to_string()).header("x-amzn-RequestId", &request_id())
}

fn rest_json() -> Response {
    Response::new(403, "application/json", r#"{"message":"Missing Authentication Token"}"#)
        .header("x-amzn-RequestId", &request_id())
        .header("x-amzn-ErrorType", "MissingAuthenticationTokenException")
}

fn query() -> Response {
    let id = request_id();
    let (code, message) = ("MissingAuthenticationToken", "Request is missing Authentication Token");
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    \
         <Code>{code}</Code>\n    <Message>{message}</Message>\n  </Error>\n  <RequestId>{id}</RequestId>\n</ErrorResponse>\n"
    );
    Response::new(403, "text/xml", body).header("x-amzn-RequestId", &id)
}

fn store(request: &Request, region: &str) -> Response {
    let id = format!("{:016X}", serial().wrapping_mul(0x1F2E_3D4C_5B6A_7988));
    let host_id = "bGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQ=";
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>\
         <RequestId>{id}</RequestId><HostId>{host_id}</HostId></Error>"
    );
    let body = if request.method == "HEAD" { String::new() } else { body };
    Response::new(403, "application/xml", body)
        .header("x-amz-bucket-region", region)
        .header("x-amz-request-id", &id)
        .header("x-amz-id-2", host_id)
        .header("Server", "AmazonS3")
}

/// A private registry's challenge.
pub fn registry(request: &Request, host: &str) -> Response {
    let body = if request.method == "HEAD" { "" } else { "Not Authorized\n" };
    Response::new(401, "text/plain; charset=utf-8", body)
        .header("Docker-Distribution-Api-Version", "registry/2.0")
        .header("Www-Authenticate", &format!("Basic realm=\"https://{host}/\",service=\"ecr.amazonaws.com\""))
}

/// A public registry's challenge.
pub fn bearer(host: &str, realm: &str, scope: Option<&str>) -> Response {
    let service = if host == "registry-1.docker.io" { "registry.docker.io" } else { host };
    let scope = scope.map(|scope| format!(",scope=\"{scope}\"")).unwrap_or_default();
    let body = r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":null}]}"#;
    Response::new(401, "application/json", body)
        .header("Docker-Distribution-Api-Version", "registry/2.0")
        .header("Www-Authenticate", &format!("Bearer realm=\"{realm}\",service=\"{service}\"{scope}"))
}
