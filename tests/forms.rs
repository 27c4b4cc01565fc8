//! The forms for others than people at a terminal: what holds in each of them, over every stored case and whatever the
//! network says.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

#[expect(dead_code, reason = "other tests ask the cases for more")]
#[path = "cases/corpus.rs"]
mod corpus;
#[path = "data/fixtures.rs"]
mod fixtures;
#[path = "data/held.rs"]
mod held;
#[path = "data/hostile.rs"]
mod hostile;
#[path = "data/watched.rs"]
mod watched;

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;
use vpcprobe::diagnosis::{CheckStatus, Verdict};
use vpcprobe::plan::CheckId;
use vpcprobe::report::text::Look;
use vpcprobe::report::{Format, Report, emf, is_steering, junit, markdown, prometheus, render};

use corpus::CASES;
use held::hold;

/// Every stored case as its rules judge it today, with and without the operator's view, and every report of a test.
fn reports() -> Vec<(String, Report)> {
    let mut reports: Vec<(String, Report)> = Vec::new();
    for case in CASES.iter() {
        reports.push((case.name.clone(), case.judged()));
        reports.extend(case.viewed().map(|report| (format!("{} viewed", case.name), report)));
    }
    reports.extend(made().into_iter().map(|(name, report)| (name.to_owned(), report)));
    reports
}

fn made() -> Vec<(&'static str, Report)> {
    vec![
        ("replayed", fixtures::replayed()),
        ("rescued", fixtures::rescued()),
        ("denied", fixtures::denied()),
        ("read-only", fixtures::read_only()),
        ("unsigned", fixtures::unsigned()),
        ("crowded", fixtures::crowded()),
        ("healthy", fixtures::healthy()),
        ("before-the-cut", fixtures::before_the_cut()),
        ("broken", fixtures::broken()),
        ("inconclusive", fixtures::inconclusive()),
        ("hostile", fixtures::hostile()),
        ("long", fixtures::long()),
        ("watched", watched::watched()),
        ("strict", strict()),
        ("markup", hostile::markup()),
        ("many", many(500)),
    ]
}

/// Nothing fails but by a warning.
fn strict() -> Report {
    let mut report = fixtures::broken();
    (report.inputs.strict, report.exit_code) = (true, 4);
    report.findings.retain(|finding| finding.severity != vpcprobe::diagnosis::Severity::Error);
    report.checks.retain(|check| check.status != CheckStatus::Fail);
    report
}

/// As many checks as are given, all failing by one cause.
fn many(count: usize) -> Report {
    let mut report = fixtures::broken();
    let (check, finding) = (report.checks[1].clone(), report.findings[0].clone());
    let seen: Vec<_> = report.observations.iter().filter(|seen| seen.check == check.id).cloned().collect();
    (report.checks, report.observations) = (vec![], vec![]);
    for number in 0..count {
        let host = format!("service-{number}.internal.example.com");
        let id = CheckId(format!("{host}:443"));
        for mut seen in seen.iter().cloned() {
            seen.check = id.clone();
            seen.id.0 = format!("o{}", report.observations.len() + 1);
            report.observations.push(seen);
        }
        report.checks.push(vpcprobe::diagnosis::CheckResult { id, host, service: None, ..check.clone() });
    }
    report.findings = vec![finding];
    report.findings[0].checks = report.checks.iter().map(|check| check.id.clone()).collect();
    report
}

/// A form's own function.
type Form = fn(&Report) -> String;

#[test]
fn each_form_reads_as_it_did() {
    for (name, mut report) in made() {
        if !matches!(name, "replayed" | "broken" | "inconclusive" | "watched" | "markup") {
            continue;
        }
        (report.tool.version, report.tool.commit) = ("0.0.0".to_owned(), "unknown".to_owned());
        let forms: [(&str, Form); 4] = [
            ("junit.xml", junit::render),
            ("md", markdown::render),
            ("prom", prometheus::render),
            ("emf.json", emf::render),
        ];
        for (end, form) in forms {
            hold(&format!("tests/snapshots/{name}.{end}"), &form(&report), "--test forms");
        }
    }
}

