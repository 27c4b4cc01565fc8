//! Calls as a client makes them, without a network.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::sigv4::Scope;
use super::*;
use crate::scenario::Fault;
use crate::world::World;

fn world(text: &str) -> World {
    let text = format!("title = \"a test\"\n{text}\n[expect]\nexit = 0\n");
    World::build(toml::from_str(&text).unwrap()).unwrap()
}

/// A signed call, or one with other headers.
struct Client<'a> {
    world: &'a World,
    headers: Vec<(String, String)>,
}

impl Client<'_> {
    fn answer(&self, request: &Request, host: &str) -> Response {
        let (_, service) = catalog::service_of(host).unwrap();
        let home = self.world.region();
        let site =
            self.world.sites.values().find(|site| site.names.iter().any(|own| crate::scenario::matches(own, host)));
        let site = Site { wire: service.wire, service: Some(service.id), ..site.unwrap().clone() };
        let faults: Vec<(usize, &Fault)> = self.world.scenario.faults.iter().enumerate().collect();
        let call = self.world.cloud.receive(read(request, &site, Some(host), home), &faults);
        self.world.cloud.answer(&call)
    }

    fn get(&self, url: &str) -> Response {
        let rest = url.strip_prefix("https://").unwrap();
        let (host, _) = rest.split_once('/').unwrap();
        let headers: Vec<String> = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let target = &rest[host.len()..];
        self.answer(
            &Request::parse(&format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{}\r\n", headers.concat())),
            host,
        )
    }

    fn signed(&self, host: &str, head: &str, body: &str) -> Response {
        let call = |text: &str| {
            let mut request = Request::parse(text);
            request.body = body.as_bytes().to_vec();
            request
        };
        let identity = &self.world.cloud.identity;
        let moment = clock::basic(SystemTime::now());
        let hash = sigv4::sha256(body.as_bytes());
        let head = format!(
            "{head}Host: {host}\r\nX-Amz-Date: {moment}\r\nX-Amz-Security-Token: {}\r\n\
             X-Amz-Content-Sha256: {hash}\r\n",
            identity.key.token
        );
        let (region, service) = catalog::service_of(host).unwrap();
        let name = if service.wire == Wire::S3 { "s3" } else { service.id.split('.').next().unwrap() };
        let scope = Scope { day: moment[..8].to_owned(), region, service: name.to_owned() };
        let names = ["host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"].map(str::to_owned);
        let canonical = sigv4::canonical(&call(&head), &scope, &names, &hash);
        let signature = sigv4::signature(&identity.key.secret, &scope, &sigv4::to_sign(&canonical, &moment, &scope));
        let header = format!(
            "Authorization: {} Credential={}/{}, SignedHeaders={}, Signature={signature}\r\n\r\n",
            sigv4::ALGORITHM,
            identity.key.id,
            scope.text(),
            names.join(";")
        );
        self.answer(&call(&(head + &header)), host)
    }

    fn json(&self, service: &str, operation: &str, body: &Value) -> (u16, Value) {
        let host = format!("{service}.ap-northeast-1.amazonaws.com");
        let head = format!("POST / HTTP/1.1\r\nX-Amz-Target: Any.{operation}\r\n");
        let response = self.signed(&host, &head, &body.to_string());
        (response.status, serde_json::from_slice(response.held()).unwrap_or(Value::Null))
    }
}

fn client(world: &World) -> Client<'_> {
    Client { world, headers: Vec::new() }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
}

const REGISTRY: &str = "https://123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";

fn logged_in(world: &World) -> Client<'_> {
    let (status, token) = client(world).json("api.ecr", "GetAuthorizationToken", &json!({}));
    assert_eq!(status, 200, "{token}");
    let token = token.pointer("/authorizationData/0/authorizationToken").unwrap().as_str().unwrap().to_owned();
    Client { world, headers: vec![("Authorization".to_owned(), format!("Basic {token}"))] }
}

/// The address of a layer's content, as the registry redirects.
fn location(world: &World, layer: usize) -> String {
    let image = &world.cloud.images[0];
    let (digest, _) = image.blobs.iter().find(|(_, blob)| blob.layer == Some(layer)).unwrap();
    let response = logged_in(world).get(&format!("{REGISTRY}/v2/app/blobs/{digest}"));
    assert_eq!(response.status, 307);
    header(&response, "Location").to_owned()
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(response.held()).into_owned()
}

