//! Two reports held against each other by the real binary: what changed, what it means, and the exit code.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

#[path = "data/held.rs"]
mod held;

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;
use vpcprobe::diff::{self, Document, schema};
use vpcprobe::plan;
use vpcprobe::report;
use vpcprobe::report::text::{Look, Marks, Style};

use held::path;

const NAT: &str = "works-by-the-nat-gateway-before-the-cut-over";
const BOTH: &str = "works-by-endpoints-with-the-nat-gateway-still-there";
const ENDPOINTS: &str = "works-without-a-nat-gateway";
const NO_NAT: &str = "nothing-starts-since-the-nat-gateway-was-deleted";
const ONE_SILENT: &str = "io-timeout-private-address-one-endpoint";
const NO_LAYERS: &str = "layers-io-timeout-while-manifest-works";
const S3_INTERFACE: &str = "works-over-an-interface-endpoint-of-s3";
const LAYERS: &str = "layers:123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1.0";
const S3_ASKED: &str = "does-s3-go-by-the-gateway-endpoint-or-by-the-nat";

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&schema::schema()).unwrap());

/// A stored case's part.
fn part(name: &str, part: &str) -> Value {
    let text = std::fs::read_to_string(path(&format!("tests/cases/{name}.json"))).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[part].take()
}

fn case(name: &str) -> Value {
    part(name, "report")
}

/// What the binary said, in a folder of its own.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Value {
        let document: Value = serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why}: {}", self.err));
        let errors: Vec<String> = SCHEMA.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        document
    }
}

fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diff").join(test);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn vpcprobe(folder: &PathBuf, args: &[&str]) -> Said {
    let done =
        Command::new(env!("CARGO_BIN_EXE_vpcprobe")).args(args).current_dir(folder).env_clear().output().unwrap();
    Said {
        code: done.status.code().unwrap(),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

/// Compare two documents by the binary.
fn compared(test: &str, before: &Value, after: &Value, args: &[&str]) -> Said {
    let folder = folder(test);
    std::fs::write(folder.join("before.json"), before.to_string()).unwrap();
    std::fs::write(folder.join("after.json"), after.to_string()).unwrap();
    vpcprobe(&folder, &[&["diff", "before.json", "after.json"], args].concat())
}

/// The observations of one check on one rung.
fn observations<'r>(report: &'r mut Value, check: &'r str, rung: &'r str) -> impl Iterator<Item = &'r mut Value> {
    let all = report["observations"].as_array_mut().unwrap();
    all.iter_mut().filter(move |seen| seen["check"] == check && (rung.is_empty() || seen["rung"] == rung))
}

fn took(mut report: Value, check: &str, rung: &str, ms: u64) -> Value {
    observations(&mut report, check, rung).for_each(|seen| seen["took_ms"] = json!(ms));
    report
}

/// A run that a signal ended before it came to a check.
fn cut_short(mut report: Value, check: &str) -> Value {
    for seen in observations(&mut report, check, "") {
        not_tried(seen, "signal");
    }
    report["run"]["ended"] = json!("signal");
    (report["verdict"], report["exit_code"]) = (json!("inconclusive"), json!(71));
    report
}

/// A run with `--no-control`.
fn uncontrolled(name: &str) -> Value {
    let mut report = asked(case(name), "controls", json!(false));
    let is_control = |seen: &Value| seen["check"].as_str().unwrap().starts_with("control:");
    report["observations"].as_array_mut().unwrap().retain(|seen| !is_control(seen));
    report
}

/// A run with `--layers none`.
fn unfetched(name: &str) -> Value {
    let mut report = asked(case(name), "layers", json!("none"));
    for seen in observations(&mut report, LAYERS, "") {
        if seen["step"]["part"].as_str().unwrap().starts_with("layer") {
            not_tried(seen, "not-asked");
        }
    }
    report
}

