//! A saved report in another form, as people ask for it: what it is refused with, and that nothing in it steers anything.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

#[expect(dead_code, unused_imports, reason = "the reports of other tests stand in the same file")]
#[path = "data/fixtures.rs"]
mod fixtures;
#[path = "data/hostile.rs"]
mod hostile;

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Instant;

use vpcprobe::observation::{Outcome, Seen};
use vpcprobe::report::{Format, Report, is_steering, json, jsonl};

fn vpcprobe(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vpcprobe")).args(args).env_clear().output().unwrap()
}

/// A file of one test.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("render-{name}"));
    std::fs::write(&path, text).unwrap();
    path.into_os_string().into_string().unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_saved_report_is_shown_as_it_was_judged() {
    let mut report = fixtures::broken();
    report.headline = "what was said then".to_owned();
    for (name, saved) in [("a.json", json::render(&report)), ("a.jsonl", jsonl::render(&report))] {
        let path = file(name, &saved);
        for (word, _) in Format::ALL {
            let output = vpcprobe(&["render", &path, "--format", word]);
            assert_eq!(output.status.code(), Some(33), "{word}: {}", text(output.stderr));
            let shown = text(output.stdout);
            assert!(word == "prometheus" || shown.contains("what was said then"), "{word}: {shown}");
        }
        let output = vpcprobe(&["render", &path]);
        assert_eq!(text(output.stdout), json::render(&report), "no terminal, no format: the document");
    }
}

#[test]
fn a_copy_goes_where_it_is_sent() {
    let path = file("copy.json", &json::render(&fixtures::broken()));
    let copy = format!("{path}.md");
    let output = vpcprobe(&["render", &path, "--format", "markdown", "--sink", &format!("file:{copy}")]);
    assert_eq!((output.status.code(), output.stdout), (Some(33), vec![]));
    assert!(std::fs::read_to_string(copy).unwrap().starts_with("## vpcprobe: FAIL\n"));
}

