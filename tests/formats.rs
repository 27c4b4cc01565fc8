//! The forms of the report: their exact text, their schema, and what holds whatever the network says.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

#[path = "data/fixtures.rs"]
mod fixtures;
#[path = "data/snapshot.rs"]
mod snapshot;
#[path = "data/watched.rs"]
mod watched;

use std::sync::LazyLock;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;
use vpcprobe::diagnosis::{CheckStatus, Ended, Verdict};
use vpcprobe::observation::{
    CertificateProblem, Change, Discarded, DnsTransport, Fault, Observation, ObservationId, Outcome, Rung, Seen, Why,
};
use vpcprobe::report::text::{Look, Marks, Style};
use vpcprobe::report::{Report, SinkResult, json, jsonl, parse, schema, text};

use snapshot::{hold, path, plain};

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&schema::schema()).unwrap());

fn fixtures() -> Vec<(&'static str, Report)> {
    vec![
        ("replayed", valid(fixtures::replayed())),
        ("rescued", valid(fixtures::rescued())),
        ("denied", valid(fixtures::denied())),
        ("read-only", valid(fixtures::read_only())),
        ("unsigned", valid(fixtures::unsigned())),
        ("crowded", valid(fixtures::crowded())),
        ("healthy", valid(fixtures::healthy())),
        ("before-the-cut", valid(fixtures::before_the_cut())),
        ("broken", valid(fixtures::broken())),
        ("inconclusive", valid(fixtures::inconclusive())),
        ("hostile", valid(fixtures::hostile())),
        ("long", valid(fixtures::long())),
    ]
}

/// Every report that a test makes fits the schema.
fn valid(report: Report) -> Report {
    let document: Value = serde_json::from_str(&json::render(&report)).unwrap();
    let errors: Vec<_> =
        SCHEMA.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "the report does not fit its schema: {}", errors.join("\n"));
    report
}

#[test]
fn each_form_reads_as_it_did() {
    let shown = |name: &str| !matches!(name, "hostile" | "long" | "crowded");
    for (name, report) in fixtures().into_iter().filter(|(name, _)| shown(name)) {
        // The version changes with each release and says nothing of the form.
        let mut report = report;
        (report.tool.version, report.tool.commit) = ("0.0.0".to_owned(), "unknown".to_owned());
        hold(&format!("{name}.80.txt"), &text::render(&report, plain(80)));
        hold(&format!("{name}.120.txt"), &text::render(&report, plain(120)));
        hold(&format!("{name}.json"), &json::render(&report));
        hold(&format!("{name}.jsonl"), &jsonl::render(&report));
        if matches!(name, "broken" | "denied" | "before-the-cut") {
            let look = Look { width: 100, style: Style::Colour, marks: Marks::Unicode };
            hold(&format!("{name}.100.colour.txt"), &text::render(&report, look));
            hold(&format!("{name}.50.txt"), &text::render(&report, plain(50)));
        }
    }
}

#[test]
fn a_functions_report_says_what_a_task_would_have_seen_otherwise() {
    const AS: &str = "note: what is signed was asked for as the function's role, which ";
    let execution = "arn:aws:sts::123456789012:assumed-role/shop-execution/f";
    let table = [
        (Some("arn:aws:sts::123456789012:assumed-role/rescue/f"), Some("is not the task's execution role")),
        (None, Some("need not be the task's execution role")),
        (Some(execution), None),
    ];
    for (identity, said) in table {
        let mut report = fixtures::rescued();
        report.vantage.identity_arn = identity.map(str::to_owned);
        let text = text::render(&report, plain(400));
        assert_eq!(text.contains(AS), said.is_some(), "{identity:?}");
        assert!(said.is_none_or(|said| text.contains(&format!("{AS}{said}"))), "{identity:?}: {text}");
        assert!(text.contains("(Hyperplane)") && text.contains("DHCP options set"), "{text}");
        assert!(text.contains("the function's own time-out left 50 s of the 60 s"), "{text}");
    }
    let text = text::render(&fixtures::replayed(), plain(400));
    assert!(!text.contains("function") && !text.contains("Hyperplane"), "{text}");
    let mut unsigned = fixtures::rescued();
    unsigned.observations.retain(|seen| seen.step.is_none());
    assert!(!text::render(&unsigned, plain(400)).contains(AS));
}

