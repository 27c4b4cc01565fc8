//! `explain`: every stop reason that AWS is known to print, read as it is to be read, however it was pasted.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use vpcprobe::explain::{Explanation, Line, MOST_BYTES, StopReason, explain, json, outline};

/// A message and its expected reading.
struct Row {
    name: String,
    phase: String,
    answered: String,
    address: String,
    findings: Vec<String>,
    text: String,
}

fn rows() -> Vec<Row> {
    let file = include_str!("explain/messages.txt");
    let blocks = file.split("\n\n").filter(|block| !block.starts_with('#') && !block.trim().is_empty());
    blocks
        .map(|block| {
            let lines: Vec<&str> = block.lines().collect();
            let [name, expected, text] = lines[..] else { panic!("a block has three lines: {block}") };
            let parts: Vec<&str> = expected.split(" · ").collect();
            let [phase, answered, address, findings] = parts[..] else { panic!("{expected}") };
            Row {
                name: name.to_owned(),
                phase: phase.to_owned(),
                answered: answered.to_owned(),
                address: address.to_owned(),
                findings: findings.split(' ').filter(|id| *id != "-").map(str::to_owned).collect(),
                text: text.to_owned(),
            }
        })
        .collect()
}

fn read(text: &str) -> StopReason {
    match explain(text).unwrap() {
        Explanation::StopReason(reading) => *reading,
        other => panic!("{text}: {other:?}"),
    }
}

fn row(name: &str) -> Row {
    rows().into_iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no row {name}"))
}

/// Phase, answer, address and findings, as the file writes them; the findings no further than it does.
fn shown(reading: &StopReason, findings: usize) -> String {
    let answered = serde_json::to_value(reading.answered).unwrap();
    let kind = reading.addresses.first().map(|address| serde_json::to_value(address.address_kind).unwrap());
    let kind = kind.as_ref().map_or("-", |kind| kind.as_str().unwrap());
    let most = if findings == 0 { usize::MAX } else { findings };
    let ids: Vec<&str> = reading.findings.iter().take(most).map(|cause| cause.id).collect();
    let ids = if ids.is_empty() { "-".to_owned() } else { ids.join(" ") };
    format!("{} · {} · {kind} · {ids}", reading.phase.id, answered.as_str().unwrap())
}

fn expected(row: &Row) -> String {
    let ids = if row.findings.is_empty() { "-".to_owned() } else { row.findings.join(" ") };
    format!("{} · {} · {} · {ids}", row.phase, row.answered, row.address)
}

/// Every row of the file whose text, changed, is not read as expected.
fn misread(change: impl Fn(&str) -> String) -> Vec<String> {
    rows()
        .iter()
        .filter_map(|row| {
            let reading = read(&change(&row.text));
            let shown = shown(&reading, row.findings.len());
            (shown != expected(row))
                .then(|| format!("{}\n  is read as {shown}\n  instead of {}", row.name, expected(row)))
        })
        .collect()
}

#[test]
fn every_message_is_read_as_it_is_to_be_read() {
    assert!(rows().len() >= 90, "{}", rows().len());
    let wrong = misread(str::to_owned);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for row in rows() {
        let known = row.phase != "unknown" || row.name.starts_with("EN-15");
        assert_eq!(read(&row.text).known, known, "{}", row.name);
    }
}

