//! A report in which every word that the network may choose is somebody's markup.

use vpcprobe::report::Report;

use super::fixtures;

/// What does something in HTML, XML, Markdown, a ticket, a label or a terminal.
pub const NASTY: &str = "<script>alert(1)</script> <img src=x onerror=alert(1)> ]]> <!-- --> &amp; \"q\" 'q' \
    @everyone #1 org/repo#2 GH-3 !4 %5 ~6 $7 /close https://evil.example/x www.evil.example mail@evil.example \
    [a](https://evil.example) ![a](b) **b** _i_ ~~s~~ | a | `` ` ``` ````` \\ {code} {% raw %} <a@b.c> \u{1b}[2J\u{9b}2J \
    \u{202e}gnp.exe\u{0}\u{fffe}\nline two\r\n# heading\n- item\n1. item\n> quote\n    code\n```\n+ x";

/// The broken report with that in place of everything that comes from elsewhere.
pub fn markup() -> Report {
    let nasty = || NASTY.to_owned();
    let mut report = fixtures::broken();
    for finding in &mut report.findings {
        for text in [&mut finding.summary, &mut finding.meaning] {
            *text = format!("{text} {NASTY}");
        }
        finding.tell_apart = Some(nasty());
        finding.ecs_error = Some(nasty());
        finding.compared = Some(nasty());
        for fix in &mut finding.fix {
            fix.action = nasty();
            fix.command = Some(format!("aws x --y '{NASTY}'"));
        }
    }
    report.headline = nasty();
    for check in &mut report.checks {
        check.host = nasty();
        check.note = Some(nasty());
        check.endpoint_service = Some(nasty());
    }
    report.checks[3].id.0 = nasty();
    report.vantage.availability_zone = Some(nasty());
    report.vantage.task_arn = Some(nasty());
    report.run.id = nasty();
    report
}