/// A run in which no connection to this host opens.
fn shut(mut report: Value, check: &str) -> Value {
    for seen in observations(&mut report, check, "") {
        match seen["rung"].as_str() {
            Some("resolve") => {}
            Some("connect") => {
                not_tried(seen, "");
                let fields = seen.as_object_mut().unwrap();
                fields.remove("why");
                fields.insert("outcome".to_owned(), json!("failed"));
                fields.insert("fault".to_owned(), json!({ "kind": "timed-out", "after_ms": 4_000 }));
                fields.insert("took_ms".to_owned(), json!(4_000));
            }
            _ => not_tried(seen, "below-failed"),
        }
    }
    report
}

fn not_tried(seen: &mut Value, why: &str) {
    let fields = seen.as_object_mut().unwrap();
    fields.retain(|key, _| !matches!(key.as_str(), "answer" | "connection" | "handshake" | "response" | "fault"));
    fields.insert("outcome".to_owned(), json!("not_tried"));
    fields.insert("why".to_owned(), json!(why));
}

fn asked(mut report: Value, key: &str, value: Value) -> Value {
    report["inputs"][key] = value;
    report
}

/// A whole chain's issuers.
fn issued(mut report: Value, leaf: &str, root: &str) -> Value {
    for seen in observations(&mut report, "ecr.api", "handshake") {
        let chain = seen.pointer_mut("/handshake/chain").and_then(Value::as_array_mut).unwrap();
        chain.first_mut().unwrap()["issuer"] = json!(leaf);
        chain.last_mut().unwrap()["issuer"] = json!(if root.is_empty() { leaf } else { root });
    }
    report
}

