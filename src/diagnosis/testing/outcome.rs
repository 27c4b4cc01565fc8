//! From a scene's words to what came of each rung.

use crate::catalog::Expected;
use crate::observation::{
    Address, Answer, Certificate, CertificateProblem, Connection, Discarded, Family, Fault, Handshake, Outcome,
    Response, Seen, TrustedBy, Why,
};
use crate::plan::{Check, Rung};

/// What a resolver says.
pub fn lookup(said: &str, family: Family) -> Outcome {
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
pub fn came(check: &Check, rung: Rung, outcome: &str) -> Outcome {
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
        "too-many" => Outcome::NotTried { why: Why::TooMany },
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
        told: None,
        held: None,
        status,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.to_owned(),
        body_bytes: body.len() as u64,
        complete: true,
        date_minus_clock_s: Some(0),
    }
}

/// An attempt that failed.
pub fn failed(fault: Fault) -> Outcome {
    Outcome::Failed { fault, handshake: None }
}

/// Nothing came back.
pub fn silence() -> Fault {
    Fault::TimedOut { after_ms: 4_000 }
}
