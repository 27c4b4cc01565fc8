//! From a scene's text to a plan and observations.

use std::net::{IpAddr, SocketAddr};

use crate::catalog::{Expected, Method, Question};
use crate::inputs::{Limits, ProxyVariable, Region, Unread, UnreadKind};
use crate::observation::{
    Address, Answer, Certificate, CertificateProblem, Change, Connection, Discarded, Family, Fault, Handshake,
    Observation, ObservationId, Outcome, Response, Seen, TrustedBy, Why,
};
use crate::plan::{Check, CheckId, Place, Plan, Purpose, Reach, Resolver, Role, Route, Rung};

/// A plan and what was seen of it.
pub struct Scene {
    /// The plan.
    pub plan: Plan,
    /// The observations.
    pub observations: Vec<Observation>,
}

const CONFIGURED: &str = "10.0.0.2:53";
const SECOND: &str = "10.0.0.3:53";
const VPC: &str = "169.254.169.253:53";
const REGION: &str = "ap-northeast-1";

impl Scene {
    /// Read a scene.
    pub fn read(text: &str) -> Self {
        let mut scene = Self { plan: plan(text), observations: Vec::new() };
        for line in lines(text) {
            let (id, words) = line.split_first().unwrap();
            match *id {
                "place" => place(&mut scene.plan.place, words),
                _ => scene.check(id, words),
            }
        }
        scene
    }

    fn check(&mut self, id: &str, words: &[&str]) {
        let mut check = known(id);
        for word in words {
            modify(&mut check, word);
        }
        let value = |key: &str| words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
        let mut addresses: Vec<IpAddr> = Vec::new();
        if check.host.parse::<IpAddr>().is_err() {
            for resolver in self.plan.resolvers.clone() {
                let key = match resolver.address.to_string().as_str() {
                    CONFIGURED => "cfg",
                    SECOND => "cfg2",
                    _ => "vpc",
                };
                let said = value(key).or(value("dns")).unwrap_or("10.0.9.9");
                self.ask(&check, resolver.address, said, words.contains(&"aaaa-silent"), &mut addresses);
            }
        } else {
            addresses.push(check.host.parse().unwrap());
        }
        if check.top > Rung::Resolve {
            for ip in &addresses {
                let peer = SocketAddr::new(*ip, check.port);
                self.climb(&check, peer, value(&ip.to_string()).unwrap_or("ok"), &[]);
                for (changes, outcome) in words.iter().filter_map(|word| variation(word, *ip)) {
                    self.climb(&check, peer, outcome, &changes);
                }
            }
        }
        self.plan.checks.push(check);
    }

    fn ask(&mut self, check: &Check, resolver: SocketAddr, said: &str, quiet: bool, addresses: &mut Vec<IpAddr>) {
        for family in [Family::A, Family::Aaaa] {
            let outcome = if quiet && family == Family::Aaaa { failed(silence()) } else { lookup(said, family) };
            if let Outcome::Saw { seen: Seen::Answer(answer) } = &outcome {
                for address in &answer.addresses {
                    if !addresses.contains(&address.ip) {
                        addresses.push(address.ip);
                    }
                }
            }
            let seen = self.push(check, Rung::Resolve, outcome);
            seen.resolver = Some(resolver);
            seen.question = Some(family);
        }
    }

    fn climb(&mut self, check: &Check, peer: SocketAddr, outcome: &str, changes: &[Change]) {
        if outcome == "lost" {
            self.rung(check, Rung::Connect, failed(silence()), peer, changes);
        }
        for rung in [Rung::Connect, Rung::Handshake, Rung::Exchange] {
            if rung > check.top || (rung == Rung::Exchange && !changes.is_empty()) {
                return;
            }
            let came = came(check, rung, outcome);
            let goes_on = matches!(came, Outcome::Saw { .. });
            self.rung(check, rung, came, peer, changes);
            let seen = self.observations.last_mut().unwrap();
            match outcome {
                "lost" if rung == Rung::Connect => seen.attempt = 2,
                "slow" if rung == Rung::Connect => seen.took_ms = 7_200,
                _ => {}
            }
            if !goes_on {
                return;
            }
        }
    }

    fn rung(&mut self, check: &Check, rung: Rung, outcome: Outcome, peer: SocketAddr, changes: &[Change]) {
        let seen = self.push(check, rung, outcome);
        seen.peer = Some(peer);
        seen.variation = changes.to_vec();
    }

    fn push(&mut self, check: &Check, rung: Rung, outcome: Outcome) -> &mut Observation {
        let took_ms = match &outcome {
            Outcome::Failed { fault: Fault::TimedOut { after_ms }, .. } => *after_ms,
            _ => 3,
        };
        self.observations.push(Observation {
            id: ObservationId(format!("o{}", self.observations.len() + 1)),
            check: check.id.clone(),
            rung,
            attempt: 1,
            resolver: None,
            question: None,
            peer: None,
            variation: Vec::new(),
            at_ms: 0,
            took_ms,
            outcome,
        });
        self.observations.last_mut().unwrap()
    }
}

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|line| !line.is_empty())
}

