//! Whole scenes: networks in which nothing is wrong, and what several faults come to together.

use super::testing::{Scene, assert_scenes, judge};
use super::{CheckStatus, Ended, FindingId, ObservedRoute, Severity, Verdict, diagnose};
use crate::observation::{Outcome, Why};

const ALL: &str = "ecr.api dns=10.0.1.5,10.0.2.5
                   logs dns=10.0.1.6,10.0.2.6
                   ecr.dkr dns=10.0.1.7,10.0.2.7";
const SHUT: &str = "control dns=18.9.9.9 18.9.9.9=silent";

#[test]
fn healthy_networks_yield_neither_errors_nor_warnings() {
    let table = [
        ("S3 by its gateway", format!("{ALL}\ns3 dns=52.219.1.1\n{SHUT}")),
        ("S3 by an interface endpoint", format!("{ALL}\ns3 dns=10.0.1.8\n{SHUT}")),
        ("central endpoints", format!("place vpc-cidr=10.0.0.0/16\necr.api dns=10.7.1.5\nlogs dns=172.20.1.6\n{SHUT}")),
        ("a shared range", format!("ecr.api dns=100.64.1.5\nlogs dns=198.19.1.6\n{SHUT}")),
        ("a public range, said to be ours", format!("place vpc-cidr=20.10.0.0/16\necr.api dns=20.10.1.5\n{SHUT}")),
        ("dual-stack endpoints", "ecr.api dns=10.0.1.5,2600:1f14::5\nlogs dns=10.0.1.6".to_owned()),
        (
            "an endpoint with IPv6 only",
            "place subnet6=2600:1f14:0:aa00::/64\necr.api dns=2600:1f14:0:aa01::5".to_owned(),
        ),
        (
            "a task with IPv6 only",
            "place subnet6=2600:1f14:0:aa00::/64 ipv6-only=2600:1f14:0:aa00::9
             ecr.api dns=10.0.1.5,2600:1f14:0:aa01::5 10.0.1.5=unreachable"
                .to_owned(),
        ),
        ("NAT64", "logs dns=64:ff9b::1201:101".to_owned()),
        ("a link-local service", "kms dns=169.254.1.1".to_owned()),
        ("endpoints and NAT", format!("{ALL}\ns3 dns=52.219.1.1\ncontrol dns=18.9.9.9")),
        ("NAT alone", "ecr.api dns=18.1.1.1\ns3 dns=52.219.1.1\ncontrol dns=18.9.9.9".to_owned()),
        ("controls and the own name fail", format!("{ALL}\nown-name dns=nxdomain\ncontrol dns=nxdomain")),
        ("the own name is silent", format!("{ALL}\nown-name dns=silent")),
    ];
    for (about, scene) in table {
        let judged = judge(&scene);
        let blamed: Vec<_> = judged.findings.iter().filter(|finding| finding.severity != Severity::Info).collect();
        assert!(blamed.is_empty(), "{about}: {blamed:#?}");
        assert_eq!((judged.verdict, judged.exit_code), (Verdict::Pass, 0), "{about}");
    }
}

#[test]
fn the_route_is_told_as_far_as_it_can_be() {
    let table = [
        ("ecr.api dns=10.0.1.5", ObservedRoute::Private),
        ("ecr.api dns=18.1.1.1", ObservedRoute::Public),
        ("ecr.api dns=10.0.1.5 10.0.1.5=silent", ObservedRoute::None),
        ("ecr.api dns=10.0.1.5,18.1.1.1", ObservedRoute::Public),
        ("s3 dns=10.0.1.8", ObservedRoute::Private),
        ("s3 dns=52.219.1.1", ObservedRoute::S3Undetermined),
        ("s3 dns=52.219.1.1\ncontrol dns=18.9.9.9", ObservedRoute::S3Undetermined),
        ("s3 dns=52.219.1.1\ncontrol dns=18.9.9.9 18.9.9.9=silent", ObservedRoute::Gateway),
        ("s3 dns=52.219.1.1\ncontrol dns=18.9.9.9 18.9.9.9=our-fault", ObservedRoute::S3Undetermined),
        ("s3 dns=52.219.1.1 52.219.1.1=silent", ObservedRoute::None),
    ];
    for (scene, expected) in table {
        assert_eq!(judge(scene).checks[0].observed_route, expected, "{scene}");
    }
}