#[test]
fn a_signal_ends_the_watch_and_not_one_round() {
    let mut report = fixtures::inconclusive();
    let watch = json!({"started_at": "2025-06-15T15:06:40Z", "took_ms": 2_100, "every_ms": 500, "rounds": 4, "failed": 0,
        "inconclusive": 0, "round": 4, "checks": []});
    report.watch = serde_json::from_value(watch).unwrap();
    let text = text::render(&report, plain(200));
    assert!(text.contains("a signal came before the end, after 2.1 s"), "{text}");
    assert!(!text.contains("The start was replayed"), "there is no step: {text}");
    let text = text::render(&Report { watch: report.watch, ..fixtures::replayed() }, plain(400));
    assert!(text.contains("The start was replayed in the first round and in the last"), "{text}");
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    if std::env::var_os("VPCPROBE_BLESS").is_some() {
        std::fs::write(path("docs/report.schema.json"), schema::made()).unwrap();
    }
    let committed = std::fs::read_to_string(path("docs/report.schema.json")).unwrap_or_default();
    assert!(
        committed == schema::made(),
        "docs/report.schema.json is out of date: run scripts/generate (vpcprobe schema > docs/report.schema.json)"
    );
}

#[test]
fn no_line_is_wider_than_the_page_but_for_words_of_commands() {
    for (name, report) in fixtures() {
        let whole: Vec<String> = commands(&report);
        // What is in the way of a width is found at the narrow ones, and a crowd takes its time.
        for width in (40..=200).filter(|width| name != "crowded" || width % 20 == 0) {
            let marks = if width % 2 == 0 { Marks::Ascii } else { Marks::Unicode };
            let text = text::render(&report, Look { marks, ..plain(width) });
            for line in text.lines().filter(|line| line.width() > width) {
                let word = line.trim().trim_end_matches(" \\");
                let is_word = whole.iter().any(|command| command.contains(word)) && !has_seam(word);
                assert!(is_word, "{name} in {width}: {line}");
            }
        }
    }
}

#[test]
fn a_statement_to_paste_is_broken_nowhere() {
    let arns: Vec<_> = ["key", "user and password"]
        .map(|name| format!("arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shop/{name}-AbCdEf"))
        .into();
    let statement =
        json!({"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": arns}).to_string();
    let mut report = fixtures::denied();
    report.findings[0].fix[0].action = format!("add `{statement}` to its statements, and wait some minutes");
    for width in [40, 80, 200] {
        let text = text::render(&report, plain(width));
        let line = text.lines().map(str::trim).find(|line| line.starts_with('{')).unwrap();
        assert_eq!(line, statement, "{width}");
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("fix: add this to its statements, and wait some minutes {"), "{width}: {text}");
    }
    report.findings[0].fix[0].action = "half a `{statement".to_owned();
    assert!(text::render(&report, plain(80)).contains("fix: half a `{statement"));
}

/// The commands of a report as the text shows them where they need not be broken.
fn commands(report: &Report) -> Vec<String> {
    let text = text::render(report, plain(1_000_000));
    text.lines().filter(|line| line.starts_with("       ")).map(str::to_owned).collect()
}

/// Whether there is a space outside of quotes.
fn has_seam(command: &str) -> bool {
    let mut quote = None;
    command.chars().any(|c| match (quote, c) {
        (None, ' ') => true,
        (None, '\'' | '"') => {
            quote = Some(c);
            false
        }
        (Some(open), c) if open == c => {
            quote = None;
            false
        }
        _ => false,
    })
}

