//! What many rounds mean beside the one that the report is of: a run that lost anything is never plainly green.

use std::cmp::Reverse;

use super::clock::{moved, rounds, time_of_day};
use super::{Series, Times, TurnKind, Watch};
use crate::diagnosis::{Certainty, CheckResult, CheckStatus, Finding, FindingId, Fix, Judgement, Severity, Verdict};
use crate::plan::Plan;

/// A sentence about checks names so many of them.
const NAMED: usize = 4;

/// A change is made before the first round that shows it, and undone before the turn that does: minutes in which to look.
const BEFORE: i64 = 15;
const AFTER: i64 = 5;

/// What to do about loss alone.
const LOSSY: &str = "see what limits or drops there: the VPC's resolver drops what is beyond 1,024 packets a second of a \
                     network interface; of an address see the load of what is on the path to it";

/// Add to the judgement of one round what the others showed. The same watch and judgement give the same again.
pub fn judge(watch: &Watch, plan: &Plan, judgement: &mut Judgement) {
    let hurt = hurt(watch, judgement);
    let is_only_lossy = hurt.iter().all(|(series, _)| !is_bad(series));
    if !hurt.is_empty() {
        let finding = finding(watch, plan, &hurt);
        let sentence = finding.summary.clone();
        judgement.warn(plan, finding);
        if judgement.verdict == Verdict::Pass {
            let sentence = sentence.trim_end_matches('.');
            let what = if is_only_lossy { "not every try of all rounds was answered" } else { "not all of them were" };
            judgement.headline = format!("the last round is good, and {what}: {sentence}");
        }
    } else if judgement.verdict == Verdict::Pass && watch.rounds > 1 {
        judgement.headline += &match watch.inconclusive {
            0 => format!(", in each of {} rounds", watch.rounds),
            some => format!(", in the last of {} rounds; {some} of them could not be judged", watch.rounds),
        };
    }
    if watch.rounds > 1 {
        judgement.headline = match judgement.verdict {
            Verdict::Fail if watch.failed > 0 => format!("{}: {}", failing_rounds(watch), judgement.headline),
            Verdict::Inconclusive => {
                format!("{}; of {} rounds {} failed", judgement.headline, watch.rounds, watch.failed)
            }
            Verdict::Pass | Verdict::Fail => return,
        };
    }
}

/// Whether a round failed, or passed with a warning.
fn is_bad(series: &Series) -> bool {
    series.failed > 0 || series.warned > 0
}

/// Required checks that failed, or passed with a warning, in other rounds, and do not in this one; and all that lost what
/// was answered when it was tried again.
fn hurt<'w>(watch: &'w Watch, judgement: &'w Judgement) -> Vec<(&'w Series, &'w CheckResult)> {
    let now = |series: &Series| judgement.checks.iter().find(|check| check.id == series.check);
    let is_hurt = |(series, check): &(&Series, &CheckResult)| match check.status {
        CheckStatus::Fail => false,
        CheckStatus::Warn => check.required && series.failed > 0,
        CheckStatus::Pass | CheckStatus::NotRun => {
            check.required && is_bad(series) || !losses(series, check).is_empty()
        }
    };
    watch.checks.iter().filter_map(|series| Some((series, now(series)?))).filter(is_hurt).collect()
}

/// What was lost and answered when tried again, by whom. A resolver that loses questions loses those of any name; an address
/// counts where the start needs it. Where most of what the start does without is lost, its name is the cause, and no overload.
fn losses(series: &Series, check: &CheckResult) -> Vec<(String, Times)> {
    let is_lossy = |times: &Times| {
        let is_answered = if check.required { times.lost < times.asked } else { times.lost <= times.asked / 2 };
        times.lost > 0 && is_answered && !(check.required && series.failed > 0)
    };
    let resolvers = series.resolvers.iter().map(|asked| (format!("questions to {}", asked.resolver), asked.times));
    let addresses = series
        .addresses
        .iter()
        .filter(|_| check.required)
        .flat_map(|to| to.rungs.iter().map(|climbed| (format!("attempts at {}", to.address), climbed.times)));
    resolvers.chain(addresses).filter(|(_, times)| is_lossy(times)).collect()
}

