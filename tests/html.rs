//! The html form: nothing of a report becomes markup, nothing of a finding is left out, and the page stays bounded.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on says where")]

#[path = "data/fixtures.rs"]
mod fixtures;
#[path = "html/tags.rs"]
mod tags;

use serde_json::{Value, json};
use vpcprobe::diagnosis::{Culprit, CulpritKind, FindingId};
use vpcprobe::plan::CheckId;
use vpcprobe::report::text::{Look, render as text};
use vpcprobe::report::{Report, html, json, parse};

use tags::{Tag, assert_balanced, squeezed, tags, words};

/// What would run, break out, or steer, were it not escaped.
const HOSTILE: &str =
    "</style></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)> &amp;&lt;\u{0}\u{202e}\u{fffe}";

fn reports() -> Vec<(&'static str, Report)> {
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
        ("watched", watched()),
    ]
}

/// A check that broke and healed, and one that never changed.
fn watched() -> Report {
    let times = |lost: u64| json!({"asked": 60, "lost": lost, "median_ms": 3, "p95_ms": 9, "max_ms": 4000});
    let asked = |key: &str, end: &str, lost| {
        let mut row = times(lost);
        row[key] = end.into();
        row
    };
    let series = |check: &str, lost: u64, turns: Value| {
        let climbed = asked("rung", "connect", lost);
        json!({"check": check, "asked": 60, "failed": lost, "turns": turns, "left_out": lost,
            "resolvers": [asked("resolver", "10.0.0.2:53", 0)],
            "answers": [{"addresses": ["10.0.1.50"], "rounds": 60, "first_ms": 0, "last_ms": 295_000}],
            "addresses": [{"address": "10.0.1.50:443", "rungs": [climbed]}]})
    };
    let turns = json!([
        {"at": "2026-01-01T00:01:00Z", "at_ms": 60_000, "round": 13, "what": "broke", "route": "none", "finding": "endpoint-silent"},
        {"at": "2026-01-01T00:01:04Z", "at_ms": 64_000, "round": 14, "what": "healed", "route": "private", "silent_ms": 4_000},
        {"at": "2026-01-01T00:02:00Z", "at_ms": 120_000, "round": 25, "what": "rerouted", "route": "public"},
    ]);
    let watch = json!({"started_at": "2026-01-01T00:00:00Z", "took_ms": 300_000, "every_ms": 5_000, "rounds": 60,
        "failed": 1, "inconclusive": 0, "round": 60,
        "checks": [series("ecr.api", 1, turns), series("logs", 0, json!([]))]});
    Report { watch: serde_json::from_value(watch).unwrap(), ..fixtures::broken() }
}

/// A report with every text that it holds, but for those from closed lists, made hostile.
fn poisoned(report: &Report) -> Report {
    let mut document = serde_json::from_str(&json::render(report)).unwrap();
    poison(&mut document);
    parse(&document.to_string()).expect("a report may hold any text")
}

