//! Exit codes: what fails (tens) and how (ones).

use serde::Serialize;

use super::findings::ROWS;
use super::{Cause, NotUnderstood};

/// What an exit code means.
#[derive(Debug, Serialize)]
pub struct ExitCode {
    /// The code.
    pub code: u8,
    /// One sentence.
    pub meaning: String,
    /// The step of the task start that fails first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fails: Option<&'static str>,
    /// How it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<&'static str>,
    /// The findings that give this code.
    pub findings: Vec<Cause>,
    /// What to do next.
    pub next: &'static str,
}

/// The code that the words are, where they are nothing else: `53`, `exit code 53`, `"exitCode": 53,`, `Exited (53)`.
pub(super) fn asked(words: &str) -> Option<i64> {
    const AROUND: &[&str] = &["exit", "code", "status", "exited", "with", "container", "exitcode", "the"];
    if words.len() > 80 {
        return None;
    }
    let mut code = None;
    let is_between = |c: char| c.is_whitespace() || matches!(c, ':' | '=' | '(' | ')' | '"' | '\'' | ',' | '.' | '`');
    for word in words.split(is_between).filter(|word| !word.is_empty()) {
        match word.parse::<i64>() {
            Ok(number) if code.is_none() => code = Some(number),
            Err(_) if AROUND.contains(&word.to_ascii_lowercase().as_str()) => {}
            Ok(_) | Err(_) => return None,
        }
    }
    code
}

/// What a code means, or why it is none of ours.
pub(super) fn explain(number: i64) -> Result<ExitCode, NotUnderstood> {
    let whole = |code: u8, meaning: &str, next: &'static str| ExitCode {
        code,
        meaning: meaning.to_owned(),
        fails: None,
        how: None,
        findings: Vec::new(),
        next,
    };
    Ok(match number {
        0 => whole(
            0,
            "Every required check passed; there may be warnings.",
            "Read the warnings in the report, if any. Where a task still does not start, paste its stop reason into vpcprobe \
             explain: image, role or capacity are the causes that a run does not see.",
        ),
        2 => whole(
            2,
            "The command line was not understood: nothing was examined.",
            "Read the line on standard error; vpcprobe run --help names every flag.",
        ),
        3 => whole(
            3,
            "An input can't be used: a Region, an image, a task definition, a list or a saved report. Nothing was examined.",
            "Read the line on standard error: it names the input and what is wrong with it.",
        ),
        4 => whole(
            4,
            "Everything required works, there are warnings, and --strict lets them fail.",
            "Read the warnings in the report, or leave --strict out.",
        ),
        70 => whole(
            70,
            "A bug of vpcprobe itself. It says nothing of the network.",
            "Run it again, and report the line on standard error.",
        ),
        71 => whole(
            71,
            "Inconclusive: the deadline or SIGTERM came first, or the probe could not look. It says nothing against the network.",
            "Give it more time (--deadline); the report names what was not looked at.",
        ),
        _ => return failed(number).ok_or_else(|| unknown(number)),
    })
}

/// 11 to 69 without those that end in 0.
fn failed(number: i64) -> Option<ExitCode> {
    let code = u8::try_from(number).ok().filter(|code| (11..=69).contains(code))?;
    let (tens, ones) = (code / 10, code % 10);
    let fails = fails(tens)?;
    let how = how(ones)?;
    let mut rows: Vec<_> =
        ROWS.iter().filter(|row| row.ones == ones && (row.tens.is_empty() || row.tens.contains(&tens))).collect();
    // Those that only this step can have come first.
    crate::order::by_key(&mut rows, |row| row.tens.is_empty());
    let findings = rows.into_iter().map(|row| Cause { id: row.id, line: row.line }).collect();
    Some(ExitCode {
        code,
        meaning: format!("The run failed. What fails first in a task start: {fails}. How: {how}."),
        fails: Some(fails),
        how: Some(how),
        findings,
        next: "The report's headline and first finding say which of these it was (or `unexplained`, with all that was \
               seen). Where no report could leave the subnet, run \
               it again where its output can be read: the same subnets and security group, as a Lambda function for example.",
    })
}

fn fails(tens: u8) -> Option<&'static str> {
    Some(match tens {
        1 => "the secrets: Secrets Manager, parameters, environment files",
        2 => "the registry token (ECR's API, ecr.api)",
        3 => "the log stream (CloudWatch Logs)",
        4 => "the registry (ecr.dkr, or another registry): the manifest",
        5 => "the layers (S3)",
        6 => "something else: EFS, ECS Exec, or an endpoint that was asked for",
        _ => return None,
    })
}

fn how(ones: u8) -> Option<&'static str> {
    Some(match ones {
        1 => "DNS",
        2 => "a wrong route",
        3 => "TCP, no connection",
        4 => "TLS",
        5 => "HTTP, where something else than the service answers, or the service fails",
        6 => "a denial",
        7 => "something that does not exist",
        8 => "content (digest, length, or a transfer that stalls)",
        9 => "slowness",
        _ => return None,
    })
}

/// Codes of others that people meet beside ours.
fn unknown(number: i64) -> NotUnderstood {
    let hint = match number {
        1 => ": most programs end with it after any error",
        126 | 127 => ": a shell or container runtime gives it where the command can't be run or does not exist",
        137 => ": the container was killed (SIGKILL), usually for its memory or at the end of its stop timeout",
        139 => ": the program crashed (SIGSEGV)",
        143 => ": the container was ended by SIGTERM",
        255 => ": often an entry point that could not start",
        _ => "; its codes are 0, 2, 3, 4, 11 to 69 (none that ends in 0), 70 and 71",
    };
    NotUnderstood(format!("explain {number}: no exit code of vpcprobe{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_by_itself_and_among_its_usual_words() {
        let table = [
            ("53", Some(53)),
            ("exit code 53", Some(53)),
            ("\"exitCode\": 53,", Some(53)),
            ("Exited (53)", Some(53)),
            ("container exited with status 71.", Some(71)),
            ("-1", Some(-1)),
            ("53 54", None),
            ("error 53", None),
            ("exit", None),
            ("10.0.0.1", None),
        ];
        for (words, expected) in table {
            assert_eq!(asked(words), expected, "{words}");
        }
    }

    #[test]
    fn every_code_of_the_contract_is_explained_and_no_other() {
        for number in -300..300 {
            let ours = matches!(number, 0 | 2 | 3 | 4 | 70 | 71) || ((11..=69).contains(&number) && number % 10 != 0);
            assert_eq!(explain(number).is_ok(), ours, "{number}");
        }
    }

    #[test]
    fn a_code_names_the_findings_of_its_step() {
        let ids = |code| explain(code).unwrap().findings.into_iter().map(|cause| cause.id).collect::<Vec<_>>();
        assert_eq!(ids(37), ["log-group-not-found"]);
        assert_eq!(ids(47), ["repository-not-found", "image-not-found", "platform-missing"]);
        assert_eq!(ids(58), ["layer-corrupt", "transfer-stalled"]);
        assert!(ids(53).contains(&"layers-unreachable") && !ids(23).contains(&"layers-unreachable"));
    }
}