#[test]
fn nothing_steers_a_terminal_in_any_form() {
    for (name, report) in reports() {
        for (word, format) in Format::ALL {
            let text = render(&report, format, Look::default());
            let steering = text.chars().find(|c| *c != '\n' && is_steering(*c));
            assert_eq!(steering, None, "{name} as {word}");
        }
    }
}

#[test]
fn test_results_say_what_the_verdict_says() {
    for (name, report) in reports() {
        let text = junit::render(&report);
        let count = |tag: &str| text.matches(&format!("<{tag} ")).count();
        let (failures, errors) = (count("failure"), count("error"));
        match report.verdict {
            Verdict::Pass => assert_eq!((failures, errors), (0, 0), "{name}"),
            Verdict::Fail => assert!(failures > 0, "{name}"),
            Verdict::Inconclusive => assert!(errors > 0, "{name}"),
        }
        let failing = report.checks.iter().filter(|check| check.status == CheckStatus::Fail);
        for check in failing.filter(|_| !matches!(name.as_str(), "hostile" | "markup")) {
            assert!(text.contains(&check.id.0.replace('&', "&amp;")), "{name}: {}", check.id);
        }
        for sum in ["tests", "failures", "errors"] {
            let all: Vec<usize> = numbers(&text, sum);
            assert_eq!(all[0], all[1..].iter().sum::<usize>(), "{name}: {sum}");
        }
    }
}

/// An attribute's numbers, in order.
fn numbers(text: &str, attribute: &str) -> Vec<usize> {
    let begin = format!(" {attribute}=\"");
    let values = text.split(&begin).skip(1).filter_map(|rest| rest.split('"').next());
    values.filter_map(|value| value.parse().ok()).collect()
}

#[test]
fn a_ticket_holds_every_finding_and_not_a_word_of_markup_of_others() {
    for (name, report) in reports() {
        let text = markdown::render(&report);
        let shown = shown(&name, &text);
        for finding in &report.findings {
            let fixes = finding.fix.iter().filter(|fix| !fix.action.contains("`{"));
            for said in [&finding.summary, &finding.meaning].into_iter().chain(fixes.map(|fix| &fix.action)) {
                assert!(shown.contains(&words(said)), "{name}: {said}\n{text}");
            }
            for command in finding.fix.iter().filter_map(|fix| fix.command.as_ref()) {
                assert!(shown.contains(&words(command)), "{name}: {command}\n{text}");
            }
        }
    }
}

/// What a reader sees of a Markdown text. Markup that is not ours fails here.
fn shown(name: &str, text: &str) -> String {
    let mut shown = String::new();
    for event in Parser::new_ext(text, Options::ENABLE_GFM | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("{name}: HTML: {html}"),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::BlockQuote(_) | Tag::Emphasis) => {
                panic!("{name}: a link, an image, a quote, an emphasis that is not ours")
            }
            Event::Text(said) => {
                let fires = ["@", "#", "://", "www."].into_iter().find(|mark| said.contains(mark));
                assert!(fires.is_none() || is_in_code(text, &said), "{name}: {said}");
                shown.push_str(&said);
            }
            Event::Code(said) => shown.push_str(&said),
            _ => shown.push(' '),
        }
    }
    words(&shown)
}

/// Whether a text stands on a line of a block of code: those come as text as well.
fn is_in_code(text: &str, said: &str) -> bool {
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if ticks == open && line == open => fence = None,
            Some(_) if line == said.trim_end_matches('\n') => return true,
            None if ticks.len() >= 3 => fence = Some(ticks),
            Some(_) | None => {}
        }
    }
    false
}

