//! From how a service's API is spoken to the question that is asked of it unsigned.

use super::{Expected, Method, Question};

/// How a service's API is spoken, and which harmless operation is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Call {
    /// A registry's version check.
    Registry,
    /// An anonymous GET of a bucket's root.
    Bucket,
    /// The AWS JSON protocol.
    Json {
        /// `1.0` or `1.1`.
        version: &'static str,
        /// The operation with its prefix, for `X-Amz-Target`.
        target: &'static str,
    },
    /// The AWS query protocol.
    Query {
        /// The operation.
        action: &'static str,
        /// The date that names the API's version.
        version: &'static str,
    },
    /// A path of an API spoken by method and path, or of one whose protocol is not public.
    Path {
        /// The method.
        method: Method,
        /// The path.
        path: &'static str,
    },
}

impl Call {
    /// The question as it goes over the wire.
    pub fn question(self) -> Question {
        match self {
            Self::Registry => get("/v2/", Expected::EcrRegistry),
            Self::Bucket => get("/", Expected::S3),
            Self::Json { version, target } => post(
                "/",
                vec![
                    header("Content-Type", &format!("application/x-amz-json-{version}")),
                    header("X-Amz-Target", target),
                ],
                "{}",
            ),
            Self::Query { action, version } => post(
                "/",
                vec![header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
                &format!("Action={action}&Version={version}"),
            ),
            Self::Path { method: Method::Get, path } => get(path, Expected::AwsApi),
            Self::Path { method: Method::Post, path } => {
                post(path, vec![header("Content-Type", "application/json")], "{}")
            }
        }
    }
}

impl Question {
    /// What is asked of a registry that is not ECR's.
    pub fn of_any_registry() -> Self {
        get("/v2/", Expected::OciRegistry)
    }
}

fn get(path: &str, answer: Expected) -> Question {
    Question { method: Method::Get, path: path.to_owned(), headers: Vec::new(), body: String::new(), answer }
}

fn post(path: &str, headers: Vec<(String, String)>, body: &str) -> Question {
    Question { method: Method::Post, path: path.to_owned(), headers, body: body.to_owned(), answer: Expected::AwsApi }
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_has_its_own_form() {
        let json = Call::Json { version: "1.1", target: "Logs_20140328.DescribeLogGroups" }.question();
        assert_eq!((json.method, json.path.as_str(), json.body.as_str()), (Method::Post, "/", "{}"));
        assert_eq!(json.headers[0].1, "application/x-amz-json-1.1");
        assert_eq!(json.headers[1], header("X-Amz-Target", "Logs_20140328.DescribeLogGroups"));
        let query = Call::Query { action: "GetCallerIdentity", version: "2011-06-15" }.question();
        assert_eq!(query.body, "Action=GetCallerIdentity&Version=2011-06-15");
        assert_eq!(Call::Registry.question().answer, Expected::EcrRegistry);
        assert_eq!(Question::of_any_registry().answer, Expected::OciRegistry);
        assert_eq!(Call::Bucket.question(), get("/", Expected::S3));
    }
}