fn texts(document: &Value, pointer: &str) -> Vec<String> {
    let all = document.pointer(pointer).and_then(Value::as_array).unwrap();
    all.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_form_reads_as_it_did() {
    let expected = ["--expect-change", "ecr.dkr=private,ecr.api=private,s3=private"];
    let table = [
        ("moved", NAT, BOTH, &expected[..]),
        ("broke", BOTH, NO_NAT, &expected[..]),
        ("healed", ONE_SILENT, ENDPOINTS, &[][..]),
        ("layers", ENDPOINTS, NO_LAYERS, &[][..]),
    ];
    for (name, before, after, args) in table {
        let args = [args, &["--format", "text"]].concat();
        let said = compared(&format!("form-{name}"), &case(before), &case(after), &args);
        hold(&format!("diff.{name}.txt"), &said.out);
    }
    let said = compared("form-json", &case(NAT), &case(BOTH), &expected);
    let mut document = said.json();
    document["tool"] = json!({ "name": "vpcprobe", "version": "0.0.0", "commit": "unknown" });
    hold("diff.moved.json", &format!("{document:#}\n"));
}

fn hold(file: &str, actual: &str) {
    held::hold(&format!("tests/snapshots/{file}"), actual, "--test diff");
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    held::hold("docs/diff.schema.json", &schema::made(), "--test diff");
}

#[test]
fn the_code_says_whether_anything_got_worse() {
    let fast = || took(case(BOTH), "ecr.api", "connect", 2);
    let strict = |report| asked(report, "strict", json!(true));
    let table = [
        ("the same", case(BOTH), case(BOTH), 0, "nothing got worse: 0 of 4 checks changed"),
        ("to endpoints", case(NAT), case(BOTH), 0, "nothing got worse: 3 of 4 checks changed"),
        ("back to the NAT", case(BOTH), case(NAT), 0, "nothing got worse: 3 of 4 checks changed"),
        ("no NAT any more", case(NAT), case(NO_NAT), 1, "worse: ecr.api: it passed before, and fails now"),
        ("S3 forgotten", case(ENDPOINTS), case(NO_LAYERS), 1, "worse: s3: it passed before, and fails now"),
        ("mended", case(ONE_SILENT), case(ENDPOINTS), 0, "nothing got worse: "),
        ("still broken", case(ONE_SILENT), case(ONE_SILENT), 0, "nothing got worse: 0 of "),
        ("cut short", case(BOTH), cut_short(case(BOTH), "logs"), 1, "not shown that nothing got worse: logs worked"),
        ("not asked", case(ENDPOINTS), case(BOTH), 1, "not shown that nothing got worse: "),
        ("asked for more", case(BOTH), case(ENDPOINTS), 0, "nothing got worse: "),
        ("no public host asked", case(ENDPOINTS), uncontrolled(ENDPOINTS), 0, "nothing got worse: 0 of "),
        ("nor before", uncontrolled(ENDPOINTS), case(ENDPOINTS), 0, "nothing got worse: 0 of "),
        ("no layers", case(ENDPOINTS), unfetched(ENDPOINTS), 1, "not shown that nothing got worse: layers:1234"),
        ("no layers before", unfetched(ENDPOINTS), case(ENDPOINTS), 0, "nothing got worse: "),
        ("no layers at all", unfetched(ENDPOINTS), unfetched(ENDPOINTS), 0, "nothing got worse: "),
        ("cut short before", cut_short(case(BOTH), "logs"), case(BOTH), 0, "nothing got worse: 0 of 3 checks"),
        ("slower", fast(), took(fast(), "ecr.api", "connect", 400), 0, "nothing got worse: 1 of 4 checks changed"),
        ("noise", fast(), took(fast(), "ecr.api", "connect", 40), 0, "nothing got worse: 0 of 4 checks changed"),
        ("beyond --slow", fast(), took(fast(), "ecr.api", "connect", 6_000), 1, "worse: ecr.api: connect takes 6.0 s"),
        (
            "a warning",
            case(BOTH),
            asked(case(BOTH), "expectations", json!([{"what": "s3", "route": "gateway"}])),
            0,
            "nothing got worse: 1 of 4 checks changed",
        ),
        (
            "a strict warning",
            case(BOTH),
            strict(asked(case(BOTH), "expectations", json!([{"what": "s3", "route": "gateway"}]))),
            1,
            "worse: route-undetermined is new",
        ),
        ("an old warning, strict now", case(S3_ASKED), strict(case(S3_ASKED)), 0, "nothing got worse: 0 of 4"),
        (
            "an assertion broke",
            asked(case(BOTH), "expectations", json!([{"what": "ecr.api", "route": "private"}])),
            asked(case(NAT), "expectations", json!([{"what": "ecr.api", "route": "private"}])),
            1,
            "worse: ecr.api: it passed before, and fails now",
        ),
    ];
    for (about, before, after, code, headline) in table {
        let said = compared("codes", &before, &after, &[]);
        let document = said.json();
        let found = document["headline"].as_str().unwrap();
        assert!(found.starts_with(headline), "{about}: {found}");
        assert_eq!(said.code, code, "{about}: {found}");
        assert_eq!(document["exit_code"], code, "{about}");
    }
}

#[test]
fn an_expected_change_is_met_or_it_is_said_why_not() {
    let table = [
        (NAT, BOTH, "ecr.dkr=private", 0, true, "it did not before"),
        (BOTH, BOTH, "ecr.dkr=private", 0, true, "and so it did before"),
        (NAT, BOTH, "api.ecr.ap-northeast-1.amazonaws.com=private", 0, true, "10.0.1.50"),
        (NAT, NAT, "ecr.dkr=private", 1, false, "it leaves by a NAT or internet gateway"),
        (NAT, NAT, "ecr.dkr=public", 0, true, "and so it did before"),
        (NAT, BOTH, "s3=private", 1, false, "can't be told from inside; vpcprobe diagnose AFTER --network FILE"),
        (NAT, BOTH, "s3=gateway", 1, false, "can't be told from inside"),
        (NAT, BOTH, "s3=any", 0, true, "and so it did before"),
        (ENDPOINTS, ENDPOINTS, "s3=private", 0, true, "by the gateway endpoint"),
        (ENDPOINTS, NO_LAYERS, "s3=private", 1, false, "it fails after the change by layers-unreachable"),
        (NO_NAT, NO_NAT, "ecr.api=blocked", 0, true, "and so it did before"),
        (BOTH, BOTH, "ecr.api=blocked", 1, false, "it goes to private addresses"),
        (NAT, ENDPOINTS, "ssm=private", 0, true, "it was not asked before"),
        (ENDPOINTS, BOTH, "ssm=private", 1, false, "the run after did not ask for it"),
        (NAT, BOTH, "ecr.dkr=any", 0, true, "that was met before as well, by public addresses"),
        (ENDPOINTS, S3_INTERFACE, "s3=private", 1, true, "that was met before as well, by the gateway endpoint"),
        (ENDPOINTS, ENDPOINTS, &format!("{LAYERS}=private"), 0, true, "and its layers come by the gateway endpoint"),
    ];
    for (before, after, word, code, met, why) in table {
        let said = compared("expected", &case(before), &case(after), &["--expect-change", word]);
        let document = said.json();
        let first = &document["expectations"][0];
        assert_eq!(first["met"], met, "{word}: {first}");
        assert!(first["why"].as_str().unwrap().contains(why), "{word}: {first}");
        assert_eq!(said.code, code, "{word}: {}", document["headline"]);
    }
}

#[test]
fn layers_are_private_where_the_host_that_they_come_from_is() {
    let two = |test: &str, report: &dyn Fn() -> Value| merged(test, &[("a", report()), ("b", report())]);
    let word = format!("{LAYERS}=private");
    let (open, whole) = (|| uncontrolled(ENDPOINTS), || case(ENDPOINTS));
    let table = [
        (whole(), open(), false, "its layers come from s3: it answers at public addresses"),
        (open(), whole(), true, "whether it did before can't be told"),
        (
            two("layers-before", &whole),
            two("layers-open", &open),
            false,
            "its layers come from s3: it answers at public",
        ),
        (two("layers-before", &whole), two("layers-whole", &whole), true, "its layers come by the gateway endpoint"),
    ];
    for (before, after, met, why) in table {
        let document = compared("layers", &before, &after, &["--expect-change", &word]).json();
        let first = &document["expectations"][0];
        assert_eq!(first["met"], met, "{first}");
        assert!(first["why"].as_str().unwrap().contains(why), "{first}");
        assert!(!first["why"].as_str().unwrap().contains("private 52."), "{first}");
        assert_eq!(document["exit_code"], i32::from(!met));
    }
}

#[test]
fn a_registry_that_moved_is_no_move_of_its_layers() {
    let public = case(ENDPOINTS).to_string().replace("10.0.1.51", "3.112.64.24").replace("10.0.2.51", "3.112.64.25");
    let document = compared("registry", &serde_json::from_str(&public).unwrap(), &case(ENDPOINTS), &[]).json();
    let changes = document["changes"].as_array().unwrap();
    let layers = changes.iter().find(|change| change["check"] == LAYERS).unwrap();
    let detail = &layers["details"][0];
    assert_eq!(
        detail["meaning"], "the registry through a VPC endpoint now, the layers by public addresses",
        "{layers}"
    );
    let s3 = compared("registry", &case(S3_ASKED), &case(S3_ASKED), &["--expect-change", "s3=gateway"]).json();
    assert!(s3["expectations"][0]["why"].as_str().unwrap().contains("or none was asked"), "{s3:#}");
}

#[test]
fn what_was_meant_to_be_closed_is_not_worse() {
    let blocked = ["--expect-change", "ecr.api=blocked"];
    let table = [
        ("meant", shut(case(BOTH), "ecr.api"), &blocked[..], 0, "nothing got worse: "),
        ("not meant", shut(case(BOTH), "ecr.api"), &[][..], 1, "worse: ecr.api: it passed before"),
        ("another too", shut(shut(case(BOTH), "ecr.api"), "logs"), &blocked[..], 1, "worse: logs: it passed before"),
        ("still open", case(BOTH), &blocked[..], 1, "nothing got worse: 0 of 4 checks changed; 1 of 1"),
    ];
    for (about, after, args, code, headline) in table {
        let said = compared("closed", &case(BOTH), &after, args);
        let document = said.json();
        assert_eq!(said.code, code, "{about}: {document:#}");
        assert!(document["headline"].as_str().unwrap().starts_with(headline), "{about}: {}", document["headline"]);
    }
}

#[test]
fn the_names_of_the_files_are_the_owners_too() {
    let folder = folder("files").join("acme-prod-vpc");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("jsmith-before.json"), case(NAT).to_string()).unwrap();
    std::fs::write(folder.join("jsmith-after.json"), case(BOTH).to_string()).unwrap();
    std::fs::write(folder.join("jsmith-half.json"), "{").unwrap();
    let (before, after) = ("acme-prod-vpc/jsmith-before.json", "acme-prod-vpc/jsmith-after.json");
    let above = folder.parent().unwrap().to_path_buf();
    let table = [
        (vec![before, after, "--format", "text"], 0),
        (vec![before, after, "--format", "json"], 0),
        (vec![before, "acme-prod-vpc/jsmith-half.json"], 3),
        (vec!["acme-prod-vpc/jsmith-gone.json", after], 3),
    ];
    for (args, code) in table {
        let said = vpcprobe(&above, &[&["diff", "--redact"], &args[..]].concat());
        assert_eq!(said.code, code, "{}", said.err);
        let all = said.out + &said.err;
        assert!(
            !all.contains("jsmith") && !all.contains("acme") && (code == 3 || all.contains("BEFORE")),
            "{args:?}: {all}"
        );
    }
}