/// A text without what only sets it: spaces and quotes of code; and with what a terminal obeys as the forms write it.
fn words(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '`' => {}
            c if c.is_whitespace() => {}
            c if !is_steering(c) => out.push(c),
            c if u32::from(c) < 0x100 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    // The lines of our own text, which the network's can't be told from here.
    out.replace("\\n", "")
}

#[test]
fn a_ticket_names_every_connection_that_a_start_needs() {
    let text = markdown::render(&fixtures::broken());
    let open: Vec<&str> =
        text.split("### What has to be open").nth(1).unwrap().lines().filter(|l| l.starts_with("| ")).collect();
    let row = |host: &str| *open.iter().find(|line| line.contains(host)).unwrap_or_else(|| panic!("{host}: {text}"));
    assert!(text.contains("Outbound from the subnet `10.0.1.0/24` (the probe stood at `10.0.1.23`)"), "{text}");
    let logs = row("`logs.ap-northeast-1.amazonaws.com`");
    for part in ["**closed**: no answer", "| 443 | TCP (TLS) |", "10.0.1.11", "VPC endpoint com.amazonaws.", "| logs |"]
    {
        assert!(logs.contains(part), "{part}: {logs}");
    }
    assert!(row("s3.ap-northeast-1").contains("gateway endpoint (prefix list com.amazonaws."), "{text}");
    assert!(row("api.ecr").starts_with("| open |"), "{text}");
    assert!(row("the configured resolver").contains("| 53 | UDP and TCP | 10.0.0.2 |"), "{text}");
    let position = |part: &str| open.iter().position(|line| line.contains(part)).unwrap();
    assert!(position("logs.ap") < position("api.ecr"), "what is closed comes first");
}

#[test]
fn figures_are_one_a_series_and_of_a_declared_family() {
    for (name, report) in reports() {
        let text = prometheus::render(&report);
        let (mut families, mut series, mut current) = (BTreeSet::new(), BTreeSet::new(), "");
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                current = rest.strip_suffix(" gauge").unwrap();
                assert!(families.insert(current), "{name}: {current} twice");
            } else if !line.starts_with("# HELP ") {
                let (key, value) = line.rsplit_once(' ').unwrap();
                assert!(key == current || key.starts_with(&format!("{current}{{")), "{name}: {line}");
                assert!(value.parse::<f64>().is_ok(), "{name}: {line}");
                assert!(series.insert(key), "{name}: {key} twice");
            }
        }
        for check in report.checks.iter().filter(|check| check.status == CheckStatus::NotRun) {
            let success = format!("probe_success{{check=\"{}\",", check.id);
            assert!(!text.contains(&success), "{name}: {} was not looked at", check.id);
        }
        let status = |status: &str| format!("vpcprobe_checks{{status=\"{status}\"}}");
        assert!(text.contains(&format!("{} {}\n", status("not_run"), report.summary.not_run)), "{name}");
        assert!(text.contains(&format!("\nvpcprobe_exit_code {}\n", report.exit_code)), "{name}");
    }
}

#[test]
fn what_fails_is_named_by_its_finding() {
    let text = prometheus::render(&fixtures::broken());
    for line in [
        "probe_success{check=\"logs\",purpose=\"logs\"} 0",
        "probe_success{check=\"ecr.dkr\",purpose=\"registry\"} 1",
        "probe_failure_info{check=\"logs\",purpose=\"logs\",reason=\"endpoint-silent\"} 1",
        "vpcprobe_verdict{verdict=\"fail\"} 1",
        "vpcprobe_exit_code 33",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}\n{text}");
    }
}

