//! The price of pulls as people ask for it: from a size, from a report, by other prices; and every bad input in one sentence.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A report of a run that replayed a pull.
const REPLAYED: &str = "tests/snapshots/replayed.json";
/// Its image, and how large that is.
const IMAGE: &str = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop/app:1.0";
const BYTES: u64 = 511_114_080;

fn cost(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe"));
    command.arg("cost").args(args).env_clear().output().unwrap()
}

fn answer(args: &[&str]) -> Value {
    let output = cost(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{args:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(args: &[&str]) -> String {
    let output = cost(&[args, &["--format", "text"]].concat());
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The one sentence of an input that can't be used.
fn refused(args: &[&str]) -> String {
    let output = cost(args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{args:?}: {said}");
    assert!(
        output.stdout.is_empty() && said.lines().count() == 1 && said.starts_with("vpcprobe: "),
        "{args:?}: {said}"
    );
    said["vpcprobe: ".len()..].trim_end().to_owned()
}

/// A file that is gone with the test.
struct Kept(PathBuf);

impl Kept {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vpcprobe-cost-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The report with other images in it, by what is pulled of them.
fn pulling(name: &str, images: &[(&str, u64)]) -> Kept {
    let mut report: Value = serde_json::from_str(&std::fs::read_to_string(REPLAYED).unwrap()).unwrap();
    let pull = report["pulls"][0].clone();
    let of = |(image, bytes): &(&str, u64)| {
        let mut pull = pull.clone();
        (pull["image"], pull["bytes"]) = (json!(image), json!(bytes));
        pull
    };
    report["pulls"] = images.iter().map(of).collect();
    Kept::new(name, &report.to_string())
}

#[test]
fn the_least_set_of_endpoints_in_two_zones_has_its_known_price() {
    let tokyo = ["--bytes", "1GB", "--region", "ap-northeast-1", "--service", "secretsmanager", "--nat-gateways", "1"];
    let answer = answer(&[&tokyo[..], &["--pulls-per-day", "0"]].concat());
    assert_eq!(answer["kind"], "cost");
    let of = |service: &str| format!("com.amazonaws.ap-northeast-1.{service}");
    assert_eq!(answer["endpoints"], json!(["ecr.api", "ecr.dkr", "logs", "secretsmanager"].map(of)));
    let ways: Vec<_> = (0..3).map(|n| (&answer["ways"][n]["way"], &answer["ways"][n]["total_usd"])).collect();
    let (nat, both, endpoints) = (json!("nat-gateway"), json!("nat-gateway-and-s3"), json!("endpoints"));
    assert_eq!(ways, [(&nat, &json!(45.26)), (&both, &json!(45.26)), (&endpoints, &json!(81.76))]);
    assert_eq!(
        answer["break_even"],
        json!({"endpoints_cheaper": "from", "pulls_per_day": 19.355, "gb_per_month": 588.7})
    );
}

#[test]
fn a_report_gives_bytes_region_and_endpoints() {
    let answer = answer(&["--report", REPLAYED, "--pulls-per-day", "24"]);
    assert_eq!(answer["region"], "ap-northeast-1");
    assert_eq!(answer["images"], json!([{"image": IMAGE, "bytes": BYTES}]));
    assert_eq!(answer["prices"]["file"], "built-in");
    assert_eq!(answer["prices"]["as_of"], "2026-11-21");
    let endpoints: Vec<_> = answer["endpoints"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let of = |service: &str| format!("com.amazonaws.ap-northeast-1.{service}");
    assert_eq!(endpoints, ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm"].map(of));
    // 730 × 0.51116408 GB × 0.062
    assert_eq!(answer["ways"][0]["data_usd"], 23.14);
}

#[test]
fn every_image_is_pulled_at_each_start_unless_one_is_named() {
    let ecr = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";
    let (app, sidecar) = (format!("{ecr}/app:1"), format!("{ecr}/sidecar:1"));
    let abroad = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent:1";
    let images = [(app.as_str(), 300_000_000), (sidecar.as_str(), 100_000_000), ("nginx:1", 50_000_000), (abroad, 1)];
    let report = pulling("several.json", &images);
    let all = answer(&["--report", report.path(), "--pulls-per-day", "1"]);
    assert_eq!(all["bytes_per_pull"], 400_000_000);
    let left_out: Vec<_> = all["left_out"].as_array().unwrap().iter().map(|why| why.as_str().unwrap()).collect();
    assert!(
        left_out[0].starts_with("nginx:1: no VPC endpoint carries its registry, so a NAT gateway stays"),
        "{left_out:?}"
    );
    assert!(left_out[1].starts_with(&format!("{abroad}: it is pulled from eu-west-1")), "{left_out:?}");
    // The report's own image is asked for in its inputs, and its manifest is not among the pulls.
    assert_eq!(left_out[2], format!("{IMAGE}: its manifest did not come, so its bytes are not known"));
    let one = answer(&["--report", report.path(), "--image", &sidecar, "--pulls-per-day", "1"]);
    assert_eq!((&one["bytes_per_pull"], one.get("left_out")), (&json!(100_000_000), None));
    let why = refused(&["--report", report.path(), "--image", "nginx:1", "--pulls-per-day", "1"]);
    assert!(why.contains("there is nothing to compare: nginx:1: no VPC endpoint carries its registry"), "{why}");
}

#[test]
fn endpoints_of_another_region_are_in_no_sum() {
    let mut report: Value = serde_json::from_str(&std::fs::read_to_string(REPLAYED).unwrap()).unwrap();
    let before = answer(&["--report", REPLAYED, "--pulls-per-day", "1"]);
    let secrets = report["inputs"]["secrets"].as_array_mut().unwrap();
    let mut abroad = secrets[0].clone();
    (abroad["id"], abroad["region"]) =
        (json!("arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf"), json!("us-west-2"));
    secrets.push(abroad);
    let report = Kept::new("abroad.json", &report.to_string());
    let after = answer(&["--report", report.path(), "--pulls-per-day", "1"]);
    assert_eq!((&after["endpoints"], &after["ways"]), (&before["endpoints"], &before["ways"]));
    let why = "com.amazonaws.us-west-2.secretsmanager: another Region's: a way out stays for it";
    assert_eq!(after["left_out"], json!([why]));
    let text = text(&["--report", report.path(), "--pulls-per-day", "1"]);
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(&format!("left out: {why}")), "{text}");
}

#[test]
fn prices_of_ones_own_take_the_place_of_the_built_in_ones() {
    let shown = cost(&["--show-prices"]);
    assert_eq!(shown.status.code(), Some(0));
    let mut prices: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let mut ours = prices["regions"]["us-east-1"].clone();
    ours["nat_gateway_hour"] = json!({"usd": 0.05, "source": "our bill", "date": "2026-10"});
    prices["regions"]["eu-west-1"] = ours;
    prices["as_of"] = json!("2026-10-31");
    let file = Kept::new("prices.json", &prices.to_string());
    let of = ["--bytes", "1GB", "--pulls-per-day", "24", "--region", "eu-west-1"];
    let answer = answer(&[&of[..], &["--prices", file.path()]].concat());
    assert_eq!(answer["ways"][0]["hourly_usd"], 73.0);
    assert_eq!((&answer["prices"]["as_of"], &answer["prices"]["file"]), (&json!("2026-10-31"), &json!(file.path())));
    let nat = json!({"item": "nat_gateway_hour", "usd": 0.05, "source": "our bill", "date": "2026-10"});
    assert_eq!(answer["prices"]["figures"][2], nat);
    let why = refused(&of);
    let expected = "no prices of the Region eu-west-1, only of ap-northeast-1, us-east-1: give them by --prices FILE, such as \
                    vpcprobe cost --show-prices prints";
    assert_eq!(why, expected);
}

#[test]
fn the_text_says_what_the_document_says() {
    let args = ["--report", REPLAYED, "--pulls-per-day", "40"];
    let (text, answer) = (text(&args), answer(&args));
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = |value: &Value| value.as_str().map_or_else(|| format!("{:.2}", value.as_f64().unwrap()), str::to_owned);
    for place in ["/headline", "/region", "/prices/as_of", "/prices/figures/0/source", "/what_if/0/change"] {
        assert!(flat.contains(&said(answer.pointer(place).unwrap())), "{place}: {text}");
    }
    for way in answer["ways"].as_array().unwrap() {
        for key in ["hourly_usd", "data_usd", "total_usd"] {
            assert!(flat.contains(&said(&way[key])), "{key}: {text}");
        }
    }
    for what in answer["not_in_sum"].as_array().unwrap() {
        assert!(flat.contains(&said(what)), "{what}: {text}");
    }
    assert!(flat.contains("S3's gateway endpoint, which is free"), "{text}");
    assert!(text.lines().all(|line| line.len() <= 80), "{text}");
}

#[test]
fn what_files_bring_does_not_steer_a_terminal() {
    let steers = ['\u{1b}', '\u{202e}'];
    let nasty = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/a\u{1b}[2J\u{202e}";
    let report = pulling("nasty.json", &[(IMAGE, 5), (nasty, 5)]);
    let prices = cost(&["--show-prices"]).stdout;
    let prices = String::from_utf8(prices).unwrap().replace("a public transcript", "a \\u001b[2J\\u202e transcript");
    let prices = Kept::new("nasty-prices.json", &prices);
    let text = text(&["--report", report.path(), "--prices", prices.path(), "--pulls-per-day", "1"]);
    assert!(text.contains("left out:") && text.contains("\\x1b[2J\\u{202e} transcript"), "{text}");
    assert!(!text.contains(steers), "{text}");
    let alone = pulling("alone.json", &[(nasty, 5)]);
    let why = refused(&["--report", alone.path(), "--pulls-per-day", "1"]);
    assert!(!why.contains(steers), "{why}");
}

#[test]
fn what_can_not_be_used_is_one_sentence() {
    let sized = ["--bytes", "1GB", "--pulls-per-day", "1"];
    let here = ["--bytes", "1GB", "--region", "us-east-1", "--pulls-per-day", "1"];
    let nowhere = pulling("nothing.json", &[]);
    let huge = pulling("huge.json", &[(IMAGE, u64::MAX)]);
    let empty = pulling("empty.json", &[(IMAGE, 0)]);
    let unsized_image = "its size is not known, and this command asks no registry: give --bytes, or --report";
    let table: &[(&[&str], &[&str], &str)] = &[
        (&["--pulls-per-day", "1"], &[], unsized_image),
        (&["--pulls-per-day", "1"], &["--image", IMAGE], unsized_image),
        (&sized, &[], "--region: not given, and neither a report nor an image of ECR names one"),
        (&sized, &["--image", "nginx"], "--region: not given"),
        (&sized, &["--image", "a b"], "--image a b: "),
        (&here, &["--image", "nginx"], "--image nginx: no VPC endpoint carries its registry"),
        (&here, &["--image", IMAGE], "it is pulled from ap-northeast-1"),
        (&sized, &["--region", "us-east-1a"], "an availability zone, whose Region is us-east-1"),
        (&here, &["--zones", "0"], "--zones 0: expected a whole number from 1 to 16"),
        (&here, &["--zones", "-1"], "--zones -1: expected a whole number from 1 to 16"),
        (&here, &["--nat-gateways", "-1"], "--nat-gateways -1: expected a whole number from 1 to 16"),
        (&["--bytes", "-1", "--pulls-per-day", "1"], &["--region", "us-east-1"], "--bytes -1: expected a size such as"),
        (
            &["--bytes", "1", "--pulls-per-day", "-1"],
            &["--region", "us-east-1"],
            "--pulls-per-day -1: expected a number",
        ),
        (&here, &["--nat-gateways", "x"], "--nat-gateways x: expected a whole number from 1 to 16"),
        (&here, &["--service", "nonsense"], "--service nonsense: no service of the catalog"),
        (&here, &["--format", "html"], "--format html: a price is shown as text or json"),
        (&here, &["--prices", "/nonexistent"], "--prices /nonexistent: "),
        (&here, &["--prices", REPLAYED], "the key checks is not known: expected as_of, regions"),
        (&["--report", nowhere.path()], &["--pulls-per-day", "1"], "it has no pull, so no image's bytes are known"),
        (&["--report", huge.path()], &["--pulls-per-day", "1"], "18446744073709551615 bytes are no image's size"),
        (&["--report", empty.path()], &["--pulls-per-day", "1"], "0 bytes are no image's size"),
        (&["--report", REPLAYED], &["--image", "x", "--pulls-per-day", "1"], "no pull of x in it, but of"),
        (&["--report", "tests/snapshots/merged.json"], &["--pulls-per-day", "1"], "these are several runs, merged"),
        (&["--report", "-"], &["--prices", "-", "--pulls-per-day", "1"], "standard input holds one document"),
    ];
    for (args, more, expected) in table {
        let why = refused(&[*args, *more].concat());
        assert!(why.contains(expected), "{args:?} {more:?}: {why}");
    }
    for usage in [&["--bytes", "1GB"][..], &["--report", REPLAYED, "--service", "ssm", "--pulls-per-day", "1"]] {
        assert_eq!(cost(usage).status.code(), Some(2), "{usage:?}");
    }
}

#[test]
fn a_redacted_price_names_nobody() {
    let asked = ["--report", REPLAYED, "--pulls-per-day", "40"];
    assert!(text(&asked).contains("123456789012"));
    let named = [&asked[..], &["--redact"]].concat();
    let said = [text(&named), answer(&named).to_string()];
    for said in said {
        assert!(!said.contains("123456789012") && !said.contains("shop/app"), "{said}");
    }
    assert_eq!(answer(&named)["ways"], answer(&asked)["ways"]);
    assert_eq!(answer(&named)["prices"]["file"], "built-in");
}
