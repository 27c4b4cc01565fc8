//! The steps of a scene.
//!
//! Steps are `identity`, `registry-token`, `secret:ID`, `parameter:ID`, `environment-file:BUCKET/KEY`, `log-stream:GROUP`,
//! `manifest` and `layers` (of `123456789012.dkr.ecr…/shop/web:7`, or with `hub` in the line of `library/nginx:1`). The ladder
//! that they go over stands before them, or `over=ID` names it. Words: `optional`, `key=K` (of a secret), `create` (of a log
//! group), and `PART=Z`, in the order of the requests. A layer's `PART@DIGEST` and `PART@DIGEST@HOST` say more; by default it
//! is the digest `sha256:11` at the layer bucket. Z is
//!
//! - `token`, `secret`, `no-key`, `listed`, `unlisted`, `ok`, `arn:…` (an identity), `manifest:N*BYTES`, `index`, `no-platform`,
//!   `redirect` (to the layer bucket), `redirect@HOST`, `unusable:WHY`, `challenge`;
//! - `bytes:CAME/WANTED/BLOB`, with `,stalled`, `,broken`, `,said=N`, `,digest=D`, `,at=MS`, `,took=MS`;
//! - `by-identity`, `by-endpoint`, `by-resource`, `by-session`, `by-boundary`, `by-scp`, `by-rcp`, `by-nobody` and with `deny-` for an
//!   explicit deny: AWS's own denial of what is asked; `STATUS/CODE/MESSAGE`, with `~` for a space;
//! - `silent`, `reset`, `closed`, `not-http`, `slow`; `below`, `no-credentials`, `untrusted`, `not-asked`, `deadline`.

use super::outcome::failed;
use super::scene::known;
use crate::observation::{
    Blob, Fault, Held, Outcome, Part, Response, Seen, StepPart, Told, Transfer, TransferEnd, Why,
};
use crate::plan::{
    Check, CheckId, Deed, EcrHost, EnvironmentFile, ImageRef, LayerMode, LogGroup, Plan, Purpose, Region, Role, Route,
    SecretRef, SecretStore, SecretUse, Step,
};

const BUCKET: &str = "prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com";
const REGISTRY: &str = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";
pub const ROLE: &str = "arn:aws:sts::123456789012:assumed-role/shop-execution/0c2f";

/// Change how the replay goes.
pub fn replay(plan: &mut Plan, words: &[&str]) {
    let replay = &mut plan.replay;
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("read-only", _) => replay.read_only = true,
            ("credentials", _) => replay.credentials = true,
            ("layers", "none") => replay.layers = LayerMode::None,
            ("role", role) => replay.execution_role = Some(role.to_owned()),
            ("max-pull", ms) => plan.limits.max_pull_ms = Some(ms.parse().unwrap()),
            _ => panic!("replay {word}"),
        }
    }
}

/// Whether a line is one of these.
pub fn is_one(id: &str) -> bool {
    let kind = id.split_once(':').map_or(id, |(kind, _)| kind);
    ["identity", "registry-token", "secret", "parameter", "environment-file", "log-stream", "manifest", "layers"]
        .contains(&kind)
}

