//! What a report says of many rounds, held against what the scenario expects.

use serde_json::Value;

use super::{items, text};
use crate::scenario::{Expect, ExpectedSeries, Span};

/// Says what differs.
pub fn compare(expect: &Expect, report: &Value, wrong: &mut Vec<String>) {
    let watch = &report["watch"];
    let Some(expected) = &expect.watch else {
        if !watch.is_null() {
            wrong.push("a report of many rounds where one is expected".to_owned());
        }
        return;
    };
    let mut span = |what: &str, expected: Span, found: u64| within(wrong, what, expected, found);
    span("rounds", expected.rounds, number(watch, "rounds"));
    span("failed rounds", expected.failed, number(watch, "failed"));
    let after = number(watch, "rounds").saturating_sub(number(watch, "round"));
    if let Some(rounds) = expected.rounds_after.filter(|rounds| *rounds != after) {
        wrong.push(format!("the report is of a round with {after} rounds after it, expected {rounds}"));
    }
    for (check, expected) in &expected.checks {
        match items(watch, "checks").find(|series| text(series, "check") == check) {
            Some(found) => series(check, expected, found, report, wrong),
            None => wrong.push(format!("{check} is not in the watch")),
        }
    }
    let Some(other) = &expected.others else { return };
    for found in items(watch, "checks").filter(|found| !expected.checks.contains_key(text(found, "check"))) {
        series(text(found, "check"), other, found, report, wrong);
    }
}

fn series(check: &str, expected: &ExpectedSeries, found: &Value, report: &Value, wrong: &mut Vec<String>) {
    let turns: Vec<&Value> = items(found, "turns").collect();
    if let Some(expected) = expected.turns.as_ref().filter(|expected| !are(expected, &turns)) {
        wrong.push(format!("{check}: expected the turns {expected:?}, found {turns:?}"));
    }
    let route = turns.last().map_or_else(|| route_in(report, check), |turn| text(turn, "route"));
    if let Some(expected) = expected.route.as_deref().filter(|expected| *expected != route) {
        wrong.push(format!("{check} goes by {route:?} in the end, expected {expected:?}"));
    }
    let count = |list: &str| items(found, list).count() as u64;
    let lost: Vec<u64> = items(found, "addresses").map(|address| lost_in(address, "rungs")).collect();
    let rows = [
        ("lost", expected.lost, lost.iter().sum()),
        (
            "addresses that lost anything",
            expected.losing_addresses,
            lost.iter().filter(|lost| **lost > 0).count() as u64,
        ),
        ("unanswered", expected.unanswered, lost_in(found, "resolvers")),
        ("answers", expected.answers, count("answers")),
        ("addresses", expected.addresses, count("addresses")),
        ("left out", expected.left_out, number(found, "left_out")),
    ];
    for (what, span, found) in rows {
        within(wrong, &format!("{check}: {what}"), span, found);
    }
    for silent in turns.iter().filter_map(|turn| turn.get("silent_ms").and_then(Value::as_u64)) {
        within(wrong, &format!("{check}: silent_ms"), expected.silent_ms, silent);
    }
}

/// Each turn is `WHAT`, or `WHAT FINDING`.
fn are(expected: &[String], turns: &[&Value]) -> bool {
    let is = |(expected, turn): (&String, &&Value)| {
        let (what, by) = expected.split_once(' ').map_or((expected.as_str(), None), |(what, by)| (what, Some(by)));
        what == text(turn, "what") && by.is_none_or(|by| by == text(turn, "finding"))
    };
    expected.len() == turns.len() && expected.iter().zip(turns).all(is)
}

fn within(wrong: &mut Vec<String>, what: &str, span: Span, found: u64) {
    if !span.holds(found) {
        let limits = [("at least", span.at_least), ("at most", span.at_most)];
        let limits: Vec<String> =
            limits.iter().filter_map(|(word, limit)| limit.map(|limit| format!("{word} {limit}"))).collect();
        wrong.push(format!("{what}: {found}, expected {}", limits.join(" and ")));
    }
}

fn route_in<'a>(report: &'a Value, check: &str) -> &'a str {
    let found = items(report, "checks").find(|item| text(item, "id") == check);
    found.map_or("no such check", |item| text(item, "observed_route"))
}

fn lost_in(value: &Value, list: &str) -> u64 {
    items(value, list).map(|times| number(times, "lost")).sum()
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or_default()
}