#[test]
fn what_the_operators_view_settled_is_used() {
    let folder = folder("viewed");
    std::fs::write(folder.join("report.json"), case(BOTH).to_string()).unwrap();
    std::fs::write(folder.join("network.json"), part(BOTH, "network").to_string()).unwrap();
    let judged = vpcprobe(&folder, &["diagnose", "report.json", "--network", "network.json", "--format", "json"]);
    let after: Value = serde_json::from_str(&judged.out).unwrap();
    let s3 = after["checks"].as_array().unwrap().iter().find(|check| check["id"] == "s3").unwrap().clone();
    let route = s3["observed_route"].as_str().unwrap();
    assert_ne!(route, "s3-undetermined", "the case's view says nothing of S3's route");
    let said = compared("viewed-diff", &case(BOTH), &after, &["--expect-change", &format!("s3={route}")]);
    let document = said.json();
    assert_eq!((said.code, &document["expectations"][0]["met"]), (0, &json!(true)), "{document:#}");
    assert!(said.out.contains("only the run after was judged by the operator's view"), "{}", said.out);
}

#[test]
fn an_expectation_that_is_none_is_refused() {
    let table = [
        ("ecr.dkr", "expected WHAT=ROUTE"),
        ("=private", "expected WHAT=ROUTE"),
        ("ecr.dkr=sideways", "none of private, gateway, public, any and blocked"),
        ("ecr.dkr=private,ecr.dkr=public", "given twice"),
        (",", "it is empty"),
        ("ecr-dkr=private", "neither BEFORE nor AFTER has ecr-dkr; near it: ecr.dkr"),
        ("ecr.dkrr=private", "near it: ecr.dkr"),
        ("zebras.example=private", "they list their checks"),
    ];
    for (word, why) in table {
        let said = compared("refused", &case(NAT), &case(BOTH), &["--expect-change", word]);
        assert_eq!((said.code, said.out.as_str()), (3, ""), "{word}: {}", said.err);
        assert!(said.err.contains(why) && said.err.lines().count() == 1, "{word}: {}", said.err);
    }
}

