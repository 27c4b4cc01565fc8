//! The stop reason that ECS would have printed, composed of purpose, host and fault.
//!
//! The wordings are those of 2024 and later; AWS changes them, and says that only the stop code is stable.

mod answered;

use std::net::SocketAddr;

use super::Severity;
use super::ledger::{Stage, Trouble};
use crate::observation::{CertificateProblem, Fault, Handshake};
use crate::plan::{Check, Platform, Purpose, Rung};

/// What ECS prints for the first of these troubles that stops a task start.
pub fn of(platform: &Platform, troubles: &[Trouble<'_>]) -> Option<String> {
    let fatal = troubles.iter().filter(|trouble| trouble.severity() == Severity::Error);
    let first = fatal.min_by_key(|trouble| trouble.view.check.purpose)?;
    match first.stage {
        Stage::Step => answered::reason(platform, first),
        _ => reason(first.view.check, &tail(first)?),
    }
}

/// The sentence of the step that stops.
fn reason(check: &Check, tail: &str) -> Option<String> {
    let host = &check.host;
    Some(match check.purpose {
        Purpose::Secrets => secrets(check, tail),
        Purpose::RegistryToken => format!(
            "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth \
             from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network \
             configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https \
             response error StatusCode: 0, RequestID: , request send failed, Post \"https://{host}/\": {tail}"
        ),
        // The helper is killed when its time is over, so no cause is printed.
        Purpose::Logs => {
            "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon \
             CloudWatch log group defined in the task definition. There is a connection issue between the task and \
             Amazon CloudWatch. Check your network configuration. : signal: killed"
                .to_owned()
        }
        Purpose::Registry => format!(
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
             {host}/REPOSITORY:TAG: failed to do request: Head \"https://{host}/v2/REPOSITORY/manifests/TAG\": {tail}"
        ),
        // The agent puts the image in place of the presigned URL, so the host named there is not the one that failed.
        Purpose::Layers => format!(
            "CannotPullContainerError: The task cannot pull IMAGE from the registry REGISTRY. There is a connection \
             issue between the task and the registry. Check your task network configuration. : failed to copy: \
             httpReadSeeker: failed open: failed to do request: Get REGISTRY: {tail}"
        ),
        Purpose::Volumes => format!(
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: {tail}"
        ),
        Purpose::Exec | Purpose::Other => return None,
    })
}

fn secrets(check: &Check, tail: &str) -> String {
    let connection = |service: &str| {
        format!("There is a connection issue between the task and {service}. Check your task network configuration.")
    };
    match check.service {
        Some("ssm") => format!(
            "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: \
             The task cannot pull secrets from AWS Systems Manager. {} RequestCanceled: request context canceled \
             caused by: {tail}",
            connection("AWS Systems Manager Parameter Store")
        ),
        Some("s3") => format!(
            "ResourceInitializationError: failed to download env files: The task can't download the environment \
             variable files from Amazon S3. {} service call has been retried 5 time(s): {tail}",
            connection("Amazon S3")
        ),
        Some(_) | None => format!(
            "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: \
             {} failed to fetch secret from secrets manager: operation error Secrets Manager: GetSecretValue, https \
             response error StatusCode: 0, RequestID: , {tail}",
            connection("AWS Secrets Manager")
        ),
    }
}

/// The end of the sentence, as Go's libraries write it.
fn tail(trouble: &Trouble<'_>) -> Option<String> {
    let host = &trouble.view.check.host;
    let dial = |rest: String| trouble.stage.peer().map(|peer| format!("dial tcp {peer}: {rest}"));
    match trouble.stage {
        Stage::Resolver(resolver) => {
            Some(format!("dial tcp: lookup {host} on {resolver}: {}", question(resolver, trouble.fault?)))
        }
        Stage::Name(resolver) => Some(format!("dial tcp: lookup {host} on {resolver}: {}", lookup(trouble))),
        Stage::Connect(_) => dial(fault(trouble.fault?, Rung::Connect)),
        Stage::Handshake(_) => Some(fault(trouble.fault?, Rung::Handshake)),
        Stage::Certificate(_) => Some(certificate(host, trouble.evidence.first()?.handshake()?)),
        Stage::Exchange(_) => Some(fault(trouble.fault?, Rung::Exchange)),
        Stage::Answer(_) => {
            let response = trouble.evidence.first()?.response()?;
            Some(format!("unexpected status: {}", response.status))
        }
        Stage::Route | Stage::Slow | Stage::Step => None,
    }
}

/// Go drops what is no answer and waits on; a truncated answer it asks for again over TCP.
fn question(resolver: SocketAddr, fault: &Fault) -> String {
    match fault {
        Fault::Refused => format!("read udp {resolver}: read: connection refused"),
        Fault::TruncatedThenTcp { fault: over_tcp } => {
            format!("dial tcp {resolver}: {}", self::fault(over_tcp, Rung::Resolve))
        }
        Fault::NetworkUnreachable | Fault::HostUnreachable => {
            format!("dial udp {resolver}: {}", self::fault(fault, Rung::Resolve))
        }
        Fault::TimedOut { .. }
        | Fault::OnlyWrongAnswers { .. }
        | Fault::Reset
        | Fault::Closed
        | Fault::TlsAlert { .. }
        | Fault::NotTls { .. }
        | Fault::TlsBroken { .. }
        | Fault::NotHttp { .. }
        | Fault::HeadTooLarge { .. }
        | Fault::NoFileDescriptors
        | Fault::NotPermitted
        | Fault::Local { .. } => format!("read udp {resolver}: i/o timeout"),
    }
}

fn lookup(trouble: &Trouble<'_>) -> &'static str {
    let answers = || trouble.evidence.iter().filter_map(|seen| seen.answer());
    let is_negative = answers().all(|answer| answer.code == "NXDOMAIN" || answer.code == "NOERROR");
    if is_negative { "no such host" } else { "server misbehaving" }
}

fn fault(fault: &Fault, rung: Rung) -> String {
    match fault {
        Fault::TimedOut { .. } => match rung {
            Rung::Resolve | Rung::Connect => "i/o timeout".to_owned(),
            Rung::Handshake => "net/http: TLS handshake timeout".to_owned(),
            Rung::Exchange => "net/http: timeout awaiting response headers".to_owned(),
        },
        Fault::Refused => "connect: connection refused".to_owned(),
        Fault::Reset => "read: connection reset by peer".to_owned(),
        Fault::Closed => "EOF".to_owned(),
        Fault::NetworkUnreachable => "connect: network is unreachable".to_owned(),
        Fault::HostUnreachable => "connect: no route to host".to_owned(),
        Fault::TlsAlert { alert } => format!("remote error: tls: {}", alert.replace('_', " ")),
        Fault::NotTls { .. } => "tls: first record does not look like a TLS handshake".to_owned(),
        Fault::NotHttp { .. } => "net/http: malformed HTTP response".to_owned(),
        Fault::TruncatedThenTcp { fault: over_tcp } => self::fault(over_tcp, rung),
        Fault::TlsBroken { .. }
        | Fault::OnlyWrongAnswers { .. }
        | Fault::HeadTooLarge { .. }
        | Fault::NoFileDescriptors
        | Fault::NotPermitted
        | Fault::Local { .. } => fault.to_string(),
    }
}

fn certificate(host: &str, shown: &Handshake) -> String {
    let names = shown.chain.first().map(|own| own.names.join(", ")).unwrap_or_default();
    let words = match shown.problems.first() {
        Some(CertificateProblem::UnknownIssuer) | None => "certificate signed by unknown authority".to_owned(),
        Some(CertificateProblem::WrongName) => format!("certificate is valid for {names}, not {host}"),
        Some(CertificateProblem::Expired { .. } | CertificateProblem::NotYetValid { .. }) => {
            "certificate has expired or is not yet valid".to_owned()
        }
        Some(CertificateProblem::Other { detail }) => detail.clone(),
    };
    format!("tls: failed to verify certificate: x509: {words}")
}
