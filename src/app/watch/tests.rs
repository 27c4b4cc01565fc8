//! Rounds on the paused clock, in a network made of answers.

use std::sync::Arc;

use super::*;
use crate::app::judge_again;
use crate::aws::Source;
use crate::diagnosis::FindingId;
use crate::inputs::{RawInputs, Rounds as Asked, Until, Vantage, accept};
use crate::net::fake::{Fake, FakeAnswer};
use crate::plan;
use crate::probe::Progress;
use crate::report::{jsonl, parse};

const RESOLVER: &str = "10.0.0.2:53";
const VPC: &str = "169.254.169.253:53";
const HOST: &str = "db.example";
const PEER: &str = "10.0.1.50:5432";
const SECRETS: &str = "secretsmanager.eu-west-1.amazonaws.com";
/// A connection that never opens takes two sockets.
const SILENT: [u64; 2] = [60_000, 60_000];

fn keys(name: &str) -> Option<String> {
    match name {
        "AWS_ACCESS_KEY_ID" => Some("AKIDEXAMPLE".to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some("s3cr3tkeys3cr3tkey".to_owned()),
        _ => None,
    }
}

/// A run that asks for one endpoint beside what every start needs, and fetches a secret.
fn request() -> Request {
    let raw = RawInputs {
        region: Some("eu-west-1".to_owned()),
        endpoints: vec![format!("tcp://{HOST}:5432")],
        secrets: vec!["one".to_owned()],
        no_control: Some("true".to_owned()),
        ..RawInputs::default()
    };
    let vantage = Vantage {
        nameservers: vec![RESOLVER.parse().unwrap()],
        credentials: Some("environment".to_owned()),
        ..Vantage::default()
    };
    let inputs = accept(&raw, &vantage).unwrap();
    let plan = plan::plan(&inputs, &vantage).unwrap();
    Request {
        inputs,
        vantage,
        plan,
        id: "run".to_owned(),
        started_at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_750_000_000),
        spent: Duration::ZERO,
        sockets: 100,
        source: Source::read(keys).map(Arc::new),
        progress: Progress::default(),
    }
}

