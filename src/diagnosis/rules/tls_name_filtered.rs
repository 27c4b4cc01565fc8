//! `tls-name-filtered`: an allow-list or block-list of server names drops or rejects this one.

use super::tried::{self, Ending};
use crate::diagnosis::case::Peer;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, words};
use crate::observation::Change;
use crate::plan::{Check, Purpose, Role};

/// Take every handshake that another server name heals.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = tried::take(ledger, |_, peer| is_answered_by_another_name(peer) && !own_name_passes(peer));
    let Some(peer) = tried::varied(&taken) else { return Vec::new() };
    let draft = Draft::new(FindingId::TlsNameFiltered, case, &taken)
        .shown_by(tried::variations(&taken))
        .summary(format!(
            "The TLS handshake with {} for {} {}, and under another server name, or none, the same address answers \
             (variations: {}).",
            words::peers(&taken),
            words::hosts(&taken),
            if taken.iter().all(is_silent) { "gets no answer" } else { "is cut off" },
            tried::showed(peer),
        ))
        .meaning(
            "A firewall on the path reads the server name (SNI) and lets only listed names pass; these are not on its \
             list, or it blocks them.",
        )
        .fixes(allow_names(case));
    vec![draft.finding()]
}

fn is_silent(trouble: &Trouble<'_>) -> bool {
    tried::ending(trouble) == Some(Ending::Silent)
}

fn is_answered_by_another_name(peer: &Peer<'_>) -> bool {
    let everything = [Change::ShortHello, Change::OtherName, Change::SmallSegments];
    tried::long_hello_passes(peer) || tried::answered(peer, &everything)
}

/// In small segments it may pass by a filter that can't put the name together again.
fn own_name_passes(peer: &Peer<'_>) -> bool {
    let small = [Change::SmallSegments];
    let both = [Change::ShortHello, Change::SmallSegments];
    tried::answered(peer, &[Change::ShortHello])
        || (!tried::full_size_passes(peer) && (tried::answered(peer, &small) || tried::answered(peer, &both)))
}

/// The entries that an allow-list of names needs for a task start, and where AWS's own firewall keeps it.
pub fn allow_names(case: &Case<'_>) -> [Fix; 2] {
    let wanted = case.plan.checks.iter().filter(|check| check.required && check.role == Role::Start);
    let mut names: Vec<_> = wanted.filter_map(listed).collect();
    names.dedup();
    [
        aws::step(format!("put what the task start connects to on the firewall's list of names: {}", names.join(", "))),
        aws::command(
            "with AWS Network Firewall, see the list and what it dropped (its alert log names the server name), then \
             update the rule group",
            aws::home(case.plan),
            "network-firewall describe-rule-group --type STATEFUL --rule-group-name $RULE_GROUP",
        ),
    ]
}

/// As a list of domains has it: a leading dot stands for any label before it.
fn listed(check: &Check) -> Option<String> {
    let host = &check.host;
    Some(match (check.purpose, check.service) {
        (Purpose::Registry, Some(_)) => format!(".{}", host.split_once('.')?.1),
        _ => host.clone(),
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_name_is_told_from_silence_whatever_the_name() {
        assert_scenes(&[
            (
                "dropped by its name",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+small=tls-silent \
                 10.0.1.5+other=ok 10.0.1.5+noname=ok 10.0.1.5+short+small=tls-silent 10.0.1.5+short+other+small=ok",
                "error tls-name-filtered ecr.api",
            ),
            (
                "rejected by its name",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-reset 10.0.1.5+short=tls-reset 10.0.1.5+other=ok",
                "error tls-name-filtered ecr.api",
            ),
            (
                "an alert proves that somebody read the hello",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+noname=tls-unnamed",
                "error tls-name-filtered ecr.api",
            ),
            (
                "filtered by name, behind a path that drops the long hello as well",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+other=tls-silent \
                 10.0.1.5+short+small=tls-silent 10.0.1.5+short+other+small=ok",
                "error tls-name-filtered ecr.api",
            ),
            (
                "two names that are not on the list",
                "ecr.api dns=52.1.1.1 52.1.1.1=tls-silent 52.1.1.1+other=ok
                 logs dns=52.1.1.2 52.1.1.2=tls-silent 52.1.1.2+other=ok",
                "error tls-name-filtered ecr.api logs",
            ),
            (
                "the own name passes as well: chance, no filter",
                "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=ok 10.0.1.5+other=ok",
                "error tls-silent ecr.api",
            ),
        ]);
    }

    #[test]
    fn the_names_to_allow_are_those_of_the_task_start() {
        let found = judge(
            "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+other=ok
             ecr.dkr dns=10.0.1.6
             s3 dns=10.0.1.7",
        )
        .findings
        .remove(0);
        assert_eq!(
            found.fix[0].action,
            "put what the task start connects to on the firewall's list of names: \
             api.ecr.ap-northeast-1.amazonaws.com, .dkr.ecr.ap-northeast-1.amazonaws.com, \
             s3.ap-northeast-1.amazonaws.com"
        );
    }
}
