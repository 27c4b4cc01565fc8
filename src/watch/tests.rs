//! Rounds as scenes, a second apart, and what is told of them.

use std::time::{Duration, SystemTime};

use super::*;
use crate::diagnosis::testing::Scene;
use crate::diagnosis::{CheckStatus, Ended, Judgement, Severity, Verdict, diagnose};

const WELL: &str = "ecr.api dns=10.0.1.5\nlogs dns=10.0.1.6";
const SILENT: &str = "ecr.api dns=10.0.1.5 10.0.1.5=silent\nlogs dns=10.0.1.6";
const LOST: &str = "ecr.api dns=10.0.1.5 10.0.1.5=lost\nlogs dns=10.0.1.6";
const PUBLIC: &str = "ecr.api dns=52.1.1.5\nlogs dns=10.0.1.6";
const UNWANTED: &str = "ecr.api expect=private dns=52.1.1.5\nlogs dns=10.0.1.6";
const OPTIONAL: &str = "sts optional dns=10.0.1.5\necr.api dns=10.0.1.6";
const NO_OPTIONAL: &str = "sts optional dns=10.0.1.5 10.0.1.5=silent\necr.api dns=10.0.1.6";
const ZONES: &str = "ecr.api dns=10.0.1.5,10.0.2.5\nlogs dns=10.0.1.6";
const ZONE: &str = "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent\nlogs dns=10.0.1.6";
const UNTRUSTED: &str = "ecr.api dns=10.0.1.5 10.0.1.5=untrusted\nlogs dns=10.0.1.6";
const BLIND: &str = "ecr.api dns=deadline\nlogs dns=10.0.1.6";

/// What came of one round after the other.
struct Watched {
    tally: Tally,
    added: Vec<Added>,
    last: Scene,
    judgement: Judgement,
}

fn watched<'s>(scenes: impl IntoIterator<Item = &'s str>) -> Watched {
    // 2025-06-15T15:06:40Z
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_750_000_000);
    let mut tally: Option<Tally> = None;
    let mut added = Vec::new();
    let mut last = None;
    for (scene, number) in scenes.into_iter().zip(1..) {
        let scene = Scene::read(scene);
        let judgement = diagnose(&scene.plan, &scene.observations, Ended::Completed, None);
        let tally = tally.get_or_insert_with(|| Tally::new(&scene.plan, start));
        let at_ms = (number - 1) * 1_000;
        let started_at = start + Duration::from_millis(at_ms);
        let round = Round { number, started_at, at_ms, observations: &scene.observations, judgement: &judgement };
        added.push(tally.add(&round));
        last = Some((scene, judgement));
    }
    let (last, judgement) = last.unwrap();
    Watched { tally: tally.unwrap(), added, last, judgement }
}

impl Watched {
    fn watch(&self) -> Watch {
        let rounds = self.tally.rounds().0;
        self.tally.watch(Duration::from_secs(rounds), Duration::from_secs(1), rounds)
    }

    /// The judgement of the last round, with what the others showed.
    fn judged(mut self, is_strict: bool) -> Judgement {
        self.last.plan.strict = is_strict;
        judge(&self.watch(), &self.last.plan, &mut self.judgement);
        self.judgement
    }

    fn words(&self) -> Vec<String> {
        self.added.iter().flat_map(|added| added.turns.clone()).collect()
    }
}

