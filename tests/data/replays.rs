//! Reports of replayed task starts: healthy, denied, read-only, without credentials, and with far too much of everything.

use vpcprobe::diagnosis::{
    Certainty, CheckResult, CheckStatus, Ended, Finding, FindingId, Fix, ObservedRoute, Pull, Severity, Verdict,
};
use vpcprobe::inputs::{
    ImageRef, Inputs, LogGroup, Platform, Region, SecretRef, SecretStore, SecretUse, TaskDefinition, Vantage,
};
use vpcprobe::observation::{
    Blob, Fault, Held, Observation, ObservationId, Outcome, Part, Response, Rung, Seen, StepPart, Told, Transfer,
    TransferEnd, Why,
};
use vpcprobe::plan::{CheckId, Purpose};
use vpcprobe::report::Report;

use super::{API, LOGS, Log, S3, assemble, check, failed, inputs, judgement, run, saw, vantage};

const SECRETS: &str = "secretsmanager.ap-northeast-1.amazonaws.com";
const SSM: &str = "ssm.ap-northeast-1.amazonaws.com";
const STS: &str = "sts.ap-northeast-1.amazonaws.com";
const REGISTRY: &str = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";
const SECRET: &str = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:prod/db-AbCdEf";
const PARAMETER: &str = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/prod/app/endpoint";
const IMAGE: &str = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop/app:1.0";
const WHO: &str = "arn:aws:sts::123456789012:assumed-role/shop-task/0c2f8d6e4b1a4f0e9d7c5b3a1f0e9d7c";
const LAYER_BYTES: [u64; 10] =
    [31_400_000, 52_000_000, 120, 402_000_000, 9_800_000, 1_200, 310, 15_900_000, 450, 5_000];
const SAMPLE: u64 = 1_048_576;

/// Steps of a task start, one after another.
struct Start {
    log: Log,
    checks: Vec<CheckResult>,
    at_ms: u64,
}

impl Start {
    /// The ladders that the steps go over, all of them fine.
    fn new() -> Self {
        let mut start = Self { log: Log::default(), checks: vec![], at_ms: 40 };
        let ladders = [
            ("secretsmanager", Purpose::Secrets, SECRETS, "10.0.1.13", 400),
            ("ssm", Purpose::Secrets, SSM, "10.0.1.14", 400),
            ("ecr.api", Purpose::RegistryToken, API, "10.0.1.10", 400),
            ("logs", Purpose::Logs, LOGS, "10.0.1.11", 400),
            ("ecr.dkr", Purpose::Registry, REGISTRY, "10.0.1.12", 401),
        ];
        for (id, purpose, host, ip, status) in ladders {
            start.log.climbs(id, host, &[ip], status);
            start.checks.push(check(id, purpose, host, CheckStatus::Pass, ObservedRoute::Private));
        }
        start.log.climbs("s3", S3, &["3.5.152.10"], 403);
        start.checks.push(check("s3", Purpose::Layers, S3, CheckStatus::Pass, ObservedRoute::Gateway));
        start
    }

    /// A ladder's check that was added for the identity only.
    fn asks_who(&mut self, outcome: Outcome) {
        self.log.climbs("sts", STS, &["10.0.1.15"], 403);
        self.checks.push(CheckResult {
            required: false,
            ..check("sts", Purpose::Other, STS, CheckStatus::Pass, ObservedRoute::Private)
        });
        self.check("identity", Purpose::Other, STS, CheckStatus::Pass);
        self.ask("identity", Part::GetCallerIdentity, None, 9, outcome);
    }

    fn check(&mut self, id: &str, purpose: Purpose, host: &str, status: CheckStatus) {
        let route = if status == CheckStatus::NotRun { ObservedRoute::None } else { ObservedRoute::Private };
        self.checks.push(CheckResult { service: None, ..check(id, purpose, host, status, route) });
    }

    /// One request.
    fn ask(&mut self, check: &str, part: Part, about: Option<&str>, took_ms: u64, outcome: Outcome) {
        self.ask_at(check, StepPart { part, about: about.map(str::to_owned), hop: 0, host: None }, took_ms, outcome);
    }

