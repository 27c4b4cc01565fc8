//! `custom-resolver-silent`: a configured resolver answers nobody, and the VPC's own does or can't be blamed.

use std::net::{IpAddr, SocketAddr};

use crate::diagnosis::case::is_unreachable;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, compare, words};
use crate::observation::Fault;

/// Take the silence of configured resolvers, a finding a resolver.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let configured = case.plan.resolvers.iter().filter(|resolver| resolver.configured && !resolver.vpc);
    configured.filter_map(|resolver| silent(case, ledger, resolver.address)).collect()
}

fn silent<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>, resolver: SocketAddr) -> Option<Finding> {
    let taken = ledger.take(|trouble| {
        trouble.stage.resolver() == Some(resolver)
            && trouble.is_silent_resolver(case)
            && !trouble.fault.is_some_and(is_unreachable)
    });
    taken.first()?;
    let inside = case.plan.place.inside_vpc;
    let kind = Unanswered::of(&taken);
    let draft = Draft::new(FindingId::CustomResolverSilent, case, &taken)
        .likely([])
        .summary(format!(
            "The configured resolver {resolver} answers none of the questions for {} ({}).",
            names(&taken),
            how(&taken)
        ))
        .meaning(kind.meaning(inside))
        .fixes(kind.fixes(resolver.ip()));
    let draft = compare::resolvers(case, &taken).into_draft(draft);
    let draft = if inside { draft.fixes(aws::use_amazon_dns(case.plan)) } else { draft };
    Some(draft.tell_apart(tell_apart(case, kind, resolver)).finding())
}