#[test]
fn a_turn_is_told_once_and_with_its_time() {
    let table: [(&str, &[&str], &[&str]); 14] = [
        ("nothing turns", &[WELL, WELL, WELL], &[]),
        ("it fails from the beginning", &[SILENT, SILENT], &[]),
        (
            "it breaks and heals",
            &[WELL, SILENT, SILENT, WELL],
            &[
                "15:06:41Z ecr.api broke: endpoint-silent",
                "15:06:43Z ecr.api works again, private; 2 s without an answer",
            ],
        ),
        (
            "one zone of two",
            &[ZONES, ZONE, ZONE, ZONES],
            &[
                "15:06:41Z ecr.api broke: endpoint-address-silent",
                "15:06:43Z ecr.api works again, private; failing for 2 s",
            ],
        ),
        (
            "somebody else answers",
            &[WELL, UNTRUSTED, WELL],
            &["15:06:41Z ecr.api broke: tls-intercepted", "15:06:42Z ecr.api works again, private; failing for 1 s"],
        ),
        (
            "nobody, then one zone",
            &[ZONES, SILENT, ZONE, ZONES],
            &[
                "15:06:41Z ecr.api broke: endpoint-silent",
                "15:06:42Z ecr.api is now private: endpoint-address-silent",
                "15:06:43Z ecr.api works again, private; failing for 2 s, 1 s of it without an answer",
            ],
        ),
        ("it is another way", &[WELL, PUBLIC], &["15:06:41Z ecr.api is now public"]),
        ("what is only lost turns nothing", &[WELL, LOST, WELL], &[]),
        ("what is not known turns nothing", &[WELL, BLIND, WELL], &[]),
        (
            "a change that is stood beside",
            &[UNWANTED, UNWANTED, SILENT, SILENT, SILENT, WELL],
            &[
                "15:06:42Z ecr.api broke: endpoint-silent",
                "15:06:45Z ecr.api works again, private; 3 s without an answer",
            ],
        ),
        (
            "what the start does without",
            &[OPTIONAL, NO_OPTIONAL, OPTIONAL],
            &[
                "15:06:41Z not needed for the start: sts no longer answers: endpoint-silent",
                "15:06:42Z not needed for the start: sts answers; 1 s without an answer",
            ],
        ),
        (
            "a way out",
            &["control dns=52.1.1.5\nlogs dns=10.0.1.6", "control dns=52.1.1.5 52.1.1.5=silent\nlogs dns=10.0.1.6"],
            &["15:06:41Z a way out: checkip no longer answers"],
        ),
        ("a change without a gap", &[UNWANTED, WELL], &["15:06:41Z ecr.api works again, private"]),
        (
            "it heals unknown",
            &[WELL, SILENT, BLIND, WELL],
            &[
                "15:06:41Z ecr.api broke: endpoint-silent",
                "15:06:43Z ecr.api works again, private; 2 s without an answer",
            ],
        ),
    ];
    for (about, scenes, expected) in table {
        assert_eq!(watched(scenes.iter().copied()).words(), expected, "{about}");
    }
}

#[test]
fn spells_are_told_from_one_long_one() {
    let table: [(&[&str], u64, u64, &[bool]); 4] = [
        (&[SILENT, SILENT, WELL], 2, 1, &[false, false, false]),
        (&[SILENT, WELL, SILENT, SILENT, WELL], 3, 2, &[false, false, true, true, false]),
        (&[WELL, SILENT, BLIND, SILENT, WELL], 2, 1, &[false, false, false, false, false]),
        (&[WELL, WELL], 0, 0, &[false, false]),
    ];
    for (scenes, failed, spells, again) in table {
        let watched = watched(scenes.iter().copied());
        let api = watched.watch().checks[0].clone();
        assert_eq!((api.failed, api.spells), (failed, spells), "{scenes:?}");
        assert_eq!(watched.added.iter().map(|added| added.breaks_again).collect::<Vec<_>>(), again, "{scenes:?}");
    }
}

#[test]
fn losses_are_counted_by_address_and_rung() {
    let watch = watched([WELL, LOST, SILENT, WELL]).watch();
    let api = &watch.checks[0];
    assert_eq!((api.asked, api.failed, api.warned), (4, 1, 1));
    let [address] = &api.addresses[..] else { panic!("{:?}", api.addresses) };
    let told: Vec<_> = address.rungs.iter().map(|rung| (rung.rung, rung.times.asked, rung.times.lost)).collect();
    assert_eq!(told[0].0, Rung::Connect);
    let (_, asked, lost) = told[0];
    assert!(lost >= 2 && asked == lost + 3, "each try counts: {told:?}");
    assert!(told[1..].iter().all(|(_, asked, lost)| (*asked, *lost) == (3, 0)), "{told:?}");
    assert!(api.resolvers.iter().all(|resolver| resolver.times.asked == 8 && resolver.times.lost == 0));
    assert_eq!((api.answers.len(), api.answers[0].rounds), (1, 4));
    assert_eq!((api.answers[0].first_ms, api.answers[0].last_ms), (0, 3_000));
}

#[test]
fn the_same_addresses_in_another_order_are_one_answer() {
    let watch = watched(["s3 dns=52.219.1.1,52.219.1.2", "s3 dns=52.219.1.2,52.219.1.1", "s3 dns=52.219.1.3"]).watch();
    let rounds: Vec<_> = watch.checks[0].answers.iter().map(|answer| answer.rounds).collect();
    assert_eq!(rounds, [2, 1]);
}

