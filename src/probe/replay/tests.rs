//! Whole pulls on the paused clock, in a network made of answers.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::manifest::digest_of;
use crate::aws::Source;
use crate::net::fake::{Fake, FakeAnswer};
use crate::observation::{Held, Observation, Outcome, Part, TransferEnd, Why};
use crate::plan::{
    Check, CheckId, Deed, Expected, ImageRef, LayerMode, Limits, LogGroup, Method, Place, Plan, Purpose, Question,
    Reach, Region, Replay, Resolver, Role, Route, Rung, SecretRef, SecretStore, SecretUse, Step,
};
use crate::probe::{Kit, Probed, Progress, Stopper, probe};

const REGION: &str = "eu-west-1";
const API: &str = "api.ecr.eu-west-1.amazonaws.com";
const DKR: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const BUCKET: &str = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com";
const SECRETS: &str = "secretsmanager.eu-west-1.amazonaws.com";
const LOGS: &str = "logs.eu-west-1.amazonaws.com";
const RESOLVER: &str = "10.0.0.2:53";
const CONFIG: &str = "{}";

fn ladder(id: &str, host: &str, answer: Expected) -> Check {
    Check {
        id: CheckId(id.to_owned()),
        purpose: Purpose::Registry,
        service: ["ecr.api", "ecr.dkr", "s3", "logs", "secretsmanager"].into_iter().find(|known| *known == id),
        host: host.to_owned(),
        port: 443,
        region: Region::parse(REGION),
        required: true,
        role: Role::Start,
        expect: Route::Any,
        reach: Reach::Interface,
        endpoint_service: None,
        top: Rung::Exchange,
        question: Some(Question {
            method: Method::Get,
            path: "/v2/".to_owned(),
            headers: vec![],
            body: String::new(),
            answer,
        }),
        step: None,
        why: String::new(),
        note: None,
    }
}

fn step(id: &str, over: &Check, deed: Deed) -> Check {
    let step = Some(Step { over: over.id.clone(), deed });
    Check { id: CheckId(id.to_owned()), role: Role::Step, question: None, step, ..over.clone() }
}

fn image(reference: &str) -> ImageRef {
    ImageRef::parse(reference).unwrap()
}

fn plan(checks: Vec<Check>) -> Plan {
    let resolver = Resolver { address: RESOLVER.parse().unwrap(), configured: true, vpc: false };
    Plan {
        checks,
        resolvers: vec![resolver],
        limits: Limits::default(),
        place: Place {
            region: Region::parse(REGION).unwrap(),
            own_region: None,
            inside_vpc: true,
            fargate: true,
            addresses: vec![],
            subnets: vec![],
            vpc_cidrs: vec![],
            proxy: vec![],
            unread: vec![],
        },
        strict: false,
        replay: Replay { credentials: true, ..Replay::default() },
        asserted: crate::plan::Asserted::default(),
    }
}

/// Token, registry and layers of an image of ECR.
fn of_ecr(reference: &str) -> Plan {
    let (api, dkr) = (ladder("ecr.api", API, Expected::AwsApi), ladder("ecr.dkr", DKR, Expected::EcrRegistry));
    let token = step("registry-token", &api, Deed::Token);
    let manifest = step("manifest", &dkr, Deed::Manifest(image(reference)));
    let layers = step("layers", &dkr, Deed::Layers(image(reference)));
    plan(vec![api, dkr, token, manifest, layers])
}

fn network() -> Fake {
    let hosts = [API, DKR, BUCKET, SECRETS, LOGS, "auth.example", "registry.example"];
    let named =
        |net: Fake, (number, host): (usize, &&str)| net.name(RESOLVER, host, &[&format!("10.0.1.{}", number + 10)]);
    hosts.iter().enumerate().fold(Fake::default(), named)
}

fn ok(body: impl Into<String>) -> FakeAnswer {
    FakeAnswer { status: 200, headers: vec![], body: body.into() }
}

fn to(location: &str) -> FakeAnswer {
    FakeAnswer { status: 307, headers: vec![("location", location.to_owned())], body: String::new() }
}

