//! The signed calls: identity, secrets and parameters, environment files, registry token, log stream.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::line::{Line, part};
use super::log::Log;
use super::{first_part, s3};
use crate::aws::{self, Body, SigningScope, Unsigned};
use crate::net::{Net, Reply, Request};
use crate::observation::{Held, Part, StepPart, Told, Why};
use crate::plan::{Check, Deed, EnvironmentFile, LogGroup, SecretRef, SecretStore, SecretUse};
use crate::probe::Shared;

/// How long credentials may take, beyond what fetching them takes by itself.
const CREDENTIALS: Duration = Duration::from_secs(5);

/// One signed call of an AWS service, before it is signed.
pub(super) struct Call {
    /// The name that the signature has for the service.
    pub(super) service: &'static str,
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Call {
    /// The AWS JSON protocol.
    fn json(service: &'static str, target: &str, body: &Value) -> Self {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            service,
            method: "POST",
            target: "/".to_owned(),
            headers: vec![header("content-type", "application/x-amz-json-1.1"), header("x-amz-target", target)],
            body: body.to_string().into_bytes(),
        }
    }
}

/// Do what a step does that is one signed call or two.
pub(super) async fn call<N: Net>(shared: &Arc<Shared<N>>, check: &Check, deed: &Deed, log: &mut Log) {
    let Some(caller) = Caller::new(shared, check, deed, log).await else {
        // Whoever waits for what it would have brought goes on without.
        bring(shared, check, deed, None);
        return;
    };
    match deed {
        Deed::Identity => caller.identity(log).await,
        Deed::Secret(secret) => {
            let login = caller.secret(log, secret).await;
            bring(shared, check, deed, login.map(Arc::from));
        }
        Deed::EnvironmentFile(file) => caller.environment_file(log, check, file).await,
        Deed::Token => {
            let token = caller.token(log).await;
            bring(shared, check, deed, token.map(Arc::from));
        }
        Deed::LogStream(group) => caller.log_stream(log, group).await,
        Deed::Manifest(_) | Deed::Layers(_) => {}
    }
}

/// Hand on what a step brings for others: a registry token, or user and password of a registry.
fn bring<N: Net>(shared: &Shared<N>, check: &Check, deed: &Deed, value: Option<Arc<str>>) {
    if let Some(value) = &value {
        shared.replay.scrubber.add(value);
        // A token of ECR is user and password in base64: an answer may repeat the password alone.
        let pair = BASE64_STANDARD.decode(value.as_bytes()).ok().and_then(|pair| String::from_utf8(pair).ok());
        if let Some((_, password)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
            shared.replay.scrubber.add(password);
        }
    }
    let promise = match deed {
        Deed::Token => check.step.as_ref().and_then(|step| shared.replay.tokens.get(&step.over)),
        Deed::Secret(SecretRef { purpose: SecretUse::Registry { image }, .. }) => shared.replay.logins.get(image),
        _ => None,
    };
    if let Some(promise) = promise {
        promise.keep(value);
    }
}

/// Who calls: the connections to the service, and the credentials.
struct Caller<'a, N: Net> {
    shared: &'a Arc<Shared<N>>,
    line: Line<'a, N>,
    credentials: Arc<aws::Credentials>,
    region: String,
}

impl<'a, N: Net> Caller<'a, N> {
    async fn new(shared: &'a Arc<Shared<N>>, check: &Check, deed: &Deed, log: &mut Log) -> Option<Self> {
        let fetched = tokio::time::timeout(CREDENTIALS, shared.credentials());
        let credentials = match shared.stop.or(fetched).await {
            Ok(Ok(Some(credentials))) => Ok(credentials),
            Ok(Ok(None) | Err(_)) => Err(Why::NoCredentials),
            Err(why) => Err(why),
        };
        let line = Line::of_step(shared, check).ok_or(Why::OurFault);
        match (credentials, line) {
            (Ok(credentials), Ok(line)) => {
                let region = check.region.as_ref().unwrap_or(&shared.plan.place.region).to_string();
                Some(Self { shared, line, credentials, region })
            }
            (Err(why), _) | (_, Err(why)) => {
                log.not_tried(first_part(deed), why);
                None
            }
        }
    }

    /// Sign a call and make it.
    async fn ask(&self, log: &mut Log, part: StepPart, call: Call) -> Option<(Reply, Vec<u8>)> {
        let scope = SigningScope { service: call.service, region: &self.region };
        let host = self.line.authority();
        let unsigned = Unsigned {
            method: call.method,
            host: &host,
            path_and_query: &call.target,
            headers: &call.headers,
            body: Body::Bytes(&call.body),
        };
        let Ok(signature) = aws::sign(&self.credentials, &scope, &unsigned, SystemTime::now()) else {
            log.not_tried(part, Why::OurFault);
            return None;
        };
        let headers = call.headers.into_iter().chain(signature).collect();
        let request = Request { method: call.method, host, target: call.target, headers, body: call.body };
        self.line.ask(log, part, &request).await
    }

