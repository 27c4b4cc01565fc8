//! Denials in AWS's own words, and refusals in each service's own shape.

use super::call::Call;
use crate::catalog::Wire;
use crate::http::Response;
use crate::scenario::{Denial, Policy, Refusal};

/// What AWS says after the user, the action and the resource.
fn because(by: Policy, action: &str) -> String {
    let lacks = |kind: &str| format!(" because no {kind} allows the {action} action");
    let forbids = |kind: &str| format!(" with an explicit deny in {kind}");
    match by {
        Policy::Identity => lacks("identity-based policy"),
        Policy::IdentityExplicit => forbids("an identity-based policy"),
        Policy::Endpoint => lacks("VPC endpoint policy"),
        Policy::EndpointExplicit => forbids("a VPC endpoint policy"),
        Policy::Resource => lacks("resource-based policy"),
        Policy::ResourceExplicit => forbids("a resource-based policy"),
        Policy::Scp => forbids("a service control policy"),
        Policy::Rcp => forbids("a resource control policy"),
        Policy::Boundary => lacks("permissions boundary"),
        Policy::Session => lacks("session policy"),
        Policy::Unsaid => String::new(),
    }
}

/// The refusal that a policy brings about.
pub fn denial(denial: &Denial, user: &str, resource: &str, wire: Wire) -> Refusal {
    let action = &denial.action;
    let resource = denial.resource.as_deref().unwrap_or(resource);
    let quote = if wire == Wire::S3 { "\"" } else { "" };
    let mut message =
        format!("User: {user} is not authorized to perform: {action} on resource: {quote}{resource}{quote}");
    message.push_str(&because(denial.by, action));
    if wire == Wire::S3 && denial.by == Policy::Unsaid {
        "Access Denied".clone_into(&mut message);
    }
    if action == "kms:Decrypt" && denial.by == Policy::Unsaid {
        "Access to KMS is not allowed".clone_into(&mut message);
    }
    let (status, code) = match wire {
        Wire::S3 | Wire::Query => (403, "AccessDenied"),
        Wire::Registry | Wire::Bearer => (403, "DENIED"),
        Wire::RestJson => (403, "AccessDeniedException"),
        _ => (400, "AccessDeniedException"),
    };
    Refusal { status, code: code.to_owned(), message }
}

/// Too many requests, as each service says it.
pub fn throttled(wire: Wire) -> Refusal {
    let (status, code, message) = match wire {
        Wire::S3 => (503, "SlowDown", "Please reduce your request rate."),
        Wire::Registry | Wire::Bearer => (429, "TOOMANYREQUESTS", "Rate exceeded"),
        Wire::Query => (400, "Throttling", "Rate exceeded"),
        Wire::RestJson => (429, "TooManyRequestsException", "Rate exceeded"),
        _ => (400, "ThrottlingException", "Rate exceeded"),
    };
    refusal(status, code, message)
}

/// A refusal.
pub fn refusal(status: u16, code: &str, message: &str) -> Refusal {
    Refusal { status, code: code.to_owned(), message: message.to_owned() }
}

/// A refusal in the service's own shape.
pub fn refuse(call: &Call, refusal: &Refusal) -> Response {
    let Refusal { status, code, message } = refusal;
    let method = &call.request.method;
    match call.wire {
        Wire::S3 => store(call, refusal, ""),
        Wire::Query => {
            let id = call.id();
            let kind = if *status < 500 { "Sender" } else { "Receiver" };
            let body = format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>{kind}</Type>\n    \
                 <Code>{code}</Code>\n    <Message>{}</Message>\n  </Error>\n  <RequestId>{id}</RequestId>\n\
                 </ErrorResponse>\n",
                escape(message)
            );
            Response::new(*status, "text/xml", body).header("x-amzn-RequestId", &id)
        }
        Wire::RestJson => {
            Response::new(*status, "application/json", serde_json::json!({ "message": message }).to_string())
                .header("x-amzn-RequestId", &call.id())
                .header("x-amzn-ErrorType", code)
        }
        Wire::Registry | Wire::Bearer | Wire::Page => {
            let body = serde_json::json!({ "errors": [{ "code": code, "message": message }] });
            Response::new(*status, "application/json; charset=utf-8", body.to_string())
                .header("Docker-Distribution-Api-Version", "registry/2.0")
                .for_method(method)
        }
        _ => {
            // The layer in front of the services writes its denials with a capital letter.
            let key = if code == "AccessDeniedException" { "Message" } else { "message" };
            let body = serde_json::json!({ "__type": code, key: message });
            Response::new(*status, "application/x-amz-json-1.1", body.to_string())
                .header("x-amzn-RequestId", &call.id())
        }
    }
}

