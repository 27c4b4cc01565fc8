//! Reports with aliases: none of the originals is left, and the rules find the same.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

#[expect(dead_code, reason = "the cases' own test reads them in more ways")]
#[path = "cases/corpus.rs"]
mod corpus;
#[expect(dead_code, unused_imports, reason = "the reports of other tests stand in the same file")]
#[path = "data/fixtures.rs"]
mod fixtures;
#[expect(dead_code, reason = "nothing is written anew here")]
#[path = "data/held.rs"]
mod held;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use ipnet::IpNet;
use serde_json::{Value, json};
use vpcprobe::merge::{self, Given, Known};
use vpcprobe::redact::Redactor;
use vpcprobe::report::text::{Look, Marks, Style};
use vpcprobe::report::{Format, Report, render, schema};

use corpus::{CASES, Case};

const PLAIN: Look = Look { width: 120, style: Style::Plain, marks: Marks::Ascii };

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&schema::schema()).unwrap());

/// Every report of the corpus: as stored, and judged with the operator's view where there is one.
fn reports() -> impl Iterator<Item = (&'static Case, &'static str, Report)> {
    let each = |case: &'static Case| {
        let viewed = case.viewed().map(|report| (case, "with the view", report));
        [(case, "stored", case.stored())].into_iter().chain(viewed)
    };
    CASES.iter().flat_map(each)
}

fn redacted(report: &Report) -> (Redactor, Report) {
    let redactor = Redactor::of(&[serde_json::to_value(report).unwrap()]);
    let report = redactor.report(report);
    (redactor, report)
}

/// What a report says of its owner, gathered by its fields and by searching its text, and not as the redactor does it.
fn originals(report: &Report) -> BTreeSet<String> {
    let document = serde_json::to_value(report).unwrap();
    let mut found = BTreeSet::new();
    of_vantage(report, &mut found);
    of_inputs(report, &mut found);
    of_answers(&document, &mut found);
    let text = serde_json::to_string(&without_the_tools(document)).unwrap();
    found.extend(numbers(&text));
    found.extend(ids(&text));
    found.retain(|word| word.len() > 1 && !NOBODYS.contains(&word.as_str()));
    found
}

/// Words that are names in some of the cases and say nothing: the tool's and AWS's own.
const NOBODYS: &[&str] =
    &["library", "ecs", "key", "docker", "latest", "AWSCURRENT", "s3", "task", "parameter", "secret"];

fn without_the_tools(mut document: Value) -> Value {
    let fields = document.as_object_mut().unwrap();
    fields.remove("tool");
    fields.remove("run");
    document
}

fn parts(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .filter(|part| part.bytes().any(|byte| byte.is_ascii_alphabetic()))
        .map(str::to_owned)
}

fn of_vantage(report: &Report, found: &mut BTreeSet<String>) {
    let vantage = &report.vantage;
    found.extend(vantage.addresses.iter().map(ToString::to_string));
    found.extend(vantage.subnet_cidr.iter().chain(&vantage.subnet_cidr_ipv6).map(ToString::to_string));
    found.extend(vantage.private_dns_name.clone());
    for arn in [&vantage.task_arn, &vantage.cluster, &vantage.identity_arn].into_iter().flatten() {
        found.insert(arn.clone());
        found.extend(arn.split('/').skip(1).map(str::to_owned));
    }
    found.extend(vantage.proxy.iter().map(|proxy| proxy.value.clone()));
    found.extend(vantage.function.iter().map(|function| function.name.clone()));
}