/// `10 of 16 questions to 10.0.0.2:53 were lost (62.5 %)`, the worst first.
fn lossy(hurt: &[(&Series, &CheckResult)]) -> Vec<String> {
    let mut sums: Vec<(String, Times)> = Vec::new();
    for (whom, times) in hurt.iter().flat_map(|(series, check)| losses(series, check)) {
        match sums.iter_mut().find(|(known, _)| *known == whom) {
            Some((_, sum)) => {
                sum.asked = sum.asked.saturating_add(times.asked);
                sum.lost = sum.lost.saturating_add(times.lost);
            }
            None => sums.push((whom, times)),
        }
    }
    crate::order::by_key(&mut sums, |(_, sum)| Reverse(sum.lost));
    let told = |(whom, Times { asked, lost, .. }): &(String, Times)| {
        let share = lost.saturating_mul(1_000).checked_div(*asked).unwrap_or_default();
        format!("{lost} of {asked} {whom} were lost ({}.{} %)", share / 10, share % 10)
    };
    sums.iter().take(NAMED).map(told).collect()
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
    for (series, _) in hurt.iter().filter(|(series, _)| is_bad(series)) {
        let what = lost(watch, series);
        match groups.iter_mut().find(|(known, _)| *known == what) {
            Some((_, checks)) => checks.push(&series.check.0),
            None => groups.push((what, vec![&series.check.0])),
        }
    }
    let more = groups.len().saturating_sub(NAMED);
    let told = groups.iter().take(NAMED).map(|(what, checks)| format!("{}: {what}", names(checks)));
    let rest = (more > 0).then(|| format!("and {more} more"));
    told.chain(rest).chain(lossy(hurt)).collect::<Vec<_>>().join("; ")
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
        (_, 0 | 1) if hurt.iter().all(|(series, _)| series.failed == 0 || was_broken(series)) => {
            "It was broken from the beginning, and works now: a change or a fail-over mended it. A task that started before \
             that failed."
        }
        (_, 0 | 1) => {
            "It broke once and works now: a change, a restart or a fail-over. A task that starts in such a time fails."
        }
        _ => "It comes and goes: starts fail by chance, and the next spell is a matter of time.",
    }
}

/// Whether it was broken when the watch began.
fn was_broken(series: &Series) -> bool {
    series.turns.iter().find(|turn| turn.what != TurnKind::Rerouted).is_some_and(|turn| turn.what == TurnKind::Healed)
}

/// When a check was not well for the last time, or when it was well again.
fn ends(series: &Series) -> impl Iterator<Item = &str> {
    let healed = series.turns.iter().filter(|turn| turn.what == TurnKind::Healed).map(|turn| turn.at.as_str());
    series.last_at.as_deref().into_iter().chain(healed)
}

fn fixes(plan: &Plan, hurt: &[(&Series, &CheckResult)]) -> Vec<Fix> {
    let step = |action: &str, command: Option<String>| Fix { action: action.to_owned(), command };
    let region = plan.place.own_region.as_deref().unwrap_or(plan.place.region.as_str());
    let first = hurt.iter().filter_map(|(series, _)| moved(series.first_at.as_deref()?, -BEFORE)).min();
    let last = hurt.iter().flat_map(|(series, _)| ends(series)).filter_map(|at| moved(at, AFTER)).max();
    let command = first.zip(last).map(|(first, last)| {
        format!("aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventSource,AttributeValue=ec2.amazonaws.com --start-time {first} --end-time {last}")
    });
    if hurt.iter().all(|(series, _)| !is_bad(series)) {
        return vec![step(LOSSY, None)];
    }
    vec![
        step("see what was changed at that time: endpoints, route tables, groups, ACLs, the resolver", command),
        step("watch it again, for longer than the time between two spells: --for 60m --every 1s", None),
    ]
}

/// `14 of 300 rounds failed, from 14:03:07Z to 14:04:17Z`.
fn failing_rounds(watch: &Watch) -> String {
    if watch.failed >= watch.rounds {
        return format!("all {} rounds failed", watch.rounds);
    }
    let between = between(watch.first_failed_at.as_deref(), watch.last_failed_at.as_deref());
    format!("{} of {} rounds failed{between}", watch.failed, watch.rounds)
}
