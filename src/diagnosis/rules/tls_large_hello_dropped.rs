//! `tls-large-hello-dropped`: a middlebox that does not understand the long, post-quantum ClientHello.

use super::tried;
use crate::diagnosis::case::Peer;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, words};
use crate::observation::Change;

/// Take every handshake that a short ClientHello heals. What small segments alone heal is taken before.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = tried::take(ledger, |_, peer| {
        (short_passes(peer) || only_short_and_small_passes(peer)) && !tried::long_hello_passes(peer)
    });
    let Some(peer) = tried::varied(&taken) else { return Vec::new() };
    let draft = Draft::new(FindingId::TlsLargeHelloDropped, case, &taken)
        .shown_by(tried::variations(&taken))
        .summary(format!(
            "The TLS handshake with {} for {} {} with the ordinary ClientHello{}, and a short one of under 400 bytes is \
             answered on the same address{}.",
            words::peers(&taken),
            words::hosts(&taken),
            verb(&taken),
            hello_bytes(&taken),
            if short_passes(peer) { "" } else { " in small segments" },
        ))
        .meaning(
            "Something between the task and the endpoint (an inspecting firewall or proxy) does not understand a \
             ClientHello that is longer than one packet, as the post-quantum key share X25519MLKEM768 makes it; the \
             platform's own client sends such a one.",
        )
        .fixes(fixes());
    // Then two things stand in one way: the long hello and long segments.
    let draft = if short_passes(peer) { draft } else { draft.likely([FindingId::PathMtu]) };
    vec![draft.finding()]
}

fn short_passes(peer: &Peer<'_>) -> bool {
    tried::answered(peer, &[Change::ShortHello])
}

fn only_short_and_small_passes(peer: &Peer<'_>) -> bool {
    tried::answered(peer, &[Change::ShortHello, Change::SmallSegments])
        && !tried::answered(peer, &[Change::SmallSegments])
}

fn verb(taken: &[Trouble<'_>]) -> &'static str {
    let is_silent = |trouble| tried::ending(trouble) == Some(tried::Ending::Silent);
    if taken.iter().all(is_silent) { "gets no answer" } else { "is cut off" }
}

fn hello_bytes(taken: &[Trouble<'_>]) -> String {
    let shown = taken.iter().flat_map(|trouble| &trouble.evidence).find_map(|seen| seen.handshake());
    let bytes = shown.map(|handshake| handshake.hello_bytes).filter(|bytes| *bytes > 0);
    bytes.map(|bytes| format!(" of {bytes} bytes")).unwrap_or_default()
}

fn fixes() -> [Fix; 2] {
    [
        aws::step(
            "update the firewall or proxy on the path to a release that puts a ClientHello in several packets together \
             (it is named \"post-quantum\", \"Kyber\" or \"ML-KEM\" in release notes)",
        ),
        aws::step("until then take AWS's names out of its inspection, or lead them past it by VPC endpoints"),
    ]
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};
    use crate::diagnosis::{Certainty, FindingId};

    #[test]
    fn a_long_hello_is_told_from_long_segments() {
        assert_scenes(&[
            (
                "only the short hello is answered",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=ok 10.0.1.5+small=tls-silent \
                 10.0.1.5+other=tls-silent 10.0.1.5+noname=tls-silent 10.0.1.5+short+small=ok",
                "error tls-large-hello-dropped ecr.api",
            ),
            (
                "the long one is reset",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-reset 10.0.1.5+short=ok 10.0.1.5+small=tls-reset",
                "error tls-large-hello-dropped ecr.api",
            ),
            (
                "an alert is an answer",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-alert 10.0.1.5+small=tls-silent",
                "error tls-large-hello-dropped ecr.api",
            ),
            (
                "a long hello under another name passes, so it is not its length",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+other=ok",
                "error tls-name-filtered ecr.api",
            ),
        ]);
    }

    #[test]
    fn two_things_in_one_way_are_said_to_be_two() {
        let found = judge(
            "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+small=tls-silent \
             10.0.1.5+short+small=ok",
        )
        .findings
        .remove(0);
        assert_eq!(found.id, FindingId::TlsLargeHelloDropped);
        assert_eq!((found.certainty, found.alternatives), (Certainty::Likely, vec![FindingId::PathMtu]));
    }
}