    fn ask_at(&mut self, check: &str, step: StepPart, took_ms: u64, outcome: Outcome) {
        let is_made = !matches!(outcome, Outcome::NotTried { .. });
        self.log.0.push(Observation {
            id: ObservationId(format!("o{}", self.log.0.len() + 1)),
            check: CheckId(check.to_owned()),
            rung: Rung::Exchange,
            attempt: 1,
            resolver: None,
            question: None,
            step: Some(step),
            peer: is_made.then(|| "10.0.1.12:443".parse().unwrap()),
            variation: vec![],
            at_ms: self.at_ms,
            took_ms,
            outcome,
        });
        self.at_ms += took_ms;
    }

    /// A step of one request.
    fn step(&mut self, id: &str, of: (Purpose, &str, Part), status: CheckStatus, outcome: Outcome) {
        let (purpose, host, part) = of;
        self.check(id, purpose, host, status);
        self.ask(id, part, id.split_once(':').map(|(_, about)| about), 12, outcome);
    }

    fn manifest(&mut self, image: &str, layers: &[u64]) {
        let id = format!("manifest:{image}");
        self.check(&id, Purpose::Registry, REGISTRY, CheckStatus::Pass);
        self.ask(&id, Part::Ping, None, 6, answered(401, None));
        let head = answered(200, None);
        self.ask(&id, Part::ManifestHead, Some("1.0"), 14, head);
        let index = Held::Index {
            media_type: "application/vnd.oci.image.index.v1+json".to_owned(),
            digest: digest(900),
            platforms: vec!["linux/amd64".to_owned(), "linux/arm64/v8".to_owned()],
            chosen: Some(digest(901)),
        };
        self.ask(&id, Part::Manifest, Some(&digest(900)), 15, held(index));
        self.ask(&id, Part::Manifest, Some(&digest(901)), 13, held(manifest(layers)));
    }

    /// Configuration and layers, as far as they are asked for; this is what becomes of each layer behind the redirect.
    fn layers(&mut self, image: &str, count: usize, status: CheckStatus, layer: impl Fn(usize) -> Outcome) {
        let id = format!("layers:{image}");
        self.check(&id, Purpose::Layers, REGISTRY, status);
        let redirect = || held(Held::Redirect { scheme: "https".to_owned(), host: S3.to_owned(), port: 443 });
        let behind =
            |part, about: &str| StepPart { part, about: Some(about.to_owned()), hop: 1, host: Some(S3.to_owned()) };
        self.ask(&id, Part::ConfigBlob, Some(&digest(902)), 8, redirect());
        let config = transfer(7_000, 7_000, TransferEnd::Whole);
        self.ask_at(&id, behind(Part::Config, &digest(902)), 11, config);
        for n in 0..count {
            self.ask(&id, Part::LayerBlob, Some(&digest(n)), 8, redirect());
            self.ask_at(&id, behind(Part::Layer, &digest(n)), 21, layer(n));
        }
    }

    fn report(self, inputs: Inputs, vantage: Vantage, verdict: (Verdict, u8, &str), findings: Vec<Finding>) -> Report {
        let (verdict, code, headline) = verdict;
        let judgement = judgement(verdict, code, headline, self.checks, findings);
        assemble(run(self.at_ms + 20, Ended::Completed), vantage, inputs, judgement, self.log)
    }
}

fn digest(n: usize) -> String {
    let head = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("sha256:{head:016x}{n:048x}")
}

fn answered(status: u16, told: Option<(&str, &str)>) -> Outcome {
    let told = told.map(|(code, message)| Told { code: code.to_owned(), message: message.to_owned() });
    saw(Seen::Response(Box::new(Response { status, told, complete: true, ..Response::default() })))
}

fn held(held: Held) -> Outcome {
    let status = if matches!(held, Held::Redirect { .. }) { 307 } else { 200 };
    saw(Seen::Response(Box::new(Response { status, held: Some(held), complete: true, ..Response::default() })))
}

