//! Reports with aliases: none of the originals is left, and the rules find the same.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

#[expect(dead_code, reason = "the cases' own test reads them in more ways")]
#[path = "cases/corpus.rs"]
mod corpus;
#[expect(dead_code, reason = "nothing is written anew here")]
#[path = "data/held.rs"]
mod held;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
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
const NOBODYS: &[&str] = &["library", "ecs", "key", "docker", "latest", "AWSCURRENT", "s3", "task", "ecs-agent"];

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
            let kinds = ["vpc", "subnet", "sg", "rtb", "vpce", "eni", "nat", "acl", "igw", "eigw", "tgw", "pl", "dopt", "i", "fs"];
            kinds.contains(&kind) && rest.len() >= 8 && is_hex(rest)
        });
        let uuid = word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && word.split('-').all(is_hex);
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
            || (next == Some('.') && original.ends_with(|c: char| c.is_ascii_digit()) && after.next().is_some_and(|c| c.is_ascii_digit()));
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
