//! `tls-expired`: a certificate whose time is over or has not come, and the clock is right.

use super::clock_skew::{Clock, clock, span};
use super::tls_intercepted::shown;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::observation::CertificateProblem;

/// Take every certificate that is left: those of other authorities and names, and those that the clock explains, are taken.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| matches!(trouble.stage, Stage::Certificate(_)) && when(trouble).is_some());
    let Some(when) = taken.iter().find_map(when) else { return Vec::new() };
    let draft = Draft::new(FindingId::TlsExpired, case, &taken)
        .summary(format!("The certificate at {} for {} {when}.", words::peers(&taken), words::hosts(&taken)))
        .fix(aws::step("serve a certificate that is valid now; AWS renews its own, so look who has this address"))
        .fixes(aws::show_owner(case.plan, &taken));
    let draft = match clock(case) {
        Clock::Right(evidence) => draft.shown_by(evidence).likely([]).meaning(format!(
            "The local clock agrees with the Date of other answers, so it is the certificate: {}.",
            if taken.iter().any(is_early) {
                "it was made or put there too early"
            } else {
                "its owner has not renewed it, or something old answers at this address"
            },
        )),
        Clock::Off(_, evidence) => draft
            .shown_by(evidence)
            .meaning("The local clock is off as well, and not by so much: the certificate itself is out of its time."),
        Clock::Unknown => draft
            .meaning("The certificate is out of its time, or the local clock is off: too few answers tell the time.")
            .likely([FindingId::ClockSkew])
            .tell_apart("Compare the local clock (date -u) with that of any other machine."),
    };
    vec![draft.finding()]
}

/// Whether its time has not come.
fn is_early(trouble: &Trouble<'_>) -> bool {
    let early = |problem: &CertificateProblem| matches!(problem, CertificateProblem::NotYetValid { .. });
    shown(trouble).is_some_and(|shown| shown.problems.iter().any(early))
}

/// How far it is out of its time.
fn when(trouble: &Trouble<'_>) -> Option<String> {
    let shown = shown(trouble)?;
    let own = shown.chain.first();
    let at = |date: Option<&String>| date.map(|date| format!(" ({date})")).unwrap_or_default();
    let ago = |seconds: &i64| span(seconds.unsigned_abs());
    shown.problems.iter().find_map(|problem| match problem {
        CertificateProblem::Expired { for_s } => {
            Some(format!("expired {} ago{}", ago(for_s), at(own.map(|own| &own.not_after))))
        }
        CertificateProblem::NotYetValid { for_s } => {
            Some(format!("becomes valid only in {}{}", ago(for_s), at(own.map(|own| &own.not_before))))
        }
        CertificateProblem::UnknownIssuer | CertificateProblem::WrongName | CertificateProblem::Other { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::Certainty;
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_certificate_out_of_its_time_is_told_from_a_clock_that_is_off() {
        let certain = "hub dns=52.1.1.1 52.1.1.1=expired
                       ecr.api dns=10.0.1.5";
        let alone = "hub dns=52.1.1.1 52.1.1.1=expired,no-date";
        assert_scenes(&[
            ("the clock agrees with others", certain, "error tls-expired hub"),
            ("nobody tells the time", alone, "error tls-expired hub"),
            ("not yet", "hub dns=52.1.1.1 52.1.1.1=not-yet", "error tls-expired hub"),
        ]);
        let certainty = |scene| judge(scene).findings[0].certainty;
        assert_eq!(certainty(certain), Certainty::Likely);
        assert_eq!(certainty(alone), Certainty::Likely);
        let told = judge(alone).findings.remove(0).summary;
        assert!(told.contains("expired 24 hours ago (2027-01-02T03:04:05Z)"), "{told}");
        let meaning = |scene| judge(scene).findings.remove(0).meaning;
        assert!(meaning(certain).contains("has not renewed it"));
        let early = "hub dns=52.1.1.1 52.1.1.1=not-yet
                     ecr.api dns=10.0.1.5";
        assert!(meaning(early).ends_with("so it is the certificate: it was made or put there too early."));
    }
}
