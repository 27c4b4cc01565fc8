//! The findings: what was seen, what it means, what to do, with commands to copy, and by what it is known.

use super::super::text::culprit::{blamed, hidden};
use super::super::text::findings::{Doubt, about, doubt, severity, with_statement};
use super::Context;
use super::evidence;
use super::frame::mark;
use super::markup::{Markup, class};
use crate::diagnosis::{Finding, Fix, Severity};

/// Everything that breaks a task start or may break it.
pub(super) fn causes(page: &mut Markup, context: &Context<'_>) {
    let causes: Vec<_> = context.named().collect();
    if causes.is_empty() {
        return;
    }
    page.raw("<section><h2>What is wrong, and what mends it</h2>\n");
    page.element("p class=\"dim\"", "One click on a command selects all of it.");
    for (index, finding) in causes.into_iter().enumerate() {
        article(page, context, Some(index + 1), finding);
    }
    page.raw("</section>\n");
}

/// What is only worth knowing.
pub(super) fn infos(page: &mut Markup, context: &Context<'_>) {
    let infos: Vec<_> = context.report.findings.iter().filter(|finding| finding.severity == Severity::Info).collect();
    if infos.is_empty() {
        return;
    }
    page.raw("<section><h2>Worth knowing</h2>\n");
    for finding in infos {
        article(page, context, None, finding);
    }
    page.raw("</section>\n");
}

fn article(page: &mut Markup, context: &Context<'_>, number: Option<usize>, finding: &Finding) {
    heading(page, number, finding);
    page.element("p class=\"lead\"", &finding.summary).raw("\n");
    page.element("p", &finding.meaning).raw("\n");
    fixes(page, &finding.fix);
    page.raw("<dl>\n");
    to_blame(page, finding);
    if let Some(compared) = &finding.compared {
        page.element("dt", "Compared").element("dd", compared).raw("\n");
    }
    doubts(page, finding);
    if let Some(hidden) = hidden(finding) {
        page.element("dt", "Hides").element("dd", &hidden).raw("\n");
    }
    if let Some(error) = &finding.ecs_error {
        page.element("dt", "ECS prints").raw("<dd>").element("code", error).raw("</dd>\n");
    }
    page.raw("</dl>\n");
    evidence::write(page, context, finding);
    page.raw("</article>\n");
}

fn heading(page: &mut Markup, number: Option<usize>, finding: &Finding) {
    let (word, ink) = severity(finding.severity);
    page.raw("<article class=\"").raw(class(ink)).raw("\"");
    if let Some(number) = number {
        page.raw(" id=\"f").number(number).raw("\"");
    }
    page.raw("><h3><span class=\"tag ").raw(class(ink)).raw("\">").raw(mark(ink)).text(word).raw("</span> ");
    if let Some(number) = number {
        page.number(number).raw(". ");
    }
    page.text(&finding.id.to_string()).raw("</h3>\n");
    let about = about(finding);
    if !about.is_empty() {
        page.element("p class=\"about\"", &about).raw("\n");
    }
}

fn fixes(page: &mut Markup, fixes: &[Fix]) {
    if fixes.is_empty() {
        return;
    }
    page.raw("<div class=\"fix\"><h4>Fix</h4>\n<ol>\n");
    for step in fixes {
        let (words, statement) = with_statement(&step.action);
        page.raw("<li>").element("span", &words);
        for command in statement.into_iter().chain(step.command.as_deref()) {
            page.command(command);
        }
        page.raw("</li>\n");
    }
    page.raw("</ol></div>\n");
}

/// The pieces of configuration, and what is wrong with each.
fn to_blame(page: &mut Markup, finding: &Finding) {
    let Some(named) = blamed(finding) else { return };
    page.element("dt class=\"bad\"", "To blame").raw("<dd>").element("strong", &named);
    for culprit in finding.culprit.iter().chain(&finding.also) {
        page.element("p", &culprit.detail);
    }
    page.raw("</dd>\n");
}

/// How sure it is, what else it may be, and how to tell.
fn doubts(page: &mut Markup, finding: &Finding) {
    let Some(Doubt { word, text, commands }) = doubt(finding) else { return };
    page.raw("<dt class=\"first\">").text(word.trim_end_matches(':')).raw("</dt><dd>").element("span", &text);
    for (index, command) in commands.iter().enumerate() {
        page.raw("<p class=\"dim\">command ").number(index + 1).raw(":</p>").command(command);
    }
    page.raw("</dd>\n");
}
