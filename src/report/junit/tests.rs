//! What a case says, where the stored reports have no such thing.

use super::*;
use crate::report::parse;

/// What a test changes of a report.
type Edit = fn(&mut serde_json::Value);

/// A report of one check in some state, with what is given in place of its parts.
fn report(status: &str, verdict: &str, edit: impl Fn(&mut serde_json::Value)) -> Report {
    let text = include_str!("../../../tests/snapshots/broken.json");
    let mut document: serde_json::Value = serde_json::from_str(text).unwrap();
    document["verdict"] = verdict.into();
    document["exit_code"] = match verdict {
        "pass" => 0,
        "fail" => 33,
        _ => 71,
    }
    .into();
    let check = document["checks"][0].clone();
    document["checks"] = serde_json::json!([check]);
    document["checks"][0]["status"] = status.into();
    document["findings"] = serde_json::json!([]);
    edit(&mut document);
    parse(&document.to_string()).unwrap()
}

#[test]
fn the_verdict_shows_whatever_the_checks_say() {
    let signal = |document: &mut serde_json::Value| {
        document["observations"][0]["outcome"] = "not_tried".into();
        document["observations"][0]["why"] = "signal".into();
    };
    let table: [(&str, &str, Edit, [usize; 3]); 5] = [
        ("pass", "pass", |_| (), [0, 0, 0]),
        ("pass", "fail", |_| (), [1, 0, 0]),
        ("fail", "fail", |_| (), [1, 0, 0]),
        ("not_run", "inconclusive", |_| (), [0, 1, 1]),
        ("not_run", "inconclusive", signal, [0, 2, 0]),
    ];
    for (status, verdict, edit, expected) in table {
        let text = render(&report(status, verdict, edit));
        let count = |tag: &str| text.matches(&format!("<{tag} ")).count();
        assert_eq!(["failure", "error", "skipped"].map(count), expected, "{status} {verdict}: {text}");
    }
}

#[test]
fn many_checks_that_fail_by_one_cause_tell_it_whole_a_few_times() {
    let many = |document: &mut serde_json::Value| {
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/snapshots/broken.json")).unwrap();
        let check = document["checks"][0].clone();
        let checks: Vec<_> = (0..100)
            .map(|n| {
                let mut check = check.clone();
                check["id"] = format!("host-{n}.example:443").into();
                check
            })
            .collect();
        document["findings"] = serde_json::json!([whole["findings"][0]]);
        document["findings"][0]["checks"] = checks.iter().map(|check| check["id"].clone()).collect();
        document["checks"] = checks.into();
    };
    let text = render(&report("fail", "fail", many));
    assert_eq!(text.matches("<failure ").count(), 100);
    assert_eq!(text.matches("What to do stands at host-0.example:443.").count(), 100 - WHOLE);
}
