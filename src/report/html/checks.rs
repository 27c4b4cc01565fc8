//! Everything that was examined, a row a check, and what becomes of it when the default route goes.

use super::super::text::cut_over::{SCOPE, called, closing, of_all, rows, word};
use super::super::text::table::{Row, TITLES};
use super::Context;
use super::markup::{Markup, class};
use crate::diagnosis::{CheckStatus, CutOver};
use crate::report::{Report, is_aside};

/// More rows than this are parted: what is well is folded away.
const MOST_OPEN: usize = 30;

/// The table of checks.
pub(super) fn write(page: &mut Markup, context: &Context<'_>) {
    if context.rows.is_empty() {
        return;
    }
    page.raw("<section><h2>Everything that was examined</h2>\n");
    if context.rows.len() <= MOST_OPEN {
        table(page, context.rows.iter());
    } else {
        let is_well = |row: &&Row<'_>| row.check.status == CheckStatus::Pass;
        table(page, context.rows.iter().filter(|row| !is_well(row)));
        let well = context.rows.iter().filter(is_well).count();
        page.raw("<details><summary>").number(well).raw(" checks that pass</summary>\n");
        table(page, context.rows.iter().filter(is_well));
        page.raw("</details>\n");
    }
    page.raw("</section>\n");
}

fn table<'c>(page: &mut Markup, rows: impl Iterator<Item = &'c Row<'c>>) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    page.raw("<div class=\"scroll\"><table class=\"checks\"><thead><tr>");
    for title in TITLES {
        page.element("th scope=\"col\"", title);
    }
    page.raw("</tr></thead><tbody>\n");
    for Row { check, cells: [status, name, others @ ..], detail } in rows {
        page.raw(if is_aside(check) { "<tr class=\"aside\">" } else { "<tr>" })
            .painted("td", status)
            .raw("<th scope=\"row\">")
            .text(&name.text);
        page.element("small", detail).raw("</th>");
        for cell in others {
            page.painted("td", cell);
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody></table></div>\n");
}

/// What the default route carries.
pub(super) fn cut_over(page: &mut Markup, report: &Report) {
    let rows = rows(report);
    if rows.is_empty() {
        return;
    }
    page.raw("<section><h2>If the default route goes</h2>\n");
    let is_long = rows.len() > MOST_OPEN && of_all(&rows).is_none();
    if is_long {
        page.raw("<details><summary>").number(rows.len()).raw(" services</summary>\n");
    }
    page.raw("<dl class=\"cut\">\n");
    match of_all(&rows) {
        Some(cut) => line(page, cut, &format!("all {}", rows.len())),
        None => rows.iter().for_each(|row| {
            row.answers.iter().for_each(|(_, cut)| line(page, cut, called(row.check)));
        }),
    }
    page.raw("</dl>\n").raw(if is_long { "</details>\n" } else { "" });
    for sentence in closing(&rows, report.network.is_some()) {
        page.element("p", &sentence).raw("\n");
    }
    page.element("p class=\"dim\"", SCOPE).raw("</section>\n");
}

fn line(page: &mut Markup, cut: &CutOver, name: &str) {
    let (word, ink) = word(cut.answer);
    page.raw("<dt class=\"").raw(class(ink)).raw("\">").text(word).raw("</dt><dd>");
    page.element("strong", name).raw(" ").text(&cut.by).raw("</dd>\n");
}