fn of_inputs(report: &Report, found: &mut BTreeSet<String>) {
    let inputs = &report.inputs;
    found.extend(inputs.account.clone());
    for image in &inputs.images {
        found.extend(parts(&image.repository));
        found.extend(image.digest.clone());
        found.extend(image.ecr.iter().map(|ecr| ecr.account.clone()));
    }
    for secret in &inputs.secrets {
        found.insert(secret.id.clone());
        found.extend(parts(secret.id.rsplit(':').next().unwrap()));
        found.extend(secret.json_key.clone());
    }
    found.extend(inputs.log_groups.iter().flat_map(|group| parts(&group.name)));
    found.extend(inputs.environment_files.iter().flat_map(|file| [file.bucket.clone(), file.key.clone()]));
    found.extend(inputs.volumes.iter().map(|volume| volume.file_system.clone()));
    found.extend(inputs.vpc_cidrs.iter().map(ToString::to_string));
    found.extend(inputs.endpoints.iter().map(|endpoint| endpoint.host.clone()));
    if let Some(task) = &inputs.task_definition {
        found.insert(task.name.clone());
        found.extend(task.execution_role.iter().chain(&task.task_role).cloned());
    }
}

/// Request ids and private authorities.
fn of_answers(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| of_answers(item, found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("x-amzn-requestid" | "x-amz-request-id" | "x-amz-id-2", Value::String(id)) => {
                        found.insert(id.clone());
                    }
                    ("issuer", Value::String(name)) if !name.contains("O=Amazon") => {
                        found.insert(name.clone());
                    }
                    (_, value) => of_answers(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Addresses and accounts: everything in the text that reads as one.
fn numbers(text: &str) -> impl Iterator<Item = String> + '_ {
    let well_known = |ip: &Ipv4Addr| ip.is_link_local() || ip.is_unspecified() || ip.is_loopback();
    text.split(|c: char| !c.is_ascii_hexdigit() && c != '.' && c != ':').filter_map(move |word| {
        let word = word.trim_matches(['.', ':']);
        let bare = word.split(':').next().unwrap_or_default();
        let v4 = bare.parse::<Ipv4Addr>().is_ok_and(|ip| !well_known(&ip) && !is_of_s3_alone(text, bare));
        let account = bare.len() == 12 && bare.bytes().all(|byte| byte.is_ascii_digit());
        let v6 = word.parse::<Ipv6Addr>().is_ok_and(|ip| !ip.is_unspecified() && !ip.is_loopback());
        (v4 || account).then(|| bare.to_owned()).or_else(|| v6.then(|| word.to_owned()))
    })
}

/// The ranges of S3's prefix list are AWS's own and public.
fn is_of_s3_alone(text: &str, ip: &str) -> bool {
    ip.starts_with("52.219.") && text.matches(ip).count() == text.matches(&format!("{ip}/")).count()
}

/// AWS's ids, UUIDs and digests.
fn ids(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter_map(move |word| {
        let id = word.split_once('-').is_some_and(|(kind, rest)| {
            let kinds = [
                "vpc", "subnet", "sg", "rtb", "vpce", "eni", "nat", "acl", "igw", "eigw", "tgw", "pl", "dopt", "i",
                "fs",
            ];
            kinds.contains(&kind) && rest.len() >= 8 && is_hex(rest)
        });
        let uuid =
            word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && word.split('-').all(is_hex);
        let digest = matches!(word.len(), 32 | 64) && is_hex(word);
        (id || uuid || digest).then(|| word.to_owned())
    })
}

/// Whether a text has an original as a word of its own.
fn has(text: &str, original: &str) -> bool {
    let is_of_a_word = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(original).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(is_of_a_word);
        let mut after = text[at + original.len()..].chars();
        let next = after.next();
        let goes_on = next.is_some_and(is_of_a_word)
            || (next == Some('.')
                && original.ends_with(|c: char| c.is_ascii_digit())
                && after.next().is_some_and(|c| c.is_ascii_digit()));
        !before && !goes_on
    })
}

fn left<'o>(text: &str, originals: &'o BTreeSet<String>) -> Vec<&'o String> {
    originals.iter().filter(|original| has(text, original)).collect()
}

