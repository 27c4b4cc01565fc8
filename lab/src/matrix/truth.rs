//! What should be named, and what a report names.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// One thing that was injected, and what names it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Truth {
    /// What it is called in the matrix.
    pub name: String,
    /// The findings of which any names it.
    pub ids: Vec<String>,
    /// Checks of which such a finding is about at least one; any where there are none.
    pub checks: Vec<String>,
    /// Whom it must blame.
    pub culprit: Option<Suspect>,
    /// Findings that may stand beside.
    pub beside: Vec<String>,
}

/// Who is to blame, as far as it is said.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Suspect {
    /// The kind of the culprit.
    pub kind: String,
    /// Text in its id or in what is said of it.
    #[serde(default)]
    pub detail: String,
}

/// A finding as the matrix looks at it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Finding {
    /// Its id.
    pub id: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// `certain`, `likely` or `possible`.
    pub certainty: String,
    /// The checks that it is about.
    #[serde(default)]
    pub checks: BTreeSet<String>,
    /// The checks that can't be judged before it is mended.
    #[serde(default)]
    pub hides: BTreeSet<String>,
    /// Whom the operator's view shows.
    pub culprit: Option<Culprit>,
    /// What was seen.
    #[serde(default)]
    pub summary: String,
}

/// Whom the operator's view shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Culprit {
    /// What it is.
    pub kind: String,
    /// Which one.
    #[serde(default)]
    pub id: String,
    /// What is wrong with it.
    #[serde(default)]
    pub detail: String,
}

/// The errors and warnings of a report.
pub fn blamed(report: &Value) -> Result<Vec<Finding>, String> {
    let list = report.get("findings").cloned().unwrap_or_default();
    let mut findings: Vec<Finding> = serde_json::from_value(list).map_err(|e| format!("its findings: {e}"))?;
    findings.retain(|finding| finding.severity != "info");
    Ok(findings)
}

impl Truth {
    /// What a finding of this id names, about any check.
    pub fn of(id: &str, culprit: Option<Suspect>) -> Self {
        Self { name: id.to_owned(), ids: vec![id.to_owned()], culprit, ..Self::default() }
    }

    /// Whether a finding names it, and whom it must blame.
    pub fn is_named_by(&self, finding: &Finding) -> bool {
        self.is_of(finding) && self.culprit.as_ref().is_none_or(|suspect| suspect.is(finding.culprit.as_ref()))
    }

    /// Whether a finding is about it, whomever it blames.
    fn is_of(&self, finding: &Finding) -> bool {
        self.ids.contains(&finding.id)
            && (self.checks.is_empty() || finding.checks.iter().any(|check| self.is_about(check)))
    }

    /// Whether a finding may stand where this is true.
    fn allows(&self, finding: &Finding) -> bool {
        self.is_of(finding) || self.beside.contains(&finding.id)
    }

    /// Whether a finding says that it can't be judged yet: of its checks, or of what lies above where they fail.
    pub fn is_hidden_by(&self, finding: &Finding) -> bool {
        finding.hides.iter().chain(&finding.checks).any(|check| self.is_about(check))
    }

    fn is_about(&self, check: &str) -> bool {
        let of = |own: &String| {
            check.strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        self.checks.iter().any(of)
    }
}

impl Suspect {
    fn is(&self, culprit: Option<&Culprit>) -> bool {
        culprit.is_some_and(|culprit| {
            culprit.kind == self.kind && (culprit.id.contains(&self.detail) || culprit.detail.contains(&self.detail))
        })
    }
}

/// What one report said of the truth.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Verdict {
    /// Each truth by its place in the list, with the findings that name it.
    pub named: Vec<Vec<Finding>>,
    /// What is blamed and is not true.
    pub strangers: Vec<Finding>,
    /// Those findings, strangers or with a wrong culprit, that call themselves certain.
    pub wrong_certain: Vec<Finding>,
}