#[test]
fn bad_input_is_one_sentence_that_names_the_file() {
    let good = case(NAT).to_string();
    let newer = good.replacen("\"schema_version\":1", "\"schema_version\":9", 1);
    let table = [
        (good[..good.len() / 2].to_owned(), "cut off"),
        (String::new(), "empty"),
        ("{\"Reservations\": []}".to_owned(), "no schema_version"),
        ("[1, 2".to_owned(), "not a report"),
        (newer, "schema_version 9"),
        ("{\"schema_version\":1,\"kind\":\"diff\"}".to_owned(), "what diff made"),
        ("{\"schema_version\":1,\"kind\":\"merged\"}".to_owned(), "not a whole document of merge"),
        ("{\"schema_version\":7,\"kind\":\"merged\"}".to_owned(), "schema_version 7"),
        ("{\"schema_version\":1,\"kind\":\"merged\",\"runs\":[],\"findings\":[]}".to_owned(), "several runs, merged"),
    ];
    let folder = folder("bad");
    std::fs::write(folder.join("good.json"), &good).unwrap();
    for (text, why) in table {
        std::fs::write(folder.join("bad.json"), &text).unwrap();
        for (args, place) in [(["bad.json", "good.json"], "BEFORE"), (["good.json", "bad.json"], "AFTER")] {
            let said = vpcprobe(&folder, &["diff", args[0], args[1]]);
            assert_eq!((said.code, said.out.as_str()), (3, ""), "{why}: {}", said.err);
            assert!(said.err.contains(why) && said.err.contains(place), "{why}: {}", said.err);
            assert_eq!(said.err.lines().count(), 1, "{why}: {}", said.err);
        }
    }
    let said = vpcprobe(&folder, &["diff", "-", "-"]);
    assert!(said.code == 3 && said.err.contains("named twice"), "{}", said.err);
    let said = vpcprobe(&folder, &["diff", "missing.json", "good.json"]);
    assert!(said.code == 3 && said.err.contains("BEFORE missing.json"), "{}", said.err);
    let file = std::fs::File::create(folder.join("large.json")).unwrap();
    file.set_len(200 << 20).unwrap();
    let said = vpcprobe(&folder, &["diff", "good.json", "large.json"]);
    assert!(said.code == 3 && said.err.contains("AFTER large.json: it is larger than"), "{}", said.err);
}