    /// The JSON of a good answer.
    async fn ask_json(&self, log: &mut Log, part: StepPart, call: Call) -> Option<Value> {
        let (reply, body) = self.ask(log, part, call).await?;
        if reply.response.status != 200 {
            return None;
        }
        let value = crate::json::read(&body);
        if value.is_none() {
            log.unusable("it is not the JSON of this service");
        }
        value
    }

    /// Ask for the object as the platform does. An answer to HEAD has no words, so what is refused is asked for once more
    /// with GET, one byte of it.
    async fn environment_file(&self, log: &mut Log, check: &Check, file: &EnvironmentFile) {
        let asked = || part(Part::HeadObject, &file.key);
        let answer = self.ask(log, asked(), s3::head(check, file)).await;
        if answer.is_some_and(|(reply, _)| reply.response.status == 403) {
            self.ask(log, asked(), s3::first_byte(check, file)).await;
            log.second_try();
        }
    }

    async fn identity(&self, log: &mut Log) {
        let call = Call {
            service: "sts",
            method: "POST",
            target: "/".to_owned(),
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
            body: b"Action=GetCallerIdentity&Version=2011-06-15".to_vec(),
        };
        let answer = self.ask(log, part(Part::GetCallerIdentity, ""), call).await;
        let Some((_, body)) = answer.filter(|(reply, _)| reply.response.status == 200) else { return };
        match aws::element(&String::from_utf8_lossy(&body), "Arn") {
            Some(arn) => log.held(Held::Identity { arn: arn.chars().take(300).collect() }),
            None => log.unusable("it names no ARN"),
        }
    }

