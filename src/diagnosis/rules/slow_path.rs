//! `slow-path`: it answers, and late, or only when asked again; or an image's pull would take longer than it may.

use crate::diagnosis::case::View;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::pulls::{Pull, pulls};
use crate::diagnosis::{Case, Finding, FindingId, Fix, Severity, asserted, aws, reading, words};
use crate::observation::{Held, Observation};
use crate::plan::{Purpose, Rung};

/// One attempt that was late or lost, and the host that it was for.
type Late<'c> = (&'c str, &'c Observation);

/// Take everything that is late or was lost, all in one: it is one path more often than several.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| trouble.stage == Stage::Slow);
    let mut findings = long_pulls(case);
    let limited = asserted::late(case);
    findings.extend(over_limits(case, &limited));
    // What is told of a limit is not told again.
    let is_told = |seen: &Observation| limited.iter().any(|(.., late)| late.iter().any(|late| late.id == seen.id));
    let taken: Vec<_> = taken.into_iter().filter_map(|trouble| without(trouble, is_told)).collect();
    if taken.is_empty() {
        return findings;
    }
    let of = |trouble: &Trouble<'c>| -> Vec<Late<'c>> {
        trouble.evidence.iter().map(|seen| (trouble.view.check.host.as_str(), *seen)).collect()
    };
    let slow: Vec<_> = taken.iter().flat_map(of).collect();
    let is_lost = slow.iter().any(|(_, seen)| seen.seen().is_none());
    let is_late = slow.iter().any(|(_, seen)| seen.seen().is_some());
    let is_lost_flow = slow.iter().any(|(_, seen)| seen.rung == Rung::Connect && seen.seen().is_none());
    let draft = Draft::new(FindingId::SlowPath, case, &taken)
        .summary(format!(
            "{}: {}.",
            if is_late { "What answers does so late" } else { "Not every try is answered" },
            sentences(&slow)
        ))
        .meaning(if is_lost_flow { LOST_FLOW } else { meaning(is_lost, is_late) })
        .fixes(fixes(case, &slow));
    // What is lost is lost on the way; what is late may be so for several reasons.
    findings.push(if is_late { draft.likely([]) } else { draft }.finding());
    findings
}

/// What of a trouble is not told yet.
fn without(mut trouble: Trouble<'_>, is_told: impl Fn(&Observation) -> bool) -> Option<Trouble<'_>> {
    trouble.evidence.retain(|seen| !is_told(seen));
    (!trouble.evidence.is_empty()).then_some(trouble)
}

/// What answers later than a file of expectations allows.
fn over_limits<'c>(case: &'c Case<'c>, limited: &[(&'c View<'c>, u64, Vec<&'c Observation>)]) -> Option<Finding> {
    let mut draft = Draft::new(FindingId::SlowPath, case, &[]);
    let (mut told_of, mut severity) = (Vec::new(), Severity::Warning);
    let mut all = Vec::new();
    for (view, limit, late) in limited {
        if view.check.required {
            severity = Severity::Error;
        }
        let late: Vec<Late<'c>> = late.iter().map(|seen| (view.check.host.as_str(), *seen)).collect();
        let (told, most) = (sentences(&late), words::millis(*limit));
        // What got no answer took no time that the limit could stand in place of.
        let is_lost = late.iter().any(|(_, seen)| seen.seen().is_none());
        told_of.push(if is_lost {
            format!("{told}, where {most} at most is asserted")
        } else {
            format!("{told} instead of {most} at most")
        });
        draft = draft.about(view, late.iter().map(|(_, seen)| *seen));
        all.extend(late);
    }
    let draft = draft
        .severity(severity)
        .summary(format!("{}.", words::capital(&words::list(told_of))))
        .meaning("It works, and slower than the expectations allow.")
        .fixes(fixes(case, &all));
    (!limited.is_empty()).then(|| draft.finding())
}

/// The pulls whose estimate is beyond `--max-pull-time`, or else beyond what is asserted of their registry: an error each.
fn long_pulls<'c>(case: &'c Case<'c>) -> Vec<Finding> {
    let most = |pull: &Pull| case.plan.limits.max_pull_ms.or_else(|| asserted::pull_limit(case, &pull.image));
    let long = |pull: &Pull| Some(most(pull)?).filter(|most| pull.estimated_pull_ms.is_some_and(|ms| ms > *most));
    let pulls = pulls(case.plan, case.observations);
    pulls.iter().filter_map(|pull| Some(long_pull(case, pull, long(pull)?))).collect()
}