#[test]
fn a_form_that_no_sink_took_is_no_success() {
    let path = file("nowhere.json", &json::render(&fixtures::healthy()));
    let nowhere = "file:/nonexistent/x.xml";
    let output = vpcprobe(&["render", &path, "--format", "junit", "--sink", nowhere]);
    let said = text(output.stderr);
    assert_eq!((output.status.code(), output.stdout), (Some(3), vec![]), "{said}");
    assert!(said.contains("failed to") && said.contains("/nonexistent/x.xml"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    let one = format!("file:{path}.xml");
    let output = vpcprobe(&["render", &path, "--format", "junit", "--sink", nowhere, "--sink", &one]);
    assert_eq!(output.status.code(), Some(0), "one of two took it");
    // What judges keeps the code of the network, whatever becomes of the copies.
    let output = vpcprobe(&["diagnose", &path, "--format", "junit", "--sink", nowhere]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_is_no_report_is_one_sentence() {
    let whole = json::render(&fixtures::broken());
    let table = [
        ("half.json", whole[..whole.len() / 2].to_owned(), "the report is cut off"),
        ("other.json", "{\"version\": 1, \"results\": []}".to_owned(), "it has no schema_version"),
        ("list.json", "[1, 2]".to_owned(), "not a report"),
        ("newer.json", whole.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1), "schema_version 2"),
        ("text.txt", "PASS everything".to_owned(), "not a report"),
        ("empty.json", String::new(), "the report is empty"),
        ("steering.json", "\u{1b}[2J{".to_owned(), "not a report"),
    ];
    for (name, saved, said) in table {
        refused(&["render", &file(name, &saved), "--format", "junit"], said);
    }
    refused(&["render", "/nonexistent/report.json"], "/nonexistent/report.json");
}

#[test]
fn a_log_group_takes_no_document_and_nothing_is_probed_before_that_is_said() {
    let path = file("group.json", &json::render(&fixtures::healthy()));
    for word in ["junit", "markdown", "html", "prometheus"] {
        let sink = ["--sink", "cloudwatch:/ecs/shop:probe", "--format", word];
        let said =
            format!("--sink cloudwatch:/ecs/shop:probe: a log group takes events, and --format {word} is one document");
        refused(&[&["render", path.as_str()][..], &sink].concat(), &said);
        refused(&[&["diagnose", path.as_str()][..], &sink].concat(), &said);
        let begun = Instant::now();
        refused(&[&["run", "--region", "eu-west-1"][..], &sink].concat(), &said);
        assert!(begun.elapsed().as_secs() < 2, "{word}: something was probed");
    }
    let unknown = ["render", path.as_str(), "--format", "yaml"];
    refused(&unknown, "expected text, json, jsonl, junit, markdown, html, prometheus or emf");
}

/// Exit 3, one sentence, nothing on standard output.
fn refused(args: &[&str], with: &str) {
    let output = vpcprobe(args);
    let said = text(output.stderr);
    assert_eq!(output.status.code(), Some(3), "{args:?}: {said}");
    assert!(said.starts_with("vpcprobe: ") && said.lines().count() == 1 && said.contains(with), "{args:?}: {said}");
    assert!(!said.chars().any(|c| c != '\n' && is_steering(c)), "{args:?}: {said}");
    assert!(output.stdout.is_empty(), "{args:?}");
}

#[test]
fn what_the_network_chose_is_never_printed_raw() {
    let mut reports = vec![("hostile", fixtures::hostile()), ("markup", hostile::markup())];
    let mut issuer = fixtures::broken();
    for observation in &mut issuer.observations {
        if let Outcome::Saw { seen: Seen::Handshake(handshake) } = &mut observation.outcome {
            handshake.chain.iter_mut().for_each(|one| hostile::NASTY.clone_into(&mut one.issuer));
            handshake.problems = vec![vpcprobe::observation::CertificateProblem::UnknownIssuer];
            issuer.findings[0].evidence.push(observation.id.clone());
            issuer.findings[0].checks.push(observation.check.clone());
        }
    }
    reports.push(("issuer", issuer));
    for (name, report) in reports {
        let path = file(&format!("{name}.raw.json"), &json::render(&report));
        for (word, _) in Format::ALL {
            let output = vpcprobe(&["render", &path, "--format", word]);
            assert_eq!(output.status.code(), Some(i32::from(report.exit_code)), "{name} as {word}");
            let shown = text(output.stdout);
            let steering = shown.chars().find(|c| *c != '\n' && is_steering(*c));
            assert_eq!(steering, None, "{name} as {word}");
            assert!(word != "junit" || !(shown.contains("<script>") || shown.contains("<img")), "{name} as {word}");
        }
    }
}

#[test]
fn two_thousand_checks_are_shown_in_bounded_text() {
    let report = many(2_000);
    let path = file("many.json", &json::render(&report));
    for (word, _) in Format::ALL {
        let output = vpcprobe(&["render", &path, "--format", word]);
        assert_eq!(output.status.code(), Some(33), "{word}: {}", text(output.stderr));
        assert!(output.stdout.len() < 16 << 20, "{word}: {} bytes", output.stdout.len());
    }
}

/// The broken report with so many checks that fail by one cause.
fn many(count: usize) -> Report {
    let mut report = fixtures::broken();
    let check = report.checks[1].clone();
    let named = |number: usize| {
        let host = format!("service-{number}.internal.example.com");
        vpcprobe::diagnosis::CheckResult { id: vpcprobe::plan::CheckId(format!("{host}:443")), host, ..check.clone() }
    };
    report.checks = (0..count).map(named).collect();
    report.findings.truncate(1);
    report.findings[0].checks = report.checks.iter().map(|check| check.id.clone()).collect();
    report
}

#[test]
fn with_aliases_no_form_names_the_owner() {
    let path = file("redact.json", &json::render(&fixtures::broken()));
    for (word, _) in Format::ALL {
        let shown = text(vpcprobe(&["render", &path, "--format", word]).stdout);
        let output = vpcprobe(&["render", &path, "--format", word, "--redact"]);
        assert_eq!(output.status.code(), Some(33), "{word}");
        let redacted = text(output.stdout);
        for name in ["10.0.1.11", "10.0.1.23", "123456789012", "0c2f8d6e4b1a4f0e9d7c5b3a1f0e9d7c", "proxy.corp.example"]
        {
            assert!(!redacted.contains(name), "{word}: {name}\n{redacted}");
        }
        assert_ne!(shown, redacted, "{word}");
    }
}
