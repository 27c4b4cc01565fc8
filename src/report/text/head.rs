//! The first lines and the last one: the verdict and the exit code.

use super::page::{Ink, Page};
use crate::diagnosis::Verdict;
use crate::report::Report;

/// Verdict and headline.
pub(super) fn write(page: &mut Page, report: &Report) {
    headed(page, report.verdict, &report.headline);
}

/// A verdict and its sentence.
pub(crate) fn headed(page: &mut Page, verdict: Verdict, headline: &str) {
    let (word, ink) = word(verdict);
    page.labelled(0, 6, (ink, word), (Ink::Bold, headline));
}

/// The verdict's word.
pub(crate) fn word(verdict: Verdict) -> (&'static str, Ink) {
    match verdict {
        Verdict::Pass => ("PASS", Ink::Good),
        Verdict::Fail => ("FAIL", Ink::Bad),
        Verdict::Inconclusive => ("INCONCLUSIVE", Ink::Odd),
    }
}

/// The exit code, and what it says.
pub(super) fn write_foot(page: &mut Page, report: &Report) {
    foot(page, report.exit_code);
}

/// An exit code, and what it says.
pub(crate) fn foot(page: &mut Page, code: u8) {
    let text = format!("exit code {code}: {}", exit_code_words(code));
    page.paragraph(0, Ink::Bold, &text);
}

/// An exit code in words: what fails first, and how.
pub(crate) fn exit_code_words(code: u8) -> String {
    match code {
        0 => "every required check passed".to_owned(),
        4 => "warnings only, and --strict was given".to_owned(),
        11..=69 => format!("{}: {}", step(code / 10), fault(code % 10)),
        70 => "a bug of vpcprobe".to_owned(),
        71 => "inconclusive: not everything could be looked at".to_owned(),
        _ => "no code of a report".to_owned(),
    }
}

fn step(tens: u8) -> &'static str {
    match tens {
        1 => "secrets",
        2 => "the registry token",
        3 => "logs",
        4 => "the registry",
        5 => "the image's layers",
        _ => "something beside the image and its logs",
    }
}

fn fault(ones: u8) -> &'static str {
    match ones {
        1 => "DNS",
        2 => "the wrong route",
        3 => "no TCP connection",
        4 => "no good TLS handshake",
        5 => "no good HTTP answer",
        6 => "access denied",
        7 => "not found",
        8 => "broken content",
        9 => "too slow",
        _ => "for a reason that has no digit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_code_says_what_and_how() {
        let table = [
            (0, "every required check passed"),
            (43, "the registry: no TCP connection"),
            (11, "secrets: DNS"),
            (69, "something beside the image and its logs: too slow"),
            (71, "inconclusive: not everything could be looked at"),
        ];
        for (code, words) in table {
            assert_eq!(exit_code_words(code), words);
        }
    }
}
