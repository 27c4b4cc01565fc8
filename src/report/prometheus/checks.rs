//! The checks' own figures.

use super::super::examined::{Examined, seconds, slug};
use super::millis;
use super::page::Page;
use crate::diagnosis::{CheckStatus, FindingId, Severity};
use crate::observation::{Handshake, Rung};

/// A family's figure of one check.
type Figure = fn(&Examined<'_>) -> Option<String>;

/// The rungs, as the blackbox exporter calls the phases of a request.
const PHASES: [(&str, Rung); 4] =
    [("resolve", Rung::Resolve), ("connect", Rung::Connect), ("tls", Rung::Handshake), ("processing", Rung::Exchange)];

pub(super) fn write(page: &mut Page, examined: &[Examined<'_>]) {
    let figures: [(&str, &str, Figure); 5] = [
        ("probe_success", "1 where the check passes, with or without a warning, 0 where it fails.", success),
        ("probe_duration_seconds", "From the check's first attempt to the end of its last.", |one| {
            one.took_ms().map(seconds)
        }),
        ("probe_dns_lookup_time_seconds", "The slowest answer of a resolver.", |one| {
            one.slowest(Rung::Resolve).map(seconds)
        }),
        ("probe_http_status_code", "The status of the last response.", status),
        ("probe_ssl_earliest_cert_expiry", "When the first certificate of a chain expires, as Unix time.", expiry),
    ];
    for (name, help, figure) in figures {
        page.family(name, help);
        for one in examined {
            if let Some(value) = figure(one) {
                page.value(&[("check", &one.check.id.0), ("purpose", &slug(&one.check.purpose))], &value);
            }
        }
    }
    phases(page, examined);
    versions(page, examined);
    failures(page, examined);
}

/// What was not looked at neither succeeds nor fails.
fn success(one: &Examined<'_>) -> Option<String> {
    match one.check.status {
        CheckStatus::Pass | CheckStatus::Warn => Some("1".to_owned()),
        CheckStatus::Fail => Some("0".to_owned()),
        CheckStatus::NotRun => None,
    }
}

fn status(one: &Examined<'_>) -> Option<String> {
    one.made().filter_map(|seen| seen.response()).last().map(|response| response.status.to_string())
}

fn expiry(one: &Examined<'_>) -> Option<String> {
    let certificates = handshakes(one).flat_map(|handshake| &handshake.chain);
    certificates.filter_map(|certificate| millis(&certificate.not_after)).min().map(|ms| (ms / 1_000).to_string())
}

fn handshakes<'o>(one: &'o Examined<'_>) -> impl Iterator<Item = &'o Handshake> {
    one.made().filter_map(|seen| seen.handshake())
}

/// The slowest answer on each rung of what speaks HTTPS.
fn phases(page: &mut Page, examined: &[Examined<'_>]) {
    page.family("probe_http_duration_seconds", "The slowest answer in each phase.");
    for one in examined.iter().filter(|one| one.seen.iter().any(|seen| seen.rung >= Rung::Handshake)) {
        let purpose = slug(&one.check.purpose);
        for (phase, rung) in PHASES {
            if let Some(ms) = one.slowest(rung) {
                page.value(&[("check", &one.check.id.0), ("purpose", &purpose), ("phase", phase)], &seconds(ms));
            }
        }
    }
}

fn versions(page: &mut Page, examined: &[Examined<'_>]) {
    page.family("probe_tls_version_info", "Which versions of TLS were spoken.");
    for one in examined {
        let purpose = slug(&one.check.purpose);
        for version in handshakes(one).filter_map(|handshake| handshake.version.as_deref()) {
            let version = version.replace("TLSv", "TLS ");
            page.value(&[("check", &one.check.id.0), ("purpose", &purpose), ("version", &version)], "1");
        }
    }
}

/// By which findings a check fails.
fn failures(page: &mut Page, examined: &[Examined<'_>]) {
    page.family("probe_failure_info", "By which finding a check fails.");
    for one in examined.iter().filter(|one| one.check.status == CheckStatus::Fail) {
        let mut ids: Vec<_> = one.of(Severity::Error).map(|finding| finding.id).collect();
        if ids.is_empty() {
            ids.push(FindingId::Unexplained);
        }
        let purpose = slug(&one.check.purpose);
        for id in ids {
            page.value(&[("check", &one.check.id.0), ("purpose", &purpose), ("reason", &id.to_string())], "1");
        }
    }
}
