//! What many rounds showed, by check and rung: addresses come and go, and would be series without end.

use std::collections::BTreeMap;

use super::super::examined::{seconds, slug};
use super::page::Page;
use crate::observation::Rung;
use crate::watch::{Series, Times, TurnKind, Watch};

/// What was asked on one rung, over all targets.
#[derive(Default)]
struct Sum {
    asked: u64,
    lost: u64,
    /// Median, 95 of 100 and highest, each that of the slowest target.
    times: [Option<u64>; 3],
}

pub(super) fn write(page: &mut Page, watch: &Watch) {
    page.family("vpcprobe_watch_rounds", "How many rounds of asking came out how.");
    let passed = watch.rounds.saturating_sub(watch.failed).saturating_sub(watch.inconclusive);
    for (verdict, count) in [("pass", passed), ("fail", watch.failed), ("inconclusive", watch.inconclusive)] {
        page.value(&[("verdict", verdict)], &count.to_string());
    }
    checks(page, &watch.checks);
    rungs(page, &watch.checks);
}

fn checks(page: &mut Page, checks: &[Series]) {
    type Figure = fn(&Series) -> Option<String>;
    let figures: [(&str, &str, Figure); 6] = [
        ("vpcprobe_watch_check_rounds", "Rounds in which the check was examined.", |check| {
            Some(check.asked.to_string())
        }),
        ("vpcprobe_watch_check_failed_rounds", "Rounds in which it failed.", |check| Some(check.failed.to_string())),
        ("vpcprobe_watch_check_breaks", "How often it broke.", |check| Some(count(check, TurnKind::Broke))),
        ("vpcprobe_watch_check_reroutes", "How often its route became another.", |check| {
            Some(count(check, TurnKind::Rerouted))
        }),
        ("vpcprobe_watch_check_longest_failure_seconds", "The longest time of failing before it healed.", |check| {
            check.turns.iter().filter_map(|turn| turn.failing_ms).max().map(seconds)
        }),
        (
            "vpcprobe_watch_check_longest_silence_seconds",
            "The longest time in which nobody answered, before it healed.",
            |check| check.turns.iter().filter_map(|turn| turn.silent_ms).max().map(seconds),
        ),
    ];
    for (name, help, figure) in figures {
        page.family(name, help);
        for check in checks {
            if let Some(value) = figure(check) {
                page.value(&[("check", &check.check.0)], &value);
            }
        }
    }
}

fn count(check: &Series, what: TurnKind) -> String {
    check.turns.iter().filter(|turn| turn.what == what).count().to_string()
}

fn rungs(page: &mut Page, checks: &[Series]) {
    let sums: Vec<_> = checks.iter().map(|check| (check.check.0.as_str(), sums(check))).collect();
    let each = || sums.iter().flat_map(|(check, sums)| sums.iter().map(move |(rung, sum)| (*check, slug(rung), sum)));
    page.family("vpcprobe_watch_attempts", "Attempts on a rung, over all addresses and resolvers.");
    each().for_each(|(check, rung, sum)| page.value(&[("check", check), ("rung", &rung)], &sum.asked.to_string()));
    page.family("vpcprobe_watch_lost_attempts", "Those that got no answer.");
    each().for_each(|(check, rung, sum)| page.value(&[("check", check), ("rung", &rung)], &sum.lost.to_string()));
    page.family(
        "vpcprobe_watch_duration_seconds",
        "Times of answers on a rung: those of its slowest address or resolver.",
    );
    for (check, rung, sum) in each() {
        for (stat, ms) in ["median", "p95", "max"].into_iter().zip(sum.times) {
            if let Some(ms) = ms {
                page.value(&[("check", check), ("rung", &rung), ("stat", stat)], &seconds(ms));
            }
        }
    }
}

fn sums(check: &Series) -> BTreeMap<Rung, Sum> {
    let mut sums: BTreeMap<Rung, Sum> = BTreeMap::new();
    let resolvers = check.resolvers.iter().map(|asked| (Rung::Resolve, asked.times));
    let climbed = check.addresses.iter().flat_map(|to| &to.rungs).map(|rung| (rung.rung, rung.times));
    for (rung, times) in resolvers.chain(climbed) {
        let Times { asked, lost, median_ms, p95_ms, max_ms } = times;
        let sum = sums.entry(rung).or_default();
        sum.asked = sum.asked.saturating_add(asked);
        sum.lost = sum.lost.saturating_add(lost);
        for (slowest, ms) in sum.times.iter_mut().zip([median_ms, p95_ms, max_ms]) {
            *slowest = (*slowest).max(ms);
        }
    }
    sums
}
