//! The ladder on the paused clock, in a network made of answers.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::{Kit, Probed, Progress, Stopper, probe};
use crate::net::fake::Fake;
use crate::observation::{Change, DnsTransport, Observation, Outcome, Rung, Why};
use crate::plan::{
    Check, CheckId, Expected, Limits, Method, Place, Plan, Purpose, Question, Reach, Region, Resolver, Role, Route,
};

const OURS: &str = "10.0.0.2:53";
const VPC: &str = "169.254.169.253:53";
const HOST: &str = "api.ecr.eu-west-1.amazonaws.com";

fn check(host: &str) -> Check {
    Check {
        id: CheckId(host.to_owned()),
        purpose: Purpose::RegistryToken,
        service: None,
        host: host.to_owned(),
        port: 443,
        region: None,
        required: true,
        role: Role::Start,
        expect: Route::Any,
        reach: Reach::Interface,
        endpoint_service: None,
        top: Rung::Exchange,
        question: Some(Question {
            method: Method::Get,
            path: "/".to_owned(),
            headers: vec![],
            body: String::new(),
            answer: Expected::AnyHttp,
        }),
        step: None,
        why: String::new(),
        note: None,
    }
}

fn plan(hosts: &[&str]) -> Plan {
    let resolver = |address: &str, vpc: bool| Resolver { address: address.parse().unwrap(), configured: !vpc, vpc };
    Plan {
        checks: hosts.iter().map(|host| check(host)).collect(),
        resolvers: vec![resolver(OURS, false), resolver(VPC, true)],
        limits: Limits::default(),
        place: Place {
            region: Region::parse("eu-west-1").unwrap(),
            own_region: None,
            inside_vpc: true,
            fargate: true,
            addresses: vec![],
            subnets: vec![],
            vpc_cidrs: vec![],
            proxy: vec![],
            unread: vec![],
        },
        strict: false,
        replay: crate::plan::Replay::default(),
        asserted: crate::plan::Asserted::default(),
    }
}

fn kit() -> Kit {
    Kit { run_id: "run".to_owned(), ..Kit::default() }
}

async fn run(plan: &Plan, net: Fake) -> Probed {
    let (_stopper, stop) = Stopper::new();
    probe(plan, net, stop, 1_000, &Progress::default(), kit()).await
}

fn of(probed: &Probed, rung: Rung) -> Vec<&Observation> {
    probed.observations.iter().filter(|observation| observation.rung == rung).collect()
}

