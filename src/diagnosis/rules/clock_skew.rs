//! `clock-skew`: the local clock is off against the `Date` of several answers. Signed calls are refused beyond 5 minutes.

use super::tls_intercepted::shown;
use crate::catalog::Expected;
use crate::diagnosis::case::View;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::{self, Reading};
use crate::diagnosis::{Case, Finding, FindingId, Severity, aws, words};
use crate::observation::{CertificateProblem, Observation};
use crate::plan::Purpose;

/// Beyond this SigV4 refuses, in seconds.
const OFF: u64 = 300;
/// Answers that differ by no more than this agree, in seconds.
const AGREE: u64 = 120;

/// What the answers say of the local clock.
#[derive(Clone, Debug)]
pub enum Clock<'c> {
    /// It agrees with them.
    Right(Vec<&'c Observation>),
    /// The answers of several checks agree that it is off: their time minus ours, in seconds.
    Off(i64, Vec<&'c Observation>),
    /// None, too few, or they differ.
    Unknown,
}

/// One check's time, as its answer says.
#[derive(Clone, Copy)]
struct Said<'c> {
    view: &'c View<'c>,
    off: i64,
    seen: &'c Observation,
}

/// Find the clock off, and take the certificates that only look too old or too young by it.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let Clock::Off(off, evidence) = clock(case) else { return complaints(case, ledger) };
    let taken = ledger.take(|trouble| is_explained(trouble, off) || is_complaint(trouble));
    let signed: Vec<_> = case.subjects().filter(|view| is_signed(view)).collect();
    let dated = said(case).into_iter().map(|said| said.view);
    let fails = !signed.is_empty() || taken.iter().any(|trouble| trouble.severity() == Severity::Error);
    let hit: Vec<_> = if signed.is_empty() { dated.collect() } else { signed };
    let count = evidence.len();
    let way = if off > 0 { "behind" } else { "ahead of" };
    let mut draft = Draft::new(FindingId::ClockSkew, case, &taken).shown_by(evidence);
    for view in hit {
        draft = draft.about(view, []);
    }
    let draft = draft
        .severity(if fails { Severity::Error } else { Severity::Warning })
        .summary(format!(
            "The local clock is {} {way} the Date of {}, which agree with each other.",
            span(off.unsigned_abs()),
            words::plural(count, "service"),
        ))
        .meaning(
            "AWS refuses signed calls whose time is off by more than 5 minutes (15 for S3), and certificates look \
             expired or not yet valid by it.",
        )
        .fix(aws::step(CORRECT));
    vec![draft.finding()]
}

const CORRECT: &str = "correct the clock of the host: in AWS by the time service at 169.254.169.123 (chrony); on Fargate the \
                       platform keeps it, so report it there";

/// Where no two `Date`s agree that the clock is off, two services' refusals of a signature's time do, or one's whose own
/// `Date` is off too. A single complaint against the others' `Date` is no clock: see `credentials-rejected`.
fn complaints<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    if matches!(clock(case), Clock::Right(_)) {
        return Vec::new();
    }
    let made: Vec<_> = ledger.open().iter().filter(|trouble| is_complaint(trouble)).cloned().collect();
    let off = made.iter().find_map(|trouble| trouble.evidence.first()?.response()?.date_minus_clock_s);
    let is_off = off.is_some_and(|off| off.unsigned_abs() >= OFF);
    if words::count(made.iter().map(Trouble::host)) < 2 && !is_off {
        return Vec::new();
    }
    let taken = ledger.take(is_complaint);
    let by = off.filter(|_| is_off).map(|off| {
        let way = if off > 0 { "behind" } else { "ahead of" };
        format!("; by their Date the local clock is {} {way} theirs", span(off.unsigned_abs()))
    });
    let draft = Draft::new(FindingId::ClockSkew, case, &taken)
        .likely([FindingId::CredentialsRejected])
        .summary(format!(
            "{} the time of our signatures{}.",
            words::hosts_say(&taken, "refuses", "refuse"),
            by.unwrap_or_default()
        ))
        .meaning("AWS refuses signed calls whose time is off by more than 5 minutes (15 for S3).")
        .fix(aws::step(CORRECT));
    vec![draft.finding()]
}

/// Whether a service refuses the time of a signature.
fn is_complaint(trouble: &Trouble<'_>) -> bool {
    reading::of(trouble) == Some(Reading::ClockOff)
}

/// What the answers say of the local clock: the one that most of the checks agree on.
pub fn clock<'c>(case: &'c Case<'c>) -> Clock<'c> {
    let said = said(case);
    let agreeing = |middle: &Said<'c>| -> Vec<Said<'c>> {
        said.iter().copied().filter(|other| other.off.abs_diff(middle.off) <= AGREE / 2).collect()
    };
    let Some(most) = said.iter().map(agreeing).max_by_key(Vec::len) else { return Clock::Unknown };
    let off = most[most.len() / 2].off;
    let evidence: Vec<_> = most.iter().map(|said| said.seen).collect();
    let is_majority = most.len() * 2 > said.len();
    if is_majority && off.unsigned_abs() < OFF {
        Clock::Right(evidence)
    } else if is_majority && most.len() > 1 {
        Clock::Off(off, evidence)
    } else {
        Clock::Unknown
    }
}

/// `10 minutes`, `2 days`: enough for a clock.
pub fn span(seconds: u64) -> String {
    let (size, word) = match seconds {
        0..120 => (1, "second"),
        120..7_200 => (60, "minute"),
        7_200..172_800 => (3_600, "hour"),
        172_800.. => (86_400, "day"),
    };
    words::plural(usize::try_from(seconds / size).unwrap_or(usize::MAX), word)
}