#[test]
fn what_is_kept_has_its_bounds() {
    let rotating: Vec<String> = (0..300).map(|n| format!("s3 dns=52.219.{}.{}", n / 200, n % 200 + 1)).collect();
    let series = watched(rotating.iter().map(String::as_str)).watch().checks.remove(0);
    assert_eq!((series.asked, series.answers.len(), series.addresses.len()), (300, 64, 64));
    assert!(series.left_out > 0);
    // One that is silent is kept, whenever it comes.
    let silent = (0..100).map(|n| match n {
        90 => "s3 dns=52.219.9.9 52.219.9.9=silent".to_owned(),
        n => format!("s3 dns=52.219.1.{}", n + 1),
    });
    let silent: Vec<String> = silent.collect();
    let series = watched(silent.iter().map(String::as_str)).watch().checks.remove(0);
    assert_eq!(series.addresses.len(), 64);
    assert!(series.addresses.iter().any(|address| address.address.to_string() == "52.219.9.9:443"));
    let flapping = (0..200).map(|n| if n % 2 == 0 { WELL } else { SILENT });
    let series = watched(flapping).watch().checks.remove(0);
    let rounds: Vec<_> = series.turns.iter().map(|turn| turn.round).collect();
    assert_eq!((rounds.len(), rounds[0], rounds[31], rounds[32], rounds[63]), (64, 2, 33, 169, 200));
    assert_eq!((series.left_out, series.spells), (199 - 64, 100));
}

#[test]
fn a_run_that_lost_anything_is_never_plainly_green() {
    let green = "the one endpoint";
    let table: [(&str, &[&str], bool, &str); 6] = [
        ("well", &[WELL, WELL], false, "2 endpoints that are required answer as they should, in each of 2 rounds"),
        ("one round is all there is", &[WELL], false, "endpoints that are required answer as they should"),
        (
            "one spell",
            &[WELL, SILENT, SILENT, WELL],
            false,
            "the last round is good, and not all of them were: ecr.api: 2 of 4 rounds failed, from 15:06:41Z to 15:06:42Z \
             (endpoint-silent)",
        ),
        (
            "losses",
            &[WELL, LOST, WELL],
            false,
            "not all of them were: ecr.api: 1 of 3 rounds passed with a warning, at 15:06:41Z (slow-path)",
        ),
        ("under --strict", &[WELL, LOST, WELL], true, "nothing fails, and with --strict warnings do: ecr.api: 1 of 3"),
        ("it fails now", &[WELL, SILENT], false, "1 of 2 rounds failed, at 15:06:41Z: the registry token can't"),
    ];
    for (about, scenes, is_strict, headline) in table {
        let judged = watched(scenes.iter().copied()).judged(is_strict);
        assert!(judged.headline.contains(headline), "{about}: {}", judged.headline);
        assert!(!judged.headline.contains(green));
        let is_hurt = scenes.iter().any(|scene| *scene != WELL);
        assert_eq!(judged.findings.is_empty(), !is_hurt, "{about}");
        let code = if is_strict {
            4
        } else if about == "it fails now" {
            23
        } else {
            0
        };
        assert_eq!(judged.exit_code, code, "{about}");
    }
}

#[test]
fn the_warning_is_of_the_checks_that_it_names() {
    let judged = watched([WELL, SILENT, WELL, SILENT, WELL]).judged(false);
    let [finding] = &judged.findings[..] else { panic!("{:?}", judged.findings) };
    assert_eq!((finding.id, finding.severity), (FindingId::SlowPath, Severity::Warning));
    assert_eq!(finding.checks, [CheckId("ecr.api".to_owned())]);
    assert!(finding.meaning.starts_with("It comes and goes"), "{}", finding.meaning);
    assert_eq!(judged.checks[0].status, CheckStatus::Warn);
    assert_eq!((judged.summary.passed, judged.summary.warned, judged.verdict), (1, 1, Verdict::Pass));
    let command = finding.fix[0].command.as_deref().unwrap();
    assert!(command.contains("--start-time 2025-06-15T14:51:41Z --end-time 2025-06-15T15:11:44Z"), "{command}");
}