/// The check, and the words that are requests.
pub fn check<'w>(plan: &Plan, id: &str, words: &[&'w str]) -> (Check, Vec<&'w str>) {
    let value = |key: &str| words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
    let (kind, about) = id.split_once(':').unwrap_or((id, ""));
    let hub = words.contains(&"hub");
    let region = || Region::parse("ap-northeast-1").unwrap();
    let secret = |store| {
        Deed::Secret(SecretRef {
            id: about.to_owned(),
            store,
            region: region(),
            purpose: match value("login") {
                Some(image) => SecretUse::Registry { image: image.to_owned() },
                None => SecretUse::Environment,
            },
            json_key: value("key").map(str::to_owned),
            version_stage: None,
            version_id: None,
        })
    };
    let (over, purpose, deed) = match kind {
        "identity" => ("sts", Purpose::Other, Deed::Identity),
        "registry-token" => ("ecr.api", Purpose::RegistryToken, Deed::Token),
        "secret" => ("secretsmanager", Purpose::Secrets, secret(SecretStore::SecretsManager)),
        "parameter" => ("ssm", Purpose::Secrets, secret(SecretStore::ParameterStore)),
        "environment-file" => {
            let (bucket, key) = about.split_once('/').unwrap();
            let file = EnvironmentFile { bucket: bucket.to_owned(), key: key.to_owned() };
            ("s3", Purpose::Secrets, Deed::EnvironmentFile(file))
        }
        "log-stream" => {
            let create = words.contains(&"create");
            ("logs", Purpose::Logs, Deed::LogStream(LogGroup { name: about.to_owned(), region: region(), create }))
        }
        "manifest" => (if hub { "hub" } else { "ecr.dkr" }, Purpose::Registry, Deed::Manifest(image(hub))),
        "layers" => (if hub { "hub" } else { "ecr.dkr" }, Purpose::Layers, Deed::Layers(image(hub))),
        _ => panic!("step {id}"),
    };
    let over = value("over").unwrap_or(over);
    let ladder = plan.checks.iter().find(|check| check.id.0 == over).cloned().unwrap_or_else(|| known(over));
    let required = !words.contains(&"optional") && deed != Deed::Identity;
    let check = Check {
        id: CheckId(id.to_owned()),
        purpose,
        role: Role::Step,
        expect: Route::Any,
        question: None,
        required,
        step: Some(Step { over: ladder.id.clone(), deed }),
        ..ladder
    };
    let is_request = |word: &&&str| {
        let key = word.split_once('=').map(|(key, _)| key.split('@').next().unwrap());
        key.is_some_and(|key| !["over", "key", "login"].contains(&key))
    };
    (check, words.iter().filter(is_request).copied().collect())
}

/// The image of the scene.
pub fn image(hub: bool) -> ImageRef {
    let (host, repository, tag) =
        if hub { ("registry-1.docker.io", "library/nginx", "1") } else { (REGISTRY, "shop/web", "7") };
    let ecr = EcrHost {
        account: "123456789012".to_owned(),
        region: Region::parse("ap-northeast-1").unwrap(),
        fips: false,
        dual_stack: false,
    };
    ImageRef {
        reference: if hub { "nginx:1".to_owned() } else { format!("{host}/{repository}:{tag}") },
        host: host.to_owned(),
        port: 443,
        repository: repository.to_owned(),
        tag: Some(tag.to_owned()),
        digest: None,
        ecr: (!hub).then_some(ecr),
    }
}

/// One request: what it was about, what came of it, when it began and how long it took where that is said.
pub fn request(check: &Check, word: &str) -> (StepPart, Outcome, u64, Option<u64>) {
    let (key, outcome) = word.split_once('=').unwrap();
    let mut key = key.split('@');
    let part: Part = serde_json::from_value(key.next().unwrap().into()).unwrap();
    let is_away = matches!(part, Part::Config | Part::Layer);
    let about = key.next().map(str::to_owned).or(is_away.then(|| "sha256:11".to_owned()));
    let host = key.next().map(str::to_owned).or(is_away.then(|| BUCKET.to_owned()));
    let number = |name: &str| {
        outcome.split(',').find_map(|word| word.strip_prefix(name)).map(|number| number.parse::<u64>().unwrap())
    };
    let took = if outcome == "slow" { Some(7_200) } else { number("took=") };
    (
        StepPart { part, about, hop: u8::from(is_away), host },
        came(check, part, outcome),
        number("at=").unwrap_or(0),
        took,
    )
}

fn came(check: &Check, part: Part, outcome: &str) -> Outcome {
    let not_tried = |why| Outcome::NotTried { why };
    match outcome {
        "silent" => failed(Fault::TimedOut { after_ms: 10_000 }),
        "reset" => failed(Fault::Reset),
        "closed" => failed(Fault::Closed),
        "not-http" => failed(Fault::NotHttp { detail: "invalid header".to_owned() }),
        "below" => not_tried(Why::BelowFailed),
        "no-credentials" => not_tried(Why::NoCredentials),
        "untrusted" => not_tried(Why::Untrusted),
        "not-asked" => not_tried(Why::NotAsked),
        "deadline" => not_tried(Why::Deadline),
        _ => Outcome::Saw { seen: Seen::Response(Box::new(answer(check, part, outcome))) },
    }
}

