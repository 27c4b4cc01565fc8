//! `tls-wrong-name`: a public certificate for other names. It says which service was reached.

use super::grouped;
use super::tls_intercepted::shown;
use crate::diagnosis::case::Class;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::observation::CertificateProblem;

/// Take every public certificate for other names, a finding a service that was reached.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let is_wrong = |problem: &CertificateProblem| matches!(problem, CertificateProblem::WrongName);
    let taken = ledger.take(|trouble| shown(trouble).is_some_and(|shown| shown.problems.iter().any(is_wrong)));
    grouped::by(taken, names).iter().map(|(reached, taken)| finding(case, reached, taken)).collect()
}

fn names<'c>(trouble: &Trouble<'c>) -> &'c [String] {
    shown(trouble).and_then(|shown| shown.chain.first()).map(|own| own.names.as_slice()).unwrap_or_default()
}

fn finding<'c>(case: &'c Case<'c>, reached: &[String], taken: &[Trouble<'c>]) -> Finding {
    let reached = if reached.is_empty() { "no name at all".to_owned() } else { words::list(reached) };
    let is_private = |trouble: &Trouble<'_>| trouble.peer().is_some_and(|peer| peer.class == Class::Private);
    let draft = Draft::new(FindingId::TlsWrongName, case, taken)
        .likely([])
        .summary(format!(
            "The certificate at {} for {} is a public one for {reached}.",
            words::peers(taken),
            words::hosts(taken)
        ))
        .meaning(format!(
            "DNS leads to another service than the one that was asked for (the certificate names it: {reached}): a \
             record of a private hosted zone that points at the wrong endpoint, or an address that has a new owner."
        ));
    let draft = if taken.iter().any(is_private) { draft.fix(aws::show_private_zones(case.plan)) } else { draft };
    draft
        .fixes(aws::show_owner(case.plan, taken))
        .fix(aws::step(format!("correct the DNS record of {}", words::hosts(taken))))
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_public_certificate_for_other_names_is_a_wrong_record() {
        assert_scenes(&[
            ("one record", "ecr.api dns=10.0.1.5 10.0.1.5=wrong-name", "error tls-wrong-name ecr.api"),
            (
                "two records that lead to one service",
                "ecr.api dns=10.0.1.5 10.0.1.5=wrong-name
                 logs dns=10.0.1.5 10.0.1.5=wrong-name",
                "error tls-wrong-name ecr.api logs",
            ),
            (
                "its answer is that of the other service: said once",
                "ecr.api dns=10.0.1.5 10.0.1.5=wrong-name,unfamiliar",
                "error tls-wrong-name ecr.api",
            ),
        ]);
        let found = judge("ecr.api dns=10.0.1.5 10.0.1.5=wrong-name").findings.remove(0);
        assert!(found.summary.contains("public one for kms.ap-northeast-1.amazonaws.com"), "{}", found.summary);
    }
}
