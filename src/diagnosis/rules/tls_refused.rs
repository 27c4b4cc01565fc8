//! `tls-refused`: somebody read the ClientHello and said no, by an alert or by breaking the protocol.

use super::grouped;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::observation::Fault;

type Judged = (&'static str, &'static str, &'static [FindingId]);

/// Take every refused handshake, a finding a kind of refusal.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| {
        matches!(trouble.stage, Stage::Handshake(_)) && trouble.fault.is_some_and(|fault| judged(fault).is_some())
    });
    let groups = grouped::by(taken, |trouble| trouble.fault);
    let found = groups.iter().filter_map(|(fault, taken)| Some(finding(case, (*fault)?, judged((*fault)?)?, taken)));
    found.collect()
}

fn finding<'c>(case: &'c Case<'c>, fault: &Fault, judged: Judged, taken: &[Trouble<'c>]) -> Finding {
    let (meaning, fix, alternatives) = judged;
    let draft = Draft::new(FindingId::TlsRefused, case, taken)
        .summary(format!(
            "The TLS handshake with {} for {} is refused in {}: {fault}.",
            words::peers(taken),
            words::hosts(taken),
            words::took(taken)
        ))
        .meaning(meaning)
        .fix(aws::step(fix))
        .fixes(aws::show_owner(case.plan, taken));
    draft.likely(alternatives.iter().copied()).finding()
}

/// What a refusal means and what helps; none where the fault is no refusal.
fn judged(fault: &Fault) -> Option<Judged> {
    match fault {
        Fault::TlsAlert { alert } => Some(of_alert(alert)),
        Fault::TlsBroken { .. } => Some((
            "What answers speaks TLS, and not as an AWS endpoint does: an old or broken proxy or firewall on the path.",
            "update the proxy or firewall on the path, or take AWS's names out of its inspection",
            &[],
        )),
        Fault::TimedOut { .. }
        | Fault::Refused
        | Fault::Reset
        | Fault::Closed
        | Fault::NetworkUnreachable
        | Fault::HostUnreachable
        | Fault::OnlyWrongAnswers { .. }
        | Fault::TruncatedThenTcp { .. }
        | Fault::NotTls { .. }
        | Fault::NotHttp { .. }
        | Fault::HeadTooLarge { .. }
        | Fault::NoFileDescriptors
        | Fault::NotPermitted
        | Fault::Local { .. } => None,
    }
}

/// The alerts of RFC 8446, section 6, by what they say of who sent them.
fn of_alert(alert: &str) -> Judged {
    match alert {
        "handshake_failure" | "protocol_version" | "insufficient_security" | "illegal_parameter" => (
            "What answers has no TLS version, cipher or key exchange in common with the platform's client; AWS's \
             endpoints have, so this is a proxy or firewall on the path, or another server.",
            "let the proxy or firewall on the path speak TLS 1.2 and 1.3 with today's ciphers, or take AWS's names out \
             of its inspection",
            &[],
        ),
        "unrecognized_name" => (
            "What answers does not serve this name: DNS leads to another service, or a filter of names refuses it.",
            "correct the DNS record that leads there, or put the name on the list of the filter",
            &[FindingId::TlsNameFiltered, FindingId::TlsWrongName],
        ),
        "certificate_required" | "bad_certificate" | "certificate_unknown" | "unknown_ca" => (
            "What answers wants a certificate of the client, which AWS's endpoints never ask of the platform.",
            "take these names out of the inspection of the proxy that asks for client certificates; an endpoint of your \
             own that does so can only be examined up to here (tcp://HOST:PORT)",
            &[],
        ),
        "access_denied" | "user_canceled" => (
            "A proxy or firewall on the path refuses this connection by its policy.",
            "let the connection pass in the policy of the proxy or firewall",
            &[FindingId::TlsNameFiltered],
        ),
        _ => (
            "What answers reads the ClientHello and ends the handshake: a proxy, a firewall or another server on the \
             path.",
            "look for this connection in the log of the proxy or firewall on the path",
            &[],
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::Certainty;
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn an_alert_is_named() {
        assert_scenes(&[
            ("an alert", "ecr.api dns=10.0.1.5 10.0.1.5=tls-alert", "error tls-refused ecr.api"),
            ("broken TLS", "ecr.api dns=10.0.1.5 10.0.1.5=tls-broken", "error tls-refused ecr.api"),
            (
                "the same alert twice, and another",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-alert
                 ecr.dkr dns=10.0.1.6 10.0.1.6=tls-unnamed
                 logs dns=10.0.1.7 10.0.1.7=tls-alert",
                "error tls-refused ecr.api logs
                 error tls-refused ecr.dkr",
            ),
        ]);
        let found = judge("ecr.api dns=10.0.1.5 10.0.1.5=tls-unnamed").findings.remove(0);
        assert!(found.summary.contains("TLS alert unrecognized_name"), "{}", found.summary);
        assert_eq!(found.certainty, Certainty::Likely);
    }
}
