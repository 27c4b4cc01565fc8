//! The replay of the task start, and what the pulls come to.

use super::super::text::{pulls, steps};
use super::Context;
use super::markup::Markup;

/// A row a step, a line a pull.
pub(super) fn write(page: &mut Markup, context: &Context<'_>) {
    let rows = steps::rows(context.report, &context.seen);
    if !rows.is_empty() {
        page.raw(
            "<section><h2>The task start, step by step</h2>\n<div class=\"scroll\"><table class=\"steps\"><thead><tr>",
        );
        for title in steps::TITLES {
            page.element("th scope=\"col\"", title);
        }
        page.raw("</tr></thead><tbody>\n");
        rows.iter().for_each(|row| self::row(page, row));
        page.raw("</tbody></table></div></section>\n");
    }
    let lines = pulls::lines(context.report);
    if lines.is_empty() {
        return;
    }
    page.raw("<section><h2>The pull</h2>\n<ul>\n");
    for line in lines.into_iter().chain(pulls::of_the_platform(context.report)) {
        page.element("li", &line).raw("\n");
    }
    page.raw("</ul></section>\n");
}

fn row(page: &mut Markup, row: &steps::Row) {
    page.raw("<tr>").painted("td", &row.mark).element("th scope=\"row\"", &row.name).raw("<td>");
    page.painted("span", &row.result);
    for line in &row.below {
        page.element("p class=\"dim\"", line);
    }
    page.raw("</td></tr>\n");
}