fn plan(text: &str) -> Plan {
    let resolver =
        |address: &str| Resolver { address: address.parse().unwrap(), configured: address != VPC, vpc: address == VPC };
    let mut resolvers = vec![resolver(CONFIGURED), resolver(VPC)];
    if text.contains("cfg2=") {
        resolvers.insert(1, resolver(SECOND));
    }
    Plan {
        checks: Vec::new(),
        resolvers,
        limits: Limits::default(),
        place: Place {
            region: Region::parse(REGION).unwrap(),
            own_region: Some(REGION.to_owned()),
            inside_vpc: true,
            fargate: true,
            addresses: vec!["10.0.1.9".parse().unwrap()],
            subnets: vec!["10.0.1.0/24".parse().unwrap()],
            vpc_cidrs: Vec::new(),
            proxy: Vec::new(),
            unread: Vec::new(),
        },
        strict: false,
    }
}

fn place(place: &mut Place, words: &[&str]) {
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("ipv6", address) => place.addresses.push(address.parse().unwrap()),
            ("ipv6-only", address) => place.addresses = vec![address.parse().unwrap()],
            ("vpc-cidr", cidr) => place.vpc_cidrs.push(cidr.parse().unwrap()),
            ("subnet6", cidr) => place.subnets.push(cidr.parse().unwrap()),
            ("outside", _) => (place.inside_vpc, place.fargate, place.own_region) = (false, false, None),
            ("unread", _) => {
                place.unread.push(Unread { what: UnreadKind::Nameservers, why: "not readable".to_owned() });
            }
            ("proxy", url) => place.proxy.push(ProxyVariable { name: "HTTPS_PROXY".to_owned(), value: url.to_owned() }),
            _ => panic!("place {word}"),
        }
    }
}

fn known(id: &str) -> Check {
    use {Expected as E, Purpose as P, Reach as H};
    let aws = |host: &str, purpose, reach, answer| {
        check(id, format!("{host}.{REGION}.amazonaws.com"), purpose, reach, answer)
    };
    match id {
        "ecr.api" => aws("api.ecr", P::RegistryToken, H::Interface, E::AwsApi),
        "ecr.dkr" => aws("123456789012.dkr.ecr", P::Registry, H::Interface, E::EcrRegistry),
        "s3" => aws("s3", P::Layers, H::GatewayOrInterface, E::S3),
        "logs" | "sts" | "kms" => aws(id, if id == "logs" { P::Logs } else { P::Other }, H::Interface, E::AwsApi),
        "secretsmanager" | "ssm" => aws(id, P::Secrets, H::Interface, E::AwsApi),
        "hub" => check(id, "registry-1.docker.io".to_owned(), P::Registry, H::Nothing, E::OciRegistry),
        "control" => Check {
            top: Rung::Handshake,
            role: Role::Control,
            required: false,
            ..check("control:checkip", "checkip.amazonaws.com".to_owned(), P::Other, H::Nothing, E::AnyHttp)
        },
        "own-name" => Check {
            top: Rung::Resolve,
            role: Role::OwnName,
            required: false,
            ..check(id, format!("ip-10-0-1-9.{REGION}.compute.internal"), P::Other, H::Nothing, E::AnyHttp)
        },
        _ => extra(id),
    }
}

fn extra(id: &str) -> Check {
    let (host, port) = id.rsplit_once(':').unwrap_or_else(|| panic!("check {id}"));
    Check {
        port: port.parse().unwrap(),
        role: Role::Extra,
        region: None,
        ..check(id, host.to_owned(), Purpose::Other, Reach::Nothing, Expected::AnyHttp)
    }
}

fn check(id: &str, host: String, purpose: Purpose, reach: Reach, answer: Expected) -> Check {
    let is_aws = host.ends_with("amazonaws.com");
    let service =
        ["ecr.api", "ecr.dkr", "s3", "logs", "sts", "kms", "secretsmanager", "ssm"].into_iter().find(|s| *s == id);
    Check {
        id: CheckId(id.to_owned()),
        purpose,
        service,
        host,
        port: 443,
        region: is_aws.then(|| Region::parse(REGION).unwrap()),
        required: true,
        role: Role::Start,
        expect: Route::Any,
        reach,
        endpoint_service: service.map(|service| format!("com.amazonaws.{REGION}.{service}")),
        top: Rung::Exchange,
        question: Some(Question {
            method: Method::Get,
            path: "/".to_owned(),
            headers: Vec::new(),
            body: String::new(),
            answer,
        }),
        why: String::new(),
        note: None,
    }
}

