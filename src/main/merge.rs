//! Several saved reports as one.

use vpcprobe::json;
use vpcprobe::merge::{self, Given, Known};
use vpcprobe::redact::Redactor;
use vpcprobe::report::Report;
use vpcprobe::sink::Sink;
use vpcprobe::vpc::Vpc;

use super::commands::{InputError, is_of_this_build, is_text, judge_again, one_stdin, read_network, read_report};
use super::output::look;
use super::process;

/// Put the runs together and say what they come to.
pub(crate) fn merge(
    reports: &[String],
    exits: &[String],
    not_started: &[String],
    network: Option<&str>,
    redact: bool,
    format: Option<&str>,
) -> Result<u8, InputError> {
    let is_text = is_text("what is merged", format)?;
    let named = reports.iter().map(|word| merge::report(word)).collect::<Result<Vec<_>, _>>()?;
    one_stdin(&named.iter().map(|(_, file)| file.as_str()).collect::<Vec<_>>(), network)?;
    let view = network.map(read_network).transpose()?;
    let mut given = read(named, view.as_ref())?;
    for word in exits {
        given.push(merge::exit_code(word)?);
    }
    for word in not_started {
        given.push(merge::not_started(word)?);
    }
    if redact {
        given = redacted(given);
    }
    let merged = merge::merge(&given)?;
    let shown = if is_text { merge::text::render(&merged, look(&Sink::Stdout)) } else { merge::json(&merged) };
    // The code is the network's: that nobody reads the text does not change it.
    process::print(&shown);
    Ok(merged.exit_code)
}

/// The runs with aliases, the same ones in all of them: what is put together of them then holds nothing else.
fn redacted(given: Vec<Given>) -> Vec<Given> {
    let words = |given: &Given| serde_json::json!({"name": given.name, "file": given.file, "unseen": given.unseen});
    let mut documents = vec![serde_json::json!({"runs": given.iter().map(words).collect::<Vec<_>>()}).to_string()];
    for one in &given {
        documents.push(match &one.known {
            Known::Report(report) => json::line(report),
            Known::NotStarted(text) => serde_json::json!({"not_started": text}).to_string(),
            Known::ExitCode(_) => continue,
        });
    }
    let redactor = Redactor::of_texts(&documents);
    drop(documents);
    let one = |given: Given| Given {
        name: given.name.map(|name| redactor.text(&name)),
        file: redactor.text(&given.file),
        unseen: given.unseen.map(|why| redactor.text(&why)),
        known: match given.known {
            Known::Report(report) => Known::Report(Box::new(redactor.report(&report))),
            Known::NotStarted(text) => Known::NotStarted(redactor.text(&text)),
            code @ Known::ExitCode(_) => code,
        },
    };
    given.into_iter().map(one).collect()
}

/// Read every report and judge it by today's rules. All that can't be read are named at once, and then nothing is merged:
/// a table without one of its subnets would look like a healthy one.
fn read(named: Vec<(Option<String>, String)>, view: Option<&Vpc>) -> Result<Vec<Given>, InputError> {
    let mut given = Vec::new();
    let mut broken = Vec::new();
    for (name, file) in named {
        match read_report(&file).and_then(|saved| judged(&file, saved, view)) {
            Ok((report, unseen)) => given.push(Given { name, file, known: Known::Report(Box::new(report)), unseen }),
            Err(InputError(why)) => broken.push(why),
        }
    }
    if broken.is_empty() {
        return fitting(given);
    }
    Err(InputError(format!(
        "{}; nothing is merged: leave {} out, or say what is known of the run by --exit NAME=CODE",
        broken.join("; "),
        if broken.len() == 1 { "it" } else { "them" },
    )))
}

/// A report by today's rules, and by the view as well where that is of its VPC; else why not.
fn judged(file: &str, saved: Report, view: Option<&Vpc>) -> Result<(Report, Option<String>), InputError> {
    let Some(view) = view else {
        // What was judged by a view is judged again by all that the others are judged by.
        let is_as_now = saved.network.is_none() && is_of_this_build(&saved.tool);
        return Ok((if is_as_now { saved } else { judge_again(file, saved, false, None)? }, None));
    };
    match judge_again(file, saved.clone(), false, Some(view)) {
        Ok(report) => Ok((report, None)),
        // What is wrong with the report itself is said again.
        Err(InputError(why)) => judge_again(file, saved, false, None).map(|report| (report, Some(why))),
    }
}

/// A view that fits none of the runs was given by mistake.
fn fitting(given: Vec<Given>) -> Result<Vec<Given>, InputError> {
    match given.first().and_then(|first| first.unseen.clone()) {
        Some(why) if given.iter().all(|given| given.unseen.is_some()) => Err(InputError(format!("--network: {why}"))),
        _ => Ok(given),
    }
}
