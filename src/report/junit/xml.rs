//! XML 1.0 as the readers of test results take it: attributes and elements that all of their schemas know.

use super::super::examined::seconds;
use super::super::text::wrap::clean;
use super::super::{Report, is_steering};

/// A suite, its cases written already.
pub(super) struct Suite {
    name: String,
    pub(super) properties: Vec<(&'static str, String)>,
    cases: Vec<Case>,
    pub(super) tests: usize,
    pub(super) failures: usize,
    pub(super) errors: usize,
    skipped: usize,
    took_ms: u64,
}

/// One case.
pub(super) struct Case {
    name: String,
    took_ms: u64,
    inside: String,
    out: String,
    failed: bool,
    erred: bool,
    skipped: bool,
}

impl Suite {
    pub(super) fn new(name: String) -> Self {
        Self { name, properties: vec![], cases: vec![], tests: 0, failures: 0, errors: 0, skipped: 0, took_ms: 0 }
    }

    pub(super) fn add(&mut self, case: Case) {
        self.tests += 1;
        self.failures += usize::from(case.failed && !case.erred);
        self.errors += usize::from(case.erred);
        self.skipped += usize::from(case.skipped);
        self.took_ms = self.took_ms.saturating_add(case.took_ms);
        self.cases.push(case);
    }
}

impl Case {
    pub(super) fn new(name: String, took_ms: u64) -> Self {
        let (inside, out) = (String::new(), String::new());
        Self { name, took_ms, inside, out, failed: false, erred: false, skipped: false }
    }

    /// It fails. Of a case that could not be looked at, what it fails by is said in its output: a case has one state.
    pub(super) fn fail(&mut self, kind: &str, message: &str, body: &str) {
        if self.erred || self.skipped {
            return self.out(&format!("{kind}: {message}\n{body}"));
        }
        self.failed = true;
        self.element("failure", &[("type", kind), ("message", message)], body);
    }

    /// It could not be looked at.
    pub(super) fn error(&mut self, kind: &str, message: &str, body: &str) {
        self.erred = true;
        self.element("error", &[("type", kind), ("message", message)], body);
    }

    /// It was left out.
    pub(super) fn skip(&mut self, message: &str) {
        self.skipped = true;
        self.element("skipped", &[("message", message)], "");
    }

    /// What it has to say beside its state.
    pub(super) fn out(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], body: &str) {
        self.inside.push_str("      ");
        open(&mut self.inside, name, attributes);
        content(&mut self.inside, name, body);
    }

    fn write(&self, out: &mut String, class: &str) {
        out.push_str("    ");
        let took = seconds(self.took_ms);
        open(out, "testcase", &[("classname", class), ("name", &self.name), ("time", &took)]);
        out.push_str(">\n");
        out.push_str(&self.inside);
        if !self.out.is_empty() {
            out.push_str("      <system-out");
            content(out, "system-out", &self.out);
        }
        out.push_str("    </testcase>\n");
    }
}

/// The whole document.
pub(super) fn suites(report: &Report, suites: &[Suite]) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>().to_string();
    let attributes = [
        ("name", "vpcprobe"),
        ("tests", &sum(|suite| suite.tests)),
        ("failures", &sum(|suite| suite.failures)),
        ("errors", &sum(|suite| suite.errors)),
        ("time", &seconds(report.whole().1)),
    ];
    open(&mut out, "testsuites", &attributes);
    out.push_str(">\n");
    // To the second and without a zone, as the oldest readers want it; it is UTC.
    let at: String = report.whole().0.chars().take("2025-06-15T15:06:40".len()).collect();
    suites.iter().for_each(|suite| write(&mut out, suite, &at));
    out.push_str("</testsuites>\n");
    out
}

fn write(out: &mut String, suite: &Suite, at: &str) {
    let Suite { name, properties, cases, tests, failures, errors, skipped, took_ms } = suite;
    let class = format!("vpcprobe.{name}");
    let [tests, failures, errors, skipped] = [tests, failures, errors, skipped].map(usize::to_string);
    out.push_str("  ");
    let attributes = [
        ("name", class.as_str()),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", &errors),
        ("skipped", &skipped),
        ("time", &seconds(*took_ms)),
        ("timestamp", at),
    ];
    open(out, "testsuite", &attributes);
    out.push_str(">\n");
    if !properties.is_empty() {
        out.push_str("    <properties>\n");
        for (name, value) in properties {
            out.push_str("      ");
            open(out, "property", &[("name", name), ("value", value)]);
            out.push_str("/>\n");
        }
        out.push_str("    </properties>\n");
    }
    cases.iter().for_each(|case| case.write(out, &class));
    out.push_str("  </testsuite>\n");
}

/// A tag as far as its attributes go.
fn open(out: &mut String, name: &str, attributes: &[(&str, &str)]) {
    out.push('<');
    out.push_str(name);
    for (name, value) in attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(out, &clean(value));
        out.push('"');
    }
}

/// The rest of an element: what it holds, and its end.
fn content(out: &mut String, name: &str, body: &str) {
    if body.is_empty() {
        out.push_str("/>\n");
        return;
    }
    out.push('>');
    escape(out, body);
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
}

/// Text that stays text. What XML 1.0 has no place for, and what a terminal would obey, does not come through.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if is_steering(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let table = [
            ("a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;"),
            ("]]>", "]]&gt;"),
            ("one\ntwo", "one\ntwo"),
            ("\u{0}\u{1b}[2J\u{9b}\u{202e}\u{fffe}\u{ffff}", "\u{fffd}\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("漢字 e\u{301}", "漢字 e\u{301}"),
        ];
        for (text, expected) in table {
            let mut out = String::new();
            escape(&mut out, text);
            assert_eq!(out, expected, "{text:?}");
        }
    }

    #[test]
    fn a_case_has_one_state() {
        let mut case = Case::new("x".to_owned(), 0);
        case.error("inconclusive", "late", "");
        case.fail("endpoint-silent", "silent", "");
        let mut suite = Suite::new("s".to_owned());
        suite.add(case);
        assert_eq!((suite.failures, suite.errors), (0, 1));
        assert!(!suite.cases[0].inside.contains("<failure") && suite.cases[0].out.contains("endpoint-silent"));
    }
}
