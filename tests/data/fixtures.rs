//! Reports as runs make them: healthy, broken in three ways, cut by a signal, hostile, long.

#[path = "findings.rs"]
mod findings;
#[path = "replays.rs"]
mod replays;

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use vpcprobe::diagnosis::{
    CheckResult, CheckStatus, CutOver, CutOverAnswer, Ended, Finding, FindingId, Fix, Judgement, ObservedRoute,
    Severity, Summary, Verdict,
};
use vpcprobe::inputs::{
    Endpoint, Function, Inputs, LayerMode, Limits, Platform, Profile, ProxyVariable, Region, Route, Transport, Unread,
    UnreadKind, Vantage, VantageKind,
};
use vpcprobe::observation::{
    Address, Alias, Answer, Certificate, Connection, Family, Fault, Handshake, Observation, ObservationId, Outcome,
    Response, Rung, Seen, TrustedBy, Why,
};
use vpcprobe::plan::{CheckId, Purpose, plan};
use vpcprobe::report::{Report, RunFacts, build};

pub use replays::{crowded, denied, read_only, replayed, unsigned};

use findings::{endpoint_silent, layers_unreachable, proxy_set, slow_path};

/// Where the observations of a fixture are numbered.
#[derive(Default)]
pub struct Log(pub Vec<Observation>);

impl Log {
    pub fn add(&mut self, check: &str, rung: Rung, target: &str, took_ms: u64, outcome: Outcome) {
        let target: Option<SocketAddr> = Some(target.parse().unwrap());
        let is_dns = rung == Rung::Resolve;
        self.0.push(Observation {
            step: None,
            id: ObservationId(format!("o{}", self.0.len() + 1)),
            check: CheckId(check.to_owned()),
            rung,
            attempt: 1,
            resolver: target.filter(|_| is_dns),
            question: is_dns.then_some(Family::A),
            peer: target.filter(|_| !is_dns),
            variation: vec![],
            at_ms: 3,
            took_ms,
            outcome,
        });
    }

    /// A name whose addresses all work.
    fn climbs(&mut self, check: &str, host: &str, ips: &[&str], status: u16) {
        self.resolves(check, ips);
        for (index, ip) in ips.iter().enumerate() {
            let (peer, took) = (format!("{ip}:443"), 2 + index as u64);
            self.add(check, Rung::Connect, &peer, took, saw(Seen::Connection(Connection { local: None })));
            self.add(check, Rung::Handshake, &peer, 11 + took, saw(Seen::Handshake(Box::new(handshake(host)))));
            self.add(check, Rung::Exchange, &peer, 7 + took, saw(Seen::Response(Box::new(response(status)))));
        }
    }

    fn resolves(&mut self, check: &str, ips: &[&str]) {
        for resolver in ["10.0.0.2:53", "169.254.169.253:53"] {
            self.add(check, Rung::Resolve, resolver, 1, saw(Seen::Answer(answer(ips))));
        }
    }

    /// A name whose addresses are silent.
    fn is_silent(&mut self, check: &str, ips: &[&str]) {
        self.resolves(check, ips);
        for ip in ips {
            let peer = format!("{ip}:443");
            self.add(check, Rung::Connect, &peer, 4000, failed(Fault::TimedOut { after_ms: 4000 }));
            self.add(check, Rung::Handshake, &peer, 0, Outcome::NotTried { why: Why::BelowFailed });
            self.add(check, Rung::Exchange, &peer, 0, Outcome::NotTried { why: Why::BelowFailed });
        }
    }
}

pub fn saw(seen: Seen) -> Outcome {
    Outcome::Saw { seen }
}

pub fn failed(fault: Fault) -> Outcome {
    Outcome::Failed { fault, handshake: None }
}