fn answer(check: &Check, part: Part, outcome: &str) -> Response {
    let denial = outcome.strip_prefix("by-").map(|kind| (kind, false));
    if let Some((kind, explicit)) = denial.or(outcome.strip_prefix("deny-by-").map(|kind| (kind, true))) {
        return denied(part, kind, explicit);
    }
    let begins_with_status = outcome.split('/').next().is_some_and(|status| status.parse::<u16>().is_ok());
    if begins_with_status {
        return refused(outcome);
    }
    let held = held(check, outcome);
    let status = match &held {
        Some(Held::Redirect { .. }) => 307,
        _ if outcome == "challenge" => 401,
        _ => 200,
    };
    Response { status, held, ..marked(part) }
}

/// With the marks of whoever should answer.
fn marked(part: Part) -> Response {
    let (name, value) = match part {
        Part::HeadObject | Part::Config | Part::Layer => ("x-amz-request-id", "4D3C"),
        Part::Ping | Part::RegistryToken | Part::ManifestHead | Part::Manifest | Part::ConfigBlob | Part::LayerBlob => {
            ("docker-distribution-api-version", "registry/2.0")
        }
        _ => ("x-amzn-requestid", "4d3c"),
    };
    let headers = [(name.to_owned(), value.to_owned())].into();
    Response { headers, complete: true, date_minus_clock_s: Some(0), ..Response::default() }
}

/// `STATUS/CODE/MESSAGE`; a code of `html` is a proxy's page, `date+N` beside the status moves its clock.
fn refused(outcome: &str) -> Response {
    let mut fields = outcome.splitn(3, '/');
    let status = fields.next().unwrap().parse().unwrap();
    let code = fields.next().unwrap_or_default().to_owned();
    let message = fields.next().unwrap_or_default().replace('~', " ");
    if code == "html" {
        let headers = [("content-type".to_owned(), "text/html".to_owned())].into();
        return Response { status, headers, complete: true, ..Response::default() };
    }
    if code == "elsewhere" {
        let headers = [("x-amz-bucket-region".to_owned(), message), ("x-amz-request-id".to_owned(), "4D".to_owned())];
        return Response { status, headers: headers.into(), complete: true, ..Response::default() };
    }
    let part = if status == 429 { Part::Ping } else { Part::GetSecretValue };
    Response { status, told: Some(Told { code, message }), ..marked(part) }
}

fn denied(part: Part, kind: &str, explicit: bool) -> Response {
    let (status, code, action, resource) = match part {
        Part::GetSecretValue => (
            400,
            "AccessDeniedException",
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:app/db-AbCdEf",
        ),
        Part::DescribeSecret => (400, "AccessDeniedException", "secretsmanager:DescribeSecret", "app/db"),
        Part::GetParameters => (
            400,
            "AccessDeniedException",
            "ssm:GetParameters",
            "arn:aws:ssm:ap-northeast-1:123456789012:parameter/app/key",
        ),
        Part::GetAuthorizationToken => (400, "AccessDeniedException", "ecr:GetAuthorizationToken", "*"),
        Part::CreateLogStream => (
            400,
            "AccessDeniedException",
            "logs:CreateLogStream",
            "arn:aws:logs:ap-northeast-1:123456789012:log-group:/ecs/app:log-stream:x",
        ),
        Part::PutLogEvents => (
            400,
            "AccessDeniedException",
            "logs:PutLogEvents",
            "arn:aws:logs:ap-northeast-1:123456789012:log-group:/ecs/app:log-stream:x",
        ),
        Part::DescribeLogStreams => (
            400,
            "AccessDeniedException",
            "logs:DescribeLogStreams",
            "arn:aws:logs:ap-northeast-1:123456789012:log-group:/ecs/app",
        ),
        Part::ManifestHead | Part::Manifest => {
            (403, "DENIED", "ecr:BatchGetImage", "arn:aws:ecr:ap-northeast-1:123456789012:repository/shop/web")
        }
        Part::ConfigBlob | Part::LayerBlob => {
            (403, "DENIED", "ecr:GetDownloadUrlForLayer", "arn:aws:ecr:ap-northeast-1:123456789012:repository/shop/web")
        }
        Part::Config | Part::Layer => {
            (403, "AccessDenied", "s3:GetObject", "arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/1a2b")
        }
        _ => panic!("denied {part:?}"),
    };
    let policy = match kind {
        "identity" => "identity-based policy",
        "endpoint" => "VPC endpoint policy",
        "resource" => "resource-based policy",
        "session" => "session policy",
        "boundary" => "permissions boundary",
        "scp" => "service control policy",
        "rcp" => "resource control policy",
        "nobody" => "",
        _ => panic!("denied by {kind}"),
    };
    let end = match (policy, explicit) {
        ("", _) => String::new(),
        (policy, true) => format!(" with an explicit deny in a {policy}"),
        (policy, false) => format!(" because no {policy} allows the {action} action"),
    };
    let signer = "arn:aws:sts::812812325446:assumed-role/storage-access-role-prod-ap-northeast-1/x";
    let who = if matches!(part, Part::Config | Part::Layer) { signer } else { ROLE };
    let message = format!("User: {who} is not authorized to perform: {action} on resource: {resource}{end}");
    Response { status, told: Some(Told { code: code.to_owned(), message }), ..marked(part) }
}

