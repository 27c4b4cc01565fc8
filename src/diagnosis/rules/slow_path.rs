//! `slow-path`: it answers, and late, or only when asked again.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::observation::Observation;
use crate::plan::Rung;

/// Take everything that is late or was lost, all in one: it is one path more often than several.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| trouble.stage == Stage::Slow);
    if taken.is_empty() {
        return Vec::new();
    }
    let slow =
        || taken.iter().flat_map(|trouble| trouble.evidence.iter().map(|seen| (&trouble.view.check.host, *seen)));
    let is_lost = slow().any(|(_, seen)| seen.seen().is_none());
    let is_late = slow().any(|(_, seen)| seen.seen().is_some());
    let mut draft = Draft::new(FindingId::SlowPath, case, &taken)
        .summary(format!("What answers does so late: {}.", words::list(slow().map(|(host, seen)| told(host, seen)))))
        .meaning(meaning(is_lost, is_late));
    if slow().any(|(_, seen)| seen.rung == Rung::Resolve) {
        draft = draft.fix(aws::step(
            "see that the task asks no more than 1,024 packets a second of the VPC's resolver, which drops the rest, and \
             that a resolver of your own is near and not overloaded",
        ));
    }
    if slow().any(|(_, seen)| seen.rung != Rung::Resolve) {
        draft = draft.fix(aws::step(
            "see the load of what is on the path (firewall, proxy, NAT instance, VPN), and give the endpoint a network \
             interface in the task's own zone",
        ));
    }
    vec![draft.finding()]
}

fn told(host: &str, seen: &Observation) -> String {
    let whom = seen.peer.or(seen.resolver).map(|end| end.to_string()).unwrap_or_default();
    let what = match seen.rung {
        Rung::Resolve => format!("the question to {whom} for {host}"),
        Rung::Connect => format!("the connection to {whom} for {host}"),
        Rung::Handshake => format!("the TLS handshake with {whom} for {host}"),
        Rung::Exchange => format!("the answer of {whom} for {host}"),
    };
    match seen.fault() {
        Some(fault) => format!("{what} got {fault}, and one when tried again"),
        None => format!("{what} took {}", words::millis(seen.took_ms)),
    }
}

fn meaning(is_lost: bool, is_late: bool) -> &'static str {
    match (is_lost, is_late) {
        (true, false) => "Packets get lost on the way: starts become slow, or fail by chance.",
        (true, true) => "Packets get lost on the way, or wait: starts become slow, or fail by chance.",
        (false, _) => "The path or the service is slow: starts become slow, and the platform's own limits are near.",
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn what_is_late_or_lost_is_a_warning() {
        assert_scenes(&[
            ("late", "ecr.api dns=10.0.1.5 10.0.1.5=slow", "warning slow-path ecr.api"),
            ("lost", "ecr.api dns=10.0.1.5 10.0.1.5=lost", "warning slow-path ecr.api"),
            (
                "both",
                "ecr.api dns=10.0.1.5 10.0.1.5=slow
                 s3 dns=10.0.1.6 10.0.1.6=lost",
                "warning slow-path ecr.api s3",
            ),
            ("what the start may do without", "sts optional dns=10.0.1.5 10.0.1.5=slow", "warning slow-path sts"),
        ]);
        let told = |scene| judge(scene).findings.remove(0).summary;
        let late = told("ecr.api dns=10.0.1.5 10.0.1.5=slow");
        assert!(late.contains("10.0.1.5:443 for api.ecr.ap-northeast-1.amazonaws.com took 7.2 s"), "{late}");
        let lost = told("ecr.api dns=10.0.1.5 10.0.1.5=lost");
        assert!(lost.contains("got no answer in 4000 ms, and one when tried again"), "{lost}");
    }
}