pub fn answer(ips: &[&str]) -> Answer {
    let addresses: Vec<_> = ips.iter().map(|ip| Address { ip: ip.parse().unwrap(), ttl_s: 60 }).collect();
    let aliases = vec![Alias { name: "vpce-0a1.example.vpce.amazonaws.com".to_owned(), ttl_s: 60 }];
    Answer { code: "NOERROR".to_owned(), address_count: addresses.len(), addresses, aliases, ..Answer::default() }
}

pub fn handshake(host: &str) -> Handshake {
    Handshake {
        server_name: Some(host.to_owned()),
        hello_bytes: 1_530,
        version: Some("TLSv1.3".to_owned()),
        cipher: Some("TLS13_AES_128_GCM_SHA256".to_owned()),
        group: Some("X25519MLKEM768".to_owned()),
        alpn: Some("http/1.1".to_owned()),
        chain: vec![certificate(host)],
        chain_length: 1,
        trusted_by: Some(TrustedBy::Public),
        problems: vec![],
    }
}

pub fn certificate(host: &str) -> Certificate {
    Certificate {
        subject: format!("CN={host}"),
        issuer: "C=US, O=Amazon, CN=Amazon RSA 2048 M02".to_owned(),
        names: vec![host.to_owned()],
        name_count: 1,
        not_before: "2025-01-01T00:00:00Z".to_owned(),
        not_after: "2026-01-01T00:00:00Z".to_owned(),
        fingerprint_sha256: "0f".repeat(32),
    }
}

pub fn response(status: u16) -> Response {
    let headers = [("server", "AmazonEC2"), ("x-amzn-requestid", "7f6d")];
    Response {
        told: None,
        held: None,
        status,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: "{\"__type\":\"MissingAuthenticationTokenException\"}".to_owned(),
        body_bytes: 48,
        complete: true,
        date_minus_clock_s: Some(0),
    }
}

pub fn check(id: &str, purpose: Purpose, host: &str, status: CheckStatus, route: ObservedRoute) -> CheckResult {
    CheckResult {
        id: CheckId(id.to_owned()),
        purpose,
        service: Some(id.to_owned()),
        host: host.to_owned(),
        port: 443,
        required: true,
        expected_route: Route::Any,
        observed_route: route,
        status,
        endpoint_service: Some(format!("com.amazonaws.ap-northeast-1.{id}")),
        note: None,
        cut_over: None,
    }
}

pub fn inputs() -> Inputs {
    Inputs {
        region: Region::parse("ap-northeast-1").unwrap(),
        account: None,
        profiles: vec![Profile::Fargate],
        services: vec![],
        images: vec![],
        secrets: vec![],
        environment_files: vec![],
        log_groups: vec![],
        volumes: vec![],
        platform: Platform::default(),
        task_definition: None,
        layers: LayerMode::default(),
        read_only: false,
        endpoints: vec![],
        left_out: vec![],
        expectations: vec![],
        expectations_file: None,
        assertions: vec![],
        controls: true,
        fips: false,
        dual_stack: false,
        vpc_cidrs: vec![],
        limits: Limits::default(),
        strict: false,
        ca_bundle: None,
        roots: None,
    }
}

pub fn vantage() -> Vantage {
    Vantage {
        kind: VantageKind::Fargate,
        region: Some("ap-northeast-1".to_owned()),
        partition: Some("aws".to_owned()),
        availability_zone: Some("ap-northeast-1a".to_owned()),
        task_arn: Some("arn:aws:ecs:ap-northeast-1:123456789012:task/shop/0c2f8d6e4b1a4f0e9d7c5b3a1f0e9d7c".to_owned()),
        subnet_cidr: Some("10.0.1.0/24".parse().unwrap()),
        addresses: vec!["10.0.1.23".parse().unwrap()],
        nameservers: vec!["10.0.0.2:53".parse().unwrap()],
        ..Vantage::default()
    }
}

