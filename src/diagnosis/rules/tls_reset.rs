//! `tls-reset`: reset or closed during the handshake, and no variation changes that in a way that names a cause.

use super::{tls_silent, tried};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::observation::Fault;

/// Take every handshake that is reset or closed, a finding a picture that the variations give.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| tried::ending(trouble) == Some(tried::Ending::CutOff));
    tls_silent::by_picture(taken).into_iter().map(|(picture, taken)| finding(case, &picture, &taken)).collect()
}

fn finding<'c>(case: &'c Case<'c>, picture: &str, taken: &[Trouble<'c>]) -> Finding {
    let is_reset = |trouble: &Trouble<'_>| matches!(trouble.fault, Some(Fault::Reset));
    let draft = Draft::new(FindingId::TlsReset, case, taken)
        .shown_by(tried::variations(taken))
        .summary(format!(
            "The TLS handshake with {} for {} is {}, though the connection opens ({picture}).",
            words::peers(taken),
            words::hosts(taken),
            if taken.iter().all(is_reset) { "reset" } else { "closed by the other end" },
        ))
        .meaning(
            "Something on the path ends TLS connections whatever server name they carry: a firewall or intrusion \
             prevention rule that rejects, a proxy that forwards to nothing, or a load balancer without a target.",
        )
        .fix(aws::step("look for this connection in the log of the firewall or proxy on the path, and let it pass"))
        .fixes(aws::show_owner(case.plan, taken));
    let draft = if tried::varied(taken).is_some() {
        draft.likely([])
    } else {
        draft.possible([FindingId::TlsNameFiltered, FindingId::TlsLargeHelloDropped])
    };
    draft.finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::Certainty;
    use crate::diagnosis::testing::{assert_scenes, judge};

    const WHATEVER: &str = "ecr.api dns=10.0.1.5 10.0.1.5=tls-reset 10.0.1.5+short=tls-reset 10.0.1.5+small=tls-reset \
                            10.0.1.5+other=tls-reset 10.0.1.5+noname=tls-closed";

    #[test]
    fn a_reset_whatever_the_name_is_no_filter_of_names() {
        assert_scenes(&[
            ("reset", WHATEVER, "error tls-reset ecr.api"),
            ("closed, not varied", "ecr.api dns=10.0.1.5 10.0.1.5=tls-closed", "error tls-reset ecr.api"),
            (
                "two endpoints by one firewall",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-reset 10.0.1.5+other=tls-reset
                 logs dns=10.0.1.6 10.0.1.6=tls-reset 10.0.1.6+other=tls-reset",
                "error tls-reset ecr.api logs",
            ),
            ("what the start may do without", "sts optional dns=10.0.1.5 10.0.1.5=tls-reset", "warning tls-reset sts"),
        ]);
    }

    #[test]
    fn it_is_as_certain_as_the_variations_make_it() {
        let found = judge(WHATEVER).findings.remove(0);
        assert_eq!(found.certainty, Certainty::Likely);
        assert!(found.summary.contains("closed by the other end without a server name"), "{}", found.summary);
        let found = judge("ecr.api dns=10.0.1.5 10.0.1.5=tls-reset").findings.remove(0);
        assert_eq!(found.certainty, Certainty::Possible);
    }
}