/// How many names nobody answered for.
pub(super) fn names(taken: &[Trouble<'_>]) -> String {
    words::plural(words::count(taken.iter().map(|trouble| &trouble.view.check.host)), "name")
}

/// What came in place of answers.
pub(super) fn how(taken: &[Trouble<'_>]) -> String {
    words::list(taken.iter().filter_map(|trouble| trouble.fault).map(|fault| match fault {
        Fault::OnlyWrongAnswers { discarded } if discarded.garbage > 0 => "only messages that can't be read".to_owned(),
        other => other.to_string(),
    }))
}

fn tell_apart(case: &Case<'_>, kind: Unanswered, resolver: SocketAddr) -> String {
    let source = if case.plan.place.inside_vpc {
        format!("`aws ec2 describe-dhcp-options --region {}` says where the address comes from", aws::home(case.plan))
    } else {
        "the machine's network settings say where the address comes from".to_owned()
    };
    let ip = resolver.ip();
    let test = match kind {
        Unanswered::Silent => {
            "an answer over TCP (`dig +tcp`) and none over UDP is a port filter, an answer to others a filter on this way"
        }
        Unanswered::Refused => {
            "an answer to a machine beside the server is a filter that refuses, none a server that is down"
        }
        Unanswered::Foreign => {
            "the same question from a machine beside the server tells the server from what is between"
        }
        Unanswered::NoTcp => "`dig +tcp` from a machine beside the server tells the server from a filter on the way",
    };
    format!("For {ip}, {source}; {test}.")
}

/// How questions stay without an answer: what came tells what to look at.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Unanswered {
    /// Something came, and no answer to what was asked.
    Foreign,
    /// Answers are truncated, and asking over TCP fails.
    NoTcp,
    /// Packets arrive, and nothing listens.
    Refused,
    /// Nothing came.
    Silent,
}

impl Unanswered {
    /// What most is known by: anything that came says more than silence.
    pub(super) fn of<'t, 'c: 't>(taken: impl IntoIterator<Item = &'t Trouble<'c>>) -> Self {
        taken.into_iter().filter_map(|trouble| trouble.fault).map(Self::by).min().unwrap_or(Self::Silent)
    }

    /// The kind of one fault.
    pub(super) fn by(fault: &Fault) -> Self {
        match fault {
            Fault::OnlyWrongAnswers { .. }
            | Fault::Reset
            | Fault::Closed
            | Fault::TlsAlert { .. }
            | Fault::NotTls { .. }
            | Fault::TlsBroken { .. }
            | Fault::NotHttp { .. }
            | Fault::HeadTooLarge { .. } => Self::Foreign,
            Fault::TruncatedThenTcp { .. } => Self::NoTcp,
            Fault::Refused => Self::Refused,
            Fault::TimedOut { .. }
            | Fault::NetworkUnreachable
            | Fault::HostUnreachable
            | Fault::NoFileDescriptors
            | Fault::NotPermitted
            | Fault::Local { .. } => Self::Silent,
        }
    }

    fn meaning(self, inside: bool) -> &'static str {
        match self {
            Self::Silent if inside => {
                "The platform asks this resolver: a security group, network ACL or route keeps port 53 from it, or the \
                 server is down."
            }
            Self::Silent => "A firewall or a route keeps port 53 of this resolver away, or the server is down.",
            Self::Refused => {
                "Packets reach this address and nothing listens on its port 53: the DNS server does not run there, or a \
                 filter on the way refuses in its name."
            }
            Self::Foreign => {
                "What comes back is no answer to what was asked: the server is broken or is none for DNS, or a middlebox \
                 on the way answers in its place."
            }
            Self::NoTcp => {
                "Its answers are too long for a datagram, and port 53 over TCP is not let through to it, or the server does \
                 not serve TCP."
            }
        }
    }

    fn fixes(self, ip: IpAddr) -> Vec<Fix> {
        let steps = match self {
            Self::Silent => vec![
                format!("let UDP and TCP port 53 through to {ip} and back"),
                format!("see that the DNS server on {ip} runs"),
            ],
            Self::Refused => vec![format!("start the DNS server on {ip}, or name the resolver that took its place")],
            Self::Foreign => vec![format!("see what answers on port 53 of {ip}, and mend it or take it off the way")],
            Self::NoTcp => {
                vec![format!("let TCP port 53 through to {ip} and back, as well as UDP, and serve it there")]
            }
        };
        steps.into_iter().map(aws::step).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{Scene, assert_scenes, judge};
    use crate::diagnosis::{Certainty, Ended, Finding, diagnose};
    use crate::observation::{Fault, Outcome};

    #[test]
    fn a_configured_resolver_that_answers_nobody_is_silent() {
        assert_scenes(&[
            (
                "the VPC's own answers",
                "ecr.api cfg=silent vpc=10.0.1.5
                 logs cfg=silent vpc=10.0.1.6",
                "error custom-resolver-silent ecr.api logs",
            ),
            ("a closed port", "ecr.api cfg=no-port vpc=10.0.1.5", "error custom-resolver-silent ecr.api"),
            (
                "one of two configured",
                "ecr.api cfg=silent cfg2=10.0.1.5 vpc=10.0.1.5",
                "warning custom-resolver-silent ecr.api",
            ),
            (
                "outside a VPC nobody else is blamed",
                "place outside
                 ecr.api dns=silent",
                "error custom-resolver-silent ecr.api",
            ),
        ]);
    }

    #[test]
    fn it_is_told_apart_from_the_resolver_that_answers() {
        let told = |scene| judge(scene).findings.remove(0).summary;
        let both = judge("ecr.api cfg=silent vpc=10.0.1.5\nlogs cfg=silent vpc=10.0.1.6").findings.remove(0);
        assert_eq!(
            both.summary,
            "The configured resolver 10.0.0.2:53 answers none of the questions for 2 names (no answer in 2000 ms)."
        );
        assert_eq!(
            both.compared.as_deref(),
            Some(
                "The same questions of the same task are answered by the VPC's own 169.254.169.253:53: it is this \
                 resolver, or the way to it alone."
            )
        );
        assert_eq!(both.evidence.len(), 6, "and who answers is in the evidence");
        assert_eq!(
            told("place outside\necr.api cfg=wrong vpc=10.0.1.5"),
            "The configured resolver 10.0.0.2:53 answers none of the questions for 1 name (only messages that can't be \
             read)."
        );
    }

    #[test]
    fn what_came_in_place_of_an_answer_says_what_to_look_at() {
        let table = [
            ("silent", "security group, network ACL or route", "UDP and TCP port 53", "i/o timeout"),
            ("no-port", "nothing listens", "start the DNS server", "read: connection refused"),
            ("wrong", "no answer to what was asked", "see what answers", "i/o timeout"),
        ];
        for (said, meaning, fix, printed) in table {
            let found = judge(&format!("ecr.api cfg={said} vpc=10.0.1.5")).findings.remove(0);
            assert_words(&found, meaning, fix, printed);
        }
        let found = truncated("ecr.api cfg=silent vpc=10.0.1.5");
        assert_words(&found, "too long for a datagram", "let TCP port 53 through", "dial tcp 10.0.0.2:53: i/o timeout");
    }

    fn assert_words(found: &Finding, meaning: &str, fix: &str, printed: &str) {
        assert!(found.meaning.contains(meaning), "{found:#?}");
        assert!(found.fix[0].action.contains(fix) && found.fix.len() >= 3, "{found:#?}");
        assert!(found.ecs_error.as_ref().is_some_and(|text| text.ends_with(printed)), "{found:#?}");
        assert_eq!(found.certainty, Certainty::Likely);
    }

    /// The same, with every silent question truncated before.
    fn truncated(scene: &str) -> Finding {
        let mut scene = Scene::read(scene);
        for seen in &mut scene.observations {
            if let Outcome::Failed { fault, .. } = &mut seen.outcome {
                *fault = Fault::TruncatedThenTcp { fault: Box::new(fault.clone()) };
            }
        }
        diagnose(&scene.plan, &scene.observations, Ended::Completed, None).findings.remove(0)
    }

    #[test]
    fn outside_a_vpc_no_word_is_of_one() {
        for said in ["silent", "no-port", "wrong"] {
            let found = judge(&format!("place outside\necr.api dns={said}")).findings.remove(0);
            let text = format!("{found:?}");
            assert!(!text.contains("VPC") && !text.contains("aws ") && !text.contains("security group"), "{text}");
        }
    }
}
