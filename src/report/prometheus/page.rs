//! The text exposition format: families with their help and type, a line a series.

use std::collections::HashSet;

use super::super::text::wrap::clean;

/// What is written so far. A family shows only where it has a series, and no series stands there twice.
#[derive(Default)]
pub(super) struct Page {
    text: String,
    name: &'static str,
    help: &'static str,
    known: HashSet<String>,
}

impl Page {
    /// Begin a family; the values that follow are its own. All are gauges: each run replaces the last one's.
    pub(super) fn family(&mut self, name: &'static str, help: &'static str) {
        (self.name, self.help) = (name, help);
        self.known.clear();
    }

    /// One series; of several with the same labels the first.
    pub(super) fn value(&mut self, labels: &[(&str, &str)], value: &str) {
        let labels: Vec<_> =
            labels.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| label(name, value)).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        if self.known.is_empty() {
            let Self { text, name, help, .. } = self;
            text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} gauge\n"));
        }
        if self.known.insert(labels.clone()) {
            self.text.push_str(&format!("{}{labels} {value}\n", self.name));
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

fn label(name: &str, value: &str) -> String {
    let value = clean(value).replace('\\', "\\\\").replace('"', "\\\"");
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stays_a_label_and_a_series_stands_once() {
        let mut page = Page::default();
        page.family("a", "Empty.");
        page.family("b", "Full.");
        page.value(&[("x", "q\"\\\n} 9\nb{"), ("none", "")], "1");
        page.value(&[("x", "q\"\\\n} 9\nb{")], "2");
        page.value(&[], "3");
        let expected = "# HELP b Full.\n# TYPE b gauge\nb{x=\"q\\\"\\\\\\\\n} 9\\\\nb{\"} 1\nb 3\n";
        assert_eq!(page.into_text(), expected);
    }
}