#[test]
fn reports_of_other_places_are_compared_as_far_as_they_go() {
    let mut elsewhere = case(BOTH);
    elsewhere["vantage"]["subnet_cidr"] = json!("10.0.3.0/24");
    let moved = |report: &Value| -> Value {
        let text = report.to_string().replace("10.0.1.5", "10.0.3.5").replace("10.0.2.5", "10.0.4.5");
        serde_json::from_str(&text).unwrap()
    };
    let abroad: Value = serde_json::from_str(&case(BOTH).to_string().replace("ap-northeast-1", "eu-west-1")).unwrap();
    let mut newer = case(BOTH);
    newer["tool"]["version"] = json!("9.9.9");
    let table = [
        ("other addresses", case(BOTH), moved(&case(BOTH)), 3, "other addresses: the endpoint was made anew"),
        (
            "another subnet",
            case(BOTH),
            moved(&elsewhere),
            0,
            "different subnets (10.0.1.0/24 before, 10.0.3.0/24 after)",
        ),
        ("another Region", case(BOTH), abroad, 0, "different Regions (ap-northeast-1 before, eu-west-1 after)"),
        ("another version", case(BOTH), newer, 0, "AFTER by 9.9.9"),
        ("asked otherwise", case(BOTH), asked(case(BOTH), "fips", json!(true)), 0, "not asked the same: --fips"),
    ];
    for (about, before, after, changed, said_so) in table {
        let said = compared("places", &before, &after, &[]);
        let document = said.json();
        assert!(said.out.contains(said_so), "{about}: {}", said.out);
        if about != "asked otherwise" {
            assert_eq!(said.code, 0, "{about}: {}", document["headline"]);
            assert_eq!(document["summary"]["changed"], changed, "{about}: {document:#}");
        }
    }
}

#[test]
fn what_changed_is_told_with_its_meaning() {
    let amazon = |leaf: &str, root: &str| issued(case(BOTH), &format!("CN=Amazon {leaf}"), root);
    let mut resolver = case(BOTH);
    resolver["vantage"]["nameservers"] = json!(["10.9.0.2:53"]);
    let mut image = case(ENDPOINTS);
    let text = image.to_string().replace("sha256:210e6e", "sha256:999e6e");
    image = serde_json::from_str(&text).unwrap();
    let table = [
        ("issuer", amazon("M02", "CN=R"), amazon("M03", "CN=R"), "under the same root, which is routine"),
        ("root", amazon("M02", "CN=R"), amazon("M02", "CN=Other"), "another root"),
        ("resolvers", case(BOTH), resolver, "the task asks other resolvers"),
        ("image", case(ENDPOINTS), image, "it is another image"),
        ("time", took(case(BOTH), "logs", "handshake", 4), took(case(BOTH), "logs", "handshake", 90), "\"slower\""),
        ("gone", case(ONE_SILENT), case(ENDPOINTS), "it failed before (endpoint-silent), and passes now"),
        ("rung", case(ONE_SILENT), case(ENDPOINTS), "this rung healed"),
        ("way out", case(BOTH), case(NO_NAT), "this way out is closed"),
    ];
    for (about, before, after, meaning) in table {
        let said = compared("meaning", &before, &after, &[]);
        said.json();
        assert!(said.out.contains(meaning), "{about}: {}", said.out);
    }
}

