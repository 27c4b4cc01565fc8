//! An explanation as lines for a person: what it is, what it means, what to do. Whoever lays them out keeps the width.

use super::codes::ExitCode;
use super::findings::FindingMeaning;
use super::reason::StopReason;
use super::{Cause, Explanation, Fix};
use crate::diagnosis::Certainty;

/// One piece of the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Line {
    /// An empty line.
    Gap,
    /// What is explained: a word and its text.
    Head(&'static str, String),
    /// A paragraph.
    Words(String),
    /// A paragraph that was pasted.
    Pasted(String),
    /// A paragraph under a label.
    Labelled(String, String),
    /// A command to paste.
    Command(String),
}

/// The lines of an explanation.
pub fn outline(explanation: &Explanation) -> Vec<Line> {
    match explanation {
        Explanation::StopReason(reading) => stop_reason(reading),
        Explanation::ExitCode(code) => exit_code(code),
        Explanation::Finding(finding) => self::finding(finding),
    }
}

fn labelled(label: &str, text: impl Into<String>) -> Line {
    Line::Labelled(label.to_owned(), text.into())
}

fn stop_reason(reading: &StopReason) -> Vec<Line> {
    let phase = &reading.phase;
    let head = if reading.known {
        Line::Head("STOP REASON", reading.meaning.clone())
    } else {
        Line::Head(
            "UNKNOWN TEXT",
            "it is no stop reason that is known here; this is what can be read off it".to_owned(),
        )
    };
    let mut lines = vec![head, Line::Pasted(reading.text.clone()), Line::Gap];
    if reading.known {
        lines.push(labelled("phase:", format!("{}: {}", phase.id, sentence(phase.what))));
    } else if !reading.findings.is_empty() {
        lines.push(labelled("meaning:", &reading.meaning));
    }
    lines.push(labelled("answered:", sentence(&reading.answered_because)));
    if !reading.known {
        lines.push(labelled("hint:", DESCRIBE));
    }
    lines.extend(denied(reading));
    lines.extend(reading.addresses.iter().map(|address| labelled("address:", &address.proves)));
    if let Some(worked) = worked(reading) {
        lines.push(labelled("worked before:", worked));
    }
    lines.extend(reading.notes.iter().map(|note| labelled("mind:", *note)));
    if !reading.probe_sees_it {
        lines.push(labelled("vpcprobe:", "no network probe can see this cause; a run would say nothing of it."));
    }
    lines.extend(causes("likely causes, in order", &reading.findings));
    lines.extend(fixes(&reading.fix));
    if let Some(command) = &reading.settle {
        lines.push(Line::Gap);
        lines.push(labelled("settle it:", SETTLE));
        lines.push(Line::Command(command.clone()));
    }
    lines.extend(placeholders(
        reading.fix.iter().filter_map(|fix| fix.command.as_deref()).chain(reading.settle.as_deref()),
    ));
    lines
}

const DESCRIBE: &str = "the whole of a stop reason is in stoppedReason and in each container's reason, for an hour after the \
                        stop: aws ecs describe-tasks.";

const SETTLE: &str = "run this as a task (or a Lambda function) in the same subnet with the same security group:";

/// Who was denied what, as the text says it.
fn denied(reading: &StopReason) -> Option<Line> {
    let action = reading.names.denied_action.as_deref()?;
    let who = reading.names.denied_principal.as_deref().unwrap_or("somebody");
    Some(labelled("denied:", format!("{who} may not {action}.")))
}

/// What worked, and how sure that is.
fn worked(reading: &StopReason) -> Option<String> {
    let parts: Vec<String> = reading
        .worked
        .iter()
        .map(|part| match part.certainty {
            Certainty::Certain => format!("{} (certain)", part.what),
            Certainty::Likely | Certainty::Possible => format!("{} (likely)", part.what),
        })
        .collect();
    (!parts.is_empty()).then(|| sentence(&parts.join("; ")))
}

/// A sentence of words that have no beginning and no end yet.
fn sentence(words: &str) -> String {
    let stop = if words.ends_with(['.', '?']) { "" } else { "." };
    format!("{words}{stop}")
}