fn modify(check: &mut Check, word: &str) {
    match word.split_once('=').unwrap_or((word, "")) {
        ("optional", _) => check.required = false,
        ("tcp", _) => (check.top, check.question) = (Rung::Connect, None),
        ("expect", route) => check.expect = serde_json::from_value(route.into()).unwrap(),
        ("region", region) => {
            check.host = check.host.replace(REGION, region);
            check.endpoint_service = check.endpoint_service.as_ref().map(|service| service.replace(REGION, region));
            check.region = Region::parse(region);
        }
        ("dns" | "cfg" | "cfg2" | "vpc" | "aaaa-silent", _) => {}
        (address, _) if address.split('+').next().unwrap().parse::<IpAddr>().is_ok() => {}
        _ => panic!("{} {word}", check.id),
    }
}

fn variation(word: &str, ip: IpAddr) -> Option<(Vec<Change>, &str)> {
    let (key, outcome) = word.split_once('=')?;
    let changes = key.strip_prefix(&ip.to_string())?.strip_prefix('+')?;
    let change = |name| match name {
        "short" => Change::ShortHello,
        "small" => Change::SmallSegments,
        "other" => Change::OtherName,
        "noname" => Change::NoName,
        _ => panic!("variation {name}"),
    };
    Some((changes.split('+').map(change).collect(), outcome))
}

fn lookup(said: &str, family: Family) -> Outcome {
    let answer = |code: &str, addresses: Vec<Address>| Outcome::Saw {
        seen: Seen::Answer(Answer {
            code: code.to_owned(),
            address_count: addresses.len(),
            soa_owner: addresses.is_empty().then(|| "amazonaws.com".to_owned()),
            addresses,
            ..Answer::default()
        }),
    };
    match said {
        "nxdomain" => answer("NXDOMAIN", Vec::new()),
        "empty" => answer("NOERROR", Vec::new()),
        "servfail" => answer("SERVFAIL", Vec::new()),
        "refused" => answer("REFUSED", Vec::new()),
        "silent" => failed(Fault::TimedOut { after_ms: 2_000 }),
        "no-port" => failed(Fault::Refused),
        "wrong" => failed(Fault::OnlyWrongAnswers { discarded: Discarded { garbage: 3, ..Discarded::default() } }),
        "unreachable" => failed(Fault::NetworkUnreachable),
        "our-fault" => failed(Fault::NoFileDescriptors),
        "deadline" => Outcome::NotTried { why: Why::Deadline },
        list => {
            let all = list.split(',').map(|ip| Address { ip: ip.parse().expect(list), ttl_s: 60 });
            answer("NOERROR", all.filter(|one| one.ip.is_ipv4() == (family == Family::A)).collect())
        }
    }
}

/// Of several outcomes, the first that says something of this rung.
fn came(check: &Check, rung: Rung, outcome: &str) -> Outcome {
    let one = |outcome: &str| match rung {
        Rung::Resolve => unreachable!("names are asked by `ask`"),
        Rung::Connect => connected(outcome),
        Rung::Handshake => shaken(outcome),
        Rung::Exchange => exchanged(check, outcome),
    };
    let plain = one("ok");
    outcome.split(',').map(one).find(|came| *came != plain).unwrap_or(plain)
}

fn connected(outcome: &str) -> Outcome {
    match outcome {
        "silent" => failed(Fault::TimedOut { after_ms: 4_000 }),
        "refused" => failed(Fault::Refused),
        "unreachable" => failed(Fault::NetworkUnreachable),
        "our-fault" => failed(Fault::NoFileDescriptors),
        "deadline" => Outcome::NotTried { why: Why::Deadline },
        _ => Outcome::Saw { seen: Seen::Connection(Connection { local: None }) },
    }
}

fn shaken(outcome: &str) -> Outcome {
    use CertificateProblem::{Expired, NotYetValid, UnknownIssuer, WrongName};
    let (amazon, proxy) = ("C=US, O=Amazon, CN=Amazon RSA 2048 M02", "O=Example Corp, CN=Inspection CA");
    let (public, bundle) = (Some(TrustedBy::Public), Some(TrustedBy::Bundle));
    let day = 86_400;
    match outcome {
        "tls-silent" => failed(Fault::TimedOut { after_ms: 5_000 }),
        "tls-reset" => failed(Fault::Reset),
        "tls-closed" => failed(Fault::Closed),
        "tls-alert" => failed(Fault::TlsAlert { alert: "handshake_failure".to_owned() }),
        "tls-unnamed" => failed(Fault::TlsAlert { alert: "unrecognized_name".to_owned() }),
        "tls-broken" => failed(Fault::TlsBroken { detail: "peer is incompatible".to_owned() }),
        "not-tls" => failed(Fault::NotTls { detail: "corrupt message".to_owned() }),
        "tls-not-tried" => Outcome::NotTried { why: Why::Deadline },
        "untrusted" => shown(proxy, None, &[UnknownIssuer]),
        "untrusted-wrong" => shown(proxy, None, &[UnknownIssuer, WrongName]),
        "untrusted-expired" => shown(proxy, None, &[Expired { for_s: day }, UnknownIssuer]),
        "bundle" => shown(proxy, bundle, &[]),
        "wrong-name" => shown(amazon, public, &[WrongName]),
        "expired" => shown(amazon, public, &[Expired { for_s: day }]),
        "not-yet" => shown(amazon, public, &[NotYetValid { for_s: day }]),
        _ => shown(amazon, public, &[]),
    }
}