#[test]
fn rounds_that_failed_are_named() {
    let mut watched = case(BOTH);
    watched["watch"] = json!({
        "started_at": "2026-11-21T14:00:00Z", "took_ms": 600_000, "every_ms": 5_000, "rounds": 120, "failed": 4,
        "inconclusive": 1, "round": 120, "checks": []
    });
    let said = compared("watched", &case(NAT), &watched, &[]);
    said.json();
    assert!(said.out.contains("AFTER kept asking for 120 rounds, of which 4 failed"), "{}", said.out);
}

#[test]
fn aliases_change_nothing_of_what_is_said() {
    for (before, after) in [(NAT, BOTH), (BOTH, NO_NAT)] {
        let args = ["--expect-change", "ecr.dkr=private,ecr.api=private"];
        let plain = compared("aliases", &case(before), &case(after), &args);
        let aliased = compared("aliases", &case(before), &case(after), &[&args[..], &["--redact"]].concat());
        assert_eq!(plain.code, aliased.code, "{}", aliased.err);
        let (plain, aliased) = (plain.json(), aliased.json());
        for part in ["summary", "outcome"] {
            assert_eq!(plain[part], aliased[part]);
        }
    }
}

#[test]
fn what_another_build_judged_is_judged_again() {
    let mut older = case(NO_LAYERS);
    older["tool"]["version"] = json!("0.0.1");
    older["findings"] = json!([]);
    (older["verdict"], older["exit_code"]) = (json!("pass"), json!(0));
    for check in older["checks"].as_array_mut().unwrap() {
        check["status"] = json!("pass");
    }
    let said = compared("judged", &older, &case(NO_LAYERS), &[]);
    let document = said.json();
    assert_eq!((said.code, &document["summary"]["changed"]), (0, &json!(0)), "{document:#}");
    assert!(said.out.contains("BEFORE was written by version 0.0.1"), "{document:#}");
}

#[test]
fn a_finding_about_what_was_not_looked_at_is_neither_new_nor_gone() {
    let state = |document: &Value, id: &str| {
        let all = document["findings"].as_array().unwrap();
        all.iter().find(|finding| finding["id"] == id).map(|finding| finding["state"].clone())
    };
    let whole = case(NO_LAYERS);
    let unseen = cut_short(case(NO_LAYERS), "s3");
    let new = compared("unseen", &unseen, &whole, &[]).json();
    assert_eq!(state(&new, "layers-unreachable"), Some(json!("not-compared")), "{new:#}");
    let gone = compared("unseen", &whole, &unseen, &[]).json();
    assert_eq!(state(&gone, "layers-unreachable"), Some(json!("not-compared")), "{gone:#}");
}

/// Two runs merged, and what of them changed.
fn merged(test: &str, runs: &[(&str, Value)]) -> Value {
    let folder = folder(test);
    let mut args = vec!["merge".to_owned(), "--format".to_owned(), "json".to_owned()];
    for (name, report) in runs {
        let file = format!("{name}.json");
        let mut report = report.clone();
        report["run"]["id"] = json!(format!("run-{name}"));
        std::fs::write(folder.join(&file), report.to_string()).unwrap();
        args.push(format!("{name}={file}"));
    }
    let said = vpcprobe(&folder, &args.iter().map(String::as_str).collect::<Vec<_>>());
    serde_json::from_str(&said.out).unwrap_or_else(|why| panic!("{why}: {}", said.err))
}