fn manifest(layers: &[u64]) -> Held {
    let layers = layers.iter().enumerate().map(|(n, bytes)| Blob { digest: digest(n), bytes: *bytes });
    Held::Manifest {
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        digest: digest(901),
        config: Blob { digest: digest(902), bytes: 7_000 },
        layers: layers.collect(),
    }
}

fn transfer(bytes: u64, blob_bytes: u64, end: TransferEnd) -> Outcome {
    let wanted_bytes = blob_bytes.min(SAMPLE);
    held(Held::Transfer(Transfer {
        wanted_bytes,
        bytes,
        blob_bytes,
        said_bytes: None,
        first_byte_ms: 6,
        end,
        digest: None,
    }))
}

fn sample(n: usize) -> Outcome {
    transfer(LAYER_BYTES[n].min(SAMPLE), LAYER_BYTES[n], TransferEnd::Whole)
}

fn not_tried(why: Why) -> Outcome {
    Outcome::NotTried { why }
}

fn pull() -> Pull {
    Pull {
        image: IMAGE.to_owned(),
        digest: Some(digest(901)),
        platform: Some("linux/amd64".to_owned()),
        layers: LAYER_BYTES.len() as u64,
        bytes: LAYER_BYTES.iter().sum::<u64>() + 7_000,
        bytes_fetched: 5_257_000,
        bytes_per_s: Some(48_200_000),
        took_ms: 357,
        estimated_pull_ms: Some(10_610),
    }
}

/// What a task definition gave.
fn task() -> Inputs {
    let region = Region::parse("ap-northeast-1").unwrap();
    let secret = |id: &str, store, json_key: Option<&str>| SecretRef {
        id: id.to_owned(),
        store,
        region: region.clone(),
        purpose: SecretUse::Environment,
        json_key: json_key.map(str::to_owned),
        version_stage: None,
        version_id: None,
    };
    Inputs {
        account: Some("123456789012".to_owned()),
        images: vec![ImageRef::parse(IMAGE).unwrap()],
        secrets: vec![
            secret(SECRET, SecretStore::SecretsManager, Some("password")),
            secret(PARAMETER, SecretStore::ParameterStore, None),
        ],
        log_groups: vec![LogGroup { name: "/ecs/shop".to_owned(), region: region.clone(), create: false }],
        platform: Platform::default(),
        task_definition: Some(TaskDefinition {
            name: "shop:42".to_owned(),
            execution_role: Some("arn:aws:iam::123456789012:role/shop-execution".to_owned()),
            awslogs: true,
            ..TaskDefinition::default()
        }),
        ..inputs()
    }
}

fn in_task() -> Vantage {
    Vantage { credentials: Some("container".to_owned()), image_pull_ms: Some(14_200), ..vantage() }
}

fn secret_id() -> String {
    format!("secret:{SECRET}:password")
}

fn parameter_id() -> String {
    format!("parameter:{PARAMETER}")
}

/// A whole start of a task with a secret, a parameter, logs and an image of ten layers.
pub fn replayed() -> Report {
    let mut start = Start::new();
    let secret = held(Held::Secret { has_key: Some(true) });
    start.step(&secret_id(), (Purpose::Secrets, SECRETS, Part::GetSecretValue), CheckStatus::Pass, secret);
    let parameter = held(Held::Secret { has_key: None });
    start.step(&parameter_id(), (Purpose::Secrets, SSM, Part::GetParameters), CheckStatus::Pass, parameter);
    let token = (Purpose::RegistryToken, API, Part::GetAuthorizationToken);
    start.step("registry-token", token, CheckStatus::Pass, held(Held::Token));
    start.step(
        "log-stream:/ecs/shop",
        (Purpose::Logs, LOGS, Part::CreateLogStream),
        CheckStatus::Pass,
        answered(200, None),
    );
    start.ask("log-stream:/ecs/shop", Part::PutLogEvents, Some("/ecs/shop"), 9, answered(200, None));
    start.manifest(IMAGE, &LAYER_BYTES);
    start.layers(IMAGE, LAYER_BYTES.len(), CheckStatus::Pass, sample);
    start.asks_who(held(Held::Identity { arn: WHO.to_owned() }));
    let verdict = (Verdict::Pass, 0, "the task start works: every step of it was replayed and answers as it should");
    let mut report = start.report(task(), in_task(), verdict, vec![]);
    report.pulls = vec![pull()];
    report
}