fn long_pull<'c>(case: &'c Case<'c>, pull: &Pull, most: u64) -> Finding {
    let mut draft = Draft::new(FindingId::SlowPath, case, &[]);
    let is_of_layers = |view: &&View<'_>| {
        let image = reading::image(view.check).is_some_and(|image| image.reference == pull.image);
        image && view.check.purpose == Purpose::Layers
    };
    let mut is_required = false;
    for view in case.steps().filter(is_of_layers) {
        is_required |= view.check.required;
        let transfers = view.attempts.iter().map(|attempt| attempt.last).filter(|seen| is_transfer(seen));
        draft = draft.about(view, transfers);
    }
    draft
        .severity(if is_required { Severity::Error } else { Severity::Warning })
        .likely([])
        .summary(format!(
            "A pull of {} would take about {}, and may take {}: {} of its {} came at {} a second.",
            words::quoted(&pull.image),
            words::millis(pull.estimated_pull_ms.unwrap_or_default()),
            words::millis(most),
            size(pull.bytes_fetched),
            size(pull.bytes),
            size(pull.bytes_per_s.unwrap_or_default()),
        ))
        .meaning("Every start on Fargate pulls the whole image again; unpacking comes on top of it.")
        .fix(aws::step(
            "see the load of what is on the path to the layers (firewall, proxy, NAT instance, VPN): S3's gateway endpoint has none \
             of these",
        ))
        .fix(aws::step(
            "make the image smaller, or let the container start before all of it is there (SOCI index), or allow more time",
        ))
        .finding()
}

fn is_transfer(seen: &Observation) -> bool {
    seen.response().is_some_and(|response| matches!(response.held, Some(Held::Transfer(_))))
}

/// `640 B`, `12.5 kB`, `1.2 GB`.
fn size(bytes: u64) -> String {
    const UNITS: &[(u64, &str)] = &[(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10)),
        None => format!("{bytes} B"),
    }
}

fn fixes(case: &Case<'_>, slow: &[Late<'_>]) -> Vec<Fix> {
    let at = |wanted: fn(Rung) -> bool| slow.iter().any(|(_, seen)| wanted(seen.rung));
    let inside = case.plan.place.inside_vpc;
    let mut steps = Vec::new();
    if at(|rung| rung == Rung::Resolve) {
        steps.push(if inside {
            "see that the task asks no more than 1,024 packets a second of the VPC's resolver, which drops the rest, and \
             that a resolver of your own is near and not overloaded"
        } else {
            "see that the resolver is near and not overloaded"
        });
    }
    if at(|rung| rung != Rung::Resolve) {
        steps.push(if inside {
            "see the load of what is on the path (firewall, proxy, NAT instance, VPN), and give the endpoint a network \
             interface in the task's own zone"
        } else {
            "see the load of what is on the path (firewall, proxy, VPN)"
        });
    }
    steps.into_iter().map(aws::step).collect()
}

/// One for each way of being late; they are few.
fn sentences(slow: &[Late<'_>]) -> String {
    alike(slow).iter().map(|group| told(group)).collect::<Vec<_>>().join("; ")
}

/// Those that were late in the same way, whoever they are for.
fn alike<'c>(slow: &[Late<'c>]) -> Vec<Vec<Late<'c>>> {
    let kind = |(_, seen): &Late<'c>| (seen.rung, seen.fault().map(ToString::to_string));
    let mut groups: Vec<Vec<Late<'c>>> = Vec::new();
    for late in slow {
        match groups.iter_mut().find(|group| group.first().map(kind) == Some(kind(late))) {
            Some(group) => group.push(*late),
            None => groups.push(vec![*late]),
        }
    }
    groups
}

