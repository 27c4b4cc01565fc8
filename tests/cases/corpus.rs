//! The stored cases, read as `vpcprobe diagnose` reads a report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::{Map, Value};
use vpcprobe::app;
use vpcprobe::plan::plan;
use vpcprobe::report::{Report, parse};
use vpcprobe::vpc::Vpc;

use super::held::path;

/// What may be said of a case; README.md says what each is.
pub const WORDS: &[&str] =
    &["symptom", "stop", "cause", "viewed", "misleads", "rank", "hard", "trap", "rows", "scenario", "view"];

/// Every case of the index, with its file.
pub static CASES: LazyLock<Vec<Case>> =
    LazyLock::new(|| index().into_iter().map(|(name, _)| Case::read(name)).collect());

/// What is said of a case, by its words.
type Words = BTreeMap<String, String>;

/// One stored report, and what is true of it.
pub struct Case {
    pub name: String,
    pub words: Words,
    pub report: String,
    pub network: Option<String>,
}

impl Case {
    fn read(name: String) -> Self {
        let file = path(&format!("tests/cases/{name}.json"));
        let text = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{name}.json: {error}; run scripts/record-cases"));
        let mut fields: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let report = fields.remove("report").unwrap().to_string();
        let network = fields.remove("network").map(|network| network.to_string());
        let words = fields.into_iter().map(|(word, text)| (word, text.as_str().unwrap().to_owned())).collect();
        Self { name, words, report, network }
    }

    /// The report as it was stored.
    pub fn stored(&self) -> Report {
        parse(&self.report).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// The report by today's rules, from what was seen inside alone.
    pub fn judged(&self) -> Report {
        self.judged_again(self.stored())
    }

    /// A report judged again, as the command does it.
    pub fn judged_again(&self, report: Report) -> Report {
        self.judge(report, None)
    }

    /// The report by today's rules and the operator's view, where the case has one.
    pub fn viewed(&self) -> Option<Report> {
        let vpc = Vpc::read(self.network.as_ref()?).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        Some(self.judge(self.stored(), Some(&vpc)))
    }

    fn judge(&self, report: Report, vpc: Option<&Vpc>) -> Report {
        report.inputs.believed_again().unwrap();
        let plan = plan(&report.inputs, &report.vantage).unwrap();
        app::judge_again(report, &plan, vpc).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// The blocks of the index, in their order.
pub fn index() -> Vec<(String, Words)> {
    let text = std::fs::read_to_string(path("tests/cases/index.txt")).unwrap();
    let mut cases = Vec::new();
    for block in text.split("\n\n") {
        let mut lines = block.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let Some(name) = lines.next() else { continue };
        let name = name.strip_suffix(':').unwrap_or_else(|| panic!("{name} is not `name:`"));
        let word = |line: &str| {
            let (word, text) = line.split_once(": ").unwrap_or_else(|| panic!("{name}: {line} is not `word: text`"));
            (word.to_owned(), text.to_owned())
        };
        cases.push((name.to_owned(), lines.map(word).collect()));
    }
    cases
}

/// The names of the corpus's files that end so, without that end.
pub fn files(end: &str) -> BTreeSet<String> {
    files_of("tests/cases", end)
}

/// The names of a folder's files that end so, without that end.
pub fn files_of(folder: &str, end: &str) -> BTreeSet<String> {
    let names = std::fs::read_dir(path(folder)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(end).map(str::to_owned)).collect()
}