fn held(check: &Check, outcome: &str) -> Option<Held> {
    let redirect = |host: &str| Held::Redirect { scheme: "https".to_owned(), host: host.to_owned(), port: 443 };
    let index = |chosen: Option<&str>| Held::Index {
        media_type: "application/vnd.oci.image.index.v1+json".to_owned(),
        digest: "sha256:99".to_owned(),
        platforms: vec!["linux/arm64/v8".to_owned()],
        chosen: chosen.map(str::to_owned),
    };
    if let Some(sizes) = outcome.strip_prefix("manifest:") {
        let (count, bytes) = sizes.split_once('*').unwrap();
        let bytes = bytes.parse().unwrap();
        let layer = |n: u64| Blob { digest: format!("sha256:1{n}"), bytes };
        return Some(Held::Manifest {
            media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
            digest: "sha256:77".to_owned(),
            config: Blob { digest: "sha256:10".to_owned(), bytes: 2_000 },
            layers: (1..=count.parse().unwrap()).map(layer).collect(),
        });
    }
    if let Some(bytes) = outcome.strip_prefix("bytes:") {
        return Some(Held::Transfer(transfer(bytes)));
    }
    match outcome {
        "token" => Some(Held::Token),
        "secret" => Some(Held::Secret { has_key: None }),
        "no-key" => Some(Held::Secret { has_key: Some(false) }),
        "listed" => Some(Held::Listed { found: true }),
        "unlisted" => Some(Held::Listed { found: false }),
        "index" => Some(index(Some("sha256:77"))),
        "no-platform" => Some(index(None)),
        "redirect" => Some(redirect(BUCKET)),
        "ok" | "slow" | "challenge" => None,
        arn if arn.starts_with("arn:") => Some(Held::Identity { arn: arn.to_owned() }),
        _ => Some(match (outcome.strip_prefix("redirect@"), outcome.strip_prefix("unusable:")) {
            (Some(host), _) => redirect(host),
            (_, Some(why)) => Held::Unusable { why: why.replace('~', " ") },
            _ => panic!("{} {outcome}", check.id),
        }),
    }
}

fn transfer(words: &str) -> Transfer {
    let mut words = words.split(',');
    let sizes: Vec<u64> = words.next().unwrap().split('/').map(|size| size.parse().unwrap()).collect();
    let mut transfer =
        Transfer { bytes: sizes[0], wanted_bytes: sizes[1], blob_bytes: sizes[2], ..Transfer::default() };
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("stalled", _) => transfer.end = TransferEnd::Stalled,
            ("broken", _) => transfer.end = TransferEnd::Broken,
            ("said", bytes) => transfer.said_bytes = Some(bytes.parse().unwrap()),
            ("digest", digest) => transfer.digest = Some(digest.to_owned()),
            ("at" | "took", _) => {}
            _ => panic!("transfer {word}"),
        }
    }
    transfer
}