pub fn run(took_ms: u64, ended: Ended) -> RunFacts {
    RunFacts {
        id: "8f14e45f".to_owned(),
        started_at: SystemTime::UNIX_EPOCH + Duration::from_millis(1_750_000_000_123),
        took: Duration::from_millis(took_ms),
        deadline: Duration::from_mins(1),
        ended,
    }
}

const API: &str = "api.ecr.ap-northeast-1.amazonaws.com";
const LOGS: &str = "logs.ap-northeast-1.amazonaws.com";
const DKR: &str = "000000000000.dkr.ecr.ap-northeast-1.amazonaws.com";
const S3: &str = "prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com";
const CONTROL: &str = "s3.us-east-1.amazonaws.com";

/// Everything in order, behind VPC endpoints.
pub fn healthy() -> Report {
    let mut log = Log::default();
    log.climbs("ecr.api", API, &["10.0.1.10", "10.0.2.10"], 400);
    log.climbs("logs", LOGS, &["10.0.1.11", "10.0.2.11"], 400);
    log.climbs("ecr.dkr", DKR, &["10.0.1.12", "10.0.2.12"], 401);
    log.climbs("s3", S3, &["3.5.152.10"], 403);
    let mut control = check("control", Purpose::Other, CONTROL, CheckStatus::NotRun, ObservedRoute::None);
    (control.id, control.required, control.endpoint_service) = (CheckId(format!("control:{CONTROL}")), false, None);
    log.is_silent(&control.id.0.clone(), &["52.216.1.1"]);
    let mut dkr = check("ecr.dkr", Purpose::Registry, DKR, CheckStatus::Pass, ObservedRoute::Private);
    dkr.note = Some("the account is not known: a placeholder stands for it in the registry's host".to_owned());
    let checks = vec![
        check("ecr.api", Purpose::RegistryToken, API, CheckStatus::Pass, ObservedRoute::Private),
        check("logs", Purpose::Logs, LOGS, CheckStatus::Pass, ObservedRoute::Private),
        dkr,
        check("s3", Purpose::Layers, S3, CheckStatus::Pass, ObservedRoute::Gateway),
        control,
    ];
    let judgement = judgement(Verdict::Pass, 0, "everything a task start needs is reachable", checks, vec![]);
    assemble(run(84, Ended::Completed), vantage(), inputs(), judgement, log)
}

/// Behind VPC endpoints but for one, with a way out still in place.
pub fn before_the_cut() -> Report {
    let mut report = healthy();
    let said = [
        ("ecr.api", CutOverAnswer::Survives, "within the VPC, as --vpc-cidr says (10.0.1.10 and 10.0.2.10)"),
        (
            "logs",
            CutOverAnswer::Breaks,
            "vpc-0a1 has no endpoint of com.amazonaws.ap-northeast-1.logs; only the default route of rtb-0a1 (nat-0a1) leads there (10.0.1.11 and 10.0.2.11)",
        ),
        ("ecr.dkr", CutOverAnswer::Survives, "within the VPC (10.0.1.12)"),
        (
            "s3",
            CutOverAnswer::Unknown,
            "from inside it can't be told whether a gateway endpoint carries it: give the operator's view, --network (3.5.152.10)",
        ),
    ];
    for (id, answer, by) in said {
        let check = report.checks.iter_mut().find(|check| check.id.0 == id).unwrap();
        check.cut_over = Some(CutOver { answer, by: by.to_owned() });
    }
    report
}

/// The same start, replayed by a function with a role of its own and less time than was asked for.
pub fn rescued() -> Report {
    let mut report = replayed();
    let function = Function {
        name: "vpcprobe-0a1b".to_owned(),
        version: Some("$LATEST".to_owned()),
        asked_deadline_ms: Some(60_000),
    };
    report.inputs.limits.deadline_ms = 50_500;
    report.run.deadline_ms = 50_500;
    report.vantage = Vantage {
        kind: VantageKind::Lambda,
        region: report.vantage.region,
        partition: report.vantage.partition,
        nameservers: vec!["169.254.78.1:53".parse().unwrap()],
        identity_arn: Some("arn:aws:sts::123456789012:assumed-role/vpcprobe-rescue/vpcprobe-0a1b".to_owned()),
        credentials: Some("lambda".to_owned()),
        function: Some(function),
        ..Vantage::default()
    };
    report
}