/// A refusal of S3, with more elements in it; HEAD gets none of it.
pub fn store(call: &Call, refusal: &Refusal, more: &str) -> Response {
    let id = call.id();
    let host_id = "bGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQ=";
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{more}\
         <RequestId>{id}</RequestId><HostId>{host_id}</HostId></Error>",
        refusal.code,
        escape(&refusal.message)
    );
    let body = if call.request.method == "HEAD" { String::new() } else { body };
    Response::new(refusal.status, "application/xml", body)
        .header("x-amz-request-id", &id)
        .header("x-amz-id-2", host_id)
        .header("Server", "AmazonS3")
}

/// Text inside XML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "arn:aws:sts::123456789012:assumed-role/r/t";

    fn denied(action: &str, by: Policy, resource: &str, wire: Wire) -> (u16, String, String) {
        let given = Denial { action: action.to_owned(), by, resource: None };
        let Refusal { status, code, message } = denial(&given, USER, resource, wire);
        (status, code, message)
    }

    #[test]
    fn each_policy_has_its_words() {
        let table = [
            (Policy::Identity, " because no identity-based policy allows the ecr:GetAuthorizationToken action"),
            (Policy::IdentityExplicit, " with an explicit deny in an identity-based policy"),
            (Policy::Endpoint, " because no VPC endpoint policy allows the ecr:GetAuthorizationToken action"),
            (Policy::EndpointExplicit, " with an explicit deny in a VPC endpoint policy"),
            (Policy::Resource, " because no resource-based policy allows the ecr:GetAuthorizationToken action"),
            (Policy::ResourceExplicit, " with an explicit deny in a resource-based policy"),
            (Policy::Scp, " with an explicit deny in a service control policy"),
            (Policy::Rcp, " with an explicit deny in a resource control policy"),
            (Policy::Boundary, " because no permissions boundary allows the ecr:GetAuthorizationToken action"),
            (Policy::Session, " because no session policy allows the ecr:GetAuthorizationToken action"),
            (Policy::Unsaid, ""),
        ];
        for (by, end) in table {
            let (status, code, message) = denied("ecr:GetAuthorizationToken", by, "*", Wire::Json);
            assert_eq!((status, code.as_str()), (400, "AccessDeniedException"));
            let begin = format!("User: {USER} is not authorized to perform: ecr:GetAuthorizationToken on resource: *");
            assert_eq!(message, begin + end, "{by:?}");
        }
    }

    #[test]
    fn each_service_has_its_status() {
        let image = denied("ecr:BatchGetImage", Policy::Resource, "arn:aws:ecr:r:1:repository/app", Wire::Registry);
        assert_eq!((image.0, image.1.as_str()), (403, "DENIED"));
        let layer = denied("s3:GetObject", Policy::Endpoint, "arn:aws:s3:::b/k", Wire::S3);
        assert_eq!((layer.0, layer.1.as_str()), (403, "AccessDenied"));
        assert!(layer.2.contains(" on resource: \"arn:aws:s3:::b/k\" because no VPC endpoint policy allows the "));
        assert_eq!(denied("s3:GetObject", Policy::Unsaid, "arn:aws:s3:::b/k", Wire::S3).2, "Access Denied");
    }
}
