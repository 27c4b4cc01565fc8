//! `unexpected-answer`: something answered, and it is not the service that was asked.
//!
//! Requests that are answered by a close or a reset are told here as well: whoever ends the TLS connection takes the
//! request and does not serve it. What that is can't be told, so it is only `possible`. Silence is no answer at all, of
//! anybody: it is left `unexplained`.

use super::grouped;
use super::throttled::answer;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::reading::{self, Reading};
use crate::diagnosis::recognise::Recognition;
use crate::diagnosis::{Case, Finding, FindingId, Severity, aws, words};
use crate::observation::{Fault, Response};

/// What was seen instead of the service's answer: one cause each.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Instead {
    /// No TLS on this port.
    NotTls,
    /// Bytes that are no HTTP answer, or one without an end to its head.
    NotHttp,
    /// The connection ends.
    CutOff,
    /// An answer that is not the service's, by what it shows.
    Foreign(String),
    /// A failure without the service's marks.
    Failure(String),
    /// An answer that we do not know, by what it shows.
    Unfamiliar(String),
    /// An answer to a step that can't be used, and why.
    Unusable(String),
}

/// Take every answer that is not the service's, a finding a kind.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let is_cut_off = |trouble: &Trouble<'_>| trouble.fault.and_then(of_fault) == Some(Instead::CutOff);
    let at_ladder = |trouble: &&Trouble<'c>| matches!(trouble.stage, Stage::Exchange(_)) && is_cut_off(trouble);
    let cut_off: Vec<_> = ledger.open().iter().filter(at_ladder).map(|trouble| &trouble.view.check.id).collect();
    let taken = ledger.take(|trouble| {
        let over = trouble.view.check.step.as_ref().map(|step| &step.over);
        instead(trouble).is_some() || is_cut_off(trouble) && over.is_some_and(|over| cut_off.contains(&over))
    });
    let ladders = taken.clone();
    // A step over a ladder at which another answers meets the same one.
    let groups = grouped::by(taken, |trouble| {
        let over = trouble.view.check.step.as_ref().map(|step| &step.over);
        let ladder = ladders.iter().find(|ladder| over == Some(&ladder.view.check.id));
        ladder.and_then(instead).or_else(|| instead(trouble))
    });
    groups.iter().filter_map(|(instead, taken)| Some(finding(case, instead.as_ref()?, taken))).collect()
}

fn instead(trouble: &Trouble<'_>) -> Option<Instead> {
    match trouble.stage {
        Stage::Handshake(_) => matches!(trouble.fault?, Fault::NotTls { .. }).then_some(Instead::NotTls),
        Stage::Exchange(_) => of_fault(trouble.fault?),
        Stage::Answer(_) => of_answer(trouble),
        Stage::Step => of_step(trouble),
        Stage::Resolver(_)
        | Stage::Name(_)
        | Stage::Connect(_)
        | Stage::Certificate(_)
        | Stage::Route
        | Stage::Slow => None,
    }
}

/// What ends a step's connection is left to the rules for transfers, and unexplained: its ladder was answered.
fn of_step(trouble: &Trouble<'_>) -> Option<Instead> {
    match (trouble.fault, reading::of(trouble)) {
        (Some(fault), _) => of_fault(fault).filter(|instead| *instead == Instead::NotHttp),
        (None, Some(Reading::Unusable(why))) => Some(Instead::Unusable(words::quoted(why))),
        (None, _) => of_answer(trouble),
    }
}

fn of_fault(fault: &Fault) -> Option<Instead> {
    match fault {
        Fault::NotHttp { .. } | Fault::HeadTooLarge { .. } => Some(Instead::NotHttp),
        Fault::Refused
        | Fault::Reset
        | Fault::Closed
        | Fault::NetworkUnreachable
        | Fault::HostUnreachable
        | Fault::OnlyWrongAnswers { .. }
        | Fault::TruncatedThenTcp { .. }
        | Fault::TlsAlert { .. }
        | Fault::NotTls { .. }
        | Fault::TlsBroken { .. } => Some(Instead::CutOff),
        Fault::TimedOut { .. } | Fault::NoFileDescriptors | Fault::NotPermitted | Fault::Local { .. } => None,
    }
}

fn of_answer(trouble: &Trouble<'_>) -> Option<Instead> {
    let response = trouble.evidence.first()?.response()?;
    let status = response.status;
    match answer(trouble)? {
        Recognition::Foreign { why } if status >= 500 => Some(Instead::Failure(why)),
        Recognition::Foreign { why } => Some(Instead::Foreign(why)),
        Recognition::Unfamiliar => Some(Instead::Unfamiliar(unfamiliar(response))),
        Recognition::Service | Recognition::Failing { .. } | Recognition::Throttled => None,
    }
}