/// A silent endpoint, a gateway endpoint that is missing, an answer that is slow, and proxies that are set.
pub fn broken() -> Report {
    let mut log = Log::default();
    log.climbs("ecr.api", API, &["10.0.1.10", "10.0.2.10"], 400);
    log.is_silent("logs", &["10.0.1.11", "10.0.2.11"]);
    log.climbs("ecr.dkr", DKR, &["10.0.1.12"], 401);
    log.is_silent("s3", &["3.5.152.10", "3.5.154.20"]);
    let slow = Response { body: String::new(), ..response(401) };
    log.add("ecr.dkr", Rung::Exchange, "10.0.1.12:443", 6_300, saw(Seen::Response(Box::new(slow))));
    let checks = vec![
        check("ecr.api", Purpose::RegistryToken, API, CheckStatus::Pass, ObservedRoute::Private),
        CheckResult {
            expected_route: Route::Private,
            ..check("logs", Purpose::Logs, LOGS, CheckStatus::Fail, ObservedRoute::None)
        },
        check("ecr.dkr", Purpose::Registry, DKR, CheckStatus::Warn, ObservedRoute::Private),
        check("s3", Purpose::Layers, S3, CheckStatus::Fail, ObservedRoute::None),
    ];
    let findings = vec![endpoint_silent(), layers_unreachable(), slow_path(), proxy_set()];
    let headline = "logs can't be reached: the endpoint's two addresses do not accept connections";
    let judgement = judgement(Verdict::Fail, 33, headline, checks, findings);
    let proxy = ["HTTPS_PROXY", "https_proxy"]
        .map(|name| ProxyVariable { name: name.to_owned(), value: "http://proxy.corp.example:3128".to_owned() });
    let vantage = Vantage { proxy: proxy.into(), ..vantage() };
    assemble(run(8_412, Ended::Completed), vantage, inputs(), judgement, log)
}

/// Cut by a signal while the registry was asked, the resolver list unreadable.
pub fn inconclusive() -> Report {
    let mut log = Log::default();
    log.climbs("ecr.api", API, &["10.0.1.10"], 400);
    log.resolves("ecr.dkr", &["10.0.1.12"]);
    log.add("ecr.dkr", Rung::Connect, "10.0.1.12:443", 40, Outcome::NotTried { why: Why::Signal });
    log.add("s3", Rung::Resolve, "169.254.169.253:53", 0, Outcome::NotTried { why: Why::Signal });
    let checks = vec![
        check("ecr.api", Purpose::RegistryToken, API, CheckStatus::Pass, ObservedRoute::Private),
        check("ecr.dkr", Purpose::Registry, DKR, CheckStatus::NotRun, ObservedRoute::None),
        check("s3", Purpose::Layers, S3, CheckStatus::NotRun, ObservedRoute::None),
    ];
    let judgement =
        judgement(Verdict::Inconclusive, 71, "a signal stopped the run before it could tell", checks, vec![]);
    let why = "read /etc/resolv.conf: permission denied".to_owned();
    let vantage = Vantage { unread: vec![Unread { what: UnreadKind::Nameservers, why }], ..vantage() };
    assemble(run(51, Ended::Signal), vantage, inputs(), judgement, log)
}

