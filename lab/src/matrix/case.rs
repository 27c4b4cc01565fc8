//! What is run: every scenario, every cause alone, every sensible pair of causes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Table;

use super::cause::{self, Cause, Pairing};
use super::truth::{Suspect, Truth};
use crate::check::DISAGREE;
use crate::scenario::{self, ExpectedFinding, Scenario};

/// One run.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called: causes with a `+` between them, after `base` where there is only one.
    pub name: String,
    /// What must come of it.
    pub kind: Kind,
    /// What is injected, and how the report names it.
    pub inside: Vec<Truth>,
    /// How it names it with the operator's view.
    pub with_view: Vec<Truth>,
    /// Whether its world has one view all the time: a world that changes has none.
    pub viewed: bool,
    /// Where its scenario is.
    pub scenario: Source,
}

/// What must come of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// No report: an input that can't be used, or a run that was stopped.
    NoReport,
    /// Nothing is blamed.
    Healthy,
    /// What a scenario injects is named.
    Single,
    /// What one cause alone injects is named.
    Alone,
    /// Both are named.
    Pair,
    /// The truth at this place is named, and of the other one it is said that it can't be judged yet.
    Hiding(usize),
}

impl Kind {
    /// Whether it is of one fault.
    pub fn is_single(self) -> bool {
        matches!(self, Self::Single | Self::Alone)
    }

    /// Whether it is of two that can be seen.
    pub fn is_pair(self) -> bool {
        self == Self::Pair
    }

    /// Whether it is of two of which one hides the other.
    pub fn is_hiding(self) -> bool {
        matches!(self, Self::Hiding(_))
    }

    /// Whether it is of none.
    pub fn is_healthy(self) -> bool {
        self == Self::Healthy
    }
}

/// A question to a kind.
pub type Of = fn(Kind) -> bool;

/// A scenario: a file of its own, or the text for one.
#[derive(Clone, Debug)]
pub enum Source {
    /// It has an `[expect]` that must hold as well.
    File(PathBuf),
    /// Made from causes.
    Text(String),
}

/// Pairs that are not run, by the reason.
pub type LeftOut = BTreeMap<String, usize>;

/// Every scenario of a folder.
pub fn scenarios(folder: &Path) -> Result<Vec<Case>, String> {
    let all = scenario::all(folder)?;
    Ok(all.into_iter().map(|(name, scenario)| of_scenario(folder, name, &scenario)).collect())
}

fn of_scenario(folder: &Path, name: String, scenario: &Scenario) -> Case {
    let expect = &scenario.expect;
    let inside = truths(&expect.findings);
    let kind = match inside.is_empty() {
        _ if !expect.report || expect.invocation_error.is_some() => Kind::NoReport,
        true => Kind::Healthy,
        false => Kind::Single,
    };
    let file = folder.join(format!("{name}.toml"));
    let viewed = kind != Kind::NoReport && scenario.changes.is_empty();
    Case { name, kind, inside, with_view: with_view(scenario), viewed, scenario: Source::File(file) }
}

/// With the operator's view, whatever is broken without any configuration to show for it may be called that.
fn with_view(scenario: &Scenario) -> Vec<Truth> {
    let expect = &scenario.expect;
    let mut truths = truths(expect.network_findings.as_ref().unwrap_or(&expect.findings));
    for culprit in &expect.culprits {
        let suspect = Suspect { kind: culprit.kind.clone(), detail: culprit.detail.clone().unwrap_or_default() };
        match truths.iter_mut().find(|truth| truth.name == culprit.id && truth.culprit.is_none()) {
            Some(truth) => truth.culprit = Some(suspect),
            None => truths.push(Truth::of(&culprit.id, Some(suspect))),
        }
    }
    if !scenario.faults.is_empty() {
        truths.iter_mut().for_each(|truth| truth.beside.push(DISAGREE.to_owned()));
    }
    truths
}

fn truths(findings: &[ExpectedFinding]) -> Vec<Truth> {
    let blamed = findings.iter().filter(|finding| finding.severity.as_deref() != Some("info"));
    blamed.map(truth).collect()
}

fn truth(finding: &ExpectedFinding) -> Truth {
    Truth { checks: finding.checks.clone().unwrap_or_default(), ..Truth::of(&finding.id, None) }
}

/// The ground that all causes share, in which nothing is wrong, and each cause alone.
pub fn alone(ground: &Table, causes: &[Cause]) -> Result<Vec<Case>, String> {
    let base = of_causes("base", Kind::Healthy, ground, &[])?;
    let each = causes.iter().map(|cause| of_causes(&format!("base+{}", cause.name), Kind::Alone, ground, &[cause]));
    std::iter::once(Ok(base)).chain(each).collect()
}