fn unfamiliar(response: &Response) -> String {
    if response.complete {
        format!("status {}", response.status)
    } else {
        // How many bytes came differs by address, and would make two findings of one cause.
        format!("status {}, and a body that has no end or breaks off", response.status)
    }
}

fn finding<'c>(case: &'c Case<'c>, instead: &Instead, taken: &[Trouble<'c>]) -> Finding {
    let draft = Draft::new(FindingId::UnexpectedAnswer, case, taken)
        .summary(format!("{} for {} {}.", words::peers(taken), words::hosts(taken), seen(instead, taken)))
        .meaning(meaning(instead))
        .fix(aws::step("look who answers at this address, and take AWS's names out of the proxy or firewall that does"))
        .fixes(aws::show_owner(case.plan, taken));
    let draft = match instead {
        Instead::NotTls | Instead::Foreign(_) | Instead::Unusable(_) => draft.likely([]),
        Instead::NotHttp => draft.likely([FindingId::ServiceError]),
        Instead::Failure(_) => draft
            .likely([FindingId::ServiceError])
            .tell_apart("The same call from a host outside this network: where it fails as well, it is the service."),
        Instead::CutOff => draft
            .possible([FindingId::ServiceError])
            .tell_apart("The same call from a host outside this network: where it fails as well, it is the service."),
        Instead::Unfamiliar(_) => draft.severity(Severity::Warning).possible([]),
    };
    draft.finding()
}

