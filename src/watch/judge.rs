//! What many rounds mean beside the one that the report is of: a run that lost anything is never plainly green.

use super::clock::{rounds, time_of_day};
use super::{Series, Watch};
use crate::diagnosis::{Certainty, CheckResult, CheckStatus, Finding, FindingId, Fix, Judgement, Severity, Verdict};
use crate::plan::Plan;

/// A sentence about checks names so many of them.
const NAMED: usize = 4;

/// Add to the judgement of one round what the others showed. The same watch and judgement give the same again.
pub fn judge(watch: &Watch, plan: &Plan, judgement: &mut Judgement) {
    let hurt = hurt(watch, judgement);
    if !hurt.is_empty() {
        let finding = finding(watch, plan, &hurt);
        let sentence = finding.summary.clone();
        judgement.warn(plan, finding);
        if judgement.verdict == Verdict::Pass {
            let sentence = sentence.trim_end_matches('.');
            judgement.headline = format!("the last round is good, and not all of them were: {sentence}");
        }
    } else if judgement.verdict == Verdict::Pass && watch.rounds > 1 {
        judgement.headline += &match watch.inconclusive {
            0 => format!(", in each of {} rounds", watch.rounds),
            some => format!(", in the last of {} rounds; {some} of them could not be judged", watch.rounds),
        };
    }
    if watch.rounds > 1 {
        judgement.headline = match judgement.verdict {
            Verdict::Fail if watch.failed > 0 => {
                format!("{}: {}", failing_rounds(watch, judgement), judgement.headline)
            }
            Verdict::Inconclusive => {
                format!("{}; of {} rounds {} failed", judgement.headline, watch.rounds, watch.failed)
            }
            Verdict::Pass | Verdict::Fail => return,
        };
    }
}

/// Required checks that failed, or passed with a warning, in other rounds, and do not in this one.
fn hurt<'w>(watch: &'w Watch, judgement: &'w Judgement) -> Vec<(&'w Series, &'w CheckResult)> {
    let now = |series: &Series| judgement.checks.iter().find(|check| check.id == series.check && check.required);
    let is_hurt = |(series, check): &(&Series, &CheckResult)| match check.status {
        CheckStatus::Fail => false,
        CheckStatus::Warn => series.failed > 0,
        CheckStatus::Pass | CheckStatus::NotRun => series.failed > 0 || series.warned > 0,
    };
    watch.checks.iter().filter_map(|series| Some((series, now(series)?))).filter(is_hurt).collect()
}

fn finding(watch: &Watch, plan: &Plan, hurt: &[(&Series, &CheckResult)]) -> Finding {
    let mut purposes: Vec<_> = hurt.iter().map(|(_, check)| check.purpose).collect();
    crate::order::naturally(&mut purposes);
    purposes.dedup();
    Finding {
        id: FindingId::SlowPath,
        severity: Severity::Warning,
        certainty: Certainty::Certain,
        purposes,
        checks: hurt.iter().map(|(series, _)| series.check.clone()).collect(),
        evidence: Vec::new(),
        summary: format!("{}.", summary(watch, hurt)),
        meaning: meaning(hurt).to_owned(),
        fix: fixes(plan, hurt),
        alternatives: Vec::new(),
        tell_apart: None,
        ecs_error: None,
        compared: None,
        hides: Vec::new(),
        culprit: None,
        also: Vec::new(),
    }
}

/// `ecr.dkr and logs: 14 of 300 rounds failed, from 14:03:07Z to 14:04:17Z (endpoint-silent)`: one for all that say the same.
fn summary(watch: &Watch, hurt: &[(&Series, &CheckResult)]) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (series, _) in hurt {
        let what = lost(watch, series);
        match groups.iter_mut().find(|(known, _)| *known == what) {
            Some((_, checks)) => checks.push(&series.check.0),
            None => groups.push((what, vec![&series.check.0])),
        }
    }
    let more = groups.len().saturating_sub(NAMED);
    let told: Vec<_> = groups.iter().take(NAMED).map(|(what, checks)| format!("{}: {what}", names(checks))).collect();
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{rest}", told.join("; "))
}

