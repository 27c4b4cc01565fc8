//! Which findings are one, their steps, their order, and where they say to look.

use vpcprobe::diagnosis::{CheckStatus, Culprit, CulpritKind, Finding, FindingId, Fix, ObservedRoute, Severity};
use vpcprobe::merge::{Given, Merged, text};
use vpcprobe::plan::{CheckId, Purpose};
use vpcprobe::report::Report;

use super::fixtures;
use super::snapshot::plain;
use super::{each_command, elsewhere, given, merged, six};

/// Findings as `id: runs`.
fn said(merged: &Merged) -> Vec<String> {
    merged.findings.iter().map(|finding| format!("{}: {}", finding.id, finding.runs.join(" "))).collect()
}

#[test]
fn findings_are_one_where_the_same_fix_mends_both() {
    type Change<'c> = &'c dyn Fn(&mut Finding);
    let table: [(&str, Change<'_>, bool); 10] = [
        ("word for word", &|_| {}, true),
        ("other addresses, times and evidence", &elsewhere, true),
        ("a severity", &|finding| finding.severity = Severity::Warning, false),
        ("another id", &|finding| finding.id = FindingId::AllEndpointsSilent, false),
        ("another step", &|finding| finding.purposes.push(Purpose::Exec), false),
        ("another check", &|finding| finding.checks[0].0 = "kms".to_owned(), false),
        ("another port", &|finding| each_command(finding, &|text| text.replace("443", "2049")), false),
        ("another group", &|finding| each_command(finding, &|text| text.replace("ENDPOINT", "OTHER")), false),
        ("one step more", &|finding| finding.fix.push(Fix { action: "x".to_owned(), command: None }), false),
        ("another meaning", &|finding| finding.meaning = "Something else.".to_owned(), false),
    ];
    for (about, change, is_one) in table {
        let mut other = fixtures::broken();
        other.findings.truncate(1);
        let one = other.clone();
        change(&mut other.findings[0]);
        let merged = merged(&[given("a", 1, one), given("b", 2, other)]);
        let together = merged.findings.iter().any(|finding| finding.runs == ["a", "b"]);
        assert_eq!((together, merged.findings.len()), (is_one, if is_one { 1 } else { 2 }), "{about}");
    }
}

#[test]
fn findings_with_one_culprit_are_one_and_those_with_two_are_two() {
    let blamed = |id: &str, meaning: &str| {
        let mut report = fixtures::broken();
        report.findings.truncate(1);
        let finding = &mut report.findings[0];
        let detail = format!("{id} has no inbound rule for 443");
        finding.culprit = Some(Culprit { kind: CulpritKind::SecurityGroup, id: id.to_owned(), detail });
        meaning.clone_into(&mut finding.meaning);
        finding.fix = vec![Fix { action: "let it in".to_owned(), command: Some(format!("aws {id} {meaning}")) }];
        report
    };
    let one =
        merged(&[given("a", 1, blamed("sg-1", "from 10.0.1.0/24")), given("b", 2, blamed("sg-1", "from subnet-b"))]);
    assert_eq!(one.findings.len(), 1);
    let finding = &one.findings[0];
    assert_eq!((finding.runs.len(), finding.fix.len(), &finding.points_at), (2, 2, &None), "{finding:?}");
    assert_eq!(finding.culprit.as_ref().map(|culprit| culprit.id.as_str()), Some("sg-1"));
    let two = merged(&[given("a", 1, blamed("sg-1", "same")), given("b", 2, blamed("sg-2", "same"))]);
    assert_eq!(two.findings.len(), 2);
}

#[test]
fn silent_addresses_of_one_endpoint_are_one_finding_only_where_they_are_the_same() {
    let with = |last: usize| {
        let mut report = fixtures::broken();
        report.findings.truncate(1);
        report.findings[0].id = FindingId::EndpointAddressSilent;
        let failed = report.observations.iter().filter(|seen| seen.check.0 == "logs" && seen.fault().is_some());
        report.findings[0].evidence = failed.map(|seen| seen.id.clone()).skip(last).take(1).collect();
        assert_eq!(report.findings[0].evidence.len(), 1);
        report
    };
    let count = |other| merged(&[given("a", 1, with(0)), given("b", 2, with(other))]).findings.len();
    assert_eq!((count(0), count(1)), (1, 2));
}

#[test]
fn a_step_whose_command_is_each_subnets_own_is_there_for_each() {
    let merged = merged(&six());
    let finding = &merged.findings[0];
    let steps: Vec<_> = finding.fix.iter().map(|step| (step.number, step.runs.len())).collect();
    assert_eq!(steps, [(1, 0), (2, 1), (2, 1)]);
    let ranges = ["10.0.1.0/24", "10.0.7.0/24"];
    for (step, range) in finding.fix[1..].iter().zip(ranges) {
        assert!(step.fix.command.as_deref().unwrap().contains(range), "{step:?}");
    }
    assert_eq!(finding.each.iter().map(|each| each.evidence.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(finding.each[1].meaning, None);
}

#[test]
fn a_step_stands_beside_the_same_one_of_another_run_wherever_that_is() {
    let fixed = |steps: &[(&str, Option<&str>)]| {
        let mut report = fixtures::broken();
        report.findings.truncate(1);
        let finding = &mut report.findings[0];
        let detail = "sg-1 has no inbound rule for 443".to_owned();
        finding.culprit = Some(Culprit { kind: CulpritKind::SecurityGroup, id: "sg-1".to_owned(), detail });
        let step = |(action, command): &(&str, Option<&str>)| Fix {
            action: (*action).to_owned(),
            command: command.map(str::to_owned),
        };
        finding.fix = steps.iter().map(step).collect();
        report
    };
    let one = fixed(&[("let 10.0.1.0/24 in", Some("aws in 10.0.1.0/24")), ("see the ACL", Some("aws acl"))]);
    let other = fixed(&[
        ("make the rule", None),
        ("let 10.0.2.0/24 in", Some("aws in 10.0.2.0/24")),
        ("wait", None),
        ("see the ACL", Some("aws acl")),
    ]);
    let merged = merged(&[given("a", 1, one), given("b", 2, other)]);
    let steps: Vec<_> = merged.findings[0]
        .fix
        .iter()
        .map(|step| (step.number, step.fix.action.as_str(), step.runs.join(" ")))
        .collect();
    let expected = [
        (1, "make the rule", "b"),
        (2, "let 10.0.1.0/24 in", "a"),
        (2, "let 10.0.2.0/24 in", "b"),
        (3, "wait", "b"),
        (4, "see the ACL", ""),
    ];
    assert_eq!(steps, expected.map(|(number, action, runs)| (number, action, runs.to_owned())));
    let text = text::render(&merged, plain(80));
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("fix 3: wait in b fix 4: see the ACL aws acl"), "{text}");
}

#[test]
fn what_only_one_run_can_say_of_the_alternatives_stays_with_it() {
    let with = |hint: &str| {
        let mut report = fixtures::broken();
        report.findings.truncate(1);
        report.findings[0].tell_apart = Some(hint.to_owned());
        report
    };
    let both = "Ask `aws ec2 describe. --x` and see.";
    let merged = merged(&[given("a", 1, with(&format!("It is the group. {both}"))), given("b", 2, with(both))]);
    let finding = &merged.findings[0];
    assert_eq!(finding.tell_apart.as_deref(), Some(both));
    assert_eq!(finding.each[0].tell_apart.as_deref(), Some("It is the group."));
    assert_eq!(finding.each[1].tell_apart, None);
}

#[test]
fn errors_come_first_in_the_order_of_the_task_start() {
    let mut warned = fixtures::broken();
    warned.findings.retain(|finding| finding.severity != Severity::Error);
    let merged = merged(&[given("a", 1, warned), given("b", 2, fixtures::broken())]);
    let expected = ["endpoint-silent: b", "layers-unreachable: b", "slow-path: a b", "proxy-set: a b"];
    assert_eq!(said(&merged), expected);
}

/// A run in which one finding holds, the others removed.
fn only(id: FindingId, checks: &str) -> Report {
    let mut report = fixtures::broken();
    report.findings.truncate(1);
    report.findings[0].id = id;
    report.findings[0].checks = vec![CheckId(checks.to_owned())];
    report
}

/// A run as which role, in which everything passes.
fn healthy_as(role: &str) -> Report {
    as_role(fixtures::healthy(), role)
}

fn as_role(mut report: Report, role: &str) -> Report {
    report.vantage.identity_arn = Some(format!("arn:aws:sts::123456789012:assumed-role/{role}/{}", report.run.id));
    report
}

#[test]
fn where_a_finding_holds_says_where_to_look() {
    let silent = || only(FindingId::EndpointSilent, "logs");
    let layers = || only(FindingId::LayersUnreachable, "s3");
    let denied = |role: &str| as_role(only(FindingId::AccessDenied, "ecr.api"), role);
    let unseen = || {
        let mut report = fixtures::healthy();
        report.checks.iter_mut().for_each(|check| check.status = CheckStatus::NotRun);
        report
    };
    let elsewhere = || {
        let mut report = fixtures::healthy();
        report.checks.iter_mut().for_each(|check| check.host = "logs.eu-west-1.amazonaws.com".to_owned());
        report
    };
    let by_nat = || {
        let mut report = fixtures::healthy();
        report.checks.iter_mut().for_each(|check| check.observed_route = ObservedRoute::Public);
        report
    };
    let table: Vec<(&str, Vec<Report>, Option<&str>)> = vec![
        ("alone", vec![silent()], None),
        (
            "in all",
            vec![silent(), silent()],
            Some("It holds in both subnets, so what they share comes first: the endpoint"),
        ),
        (
            "in some",
            vec![silent(), fixtures::healthy()],
            Some("The same endpoint answers in subnet-1, so what subnet-0 has"),
        ),
        (
            "in two",
            vec![silent(), silent(), fixtures::healthy()],
            Some("so what subnet-0 and subnet-1 have of their own"),
        ),
        ("not looked at elsewhere", vec![silent(), unseen()], None),
        ("another host elsewhere", vec![silent(), elsewhere()], None),
        ("not known elsewhere", vec![silent(), fixtures::inconclusive()], None),
        (
            "a gateway elsewhere",
            vec![layers(), fixtures::healthy()],
            Some("In subnet-1 a gateway endpoint carries the same"),
        ),
        ("a NAT elsewhere", vec![layers(), by_nat()], Some("The same is reached from subnet-1, so what subnet-0 has")),
        (
            "public names",
            vec![only(FindingId::EndpointNotInEffect, "logs"), fixtures::healthy()],
            Some("private addresses"),
        ),
        (
            "names",
            vec![only(FindingId::NameNotFound, "logs"), fixtures::healthy()],
            Some("DNS settings hold for a whole VPC"),
        ),
        ("denied alike", vec![denied("app"), healthy_as("app")], Some("The same role is allowed this in subnet-1")),
        (
            "denied to another",
            vec![denied("app"), healthy_as("lambda")],
            Some("123456789012/lambda asks, and is allowed"),
        ),
        ("denied to who knows", vec![denied("app"), fixtures::healthy()], None),
        ("denied to all", vec![denied("app"), denied("app")], Some("the role, and the policies")),
        (
            "a policy",
            vec![only(FindingId::LayersDenied, "s3"), fixtures::healthy()],
            Some("which endpoint subnet-0 uses"),
        ),
        ("no such thing", vec![only(FindingId::LogGroupNotFound, "logs"), fixtures::healthy()], None),
        ("unexplained", vec![only(FindingId::Unexplained, "logs"), only(FindingId::Unexplained, "logs")], None),
    ];
    for (about, reports, expected) in table {
        let runs: Vec<Given> = reports
            .into_iter()
            .zip(0..)
            .map(|(report, number)| given(&format!("subnet-{number}"), number, report))
            .collect();
        let found = merged(&runs).findings.remove(0).points_at;
        match expected {
            None => assert_eq!(found, None, "{about}"),
            Some(words) => assert!(found.as_deref().is_some_and(|found| found.contains(words)), "{about}: {found:?}"),
        }
    }
}

#[test]
fn a_zone_is_named_where_it_is_what_they_have_in_common() {
    let zones = |zones: [&str; 3]| {
        let reports = [fixtures::broken(), fixtures::broken(), fixtures::healthy()];
        let runs = reports.into_iter().zip(zones).zip(0..).map(|((mut report, zone), number)| {
            report.vantage.availability_zone = Some(format!("ap-northeast-1{zone}"));
            given(&format!("subnet-{number}"), number, report)
        });
        merged(&runs.collect::<Vec<_>>()).findings.remove(0).points_at.unwrap()
    };
    assert!(zones(["a", "a", "c"]).ends_with(" It holds in zone ap-northeast-1a alone."));
    for others in [["a", "c", "d"], ["a", "a", "a"]] {
        assert!(!zones(others).contains("alone"), "{others:?}");
    }
}