fn poison(value: &mut Value) {
    const TEXTS: [&str; 40] = [
        "headline",
        "summary",
        "meaning",
        "do",
        "command",
        "tell_apart",
        "ecs_error",
        "compared",
        "detail",
        "note",
        "by",
        "subject",
        "issuer",
        "names",
        "code",
        "message",
        "body",
        "sink",
        "error",
        "commit",
        "version",
        "name",
        "value",
        "id",
        "check",
        "checks",
        "hides",
        "host",
        "service",
        "about",
        "why",
        "identity_arn",
        "task_arn",
        "image",
        "digest",
        "started_at",
        "collected_at",
        "server_name",
        "credentials",
        "at",
    ];
    match value {
        Value::Object(fields) => {
            let is_finding = fields.contains_key("certainty");
            let is_not_tried = fields.get("outcome") == Some(&"not_tried".into());
            for (key, field) in fields {
                let is_closed = key == "id" && is_finding || key == "why" && is_not_tried;
                match field {
                    Value::String(text) if TEXTS.contains(&key.as_str()) && !is_closed => text.push_str(HOSTILE),
                    Value::Array(texts) if TEXTS.contains(&key.as_str()) => {
                        for text in texts {
                            match text {
                                Value::String(text) => text.push_str(HOSTILE),
                                other => poison(other),
                            }
                        }
                    }
                    other => poison(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(poison),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}

#[test]
fn nothing_that_a_report_holds_becomes_markup() {
    const NAMES: &str = "html head meta style title body header main footer section article figure figcaption div p span \
                         strong b small code pre h1 h2 h3 h4 ul ol li dl dt dd details summary a table thead tbody tr th td \
                         svg line rect circle path text";
    const KEYS: &str = "lang charset http-equiv content name class id href role width height aria-label aria-hidden scope x \
                        y x1 x2 y1 y2 r d";
    let is_of = |list: &str, word: &str| list.split_whitespace().any(|known| known == word);
    for (name, report) in reports() {
        for report in [poisoned(&report), report] {
            let tags = tags(&html::render(&report));
            assert_balanced(&tags);
            for Tag { name: tag, attributes, .. } in &tags {
                assert!(is_of(NAMES, tag), "{name}: <{tag}>");
                for (key, value) in attributes {
                    assert!(is_of(KEYS, key), "{name}: <{tag} {key}>");
                    assert!(key != "href" || value.starts_with("#f"), "{name}: {value}");
                }
            }
        }
    }
}

#[test]
fn a_hostile_text_is_shown_as_it_is_but_for_what_steers() {
    let poisoned = poisoned(&fixtures::broken());
    let page = html::render(&poisoned);
    assert!(
        page.contains(
            "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x onerror=alert(1)&gt; &amp;amp;"
        )
    );
    assert!(page.contains("\\x00\\u{202e}\u{fffd}"), "what steers is named");
    let steers = |c: char| c != '\n' && vpcprobe::report::is_steering(c);
    assert_eq!(page.chars().find(|c| steers(*c)), None);
}

#[test]
fn a_page_asks_for_nothing_and_runs_nothing() {
    let page = html::render(&fixtures::broken());
    assert!(
        page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"")
    );
    for way_out in ["<script", "<link", "<img", "url(", "@import", " src="] {
        assert!(!page.contains(way_out), "{way_out}");
    }
}

#[test]
fn every_field_of_a_finding_is_on_the_page() {
    let mut report = fixtures::denied();
    let finding = &mut report.findings[0];
    let culprit = |id: &str, detail: &str| Culprit {
        kind: CulpritKind::SecurityGroup,
        id: id.to_owned(),
        detail: detail.to_owned(),
    };
    finding.culprit = Some(culprit("sg-1", "sg-1 lacks a rule"));
    finding.also = vec![culprit("sg-2", "sg-2 lacks another")];
    finding.compared = Some("the others answer".to_owned());
    finding.hides = vec![CheckId("hidden.example:443".to_owned())];
    finding.ecs_error = Some("CannotPullContainerError: <nil>".to_owned());
    finding.alternatives = vec![FindingId::NoWayOut];
    finding.tell_apart = Some("run `aws sts get-caller-identity --a 'b c'` and look".to_owned());
    finding.fix[0].action = "add `{\"Effect\":\"Allow\"}` to it".to_owned();
    let page = words(&html::render(&report));
    let finding = &report.findings[0];
    let mut expected = vec![finding.summary.as_str(), &finding.meaning, "security group sg-1", "sg-1 lacks a rule"];
    expected.extend(["then security group sg-2", "sg-2 lacks another", "the others answer", "hidden.example:443"]);
    expected.extend(["CannotPullContainerError: <nil>", "no-way-out (No public host answers)", "command 1 and look"]);
    expected.extend(["aws sts get-caller-identity --a 'b c'", "add this to it", "{\"Effect\":\"Allow\"}", "Evidence"]);
    expected.extend(finding.fix.iter().skip(1).map(|step| step.action.as_str()));
    expected.extend(finding.fix.iter().filter_map(|step| step.command.as_deref()));
    for text in expected {
        assert!(page.contains(&squeezed(text)), "{text}\n{page}");
    }
    for observation in report.findings[0].evidence.iter().take(3) {
        assert!(page.contains(&format!(" {} ", observation.0)), "{}", observation.0);
    }
}

#[test]
fn the_page_says_what_the_text_says() {
    let look = Look { width: 100_000, ..Look::default() };
    for (name, report) in reports().into_iter().filter(|(name, _)| !matches!(*name, "crowded" | "hostile")) {
        let page = words(&html::render(&report)).replace('→', "->").to_lowercase();
        assert!(page.contains(&report.headline.to_lowercase()), "{name}");
        // The verdict and a finding's heading are told in pieces.
        let is_heading = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
        let text = text(&report, look);
        let mut missing = Vec::new();
        for line in text.lines().skip(1).filter(|line| !is_heading(line)) {
            // Labels stand in a column of their own, and a table's cells apart.
            let words = line.split_once(": ").map_or(line.trim_end_matches(':'), |(_, words)| words).to_lowercase();
            let parts = words.split("  ").map(str::trim).filter(|part| !part.is_empty());
            missing.extend(parts.filter(|part| !page.contains(*part)).map(str::to_owned));
        }
        assert_eq!(missing, Vec::<String>::new(), "{name}: {page}");
    }
}

#[test]
fn a_report_with_nothing_in_it_is_a_page() {
    let mut report = fixtures::healthy();
    report.findings.clear();
    report.checks.clear();
    report.observations.clear();
    report.pulls.clear();
    let page = html::render(&report);
    assert_balanced(&tags(&page));
    assert!(words(&page).contains("PASS"), "{page}");
}

#[test]
fn a_crowd_is_told_in_a_bounded_page() {
    let page = html::render(&fixtures::crowded());
    assert!(page.len() < 600_000, "{} bytes", page.len());
    let page = html::render(&fixtures::hostile());
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    let mut report = fixtures::broken();
    let (check, seen) = (report.checks[0].clone(), report.observations.clone());
    for number in 0..2_000 {
        let id = CheckId(format!("service-{number}.example:443"));
        report.observations.extend(seen.iter().filter(|seen| seen.check == check.id).cloned().map(|mut seen| {
            seen.check = id.clone();
            seen
        }));
        report.checks.push(vpcprobe::diagnosis::CheckResult { id, ..check.clone() });
    }
    let page = html::render(&report);
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert!(words(&page).contains("48 of 20"), "what is left out is said");
}

#[test]
fn a_watch_is_told_check_by_check() {
    let page = words(&html::render(&watched()));
    for text in [
        "60 rounds, one every 5 s or as soon as the one before was done",
        "for 5 min: 1 failed.",
        "ecr.api failed in 1 of 60 rounds",
        "00:01:00Z broke: endpoint-silent (round 13)",
        "00:01:04Z works again, private; 4 s without an answer (round 14)",
        "00:02:00Z is now public (round 25)",
        "connect 3/9/4000 ms, lost 1 of 60",
        "1 check the same in every round",
        "an answer, an address or a turn was left out 1 time",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
}

#[test]
fn the_paths_are_where_it_breaks_only_where_it_does() {
    let title = |report: &Report| words(&html::render(report)).contains("Where it breaks");
    let mut warned = fixtures::healthy();
    warned.checks[0].status = vpcprobe::diagnosis::CheckStatus::Warn;
    for (report, breaks) in [(fixtures::broken(), true), (fixtures::healthy(), false), (warned, false)] {
        assert_eq!(title(&report), breaks, "{:?}", report.checks[0].status);
    }
}
