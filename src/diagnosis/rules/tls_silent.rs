//! `tls-silent`: TCP connects, the ClientHello gets no answer, and no variation names the cause.

use super::{grouped, tried};
use crate::diagnosis::case::Variation;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Certainty, Finding, FindingId, aws, compare, words};

/// Take every silent handshake that is left, a finding a picture that the variations give.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| tried::ending(trouble) == Some(tried::Ending::Silent));
    by_picture(taken).into_iter().map(|(picture, taken)| finding(case, &picture, &taken)).collect()
}

/// Troubles with the same picture have the same cause; what was not varied goes with the first of them.
pub fn by_picture(taken: Vec<Trouble<'_>>) -> Vec<(String, Vec<Trouble<'_>>)> {
    let (varied, others): (Vec<_>, Vec<_>) =
        taken.into_iter().partition(|trouble| trouble.peer().is_some_and(tried::is_varied));
    let picture =
        |trouble: &Trouble<'_>| format!("variations: {}", trouble.peer().map(tried::showed).unwrap_or_default());
    let mut pictures = grouped::by(varied, picture);
    match pictures.first_mut() {
        Some((_, first)) => first.extend(others),
        None if others.is_empty() => {}
        None => pictures.push(("no variation was tried".to_owned(), others)),
    }
    pictures
}

fn finding<'c>(case: &'c Case<'c>, picture: &str, taken: &[Trouble<'c>]) -> Finding {
    let (certainty, alternatives, meaning) = judged(taken);
    let draft = Draft::new(FindingId::TlsSilent, case, taken)
        .shown_by(tried::variations(taken))
        .summary(format!(
            "The TLS handshake with {} for {} gets no answer in {}, though the connection opens ({picture}).",
            words::peers(taken),
            words::hosts(taken),
            words::took(taken),
        ))
        .meaning(meaning);
    let draft = compare::handshakes(case, taken).into_draft(draft);
    let draft = draft
        .fix(aws::step("look for this connection in the log of the firewall or proxy on the path, and let it pass"))
        .fix(aws::command(
            "where a transit gateway leads to an inspection VPC, switch appliance mode on, so that both directions \
             cross the same firewall",
            aws::home(case.plan),
            "ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id $TGW_ATTACHMENT --options \
             ApplianceModeSupport=enable",
        ))
        .tell_apart(
            "Flow logs on both ends: where the endpoint's side shows the connection and its answers, the way back is \
             broken; where it shows no data from the task, something between drops the ClientHello.",
        );
    match certainty {
        Certainty::Certain | Certainty::Likely => draft.likely(alternatives).finding(),
        Certainty::Possible => draft.possible(alternatives).finding(),
    }
}

fn judged(taken: &[Trouble<'_>]) -> (Certainty, Vec<FindingId>, &'static str) {
    use FindingId::{PathMtu, TlsLargeHelloDropped, TlsNameFiltered};
    let Some(peer) = tried::varied(taken) else {
        return (
            Certainty::Possible,
            vec![PathMtu, TlsLargeHelloDropped, TlsNameFiltered],
            "Something between the task and the endpoint lets connections open and drops what follows; nothing was \
             tried to tell why.",
        );
    };
    if peer.variations.iter().any(Variation::answered) {
        return (
            Certainty::Possible,
            vec![TlsNameFiltered, PathMtu],
            "The answers fit neither a lost size nor a filtered name: something between the task and the endpoint \
             drops by chance, as an overloaded firewall or a path that is different each time does.",
        );
    }
    (
        Certainty::Likely,
        vec![TlsNameFiltered],
        "Something between the task and the endpoint lets connections open and drops what follows, whatever the \
         server name and size: a stateful firewall that sees only one direction, an inspecting appliance that is \
         overloaded or broken, or a list of names that holds none of those tried.",
    )
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};
    use crate::diagnosis::{Certainty, FindingId};

    const WHATEVER: &str = "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent \
                            10.0.1.5+small=tls-silent 10.0.1.5+other=tls-silent 10.0.1.5+noname=tls-silent";

    #[test]
    fn silence_whatever_is_tried_is_one_finding() {
        assert_scenes(&[
            ("every variation", WHATEVER, "error tls-silent ecr.api"),
            ("not varied", "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent", "error tls-silent ecr.api"),
            (
                "variations that the deadline cut",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-not-tried",
                "error tls-silent ecr.api",
            ),
            (
                "several endpoints behind one appliance, one of them not varied",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+other=tls-silent
                 logs dns=10.0.1.6 10.0.1.6=tls-silent",
                "error tls-silent ecr.api logs",
            ),
            (
                "an extra endpoint",
                "db.example.com:5432 dns=10.9.1.5 10.9.1.5=tls-silent",
                "error tls-silent db.example.com:5432",
            ),
        ]);
    }

    #[test]
    fn it_says_what_each_variation_showed() {
        let found = judge(WHATEVER).findings.remove(0);
        assert!(
            found.summary.ends_with(
                "in 5.0 s, though the connection opens (variations: no answer whatever was varied: a short \
                 ClientHello, another or no server name, small segments)."
            ),
            "{}",
            found.summary
        );
        assert_eq!((found.certainty, found.alternatives), (Certainty::Likely, vec![FindingId::TlsNameFiltered]));
        let found = judge("ecr.api dns=10.0.1.5 10.0.1.5=tls-silent").findings.remove(0);
        assert_eq!((found.certainty, found.alternatives.len()), (Certainty::Possible, 3));
    }
}