#[test]
fn none_of_the_originals_is_left_in_any_form() {
    for (case, how, report) in reports() {
        let originals = originals(&report);
        assert!(originals.len() > 20, "{}: {originals:?}", case.name);
        let (_, aliased) = redacted(&report);
        for format in [Format::Json, Format::Jsonl, Format::Text, Format::Markdown, Format::Html, Format::Junit] {
            let text = render(&aliased, format, PLAIN);
            // A page and a ticket have words of their own, and a name may be one of them.
            let is_a_word = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase());
            let has_words = !matches!(format, Format::Json | Format::Jsonl | Format::Text);
            let originals = originals.iter().filter(|name| !has_words || !is_a_word(name)).cloned().collect();
            assert_eq!(left(&text, &originals), Vec::<&String>::new(), "{} {how} {format:?}", case.name);
        }
    }
}

#[test]
fn the_test_itself_finds_originals() {
    for (case, _, report) in reports() {
        let text = render(&report, Format::Json, PLAIN);
        let originals = originals(&report);
        assert!(left(&text, &originals).len() * 10 >= originals.len() * 9, "{}", case.name);
    }
    assert!(has("at 10.0.1.7.", "10.0.1.7") && !has("at 10.0.1.70", "10.0.1.7") && !has("10.0.1.7.5", "10.0.1.7"));
    assert!(has("/app/db", "app") && !has("apple", "app"));
}

/// What must not change: all that is no text.
fn judged(report: &Report) -> Vec<String> {
    let finding = |finding: &vpcprobe::diagnosis::Finding| {
        format!(
            "{} {:?} {:?} {:?} {} {:?} {:?} {} {:?}",
            finding.id,
            finding.severity,
            finding.certainty,
            finding.purposes,
            finding.checks.len(),
            finding.evidence,
            finding.alternatives,
            finding.fix.len(),
            finding.culprit.as_ref().map(|culprit| culprit.kind)
        )
    };
    let check = |check: &vpcprobe::diagnosis::CheckResult| {
        let answer = check.cut_over.as_ref().map(|cut_over| cut_over.answer);
        format!(
            "{:?} {:?} {:?} {:?} {:?} {answer:?} {:?}",
            check.purpose, check.service, check.required, check.status, check.observed_route, check.expected_route
        )
    };
    let head = format!("{:?} {}", report.verdict, report.exit_code);
    std::iter::once(head).chain(report.findings.iter().map(finding)).chain(report.checks.iter().map(check)).collect()
}

#[test]
fn the_rules_find_the_same() {
    for case in CASES.iter() {
        let (redactor, aliased) = redacted(&case.stored());
        let again = case.judged_again(aliased);
        assert_eq!(judged(&again), judged(&case.judged()), "{}", case.name);
        // To judge and to replace may change places: every sentence is the same.
        let expected = redactor.report(&case.judged());
        let sentences = |report: &Report| {
            report.findings.iter().map(|finding| (finding.summary.clone(), finding.fix.clone())).collect::<Vec<_>>()
        };
        assert_eq!(sentences(&again), sentences(&expected), "{}", case.name);
    }
}

#[test]
fn a_report_with_aliases_is_one() {
    for (case, how, report) in reports() {
        let (_, aliased) = redacted(&report);
        let document = serde_json::to_value(&aliased).unwrap();
        let errors: Vec<_> = SCHEMA.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{} {how}: {errors:?}", case.name);
        aliased.inputs.believed_again().unwrap();
        assert_eq!(judged(&aliased), judged(&report), "{} {how}", case.name);
        let (_, twice) = redacted(&report);
        assert_eq!(aliased, twice, "{}: not the same each time", case.name);
        let (_, again) = redacted(&aliased);
        assert_eq!(judged(&again), judged(&report), "{}: not to be redacted twice", case.name);
    }
}

