//! Several runs as one: what is the same finding, where it points, the code, and the exact forms.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

#[path = "merge/findings.rs"]
mod findings;
#[expect(dead_code, unused_imports, reason = "the reports of other tests stand in the same file")]
#[path = "data/fixtures.rs"]
mod fixtures;
#[path = "data/snapshot.rs"]
mod snapshot;

use std::sync::LazyLock;

use serde_json::Value;
use unicode_width::UnicodeWidthStr;
use vpcprobe::diagnosis::{CheckStatus, CutOver, CutOverAnswer, Finding, FindingId, Summary, Verdict};
use vpcprobe::merge::{self, Given, Known, Merged, schema, text};
use vpcprobe::plan::Purpose;
use vpcprobe::report::Report;
use vpcprobe::report::text::{Look, Marks, Style};

use snapshot::{hold, path, plain};

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&schema::schema()).unwrap());

/// What every merged document is: like its schema, and without what changes with each release.
fn merged(given: &[Given]) -> Merged {
    let mut merged = merge::merge(given).unwrap();
    let document: Value = serde_json::from_str(&merge::json(&merged)).unwrap();
    let errors: Vec<_> =
        SCHEMA.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "the document does not fit its schema: {}", errors.join("\n"));
    (merged.tool.version, merged.tool.commit) = ("0.0.0".to_owned(), "unknown".to_owned());
    merged
}

/// A report under a name, of a run and a subnet of its own.
fn given(name: &str, number: u8, mut report: Report) -> Given {
    report.run.id = format!("8f14e45f0000000{number}");
    report.vantage.subnet_cidr = Some(format!("10.0.{number}.0/24").parse().unwrap());
    report.vantage.addresses = vec![format!("10.0.{number}.23").parse().unwrap()];
    let task = format!("arn:aws:ecs:ap-northeast-1:123456789012:task/shop/0c2f8d6e4b1a4f0e9d7c5b3a1f0e900{number}");
    report.vantage.task_arn = Some(task);
    Given {
        name: Some(name.to_owned()),
        file: format!("{name}.json"),
        known: Known::Report(Box::new(report)),
        unseen: None,
    }
}

fn unnamed(file: &str, known: Known) -> Given {
    Given { name: None, file: file.to_owned(), known, unseen: None }
}

/// Six subnets: two broken alike, a healthy one, one that was stopped, one without a report, one that never started.
fn six() -> Vec<Given> {
    let mut other = fixtures::broken();
    for finding in &mut other.findings {
        elsewhere(finding);
    }
    other.vantage.availability_zone = Some("ap-northeast-1c".to_owned());
    let reason = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval \
                  failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: \
                  send request failed caused by: Post \"https://api.ecr.ap-northeast-1.amazonaws.com/\": dial tcp \
                  10.0.1.10:443: i/o timeout";
    vec![
        given("subnet-0a1b2c3d4e5f67890", 1, fixtures::broken()),
        given("subnet-0c1b2c3d4e5f67890", 2, other),
        given("subnet-0d1b2c3d4e5f67890", 3, fixtures::healthy()),
        given("subnet-0e1b2c3d4e5f67890 (ap-northeast-1a)", 4, fixtures::inconclusive()),
        merge::exit_code("subnet-0f1b2c3d4e5f67890=33").unwrap(),
        merge::not_started(&format!("subnet-001b2c3d4e5f67890={reason}")).unwrap(),
    ]
}

/// The same finding as another subnet sees it.
fn elsewhere(finding: &mut Finding) {
    finding.summary = finding.summary.replace("10.0.1.", "10.0.7.").replace("3.5.15", "3.5.16").replace("4 s", "4.2 s");
    each_command(finding, &|text| text.replace("10.0.1.", "10.0.7."));
    finding.evidence.pop();
}

#[test]
fn each_form_reads_as_it_did() {
    let merged = merged(&six());
    hold("merged.80.txt", &text::render(&merged, plain(80)));
    hold("merged.120.txt", &text::render(&merged, plain(120)));
    hold("merged.50.txt", &text::render(&merged, plain(50)));
    let look = Look { width: 100, style: Style::Colour, marks: Marks::Unicode };
    hold("merged.100.colour.txt", &text::render(&merged, look));
    hold("merged.json", &merge::json(&merged));
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    if std::env::var_os("VPCPROBE_BLESS").is_some() {
        std::fs::write(path("docs/merged.schema.json"), schema::made()).unwrap();
    }
    let committed = std::fs::read_to_string(path("docs/merged.schema.json")).unwrap_or_default();
    assert!(committed == schema::made(), "docs/merged.schema.json is out of date: run scripts/generate");
}