    async fn token(&self, log: &mut Log) -> Option<String> {
        let call = Call::json("ecr", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", &json!({}));
        let value = self.ask_json(log, part(Part::GetAuthorizationToken, ""), call).await?;
        let token = value["authorizationData"][0]["authorizationToken"].as_str();
        let is_sent = |token: &&str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        let token = token.filter(is_sent);
        match token {
            Some(_) => log.held(Held::Token),
            None => log.unusable("it holds no token"),
        }
        token.map(str::to_owned)
    }

    /// Fetch a secret or parameter; of one that is for a registry, user and password as Basic credentials.
    async fn secret(&self, log: &mut Log, secret: &SecretRef) -> Option<String> {
        let read_only = self.shared.plan.replay.read_only;
        match (secret.store, read_only) {
            (SecretStore::SecretsManager, false) => self.secret_value(log, secret).await,
            (SecretStore::ParameterStore, false) => self.parameter(log, secret).await,
            (SecretStore::SecretsManager, true) => {
                let call =
                    Call::json("secretsmanager", "secretsmanager.DescribeSecret", &json!({ "SecretId": secret.id }));
                if let Some(value) = self.ask_json(log, part(Part::DescribeSecret, &secret.id), call).await {
                    // Of one that is marked for deletion no value is given out.
                    log.held(Held::Listed { found: value.get("DeletedDate").is_none_or(Value::is_null) });
                }
                None
            }
            (SecretStore::ParameterStore, true) => {
                let name = name_of_parameter(&secret.id);
                let filter = json!({ "ParameterFilters": [{ "Key": "Name", "Option": "Equals", "Values": [name] }] });
                let call = Call::json("ssm", "AmazonSSM.DescribeParameters", &filter);
                if let Some(value) = self.ask_json(log, part(Part::DescribeParameters, &secret.id), call).await {
                    let found = value["Parameters"].as_array().is_some_and(|all| !all.is_empty());
                    log.held(Held::Listed { found });
                }
                None
            }
        }
    }

    async fn secret_value(&self, log: &mut Log, secret: &SecretRef) -> Option<String> {
        let mut wanted = json!({ "SecretId": secret.id });
        if let Some(stage) = &secret.version_stage {
            wanted["VersionStage"] = json!(stage);
        }
        if let Some(id) = &secret.version_id {
            wanted["VersionId"] = json!(id);
        }
        let call = Call::json("secretsmanager", "secretsmanager.GetSecretValue", &wanted);
        let value = self.ask_json(log, part(Part::GetSecretValue, &secret.id), call).await?;
        let text = value["SecretString"].as_str();
        if text.is_none() && value.get("SecretBinary").is_none() {
            log.unusable("it holds no value");
            return None;
        }
        let inner: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
        let has_key = |key: &String| inner.as_ref().and_then(Value::as_object).is_some_and(|map| map.contains_key(key));
        log.held(Held::Secret { has_key: secret.json_key.as_ref().map(has_key) });
        match secret.purpose {
            SecretUse::Registry { .. } => {
                let login = inner.as_ref().and_then(|inner| login(inner, &self.shared.replay.scrubber));
                log.held(Held::Secret { has_key: Some(login.is_some()) });
                login
            }
            SecretUse::Environment | SecretUse::LogOption => None,
        }
    }

    async fn parameter(&self, log: &mut Log, secret: &SecretRef) -> Option<String> {
        let wanted = json!({ "Names": [secret.id], "WithDecryption": true });
        let call = Call::json("ssm", "AmazonSSM.GetParameters", &wanted);
        let value = self.ask_json(log, part(Part::GetParameters, &secret.id), call).await?;
        if value["Parameters"].as_array().is_some_and(|all| !all.is_empty()) {
            log.held(Held::Secret { has_key: None });
        } else if value["InvalidParameters"].as_array().is_some_and(|all| !all.is_empty()) {
            let message = "the parameter is among those that do not exist".to_owned();
            log.told(Told { code: "InvalidParameters".to_owned(), message });
        } else {
            log.unusable("it holds no parameter");
        }
        None
    }

    /// Open a stream as the log driver does, and say in it what it is.
    async fn log_stream(&self, log: &mut Log, group: &LogGroup) {
        if self.shared.plan.replay.read_only {
            let wanted = json!({ "logGroupName": group.name, "limit": 1 });
            let call = Call::json("logs", "Logs_20140328.DescribeLogStreams", &wanted);
            if self.ask_json(log, part(Part::DescribeLogStreams, &group.name), call).await.is_some() {
                log.held(Held::Listed { found: true });
            }
            return;
        }
        let stream = format!("vpcprobe/{}", self.shared.replay.kit.run_id);
        let wanted = json!({ "logGroupName": group.name, "logStreamName": stream });
        let call = Call::json("logs", "Logs_20140328.CreateLogStream", &wanted);
        let created = self.ask(log, part(Part::CreateLogStream, &group.name), call).await;
        if created.is_none_or(|(reply, _)| reply.response.status != 200) {
            return;
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let message = "vpcprobe opened this stream to learn whether a task could; nothing else is written to it";
        let event = json!({ "timestamp": u64::try_from(now.as_millis()).unwrap_or_default(), "message": message });
        let wanted = json!({ "logGroupName": group.name, "logStreamName": stream, "logEvents": [event] });
        let call = Call::json("logs", "Logs_20140328.PutLogEvents", &wanted);
        if let Some(value) = self.ask_json(log, part(Part::PutLogEvents, &group.name), call).await {
            if !value.is_object() {
                log.unusable("it is not the JSON of this service");
            } else if value.get("rejectedLogEventsInfo").is_some_and(|info| !info.is_null()) {
                log.unusable("it takes the call and rejects the event for its time: see the clock");
            }
        }
    }
}

/// A parameter's ARN says its name; a filter takes nothing else.
fn name_of_parameter(id: &str) -> &str {
    match id.split_once(":parameter") {
        // A name of one part stands in the ARN with a slash that is not its own.
        Some((_, name)) if name.matches('/').count() == 1 => &name[1..],
        Some((_, name)) => name,
        None => id,
    }
}

/// User and password of a registry, as the platform expects them in a secret.
fn login(secret: &Value, scrubber: &aws::Scrubber) -> Option<String> {
    let (user, password) = (secret["username"].as_str()?, secret["password"].as_str()?);
    scrubber.add(password);
    Some(BASE64_STANDARD.encode(format!("{user}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameters_name_is_taken_from_its_arn() {
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter";
        assert_eq!(name_of_parameter(&format!("{arn}/a/b")), "/a/b");
        assert_eq!(name_of_parameter(&format!("{arn}/plain")), "plain");
        assert_eq!(name_of_parameter("/a/b"), "/a/b");
    }

    #[test]
    fn user_and_password_of_a_registry_become_basic_credentials() {
        let scrubber = aws::Scrubber::default();
        assert_eq!(
            login(&json!({ "username": "u", "password": "p4ssw0rd" }), &scrubber).as_deref(),
            Some("dTpwNHNzdzByZA==")
        );
        assert_eq!(scrubber.scrub("p4ssw0rd"), "[cut]");
        assert_eq!(login(&json!({ "user": "u" }), &scrubber), None);
    }
}