fn told(group: &[Late<'_>]) -> String {
    let Some((_, first)) = group.first() else { return String::new() };
    let whom = |seen: &Observation| seen.peer.or(seen.resolver).map(|end| end.to_string()).unwrap_or_default();
    let is_one = words::count(group.iter().map(|(host, seen)| (host, whom(seen)))) == 1;
    let ends = words::list(group.iter().map(|(_, seen)| whom(seen)));
    let end = format!("{ends} for {}", words::list(group.iter().map(|(host, _)| host)));
    if let (Rung::Connect, Some(fault)) = (first.rung, first.fault()) {
        let each = if is_one { "" } else { "each of " };
        return format!("1 of 2 connections to {each}{end} got {fault}, and the other one opened");
    }
    let what = match (first.rung, is_one) {
        (Rung::Resolve, true) => format!("the question to {end}"),
        (Rung::Resolve, false) => format!("the questions to {end}"),
        (Rung::Connect, true) => format!("the connection to {end}"),
        (Rung::Connect, false) => format!("the connections to {end}"),
        (Rung::Handshake, true) => format!("the TLS handshake with {end}"),
        (Rung::Handshake, false) => format!("the TLS handshakes with {end}"),
        (Rung::Exchange, true) => format!("the answer of {end}"),
        (Rung::Exchange, false) => format!("the answers of {end}"),
    };
    match first.fault() {
        Some(fault) => format!("{what} got {fault}, and one when tried again"),
        None => format!("{what} took {}", times(group)),
    }
}

/// `7.2 s`, or `6.3 s to 7.2 s`.
fn times(group: &[Late<'_>]) -> String {
    let all = || group.iter().map(|(_, seen)| seen.took_ms);
    let from = words::millis(all().min().unwrap_or_default());
    let to = words::millis(all().max().unwrap_or_default());
    if from == to { to } else { format!("{from} to {to}") }
}

/// Security groups and network ACLs know addresses and ports that a client does not choose.
const LOST_FLOW: &str = "Packets get lost on the way: starts become slow, or fail by chance. It is no security group and no \
                         network ACL, which let all of these connections pass or none, but one of several ways (a zone's \
                         appliance, a tunnel, a NAT without a free port), or an overload.";

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
    fn names_that_are_late_in_the_same_way_share_a_sentence() {
        let table = [
            (
                "ecr.api dns=10.0.1.5 10.0.1.5=slow\nlogs dns=10.0.1.6 10.0.1.6=slow",
                "What answers does so late: the connections to 10.0.1.5:443 and 10.0.1.6:443 for \
                 api.ecr.ap-northeast-1.amazonaws.com and logs.ap-northeast-1.amazonaws.com took 7.2 s.",
            ),
            (
                "s3 dns=10.0.1.5 10.0.1.5=lost\nlogs dns=10.0.1.6 10.0.1.6=lost\nsts dns=10.0.1.7 10.0.1.7=slow",
                "What answers does so late: 1 of 2 connections to each of 10.0.1.5:443 and 10.0.1.6:443 for \
                 s3.ap-northeast-1.amazonaws.com and logs.ap-northeast-1.amazonaws.com got no answer in 4000 ms, and the \
                 other one opened; the connection to 10.0.1.7:443 for sts.ap-northeast-1.amazonaws.com took 7.2 s.",
            ),
        ];
        for (scene, summary) in table {
            assert_eq!(judge(scene).findings.remove(0).summary, summary);
        }
    }

    #[test]
    fn outside_a_vpc_no_endpoint_is_advised() {
        let found = judge("place outside\necr.api dns=18.1.1.5 18.1.1.5=slow").findings.remove(0);
        assert_eq!(found.fix[0].action, "see the load of what is on the path (firewall, proxy, VPN)");
    }

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
        assert!(lost.contains("1 of 2 connections to 10.0.1.5:443 for api.ecr"), "{lost}");
        assert!(lost.contains("got no answer in 4000 ms, and the other one opened"), "{lost}");
    }

    #[test]
    fn what_counts_is_the_socket_that_was_answered() {
        assert_scenes(&[
            ("the second", "ecr.api dns=10.0.1.5 10.0.1.5=lost", "warning slow-path ecr.api"),
            ("the first, late", "ecr.api dns=10.0.1.5 10.0.1.5=ok/silent", "warning slow-path ecr.api"),
            (
                "neither",
                "ecr.api dns=10.0.1.5 10.0.1.5=silent/silent\nlogs dns=10.0.1.6",
                "error endpoint-silent ecr.api",
            ),
            (
                "one was refused: somebody is there",
                "ecr.api dns=10.0.1.5 10.0.1.5=silent/refused",
                "error connection-refused ecr.api",
            ),
            (
                "one was not looked at",
                "ecr.api dns=10.0.1.5 10.0.1.5=silent/our-fault\nlogs dns=10.0.1.6",
                "error endpoint-silent ecr.api",
            ),
            (
                "no socket was left for it",
                "ecr.api dns=10.0.1.5 10.0.1.5=silent/too-many\nlogs dns=10.0.1.6",
                "error endpoint-silent ecr.api",
            ),
        ]);
        let silent = judge("ecr.api dns=10.0.1.5 10.0.1.5=silent/silent\nlogs dns=10.0.1.6").findings.remove(0);
        assert!(silent.summary.contains("stays silent for 4.0 s"), "{}", silent.summary);
    }

    #[test]
    fn a_pull_that_would_take_too_long_is_an_error() {
        let scene = |most: &str| {
            format!(
                "replay {most}
                 ecr.dkr dns=10.0.1.7
                 s3 dns=52.219.1.1
                 manifest manifest=manifest:3*50000000
                 layers layer-blob=redirect layer=bytes:1000000/1000000/50000000,at=100,took=1000"
            )
        };
        assert_scenes(&[
            ("too long", &scene("max-pull=100000"), "error slow-path layers"),
            ("not too long", &scene("max-pull=200000"), ""),
            ("no limit", &scene(""), ""),
        ]);
        let judged = judge(&scene("max-pull=100000"));
        assert_eq!(judged.exit_code, 59);
        let summary = &judged.findings[0].summary;
        assert!(
            summary.contains(
                "would take about 150.0 s, and may take 100.0 s: 1.0 MB of its 150.0 MB came at 1.0 MB a second"
            ),
            "{summary}"
        );
    }

    #[test]
    fn a_step_that_answers_late_is_slow_and_a_transfer_is_not() {
        assert_scenes(&[
            (
                "late",
                "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=slow",
                "warning slow-path registry-token",
            ),
            (
                "a long transfer",
                "ecr.dkr dns=10.0.1.7\ns3 dns=52.219.1.1\nlayers layer-blob=redirect layer=bytes:9/9/9,took=90000",
                "",
            ),
        ]);
    }
}