#[test]
fn what_was_lost_and_answered_again_is_a_warning() {
    // Lost of the resolver and of the address, of how many each; whether the check is required; what is told.
    let table = [
        (0, 0, true, None),
        (3, 0, true, Some("3 of 12 questions to 10.0.0.2:53 were lost (25.0 %).")),
        (0, 2, true, Some("2 of 12 attempts at 10.0.1.5:443 were lost (16.6 %).")),
        (12, 12, true, None),
        (3, 2, false, Some("3 of 12 questions to 10.0.0.2:53 were lost (25.0 %).")),
        (0, 2, false, None),
        (7, 0, false, None),
    ];
    for (asked, climbed, required, expected) in table {
        let mut watched = watched([WELL, WELL, WELL]);
        let mut watch = watched.watch();
        let series = &mut watch.checks[0];
        let times = |lost| Times { asked: 12, lost, ..Times::default() };
        series.resolvers = vec![ResolverSeries { resolver: "10.0.0.2:53".parse().unwrap(), times: times(asked) }];
        series.addresses[0].rungs = vec![RungSeries { rung: Rung::Connect, times: times(climbed) }];
        watched.judgement.checks[0].required = required;
        judge(&watch, &watched.last.plan, &mut watched.judgement);
        let told = watched.judgement.findings.first().map(|finding| finding.summary.as_str());
        assert_eq!(told, expected, "{asked} {climbed} {required}");
        let is_told = watched.judgement.headline.contains("not every try of all rounds was answered");
        assert_eq!(is_told, expected.is_some(), "{}", watched.judgement.headline);
    }
}

#[test]
fn the_headline_tells_of_the_rounds_that_failed() {
    const NO_WAY_OUT: &str = "control dns=52.1.1.5 52.1.1.5=silent\n";
    let round = |scene: &str| format!("{NO_WAY_OUT}{scene}");
    let scenes = [LOST, WELL, SILENT, SILENT, LOST, SILENT].map(round);
    let judged = watched(scenes.iter().map(String::as_str)).judged(false);
    let said = "3 of 6 rounds failed, from 15:06:42Z to 15:06:45Z: ";
    assert!(judged.headline.starts_with(said), "{}", judged.headline);
}

#[test]
fn what_was_broken_from_the_beginning_did_not_break() {
    let table: [(&[&str], &str); 3] = [
        (&[SILENT, WELL], "It was broken from the beginning, and works now"),
        (&[UNWANTED, WELL], "It was broken from the beginning, and works now"),
        (&[WELL, SILENT, WELL], "It broke once and works now"),
    ];
    for (scenes, meaning) in table {
        let judged = watched(scenes.iter().copied()).judged(false);
        assert!(judged.findings[0].meaning.starts_with(meaning), "{scenes:?}: {}", judged.findings[0].meaning);
    }
}

#[test]
fn what_a_saved_report_says_of_times_reaches_no_command() {
    let mut watched = watched([WELL, SILENT, WELL]);
    let mut watch = watched.watch();
    watch.checks[0].first_at = Some("2025-06-15T15:06:41Z; rm -rf /".to_owned());
    watch.checks[0].last_at = Some("$(rm -rf)T15:06:41Z".to_owned());
    watch.checks[0].asked = u64::MAX;
    judge(&watch, &watched.last.plan, &mut watched.judgement);
    let said = format!("{:?}", watched.judgement.findings);
    assert!(!said.contains("rm -rf"), "{said}");
}

#[test]
fn a_line_says_how_a_check_is_now() {
    let shown = |scenes: &[&'static str]| lines(&watched(scenes.iter().copied()).tally, &str::to_owned);
    let lines: Vec<String> = shown(&[WELL, SILENT, WELL]).into_iter().map(|line| line.text).collect();
    assert!(
        lines[0].starts_with("ecr.api  ok    private since 15:06:42Z  lost ")
            && lines[0].ends_with(" ms; 1 s without an answer"),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("logs     ok    private since 15:06:40Z  lost 0/"), "{lines:?}");
    assert!(lines[1].contains("  connect "), "{lines:?}");
    let optional = shown(&[OPTIONAL, NO_OPTIONAL]);
    assert!(
        !optional[1].fails && optional[1].text.starts_with("sts      -     endpoint-silent since 15:06:41Z"),
        "{optional:?}"
    );
    let failing = shown(&[WELL, SILENT]);
    assert!(failing[0].fails && failing[0].text.starts_with("ecr.api  FAIL  endpoint-silent since 15:06:41Z"));
}

#[test]
fn a_line_keeps_its_figures_on_a_narrow_terminal() {
    let long = "layers:123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";
    let called = |name: &str| if name == "ecr.api" { long.to_owned() } else { name.to_owned() };
    let lines = lines(&watched([ZONE, SILENT]).tally, &called);
    for line in &lines {
        let lost = line.text.find("  lost ").unwrap();
        assert!(line.text[..lost].chars().count() < 66, "{lines:?}");
    }
    let named: Vec<String> = lines.iter().map(|line| line.text.chars().take(18).collect()).collect();
    assert_eq!(named, ["layers:12\u{2026}naws.com", "logs              "]);
}
