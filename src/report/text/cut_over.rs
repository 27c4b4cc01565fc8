//! What becomes of each service when the default route goes: a line each, and what to do about it first.

use super::page::{Ink, Page};
use crate::diagnosis::{CheckStatus, CutOver, CutOverAnswer};
use crate::plan::CheckId;
use crate::report::Report;

const INDENT: usize = 3;

/// The columns of the longest answer.
const ANSWER_COLUMNS: usize = "not known".len();

/// What the lines say nothing of.
pub(crate) const SCOPE: &str =
    "That is said of the routes to these services alone: what the application itself calls besides was not looked at.";

/// One service: its answers, worst first, each with the runs that give it where not all do.
pub(crate) struct Row<'r> {
    pub(crate) check: &'r CheckId,
    pub(crate) answers: Vec<(Option<String>, &'r CutOver)>,
    /// Whether it fails already.
    pub(crate) fails: bool,
    /// Whether it breaks where it works today.
    pub(crate) loses: bool,
}

/// The lines of a report.
pub(super) fn write(page: &mut Page, report: &Report) {
    block(page, &rows(report), report.network.is_some());
}

/// The services of a report.
pub(crate) fn rows(report: &Report) -> Vec<Row<'_>> {
    let rows = report.checks.iter().filter_map(|check| {
        let cut = check.cut_over.as_ref()?;
        let fails = check.status == CheckStatus::Fail;
        let loses = !fails && cut.answer == CutOverAnswer::Breaks;
        Some(Row { check: &check.id, answers: vec![(None, cut)], fails, loses })
    });
    rows.collect()
}

/// A line a service, what they come to together, and what they say nothing of.
pub(crate) fn block(page: &mut Page, rows: &[Row<'_>], has_view: bool) {
    if rows.is_empty() {
        return;
    }
    page.gap();
    page.paragraph(0, Ink::Bold, "If the default route goes:");
    match of_all(rows) {
        Some(cut) => line(page, cut.answer, &format!("all {}: {}", rows.len(), cut.by)),
        None => rows.iter().for_each(|row| service(page, row)),
    }
    for sentence in closing(rows, has_view) {
        page.paragraph(INDENT, Ink::Plain, &sentence);
    }
    page.paragraph(INDENT, Ink::Dim, SCOPE);
}

/// What is word for word the same of all: such as that no name is resolved any more.
pub(crate) fn of_all<'r>(rows: &[Row<'r>]) -> Option<&'r CutOver> {
    let (first, others) = rows.split_first()?;
    let only = |row: &Row<'r>| match row.answers[..] {
        [(None, cut)] => Some(cut),
        _ => None,
    };
    let cut = only(first)?;
    (!others.is_empty() && others.iter().all(|row| only(row) == Some(cut))).then_some(cut)
}

fn service(page: &mut Page, row: &Row<'_>) {
    for (index, (runs, cut)) in row.answers.iter().enumerate() {
        let runs = runs.as_ref().map(|runs| format!("in {runs}: ")).unwrap_or_default();
        let text = format!("{}: {runs}{}", called(row.check), cut.by);
        if index == 0 {
            line(page, cut.answer, &text);
        } else {
            let answer = word(cut.answer).0;
            page.paragraph(INDENT + ANSWER_COLUMNS + 1, Ink::Plain, &format!("{runs}{answer}, {}", cut.by));
        }
    }
}

fn line(page: &mut Page, answer: CutOverAnswer, text: &str) {
    let (word, ink) = word(answer);
    let label = format!("{word:ANSWER_COLUMNS$}");
    page.labelled(INDENT, INDENT + ANSWER_COLUMNS + 1, (ink, &label), (Ink::Plain, text));
}

pub(crate) fn word(answer: CutOverAnswer) -> (&'static str, Ink) {
    match answer {
        CutOverAnswer::Survives => ("survives", Ink::Good),
        CutOverAnswer::Breaks => ("breaks", Ink::Bad),
        CutOverAnswer::Unknown => ("not known", Ink::Odd),
    }
}

/// A host that only the replay learned of by its name alone, anything else by its id; without the port that all have.
pub(crate) fn called(id: &CheckId) -> &str {
    let heads = ["layer-host:", "manifest-host:", "token-host:"];
    let host = heads.into_iter().find_map(|head| id.0.strip_prefix(head)).unwrap_or(&id.0);
    host.strip_suffix(":443").unwrap_or(host)
}