#[test]
fn nothing_steers_the_terminal_but_our_own_colours() {
    for (name, report) in fixtures() {
        let steers = |c: char| c != '\n' && (c.is_control() || ('\u{200b}'..='\u{202e}').contains(&c));
        let forms = [text::render(&report, plain(80)), json::render(&report), jsonl::render(&report)];
        for form in forms {
            assert_eq!(form.chars().find(|c| steers(*c)), None, "{name}");
        }
        let coloured = text::render(&report, Look { style: Style::Colour, ..plain(80) });
        let mut bare = coloured;
        for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[32m", "\u{1b}[1;31m", "\u{1b}[33m"] {
            bare = bare.replace(code, "");
        }
        assert_eq!(bare, text::render(&report, plain(80)), "{name}");
    }
}

#[test]
fn ascii_marks_are_ascii() {
    let is_ours = |name: &str| !matches!(name, "hostile" | "crowded");
    for (name, report) in fixtures().into_iter().filter(|(name, _)| is_ours(name)) {
        assert!(text::render(&report, plain(80)).is_ascii(), "{name}");
    }
}

#[test]
fn every_record_is_short_and_typed_and_the_summary_is_last_and_flat() {
    for (name, report) in fixtures() {
        let text = jsonl::render(&report);
        for line in text.lines() {
            assert!(line.len() + 1 < 16 * 1024, "{name}: {} bytes", line.len());
            let record: Value = serde_json::from_str(line).unwrap();
            let types = ["start", "observation", "check", "pull", "finding", "sink", "summary"];
            assert!(types.contains(&record["type"].as_str().unwrap()), "{name}: {line}");
            assert!(line.starts_with("{\"type\":\""), "{line}");
        }
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["type"], "summary");
        assert!(last.as_object().unwrap().values().all(|field| !field.is_object() && !field.is_array()), "{last}");
    }
}

#[test]
fn what_is_cut_says_so_and_is_still_read() {
    let report = valid(fixtures::hostile());
    let text = jsonl::render(&report);
    let is_cut = |kind: &str| {
        text.lines().any(|line| line.contains("\"cut\":true") && line.contains(&format!("\"type\":\"{kind}\"")))
    };
    assert_eq!(["start", "observation", "finding", "sink"].map(is_cut), [false, true, true, false]);
    let back = valid(parse(&text).unwrap());
    assert_eq!(back.observations.len(), report.observations.len());
    assert_eq!(back.observations.iter().map(|seen| &seen.check).collect::<Vec<_>>(), vec![&report.checks[0].id; 4]);
    assert_eq!(
        back.findings.iter().map(|found| found.id).collect::<Vec<_>>(),
        report.findings.iter().map(|found| found.id).collect::<Vec<_>>()
    );
}

#[test]
fn a_saved_report_is_read_back_as_it_was() {
    for (name, mut report) in fixtures() {
        report.sinks = vec![
            SinkResult { sink: "file:a".to_owned(), ok: true, error: None },
            SinkResult { sink: "file:b".to_owned(), ok: false, error: Some("write b: denied".to_owned()) },
        ];
        let report = valid(report);
        assert_eq!(parse(&json::render(&report)).unwrap(), report, "{name}");
        if name != "hostile" {
            let records = jsonl::render(&report);
            assert_eq!(parse(&records).unwrap(), report, "{name}");
            assert!(!records.contains("\"cut\":true"), "{name}");
        }
    }
}

#[test]
fn the_layers_of_a_long_manifest_are_all_read_back_or_missed() {
    let report = valid(fixtures::crowded());
    let records = jsonl::render(&report);
    let is_more = |line: &&str| line.starts_with("{\"type\":\"observation\",\"continued\":true");
    assert!(records.lines().filter(is_more).count() > 10);
    let without_one = |drop: &str| records.lines().filter(|line| *line != drop).collect::<Vec<_>>().join("\n");
    let more = records.lines().find(is_more).unwrap();
    let error = parse(&without_one(more)).unwrap_err();
    assert!(
        error.starts_with("the report is not whole: ") && error.ends_with(" of its 4200 layer records are there"),
        "{error}"
    );
    let pull = records.lines().find(|line| line.starts_with("{\"type\":\"pull\"")).unwrap();
    let error = parse(&without_one(pull)).unwrap_err();
    assert_eq!(error, "the report is not whole: 39 of its 40 pull records are there");
}

#[test]
fn a_report_from_before_the_replay_is_read() {
    let report = valid(fixtures::healthy());
    let mut document: Value = serde_json::from_str(&json::render(&report)).unwrap();
    document.as_object_mut().unwrap().remove("pulls");
    assert_eq!(parse(&document.to_string()).unwrap(), report);
    let records = jsonl::render(&report).replace("\"pull_records\":0,", "");
    assert_eq!(parse(&records).unwrap(), report);
}

#[test]
fn pulls_and_identity_come_from_what_was_seen() {
    let report = fixtures::replayed();
    let plan = vpcprobe::plan::plan(&report.inputs, &report.vantage).unwrap();
    let judgement = fixtures::judgement(report.verdict, report.exit_code, &report.headline, vec![], vec![]);
    let mut blank = report.clone();
    (blank.pulls, blank.vantage.identity_arn) = (vec![], None);
    let again = blank.with(&plan, judgement, None);
    assert_eq!(again.vantage.identity_arn, report.vantage.identity_arn);
    assert!(again.vantage.identity_arn.is_some());
    let sizes = |report: &Report| {
        report.pulls.iter().map(|pull| (pull.image.clone(), pull.layers, pull.bytes)).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&again), sizes(&report));
}