/// A secret that a policy of the endpoint keeps, a log group that is missing, and layers that come in part.
pub fn denied() -> Report {
    let mut start = Start::new();
    let words = format!(
        "User: {WHO} is not authorized to perform: secretsmanager:GetSecretValue on resource: {SECRET} because no VPC \
         endpoint policy allows the secretsmanager:GetSecretValue action"
    );
    let refused = answered(400, Some(("AccessDeniedException", &words)));
    start.step(&secret_id(), (Purpose::Secrets, SECRETS, Part::GetSecretValue), CheckStatus::Fail, refused);
    let no_key = held(Held::Secret { has_key: None });
    start.step(&parameter_id(), (Purpose::Secrets, SSM, Part::GetParameters), CheckStatus::Pass, no_key);
    let token = (Purpose::RegistryToken, API, Part::GetAuthorizationToken);
    start.step("registry-token", token, CheckStatus::Pass, held(Held::Token));
    let missing = answered(400, Some(("ResourceNotFoundException", "The specified log group does not exist.")));
    start.step("log-stream:/ecs/shop", (Purpose::Logs, LOGS, Part::CreateLogStream), CheckStatus::Fail, missing);
    start.ask("log-stream:/ecs/shop", Part::PutLogEvents, Some("/ecs/shop"), 0, not_tried(Why::BelowFailed));
    start.manifest(IMAGE, &LAYER_BYTES);
    let in_part = |n| match n {
        0 | 3 | 4 | 7 => answered(403, Some(("AccessDenied", "Access Denied"))),
        1 => transfer(200_000, LAYER_BYTES[1], TransferEnd::Stalled),
        9 => failed(Fault::Reset),
        n => sample(n),
    };
    start.layers(IMAGE, LAYER_BYTES.len(), CheckStatus::Fail, in_part);
    start.asks_who(failed(Fault::TimedOut { after_ms: 10_000 }));
    let finding = Finding {
        id: FindingId::Unexplained,
        severity: Severity::Error,
        certainty: Certainty::Certain,
        purposes: vec![Purpose::Secrets],
        checks: vec![CheckId(secret_id())],
        evidence: vec![ObservationId("o31".to_owned())],
        summary: format!("{SECRETS} denies secretsmanager:GetSecretValue on {SECRET}."),
        meaning: "No VPC endpoint policy allows the action.".to_owned(),
        fix: vec![Fix { action: "Allow it in the endpoint's policy.".to_owned(), command: None }],
        alternatives: vec![],
        tell_apart: None,
        ecs_error: None,
        compared: None,
        hides: Vec::new(),
        culprit: None,
        also: Vec::new(),
    };
    let headline = format!("the secrets can't be fetched: {SECRETS} denies secretsmanager:GetSecretValue");
    let mut report = start.report(task(), in_task(), (Verdict::Fail, 16, &headline), vec![finding]);
    report.pulls =
        vec![Pull { bytes_fetched: 209_080, bytes_per_s: Some(610_000), estimated_pull_ms: Some(838_000), ..pull() }];
    report
}

/// The same task, asked to write nothing and fetch no value.
pub fn read_only() -> Report {
    let mut start = Start::new();
    let there = || held(Held::Listed { found: true });
    start.step(&secret_id(), (Purpose::Secrets, SECRETS, Part::DescribeSecret), CheckStatus::Pass, there());
    let words = format!("User: {WHO} is not authorized to perform: ssm:DescribeParameters");
    let refused = answered(400, Some(("AccessDeniedException", &words)));
    start.step(&parameter_id(), (Purpose::Secrets, SSM, Part::DescribeParameters), CheckStatus::Pass, refused);
    let token = (Purpose::RegistryToken, API, Part::GetAuthorizationToken);
    start.step("registry-token", token, CheckStatus::Pass, held(Held::Token));
    start.step("log-stream:/ecs/shop", (Purpose::Logs, LOGS, Part::DescribeLogStreams), CheckStatus::Pass, there());
    start.manifest(IMAGE, &LAYER_BYTES);
    start.layers(IMAGE, LAYER_BYTES.len(), CheckStatus::Pass, sample);
    start.asks_who(held(Held::Identity { arn: WHO.replace("shop-task", "shop-execution") }));
    let verdict = (Verdict::Pass, 0, "nothing that was asked for fails; --read-only leaves some of it unproved");
    let mut report = start.report(Inputs { read_only: true, ..task() }, in_task(), verdict, vec![]);
    report.pulls = vec![pull()];
    report
}

