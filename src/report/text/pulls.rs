//! What the pulls come to: size, rate, and how long a whole one would take.

use super::page::{Ink, Page};
use super::steps::{image, short};
use super::units::{about, bytes, duration, plural, rate};
use super::wrap::squeeze;
use crate::diagnosis::Pull;
use crate::report::Report;

/// How many pulls are told one by one.
const MOST: usize = 12;

/// The most columns that an image's name takes.
const NAME_COLUMNS: usize = 100;

/// A line a pull, and the platform's own pull beside them.
pub(super) fn write(page: &mut Page, report: &Report) {
    if report.pulls.is_empty() {
        return;
    }
    page.gap();
    for line in lines(report) {
        page.labelled(0, 6, (Ink::Bold, "pull:"), (Ink::Plain, &line));
    }
    if let Some(text) = of_the_platform(report) {
        page.paragraph(6, Ink::Plain, &text);
    }
}

/// Each of the first few pulls, and the others in one sentence.
pub(crate) fn lines(report: &Report) -> Vec<String> {
    let rest = report.pulls.get(MOST..).filter(|rest| !rest.is_empty());
    report.pulls.iter().take(MOST).map(told).chain(rest.map(summed)).collect()
}

/// What the platform itself took.
pub(crate) fn of_the_platform(report: &Report) -> Option<String> {
    let took = duration(report.vantage.image_pull_ms?);
    Some(format!("for comparison: the platform took {took} to pull the image of this very container"))
}

/// One pull in a sentence.
pub(crate) fn told(pull: &Pull) -> String {
    let Pull { image: reference, digest, platform, layers, bytes: size, bytes_fetched, bytes_per_s, .. } = pull;
    let which: Vec<_> = platform.iter().cloned().chain(digest.as_deref().map(short)).collect();
    let which = if which.is_empty() { String::new() } else { format!(" ({})", which.join(", ")) };
    let fetched = match (*bytes_fetched, bytes_per_s) {
        (0, _) => "nothing of it fetched".to_owned(),
        (some, None) => format!("{} fetched", part(some, *size)),
        (some, Some(speed)) => format!("{} fetched at {}", part(some, *size), rate(*speed)),
    };
    let whole = match pull.estimated_pull_ms {
        Some(ms) if bytes_fetched < size => format!("; a whole pull would take about {}", about(ms)),
        Some(_) | None => String::new(),
    };
    let name = squeeze(&image(reference), NAME_COLUMNS);
    format!("{name}{which}: {}, {}; {fetched}{whole}", plural(*layers, "layer"), bytes(*size))
}

fn part(fetched: u64, size: u64) -> String {
    if fetched >= size { "all".to_owned() } else { bytes(fetched) }
}

/// Many pulls in one sentence.
fn summed(pulls: &[Pull]) -> String {
    let size = pulls.iter().fold(0_u64, |sum, pull| sum.saturating_add(pull.bytes));
    let longest = pulls.iter().filter_map(|pull| Some((pull.estimated_pull_ms?, pull))).max_by_key(|(ms, _)| *ms);
    let longest = longest.map(|(ms, pull)| {
        format!("; the longest, of {}, would take about {}", squeeze(&image(&pull.image), NAME_COLUMNS), about(ms))
    });
    format!("{}, {}{}", plural(pulls.len(), "more image"), bytes(size), longest.unwrap_or_default())
}