fn keys(name: &str) -> Option<String> {
    match name {
        "AWS_ACCESS_KEY_ID" => Some("AKIDEXAMPLE".to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some("s3cr3tkeys3cr3tkey".to_owned()),
        _ => None,
    }
}

async fn run(plan: &Plan, net: &Fake) -> Probed {
    run_as(plan, net, Source::read(keys)).await
}

async fn run_as(plan: &Plan, net: &Fake, source: Option<Source>) -> Probed {
    let (_stopper, stop) = Stopper::new();
    let kit = Kit { source: source.map(Arc::new), run_id: "0123".to_owned(), ..Kit::default() };
    probe(plan, net.clone(), stop, 1_000, &Progress::default(), kit).await
}

/// Each request of a check: what it was, and what came of it.
fn told(probed: &Probed, check: &str) -> Vec<String> {
    let word = |seen: &Observation| {
        let part = seen.step.as_ref().map(|step| format!("{:?}", step.part)).unwrap_or_default();
        let outcome = match &seen.outcome {
            Outcome::Saw { .. } => match seen.response() {
                Some(response) => match &response.held {
                    Some(Held::Unusable { why }) => format!("{} unusable: {why}", response.status),
                    Some(Held::Transfer(transfer)) => format!("{} bytes", transfer.bytes),
                    Some(_) => format!("{} held", response.status),
                    None => response.status.to_string(),
                },
                None => "open".to_owned(),
            },
            Outcome::Failed { fault, .. } => fault.to_string(),
            Outcome::NotTried { why } => format!("{why:?}"),
        };
        format!("{part} {outcome}")
    };
    probed.observations.iter().filter(|seen| seen.check.0 == check).map(word).collect()
}

fn manifest(layers: &[&str]) -> String {
    let blob = |body: &&str| json!({ "digest": digest_of(body.as_bytes()), "size": body.len() });
    let layers: Vec<_> = layers.iter().map(blob).collect();
    json!({ "schemaVersion": 2, "config": blob(&CONFIG), "layers": layers }).to_string()
}

/// A registry that has this image, and a bucket that has its blobs.
fn with_image(net: Fake, layers: &[&str]) -> Fake {
    let manifest = manifest(layers);
    let digest = digest_of(manifest.as_bytes());
    let said =
        FakeAnswer { status: 200, headers: vec![("docker-content-digest", digest.clone())], body: String::new() };
    let token = json!({ "authorizationData": [{ "authorizationToken": "QVdTOnRva2VudG9rZW4=" }] });
    let net = net
        .answer(&format!("POST {API}/"), ok(token.to_string()))
        .answer(&format!("HEAD {DKR}/v2/app/manifests/1"), said)
        .answer(&format!("GET {DKR}/v2/app/manifests/{digest}"), ok(manifest));
    layers.iter().chain([&CONFIG]).fold(net, |net, body| {
        let digest = digest_of(body.as_bytes());
        let key = format!("/0a1b-123456789012/{}", &digest[7..17]);
        net.answer(
            &format!("GET {DKR}/v2/app/blobs/{digest}"),
            to(&format!("https://{BUCKET}{key}?X-Amz-Signature=s3cr3t")),
        )
        .answer(&format!("GET {BUCKET}{key}"), ok(*body))
    })
}

#[tokio::test(start_paused = true)]
async fn a_pull_goes_to_the_last_layer_and_shows_the_token_to_the_registry_alone() {
    let net = with_image(network(), &["first layer", "second"]);
    let begun = Instant::now();
    let probed = run(&of_ecr(&format!("{DKR}/app:1")), &net).await;
    assert_eq!(told(&probed, "registry-token"), ["GetAuthorizationToken 200 held"]);
    assert_eq!(told(&probed, "manifest"), ["ManifestHead 200", "Manifest 200 held"]);
    let layers = told(&probed, "layers");
    let transfers: Vec<_> = layers.iter().filter(|line| line.ends_with("bytes")).collect();
    assert_eq!(transfers, ["Config 2 bytes", "Layer 11 bytes", "Layer 6 bytes"], "{layers:?}");
    // The bucket's ladder was climbed, once, as a check that the plan did not have.
    let bucket = format!("layer-host:{BUCKET}:443");
    assert_eq!(
        probed.observations.iter().filter(|seen| seen.check.0 == bucket && seen.rung == Rung::Connect).count(),
        1
    );
    for sent in net.requests() {
        let is_registry = sent.line.contains(DKR);
        let basic = sent.authorization.as_deref() == Some("Basic QVdTOnRva2VudG9rZW4=");
        assert_eq!(basic, is_registry, "{}", sent.line);
        assert!(!sent.line.contains(BUCKET) || sent.authorization.is_none());
    }
    // DNS, connection, handshake, question; token; two for the manifest; a new line to the registry and the blob; the
    // bucket's three and the layer: 15 steps of 2 to 4 ms, and as many DNS packets at their pace.
    assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_came_is_measured_and_hashed() {
    let big = "x".repeat(3 << 20);
    let net = with_image(network(), &[&big, "small"]);
    let mut plan = of_ecr(&format!("{DKR}/app:1"));
    let probed = run(&plan, &net).await;
    let of = |probed: &Probed, size| {
        let transfers = probed.observations.iter().filter_map(|seen| match seen.response()?.held.as_ref()? {
            Held::Transfer(transfer) if transfer.blob_bytes == size => Some(transfer.clone()),
            _ => None,
        });
        transfers.collect::<Vec<_>>().pop().unwrap()
    };
    let sampled = of(&probed, 3 << 20);
    assert_eq!((sampled.wanted_bytes, sampled.end, sampled.digest), (1 << 20, TransferEnd::Whole, None));
    assert_eq!(of(&probed, 5).digest.as_deref(), Some(digest_of(b"small").as_str()));
    assert!(net.requests().iter().any(|sent| sent.range.as_deref() == Some("bytes=0-1048575")));
    plan.replay.layers = LayerMode::Full;
    let probed = run(&plan, &with_image(network(), &[&big])).await;
    assert_eq!(of(&probed, 3 << 20).digest.as_deref(), Some(digest_of(big.as_bytes()).as_str()));
    plan.replay.layers = LayerMode::None;
    let probed = run(&plan, &with_image(network(), &[&big])).await;
    assert!(told(&probed, "layers").contains(&"Layer NotAsked".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn without_credentials_the_ladders_are_climbed_and_the_steps_say_why_not() {
    let probed = run_as(&of_ecr(&format!("{DKR}/app:1")), &network(), None).await;
    assert_eq!(told(&probed, "registry-token"), ["GetAuthorizationToken NoCredentials"]);
    assert_eq!(told(&probed, "manifest"), ["ManifestHead NoCredentials"]);
    assert_eq!(told(&probed, "layers"), ["LayerBlob NoCredentials"]);
    assert!(probed.observations.iter().any(|seen| seen.check.0 == "ecr.dkr" && seen.response().is_some()));
}

#[tokio::test(start_paused = true)]
async fn redirects_that_can_not_be_followed_are_told_and_nothing_is_asked_there() {
    let itself = format!("https://{DKR}/v2/app/blobs/{}", digest_of(b"layer"));
    let table = [
        (to("http://plain.example/x?s3cr3t"), "plain http"),
        (to("ftp://b/x"), "scheme ftp"),
        (FakeAnswer { status: 307, ..FakeAnswer::default() }, "no Location"),
        (to(&itself), "to itself"),
    ];
    for (answer, expected) in table {
        let net = with_image(network(), &["layer"]);
        let net = net.answer(&format!("GET {DKR}/v2/app/blobs/{}", digest_of(b"layer")), answer);
        let layers = told(&run(&of_ecr(&format!("{DKR}/app:1")), &net).await, "layers");
        assert!(
            layers.iter().any(|line| line.starts_with("LayerBlob 307 unusable") && line.contains(expected)),
            "{layers:?}"
        );
        assert!(layers.contains(&"Config 2 bytes".to_owned()), "the others go on: {layers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn redirects_without_an_end_come_to_one() {
    let net = with_image(network(), &["layer"]);
    let net =
        net.answer(&format!("GET {DKR}/v2/app/blobs/{}", digest_of(b"layer")), to(&format!("https://{BUCKET}/0")));
    let net = (0..30).fold(net, |net, hop| net.answer(&format!("GET {BUCKET}/{hop}"), to(&format!("/{}", hop + 1))));
    let layers = told(&run(&of_ecr(&format!("{DKR}/app:1")), &net).await, "layers");
    let last = layers.iter().find(|line| line.contains("unusable")).unwrap();
    assert!(last.contains("it is the 11th redirect"), "{last}");
    assert_eq!(
        net.requests().iter().filter(|sent| sent.line.contains(BUCKET)).count(),
        11,
        "ten of this layer, one of the configuration"
    );
}

#[tokio::test(start_paused = true)]
async fn a_bearer_challenge_is_answered_by_the_service_that_it_names() {
    let registry = ladder("registry.example:443", "registry.example", Expected::OciRegistry);
    let reference = image("registry.example/team/app:1");
    let manifest_step = step("manifest", &registry, Deed::Manifest(reference));
    let challenge = r#"Bearer realm="https://auth.example/token",service="the registry""#;
    let pinged =
        FakeAnswer { status: 401, headers: vec![("www-authenticate", challenge.to_owned())], body: String::new() };
    let net = network()
        .answer("PING registry.example/v2/", pinged)
        .answer("GET auth.example/token", ok(r#"{"token":"s3cr3tbearertoken"}"#))
        .answer("HEAD registry.example/v2/team/app/manifests/1", ok(""))
        .answer("GET registry.example/v2/team/app/manifests/1", ok(manifest(&[])));
    let probed = run_as(&plan(vec![registry, manifest_step]), &net, None).await;
    assert_eq!(told(&probed, "manifest").last().map(String::as_str), Some("Manifest 200 held"));
    let sent = net.requests();
    let token = sent.iter().find(|sent| sent.line.contains("auth.example")).unwrap();
    assert_eq!(token.line, "GET auth.example/token?service=the+registry&scope=repository%3Ateam%2Fapp%3Apull");
    assert_eq!(token.authorization, None);
    assert!(sent.iter().any(|sent| sent.authorization.as_deref() == Some("Bearer s3cr3tbearertoken")));
    assert!(!format!("{:?}", probed.observations).contains("s3cr3tbearertoken"));
}

#[tokio::test(start_paused = true)]
async fn a_realm_that_is_not_over_tls_gets_nothing() {
    let registry = ladder("registry.example:443", "registry.example", Expected::OciRegistry);
    let manifest_step = step("manifest", &registry, Deed::Manifest(image("registry.example/app:1")));
    for realm in ["http://auth.example/token", "file:///etc/passwd", "nonsense", ""] {
        let challenge = format!("Bearer realm=\"{realm}\"");
        let pinged = FakeAnswer { status: 401, headers: vec![("www-authenticate", challenge)], body: String::new() };
        let unauthorized = FakeAnswer { status: 401, ..FakeAnswer::default() };
        let net =
            network().answer("PING registry.example/v2/", pinged).answer("GET registry.example/v2/", unauthorized);
        let probed = run_as(&plan(vec![registry.clone(), manifest_step.clone()]), &net, None).await;
        let told = told(&probed, "manifest");
        assert!(told[0].starts_with("Ping 401 unusable: of its challenge"), "{realm}: {told:?}");
        assert_eq!(told[1..], ["ManifestHead BelowFailed"], "{realm}");
        assert_eq!(net.requests().len(), 1, "the registry alone is asked, for the challenge: {realm}");
    }
}

fn secret(id: &str, json_key: Option<&str>) -> Deed {
    Deed::Secret(SecretRef {
        id: id.to_owned(),
        store: SecretStore::SecretsManager,
        region: Region::parse(REGION).unwrap(),
        purpose: SecretUse::Environment,
        json_key: json_key.map(str::to_owned),
        version_stage: None,
        version_id: None,
    })
}

#[tokio::test(start_paused = true)]
async fn of_a_secret_only_the_presence_of_its_key_is_told() {
    let service = ladder("secretsmanager", SECRETS, Expected::AwsApi);
    let checks = vec![
        step("there", &service, secret("db", Some("password"))),
        step("not", &service, secret("db", Some("user"))),
    ];
    let value = json!({ "SecretString": r#"{"password":"hunter2hunter2"}"# });
    let net = network().answer(&format!("POST {SECRETS}/"), ok(value.to_string()));
    let probed = run(&plan([vec![service], checks].concat()), &net).await;
    let has_key = |check: &str| {
        let mut seen = probed.observations.iter().filter(|seen| seen.check.0 == check);
        seen.find_map(|seen| seen.response().and_then(|response| response.held.clone()))
    };
    assert_eq!(has_key("there"), Some(Held::Secret { has_key: Some(true) }));
    assert_eq!(has_key("not"), Some(Held::Secret { has_key: Some(false) }));
    let all = format!("{:?}", probed.observations);
    assert!(!all.contains("hunter2") && !all.contains("s3cr3tkey"), "{all}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_named_for_the_run_and_read_only_leaves_none() {
    let service = ladder("logs", LOGS, Expected::AwsApi);
    let group = LogGroup { name: "/ecs/app".to_owned(), region: Region::parse(REGION).unwrap(), create: false };
    let mut plan = plan(vec![service.clone(), step("stream", &service, Deed::LogStream(group))]);
    let net = network().answer(&format!("POST {LOGS}/"), ok("{}"));
    let probed = run(&plan, &net).await;
    assert_eq!(told(&probed, "stream"), ["CreateLogStream 200", "PutLogEvents 200"]);
    assert!(net.requests()[0].body.contains("vpcprobe/0123"), "{:?}", net.requests());
    plan.replay.read_only = true;
    let probed = run(&plan, &net).await;
    assert_eq!(told(&probed, "stream"), ["DescribeLogStreams 200 held"]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_leaves_every_step_told() {
    let (stopper, stop) = Stopper::new();
    stopper.stop(Why::Deadline);
    let kit = Kit { source: Source::read(keys).map(Arc::new), ..Kit::default() };
    let plan = of_ecr(&format!("{DKR}/app:1"));
    let probed = probe(&plan, network(), stop, 1_000, &Progress::default(), kit).await;
    for check in ["registry-token", "manifest", "layers"] {
        let told = told(&probed, check);
        assert!(!told.is_empty() && told.iter().all(|line| line.ends_with("Deadline")), "{check}: {told:?}");
    }
    assert!(probed.observations.iter().all(|seen| seen.step.as_ref().is_none_or(|step| step.part != Part::Layer)));
}
