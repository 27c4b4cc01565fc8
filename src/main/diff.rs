//! Two saved reports, held against each other.

use vpcprobe::app;
use vpcprobe::diff::{self, Document, Given};
use vpcprobe::edge;
use vpcprobe::inputs::shown;
use vpcprobe::json;
use vpcprobe::plan::Plan;
use vpcprobe::redact::Redactor;
use vpcprobe::sink::Sink;

use super::commands::{InputError, is_of_this_build, is_text, one_stdin, plan_again};
use super::output::look;
use super::process;

/// Say what changed between two runs.
pub(crate) fn diff(
    before: &str,
    after: &str,
    expected: &[String],
    redact: bool,
    format: Option<&str>,
) -> Result<u8, InputError> {
    let is_text = is_text("a comparison", format)?;
    one_stdin(&[before, after], None)?;
    let asked = diff::expectations(expected)?;
    let (sides, asked) = if redact {
        // The names of the files are the owner's as well.
        let hidden = |place, path: &str| {
            let named = format!(" {}: ", shown(path));
            read(place, path).map_err(|why| InputError(why.0.replacen(&named, " (file not named): ", 1)))
        };
        let given = (hidden("BEFORE", before)?, hidden("AFTER", after)?);
        let redactor = Redactor::of_texts(&[text(&given.0), text(&given.1)]);
        let asked = asked.into_iter().map(|mut asked| {
            asked.what = asked.what.map(|what| redactor.text(&what));
            asked
        });
        let asked = asked.collect();
        let sides = (
            side("BEFORE", "BEFORE", redacted(&redactor, given.0))?,
            side("AFTER", "AFTER", redacted(&redactor, given.1))?,
        );
        (sides, asked)
    } else {
        // One is cut down to what is compared before the other is read.
        let sides = (side("BEFORE", before, read("BEFORE", before)?)?, side("AFTER", after, read("AFTER", after)?)?);
        (sides, asked)
    };
    let diff = diff::diff(&sides.0, &sides.1, &asked)?;
    let shown = if is_text { diff::text::render(&diff, look(&Sink::Stdout)) } else { diff::json(&diff) };
    process::print(&shown);
    Ok(diff.exit_code)
}

/// One side as it was read, judged by today's rules.
struct Read {
    given: Given,
    /// The version that wrote it.
    written_by: String,
    /// What its inputs make; none of merged runs, and of a report whose inputs became others.
    plan: Option<Plan>,
}

/// Two versions' rules must not show as a change, so what another build judged is judged again. The operator's view is not
/// in a report: one that was judged by it stays as it is, or what only the view tells would be lost.
fn read(place: &str, path: &str) -> Result<Read, InputError> {
    let text = edge::read_list(place, path)?;
    let given = diff::read(&text).map_err(|why| unfit(place, path, &why))?;
    drop(text);
    let Given::Report(saved) = given else { return Ok(Read { given, written_by: String::new(), plan: None }) };
    let written_by = saved.tool.version.clone();
    let plan = plan_again(&shown(path), &saved)?;
    let report = if saved.network.is_some() || is_of_this_build(&saved.tool) {
        saved
    } else {
        Box::new(app::judge_again(*saved, &plan, None).map_err(|why| unfit(place, path, &why))?)
    };
    Ok(Read { given: Given::Report(report), written_by, plan: Some(plan) })
}

fn side(place: &str, path: &str, read: Read) -> Result<Document, InputError> {
    match read.given {
        Given::Report(report) => {
            let plan = read.plan.map_or_else(|| plan_again(path, &report), Ok)?;
            Ok(Document::of_report(&shown(path), *report, &plan, &read.written_by))
        }
        Given::Merged(document) => Document::of_merged(&shown(path), document).map_err(|why| unfit(place, path, &why)),
    }
}

fn unfit(place: &str, path: &str, why: &str) -> InputError {
    InputError(format!("{place} {}: {why}", shown(path)))
}

fn text(read: &Read) -> String {
    match &read.given {
        Given::Report(report) => json::line(report),
        Given::Merged(document) => json::line(document),
    }
}

fn redacted(redactor: &Redactor, read: Read) -> Read {
    let given = match read.given {
        Given::Report(report) => Given::Report(Box::new(redactor.report(&report))),
        Given::Merged(document) => Given::Merged(redactor.document(document)),
    };
    Read { given, plan: None, ..read }
}