/// Several reports under one redactor, as `merge --redact` has them.
#[test]
fn merged_reports_hold_aliases_only() {
    let judged: Vec<(String, Report)> =
        CASES.iter().step_by(7).map(|case| (case.name.clone(), case.judged())).collect();
    let mut documents: Vec<Value> = judged.iter().map(|(_, report)| serde_json::to_value(report).unwrap()).collect();
    let reason = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
                  docker.io/fabrikam/payments:blue-7: docker.io/fabrikam/payments:blue-7: not found";
    documents.push(json!({"not_started": reason, "runs": [{"name": "subnet-0123456789abcdef0 fabrikam"}]}));
    let redactor = Redactor::of(&documents);
    let given = |name: String, known| Given { name: Some(name), file: String::new(), known, unseen: None };
    let mut runs =
        vec![given(redactor.text("subnet-0123456789abcdef0 fabrikam"), Known::NotStarted(redactor.text(reason)))];
    let mut plain = vec![given("a".to_owned(), Known::NotStarted(reason.to_owned()))];
    let mut all: BTreeSet<String> =
        ["fabrikam", "payments", "blue-7", "subnet-0123456789abcdef0"].map(str::to_owned).into();
    for (number, (_, report)) in judged.iter().enumerate() {
        all.extend(originals(report));
        runs.push(given(format!("run {number}"), Known::Report(Box::new(redactor.report(report)))));
        plain.push(given(format!("run {number}"), Known::Report(Box::new(report.clone()))));
    }
    let (aliased, merged) = (merge::merge(&runs).unwrap(), merge::merge(&plain).unwrap());
    assert_eq!(left(&merge::json(&aliased), &all), Vec::<&String>::new());
    assert_eq!(left(&merge::text::render(&aliased, PLAIN), &all), Vec::<&String>::new());
    let ids = |merged: &merge::Merged| {
        merged.findings.iter().map(|finding| (finding.id, finding.runs.len(), finding.certainty)).collect::<Vec<_>>()
    };
    assert_eq!((ids(&aliased), aliased.exit_code), (ids(&merged), merged.exit_code));
    let why = |merged: &merge::Merged| merged.runs.iter().find_map(|run| run.not_started.clone()).unwrap().findings;
    assert_eq!(format!("{:?}", why(&aliased)), format!("{:?}", why(&merged)));
}

#[test]
fn addresses_keep_their_kind_and_their_neighbours() {
    let texts = [
        "10.0.0.0/16 10.0.0.2 10.0.1.7 10.0.1.70 10.0.2.7 10.1.0.9 10.0.1.0/24 10.0.1.64/26 10.0.0.0/8 10.0.0.0/12",
        "172.31.4.5 172.16.4.5 172.31.0.0/20 192.168.1.7 192.168.0.2 192.168.0.0/16 100.64.3.4 100.65.3.4 198.18.0.1",
        "203.0.113.7 203.0.113.99 203.0.114.7 8.8.8.8 52.219.4.10 52.219.4.42 52.219.20.1 54.230.0.0/16 54.230.7.7",
        "fd12:3456:789a:1::7 fd12:3456:789a:1::8 fd12:3456:789a:2::7 fd12:3456:789a::/48 2600:1f14:abc:de01::7",
        "2600:1f14:abc:de02::7 2600:1f14:abc:de00::/56 2600:1f14:abd:de02::7 ::ffff:10.0.1.7 64:ff9b::cb00:7107",
    ];
    let redactor = Redactor::of(&texts.map(|text| json!({"summary": text})));
    let words: Vec<(String, String)> =
        texts.iter().flat_map(|text| text.split(' ')).map(|word| (word.to_owned(), redactor.text(word))).collect();
    let ips: Vec<(IpAddr, IpAddr)> =
        words.iter().filter_map(|(word, alias)| Some((word.parse().ok()?, alias.parse().unwrap()))).collect();
    let nets: Vec<(IpNet, IpNet)> =
        words.iter().filter_map(|(word, alias)| Some((word.parse().ok()?, alias.parse().unwrap()))).collect();
    assert_eq!((ips.len(), nets.len()), (28, 10), "{words:?}");
    let kind = |ip: &IpAddr| match ip.to_canonical() {
        IpAddr::V4(v4) => {
            (v4.is_private(), v4.octets()[0] == 100, v4.octets()[..2] == [52, 219], v4.octets()[0] == 198)
        }
        IpAddr::V6(v6) => (v6.is_unique_local(), v6.segments()[0] == 0x64, false, false),
    };
    for (index, (ip, alias)) in ips.iter().enumerate() {
        assert_eq!(kind(ip), kind(alias), "{ip} became {alias}");
        // All of 192.168.0.0/16 is named, and what is first in it stays first: nothing is left to change.
        let stays = ip.to_string().starts_with("192.168.") && ip == alias;
        assert!(
            stays || ips.iter().all(|(other, _)| other != alias),
            "{ip} became {alias}, which is another's original"
        );
        for (other, others) in &ips[..index] {
            assert!(alias != others, "{ip} and {other} became {alias}");
        }
        for (net, became) in &nets {
            assert!(net.contains(ip) == became.contains(alias), "{ip} of {net} became {alias} of {became}");
        }
    }
    for (net, became) in &nets {
        assert_eq!(net.prefix_len(), became.prefix_len());
        assert_eq!(became.addr(), became.network(), "{net} became {became}");
    }
    let base = |of: &str| nets.iter().find(|(net, _)| net.to_string() == of).unwrap().1.addr();
    let two = |ip: IpAddr| match ip {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() + 2)),
        IpAddr::V6(v6) => IpAddr::V6(v6),
    };
    assert_eq!(redactor.text("10.0.0.2"), two(base("10.0.0.0/16")).to_string());
    assert_eq!(redactor.text("192.168.0.2"), two(base("192.168.0.0/16")).to_string());
    assert_eq!(redactor.text("ip-10-0-1-7.x"), format!("ip-{}.x", redactor.text("10.0.1.7").replace('.', "-")));
}