#[test]
fn how_it_was_pasted_changes_nothing() {
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 7] = [
        ("as JSON", |text| serde_json::to_string(text).unwrap()),
        ("as JSON in JSON", |text| serde_json::to_string(&serde_json::to_string(text).unwrap()).unwrap()),
        ("as a task's description", |text| {
            let container = serde_json::json!({"name": "awslogs", "image": "app", "reason": text});
            serde_json::json!({"taskArn": "arn:aws:ecs:x", "containers": [container]}).to_string()
        }),
        ("in a log line", |text| format!("2026-01-01T00:00:00Z WARN ecs event=stopped msg=\"{text} \" attempt=3")),
        ("with typographic quotes", |text| text.replace('"', "”").replace('\'', "’")),
        ("broken by a console", |text| {
            let broken: Vec<&str> = text.split_inclusive(' ').collect();
            broken.chunks(9).map(<[&str]>::concat).collect::<Vec<_>>().join("\n      ")
        }),
        ("with a line feed at its end", |text| format!("\n  {text}\r\n")),
    ];
    for (how, change) in changes {
        // A word that is a reason by itself is none among others.
        let wrong: Vec<String> = misread(change)
            .into_iter()
            .filter(|row| !row.starts_with("EN-13") && !row.starts_with("CP-11 bare"))
            .collect();
        assert!(wrong.is_empty(), "{how}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn a_retry_counter_is_not_read() {
    for count in ["1", "3", "7", "99"] {
        let wrong = misread(|text| {
            ["1", "3", "5", "7"].iter().fold(text.to_owned(), |text, was| {
                text.replace(&format!("retried {was} time"), &format!("retried {count} time"))
            })
        });
        assert!(wrong.is_empty(), "{count}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn a_word_broken_by_a_console_is_still_read() {
    for name in ["CP-20 private address", "CP-24 layers", "RI-02 private", "RI-13 new", "CP-23 platform"] {
        let row = row(name);
        let letters: Vec<char> = row.text.chars().collect();
        let broken: Vec<String> = letters.chunks(71).map(|line| line.iter().collect()).collect();
        let reading = read(&broken.join("\n"));
        assert_eq!(shown(&reading, row.findings.len()), expected(&row), "{name}");
    }
}

#[test]
fn a_message_that_is_cut_is_read_as_far_as_it_goes() {
    for row in rows() {
        let half: String = row.text.chars().take(row.text.chars().count() / 2).collect();
        let Ok(Explanation::StopReason(reading)) = explain(&half) else { continue };
        let text = &row.text;
        if text.starts_with("ResourceInit") && reading.known {
            assert!(reading.phase.id.starts_with(['P']), "{}: {}", row.name, reading.phase.id);
            assert!(["P3", "P3b", "P4", "P3-P4"].contains(&reading.phase.id), "{}: {}", row.name, reading.phase.id);
        }
        if text.starts_with("CannotPull") && reading.known {
            let phases = ["P3", "P5", "P6", "P5-P6", "P7", "before-P5"];
            assert!(phases.contains(&reading.phase.id), "{}: {}", row.name, reading.phase.id);
        }
    }
    let table = [
        ("RI-02 private", "P3", "endpoint-not-in-effect"),
        ("RI-09 2025", "P3", "endpoint-not-in-effect"),
        ("RI-13 new", "P4", "endpoint-not-in-effect"),
        ("CP-25 the redacted form", "P5-P6", "layers-unreachable"),
        ("CP-20 public address", "P5", "endpoint-not-in-effect"),
    ];
    for (name, phase, first) in table {
        let text = row(name).text;
        let half = read(&text[..text.len() / 2]);
        assert!(half.known, "{name}");
        assert_eq!((half.phase.id, half.findings[0].id), (phase, first), "{name}");
    }
    for (name, cut, first) in [
        ("RI-04 endpoint policy", "because no VPC endpoi", "endpoint-policy-denies"),
        ("RI-04 identity policy", "because no identity-b", "identity-policy-denies"),
        ("CP-20 private address", "i/o time", "endpoint-silent"),
    ] {
        let text = row(name).text;
        let end = text.find(cut).unwrap() + cut.len();
        assert_eq!(read(&text[..end]).findings[0].id, first, "{name}");
    }
}

#[test]
fn what_worked_before_is_said_with_how_sure_that_is() {
    let table: &[(&str, &[(&str, &str)])] = &[
        ("EN-01", &[]),
        ("RI-02 private", &[("certain", "network interface")]),
        (
            "RI-14 group missing",
            &[("certain", "network interface"), ("likely", "registry token"), ("certain", "CloudWatch")],
        ),
        ("CP-20 private address", &[("certain", "network interface"), ("likely", "registry token")]),
        ("CP-23 platform", &[("certain", "network interface"), ("likely", "registry token"), ("certain", "ecr.dkr")]),
        ("CP-24 layers", &[("certain", "network interface"), ("likely", "registry token"), ("likely", "manifest")]),
        ("CP-30 unpack", &[("certain", "layers")]),
        ("CP-01 API error 500", &[]),
    ];
    for (name, parts) in table {
        let worked = read(&row(name).text).worked;
        assert_eq!(worked.len(), parts.len(), "{name}: {worked:?}");
        for (worked, (certainty, words)) in worked.iter().zip(*parts) {
            assert_eq!(serde_json::to_value(worked.certainty).unwrap(), *certainty, "{name}");
            assert!(worked.what.contains(words), "{name}: {}", worked.what);
        }
    }
}

#[test]
fn commands_are_filled_with_what_the_text_names() {
    let table: &[(&str, &[&str])] = &[
        (
            "RI-02 private",
            &[
                "authorize-security-group-ingress --group-id $EPSG",
                "--region us-east-1",
                "vpcprobe run --region us-east-1",
            ],
        ),
        ("RI-01 old, public", &["--service-name com.amazonaws.us-east-1.ecr.api", "--private-dns-enabled"]),
        (
            "CP-24 layers",
            &["--vpc-endpoint-type Gateway --service-name com.amazonaws.ap-northeast-1.s3", "--route-table-ids $RTB"],
        ),
        ("China", &["--service-name cn.com.amazonaws.cn-north-1.ecr.api", "run --region cn-north-1"]),
        ("GovCloud", &["com.amazonaws.us-gov-west-1.s3"]),
        (
            "RI-09 2025",
            &[
                "com.amazonaws.us-east-1.secretsmanager",
                "--secret arn:aws:secretsmanager:us-east-1:123456789012:secret:app/db-AbCdEf",
            ],
        ),
        ("RI-15 CreateLogGroup", &["create-log-group --log-group-name /ecs/app", "--log-group /ecs/app"]),
        ("RI-14 group missing", &["create-log-group --log-group-name $LOG_GROUP --region $REGION"]),
        (
            "CP-20 public address",
            &["--image 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:latest", "ap-northeast-1.ecr.dkr"],
        ),
        ("CP-20 Docker Hub", &["--image docker.io/library/nginx:latest"]),
        ("H6 repository unknown", &["describe-repositories"]),
        ("CP-12 with its wrapper", &["--service-name com.amazonaws.us-east-1.ecr.api"]),
        ("CP-22 not found", &["describe-images --repository-name app"]),
        ("S2 the endpoint policy of S3", &["arn:aws:s3:::prod-us-west-2-starport-layer-bucket/*"]),
        ("RI-17 timed out", &["--port 2049", "tcp://$FILE_SYSTEM.efs.$REGION.amazonaws.com:2049"]),
    ];
    for (name, parts) in table {
        let reading = read(&row(name).text);
        let all = format!("{:?} {:?}", reading.fix, reading.settle);
        for part in *parts {
            assert!(all.contains(part), "{name}: {part} is not in {all}");
        }
    }
}

#[test]
fn a_registry_elsewhere_is_not_mended_by_endpoints() {
    let rule = "create-pull-through-cache-rule";
    let way_out: &[&str] = &["create-route", "private repository of ECR", "needs a way out even so"];
    let log_in: &[&str] = &["repositoryCredentials", "registry-1.docker.io --credential-arn $SECRET_ARN", rule];
    let table: &[(&str, &[&str])] = &[
        ("CP-20 Docker Hub", way_out),
        ("CP-20 ECR Public", way_out),
        ("CP-20 Docker Hub's layers", way_out),
        ("CP-20 Docker Hub's token", way_out),
        ("CP-27 Docker Hub 429", log_in),
        ("CP-27 429", &["--upstream-registry-url public.ecr.aws --region", rule]),
        ("CP-09 pull rate limit", &["repositoryCredentials", "pull-through cache"]),
        ("CP-27 403 of another registry", &["repositoryCredentials"]),
        ("CP-27 not found elsewhere", &["docker manifest inspect"]),
    ];
    for (name, parts) in table {
        let reading = read(&row(name).text);
        let said = serde_json::to_string(&reading).unwrap();
        for part in *parts {
            assert!(said.contains(part), "{name}: {part} is not in {said}");
        }
        for ecrs in [
            "vpc-endpoint",
            "ecr.dkr",
            "S3",
            "the registry token had",
            "interface endpoint",
            "execution role",
            "start fewer",
        ] {
            assert!(!said.contains(ecrs), "{name}: {ecrs} is in {said}");
        }
    }
    let public = read(&row("CP-27 429").text);
    assert!(!commands(&public).contains("credential-arn") && public.fix.len() == 1, "{:?}", public.fix);
    let dkr = read(&row("CP-20 private address").text);
    assert!(serde_json::to_string(&dkr).unwrap().contains("registry token"));
}

#[test]
fn cloudtrail_is_named_only_where_it_holds_the_denial() {
    let table = [
        ("CP-27 403 of the layers", false),
        ("CP-27 403 of another registry", false),
        ("RI-12 403", false),
        ("RI-07 SSM denied", true),
    ];
    for (name, expected) in table {
        let reading = read(&row(name).text);
        assert_eq!(commands(&reading).contains("cloudtrail lookup-events"), expected, "{name}: {:?}", reading.fix);
    }
}

#[test]
fn what_no_probe_can_see_is_said_to_be_so() {
    for row in rows() {
        let reading = read(&row.text);
        let unseen = ["EN-", "CP-08", "CP-30", "CP-31", "RI-16", "ST-02", "ST-04", "RI-17 path"];
        let expected =
            !unseen.iter().any(|name| row.name.starts_with(name)) && row.name != "wrong architecture at start";
        assert_eq!(reading.probe_sees_it, expected, "{}", row.name);
        assert_eq!(reading.settle.is_some(), expected, "{}", row.name);
        assert!(reading.probe_sees_it || !reading.fix.is_empty(), "{}", row.name);
    }
}

#[test]
fn the_url_in_a_layer_error_is_not_blamed() {
    let mind = |name: &str| read(&row(name).text).notes.concat();
    assert!(mind("CP-25 the redacted form").contains("not the host that failed"));
    assert!(mind("RI-13 new").contains("mislead"));
    assert!(mind("S2 the endpoint policy of S3").contains("AWS's own"));
    assert!(!mind("CP-20 private address").contains("not the host that failed"));
}

/// Everything that may be pasted into a shell.
fn commands(reading: &StopReason) -> String {
    let fixes = reading.fix.iter().filter_map(|fix| fix.command.clone());
    fixes.chain(reading.settle.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_hostile_text_never_becomes_shell_code() {
    let evil = [
        "$(touch /tmp/pwned)",
        "`touch /tmp/pwned`",
        ";touch /tmp/pwned;",
        "'touch pwned'",
        "|touch pwned",
        "\\\npwned",
        " --pwned",
    ];
    for row in rows() {
        for code in evil {
            for at in ["us-east-1", "ap-northeast-1", "123456789012", "app", "secret:", "log-group:", "amazonaws"] {
                if !row.text.contains(at) {
                    continue;
                }
                for changed in [format!("{at}{code}"), format!("{code}{at}"), code.to_owned()] {
                    let Ok(Explanation::StopReason(reading)) = explain(&row.text.replace(at, &changed)) else {
                        continue;
                    };
                    let commands = commands(&reading);
                    assert!(!commands.contains("pwned"), "{}: {commands}", row.name);
                }
            }
        }
    }
}

#[test]
fn what_may_be_a_secret_is_not_shown_again() {
    let text = "CannotPullContainerError: failed to copy: httpReadSeeker: Get \"https://prod-us-east-1-starport-layer-bucket.s3.\
                us-east-1.amazonaws.com/k?X-Amz-Security-Token=IQoJsecret&X-Amz-Signature=deadbeefsecret\": EOF \
                Authorization: Basic c2VjcmV0 https://me:secret@host/ AWS_SECRET_ACCESS_KEY=secret ASIASECRETSECRETSEC";
    for text in [text.to_owned(), serde_json::to_string(text).unwrap(), text.replace(": ", ":\n")] {
        let all = format!("{}{:?}", json(&explain(&text).unwrap()), outline(&explain(&text).unwrap()));
        assert!(
            !all.to_lowercase().contains("secret\"") && !all.contains("IQoJ") && !all.contains("deadbeef"),
            "{all}"
        );
        assert!(!all.contains("c2VjcmV0") && !all.contains("me:") && !all.contains("ASIASECRET"), "{all}");
    }
}

#[test]
fn garbage_is_read_in_no_time_and_to_no_harm() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut texts: Vec<String> = vec![
        "[".repeat(MOST_BYTES),
        "\\".repeat(MOST_BYTES),
        "&".repeat(MOST_BYTES),
        "1.2.3.4:443->".repeat(MOST_BYTES / 13),
        "arn:aws:a:b:c:d ".repeat(MOST_BYTES / 16),
        "\"reason\":".repeat(MOST_BYTES / 9),
        "\u{1b}[31m\u{202e}\u{7}a ".repeat(4_000),
        "x".repeat(MOST_BYTES),
    ];
    for _ in 0..8 {
        let bytes: Vec<u8> = (0..MOST_BYTES / 4).map(|_| u8::try_from(next() % 256).unwrap()).collect();
        texts.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    for text in texts {
        let begun = std::time::Instant::now();
        if let Ok(explanation) = explain(&text) {
            let shown = json(&explanation);
            assert!(shown.len() < 16_384, "{}", shown.len());
            assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}']));
        }
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}

#[test]
fn a_text_that_is_not_known_says_so() {
    for text in ["the quick brown fox", "my task does not start", "日本語の テキスト"] {
        let reading = read(text);
        assert!(!reading.known && reading.findings.is_empty() && reading.fix.is_empty(), "{text}");
        assert_eq!(reading.settle, None, "{text}");
        let lines = outline(&explain(text).unwrap());
        assert!(matches!(&lines[0], Line::Head("UNKNOWN TEXT", _)), "{lines:?}");
    }
}

fn vpcprobe(args: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe"));
    command.args(args).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who does not read standard input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

#[test]
fn the_command_takes_words_codes_ids_and_standard_input() {
    let table: &[(&[&str], &[u8], i32, &str)] = &[
        (
            &["ResourceInitializationError:", "failed", "to", "validate", "logger", "args:", ":", "signal:", "killed"],
            b"",
            0,
            "P4",
        ),
        (&["-"], b"CannotPullContainerError: context canceled\n", 0, "P5-P6"),
        (&["-"], b"CannotPullContainerError: \xff\xfe context canceled\n", 0, "P5-P6"),
        (&["53"], b"", 0, "layers-unreachable"),
        (&["exit", "code", "71"], b"", 0, "Inconclusive"),
        (&["endpoint-silent"], b"", 0, "authorize-security-group-ingress"),
        (&["no", "idea", "at", "all"], b"", 0, "no stop reason that is known"),
        (&[""], b"", 3, "nothing to explain"),
        (&["-"], b"", 3, "nothing to explain"),
        (&["endpont-silent"], b"", 3, "near it: endpoint-silent"),
        (&["99"], b"", 3, "no exit code of vpcprobe"),
        (&["137"], b"", 3, "SIGKILL"),
        (&["53", "--format", "yaml"], b"", 3, "yaml"),
        (&[], b"", 2, "required"),
    ];
    for (args, input, code, words) in table {
        for format in ["text", "json"] {
            let with_format = if args.contains(&"--format") { vec![] } else { vec!["--format", format] };
            let output = vpcprobe(&[&["explain"], *args, &with_format].concat(), input);
            let said = String::from_utf8([output.stdout.clone(), output.stderr].concat()).unwrap();
            assert_eq!(output.status.code(), Some(*code), "{args:?}: {said}");
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(said.contains(words), "{args:?} {format}: {words} is not in {said}");
            if *code == 0 && format == "json" {
                assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(), "{said}");
            }
        }
    }
    let long = vec![b'a'; MOST_BYTES + 2];
    assert_eq!(vpcprobe(&["explain", "-"], &long).status.code(), Some(3));
}