/// Everything that the network chooses is as bad as it can be.
pub fn hostile() -> Report {
    let nasty = "\u{1b}[2J\u{9b}31m\r\n\u{202e}漢字\u{200b}e\u{301}👩‍🚀\u{7}".repeat(40);
    let name = format!("{}.example", "very-long-label-".repeat(15));
    let mut seen = Log::default();
    let mut shown = handshake(&name);
    shown.chain = (0..10)
        .map(|_| Certificate {
            subject: nasty.clone(),
            issuer: nasty.clone(),
            names: vec![nasty.clone(); 50],
            ..certificate(&name)
        })
        .collect();
    let mut said = Response { body: nasty.repeat(60), ..response(200) };
    said.headers.extend((0..500).map(|n| (format!("x-{n}-{}", "n".repeat(n)), nasty.clone())));
    let code = Answer { code: nasty.clone(), addresses: vec![], ..answer(&[]) };
    seen.add(&name, Rung::Resolve, "10.0.0.2:53", 1, saw(Seen::Answer(code)));
    seen.add(&name, Rung::Connect, "[2406:da14::1]:443", 61_000, saw(Seen::Connection(Connection { local: None })));
    seen.add(&name, Rung::Handshake, "[2406:da14::1]:443", 1_234, saw(Seen::Handshake(Box::new(shown))));
    seen.add(&name, Rung::Exchange, "[2406:da14::1]:443", 0, saw(Seen::Response(Box::new(said))));
    let mut strange = check("x", Purpose::Other, &name, CheckStatus::Fail, ObservedRoute::S3Undetermined);
    (strange.id, strange.note, strange.port) = (CheckId(name.clone()), Some(nasty.clone()), 8443);
    let fix = |command: String| Fix { action: nasty.clone(), command: Some(command) };
    let finding = Finding {
        id: FindingId::UnexpectedAnswer,
        summary: format!("{name} answered {nasty}"),
        meaning: nasty.clone(),
        fix: vec![
            fix(format!("aws ec2 describe --filters 'Name=a,Values={name}' --x \"{nasty}\"")),
            fix(nasty.clone()),
        ],
        alternatives: FindingId::ALL.to_vec(),
        tell_apart: Some(nasty.clone()),
        ecs_error: Some(nasty.clone()),
        checks: (0..3_000).map(|n| CheckId(format!("{n}.{name}"))).collect(),
        evidence: (0..9_000).map(|n| ObservationId(format!("o{n}"))).collect(),
        ..endpoint_silent()
    };
    let info = Finding { severity: Severity::Info, ..finding.clone() };
    let judgement = judgement(Verdict::Fail, 65, &nasty, vec![strange], vec![finding, info]);
    let vantage = Vantage {
        task_arn: Some(nasty.clone()),
        proxy: vec![ProxyVariable { name: nasty.clone(), value: nasty }],
        ..vantage()
    };
    assemble(run(61_500, Ended::Deadline), vantage, inputs(), judgement, seen)
}

/// A healthy run of two thousand further endpoints.
pub fn long() -> Report {
    let mut report = healthy();
    report.inputs.endpoints = (0..2_000)
        .map(|n| Endpoint {
            host: format!("service-{n}.example"),
            port: 443,
            transport: Transport::Tls,
            route: None,
            unverified: false,
        })
        .collect();
    report
}

/// The report of a run with the plan that its inputs make.
pub fn assemble(run: RunFacts, vantage: Vantage, inputs: Inputs, judgement: Judgement, log: Log) -> Report {
    let plan = plan(&inputs, &vantage).unwrap();
    build(run, vantage, inputs, &plan, judgement, log.0)
}

pub fn judgement(
    verdict: Verdict,
    exit_code: u8,
    headline: &str,
    checks: Vec<CheckResult>,
    findings: Vec<Finding>,
) -> Judgement {
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let summary = Summary {
        checks: checks.len(),
        passed: count(CheckStatus::Pass),
        failed: count(CheckStatus::Fail),
        warned: count(CheckStatus::Warn),
        not_run: count(CheckStatus::NotRun),
    };
    Judgement { findings, checks, summary, verdict, exit_code, headline: headline.to_owned() }
}