#[test]
fn merged_runs_are_compared_run_by_run() {
    let before = merged("merged-before", &[("a", case(NAT)), ("b", case(NAT)), ("old", case(NAT))]);
    let after = merged("merged-after", &[("a", case(BOTH)), ("b", case(BOTH)), ("new", case(BOTH))]);
    let said = compared("merged", &before, &after, &["--expect-change", "ecr.dkr=private"]);
    let document = said.json();
    assert_eq!(said.code, 0, "{document:#}");
    assert_eq!(document["summary"]["compared"], 12);
    assert_eq!(texts(&document, "/changes/0/runs"), ["a", "b", "new"], "old is matched with new by its subnet");
    assert_eq!(document["expectations"].as_array().unwrap().len(), 3);

    let worse = merged("merged-worse", &[("a", case(BOTH)), ("b", case(NO_NAT))]);
    let said = compared("merged", &before, &worse, &["--expect-change", "ecr.dkr=private"]);
    let document = said.json();
    assert_eq!(said.code, 1);
    assert!(texts(&document, "/reasons")[0].starts_with("b: ecr.api: it passed before"), "{document:#}");
    assert!(said.out.contains("this run is only in BEFORE"), "{document:#}");

    let mut elsewhere = case(NAT);
    elsewhere["vantage"]["subnet_cidr"] = json!("10.0.9.0/24");
    let more = merged("merged-more", &[("a", case(NAT)), ("c", elsewhere)]);
    let said = compared("merged", &more, &merged("merged-less", &[("a", case(BOTH)), ("d", case(BOTH))]), &[]);
    let document = said.json();
    assert_eq!((said.code, &document["outcome"]), (1, &json!("not-shown")), "{document:#}");
    assert!(texts(&document, "/reasons")[0].starts_with("c: its checks worked before"), "{document:#}");

    let mut failing = case(NO_NAT);
    failing["vantage"]["subnet_cidr"] = json!("10.0.8.0/24");
    let one = merged("merged-one", &[("a", case(NAT))]);
    let said = compared("merged", &one, &merged("merged-two", &[("a", case(BOTH)), ("e", failing)]), &[]);
    let document = said.json();
    assert_eq!((said.code, &document["outcome"]), (1, &json!("not-shown")), "{document:#}");
    assert_eq!(texts(&document, "/reasons"), ["e: it does not pass, and BEFORE has no run of that name or subnet"]);

    let mix = compared("merged", &case(NAT), &worse, &[]);
    assert!(mix.code == 3 && mix.err.contains("AFTER is several runs, merged"), "{}", mix.err);
}

/// A comparison by the library, for looks that a pipe has not.
fn rendered(before: &Value, after: &Value, look: Look) -> String {
    let side = |file: &str, report: &Value| {
        let report = report::parse(&report.to_string()).unwrap();
        let plan = plan::plan(&report.inputs, &report.vantage).unwrap();
        Document::of_report(file, report, &plan, "0.0.0")
    };
    let asked = diff::expectations(&["ecr.dkr=private,s3=private".to_owned()]).unwrap();
    diff::text::render(&diff::diff(&side("before.json", before), &side("after.json", after), &asked).unwrap(), look)
}

#[test]
fn no_line_is_wider_than_the_page_and_nothing_steers_the_terminal() {
    let nasty = "\u{1b}[2J\u{202e}<script>\r\n\u{9b}31m";
    let mut hostile = issued(case(S3_ASKED), nasty, nasty);
    for check in hostile["checks"].as_array_mut().unwrap() {
        check["host"] = json!(format!("{nasty}{}", check["host"].as_str().unwrap()));
    }
    for finding in hostile["findings"].as_array_mut().unwrap() {
        finding["summary"] = json!(format!("{nasty} {}", "x".repeat(300)));
    }
    hostile["headline"] = json!(nasty);
    for width in [40, 50, 80, 120] {
        for (before, after) in [(NAT, hostile.clone()), (ENDPOINTS, case(NO_LAYERS)), (NAT, case(BOTH))] {
            let look = Look { width, style: Style::Plain, marks: Marks::Unicode };
            let text = rendered(&case(before), &after, look);
            let is_bad = |c: char| c != '\n' && report::is_steering(c);
            assert!(!text.contains(is_bad), "{text:?}");
            let widest = text.lines().max_by_key(|line| line.width()).unwrap();
            assert!(widest.width() <= width, "{} columns of {width}: {widest}", widest.width());
        }
    }
    let said = compared("hostile", &issued(case(BOTH), "CN=x", ""), &issued(case(BOTH), nasty, ""), &[]);
    assert!(said.json().to_string().contains("<script>"));
    assert!(!said.out.contains(|c: char| c != '\n' && report::is_steering(c)), "{:?}", said.out);
}
