//! `connection-refused`: an RST to the SYN. AWS endpoints drop, they do not refuse.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::is_of_aws;
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
        .fixes(aws::show_owner(case.plan, &taken));
    let draft = if taken.iter().any(is_of_aws) { of_aws(draft) } else { of_others(draft) };
    vec![draft.finding()]
}

fn of_aws(draft: Draft<'_>) -> Draft<'_> {
    draft
        .meaning(
            "Whatever refuses for a name of AWS is no AWS endpoint, because those stay silent where they do not let you \
             in: a stale DNS record, a re-used address or a rejecting firewall.",
        )
        .fix(aws::step("correct the DNS record that leads there, or the firewall's reject rule"))
}

fn of_others(draft: Draft<'_>) -> Draft<'_> {
    draft
        .meaning("Nothing listens on that port, or a firewall rejects; a security group would be silent.")
        .fix(aws::step("see that the server runs and listens on this address and port, not on the loopback one alone"))
        .fix(aws::step("or correct the firewall's reject rule, or the name or port that was asked for"))
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

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

    #[test]
    fn a_host_of_somebodys_own_is_no_endpoint() {
        let found = judge("127.0.0.1:5432 127.0.0.1=refused").findings.remove(0);
        assert!(found.meaning.starts_with("Nothing listens on that port"), "{}", found.meaning);
        assert!(found.fix.iter().all(|fix| fix.command.is_none()), "{:?}", found.fix);
        let found = judge("ecr.api dns=10.0.1.5 10.0.1.5=refused").findings.remove(0);
        assert!(found.meaning.contains("no AWS endpoint"), "{}", found.meaning);
    }
}