/// The `Date` of each check's answer, the nearest to our clock of several. One behind a certificate that nobody vouches
/// for may be anybody's.
fn said<'c>(case: &'c Case<'c>) -> Vec<Said<'c>> {
    let of = |view: &'c View<'c>| {
        let peers = view.peers.iter().filter(|peer| {
            let shaken = peer.handshake.as_ref().and_then(|handshake| handshake.last.handshake());
            shaken.is_some_and(|shaken| shaken.trusted_by.is_some())
        });
        let dated = peers.filter_map(|peer| {
            let seen = peer.exchange.as_ref()?.last;
            Some(Said { view, off: seen.response()?.date_minus_clock_s?, seen })
        });
        dated.min_by_key(|said| said.off.unsigned_abs())
    };
    let mut said: Vec<_> = case.views.iter().filter_map(of).collect();
    crate::order::by_key(&mut said, |said| said.off);
    said
}

/// Whether the platform signs what it asks of it.
fn is_signed(view: &View<'_>) -> bool {
    let is_api = view.check.question.as_ref().is_some_and(|question| match question.answer {
        Expected::AwsApi => true,
        Expected::EcrRegistry | Expected::OciRegistry | Expected::S3 | Expected::AnyHttp => false,
    });
    let is_platform = match view.check.purpose {
        Purpose::Secrets | Purpose::RegistryToken | Purpose::Logs => true,
        Purpose::Registry | Purpose::Layers | Purpose::Volumes | Purpose::Exec | Purpose::Other => false,
    };
    let answered = view.used_peers().any(|peer| peer.response().is_some());
    view.check.required && is_api && is_platform && answered
}

/// Whether the certificate would be good at the time that the answers say.
fn is_explained(trouble: &Trouble<'_>, off: i64) -> bool {
    let Some(shown) = shown(trouble).filter(|shown| shown.trusted_by.is_some()) else { return false };
    let by_time = |problem: &CertificateProblem| match problem {
        CertificateProblem::Expired { for_s } => off < 0 && *for_s <= -off,
        CertificateProblem::NotYetValid { for_s } => off > 0 && *for_s <= off,
        CertificateProblem::UnknownIssuer | CertificateProblem::WrongName | CertificateProblem::Other { .. } => false,
    };
    !shown.problems.is_empty() && shown.problems.iter().all(by_time)
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_clock_is_off_when_several_answers_agree_that_it_is() {
        assert_scenes(&[
            (
                "two services agree",
                "ecr.api dns=10.0.1.5 10.0.1.5=skewed
                 s3 dns=10.0.1.6 10.0.1.6=skewed",
                "error clock-skew ecr.api",
            ),
            (
                "one odd service among others",
                "ecr.api dns=10.0.1.5 10.0.1.5=skewed
                 logs dns=10.0.1.6
                 s3 dns=10.0.1.7",
                "",
            ),
            ("one service alone", "ecr.api dns=10.0.1.5 10.0.1.5=skewed", ""),
            (
                "two that differ",
                "ecr.api dns=10.0.1.5 10.0.1.5=date+600
                 logs dns=10.0.1.6 10.0.1.6=date-900",
                "",
            ),
            (
                "four minutes",
                "ecr.api dns=10.0.1.5 10.0.1.5=date+240
                 logs dns=10.0.1.6 10.0.1.6=date+240",
                "",
            ),
            (
                "nothing that the platform signs",
                "ecr.dkr dns=10.0.1.5 10.0.1.5=date-900
                 s3 dns=10.0.1.6 10.0.1.6=date-901",
                "warning clock-skew ecr.dkr s3",
            ),
            (
                "certificates that only look too young",
                "ecr.api dns=10.0.1.5 10.0.1.5=not-yet,date+90000
                 logs dns=10.0.1.6 10.0.1.6=not-yet,date+90001",
                "error clock-skew ecr.api logs",
            ),
            (
                "a certificate that has expired, and a clock that is behind",
                "ecr.api dns=10.0.1.5 10.0.1.5=expired,date+90000
                 logs dns=10.0.1.6 10.0.1.6=date+90001",
                "error tls-expired ecr.api
                 error clock-skew ecr.api logs",
            ),
            (
                "the refusals come with it",
                "ecr.api dns=10.0.1.5 10.0.1.5=skewed
                 logs dns=10.0.1.6 10.0.1.6=skewed
                 registry-token get-authorization-token=400/InvalidSignatureException/Signature~expired:~x",
                "error clock-skew ecr.api logs registry-token",
            ),
            (
                "two services refuse the time, and say none",
                "ecr.api dns=10.0.1.5 10.0.1.5=no-date
                 logs dns=10.0.1.6 10.0.1.6=no-date
                 registry-token get-authorization-token=400/InvalidSignatureException/Signature~expired:~x
                 log-stream:/a create-log-stream=403/RequestTimeTooSkewed/x",
                "error clock-skew registry-token log-stream:/a",
            ),
            (
                "the time of an intercepting proxy is its own",
                "ecr.api dns=10.0.1.5 10.0.1.5=untrusted,skewed
                 logs dns=10.0.1.6 10.0.1.6=untrusted,skewed",
                "error tls-intercepted ecr.api logs",
            ),
        ]);
    }

    #[test]
    fn how_far_it_is_off_is_said() {
        let found = judge(
            "ecr.api dns=10.0.1.5 10.0.1.5=skewed
             logs dns=10.0.1.6 10.0.1.6=skewed",
        );
        assert_eq!(found.exit_code, 26);
        assert!(found.findings[0].summary.contains("10 minutes behind"), "{}", found.findings[0].summary);
    }
}
