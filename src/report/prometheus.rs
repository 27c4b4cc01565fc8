//! Figures for Prometheus' text file collector, under the names of its blackbox exporter where those fit.

mod checks;
mod page;
mod watch;

use std::collections::BTreeMap;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Report;
use super::examined::{examined, seconds, slug};
use crate::diagnosis::{Finding, Pull, Verdict};
use page::Page;

/// Render it. A check that was not looked at has no `probe_success`: that is not the same as a check that fails.
pub fn render(report: &Report) -> String {
    let mut page = Page::default();
    let examined = examined(report);
    run(&mut page, report);
    findings(&mut page, &report.findings);
    checks::write(&mut page, &examined);
    pulls(&mut page, report);
    if let Some(seen) = &report.watch {
        watch::write(&mut page, seen);
    }
    page.into_text()
}

fn run(page: &mut Page, report: &Report) {
    let zone = report.vantage.availability_zone.as_deref().unwrap_or_default();
    let subnet = report.vantage.subnet_cidr.map(|net| net.to_string()).unwrap_or_default();
    let about = [
        ("version", report.tool.version.as_str()),
        ("region", report.inputs.region.as_str()),
        ("availability_zone", zone),
        ("subnet", &subnet),
    ];
    page.family("vpcprobe_run_info", "What made the figures, and where it stood.");
    page.value(&about, "1");
    page.family("vpcprobe_exit_code", "The exit code: what fails first, and how.");
    page.value(&[], &report.exit_code.to_string());
    page.family("vpcprobe_verdict", "1 for the verdict of the last run, 0 for the others.");
    for verdict in [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive] {
        let is_it = u8::from(report.verdict == verdict).to_string();
        page.value(&[("verdict", &slug(&verdict))], &is_it);
    }
    page.family("vpcprobe_run_duration_seconds", "How long the last run took.");
    page.value(&[], &seconds(report.whole().1));
    if let Some(ended) = ended(report) {
        page.family("vpcprobe_last_run_timestamp_seconds", "When the last run ended.");
        page.value(&[], &seconds(ended));
    }
    page.family("vpcprobe_checks", "How many checks came out how.");
    let summary = &report.summary;
    let counts =
        [("pass", summary.passed), ("fail", summary.failed), ("warn", summary.warned), ("not_run", summary.not_run)];
    for (status, count) in counts {
        page.value(&[("status", status)], &count.to_string());
    }
}

/// When all of it was over, as milliseconds since 1970.
pub(super) fn ended(report: &Report) -> Option<u64> {
    let (started_at, took_ms) = report.whole();
    millis(started_at)?.checked_add(took_ms)
}

/// A time as milliseconds since 1970; none where it is none.
pub(super) fn millis(rfc3339: &str) -> Option<u64> {
    let at = OffsetDateTime::parse(rfc3339, &Rfc3339).ok()?;
    u64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
}

fn findings(page: &mut Page, findings: &[Finding]) {
    page.family("vpcprobe_findings", "How many findings there are of an id and severity.");
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry((finding.severity, finding.id)).or_insert(0_usize) += 1;
    }
    for ((severity, id), count) in counts {
        page.value(&[("id", &id.to_string()), ("severity", &slug(&severity))], &count.to_string());
    }
}

fn pulls(page: &mut Page, report: &Report) {
    type Figure = fn(&Pull) -> Option<String>;
    let figures: [(&str, &str, Figure); 5] = [
        ("vpcprobe_pull_size_bytes", "The image's compressed size.", |pull| Some(pull.bytes.to_string())),
        ("vpcprobe_pull_fetched_bytes", "How much of it was fetched.", |pull| Some(pull.bytes_fetched.to_string())),
        ("vpcprobe_pull_bytes_per_second", "How fast that came.", |pull| Some(pull.bytes_per_s?.to_string())),
        ("vpcprobe_pull_duration_seconds", "How long the replay of the pull took.", |pull| Some(seconds(pull.took_ms))),
        ("vpcprobe_pull_estimated_seconds", "How long a whole pull would take.", |pull| {
            pull.estimated_pull_ms.map(seconds)
        }),
    ];
    for (name, help, figure) in figures {
        page.family(name, help);
        for pull in &report.pulls {
            if let Some(value) = figure(pull) {
                page.value(&[("image", &pull.image)], &value);
            }
        }
    }
    if let Some(ms) = report.vantage.image_pull_ms {
        page.family("vpcprobe_own_image_pull_seconds", "How long the platform took to pull the probe's own image.");
        page.value(&[], &seconds(ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_none_has_no_figure() {
        let table = [
            ("2025-06-15T15:06:40.123Z", Some(1_750_000_000_123)),
            ("2025-06-15T17:06:40+02:00", Some(1_750_000_000_000)),
            ("1969-12-31T23:59:59Z", None),
            ("yesterday", None),
        ];
        for (text, expected) in table {
            assert_eq!(millis(text), expected, "{text}");
        }
    }
}