/// The rules of the Embedded Metric Format, as AWS documents them.
#[test]
fn metrics_are_one_line_that_cloudwatch_takes() {
    const UNITS: [&str; 3] = ["Milliseconds", "Count", "None"];
    for (name, report) in reports() {
        let text = emf::render(&report);
        assert!(text.ends_with('\n') && text.lines().count() == 1 && text.len() < 16 * 1024, "{name}");
        let line: Value = serde_json::from_str(&text).unwrap();
        let about = &line["_aws"];
        assert!(about["Timestamp"].is_u64() && about.as_object().unwrap().len() == 2, "{name}");
        let mut names = BTreeSet::new();
        for directive in about["CloudWatchMetrics"].as_array().unwrap() {
            assert_eq!(directive["Namespace"], "vpcprobe", "{name}");
            let keys: Vec<_> = directive.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, ["Dimensions", "Metrics", "Namespace"], "{name}");
            for set in directive["Dimensions"].as_array().unwrap() {
                for key in set.as_array().unwrap() {
                    let value = line[key.as_str().unwrap()].as_str().unwrap();
                    assert!((1..=1024).contains(&value.len()) && value.is_ascii() && !value.starts_with(':'), "{name}");
                }
            }
            let metrics = directive["Metrics"].as_array().unwrap();
            assert!((1..=100).contains(&metrics.len()), "{name}");
            for metric in metrics {
                let own = metric["Name"].as_str().unwrap();
                assert!((1..=255).contains(&own.len()) && own.is_ascii(), "{name}: {own}");
                assert!(line[own].is_number(), "{name}: {own} is no number at the root");
                assert!(names.insert(own.to_owned()), "{name}: {own} twice");
                assert!(
                    metric.get("Unit").is_none_or(|unit| UNITS.contains(&unit.as_str().unwrap())),
                    "{name}: {metric}"
                );
            }
        }
        assert!(names.contains("duration_ms") && line["exit_code"] == report.exit_code, "{name}");
        assert_eq!(names.contains("success"), report.verdict != Verdict::Inconclusive, "{name}");
    }
}

#[test]
fn services_that_do_not_fit_are_counted_and_those_that_are_needed_go_first() {
    let mut report = many(500);
    report.checks[499].service = Some("needed".to_owned());
    report.checks[..499].iter_mut().for_each(|check| check.required = false);
    let line: Value = serde_json::from_str(&emf::render(&report)).unwrap();
    assert_eq!(line["needed_success"], 0);
    let told = line.as_object().unwrap().keys().filter(|key| key.ends_with("_success")).count();
    assert!(told > 20, "{told}");
    assert_eq!(line["services_left_out"], 500 - told);
}

#[test]
fn a_service_succeeds_when_all_of_it_does_and_says_nothing_when_it_was_not_seen() {
    let line = |report: &Report| -> BTreeMap<String, Value> { serde_json::from_str(&emf::render(report)).unwrap() };
    let broken = line(&fixtures::broken());
    for (service, expected) in [("ecr_api", 1), ("logs", 0), ("ecr_dkr", 1), ("s3", 0)] {
        assert_eq!(broken[&format!("{service}_success")], expected, "{service}");
        assert!(broken[&format!("{service}_duration_ms")].is_u64(), "{service}");
    }
    assert_eq!(broken["place"], "10.0.1.0/24");
    let blind = line(&fixtures::inconclusive());
    assert_eq!(blind.get("s3_success"), None);
    assert_eq!(blind.get("success"), None);
    let unsigned = fixtures::unsigned();
    let unseen = unsigned.checks.iter().filter(|check| check.required && check.status == CheckStatus::NotRun);
    let mut services = unseen.map(|check| check.service.as_ref().unwrap_or(&check.host)).peekable();
    assert!(services.peek().is_some());
    for service in services {
        let name = format!("{}_success", service.replace(['.', '-'], "_"));
        assert_eq!(line(&unsigned).get(&name), None, "{name}");
    }
    assert_eq!(line(&fixtures::rescued())["place"], "vpcprobe-0a1b");
}

#[test]
fn an_aside_is_no_result() {
    for format in [Format::Junit, Format::Prometheus, Format::Emf] {
        let text = render(&fixtures::healthy(), format, Look::default());
        assert!(!text.contains("control"), "{text}");
    }
}