#[tokio::test(start_paused = true)]
async fn every_address_of_every_answer_is_climbed_to_the_top() {
    let net =
        Fake::default().name(OURS, HOST, &["10.0.1.50", "10.0.2.50"]).name(VPC, HOST, &["10.0.1.50", "10.0.3.50"]);
    let probed = run(&plan(&[HOST]), net).await;
    let peers: BTreeSet<String> =
        of(&probed, Rung::Exchange).iter().map(|o| o.peer.unwrap().ip().to_string()).collect();
    assert_eq!(peers, ["10.0.1.50", "10.0.2.50", "10.0.3.50"].map(str::to_owned).into());
    assert_eq!(of(&probed, Rung::Resolve).len(), 4);
    assert!(probed.observations.iter().all(|o| matches!(o.outcome, Outcome::Saw { .. })));
    let ids: Vec<String> = probed.observations.iter().map(|o| o.id.0.clone()).collect();
    assert_eq!(ids, (1..=ids.len()).map(|n| format!("o{n}")).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_silent_resolver_is_asked_twice_and_hides_nothing() {
    let net = Fake::default().silent_resolver(OURS).name(VPC, HOST, &["10.0.1.50"]);
    let begun = Instant::now();
    let probed = run(&plan(&[HOST]), net).await;
    let ours: Vec<_> =
        of(&probed, Rung::Resolve).into_iter().filter(|o| o.resolver == Some(OURS.parse().unwrap())).collect();
    assert_eq!(ours.iter().map(|o| o.attempt).collect::<Vec<_>>(), [1, 2, 1, 2]);
    assert!(ours.iter().all(|o| o.fault().unwrap().is_silence()));
    let exchange = of(&probed, Rung::Exchange)[0];
    assert!(matches!(exchange.outcome, Outcome::Saw { .. }));
    assert!(exchange.at_ms < 100, "an address is climbed as soon as one resolver names it");
    assert!(begun.elapsed() < Duration::from_millis(4_100));
}

#[tokio::test(start_paused = true)]
async fn a_truncated_answer_is_asked_for_again_over_tcp() {
    let net = Fake::default().truncating().name(OURS, HOST, &["10.0.1.50"]).name(VPC, HOST, &["10.0.1.50"]);
    let probed = run(&plan(&[HOST]), net.clone()).await;
    let answer = of(&probed, Rung::Resolve)[0].answer().unwrap().clone();
    assert!(answer.truncated);
    assert_eq!((answer.transport, answer.addresses.len()), (DnsTransport::Tcp, 1));
    assert_eq!(net.asked().iter().filter(|ask| ask.transport == DnsTransport::Tcp).count(), 4);
}

#[tokio::test(start_paused = true)]
async fn rungs_above_a_silent_one_are_not_tried_and_say_so() {
    let net = Fake::default().name(OURS, HOST, &["10.0.1.50", "10.0.2.50"]).silent_peer("10.0.1.50:443");
    let probed = run(&plan(&[HOST]), net).await;
    for (rung, expected) in [(Rung::Handshake, Why::BelowFailed), (Rung::Exchange, Why::BelowFailed)] {
        let silent = of(&probed, rung).into_iter().find(|o| o.peer.unwrap().ip().to_string() == "10.0.1.50").unwrap();
        assert_eq!(silent.outcome, Outcome::NotTried { why: expected });
        let healthy = of(&probed, rung).into_iter().find(|o| o.peer.unwrap().ip().to_string() == "10.0.2.50").unwrap();
        assert!(matches!(healthy.outcome, Outcome::Saw { .. }));
    }
}

/// `1 saw 4` or `2 failed 2000` for each attempt to connect: what came of it, and after how long.
fn connections(probed: &Probed) -> Vec<String> {
    let word = |o: &&Observation| match &o.outcome {
        Outcome::Saw { .. } => format!("{} saw {}", o.attempt, o.took_ms),
        Outcome::Failed { .. } => format!("{} failed {}", o.attempt, o.took_ms),
        Outcome::NotTried { why } => format!("{} {why:?}", o.attempt),
    };
    of(probed, Rung::Connect).iter().map(word).collect()
}

#[tokio::test(start_paused = true)]
async fn silence_is_tried_again_by_a_second_socket_within_the_same_limit() {
    let never = 60_000;
    // How long each of the connections would take, what is seen of them, and when the ladder is done.
    let table: [(&str, &[u64], &[&str], u64); 6] = [
        ("at once", &[10], &["1 saw 10"], 100),
        ("late, before the second look", &[1_900], &["1 saw 1900"], 2_000),
        ("only by the second", &[never, 10], &["1 failed 4000", "2 saw 10"], 4_100),
        ("the first after all, and the second never", &[3_000, never], &["1 saw 3000", "2 failed 2000"], 4_100),
        ("both, the second sooner", &[3_000, 10], &["1 saw 3000", "2 saw 10"], 3_100),
        ("neither", &[never, never], &["1 failed 4000", "2 failed 2000"], 4_100),
    ];
    for (about, each, expected, done_ms) in table {
        let net = Fake::default().name(OURS, HOST, &["10.0.1.50"]).slow_peer("10.0.1.50:443", each);
        let begun = Instant::now();
        let probed = run(&plan(&[HOST]), net).await;
        assert_eq!(connections(&probed), expected, "{about}");
        assert!(begun.elapsed() < Duration::from_millis(done_ms), "{about}: {:?}", begun.elapsed());
        for rung in [Rung::Handshake, Rung::Exchange] {
            let only = of(&probed, rung);
            assert_eq!(only.len(), 1, "{about}: one of the two climbs on");
            let is_made = matches!(only[0].outcome, Outcome::Saw { .. });
            assert_eq!(is_made, about != "neither", "{about}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_ladder_climbs_on_without_waiting_for_the_other_socket() {
    let net = Fake::default().name(OURS, HOST, &["10.0.1.50"]).slow_peer("10.0.1.50:443", &[60_000, 10]);
    let probed = run(&plan(&[HOST]), net).await;
    assert!(of(&probed, Rung::Exchange)[0].at_ms < 2_100);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_silent_names_take_no_longer_for_being_tried_twice() {
    let hosts: Vec<String> = (0..100).map(|n| format!("h{n}.example")).collect();
    let names: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let net = names.iter().enumerate().fold(Fake::default(), |net, (n, name)| {
        let ip = format!("10.0.1.{n}");
        net.name(OURS, name, &[&ip]).silent_peer(&format!("{ip}:443"))
    });
    let begun = Instant::now();
    let probed = run(&plan(&names), net).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(of(&probed, Rung::Connect).len(), 200);
    assert!(of(&probed, Rung::Connect).iter().all(|o| o.fault().unwrap().is_silence()));
}

#[tokio::test(start_paused = true)]
async fn where_sockets_are_few_the_first_look_at_each_address_comes_first() {
    let hosts: Vec<String> = (0..24).map(|n| format!("h{n}.example")).collect();
    let names: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let net = names.iter().enumerate().fold(Fake::default(), |net, (n, name)| {
        let ip = format!("10.0.1.{n}");
        net.name(OURS, name, &[&ip]).silent_peer(&format!("{ip}:443"))
    });
    let (_stopper, stop) = Stopper::new();
    let begun = Instant::now();
    let probed = probe(&plan(&names), net.clone(), stop, 8, &Progress::default(), kit()).await;
    assert!(begun.elapsed() < Duration::from_secs(13), "three times the limit: {:?}", begun.elapsed());
    assert!(net.most_connecting() <= 8, "{}", net.most_connecting());
    let connections = of(&probed, Rung::Connect);
    let (first, second): (Vec<_>, Vec<_>) = connections.into_iter().partition(|o| o.attempt == 1);
    assert!(first.len() == 24 && first.iter().all(|o| o.fault().unwrap().is_silence()));
    assert!(second.len() == 24 && second.iter().any(|o| o.outcome == Outcome::NotTried { why: Why::TooMany }));
}

#[tokio::test(start_paused = true)]
async fn a_name_without_an_address_leaves_the_rungs_above_it_not_tried() {
    let probed = run(&plan(&[HOST]), Fake::default()).await;
    for rung in [Rung::Connect, Rung::Handshake, Rung::Exchange] {
        let only = of(&probed, rung);
        assert_eq!(only.len(), 1);
        assert_eq!(only[0].outcome, Outcome::NotTried { why: Why::NoAddress });
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_handshake_is_varied_and_an_ordinary_one_is_not() {
    let net = Fake::default()
        .name(OURS, HOST, &["10.0.1.50", "10.0.2.50"])
        .silent_hello_unless("10.0.1.50:443", Change::ShortHello);
    let probed = run(&plan(&[HOST]), net).await;
    let varied: Vec<_> = of(&probed, Rung::Handshake).into_iter().filter(|o| !o.is_ordinary()).collect();
    assert_eq!(varied.len(), 6);
    for observation in varied {
        assert_eq!(observation.peer.unwrap().ip().to_string(), "10.0.1.50");
        let answered = matches!(observation.outcome, Outcome::Saw { .. });
        assert_eq!(answered, observation.variation.contains(&Change::ShortHello), "{:?}", observation.variation);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_leaves_not_tried_instead_of_silence() {
    let net = Fake::default().name(OURS, HOST, &["10.0.1.50"]).silent_peer("10.0.1.50:443");
    let (stopper, stop) = Stopper::new();
    tokio::spawn(stopper.watch(Duration::from_secs(1), std::future::pending()));
    let begun = Instant::now();
    let probed = probe(&plan(&[HOST]), net, stop, 1_000, &Progress::default(), kit()).await;
    assert!(begun.elapsed() <= Duration::from_millis(1_050));
    assert_eq!(probed.cut_short, Some(Why::Deadline));
    let connect = of(&probed, Rung::Connect)[0];
    assert_eq!(connect.outcome, Outcome::NotTried { why: Why::Deadline });
    assert!(connect.took_ms >= 900, "how long it had waited is kept");
}

#[tokio::test(start_paused = true)]
async fn a_signal_before_anything_leaves_every_rung_not_tried() {
    let (stopper, stop) = Stopper::new();
    stopper.stop(Why::Signal);
    let probed = probe(&plan(&[HOST]), Fake::default(), stop, 1_000, &Progress::default(), kit()).await;
    assert_eq!(probed.cut_short, Some(Why::Signal));
    assert!(!probed.observations.is_empty());
    assert!(probed.observations.iter().all(|o| o.outcome == Outcome::NotTried { why: Why::Signal }));
}

#[tokio::test(start_paused = true)]
async fn our_own_panic_is_our_fault_and_costs_the_others_nothing() {
    let probed = run(&plan(&[HOST]), Fake::default().panicking()).await;
    assert!(of(&probed, Rung::Resolve).iter().all(|o| o.outcome == Outcome::NotTried { why: Why::OurFault }));
}

#[tokio::test(start_paused = true)]
async fn one_socket_at_a_time_still_gets_everything_done() {
    let net = Fake::default().name(OURS, HOST, &["10.0.1.50", "10.0.2.50"]).name(VPC, HOST, &["10.0.1.50"]);
    let (_stopper, stop) = Stopper::new();
    let probed = probe(&plan(&[HOST]), net, stop, 1, &Progress::default(), kit()).await;
    assert_eq!(of(&probed, Rung::Exchange).len(), 2);
    assert!(probed.observations.iter().all(|o| matches!(o.outcome, Outcome::Saw { .. })));
}

#[tokio::test(start_paused = true)]
async fn an_answered_name_is_connected_to_while_others_wait_to_be_asked() {
    let hosts: Vec<String> = (0..200).map(|n| format!("h{n}.example")).collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let net = hosts.iter().fold(Fake::default(), |net, host| net.name(OURS, host, &["10.0.1.50"]));
    let (_stopper, stop) = Stopper::new();
    let probed = probe(&plan(&hosts), net, stop, 8, &Progress::default(), kit()).await;
    let last_question = of(&probed, Rung::Resolve).iter().map(|o| o.at_ms).max().unwrap();
    let connections = of(&probed, Rung::Connect);
    let meanwhile = connections.iter().filter(|o| o.at_ms < last_question / 2).count();
    assert!(meanwhile >= 90, "{meanwhile} of {} names in the first half", connections.len());
}

#[tokio::test(start_paused = true)]
async fn handshakes_that_are_not_varied_any_more_say_so() {
    let hosts: Vec<String> = (0..30).map(|n| format!("h{n}.example.com")).collect();
    let names: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let net = names.iter().enumerate().fold(Fake::default(), |net, (n, name)| {
        let ip = format!("10.0.1.{n}");
        net.name(OURS, name, &[&ip]).silent_hello_unless(&format!("{ip}:443"), Change::ShortHello)
    });
    let probed = run(&plan(&names), net).await;
    let varied: Vec<_> = of(&probed, Rung::Handshake).into_iter().filter(|o| !o.is_ordinary()).collect();
    let left = varied.iter().filter(|o| o.outcome == Outcome::NotTried { why: Why::TooMany }).count();
    assert_eq!((varied.len(), left), (30 * 6, 6 * 6));
}