fn network(request: &Request) -> Fake {
    let hosts: Vec<String> = request.plan.checks.iter().map(|check| check.host.clone()).collect();
    let named = |net: Fake, host: &String| {
        let address = if host == HOST { "10.0.1.50" } else { "10.0.1.60" };
        net.name(RESOLVER, host, &[address]).name(VPC, host, &[address])
    };
    let secret = FakeAnswer { status: 200, headers: vec![], body: r#"{"SecretString":"hunter2"}"#.to_owned() };
    let denied = FakeAnswer { status: 403, headers: vec![], body: String::new() };
    let net = hosts.iter().fold(Fake::default(), named).answer(&format!("POST {SECRETS}/"), secret);
    net.answer("POST sts.eu-west-1.amazonaws.com/", denied)
}

fn course(every_ms: u64, until: Until) -> Course {
    Course { rounds: Asked { every: Duration::from_millis(every_ms), until }, limit: None }
}

/// What came of it, when each round was done, and when the whole was.
async fn run(net: &Fake, course: &Course, signal_ms: Option<u64>) -> (Report, Vec<u64>, u64) {
    let begun = Instant::now();
    let since = move || u64::try_from(begun.elapsed().as_millis()).unwrap();
    let mut done = Vec::new();
    let signal = move || async move {
        match signal_ms {
            Some(ms) => sleep_until(begun + Duration::from_millis(ms)).await,
            None => std::future::pending().await,
        }
    };
    let report = watch(request(), net.clone(), signal, course, |_, _| done.push(since())).await;
    (report, done, since())
}

/// How the connections of each round go: at once, or never.
fn scripted(well: &[bool]) -> Fake {
    let each: Vec<u64> = well.iter().flat_map(|well| if *well { vec![2] } else { SILENT.to_vec() }).collect();
    network(&request()).slow_peer(PEER, &each)
}

fn of(report: &Report) -> (u64, u64, u64) {
    let watch = report.watch.as_ref().unwrap();
    (watch.rounds, watch.failed, watch.round)
}

#[tokio::test(start_paused = true)]
async fn rounds_begin_at_their_time_or_at_once_where_it_has_passed() {
    let made = |count| Until::Made(count);
    let elapsed = |ms| Until::Elapsed(Duration::from_millis(ms));
    // What is asked, how the rounds go, and about when each of them is done, in seconds.
    let table: [(u64, Until, &[bool], &[u64]); 7] = [
        (5_000, made(3), &[true; 3], &[0, 5, 10]),
        (1_000, made(4), &[true, false, true, true], &[0, 5, 5, 6]),
        (5_000, elapsed(16_000), &[true; 5], &[0, 5, 10, 15, 16]),
        (5_000, elapsed(15_000), &[true; 4], &[0, 5, 10, 15]),
        (3_000, elapsed(4_000), &[true; 3], &[0, 3, 4]),
        (5_000, elapsed(2_000), &[true; 2], &[0, 2]),
        // The time is over after a round that did not know it: one more, with the whole start, ends it.
        (1_000, elapsed(4_000), &[true, true, false, true], &[0, 1, 6, 6]),
    ];
    for (every, until, well, expected) in table {
        let (report, done, _) = run(&scripted(well), &course(every, until), None).await;
        let seconds: Vec<u64> = done.iter().map(|ms| ms / 1_000).collect();
        assert_eq!(seconds, expected, "{every} {until:?}");
        assert_eq!(report.run.ended, Ended::Completed);
        assert_eq!(of(&report).0, expected.len() as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn the_start_is_replayed_in_the_first_round_and_in_the_last() {
    let net = network(&request());
    let (report, ..) = run(&net, &course(1_000, Until::Made(5)), None).await;
    let secrets = net.requests().iter().filter(|sent| sent.line.starts_with(&format!("POST {SECRETS}"))).count();
    assert_eq!(secrets, 2);
    let watch = report.watch.as_ref().unwrap();
    let asked = |id: &str| watch.checks.iter().find(|series| series.check.0.starts_with(id)).unwrap().asked;
    assert_eq!((asked("secret:"), asked("db.example")), (2, 5));
}

#[tokio::test(start_paused = true)]
async fn the_report_is_of_the_last_round_unless_a_thing_broke_again() {
    // How the rounds go, the round that the report is of, and its exit code.
    let table: [(&[bool], u64, u8); 6] = [
        (&[true, true, true], 3, 0),
        (&[true, false, true], 3, 0),
        (&[true, false], 2, 63),
        (&[false, true, false, true], 3, 63),
        (&[false, true, false, false, true, true], 4, 63),
        (&[false, true, false, true, false], 5, 63),
    ];
    for (well, round, code) in table {
        let net = scripted(well);
        let (report, ..) = run(&net, &course(1_000, Until::Made(well.len() as u64)), None).await;
        let failed = well.iter().filter(|well| !**well).count() as u64;
        assert_eq!((of(&report), report.exit_code), ((well.len() as u64, failed, round), code), "{well:?}");
        let is_told = report.findings.iter().any(|finding| finding.id == FindingId::SlowPath);
        assert_eq!(is_told || code != 0, failed > 0, "{well:?}: {:?}", report.findings);
        // Judged again it is the same, whichever round it is of.
        let plan = plan::plan(&report.inputs, &report.vantage).unwrap();
        assert_eq!(judge_again(report.clone(), &plan, None).unwrap(), report, "{well:?}");
        let ids: Vec<_> = report.observations.iter().map(|seen| seen.id.0.clone()).collect();
        assert_eq!(ids, (1..=ids.len()).map(|number| format!("o{number}")).collect::<Vec<_>>());
        for check in &plan.checks {
            assert!(report.observations.iter().any(|seen| seen.check == check.id), "{well:?}: nothing of {}", check.id);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_signal_ends_the_waiting_and_the_round() {
    // How the rounds go, when the signal comes; how many rounds count, and about when it is over.
    let table: [(&str, &[bool], u64, u64, u64); 4] = [
        ("while it waits", &[true; 9], 12_500, 3, 12),
        ("in a round", &[true, true, false], 11_000, 2, 11),
        ("in the first round", &[false], 1_000, 1, 1),
        ("before anything", &[true; 9], 0, 1, 0),
    ];
    for (about, well, signal, rounds, over) in table {
        let (report, done, end) =
            run(&scripted(well), &course(5_000, Until::Elapsed(Duration::from_mins(5))), Some(signal)).await;
        assert_eq!((report.run.ended, report.exit_code), (Ended::Signal, 71), "{about}");
        assert_eq!((of(&report).0, done.len() as u64, end / 1_000), (rounds, rounds, over), "{about}");
        assert_eq!(of(&report).2, rounds, "{about}: the last whole round");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_on_beyond_the_time_that_there_is() {
    let limit = Some(Duration::from_secs(12));
    let net = scripted(&[true, true, false, false, false]);
    let course = Course { limit, ..course(1_000, Until::Made(100)) };
    let (report, _, end) = run(&net, &course, None).await;
    assert!(end <= 12_000, "{end}");
    assert!(of(&report).0 >= 4, "{:?}", of(&report));
    assert_eq!(report.run.ended, Ended::Completed);
}

#[tokio::test(start_paused = true)]
async fn as_records_it_is_read_back_whole_however_long_a_series_is() {
    let (mut report, ..) = run(&scripted(&[true, false, true]), &course(1_000, Until::Made(3)), None).await;
    let whole = |report: &Report| {
        let records = jsonl::render(report);
        assert!(records.lines().all(|line| line.len() < jsonl::LINE_BYTES), "a line is too long");
        assert_eq!(&parse(&records).unwrap(), report);
        records
    };
    whole(&report);
    let checks = &mut report.watch.as_mut().unwrap().checks;
    let series = checks.iter_mut().find(|series| !series.turns.is_empty()).unwrap();
    let turn = series.turns[0].clone();
    let address = series.addresses[0].clone();
    series.turns = vec![turn; 64];
    series.addresses = vec![address; 200];
    let records = whole(&report);
    let continued = records.lines().filter(|line| line.starts_with(r#"{"type":"series","check""#)).count();
    assert!(records.contains(r#""items_follow""#) && continued > 0);
    let cut: String =
        records.lines().filter(|line| !line.contains("\"turns\":[{")).flat_map(|line| [line, "\n"]).collect();
    assert!(parse(&cut).unwrap_err().contains("series item"), "{:?}", parse(&cut).err());
    let without: String =
        records.lines().filter(|line| !line.starts_with(r#"{"type":"series""#)).flat_map(|line| [line, "\n"]).collect();
    assert!(parse(&without).unwrap_err().contains("0 of its"));
}