/// Whatever ranges a run was given, wide or of a VPC that has public ones, they hold what they held.
#[test]
fn ranges_of_any_kind_change_no_finding() {
    let named = [
        "10.0.0.0/8",
        "192.0.0.0/8",
        "192.168.0.0/16",
        "100.0.0.0/8",
        "52.192.0.0/11",
        "52.0.0.0/8",
        "52.208.0.0/12",
        "2600::/12",
    ];
    let mut state = 7_u64;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for (number, case) in CASES.iter().enumerate() {
        let mut report = case.stored();
        let text = serde_json::to_string(&report).unwrap();
        let met: Vec<IpAddr> = text
            .split(|c: char| !c.is_ascii_hexdigit() && c != '.' && c != ':')
            .filter_map(|word| word.trim_matches(['.', ':']).parse().ok())
            .collect();
        let count = u64::try_from(met.len()).unwrap();
        for _ in 0..3 {
            let ip = met[usize::try_from(next(count)).unwrap()];
            let most = if ip.is_ipv4() { 33 } else { 129 };
            report.inputs.vpc_cidrs.push(IpNet::new(ip, u8::try_from(next(most)).unwrap()).unwrap().trunc());
        }
        report.inputs.vpc_cidrs.push(named[number % named.len()].parse().unwrap());
        let ranges = report.inputs.vpc_cidrs.clone();
        let (redactor, aliased) = redacted(&report);
        for (range, became) in ranges.iter().zip(&aliased.inputs.vpc_cidrs) {
            for ip in &met {
                let alias: IpAddr = redactor.text(&ip.to_string()).parse().unwrap();
                let same = range.contains(ip) == became.contains(&alias);
                assert!(same, "{}: {ip} of {range} became {alias} of {became}", case.name);
            }
        }
        assert_eq!(
            judged(&case.judged_again(aliased)),
            judged(&case.judged_again(report)),
            "{}: {ranges:?}",
            case.name
        );
    }
}

#[test]
fn an_address_stays_out_of_ranges_that_it_was_not_in() {
    let document = json!({"addresses": ["10.0.0.0/8", "192.168.4.7", "10.0.1.7", "192.168.4.0/24"]});
    let redactor = Redactor::of(&[document]);
    let alias = redactor.text("192.168.4.7");
    assert!(alias.starts_with("192.168.") && alias != "192.168.4.7", "{alias}");
    assert_eq!(redactor.text("10.0.0.0/8"), "10.0.0.0/8");
}

