//! Stored reports of field situations, judged again: each gives the findings that were reviewed.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

#[path = "cases/corpus.rs"]
mod corpus;
#[path = "data/held.rs"]
mod held;
#[path = "cases/told.rs"]
mod told;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use vpcprobe::explain;
use vpcprobe::report::{Report, json};

use corpus::{CASES, Case, WORDS, files, index};
use held::{hold, path};
use told::told;

/// The largest file, and all of them: what people clone and what a test reads.
const MOST_BYTES: u64 = 80_000;
const MOST_BYTES_IN_ALL: u64 = 2_500_000;

#[test]
fn a_stored_report_gives_the_findings_that_were_reviewed() {
    for case in CASES.iter() {
        hold(&format!("tests/cases/{}.findings.txt", case.name), &told(case), "--test cases");
    }
    assert_eq!(files(".findings.txt"), listed(), "a text that is left over from a case that is gone");
}

#[test]
fn the_causes_named_are_the_true_ones_and_no_others() {
    let mut wrong = Vec::new();
    for case in CASES.iter() {
        for (view, judged, truth) in
            [("inside", Some(case.judged()), "cause"), ("with the operator's view", case.viewed(), "viewed")]
        {
            let named = judged.map(|report| told::causes(&report));
            let expected = case.words.get(truth).cloned();
            if named != expected {
                wrong.push(format!("{}, {view}: named {named:?}, the index says {expected:?}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn judging_twice_gives_the_same() {
    for case in CASES.iter() {
        assert_eq!(case.judged_again(case.judged()), case.judged(), "{}", case.name);
    }
}

#[test]
fn the_command_judges_as_the_library_does() {
    for case in CASES.iter() {
        let told = |report: Report| (Some(i32::from(report.exit_code)), json::render(&report));
        assert_eq!(diagnose(case, false), told(case.judged()), "{}", case.name);
        if let Some(viewed) = case.viewed() {
            assert_eq!(diagnose(case, true), told(viewed), "{}, with the operator's view", case.name);
        }
    }
}

/// What `vpcprobe diagnose -` makes of a report on its standard input.
fn diagnose(case: &Case, with_network: bool) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe"));
    command.args(["diagnose", "-", "--format", "json"]).env_clear();
    if let Some(network) = case.network.as_ref().filter(|_| with_network) {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.network.json", case.name));
        std::fs::write(&file, network).unwrap();
        command.arg("--network").arg(file);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(case.report.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// What people read first is the stop reason: it leads to the same cause, or the index says whereto it leads instead.
#[test]
fn the_stop_reason_leads_to_the_cause_or_is_known_to_mislead() {
    let mut astray = Vec::new();
    for case in CASES.iter() {
        let Some(stop) = case.words.get("stop") else { continue };
        let reason = explain::stop_reason(stop);
        let first = case.words["cause"].split(' ').next().unwrap();
        assert_eq!((reason.known, reason.probe_sees_it), (true, first != "none"), "{}", case.name);
        let ids: Vec<_> = reason.findings.iter().map(|cause| cause.id).collect();
        let misled = ids.first().filter(|_| !ids.contains(&first)).copied();
        if case.words.get("misleads").map(String::as_str) != misled {
            astray.push(format!("{}: {first}; the stop reason leads to {ids:?}", case.name));
        }
    }
    assert!(astray.is_empty(), "{}", astray.join("\n"));
}

#[test]
fn every_case_has_its_files_and_every_file_its_case() {
    assert_eq!(files(".json"), listed(), "scripts/record-cases makes what lacks");
    let scenarios: BTreeSet<String> = CASES.iter().filter_map(|case| case.words.get("scenario").cloned()).collect();
    let own = corpus::files_of("tests/cases/scenarios", ".toml");
    assert_eq!(own.difference(&scenarios).collect::<Vec<_>>(), Vec::<&String>::new(), "nobody records these");
    for name in scenarios.difference(&own) {
        assert!(path(&format!("lab/scenarios/{name}.toml")).exists(), "{name} is no scenario");
    }
}

/// The names of the cases.
fn listed() -> BTreeSet<String> {
    index().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_file_says_what_the_index_says() {
    for (case, (name, words)) in CASES.iter().zip(index()) {
        assert_eq!((&case.name, &case.words), (&name, &words), "scripts/record-cases writes it into the file");
        let unknown: Vec<_> = words.keys().filter(|word| !WORDS.contains(&word.as_str())).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
        assert!(["symptom", "cause", "rows"].iter().all(|word| words.contains_key(*word)), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{name}");
        let needs_network = words.get("view").is_some_and(|view| view == "yes");
        assert_eq!((case.network.is_some(), words.contains_key("viewed")), (needs_network, needs_network), "{name}");
    }
}

#[test]
fn the_corpus_has_what_people_really_hit() {
    let all = |word: &str| -> Vec<u32> {
        let of = |case: &Case| case.words.get(word).cloned().unwrap_or_default();
        CASES
            .iter()
            .flat_map(|case| of(case).split_whitespace().map(|part| part.parse().unwrap()).collect::<Vec<u32>>())
            .collect()
    };
    let ranks: BTreeSet<u32> = all("rank").into_iter().collect();
    assert_eq!(ranks, (1..=25).collect(), "root causes by rank");
    for hard in 1..=5 {
        assert!(all("hard").iter().filter(|case| **case == hard).count() >= 2, "hard case {hard} has one side only");
    }
    let healthy = CASES.iter().filter(|case| case.words["cause"] == "none").count();
    assert!(healthy >= 5, "{healthy} cases in which nothing is wrong");
}

#[test]
fn the_corpus_stays_small() {
    let mut all = 0;
    for name in files(".json") {
        let size = std::fs::metadata(path(&format!("tests/cases/{name}.json"))).unwrap().len();
        assert!(size <= MOST_BYTES, "{name}.json has {size} bytes: record a smaller scenario");
        all += size;
    }
    assert!(all <= MOST_BYTES_IN_ALL, "{all} bytes in all");
}

/// What a recording could carry along: the lab's secrets are checked where it records, a machine's paths here.
#[test]
fn no_case_knows_the_machine_that_recorded_it() {
    for case in CASES.iter() {
        let report: Value = serde_json::from_str(&case.report).unwrap();
        let roots = report["inputs"]["roots"].as_str();
        assert!(roots.is_none_or(|roots| roots.starts_with("/run/vpcprobe-lab/")), "{}: {roots:?}", case.name);
        for place in ["/home/", "/root/", "/tmp/", "\"file:"] {
            assert!(!case.report.contains(place), "{}: {place}", case.name);
        }
    }
}