#[test]
fn causes_of_their_own_are_told_beside_each_other() {
    assert_scenes(&[
        (
            "no NAT and nothing in its place: names and S3 are mended differently",
            "ecr.api dns=18.1.1.1 18.1.1.1=silent
             s3 dns=52.219.1.1 52.219.1.1=silent
             control dns=18.9.9.9 18.9.9.9=silent",
            "error endpoint-not-in-effect ecr.api
             error layers-unreachable s3",
        ),
        (
            "a silent endpoint and a refusing one",
            "ecr.api dns=10.0.1.5 10.0.1.5=silent
             logs dns=10.0.1.6 10.0.1.6=refused
             ecr.dkr dns=10.0.1.7",
            "error endpoint-silent ecr.api
             error connection-refused logs",
        ),
        (
            "the resolver's silence does not hide what lies behind the VPC's answer",
            "ecr.api cfg=silent vpc=10.0.1.5 10.0.1.5=silent
             logs cfg=silent vpc=10.0.1.6",
            "error custom-resolver-silent ecr.api logs
             error endpoint-silent ecr.api",
        ),
    ]);
}

#[test]
fn the_exit_code_is_the_first_thing_that_fails_and_its_lowest_rung() {
    let table = [
        ("secretsmanager dns=nxdomain\necr.api dns=10.0.1.5 10.0.1.5=refused", 11),
        ("ecr.api dns=10.0.1.5 10.0.1.5=refused\nlogs dns=nxdomain", 23),
        ("logs dns=nxdomain\necr.dkr dns=10.0.1.7 10.0.1.7=refused", 31),
        ("hub dns=10.0.1.5 10.0.1.5=refused", 43),
        ("s3 dns=empty", 51),
        ("db.example.com:443 expect=blocked dns=93.1.1.1", 62),
        ("kms dns=10.0.1.5 10.0.1.5=http-silent", 65),
        ("ecr.api dns=10.0.1.5", 0),
        ("ecr.api dns=10.0.1.5 10.0.1.5=our-fault", 71),
        ("ecr.api dns=our-fault", 71),
        ("ecr.api dns=deadline\nlogs dns=10.0.1.6 10.0.1.6=refused", 33),
        ("place unread\necr.api dns=10.0.1.5", 71),
        ("place unread\necr.api dns=nxdomain", 21),
        ("sts optional dns=deadline\necr.api dns=10.0.1.5", 0),
    ];
    for (scene, expected) in table {
        let judged = judge(scene);
        assert_eq!(judged.exit_code, expected, "{scene}\n{}\n{:#?}", judged.headline, judged.findings);
    }
}

#[test]
fn a_signal_is_inconclusive_whatever_was_proven() {
    let scene = Scene::read("logs dns=10.0.1.6 10.0.1.6=refused");
    let table = [(Ended::Completed, 33), (Ended::Deadline, 33), (Ended::Signal, 71)];
    for (ended, expected) in table {
        let judged = diagnose(&scene.plan, &scene.observations, ended, None);
        assert_eq!((judged.exit_code, judged.findings.len()), (expected, 1), "{ended:?}");
    }
}

#[test]
fn warnings_fail_only_when_strict() {
    let mut scene = Scene::read("ecr.api cfg=silent cfg2=10.0.1.5 vpc=10.0.1.5");
    for (strict, verdict, code) in [(false, Verdict::Pass, 0), (true, Verdict::Fail, 4)] {
        scene.plan.strict = strict;
        let judged = diagnose(&scene.plan, &scene.observations, Ended::Completed, None);
        assert_eq!((judged.verdict, judged.exit_code), (verdict, code));
        assert_eq!(judged.checks[0].status, CheckStatus::Warn);
    }
}