#[test]
fn a_pull_goes_from_the_token_to_the_layer() {
    let world = world("");
    let image = &world.cloud.images[0];
    assert_eq!(client(&world).get(&format!("{REGISTRY}/v2/")).status, 401);
    let user = logged_in(&world);
    assert_eq!(user.get(&format!("{REGISTRY}/v2/")).status, 200);
    let manifest = user.get(&format!("{REGISTRY}/v2/app/manifests/1.0"));
    assert_eq!(header(&manifest, "Docker-Content-Digest"), image.digest);
    let location = location(&world, 2);
    assert!(location.starts_with("https://prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com/"));
    let layer = client(&world).get(&location);
    assert_eq!((layer.status, layer.body.length()), (200, 4000));
    assert!(world.cloud.state().strays.is_empty());
}

#[test]
fn the_layer_host_wants_one_authorization_and_the_right_signature() {
    let world = world("");
    let location = location(&world, 0);
    let both = logged_in(&world).get(&location);
    assert_eq!(both.status, 400);
    assert!(text(&both).contains("Only one auth mechanism allowed"));
    assert!(world.cloud.state().strays.iter().any(|stray| stray.starts_with("registry token reached prod-")));
    let other = client(&world).get(&location.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000"));
    assert!(text(&other).contains("SignatureDoesNotMatch"));
}

#[test]
fn what_is_missing_is_said_as_each_service_says_it() {
    let world = world("");
    let user = logged_in(&world);
    let table = [
        ("/v2/nope/manifests/1.0", "NAME_UNKNOWN", "'nope' does not exist in the registry with id '123456789012'"),
        ("/v2/app/manifests/9", "MANIFEST_UNKNOWN", "Requested image not found"),
        ("/v2/app/blobs/sha256:00", "BLOB_UNKNOWN", "unknown"),
    ];
    for (path, code, words) in table {
        let response = user.get(&format!("{REGISTRY}{path}"));
        assert_eq!(response.status, 404);
        assert!(text(&response).contains(code) && text(&response).contains(words), "{}", text(&response));
    }
    let table = [
        ("secretsmanager", "GetSecretValue", json!({ "SecretId": "nope" }), "ResourceNotFoundException"),
        ("logs", "CreateLogStream", json!({ "logGroupName": "/x", "logStreamName": "s" }), "ResourceNotFoundException"),
        ("ssm", "GetParameter", json!({ "Name": "/nope" }), "ParameterNotFound"),
        ("logs", "NoSuchThing", json!({}), "UnknownOperationException"),
    ];
    for (service, operation, body, kind) in table {
        let (status, answer) = client(&world).json(service, operation, &body);
        assert_eq!((status, answer["__type"].as_str()), (400, Some(kind)), "{answer}");
    }
    let object = client(&world).signed("app-config.s3.ap-northeast-1.amazonaws.com", "GET /nope HTTP/1.1\r\n", "");
    assert!(object.status == 404 && text(&object).contains("NoSuchKey"));
}

#[test]
fn values_are_given_and_what_is_written_is_kept() {
    let world = world("");
    let user = client(&world);
    let (_, secret) = user.json("secretsmanager", "GetSecretValue", &json!({ "SecretId": "app/db" }));
    assert!(secret["SecretString"].as_str().unwrap().contains("password"));
    let (_, found) = user.json("ssm", "GetParameters", &json!({ "Names": ["/app/key", "/nope"] }));
    assert_eq!(
        (found["Parameters"][0]["Name"].as_str(), &found["InvalidParameters"]),
        (Some("/app/key"), &json!(["/nope"]))
    );
    let stream = json!({ "logGroupName": "/ecs/app", "logStreamName": "s" });
    assert_eq!(user.json("logs", "CreateLogStream", &stream).0, 200);
    assert_eq!(user.json("logs", "CreateLogStream", &stream).1["__type"], "ResourceAlreadyExistsException");
    let mut batch = stream;
    batch["logEvents"] = json!([{ "timestamp": clock::epoch(SystemTime::now()) * 1000, "message": "hello" }]);
    assert_eq!(user.json("logs", "PutLogEvents", &batch).1.get("rejectedLogEventsInfo"), None);
    let host = "app-reports.s3.ap-northeast-1.amazonaws.com";
    assert_eq!(user.signed(host, "PUT /a/report.json HTTP/1.1\r\n", "{}").status, 200);
    let written = world.cloud.written();
    assert!(written.contains(&("log stream /ecs/app s".to_owned(), "hello".to_owned())));
    assert!(written.contains(&("object s3://app-reports/a/report.json".to_owned(), "{}".to_owned())));
}

#[test]
fn credentials_are_refused_in_each_service_s_words() {
    let table = [
        ("expired", "ExpiredTokenException"),
        ("stale", "ExpiredTokenException"),
        ("unknown", "UnrecognizedClientException"),
        ("container", "TokenGiven"),
    ];
    for (credentials, kind) in table {
        let world = world(&format!("[task]\ncredentials = \"{credentials}\""));
        let (status, answer) = client(&world).json("api.ecr", "GetAuthorizationToken", &json!({}));
        let said = answer["__type"].as_str().unwrap_or("TokenGiven");
        assert_eq!((status == 200, said), (kind == "TokenGiven", kind));
    }
}

#[test]
fn a_wrong_signature_is_answered_with_what_was_signed() {
    let world = world("");
    let moment = clock::basic(SystemTime::now());
    let identity = &world.cloud.identity;
    let request = format!(
        "POST / HTTP/1.1\r\nHost: logs.ap-northeast-1.amazonaws.com\r\nX-Amz-Date: {moment}\r\nX-Amz-Security-Token: {}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={}/{}/ap-northeast-1/logs/aws4_request, \
         SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=00\r\n\r\n",
        identity.key.token,
        identity.key.id,
        &moment[..8]
    );
    let response = client(&world).answer(&Request::parse(&request), "logs.ap-northeast-1.amazonaws.com");
    assert!(text(&response).contains("InvalidSignatureException"));
    assert!(world.cloud.vault.leaks(&text(&response)).contains("session token"));
}

#[test]
fn a_denial_hits_its_action_and_no_other() {
    let world = world(
        "[[fault]]\nwhat = { denied = { action = \"ecr:BatchGetImage\", by = \"resource\" } }\n[[fault]]\n\
         what = { denied = { action = \"s3:GetObject\", by = \"endpoint\" } }",
    );
    let user = logged_in(&world);
    assert_eq!(user.get(&format!("{REGISTRY}/v2/")).status, 200);
    let manifest = user.get(&format!("{REGISTRY}/v2/app/manifests/1.0"));
    assert_eq!(manifest.status, 403);
    let words = "is not authorized to perform: ecr:BatchGetImage on resource: \
                 arn:aws:ecr:ap-northeast-1:123456789012:repository/app because no resource-based policy allows the \
                 ecr:BatchGetImage action";
    assert!(text(&manifest).contains(words), "{}", text(&manifest));
    let layer = client(&world).get(&location(&world, 0));
    let said = text(&layer);
    assert!(
        said.contains("User: arn:aws:sts::812812325446:assumed-role/storage-access-role-prod-ap-northeast-1/"),
        "{said}"
    );
    assert!(said.contains("because no VPC endpoint policy allows the s3:GetObject action"), "{said}");
}

#[test]
fn faults_change_what_is_sent() {
    let cases = [
        ("what = \"expired-presign\"", 403, "Request has expired"),
        ("what = \"throttled\"\nwhere = { path = \"/blobs/\" }", 429, "TOOMANYREQUESTS"),
        (
            "what = { error = { status = 503, code = \"UNAVAILABLE\", message = \"m\" } }\nwhere = { path = \"/blobs/\" }",
            503,
            "UNAVAILABLE",
        ),
        ("what = \"expired-registry-token\"", 403, "Your authorization token has expired."),
    ];
    for (fault, status, words) in cases {
        let world = world(&format!("[[fault]]\n{fault}"));
        let image = &world.cloud.images[0];
        let digest = image.blobs.iter().find(|(_, blob)| blob.layer == Some(0)).unwrap().0;
        let mut response = logged_in(&world).get(&format!("{REGISTRY}/v2/app/blobs/{digest}"));
        if response.status == 307 {
            response = client(&world).get(header(&response, "Location"));
        }
        assert_eq!(response.status, status, "{fault}");
        assert!(text(&response).contains(words), "{}", text(&response));
    }
}

#[test]
fn a_layer_fault_hits_its_layer() {
    let world = world("[[fault]]\nwhere = { layer = 1 }\nwhat = \"layer-short\"");
    assert_eq!(client(&world).get(&location(&world, 0)).body.length(), 2_000_000);
    assert_eq!(client(&world).get(&location(&world, 1)).body.length(), 150_000);
}

#[test]
fn redirects_lead_where_the_fault_says() {
    let table = [
        ("redirect = \"http://{host}{target}\"", "http://prod-ap-northeast-1-starport-layer-bucket.s3."),
        ("redirect = \"{self}\"", "https://123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/v2/app/blobs/sha256:"),
        ("redirect-chain = 3", "https://123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/v2/app/blobs/sha256:"),
        ("redirect = \"https://{host}/{huge}\"", "https://prod-ap-northeast-1-starport-layer-bucket.s3."),
    ];
    for (fault, start) in table {
        let world = world(&format!("[[fault]]\nwhat = {{ {fault} }}"));
        let location = location(&world, 0);
        assert!(location.starts_with(start), "{fault}: {}", &location[..90]);
        assert_eq!(location.len() > 100_000, fault.contains("huge"));
    }
}

#[test]
fn manifests_are_broken_as_asked() {
    let get = |fault: &str, reference: &str| {
        let world = world(&format!("[[fault]]\nwhat = {fault}"));
        logged_in(&world).get(&format!("{REGISTRY}/v2/app/manifests/{reference}"))
    };
    assert!(get("\"manifest-huge\"", "1.0").body.length() > 40_000_000);
    assert!(serde_json::from_slice::<Value>(get("\"manifest-garbage\"", "1.0").held()).is_err());
    let corrupt = get("\"manifest-corrupt\"", "1.0");
    assert_ne!(header(&corrupt, "Docker-Content-Digest"), format!("sha256:{}", sigv4::sha256(corrupt.held())));
    let world = world("[[fault]]\nwhat = { index-nested = 3 }");
    let user = logged_in(&world);
    let mut reference = "1.0".to_owned();
    for depth in 0..4 {
        let response = user.get(&format!("{REGISTRY}/v2/app/manifests/{reference}"));
        let document: Value = serde_json::from_slice(response.held()).unwrap();
        assert_eq!(document.get("manifests").is_some(), depth < 3, "{depth}");
        reference = document.pointer("/manifests/0/digest").and_then(Value::as_str).unwrap_or_default().to_owned();
    }
    let own = get("\"index-of-itself\"", &format!("sha256:{}", "0123456789abcdef".repeat(4)));
    assert!(text(&own).contains(header(&own, "Docker-Content-Digest")));
}

#[test]
fn a_fault_with_times_ends() {
    let world = world("[[fault]]\nwhere = { action = \"GetSecretValue\" }\nwhat = \"throttled\"\ntimes = 1");
    let ask = || client(&world).json("secretsmanager", "GetSecretValue", &json!({ "SecretId": "app/db" }));
    let first = ask();
    assert_eq!((first.0, first.1["__type"].as_str()), (400, Some("ThrottlingException")));
    assert_eq!(ask().0, 200);
}

#[test]
fn a_fault_tells_signed_calls_from_others() {
    let host = "api.ecr.ap-northeast-1.amazonaws.com";
    let unsigned = format!("POST / HTTP/1.1\r\nHost: {host}\r\nX-Amz-Target: Any.GetAuthorizationToken\r\n\r\n");
    for (signed, expected) in [(true, (true, false)), (false, (false, true))] {
        let place = format!("action = \"GetAuthorizationToken\", signed = {signed}");
        let world = world(&format!("[[fault]]\nwhere = {{ {place} }}\nwhat = \"throttled\""));
        let user = client(&world);
        let (_, own) = user.json("api.ecr", "GetAuthorizationToken", &json!({}));
        let other = text(&user.answer(&Request::parse(&unsigned), host));
        let is_hit = |text: &str| text.contains("ThrottlingException");
        assert_eq!((is_hit(&own.to_string()), is_hit(&other)), expected, "{own} {other}");
    }
}

#[test]
fn names_are_filled_in() {
    let world = world("");
    let filled = world.cloud.fill("{registry}/app@{digest:app:1.0} {account} {region}").unwrap();
    let digest = &world.cloud.images[0].digest;
    let registry = REGISTRY.trim_start_matches("https://");
    assert_eq!(filled, format!("{registry}/app@{digest} 123456789012 ap-northeast-1"));
    assert!(world.cloud.fill("{digest:nope:1}").unwrap_err().contains("no image `nope:1`"));
}