#[test]
fn a_crowd_of_steps_is_told_in_a_bounded_text() {
    let text = text::render(&valid(fixtures::crowded()), plain(80));
    assert!(text.lines().count() < 400, "{} lines", text.lines().count());
    for more in ["more secrets", "more manifests", "more images' layers", "28 more images"] {
        assert!(text.contains(more), "{more}");
    }
}

#[test]
fn records_are_found_between_the_lines_of_other_programs() {
    let report = valid(fixtures::broken());
    let mixed =
        jsonl::render(&report).replace('\n', "\n{\"level\":\"INFO\"}\nnot json\n{\"type\":\"later\",\"a\":1}\n");
    assert_eq!(parse(&mixed).unwrap(), report);
}

#[test]
fn what_is_no_report_is_told_in_a_sentence() {
    let report = valid(fixtures::healthy());
    let (document, records) = (json::render(&report), jsonl::render(&report));
    let newer = |text: &str| text.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1);
    let newer_line = records.replacen("\"schema_version\":1", "\"schema_version\":2", 1);
    let without = |kind: &str| records.lines().filter(|line| !line.contains(kind)).collect::<Vec<_>>().join("\n");
    let table = [
        (String::new(), "the report is empty"),
        ("hello".to_owned(), "not a report: expected the json or jsonl output of a run, and line 1 is neither"),
        ("[1]".to_owned(), "not a report: expected"),
        ("{}".to_owned(), "not a report: it has no schema_version"),
        ("{\"schema_version\":1}".to_owned(), "not a whole report: missing field"),
        (newer(&document), "the report has schema_version 2 (written by version "),
        (newer_line, "line 1: the report has schema_version 2 (written by version "),
        (document[..document.len() / 2].to_owned(), "the report is cut off: it ends at line "),
        (records[..records.len() - 20].to_owned(), "the report is cut off: line "),
        (records[..records.len() / 2].to_owned(), "the report is cut off: "),
        (without("\"type\":\"summary\""), "the report is cut off: its summary record is missing"),
        (without("\"type\":\"start\""), "the report is cut off: its start record is missing"),
        (without("\"id\":\"o3\""), "the report is not whole: 33 of its 34 observation records are there"),
        (records.clone() + &records, "line 42: a second run begins or ends here"),
        (records.replacen('\n', "\n{\"level\":\n", 1), "line 2: not JSON: "),
        (records.replacen('\n', "\n{{garbage}}\n", 1), "line 2: not JSON: "),
    ];
    for (text, expected) in table {
        let error = parse(&text).unwrap_err();
        assert!(error.starts_with(expected), "{error}\nexpected: {expected}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_report_that_contradicts_itself_is_refused() {
    type Change = fn(&mut Report);
    let contradicts =
        |verdict: &str, what: &str| format!("the report contradicts itself: its verdict is {verdict}, and {what}");
    let table: [(Change, String); 11] = [
        (|report| report.exit_code = 43, contradicts("pass", "its exit code is 43")),
        (|report| report.run.ended = Ended::Signal, contradicts("pass", "a signal ended the run")),
        (|report| report.verdict = Verdict::Fail, contradicts("fail", "its exit code is 0")),
        (|report| (report.verdict, report.exit_code) = (Verdict::Fail, 70), contradicts("fail", "its exit code is 70")),
        (|report| report.verdict = Verdict::Inconclusive, contradicts("inconclusive", "its exit code is 0")),
        (|report| report.checks[0].status = CheckStatus::Fail, contradicts("pass", "the status of ecr.api is fail")),
        (
            |report| report.checks.iter_mut().for_each(|check| check.status = CheckStatus::NotRun),
            contradicts("pass", "the status of ecr.api is not_run"),
        ),
        (|report| report.findings = fixtures::broken().findings, contradicts("pass", "endpoint-silent is an error")),
        (
            |report| report.checks.push(report.checks[0].clone()),
            "not a whole report: the check ecr.api is there twice".to_owned(),
        ),
        (
            |report| report.observations.push(report.observations[0].clone()),
            "not a whole report: the observation o1 is there twice".to_owned(),
        ),
        (|report| report.checks.iter_mut().for_each(|check| check.id.0 += &"x".repeat(100)), String::new()),
    ];
    for (change, expected) in table {
        let mut report = fixtures::healthy();
        change(&mut report);
        for text in [json::render(&report), jsonl::render(&report)] {
            assert_eq!(parse(&text).err().unwrap_or_default(), expected);
        }
    }
}

#[test]
fn a_watch_of_a_check_that_is_not_there_is_refused() {
    let mut report = watched::watched();
    for text in [json::render(&report), jsonl::render(&report)] {
        assert_eq!(parse(&text).as_ref(), Ok(&report));
    }
    let series = &mut report.watch.as_mut().unwrap().checks[0];
    series.check.0 += "\u{1b}[31m\u{202e}\nOK";
    for text in [json::render(&report), jsonl::render(&report)] {
        let said = "not a whole report: its watch has a check that it does not list: logs\\u{1b}[31m\\u{202e}\\u{a}OK";
        assert_eq!(parse(&text).unwrap_err(), said);
    }
}

#[test]
fn what_is_refused_is_not_repeated_at_length() {
    let long = "x".repeat(70_000);
    let changed = |pointer: &str, value: Value| {
        let mut document: Value = serde_json::from_str(&json::render(&fixtures::healthy())).unwrap();
        *document.pointer_mut(pointer).unwrap() = value;
        document.to_string()
    };
    let table = [
        (changed("/verdict", json!(long)), "not a whole report: unknown variant `xxx"),
        (changed("/inputs/region", json!(long)), "not a whole report: "),
        (changed("/schema_version", json!(long)), "the report has schema_version \"xxx"),
        (changed("/schema_version", json!({ "a": long })), "the report has schema_version {\"a\":\"xxx"),
        (
            changed("/tool/version", json!(long)).replacen("\"schema_version\":1", "\"schema_version\":2", 1),
            "the report has schema_version 2 (written by version xxx",
        ),
        (
            changed("/checks/0/status", json!("good")),
            "not a whole report: unknown variant `good`, expected one of `pass`",
        ),
    ];
    for (text, expected) in table {
        let error = parse(&text).unwrap_err();
        assert!(error.starts_with(expected) && error.chars().count() < 320, "{error}");
    }
}

#[test]
fn the_schema_knows_every_outcome_on_every_rung() {
    let mut report = fixtures::healthy();
    let template = report.observations[0].clone();
    report.observations =
        outcomes().into_iter().map(|(rung, outcome)| Observation { rung, outcome, ..template.clone() }).collect();
    for (number, seen) in report.observations.iter_mut().enumerate() {
        seen.id = ObservationId(format!("o{number}"));
    }
    let variation = vec![Change::ShortHello, Change::OtherName, Change::NoName, Change::SmallSegments];
    report.observations[0].variation = variation;
    let report = valid(report);
    assert_eq!(parse(&json::render(&report)).unwrap(), report);
    assert_eq!(parse(&jsonl::render(&report)).unwrap(), report);
}

fn outcomes() -> Vec<(Rung, Outcome)> {
    use fixtures::{answer, failed, handshake, response, saw};
    let mut troubled = handshake("a.example");
    troubled.problems = vec![
        CertificateProblem::UnknownIssuer,
        CertificateProblem::WrongName,
        CertificateProblem::Expired { for_s: 5 },
        CertificateProblem::NotYetValid { for_s: 5 },
        CertificateProblem::Other { detail: "odd".to_owned() },
    ];
    let discarded = Discarded { other_id: 1, other_question: 2, garbage: 3 };
    let negative = vpcprobe::observation::Answer {
        code: "NXDOMAIN".to_owned(),
        transport: DnsTransport::Tcp,
        truncated: true,
        soa_owner: Some("amazonaws.com".to_owned()),
        discarded,
        ..Default::default()
    };
    let mut all = vec![
        (Rung::Resolve, saw(Seen::Answer(answer(&["10.0.0.1", "2406:da14::1"])))),
        (Rung::Resolve, saw(Seen::Answer(negative))),
        (
            Rung::Connect,
            saw(Seen::Connection(vpcprobe::observation::Connection { local: "10.0.1.2:40000".parse().ok() })),
        ),
        (Rung::Handshake, saw(Seen::Handshake(Box::new(troubled.clone())))),
        (Rung::Exchange, saw(Seen::Response(Box::new(response(200))))),
        (Rung::Handshake, Outcome::Failed { fault: Fault::Reset, handshake: Some(Box::new(troubled)) }),
    ];
    let whys = [Why::BelowFailed, Why::NoAddress, Why::Deadline, Why::Signal, Why::TooMany, Why::OurFault];
    all.extend(whys.map(|why| (Rung::Exchange, Outcome::NotTried { why })));
    all.extend(faults(discarded).into_iter().map(|fault| (Rung::Connect, failed(fault))));
    all
}

fn faults(discarded: Discarded) -> Vec<Fault> {
    let detail = || "words".to_owned();
    vec![
        Fault::TimedOut { after_ms: 4_000 },
        Fault::Refused,
        Fault::Reset,
        Fault::Closed,
        Fault::NetworkUnreachable,
        Fault::HostUnreachable,
        Fault::OnlyWrongAnswers { discarded },
        Fault::TruncatedThenTcp { fault: Box::new(Fault::Refused) },
        Fault::TlsAlert { alert: "handshake_failure".to_owned() },
        Fault::NotTls { detail: detail() },
        Fault::TlsBroken { detail: detail() },
        Fault::NotHttp { detail: detail() },
        Fault::HeadTooLarge { limit_bytes: 65_536 },
        Fault::NoFileDescriptors,
        Fault::NotPermitted,
        Fault::Local { detail: detail() },
    ]
}

#[test]
fn the_schema_refuses_what_is_no_observation() {
    let mut document: Value = serde_json::from_str(&json::render(&fixtures::healthy())).unwrap();
    assert!(SCHEMA.is_valid(&document));
    let wrong = [
        json!({"outcome": "saw"}),
        json!({"outcome": "saw", "answer": {"code": 1}}),
        json!({"outcome": "failed"}),
        json!({"outcome": "failed", "fault": {"kind": "timed-out"}}),
        json!({"outcome": "failed", "fault": {"kind": "unheard-of"}}),
        json!({"outcome": "not_tried", "why": "tired"}),
        json!({"outcome": "guessed"}),
        json!({}),
    ];
    let common = json!({"id": "o1", "check": "s3", "rung": "resolve", "attempt": 1, "at_ms": 0, "took_ms": 0});
    for outcome in wrong {
        let mut observation = common.clone();
        observation.as_object_mut().unwrap().extend(outcome.as_object().unwrap().clone());
        document["observations"][0] = observation;
        assert!(!SCHEMA.is_valid(&document), "{outcome}");
    }
    document["observations"][0] = common;
    document["schema_version"] = json!(2);
    assert!(!SCHEMA.is_valid(&document));
}
