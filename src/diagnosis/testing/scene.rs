//! From a scene's text to a plan and observations.

use std::net::{IpAddr, SocketAddr};

use crate::catalog::{Expected, Method, Question};
use crate::observation::{Change, Family, Fault, Observation, ObservationId, Outcome, Seen};
use crate::plan::{Check, CheckId, Place, Plan, Purpose, Reach, Resolver, Role, Route, Rung};
use crate::plan::{Limits, ProxyVariable, Region, Unread, UnreadKind, found};

use super::outcome::{came, failed, lookup, silence};
use super::step;

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
const DEMANDS: &[&str] =
    &["addresses", "issuers", "resolve-ms", "connect-ms", "handshake-ms", "exchange-ms", "pull-ms"];

impl Scene {
    /// Read a scene.
    pub fn read(text: &str) -> Self {
        let mut scene = Self { plan: plan(text), observations: Vec::new() };
        for line in lines(text) {
            let (id, words) = line.split_first().unwrap();
            match *id {
                "place" => place(&mut scene.plan.place, words),
                "replay" => step::replay(&mut scene.plan, words),
                _ if step::is_one(id) => scene.step(id, words),
                _ => scene.check(id, words),
            }
        }
        scene
    }

    fn check(&mut self, id: &str, words: &[&str]) {
        let mut check = known(id);
        for word in words {
            modify(&mut check, word);
            self.demand(&check.id, word);
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
        // What only the replay learns of is in no plan.
        if found(&check.id).is_none() {
            self.plan.checks.push(check);
        }
    }

    /// What a file of expectations asserts of the check.
    fn demand(&mut self, id: &CheckId, word: &str) {
        let Some((key, value)) = word.split_once('=').filter(|(key, _)| DEMANDS.contains(key)) else { return };
        let demands = self.plan.asserted.demands.entry(id.clone()).or_default();
        let ms = || Some(value.parse().unwrap());
        match key {
            "addresses" => demands.addresses = value.split(',').map(|net| net.parse().unwrap()).collect(),
            "issuers" => demands.issuers = value.split(',').map(|name| name.replace('_', " ")).collect(),
            "resolve-ms" => demands.resolve_ms = ms(),
            "connect-ms" => demands.connect_ms = ms(),
            "handshake-ms" => demands.handshake_ms = ms(),
            "exchange-ms" => demands.exchange_ms = ms(),
            _ => demands.pull_ms = ms(),
        }
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
        let (outcome, again) = outcome.split_once('/').map_or((outcome, None), |(first, again)| (first, Some(again)));
        let (outcome, again) = if outcome == "lost" { ("silent", Some("ok")) } else { (outcome, again) };
        for rung in [Rung::Connect, Rung::Handshake, Rung::Exchange] {
            if rung > check.top || (rung == Rung::Exchange && !changes.is_empty()) {
                return;
            }
            let mut goes_on = false;
            let tries = [Some(outcome), again.filter(|_| rung == Rung::Connect)];
            for (number, outcome) in (1..).zip(tries.into_iter().flatten()) {
                let came = came(check, rung, outcome);
                goes_on |= matches!(came, Outcome::Saw { .. });
                self.rung(check, rung, came, peer, changes);
                let seen = self.observations.last_mut().unwrap();
                seen.attempt = number;
                if outcome == "slow" && rung == Rung::Connect {
                    seen.took_ms = 7_200;
                }
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

    /// A step over a ladder of the scene: a request a word, in their order.
    fn step(&mut self, id: &str, words: &[&str]) {
        let (check, words) = step::check(&self.plan, id, words);
        let over = &check.step.as_ref().unwrap().over;
        let mut ladder = self.observations.iter().filter(|seen| seen.check == *over);
        let peer = ladder.find_map(|seen| seen.peer);
        for word in words {
            let (part, outcome, after_ms, took_ms) = step::request(&check, word);
            let seen = self.push(&check, Rung::Exchange, outcome);
            seen.peer = peer.filter(|_| !matches!(seen.outcome, Outcome::NotTried { .. }));
            seen.step = Some(part);
            seen.at_ms = after_ms;
            seen.took_ms = took_ms.unwrap_or(seen.took_ms);
        }
        self.plan.checks.push(check);
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
            step: None,
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
        replay: crate::plan::Replay::default(),
        asserted: crate::plan::Asserted::default(),
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

pub(super) fn known(id: &str) -> Check {
    use {Expected as E, Purpose as P, Reach as H};
    if let Some(found) = found(&CheckId(id.to_owned())) {
        return found;
    }
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
        "control-s3" => Check {
            host: "s3.us-east-1.amazonaws.com".to_owned(),
            region: Region::parse("us-east-1"),
            ..Check { id: CheckId("control:s3".to_owned()), ..known("control") }
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
            method: if answer == Expected::AwsApi { Method::Post } else { Method::Get },
            path: "/".to_owned(),
            headers: Vec::new(),
            body: String::new(),
            answer,
        }),
        step: None,
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
        (demand, _) if DEMANDS.contains(&demand) => {}
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