fn shown(issuer: &str, trusted_by: Option<TrustedBy>, problems: &[CertificateProblem]) -> Outcome {
    let own = Certificate {
        subject: "CN=shown".to_owned(),
        issuer: issuer.to_owned(),
        names: vec!["kms.ap-northeast-1.amazonaws.com".to_owned()],
        name_count: 1,
        not_before: "2026-01-02T03:04:05Z".to_owned(),
        not_after: "2027-01-02T03:04:05Z".to_owned(),
        fingerprint_sha256: String::new(),
    };
    let problems = problems.to_vec();
    let handshake = Handshake { chain: vec![own], chain_length: 1, trusted_by, problems, ..Handshake::default() };
    Outcome::Saw { seen: Seen::Handshake(Box::new(handshake)) }
}

fn exchanged(check: &Check, outcome: &str) -> Outcome {
    match outcome {
        "http-silent" => failed(Fault::TimedOut { after_ms: 10_000 }),
        "http-reset" => failed(Fault::Reset),
        "http-closed" => failed(Fault::Closed),
        "http-endless-head" => failed(Fault::HeadTooLarge { limit_bytes: 65_536 }),
        "not-http" => failed(Fault::NotHttp { detail: "invalid header".to_owned() }),
        _ => Outcome::Saw { seen: Seen::Response(Box::new(answer(check, outcome))) },
    }
}

fn answer(check: &Check, outcome: &str) -> Response {
    let page = "<html>Blocked</html>";
    let html = |status| response(status, &[("content-type", "text/html"), ("server", "squid/6.6")], page);
    let healthy = healthy(check);
    if let Some(off) = outcome.strip_prefix("date") {
        return Response { date_minus_clock_s: Some(off.parse().unwrap()), ..healthy };
    }
    match outcome {
        "html" => html(200),
        "proxy-503" => html(503),
        "proxy-auth" => html(407),
        "via" => with(healthy, "via", "1.1 proxy.corp.example (squid/6.6)"),
        "success" => response(200, &[("content-type", "application/json")], r#"{"status":"ok"}"#),
        "endless-body" => Response { complete: false, body_bytes: 65_536, ..healthy },
        "unfamiliar" => response(404, &[("server", "nginx")], ""),
        "throttling" => with(healthy, "x-amzn-errortype", "ThrottlingException"),
        "skewed" => Response { date_minus_clock_s: Some(600), ..healthy },
        "no-date" => Response { date_minus_clock_s: None, ..healthy },
        _ => Response { status: outcome.parse().unwrap_or(healthy.status), ..healthy },
    }
}

fn with(mut response: Response, name: &str, value: &str) -> Response {
    response.headers.insert(name.to_owned(), value.to_owned());
    response
}

fn healthy(check: &Check) -> Response {
    let id = ("x-amzn-requestid", "4d3c");
    match check.question.as_ref().map(|question| question.answer) {
        Some(Expected::EcrRegistry) => {
            let challenge = r#"Basic realm="https://123456789012.dkr.ecr/",service="ecr.amazonaws.com""#;
            let version = ("docker-distribution-api-version", "registry/2.0");
            response(401, &[version, ("www-authenticate", challenge)], "Not Authorized")
        }
        Some(Expected::OciRegistry) => {
            response(401, &[("docker-distribution-api-version", "registry/2.0"), ("www-authenticate", "Bearer x")], "")
        }
        Some(Expected::AwsApi) => response(400, &[id], r#"{"__type":"MissingAuthenticationTokenException"}"#),
        Some(Expected::S3) => {
            response(403, &[("x-amz-request-id", "4D3C")], "<Error><Code>AccessDenied</Code></Error>")
        }
        Some(Expected::AnyHttp) | None => response(200, &[], "ok"),
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response {
        status,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.to_owned(),
        body_bytes: body.len() as u64,
        complete: true,
        date_minus_clock_s: Some(0),
    }
}

fn failed(fault: Fault) -> Outcome {
    Outcome::Failed { fault, handshake: None }
}

fn silence() -> Fault {
    Fault::TimedOut { after_ms: 4_000 }
}