fn causes(title: &str, causes: &[Cause]) -> Vec<Line> {
    if causes.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::Gap, Line::Words(format!("{title}:"))];
    lines.extend(
        causes.iter().enumerate().map(|(index, cause)| labelled(&format!("{}. {}:", index + 1, cause.id), cause.line)),
    );
    lines
}

fn fixes(fixes: &[Fix]) -> Vec<Line> {
    let mut lines = Vec::new();
    if !fixes.is_empty() {
        lines.push(Line::Gap);
    }
    for (index, fix) in fixes.iter().enumerate() {
        let label = if fixes.len() > 1 { format!("fix {}:", index + 1) } else { "fix:".to_owned() };
        lines.push(Line::Labelled(label, fix.action.clone()));
        lines.extend(fix.command.iter().cloned().map(Line::Command));
    }
    lines
}

fn exit_code(code: &ExitCode) -> Vec<Line> {
    let mut lines = vec![Line::Head("EXIT CODE", code.code.to_string()), Line::Words(code.meaning.clone())];
    lines.extend(causes("findings that give it", &code.findings));
    lines.extend([Line::Gap, labelled("next:", code.next)]);
    lines
}

fn finding(finding: &FindingMeaning) -> Vec<Line> {
    let title = finding.title.map(|title| format!(": {}", title.trim_end_matches('.'))).unwrap_or_default();
    let mut lines = vec![
        Line::Head("FINDING", format!("{}{title}", finding.id)),
        Line::Words(finding.line.to_owned()),
        Line::Words(finding.meaning.to_owned()),
        Line::Gap,
        labelled("exit code:", exit_codes(finding)),
    ];
    lines.extend(fixes(&finding.fix));
    lines.extend([Line::Gap, labelled("see it:", SETTLE), Line::Command(finding.settle.to_owned())]);
    let commands = finding.fix.iter().filter_map(|fix| fix.command.as_deref());
    lines.extend(placeholders(commands.chain([finding.settle])));
    lines
}

fn exit_codes(finding: &FindingMeaning) -> String {
    let codes: Vec<String> = finding.exit_codes.iter().map(u8::to_string).collect();
    match finding.exit_digit {
        None => "none of its own.".to_owned(),
        Some(digit) => match &codes[..] {
            [only] => format!("{only}."),
            _ => format!("ends in {digit} ({}): the first digit says what fails first.", codes.join(", ")),
        },
    }
}

/// What the placeholders in the commands stand for.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("$REGION", "the Region"),
    ("$VPC", "the VPC's id"),
    ("$SUBNETS", "the subnets' ids, separated by spaces"),
    ("$SUBNET", "the silent subnet's id"),
    ("$EPSG", "the endpoint's security group"),
    ("$TSG", "the task's security group"),
    ("$SG", "the other host's security group"),
    ("$VPCE", "the endpoint's id"),
    ("$RTB", "the route table of the task's subnet"),
    ("$NAT", "the NAT gateway's id"),
    ("$DHCP", "the id of those DHCP options"),
    ("$SERVICE", "the service, such as ecr.api"),
    ("$ROLE", "the execution role's name"),
    ("$NAME", "a name for the policy"),
    ("$REPOSITORY", "the repository's name"),
    ("$LOG_GROUP", "the log group's name"),
    ("$SECRET", "the secret's ARN"),
    (
        "$SECRET_ARN",
        "the ARN of a secret with the registry's user and token, its name beginning with ecr-pullthroughcache/",
    ),
    ("$BUCKET", "the bucket's name"),
    ("$FILE_SYSTEM", "the file system's id"),
    ("$ADDRESS", "the address"),
    ("$EVENT", "the denied action behind its colon"),
    ("$CLUSTER", "the cluster"),
    ("$TASK", "the task's ARN"),
];

fn placeholders<'a>(commands: impl Iterator<Item = &'a str>) -> Option<Line> {
    let all = commands.collect::<Vec<_>>().join(" ");
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names = |name: &str| all.match_indices(name).any(|(at, _)| !all[at + name.len()..].starts_with(is_name));
    let used: Vec<String> =
        PLACEHOLDERS.iter().filter(|(name, _)| names(name)).map(|(name, what)| format!("{name} = {what}")).collect();
    (!used.is_empty()).then(|| labelled("put in:", sentence(&used.join(", "))))
}