fn seen(instead: &Instead, taken: &[Trouble<'_>]) -> String {
    let fault = taken.iter().find_map(|trouble| trouble.fault).map(told).unwrap_or_default();
    match instead {
        Instead::NotTls => format!("answered the ClientHello, and not in TLS ({fault})"),
        Instead::NotHttp => format!("answered the request, and not in HTTP ({fault})"),
        Instead::CutOff => format!("finished the TLS handshake and gave no answer to the request: {fault}"),
        Instead::Foreign(why) | Instead::Failure(why) => format!("gave an answer that is not the service's: {why}"),
        Instead::Unusable(why) => format!("gave an answer that can't be used: {why}"),
        Instead::Unfamiliar(what) => format!("gave an answer that we do not know from this service: {what}"),
    }
}

/// The fault without what the sentence says already.
fn told(fault: &Fault) -> String {
    match fault {
        Fault::NotTls { detail } | Fault::NotHttp { detail } => detail.clone(),
        Fault::HeadTooLarge { .. }
        | Fault::TimedOut { .. }
        | Fault::Refused
        | Fault::Reset
        | Fault::Closed
        | Fault::NetworkUnreachable
        | Fault::HostUnreachable
        | Fault::OnlyWrongAnswers { .. }
        | Fault::TruncatedThenTcp { .. }
        | Fault::TlsAlert { .. }
        | Fault::TlsBroken { .. }
        | Fault::NoFileDescriptors
        | Fault::NotPermitted
        | Fault::Local { .. } => fault.to_string(),
    }
}

fn meaning(instead: &Instead) -> &'static str {
    match instead {
        Instead::NotTls => {
            "Something that does not speak TLS listens on this port: a proxy, a captive portal or another server, but no \
             AWS endpoint."
        }
        Instead::Unusable(_) => {
            "The platform can't go on from it either: the registry is misconfigured or no registry, or something on the way \
             changes its answers."
        }
        Instead::NotHttp | Instead::Foreign(_) => {
            "A proxy, a firewall or another server answers in the place of the service, or changes its answers."
        }
        Instead::Failure(_) => {
            "A proxy or load balancer in front of the service fails, because a service of AWS marks its own failures."
        }
        Instead::CutOff => {
            "Whoever finishes the TLS handshake takes the request and does not serve it: an inspecting proxy or firewall \
             that holds it back, a load balancer without a target, or the service itself."
        }
        Instead::Unfamiliar(_) => {
            "The certificate is the service's, so this is most probably a new wording of it; a proxy that can answer \
             under this certificate is the other possibility."
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::Certainty;
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn what_is_not_the_service_is_told() {
        assert_scenes(&[
            ("no TLS", "ecr.api dns=10.0.1.5 10.0.1.5=not-tls", "error unexpected-answer ecr.api"),
            ("an HTML page", "ecr.api dns=10.0.1.5 10.0.1.5=html", "error unexpected-answer ecr.api"),
            ("a proxy's challenge", "ecr.api dns=10.0.1.5 10.0.1.5=proxy-auth", "error unexpected-answer ecr.api"),
            ("a proxy names itself", "ecr.api dns=10.0.1.5 10.0.1.5=via", "error unexpected-answer ecr.api"),
            ("success without credentials", "ecr.api dns=10.0.1.5 10.0.1.5=success", "error unexpected-answer ecr.api"),
            ("no end to the body", "s3 dns=10.0.1.5 10.0.1.5=endless-body", "warning unexpected-answer s3"),
            ("no end to the head", "s3 dns=10.0.1.5 10.0.1.5=http-endless-head", "error unexpected-answer s3"),
            ("not HTTP", "s3 dns=10.0.1.5 10.0.1.5=not-http", "error unexpected-answer s3"),
            ("silence is nobody's answer", "s3 dns=10.0.1.5 10.0.1.5=http-silent", "error unexplained s3"),
            ("closed", "s3 dns=10.0.1.5 10.0.1.5=http-closed", "error unexpected-answer s3"),
            ("reset", "s3 dns=10.0.1.5 10.0.1.5=http-reset", "error unexpected-answer s3"),
            (
                "a step over a ladder that is cut off as well",
                "ecr.api dns=10.0.1.5 10.0.1.5=http-closed\nregistry-token get-authorization-token=reset",
                "error unexpected-answer ecr.api registry-token",
            ),
            (
                "a step that a proxy answers, as it does the ladder",
                "ecr.api dns=10.0.1.5 10.0.1.5=html\nregistry-token get-authorization-token=403/html",
                "error unexpected-answer ecr.api registry-token",
            ),
            (
                "a step that a proxy answers",
                "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=403/html",
                "error unexpected-answer registry-token",
            ),
            (
                "a redirect that can't be followed",
                "ecr.dkr dns=10.0.1.7\nlayers layer-blob=unusable:it~leads~to~plain~http",
                "error unexpected-answer layers",
            ),
            (
                "a step's own silence",
                "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=silent",
                "error unexplained registry-token",
            ),
            (
                "an error that nobody knows",
                "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=400/NewException/odd",
                "error unexplained registry-token",
            ),
            (
                "a new wording is no error",
                "ecr.api dns=10.0.1.5 10.0.1.5=unfamiliar",
                "warning unexpected-answer ecr.api",
            ),
        ]);
    }

    #[test]
    fn one_proxy_is_one_finding() {
        assert_scenes(&[(
            "the same page everywhere",
            "ecr.api dns=10.0.1.5 10.0.1.5=html
             logs dns=10.0.1.6 10.0.1.6=html
             kms dns=10.0.1.7 10.0.1.7=unfamiliar",
            "error unexpected-answer ecr.api logs
             warning unexpected-answer kms",
        )]);
    }

    #[test]
    fn only_the_holder_of_a_private_address_can_be_looked_up() {
        for (address, looked_up) in [("10.0.1.5", true), ("52.219.4.10", false)] {
            let found = judge(&format!("s3 dns={address} {address}=not-http")).findings.remove(0);
            let shown = found.fix.iter().any(|fix| fix.action == format!("see who holds {address}"));
            assert_eq!(shown, looked_up, "{:?}", found.fix);
        }
    }

    #[test]
    fn what_it_is_not_is_said_once() {
        for (word, once) in [("not-tls", "not TLS:"), ("not-http", "not HTTP:")] {
            let told = judge(&format!("s3 dns=10.0.1.5 10.0.1.5={word}")).findings.remove(0).summary;
            assert!(!told.contains(once), "{told}");
        }
    }

    #[test]
    fn it_is_as_certain_as_the_answer_shows() {
        let certainty = |word: &str| judge(&format!("ecr.api dns=10.0.1.5 10.0.1.5={word}")).findings[0].certainty;
        assert_eq!(certainty("html"), Certainty::Likely);
        assert_eq!(certainty("proxy-503"), Certainty::Likely);
        assert_eq!(certainty("http-closed"), Certainty::Possible);
        assert_eq!(certainty("unfamiliar"), Certainty::Possible);
        let told = judge("s3 dns=10.0.1.5 10.0.1.5=endless-body").findings.remove(0).summary;
        assert!(told.ends_with("status 403, and a body that has no end or breaks off."), "{told}");
    }
}