/// Every sensible pair, and how many are left out.
pub fn pairs(ground: &Table, causes: &[Cause]) -> Result<(Vec<Case>, LeftOut), String> {
    let (mut runs, mut left_out) = (Vec::new(), LeftOut::new());
    for (at, one) in causes.iter().enumerate() {
        for other in causes.iter().skip(at + 1) {
            let kind = match one.with(other) {
                Pairing::Both => Kind::Pair,
                Pairing::Hides => Kind::Hiding(0),
                Pairing::HiddenBy => Kind::Hiding(1),
                Pairing::Senseless(why) => {
                    *left_out.entry(why).or_default() += 1;
                    continue;
                }
            };
            let name = format!("{}+{}", one.name, other.name);
            runs.push(of_causes(&name, kind, ground, &[one, other])?);
        }
    }
    Ok((runs, left_out))
}

fn of_causes(name: &str, kind: Kind, ground: &Table, causes: &[&Cause]) -> Result<Case, String> {
    Ok(Case {
        name: name.to_owned(),
        kind,
        inside: causes.iter().map(|cause| cause.truth()).collect(),
        with_view: causes.iter().map(|cause| cause.truth_with_view()).collect(),
        viewed: true,
        scenario: Source::Text(cause::scenario(name, ground, causes)?),
    })
}

impl Case {
    /// Whether a name or a pattern with `*` in it asks for this run; of a pair, either may come first.
    pub fn is_asked_for(&self, pattern: &str) -> bool {
        let turned = self.name.split_once('+').map(|(one, other)| format!("{other}+{one}"));
        fits(pattern, &self.name) || turned.is_some_and(|name| fits(pattern, &name))
    }
}

/// `*` stands for any text.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((front, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(after) = name.strip_prefix(front) else {
        return false;
    };
    (0..=after.len()).filter_map(|at| after.get(at..)).any(|tail| fits(rest, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_asks_for_whole_names() {
        let rows = [
            ("endpoint-silent", "endpoint-silent", true),
            ("endpoint-silent", "endpoint-silent-logs", false),
            ("endpoint-*", "endpoint-silent-logs", true),
            ("*+sni-*", "group+sni-filter", true),
            ("*+sni-*", "group+slow", false),
            ("*", "anything", true),
            ("*logs", "logs", true),
        ];
        for (pattern, name, expected) in rows {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    fn scenario(expect: &str) -> Scenario {
        toml::from_str(&format!("title = 'x'\n{expect}")).unwrap()
    }

    #[test]
    fn a_scenario_is_what_its_expectation_says() {
        let rows = [
            ("exit = 0", Kind::Healthy, 0),
            ("exit = 0\nfindings = [{ id = 'proxy-set', severity = 'info' }]", Kind::Healthy, 0),
            ("exit = 0\nfindings = [{ id = 'slow-path', severity = 'warning' }]", Kind::Single, 1),
            ("exit = 23\nfindings = [{ id = 'a' }, { id = 'b', checks = ['logs'] }]", Kind::Single, 2),
            ("exit = 3\nreport = false", Kind::NoReport, 0),
        ];
        for (text, kind, truths) in rows {
            let case = of_scenario(Path::new("scenarios"), "x".to_owned(), &scenario(&format!("[expect]\n{text}")));
            assert_eq!((case.kind, case.inside.len()), (kind, truths), "{text}");
        }
    }

    #[test]
    fn with_the_view_a_culprit_belongs_to_its_finding() {
        let culprits = "culprits = [{ id = 'a', kind = 'k', detail = 'd' }, { id = 'a', kind = 'l' }]";
        let found = with_view(&scenario(&format!("[expect]\nexit = 1\nfindings = [{{ id = 'a' }}]\n{culprits}")));
        let kinds: Vec<_> = found.iter().map(|truth| truth.culprit.as_ref().map(|one| one.kind.as_str())).collect();
        assert_eq!(kinds, [Some("k"), Some("l")]);
        let other = "network_findings = [{ id = 'b' }]";
        let found = with_view(&scenario(&format!(
            "[[fault]]\nwhat = 'drop'\n[expect]\nexit = 1\nfindings = [{{ id = 'a' }}]\n{other}"
        )));
        assert_eq!((found[0].name.as_str(), found[0].beside.as_slice()), ("b", [DISAGREE.to_owned()].as_slice()));
    }

    #[test]
    fn the_causes_make_enough_pairs_and_each_is_a_scenario() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("causes");
        let (ground, causes) = cause::all(&folder).unwrap();
        let (mut made, left_out) = pairs(&ground, &causes).unwrap();
        assert!(made.len() >= 120, "{} pairs, left out {left_out:?}", made.len());
        made.extend(alone(&ground, &causes).unwrap());
        for case in &made {
            let Source::Text(text) = &case.scenario else { panic!("{} is a file", case.name) };
            let read: Result<Scenario, _> = toml::from_str(text);
            assert!(read.is_ok(), "{}: {:?}\n{text}", case.name, read.err());
        }
    }
}