/// What must be mended first, what is not known, and whether the route may go.
pub(crate) fn closing(rows: &[Row<'_>], has_view: bool) -> Vec<String> {
    let has = |row: &Row<'_>, answer| row.answers.iter().any(|(_, cut)| cut.answer == answer);
    let those = |wanted: &dyn Fn(&Row<'_>) -> bool| {
        let names: Vec<_> = rows.iter().filter(|row| wanted(row)).map(|row| called(row.check)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let breaks = rows.iter().any(|row| has(row, CutOverAnswer::Breaks));
    let lost = those(&|row| row.loses);
    let unknown = those(&|row| has(row, CutOverAnswer::Unknown));
    let failing = those(&|row| row.fails);
    let mut said = Vec::new();
    said.extend(lost.as_ref().map(|lost| format!("Mend first, or leave the routes as they are: {lost}.")));
    said.extend(unknown.as_ref().map(|unknown| {
        if has_view {
            format!("Not known: {unknown}. Each line says what the view lacks: see to that, and collect it again with scripts/network.")
        } else {
            format!(
                "Not known: {unknown}. The route tables tell: scripts/network writes network.json, and vpcprobe diagnose \
                 REPORT --network network.json answers."
            )
        }
    }));
    if !breaks && unknown.is_none() && failing.is_none() {
        said.push(match rows.len() {
            1 => "Nothing breaks: as far as this service is concerned, the default route may go.".to_owned(),
            count => {
                format!("Nothing breaks: as far as these {count} services are concerned, the default route may go.")
            }
        });
    }
    said.extend(failing.map(|failing| format!("With or without that route, this fails today: {failing}.")));
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::Look;

    fn cut(answer: CutOverAnswer) -> CutOver {
        CutOver { answer, by: format!("by {answer:?}") }
    }

    fn shown(rows: &[(&str, CutOverAnswer, bool)], has_view: bool) -> String {
        let answers: Vec<_> =
            rows.iter().map(|(id, answer, fails)| (CheckId((*id).to_owned()), cut(*answer), *fails)).collect();
        let rows = answers.iter().map(|(check, cut, fails)| {
            let loses = !fails && cut.answer == CutOverAnswer::Breaks;
            Row { check, answers: vec![(None, cut)], fails: *fails, loses }
        });
        let mut page = Page::new(Look { width: 400, ..Look::default() });
        block(&mut page, &rows.collect::<Vec<_>>(), has_view);
        page.into_text()
    }

    #[test]
    fn the_closing_sentences_say_what_comes_first() {
        use CutOverAnswer::{Breaks as B, Survives as S, Unknown as U};
        const MAY_GO: &str = "the default route may go";
        type Case<'c> = (&'c [(&'c str, CutOverAnswer, bool)], &'c [&'c str], &'c [&'c str]);
        let table: [Case<'_>; 7] = [
            (
                &[("logs", S, false), ("s3", S, false)],
                &["all 2: by Survives", "these 2 services", MAY_GO],
                &["Not known:"],
            ),
            (&[("logs", S, false)], &["survives  logs: by", "this service", MAY_GO], &["all 1"]),
            (&[("logs", S, false), ("s3", U, false)], &["not known s3: by", "Not known: s3.", "--network"], &[MAY_GO]),
            (
                &[("logs", B, false), ("layer-host:cdn.example:443", B, true), ("s3", U, false)],
                &[
                    "breaks    cdn.example: by",
                    "leave the routes as they are: logs.",
                    "Not known: s3.",
                    "today: cdn.example.",
                ],
                &[MAY_GO],
            ),
            (&[("logs", S, true), ("s3", S, false)], &["fails today: logs."], &[MAY_GO]),
            (
                &[("logs", B, false), ("s3", B, false)],
                &["breaks    all 2: by Breaks", "Mend first"],
                &["breaks    logs"],
            ),
            (&[], &[], &["If the default route"]),
        ];
        for (rows, present, absent) in table {
            let text = shown(rows, false);
            assert!(present.iter().all(|words| text.contains(words)), "{present:?}: {text}");
            assert!(absent.iter().all(|words| !text.contains(words)), "{absent:?}: {text}");
            assert_eq!(text.contains("application itself"), !rows.is_empty());
        }
    }

    #[test]
    fn beside_a_view_the_view_is_what_lacks() {
        let text = shown(&[("s3", CutOverAnswer::Unknown, false)], true);
        assert!(text.contains("Not known: s3. Each line says what the view lacks"), "{text}");
        assert!(!text.contains("network.json"), "{text}");
    }
}