#[test]
fn an_alias_is_the_same_in_any_case() {
    let inputs = json!({"assertions": [{"issuers": ["lab m02"]}]});
    let redactor = Redactor::of(&[json!({"inputs": inputs, "issuer": "CN=Lab M02"})]);
    let alias = redactor.text("lab m02");
    assert_eq!(redactor.text("CN=Lab M02"), format!("CN={alias}"));
    assert!(!alias.to_lowercase().contains("lab"), "{alias}");
}

/// A name in each text of what was asked for, and none of them in any form.
#[test]
fn no_input_is_left() {
    use vpcprobe::inputs::{Assertion, Demands, Target, TargetKind};
    let mut report = CASES[0].stored();
    let target =
        |name: &str, kind| Target { name: name.to_owned(), port: None, kind, grouped: false, line: 1, column: 1 };
    report.inputs.left_out = vec!["*.canary-a.canary-b".to_owned()];
    report.inputs.expectations_file = Some("canary-c/canary-d.yaml".to_owned());
    report.inputs.ca_bundle = Some("/canary-e/x.pem".to_owned());
    report.inputs.roots = Some("/canary-f/x.pem".to_owned());
    report.inputs.assertions = vec![Assertion {
        targets: vec![
            target(".canary-g.example", TargetKind::Pattern),
            target("canary-h", TargetKind::Member),
            target("canary-i.example", TargetKind::Host),
        ],
        demands: Demands { issuers: vec!["Canary-j M1".to_owned()], ..Demands::default() },
        ..Assertion::default()
    }];
    report.headline = "canary-a canary-c canary-g canary-h canary-i Canary-j".to_owned();
    let (_, aliased) = redacted(&report);
    for (word, format) in Format::ALL {
        let text = render(&aliased, format, PLAIN).to_lowercase();
        assert!(!text.contains("canary-"), "{word}: {text}");
    }
}

#[test]
fn a_stop_reason_names_nobody() {
    let reason = "CannotPullContainerError: dial tcp: lookup images.fabrikam.example on 10.0.0.2:53: no such host \
                  (pull images.fabrikam.example/payments/ledger)";
    let redactor = Redactor::of(&[json!({"not_started": reason})]);
    let alias = redactor.text(reason);
    for name in ["fabrikam", "payments", "ledger"] {
        assert!(!alias.contains(name), "{alias}");
    }
    assert!(alias.contains("no such host") && alias.contains("dial tcp: lookup"), "{alias}");
}

#[test]
fn what_names_nobody_stays() {
    let stays = [
        "169.254.169.253:53",
        "169.254.170.2",
        "127.0.0.1 ::1 0.0.0.0/0 ::/0 fd00:ec2::253",
        "10.0.0.0/8, 172.16.0.0/12",
        "api.ecr.ap-northeast-1.amazonaws.com and logs.cn-north-1.amazonaws.com.cn in ap-northeast-1a",
        "prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com",
        "com.amazonaws.ap-northeast-1.ecr.dkr",
        "auth.docker.io and registry-1.docker.io:443, registry.k8s.io",
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=$VPC --region ap-northeast-1",
        "2026-11-21T11:07:35.373Z took 12 ms, 3 of 4, version 1.2.3, tag 2",
        "",
    ];
    let redactor = Redactor::of(&[json!({"host": "auth.docker.io", "runs": stays})]);
    for text in stays {
        assert_eq!(redactor.text(text), text);
    }
}