/// The same task where no credentials are found: what must be signed is not tried.
pub fn unsigned() -> Report {
    let mut start = Start::new();
    let unsigned = || not_tried(Why::NoCredentials);
    start.step(&secret_id(), (Purpose::Secrets, SECRETS, Part::GetSecretValue), CheckStatus::NotRun, unsigned());
    start.step(&parameter_id(), (Purpose::Secrets, SSM, Part::GetParameters), CheckStatus::NotRun, unsigned());
    let token = (Purpose::RegistryToken, API, Part::GetAuthorizationToken);
    start.step("registry-token", token, CheckStatus::NotRun, unsigned());
    start.step("log-stream:/ecs/shop", (Purpose::Logs, LOGS, Part::CreateLogStream), CheckStatus::NotRun, unsigned());
    let id = format!("manifest:{IMAGE}");
    start.check(&id, Purpose::Registry, REGISTRY, CheckStatus::NotRun);
    start.ask(&id, Part::Ping, None, 6, answered(401, None));
    start.ask(&id, Part::ManifestHead, Some("1.0"), 0, unsigned());
    let layers = (Purpose::Layers, REGISTRY, Part::ConfigBlob);
    start.step(&format!("layers:{IMAGE}"), layers, CheckStatus::NotRun, not_tried(Why::BelowFailed));
    let verdict = (Verdict::Pass, 0, "all 6 endpoints that are required answer as they should, with 1 warning");
    start.report(task(), vantage(), verdict, vec![])
}

/// Forty images of many layers, one of them with more than any registry takes, and fifty secrets, under hostile names.
pub fn crowded() -> Report {
    let mut start = Start::new();
    let nasty = "\u{1b}[2J\u{202e}漢字".repeat(40);
    for n in 0..50 {
        let id = format!("secret:{n}-{}", "long-name/".repeat(30));
        let refused = answered(400, Some(("AccessDeniedException", &nasty)));
        let (status, outcome) =
            if n % 3 == 0 { (CheckStatus::Fail, refused) } else { (CheckStatus::Pass, held(Held::Token)) };
        start.step(&id, (Purpose::Secrets, SECRETS, Part::GetSecretValue), status, outcome);
    }
    let mut pulls = vec![];
    for n in 0..40 {
        let image = format!("registry.example/{}{n}@{}", "very/long/".repeat(25), digest(n));
        let layers = if n == 0 { 4_200 } else { 127 };
        start.manifest(&image, &vec![123_456_789_012; layers]);
        start.layers(&image, if n == 0 { 200 } else { 21 }, CheckStatus::Fail, |layer| match layer % 7 {
            0 => answered(403, Some(("AccessDenied", &nasty))),
            1 => failed(Fault::Reset),
            2 => transfer(3, 90_000, TransferEnd::Broken),
            3 => held(Held::Unusable { why: nasty.clone() }),
            4 => answered(500, None),
            5 => not_tried(Why::Deadline),
            _ => transfer(70_000, 90_000, TransferEnd::Stalled),
        });
        pulls.push(Pull {
            image,
            layers: layers as u64,
            bytes: u64::MAX / 2,
            bytes_per_s: Some(1),
            estimated_pull_ms: Some(u64::MAX),
            ..pull()
        });
    }
    start.asks_who(answered(403, Some((&nasty, &nasty))));
    let mut report = start.report(inputs(), in_task(), (Verdict::Fail, 16, "too much of everything"), vec![]);
    report.pulls = pulls;
    report
}
