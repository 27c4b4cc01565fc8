//! The operations that the lab knows, by service.

use serde_json::{Value, json};

use super::call::Call;
use super::policy::{refusal, refuse};
use super::{Cloud, auth, sigv4};
use crate::catalog::{self, Wire};
use crate::http::{Response, unsigned};
use crate::scenario::Refusal;

/// What an operation answers.
pub type Answer = Result<Value, Refusal>;

/// An operation of a service that speaks JSON.
pub type Operation = fn(&Cloud, &Call, &Value) -> Answer;

/// Every operation: signing name, operation, what it does.
pub const OPERATIONS: [(&str, &str, Operation); 11] = [
    ("ecr", "GetAuthorizationToken", Cloud::authorization_token),
    ("secretsmanager", "GetSecretValue", Cloud::secret_value),
    ("secretsmanager", "DescribeSecret", Cloud::describe_secret),
    ("ssm", "GetParameters", Cloud::get_parameters),
    ("ssm", "GetParameter", Cloud::get_parameter),
    ("ssm", "DescribeParameters", Cloud::describe_parameters),
    ("logs", "CreateLogGroup", Cloud::create_log_group),
    ("logs", "CreateLogStream", Cloud::create_log_stream),
    ("logs", "PutLogEvents", Cloud::put_log_events),
    ("logs", "DescribeLogGroups", Cloud::describe_log_groups),
    ("logs", "DescribeLogStreams", Cloud::describe_log_streams),
];

/// A modelled error; JSON services answer all of them with 400.
pub fn error<T>(code: &str, message: &str) -> Result<T, Refusal> {
    Err(refusal(400, code, message))
}

/// A text field of a request.
pub fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

impl Cloud {
    /// Answers as a service that speaks JSON.
    pub(super) fn json_api(&self, call: &Call) -> Response {
        if !auth::is_signed(call) {
            return unsigned::answer(call.request, call.wire, &call.host, &call.region);
        }
        if let Err(refused) = auth::verify(call, &self.identity) {
            return *refused;
        }
        if let Some(refused) = self.forbidden(call) {
            return refused;
        }
        let known = OPERATIONS.iter().find(|(service, name, _)| *service == call.signing && *name == call.action);
        let Some((_, _, operation)) = known else {
            return refuse(call, &refusal(400, "UnknownOperationException", ""));
        };
        match operation(self, call, &call.json()) {
            Ok(Value::Null) => Response::empty(200).header("x-amzn-RequestId", &call.id()),
            Ok(answer) => Response::new(200, "application/x-amz-json-1.1", answer.to_string())
                .header("x-amzn-RequestId", &call.id()),
            Err(refused) => refuse(call, &refused),
        }
    }

    /// Answers as a service that speaks the query protocol, of which the lab knows STS.
    pub(super) fn query_api(&self, call: &Call) -> Response {
        if !auth::is_signed(call) {
            return unsigned::answer(call.request, call.wire, &call.host, &call.region);
        }
        if let Err(refused) = auth::verify(call, &self.identity) {
            return *refused;
        }
        if let Some(refused) = self.forbidden(call) {
            return refused;
        }
        if (call.signing.as_str(), call.action.as_str()) != ("sts", "GetCallerIdentity") {
            let message = format!("Could not find operation {} for version NO_VERSION_SPECIFIED", call.action);
            return refuse(call, &refusal(400, "InvalidAction", &message));
        }
        let id = call.id();
        let user = &self.identity.user_arn;
        let body = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
             <GetCallerIdentityResult>\n    <Arn>{user}</Arn>\n    <UserId>AROALABEXAMPLEROLE001:{}</UserId>\n    \
             <Account>{}</Account>\n  </GetCallerIdentityResult>\n  <ResponseMetadata>\n    <RequestId>{id}</RequestId>\n  \
             </ResponseMetadata>\n</GetCallerIdentityResponse>\n",
            user.rsplit('/').next().unwrap_or_default(),
            self.account
        );
        Response::new(200, "text/xml", body).header("x-amzn-RequestId", &id)
    }

    /// A token for the registries of the region.
    #[expect(clippy::unnecessary_wraps, reason = "a row of the table of operations")]
    fn authorization_token(&self, call: &Call, _: &Value) -> Answer {
        let registry = format!("{}.dkr.ecr.{}.{}", self.account, call.region, catalog::partition(&call.region).suffix);
        let (token, ends) = self.hand_out_registry_token(&call.region);
        Ok(json!({
            "authorizationData": [{
                "authorizationToken": token,
                "expiresAt": ends,
                "proxyEndpoint": format!("https://{registry}")
            }]
        }))
    }

    /// The actions that a request needs, as policies write them, and on what.
    pub(super) fn permissions(&self, call: &Call) -> Vec<(String, String)> {
        match call.wire {
            Wire::Json => self.json_permissions(call),
            Wire::Query => vec![(format!("{}:{}", call.signing, call.action), "*".to_owned())],
            Wire::S3 => super::s3::permissions(call),
            Wire::Registry => registry_permissions(call),
            _ => Vec::new(),
        }
    }

    fn json_permissions(&self, call: &Call) -> Vec<(String, String)> {
        let body = call.json();
        let partition = catalog::partition(&call.region).id;
        let arn = |rest: String| format!("arn:{partition}:{}:{}:{}:{rest}", call.signing, call.region, self.account);
        let group = || format!("log-group:{}:log-stream:{}", text(&body, "logGroupName"), text(&body, "logStreamName"));
        let resource = match call.signing.as_str() {
            "secretsmanager" => self.secret_arn(call, text(&body, "SecretId")),
            "ssm" => {
                let first = body.pointer("/Names/0").or(body.get("Name")).and_then(Value::as_str).unwrap_or("*");
                let name = first.rsplit(":parameter").next().unwrap_or(first).trim_start_matches('/');
                if name == "*" { arn("*".to_owned()) } else { arn(format!("parameter/{name}")) }
            }
            "logs" => arn(group()),
            _ => "*".to_owned(),
        };
        let mut needed = vec![(format!("{}:{}", call.signing, call.action), resource)];
        if self.needs_key(call, &body) {
            let key = format!(
                "arn:{partition}:kms:{}:{}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                call.region, self.account
            );
            needed.push(("kms:Decrypt".to_owned(), key));
        }
        needed
    }
}

fn registry_permissions(call: &Call) -> Vec<(String, String)> {
    let path = sigv4::unescape(call.request.path());
    let Some(rest) = path.strip_prefix("/v2/") else {
        return Vec::new();
    };
    let found = [("/manifests/", "ecr:BatchGetImage"), ("/blobs/", "ecr:GetDownloadUrlForLayer")];
    let found = found.iter().find_map(|(part, action)| Some((rest.rsplit_once(part)?.0, *action)));
    let partition = catalog::partition(&call.region).id;
    let account = super::registry::account_of(&call.host);
    let needed = found.map(|(repository, action)| {
        (action.to_owned(), format!("arn:{partition}:ecr:{}:{account}:repository/{repository}", call.region))
    });
    needed.into_iter().collect()
}
