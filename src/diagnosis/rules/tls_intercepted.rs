//! `tls-intercepted`: the chain does not end in a public root, so somebody on the path answers in the endpoint's place.

use super::grouped;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Certainty, Finding, FindingId, Fix, Severity, aws, words};
use crate::observation::{CertificateProblem, Handshake, TrustedBy};
use crate::plan::{Partition, Role};

/// Who made the certificate, and what that means for whom: one cause each.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Cause {
    issuer: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// No root we know, and the platform calls it.
    Unknown,
    /// The same, and the names are others as well, or the chain has another fault.
    UnknownAndOdd,
    /// The given bundle vouches for it; the platform has no such bundle.
    BundleForPlatform,
    /// The given bundle vouches for an endpoint that only the application calls.
    BundleForApplication,
    /// No root we know, at an endpoint of somebody's own.
    OwnAuthority,
}

/// Take every certificate that no public root vouches for, a finding an issuer.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| shown(trouble).is_some_and(is_of_no_public_root));
    let groups = grouped::by(taken, cause);
    groups.iter().filter_map(|(cause, taken)| Some(finding(case, cause.as_ref()?, taken))).collect()
}

/// A chain that fails for another reason, such as an intermediate out of its time, accuses nobody on the path.
fn is_of_no_public_root(shown: &Handshake) -> bool {
    let is_unknown = |problem: &CertificateProblem| *problem == CertificateProblem::UnknownIssuer;
    shown.trusted_by == Some(TrustedBy::Bundle) || shown.problems.iter().any(is_unknown)
}

/// The handshake that showed a bad certificate.
pub fn shown<'c>(trouble: &Trouble<'c>) -> Option<&'c Handshake> {
    let evidence = trouble.evidence.first().filter(|_| matches!(trouble.stage, Stage::Certificate(_)))?;
    evidence.handshake()
}

fn cause(trouble: &Trouble<'_>) -> Option<Cause> {
    let shown = shown(trouble)?;
    let issuer = shown.chain.first().map(|own| own.issuer.clone()).unwrap_or_default();
    let is_own = trouble.view.check.role == Role::Extra && trouble.view.check.service.is_none();
    let is_odd = |problem: &CertificateProblem| match problem {
        CertificateProblem::WrongName | CertificateProblem::Other { .. } => true,
        CertificateProblem::UnknownIssuer
        | CertificateProblem::Expired { .. }
        | CertificateProblem::NotYetValid { .. } => false,
    };
    let kind = match (shown.trusted_by, trouble.view.check.role) {
        (Some(TrustedBy::Bundle), Role::Extra) => Kind::BundleForApplication,
        (Some(_), _) => Kind::BundleForPlatform,
        (None, _) if is_own => Kind::OwnAuthority,
        (None, _) if shown.problems.iter().any(is_odd) => Kind::UnknownAndOdd,
        (None, _) => Kind::Unknown,
    };
    Some(Cause { issuer, kind })
}

fn finding<'c>(case: &'c Case<'c>, by: &Cause, taken: &[Trouble<'c>]) -> Finding {
    let (certainty, alternatives) = match by.kind {
        Kind::Unknown | Kind::BundleForPlatform | Kind::BundleForApplication => (Certainty::Certain, [].as_slice()),
        Kind::UnknownAndOdd => (Certainty::Likely, [FindingId::TlsWrongName].as_slice()),
        Kind::OwnAuthority => (Certainty::Possible, [].as_slice()),
    };
    let draft = Draft::new(FindingId::TlsIntercepted, case, taken)
        .summary(summary(by, taken))
        .meaning(meaning(by.kind))
        .fixes(fixes(case, by.kind));
    let draft = match certainty {
        Certainty::Certain => draft,
        Certainty::Likely => draft.likely(alternatives.iter().copied()),
        Certainty::Possible => draft.possible(alternatives.iter().copied()),
    };
    match by.kind {
        Kind::BundleForApplication => draft.severity(Severity::Warning).finding(),
        Kind::Unknown | Kind::UnknownAndOdd | Kind::BundleForPlatform | Kind::OwnAuthority => draft.finding(),
    }
}