#[test]
fn what_is_merged_is_no_report_of_one_run_and_the_other_way_round() {
    let error = vpcprobe::report::parse(&merge::json(&merged(&six()))).unwrap_err();
    assert_eq!(error, "these are several runs, merged: expected the report of one");
    let report = vpcprobe::report::json::render(&fixtures::healthy());
    assert!(!SCHEMA.is_valid(&serde_json::from_str(&report).unwrap()));
}

#[test]
fn what_becomes_of_a_service_is_told_once_with_the_runs_where_it_breaks() {
    let mut other = fixtures::before_the_cut();
    let of = |report: &mut Report, id: &str, answer, by: &str| {
        let check = report.checks.iter_mut().find(|check| check.id.0 == id).unwrap();
        check.cut_over = Some(CutOver { answer, by: by.to_owned() });
    };
    of(&mut other, "s3", CutOverAnswer::Breaks, "route table rtb-0b has no route to pl-0a");
    of(&mut other, "logs", CutOverAnswer::Survives, "within the VPC");
    other.checks[0].status = CheckStatus::Fail;
    let reports = [given("a", 1, fixtures::before_the_cut()), given("b", 2, other), given("c", 3, fixtures::healthy())];
    let both = merged(&reports[..2]);
    let told: Vec<_> =
        both.cut_over.iter().map(|cut| (cut.check.0.as_str(), cut.answer, cut.fails, cut.each.len())).collect();
    let expected = [
        ("ecr.api", CutOverAnswer::Survives, true, 2),
        ("logs", CutOverAnswer::Breaks, false, 2),
        ("ecr.dkr", CutOverAnswer::Survives, false, 2),
        ("s3", CutOverAnswer::Breaks, false, 2),
    ];
    assert_eq!(told, expected);
    hold("merged-cut-over.80.txt", &text::render(&both, plain(80)));
    let text = text::render(&both, plain(400));
    for words in [
        "breaks    s3: in b: route table rtb-0b has no route to pl-0a",
        "in a: not known, from inside",
        "survives  ecr.dkr: within the VPC",
        "leave the routes as they are: logs, s3.",
        "this fails today: ecr.api.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let three = text::render(&merged(&reports), plain(400));
    assert!(three.contains("survives  ecr.dkr: in a, b: within the VPC"), "{three}");
    assert!(!text::render(&merged(&six()), plain(400)).contains("If the default route goes"));
}

#[test]
fn a_run_that_the_view_is_not_of_is_noted() {
    let mut stranger = given("b", 2, fixtures::broken());
    stranger.unseen = Some("report b.json: no subnet of vpc-1 holds it".to_owned());
    let merged = merged(&[given("a", 1, fixtures::broken()), stranger]);
    let note = "judged without the operator's view: report b.json: no subnet of vpc-1 holds it";
    assert_eq!(merged.notes[0], note);
}

fn each_command(finding: &mut Finding, change: &dyn Fn(&str) -> String) {
    for fix in &mut finding.fix {
        fix.command = fix.command.as_deref().map(change);
    }
}

#[test]
fn the_code_is_the_worst_and_of_failures_the_first_of_the_start() {
    let table: [(&[&str], u8, Verdict); 14] = [
        (&["0", "0"], 0, Verdict::Pass),
        (&["0", "4"], 4, Verdict::Fail),
        (&["4", "71"], 71, Verdict::Inconclusive),
        (&["71", "70"], 70, Verdict::Inconclusive),
        (&["70", "53", "71"], 53, Verdict::Fail),
        (&["53", "23", "0"], 23, Verdict::Fail),
        (&["69", "70"], 69, Verdict::Fail),
        (&["0", "137"], 71, Verdict::Inconclusive),
        (&["0", "1"], 71, Verdict::Inconclusive),
        (&["0", "2"], 71, Verdict::Inconclusive),
        (&["0", "3"], 71, Verdict::Inconclusive),
        (&["4", "40"], 71, Verdict::Inconclusive),
        (&["0", "-1"], 71, Verdict::Inconclusive),
        (&["0", "99999999999"], 71, Verdict::Inconclusive),
    ];
    for (codes, code, verdict) in table {
        let runs: Vec<Given> =
            codes.iter().zip(0..).map(|(code, n)| merge::exit_code(&format!("s{n}={code}")).unwrap()).collect();
        let merged = merged(&runs);
        assert_eq!((merged.exit_code, merged.verdict), (code, verdict), "{codes:?}");
    }
    // A report that was asked for nothing is no proof of anything.
    let mut empty = fixtures::healthy();
    empty.checks.clear();
    empty.summary = Summary::default();
    assert_eq!(merged(&[given("a", 1, fixtures::healthy()), given("b", 2, empty)]).exit_code, 71);
    let never = || merge::not_started("c=").unwrap();
    assert_eq!(merged(&[given("a", 1, fixtures::healthy()), never()]).exit_code, 71);
    assert_eq!(merged(&[given("a", 1, fixtures::broken()), never()]).exit_code, 33);
}

#[test]
fn the_headline_says_how_many_and_which() {
    let code = |word: &str| merge::exit_code(word).unwrap();
    let table = [
        (
            vec![given("subnet-a", 1, fixtures::healthy())],
            "everything that is required answers as it should in the one subnet",
        ),
        (
            vec![given("subnet-a", 1, fixtures::healthy()), code("run-b=0")],
            "everything that is required answers as it should in both runs",
        ),
        (
            vec![given("subnet-a", 1, fixtures::healthy()), given("subnet-b", 2, fixtures::broken())],
            "in 1 of 2 subnets (subnet-b): logs can't be reached: the endpoint's two addresses do not accept connections",
        ),
        (
            vec![code("subnet-a=53"), code("subnet-b=23"), code("subnet-c=71")],
            "in 2 of 3 subnets (subnet-a, subnet-b): first of all, in subnet-b: the registry token (ECR's API, ecr.api): \
             TCP, no connection; not known of subnet-c",
        ),
        (
            vec![code("subnet-a=0"), merge::not_started("subnet-b=x").unwrap()],
            "not known of 1 of 2 subnets (subnet-b): it never started; the other one passes",
        ),
    ];
    for (runs, expected) in table {
        assert_eq!(merged(&runs).headline, expected);
    }
}

#[test]
fn each_step_of_the_start_has_the_state_that_its_checks_give_it() {
    let merged = merged(&six());
    let purposes = |at: usize| {
        let run = &merged.runs[at];
        run.purposes.iter().map(|(purpose, status)| format!("{purpose:?} {status:?}")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(purposes(0), "RegistryToken Pass, Logs Fail, Registry Warn, Layers Fail");
    assert_eq!(purposes(2), "RegistryToken Pass, Logs Pass, Registry Pass, Layers Pass");
    assert_eq!(purposes(3), "RegistryToken Pass, Registry NotRun, Layers NotRun");
    assert_eq!(purposes(4), "Logs Fail");
    assert_eq!(purposes(5), "");
    let by = |at: usize, purpose| merged.runs[at].fails.get(&purpose).map(|by| (by.finding, by.exit_digit));
    assert_eq!(by(0, Purpose::Logs), Some((Some(FindingId::EndpointSilent), 3)));
    assert_eq!(by(4, Purpose::Logs), Some((None, 3)));
    let only = merged.runs[4].exit_code_only.as_ref().unwrap();
    assert_eq!(only.same_code_as, ["subnet-0a1b2c3d4e5f67890", "subnet-0c1b2c3d4e5f67890"]);
    assert!(merged.runs[5].not_started.as_ref().unwrap().known);
}

#[test]
fn a_run_is_called_by_its_name_its_range_or_its_file() {
    let without_range = || {
        let mut report = fixtures::healthy();
        (report.run.id, report.vantage.subnet_cidr) = ("other".to_owned(), None);
        Known::Report(Box::new(report))
    };
    let of_range = |id: &str| {
        let mut report = fixtures::healthy();
        report.run.id = id.to_owned();
        Known::Report(Box::new(report))
    };
    let names = |given: &[Given]| merged(given).runs.into_iter().map(|run| run.name).collect::<Vec<_>>();
    assert_eq!(names(&[unnamed("dir/a.json", of_range("1"))]), ["10.0.1.0/24"]);
    assert_eq!(names(&[unnamed("dir/a.json", without_range())]), ["a.json"]);
    assert_eq!(names(&[unnamed("-", without_range())]), ["standard input"]);
    let both = [unnamed("x/a.json", of_range("1")), unnamed("y/a.json", of_range("2"))];
    assert_eq!(names(&both), ["x/a.json", "y/a.json"]);
}

#[test]
fn runs_that_can_not_be_told_apart_are_refused_in_a_sentence() {
    let table = [
        (
            vec![given("a", 1, fixtures::healthy()), given("a", 2, fixtures::healthy())],
            "two runs are called a: give each a name of its own, NAME=REPORT",
        ),
        (
            vec![given("a", 1, fixtures::healthy()), merge::exit_code("a=0").unwrap()],
            "two runs are called a: give each a name of its own, NAME=REPORT",
        ),
        (
            vec![given("a", 1, fixtures::healthy()), given("b", 1, fixtures::healthy())],
            "report b.json: it is of the same run as a.json (id 8f14e45f00000001)",
        ),
    ];
    for (runs, expected) in table {
        assert_eq!(merge::merge(&runs).unwrap_err(), expected);
    }
}

#[test]
fn runs_that_were_asked_something_else_are_noted() {
    let mut other = fixtures::healthy();
    other.inputs.services.push("kms".to_owned());
    let mut patient = fixtures::healthy();
    patient.inputs.limits.deadline_ms = 1;
    let runs = [given("a", 1, fixtures::healthy()), given("b", 2, other), given("c", 3, patient)];
    let notes = merged(&runs).notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("the inputs of b differ from those of a"), "{notes:?}");
    assert_eq!(merged(&[runs[0].clone(), runs[2].clone()]).notes, Vec::<String>::new());
}

/// What is as bad as it can be: the network's words, the operator's names, the platform's reasons.
fn nasty() -> Vec<Given> {
    let nasty = "\u{1b}[2J\u{9b}31m\r\n\u{202e}漢字\u{200b}\u{7}";
    let long = "subnet-".repeat(40);
    vec![
        given("subnet-a", 1, fixtures::hostile()),
        given(&format!("{nasty}{long}"), 2, fixtures::hostile()),
        given(&long, 3, fixtures::broken()),
        given("short", 4, fixtures::inconclusive()),
        merge::exit_code(&format!("{nasty}=137")).unwrap(),
        merge::not_started(&format!("x{nasty}={}", nasty.repeat(9_000))).unwrap(),
        merge::not_started("nothing=").unwrap(),
    ]
}

#[test]
fn nothing_steers_the_terminal_but_our_own_colours() {
    let merged = merged(&nasty());
    let turns = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
    let steers = |c: char| c != '\n' && (c.is_control() || turns(c));
    for form in [text::render(&merged, plain(80)), text::render(&merged, plain(40)), merge::json(&merged)] {
        assert_eq!(form.chars().find(|c| steers(*c)), None);
    }
    let mut bare = text::render(&merged, Look { style: Style::Colour, ..plain(80) });
    for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[32m", "\u{1b}[1;31m", "\u{1b}[33m"] {
        bare = bare.replace(code, "");
    }
    assert_eq!(bare, text::render(&merged, plain(80)));
}

#[test]
fn no_line_is_wider_than_the_page_but_for_words_of_commands() {
    for given in [six(), nasty()] {
        let merged = merged(&given);
        let commands: Vec<&str> = merged
            .findings
            .iter()
            .flat_map(|finding| &finding.fix)
            .filter_map(|step| step.fix.command.as_deref())
            .collect();
        for width in (40..=160).step_by(8) {
            let text = text::render(&merged, plain(width));
            for line in text.lines().filter(|line| line.width() > width) {
                let word = line.trim().trim_end_matches(" \\");
                let is_quoted = word.starts_with(['\'', '"']) || !word.contains(' ');
                let is_hostile = word.contains("\\x1b");
                let is_word = is_hostile || commands.iter().any(|command| command.contains(word));
                assert!(is_word && is_quoted, "in {width}: {line}");
            }
        }
    }
}