impl Verdict {
    /// Judges the errors and warnings of a report.
    pub fn of(truths: &[Truth], findings: &[Finding]) -> Self {
        let naming = |truth: &Truth| findings.iter().filter(|finding| truth.is_named_by(finding)).cloned().collect();
        let stranger = |finding: &&Finding| !truths.iter().any(|truth| truth.allows(finding));
        let wrong = |finding: &&Finding| {
            finding.certainty == "certain" && (stranger(finding) || blames_another(truths, finding))
        };
        Self {
            named: truths.iter().map(naming).collect(),
            strangers: findings.iter().filter(stranger).cloned().collect(),
            wrong_certain: findings.iter().filter(wrong).cloned().collect(),
        }
    }

    /// Whether each truth is named.
    pub fn all_named(&self) -> bool {
        self.named.iter().all(|findings| !findings.is_empty())
    }
}

/// A culprit of a kind that nobody put there.
fn blames_another(truths: &[Truth], finding: &Finding) -> bool {
    let expected = |culprit: &Culprit| {
        truths.iter().filter_map(|truth| truth.culprit.as_ref()).any(|suspect| suspect.kind == culprit.kind)
    };
    finding.culprit.as_ref().is_some_and(|culprit| !expected(culprit))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn truth(id: &str, check: &str) -> Truth {
        Truth { checks: vec![check.to_owned()], ..Truth::of(id, None) }
    }

    fn findings(list: Value) -> Vec<Finding> {
        blamed(&json!({ "findings": list })).unwrap()
    }

    #[test]
    fn a_truth_is_named_by_its_id_about_its_checks() {
        let rows = [
            (json!([{"id": "a", "severity": "error", "certainty": "likely", "checks": ["logs"]}]), true, 0, 0),
            (json!([{"id": "a", "severity": "error", "certainty": "certain", "checks": ["logs:x"]}]), true, 0, 0),
            (json!([{"id": "a", "severity": "error", "certainty": "likely", "checks": ["logs2"]}]), false, 1, 0),
            (json!([{"id": "a", "severity": "info", "certainty": "certain", "checks": ["logs"]}]), false, 0, 0),
            (json!([{"id": "b", "severity": "warning", "certainty": "certain", "checks": ["logs"]}]), false, 1, 1),
            (json!([]), false, 0, 0),
        ];
        for (list, named, strangers, wrong) in rows {
            let verdict = Verdict::of(&[truth("a", "logs")], &findings(list.clone()));
            let found = (verdict.all_named(), verdict.strangers.len(), verdict.wrong_certain.len());
            assert_eq!(found, (named, strangers, wrong), "{list}");
        }
    }

    #[test]
    fn a_certain_culprit_must_be_the_one() {
        let suspect = |kind: &str| Some(Suspect { kind: kind.to_owned(), detail: "443".to_owned() });
        let finding = |certainty: &str| {
            let culprit = json!({"kind": "security-group", "id": "sg-1", "detail": "no rule for 443"});
            findings(
                json!([{"id": "a", "severity": "error", "certainty": certainty, "checks": ["logs"], "culprit": culprit}]),
            )
        };
        let rows = [
            ("security-group", "certain", true, 0),
            ("network-acl", "certain", false, 1),
            ("network-acl", "likely", false, 0),
        ];
        for (kind, certainty, named, wrong) in rows {
            let truth = Truth { culprit: suspect(kind), ..truth("a", "logs") };
            let verdict = Verdict::of(&[truth], &finding(certainty));
            assert_eq!((verdict.all_named(), verdict.wrong_certain.len()), (named, wrong), "{kind} {certainty}");
        }
    }

    #[test]
    fn what_hides_says_so() {
        let said = json!([
            {"id": "b", "severity": "error", "certainty": "likely", "checks": ["logs"], "hides": ["manifest:x/app:1"]}
        ]);
        let finding = &findings(said)[0];
        for (check, hidden) in [("manifest", true), ("logs", true), ("layers", false)] {
            assert_eq!(truth("a", check).is_hidden_by(finding), hidden, "{check}");
        }
    }
}