/// What one check lost.
fn lost(watch: &Watch, series: &Series) -> String {
    let asked = series.asked.min(watch.rounds);
    let mut parts = Vec::new();
    if series.failed > 0 {
        parts.push(format!("{} of {} failed", series.failed, rounds(asked)));
    }
    if series.warned > 0 {
        let of = if series.failed > 0 { String::new() } else { format!(" of {}", rounds(asked)) };
        parts.push(format!("{}{of} passed with a warning", series.warned));
    }
    let by: Vec<String> = series.by.iter().take(NAMED).map(ToString::to_string).collect();
    let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
    format!("{}{}{by}", parts.join(" and "), between(series.first_at.as_deref(), series.last_at.as_deref()))
}

/// `, from 14:03:07Z to 14:04:17Z`; the days as well, where they are two.
fn between(first: Option<&str>, last: Option<&str>) -> String {
    let (Some(first), Some(last)) = (first, last) else { return String::new() };
    let (Some(from), Some(to)) = (time_of_day(first), time_of_day(last)) else { return String::new() };
    match (day(first), day(last)) {
        _ if first == last => format!(", at {from}"),
        (Some(one), Some(other)) if one != other => format!(", from {one} {from} to {other} {to}"),
        _ => format!(", from {from} to {to}"),
    }
}

/// The day of a moment; none where a saved report says something else.
fn day(at: &str) -> Option<&str> {
    at.get(..10).filter(|day| day.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()))
}

fn names(checks: &[&str]) -> String {
    match checks {
        [one] => (*one).to_owned(),
        [all @ .., last] if all.len() < NAMED => format!("{} and {last}", all.join(", ")),
        many => format!("{} and {} more", many[..NAMED - 1].join(", "), many.len() + 1 - NAMED),
    }
}

fn meaning(hurt: &[(&Series, &CheckResult)]) -> &'static str {
    let most = |count: fn(&Series) -> u64| hurt.iter().map(|(series, _)| count(series)).max().unwrap_or(0);
    match (most(|series| series.failed), most(|series| series.spells)) {
        (0, _) => "It answers, and not always at once: starts become slow, or fail by chance.",
        (_, 0 | 1) => {
            "It broke once and works now: a change, a restart or a fail-over. A task that starts in such a time fails."
        }
        _ => "It comes and goes: starts fail by chance, and the next spell is a matter of time.",
    }
}

fn fixes(plan: &Plan, hurt: &[(&Series, &CheckResult)]) -> Vec<Fix> {
    let step = |action: &str, command: Option<String>| Fix { action: action.to_owned(), command };
    let region = plan.place.own_region.as_deref().unwrap_or(plan.place.region.as_str());
    let second = |at: &Option<String>| {
        let at = at.as_deref()?;
        Some(format!("{}T{}", day(at)?, time_of_day(at)?))
    };
    let first = hurt.iter().filter_map(|(series, _)| second(&series.first_at)).min();
    let last = hurt.iter().filter_map(|(series, _)| second(&series.last_at)).max();
    let command = first.zip(last).map(|(first, last)| {
        format!("aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventSource,AttributeValue=ec2.amazonaws.com --start-time {first} --end-time {last}")
    });
    vec![
        step("see what was changed at that time: endpoints, route tables, groups, ACLs, the resolver", command),
        step("watch it again, for longer than the time between two spells: --for 60m --every 1s", None),
    ]
}

/// `14 of 300 rounds failed, from 14:03:07Z to 14:04:17Z`.
fn failing_rounds(watch: &Watch, judgement: &Judgement) -> String {
    if watch.failed >= watch.rounds {
        return format!("all {} rounds failed", watch.rounds);
    }
    let is_needed = |series: &Series| judgement.checks.iter().any(|check| check.id == series.check && check.required);
    let failed = || watch.checks.iter().filter(|series| series.failed > 0 && is_needed(series));
    let first = failed().filter_map(|series| series.first_at.as_deref()).min();
    let last = failed().filter_map(|series| series.last_at.as_deref()).max();
    format!("{} of {} rounds failed{}", watch.failed, watch.rounds, between(first, last))
}
