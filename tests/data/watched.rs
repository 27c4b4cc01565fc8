//! A report of many rounds.

use std::net::SocketAddr;

use vpcprobe::diagnosis::{FindingId, ObservedRoute};
use vpcprobe::plan::{CheckId, Rung};
use vpcprobe::report::Report;
use vpcprobe::watch::{AddressSeries, AnswerSeries, ResolverSeries, RungSeries, Series, Times, Turn, TurnKind, Watch};

use super::fixtures;

/// The broken report as the last of 60 rounds: logs broke, healed and broke again.
pub fn watched() -> Report {
    let mut report = fixtures::broken();
    let [resolver, near, far]: [SocketAddr; 3] =
        ["10.0.0.2:53", "10.0.1.11:443", "10.0.2.11:443"].map(|address| address.parse().unwrap());
    let times = |lost, median, p95, max| Times {
        asked: 60,
        lost,
        median_ms: Some(median),
        p95_ms: Some(p95),
        max_ms: Some(max),
    };
    let address = |address, times| AddressSeries { address, rungs: vec![RungSeries { rung: Rung::Connect, times }] };
    let turn = |at: &str, round, what, finding, silent_ms| Turn {
        at: at.to_owned(),
        at_ms: (round - 1) * 5_000,
        round,
        what,
        route: ObservedRoute::Private,
        finding,
        failing_ms: silent_ms,
        silent_ms,
    };
    let series = Series {
        check: CheckId("logs".to_owned()),
        asked: 60,
        failed: 12,
        warned: 0,
        spells: 2,
        first_at: Some("2025-06-15T15:07:40.123Z".to_owned()),
        last_at: Some("2025-06-15T15:11:35.123Z".to_owned()),
        by: vec![FindingId::EndpointSilent],
        resolvers: vec![ResolverSeries { resolver, times: times(1, 2, 9, 2_000) }],
        answers: vec![AnswerSeries { addresses: vec![near.ip(), far.ip()], rounds: 59, first_ms: 0, last_ms: 295_000 }],
        addresses: vec![
            address(near, times(0, 1, 4, 12)),
            address(far, Times { asked: 60, lost: 60, ..Times::default() }),
        ],
        turns: vec![
            turn("2025-06-15T15:07:40.123Z", 13, TurnKind::Broke, Some(FindingId::EndpointSilent), None),
            turn("2025-06-15T15:08:00.123Z", 17, TurnKind::Healed, None, Some(20_000)),
            turn("2025-06-15T15:10:55.123Z", 52, TurnKind::Broke, Some(FindingId::EndpointSilent), None),
        ],
        left_out: 0,
    };
    report.watch = Some(Watch {
        started_at: report.run.started_at.clone(),
        took_ms: 300_000,
        every_ms: 5_000,
        rounds: 60,
        failed: 12,
        first_failed_at: Some("2025-06-15T15:07:40.123Z".to_owned()),
        last_failed_at: Some("2025-06-15T15:11:35.123Z".to_owned()),
        inconclusive: 1,
        round: 60,
        checks: vec![series],
    });
    report
}