fn summary(cause: &Cause, taken: &[Trouble<'_>]) -> String {
    let issuer = if cause.issuer.is_empty() { "nobody that can be read" } else { &cause.issuer };
    let problems = taken.iter().filter_map(shown).flat_map(|shown| &shown.problems).filter_map(in_words);
    let also = words::list(problems);
    let also = if also.is_empty() { also } else { format!("; it {also}") };
    let verified = match cause.kind {
        Kind::Unknown | Kind::UnknownAndOdd | Kind::OwnAuthority => "which is no public authority",
        Kind::BundleForPlatform | Kind::BundleForApplication => "for which only the given CA bundle vouches",
    };
    format!(
        "What answers at {} for {} shows a certificate issued by \"{issuer}\", {verified}{also}.",
        words::peers(taken),
        words::hosts(taken),
    )
}

/// What is wrong with the certificate beside its issuer.
fn in_words(problem: &CertificateProblem) -> Option<String> {
    match problem {
        CertificateProblem::UnknownIssuer => None,
        CertificateProblem::WrongName => Some("is for other names as well".to_owned()),
        CertificateProblem::Expired { .. } => Some("has expired".to_owned()),
        CertificateProblem::NotYetValid { .. } => Some("is not valid yet".to_owned()),
        CertificateProblem::Other { detail } => Some(format!("fails to verify ({detail})")),
    }
}

fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::Unknown => {
            "A proxy or firewall on the path opens TLS and answers in AWS's place with a certificate of its own; the \
             platform's pull knows only public authorities and refuses it."
        }
        Kind::UnknownAndOdd => {
            "A proxy or firewall on the path answers in AWS's place with a certificate of its own, or DNS leads to a \
             server that is not AWS's; the platform's pull refuses the certificate either way."
        }
        Kind::BundleForPlatform => {
            "A proxy or firewall on the path opens TLS; the application may trust its authority, and the platform, \
             which makes these calls itself, can't be given a CA bundle."
        }
        Kind::BundleForApplication => {
            "Either a proxy or firewall on the path opens TLS, or the endpoint's own authority is a private one; an \
             application that is given the same bundle gets through."
        }
        Kind::OwnAuthority => {
            "Either a proxy or firewall on the path opens TLS, or the endpoint's own authority is a private one that \
             was not given here."
        }
    }
}

fn fixes(case: &Case<'_>, kind: Kind) -> Vec<Fix> {
    let exclude = "take AWS's names out of the TLS inspection of the proxy or firewall on the path (the Fargate puller \
                   can't be given a CA), or lead them past it by VPC endpoints";
    let inspection = aws::command(
        "with AWS Network Firewall, see what its TLS inspection covers, and leave these names or addresses out of its \
         scope",
        aws::home(case.plan),
        "network-firewall describe-tls-inspection-configuration --tls-inspection-configuration-name $TLS_INSPECTION",
    );
    let mut fixes = match kind {
        Kind::Unknown | Kind::UnknownAndOdd | Kind::BundleForPlatform => vec![aws::step(exclude), inspection],
        Kind::BundleForApplication => vec![aws::step("give the application the same CA bundle")],
        Kind::OwnAuthority => {
            vec![aws::step("give the endpoint's authority by --ca-bundle, and to the application as well")]
        }
    };
    if has_own_authority(case.plan.place.region.partition()) {
        fixes.push(aws::step("where the partition has an authority of its own, give its roots by --roots"));
    }
    fixes
}

/// The air-gapped partitions have an authority of their own.
fn has_own_authority(partition: Partition) -> bool {
    match partition {
        Partition::AwsIso | Partition::AwsIsoB | Partition::AwsIsoE | Partition::AwsIsoF => true,
        Partition::Aws | Partition::AwsCn | Partition::AwsUsGov | Partition::AwsEusc => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};
    use crate::diagnosis::{Certainty, FindingId};

    #[test]
    fn an_authority_that_is_not_public_is_told() {
        assert_scenes(&[
            ("the platform's call", "ecr.api dns=10.0.1.5 10.0.1.5=untrusted", "error tls-intercepted ecr.api"),
            (
                "a bundle does not help the platform",
                "ecr.api dns=10.0.1.5 10.0.1.5=bundle
                 logs dns=10.0.1.6",
                "error tls-intercepted ecr.api",
            ),
            (
                "a bundle helps the application",
                "db.example.com:5432 dns=10.9.1.5 10.9.1.5=bundle",
                "warning tls-intercepted db.example.com:5432",
            ),
            (
                "one proxy in front of everything",
                "ecr.api dns=52.1.1.1 52.1.1.1=untrusted
                 ecr.dkr dns=52.1.1.2 52.1.1.2=untrusted
                 logs dns=52.1.1.3 52.1.1.3=untrusted",
                "error tls-intercepted ecr.api ecr.dkr logs",
            ),
            ("other names as well", "ecr.api dns=10.0.1.5 10.0.1.5=untrusted-wrong", "error tls-intercepted ecr.api"),
            ("expired as well", "ecr.api dns=10.0.1.5 10.0.1.5=untrusted-expired", "error tls-intercepted ecr.api"),
            (
                "what the proxy answers is explained by it",
                "ecr.api dns=10.0.1.5 10.0.1.5=untrusted,html",
                "error tls-intercepted ecr.api",
            ),
        ]);
    }

    #[test]
    fn the_issuer_is_shown_and_doubt_is_said() {
        let found = judge("ecr.api dns=10.0.1.5 10.0.1.5=untrusted").findings.remove(0);
        assert!(found.summary.contains("CN=Inspection CA"), "{}", found.summary);
        assert_eq!(found.certainty, Certainty::Certain);
        let found = judge("ecr.api dns=10.0.1.5 10.0.1.5=untrusted-wrong").findings.remove(0);
        assert!(found.summary.contains("other names"), "{}", found.summary);
        assert_eq!((found.certainty, found.alternatives), (Certainty::Likely, vec![FindingId::TlsWrongName]));
    }
}
