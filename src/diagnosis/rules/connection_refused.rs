//! `connection-refused`: an RST to the SYN. AWS endpoints drop, they do not refuse.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::observation::Fault;

/// Take every refused connection.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let refused = |fault: &Fault| matches!(fault, Fault::Refused | Fault::Reset | Fault::Closed);
    let taken = ledger.take(|trouble| matches!(trouble.stage, Stage::Connect(_)) && trouble.fault.is_some_and(refused));
    if taken.is_empty() {
        return Vec::new();
    }
    let draft = Draft::new(FindingId::ConnectionRefused, case, &taken)
        .likely([])
        .summary(format!(
            "{} the connection for {}.",
            words::peers_say(&taken, "refuses", "refuse"),
            words::hosts(&taken)
        ))
        .meaning(
            "Whatever has this address is no AWS endpoint, because those stay silent where they do not let you in: a \
             stale DNS record, a re-used address or a rejecting firewall.",
        )
        .fixes(aws::show_owner(case.plan, &taken))
        .fix(aws::step("correct the DNS record that leads there, or the firewall's reject rule"));
    vec![draft.finding()]
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn a_refusal_is_no_aws_endpoint() {
        assert_scenes(&[
            (
                "one address of one endpoint",
                "ecr.api dns=10.0.1.5 10.0.1.5=refused
                 logs dns=10.0.1.6",
                "error connection-refused ecr.api",
            ),
            (
                "every endpoint, by one rejecting firewall",
                "ecr.api dns=10.0.1.5 10.0.1.5=refused
                 logs dns=10.0.1.6 10.0.1.6=refused",
                "error connection-refused ecr.api logs",
            ),
            (
                "what the start may do without",
                "sts optional dns=10.0.1.5 10.0.1.5=refused",
                "warning connection-refused sts",
            ),
        ]);
    }
}