#[test]
fn names_are_replaced_wherever_they_stand() {
    let document = json!({
        "inputs": {
            "images": [{"repository": "fabrikam/payments", "tag": "blue", "reference": "registry.fabrikam.example:5000/fabrikam/payments:blue"}],
            "secrets": [{"id": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf"}, {"id": "ledger-key"}],
            "log_groups": [{"name": "/fabrikam/payments"}],
            "environment_files": [{"bucket": "fabrikam.tuning", "key": "eu/payments settings.env"}],
            "endpoints": [{"host": "vault.corp.fabrikam.example"}, {"host": "abc123xyz.execute-api.eu-west-1.amazonaws.com"}],
            "ca_bundle": "/opt/kuba/corporate.pem",
        },
        "vantage": {
            "cluster": "backoffice",
            "proxy": [{"name": "HTTPS_PROXY", "value": "http://gatekeeper.fabrikam.example:3128"}, {"name": "NO_PROXY", "value": ".fabrikam.example,10.7.0.0/16"}],
            "function": {"name": "reaper"},
        },
        "sinks": [{"sink": "s3://fabrikam-evidence/runs/x.json"}],
        "summary": "FABRIKAM's payments:blue at vault.corp.fabrikam.example:8200 via gatekeeper, from 123456789012 in backoffice; \
                    fabrikam-staging, see https://wiki.contoso.example/page, ask kuba@contoso.example.",
        "body": "<!DOCTYPE html><html>Contoso: blocked for kuba",
    });
    let aliased = Redactor::of(std::slice::from_ref(&document)).document(document).to_string();
    for name in [
        "fabrikam",
        "payments",
        "blue",
        "123456789012",
        "AbCdEf",
        "ledger",
        "tuning",
        "settings",
        "vault",
        "corp",
        "abc123xyz",
        "kuba",
        "corporate",
        "backoffice",
        "gatekeeper",
        "10.7",
        "reaper",
        "evidence",
        "wiki",
        "contoso",
    ] {
        assert!(!aliased.to_lowercase().contains(&name.to_lowercase()), "{name} in {aliased}");
    }
    for kept in [
        "execute-api.eu-west-1.amazonaws.com",
        ":5000/",
        "HTTPS_PROXY",
        "http://",
        ":3128",
        "/16",
        "s3://",
        ":8200",
        "<!doctype html",
    ] {
        assert!(aliased.contains(kept), "{kept} in {aliased}");
    }
}

#[test]
fn what_comes_later_gets_an_alias_too() {
    let redactor = Redactor::of(&[json!({"summary": "name-1 111122220001 of 123456789012"})]);
    let document = redactor.document(json!({"sinks": [{"sink": "file:/home/kuba/x.json"}]})).to_string();
    assert!(!document.contains("kuba") && !document.contains("\"name-1\""), "{document}");
    let account = redactor.text("123456789012");
    assert!(account.len() == 12 && account != "111122220001", "{account}");
    assert_eq!(
        redactor.text("arn:aws:ecs:eu-west-1:123456789012:cluster/x1y"),
        redactor.clone().text("arn:aws:ecs:eu-west-1:123456789012:cluster/x1y")
    );
}

#[test]
fn hostile_texts_take_no_time_and_break_nothing() {
    let long = [
        "a".repeat(400_000),
        "1.".repeat(50_000),
        ":".repeat(200_000),
        "-_".repeat(50_000),
        "arn:aws:".repeat(50_000),
        "@a.bc".repeat(50_000),
        "://".repeat(60_000),
        "'".repeat(200_000),
        "ü…\u{1b}[1m日本.".repeat(10_000),
        "10.0.0.1/99999999999 ".repeat(5_000),
        "f".repeat(64).repeat(2_000),
    ];
    for text in long {
        let begun = Instant::now();
        let document =
            json!({"told": {"message": text}, "subject": text, "host": text, "headers": {"via": text}, "sink": text});
        let redactor = Redactor::of(std::slice::from_ref(&document));
        redactor.document(document);
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", text.get(..20));
    }
}

/// Words of a report's types in the places of names: what becomes of them must still be a report.
#[test]
fn a_hostile_report_stays_a_report() {
    let names = [
        "AP-Northeast-1",
        "TIMED-OUT",
        "aaaa",
        "SHA256",
        "Gateway",
        "10.0.1.7",
        "::",
        "us-east-1a",
        "1.2.3.4/8",
        "name-1",
        "ü",
    ];
    for (case, name) in CASES.iter().zip(names.iter().cycle()) {
        let mut report = case.stored();
        report.vantage.cluster = Some((*name).to_owned());
        report.vantage.private_dns_name = Some(format!("{name}.x.{name}"));
        report.checks[0].host = (*name).to_owned();
        report.headline = format!("\u{1b}[2J<script>{name}</script> {name}:{name}/{name}");
        let (_, aliased) = redacted(&report);
        assert_eq!(judged(&aliased), judged(&report), "{name}");
    }
    let own = [
        fixtures::hostile(),
        fixtures::long(),
        fixtures::replayed(),
        fixtures::denied(),
        fixtures::crowded(),
        fixtures::inconclusive(),
    ];
    for report in own {
        let (_, aliased) = redacted(&report);
        assert_eq!((judged(&aliased), aliased.summary), (judged(&report), report.summary));
    }
}

#[test]
fn two_thousand_checks_take_no_time() {
    let case = CASES.iter().find(|case| case.name == "works-over-central-endpoints").unwrap();
    let mut report = case.stored();
    let (checks, seen) = (report.checks.clone(), report.observations.clone());
    while report.checks.len() < 2_000 {
        report.checks.extend(checks.clone());
        report.observations.extend(seen.clone());
    }
    let begun = Instant::now();
    let (_, aliased) = redacted(&report);
    let took = begun.elapsed();
    assert_eq!(aliased.checks.len(), report.checks.len());
    // Not optimized, and beside other tests: a quadratic one would take minutes.
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn merge_says_nothing_but_aliases() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fabrikam-reports");
    std::fs::create_dir_all(&folder).unwrap();
    let mut all: BTreeSet<String> =
        ["fabrikam-reports", "fabrikam-a", "subnet-0123456789abcdef0", "10.9.8.7"].map(str::to_owned).into();
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe"));
    command.args(["merge", "--redact", "--not-started"]);
    command
        .arg("fabrikam-a=ResourceInitializationError: dial tcp 10.9.8.7:443: i/o timeout in subnet-0123456789abcdef0");
    for case in CASES.iter().take(2) {
        let file = folder.join(format!("{}.json", case.name));
        std::fs::write(&file, &case.report).unwrap();
        command.arg(&file);
        all.extend(originals(&case.judged()));
    }
    for format in ["json", "text"] {
        let done =
            Command::new(command.get_program()).args(command.get_args()).args(["--format", format]).output().unwrap();
        let shown = String::from_utf8(done.stdout).unwrap();
        assert!(shown.len() > 1_000, "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(left(&shown, &all), Vec::<&String>::new(), "{shown}");
    }
}

#[test]
fn what_is_told_while_it_goes_on_has_the_reports_aliases() {
    let case = CASES.iter().find(|case| case.name == "works-over-central-endpoints").unwrap();
    let redactor = Redactor::of(&[serde_json::to_value(case.stored()).unwrap()]);
    // Only the replay learned of it.
    let told = redactor.host("layers:blobs.fabrikam.internal");
    assert!(told.starts_with("layers:") && !told.contains("fabrikam"), "{told}");
    let turn = redactor.text("15:06:41Z layers:blobs.fabrikam.internal broke: endpoint-silent");
    assert_eq!(turn, format!("15:06:41Z {told} broke: endpoint-silent"));
    let why =
        "write s3://fabrikam-reports/today.json: 403 AccessDenied for arn:aws:iam::123456789012:role/fabrikam-task";
    let told = redactor.sink("s3://fabrikam-reports/today.json", why);
    assert!(told.starts_with("write s3://") && told.contains("403 AccessDenied"), "{told}");
    assert!(!told.contains("fabrikam") && !told.contains("123456789012"), "{told}");
}