#[test]
fn what_was_not_looked_at_is_not_blamed() {
    let table = ["ecr.api dns=deadline", "ecr.api dns=our-fault", "ecr.api dns=10.0.1.5 10.0.1.5=deadline"];
    for scene in table {
        let judged = judge(scene);
        assert_eq!(judged.checks[0].status, CheckStatus::NotRun, "{scene}");
        assert!(judged.findings.is_empty() && judged.verdict == Verdict::Inconclusive, "{scene}");
        assert_eq!(judged.summary.not_run, 1);
    }
}

#[test]
fn a_check_without_an_observation_was_not_looked_at() {
    let mut scene = Scene::read("ecr.api dns=10.0.1.5");
    scene.observations.clear();
    let judged = diagnose(&scene.plan, &scene.observations, Ended::Signal, None);
    assert_eq!((judged.checks[0].status, judged.exit_code), (CheckStatus::NotRun, 71));
}

#[test]
fn every_finding_says_what_was_seen_what_it_means_and_what_to_do() {
    let scenes = [
        "ecr.api dns=silent",
        "ecr.api cfg=silent vpc=10.0.1.5",
        "ecr.api cfg=18.1.1.1 vpc=10.0.1.5",
        "ecr.api cfg=10.0.1.5 vpc=18.1.1.1",
        "ecr.api dns=nxdomain\ndb.corp.example:443 dns=empty\nlogs dns=servfail",
        "ecr.api dns=10.0.1.5 10.0.1.5=silent\nlogs dns=10.0.1.6 10.0.1.6=refused",
        "ecr.api dns=18.1.1.1 18.1.1.1=silent\ns3 dns=52.219.1.1 52.219.1.1=silent\nhub dns=44.1.1.1 44.1.1.1=silent",
        "s3 expect=private dns=52.219.1.1\necr.api expect=private dns=18.1.1.1\nlogs dns=10.0.1.6",
        "ecr.api dns=10.0.1.5 10.0.1.5=http-silent",
    ];
    for finding in scenes.iter().flat_map(|scene| judge(scene).findings) {
        for sentence in [&finding.summary, &finding.meaning] {
            assert!(sentence.ends_with('.') && !sentence.contains("  "), "{finding:#?}");
            assert!(!sentence.contains("()") && !sentence.contains(" ,"), "{finding:#?}");
        }
        assert!(!finding.fix.is_empty() && !finding.checks.is_empty() && !finding.evidence.is_empty(), "{finding:#?}");
    }
}

#[test]
fn a_finding_says_itself_in_words() {
    assert_eq!(FindingId::EndpointSilent.title(), "One endpoint is silent");
    assert!(FindingId::ALL.iter().all(|id| !id.title().is_empty()));
}

#[test]
fn thousands_of_checks_with_one_cause_are_one_short_finding() {
    let line =
        |n: usize| format!("h{n}.example.com:443 dns=18.1.{}.{} 18.1.{}.{}=silent", n / 250, n % 250, n / 250, n % 250);
    let scene = Scene::read(&(0..2_000).map(|n| line(n) + "\n").collect::<String>());
    let judged = diagnose(&scene.plan, &scene.observations, Ended::Completed, None);
    assert_eq!((judged.findings.len(), judged.findings[0].checks.len()), (1, 2_000));
    assert!(judged.findings[0].summary.len() < 400, "{}", judged.findings[0].summary);
}

#[test]
fn our_own_fault_is_a_bug_unless_a_signal_or_a_proven_fault_comes_first() {
    let code = |text: &str, ended| {
        let mut scene = Scene::read(text);
        let lost = scene.observations.iter_mut().filter(|seen| seen.check.0 == "logs");
        lost.for_each(|seen| seen.outcome = Outcome::NotTried { why: Why::OurFault });
        diagnose(&scene.plan, &scene.observations, ended, None).exit_code
    };
    let (healthy, broken) = ("ecr.api dns=10.0.1.5\nlogs dns=10.0.1.6", "ecr.api dns=nxdomain\nlogs dns=10.0.1.6");
    assert_eq!(code(healthy, Ended::Completed), 70);
    assert_eq!(code(healthy, Ended::Signal), 71);
    assert_eq!(code(broken, Ended::Completed), 21);
}
