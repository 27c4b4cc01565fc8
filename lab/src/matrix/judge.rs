//! What one run is worth: held against its truth without and with the operator's view.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::case::{Case, Kind};
use super::run::Ran;
use super::truth::{Finding, Truth, Verdict, blamed};

/// One run with its worth.
#[derive(Debug)]
pub struct Judged {
    /// What was run.
    pub case: Case,
    /// What the check printed where it did not hold, or why there was no run.
    pub failed: Option<String>,
    /// From inside.
    pub inside: Option<Side>,
    /// With the operator's view.
    pub with_view: Option<Side>,
    /// How long it took, in milliseconds.
    pub took_ms: u128,
}

/// One report, held against its truth.
#[derive(Debug)]
pub struct Side {
    /// What it names.
    pub verdict: Verdict,
    /// Where it does not fit its schema.
    pub invalid: Vec<String>,
    /// Whether what is injected is named, or said to be hidden.
    pub named: bool,
}

impl Judged {
    /// Holds what came of a run against its truth.
    pub fn of(case: Case, ran: Ran, schema: &Validator) -> Self {
        let mut failed = ran.failed;
        let mut side = |report: Option<Value>, truths: &[Truth]| {
            let side = Side::of(case.kind, &report?, truths, schema);
            side.map_err(|error| failed = Some(failed.take().unwrap_or_default() + &error)).ok()
        };
        let inside = side(ran.report, &case.inside);
        let with_view = side(ran.with_view, &case.with_view);
        Self { case, failed, inside, with_view, took_ms: ran.took.as_millis() }
    }

    /// Both sides, as far as there are any.
    pub fn sides(&self) -> impl Iterator<Item = (&'static str, &[Truth], &Side)> {
        let inside = self.inside.iter().map(|side| ("without the view", self.case.inside.as_slice(), side));
        inside.chain(self.with_view.iter().map(|side| ("with the view", self.case.with_view.as_slice(), side)))
    }

    /// What is not as it should be, a line each.
    pub fn wrong(&self) -> Vec<String> {
        let mut wrong: Vec<String> = self.failed.iter().flat_map(|text| text.lines().map(str::to_owned)).collect();
        for (which, truths, side) in self.sides() {
            wrong.extend(side.wrong(self.case.kind, truths).into_iter().map(|line| format!("{which}: {line}")));
        }
        wrong
    }

    /// For other programs.
    pub fn json(&self) -> Value {
        let sides: Vec<Value> = self.sides().map(|(which, truths, side)| side.json(which, truths)).collect();
        json!({
            "name": self.case.name,
            "kind": match self.case.kind {
                Kind::NoReport => "no-report",
                Kind::Healthy => "healthy",
                Kind::Single => "single",
                Kind::Alone => "alone",
                Kind::Pair => "pair",
                Kind::Hiding(_) => "hiding",
            },
            "took_ms": u64::try_from(self.took_ms).unwrap_or(u64::MAX),
            "failed": self.failed,
            "sides": sides,
            "wrong": self.wrong(),
        })
    }
}

impl Side {
    fn of(kind: Kind, report: &Value, truths: &[Truth], schema: &Validator) -> Result<Self, String> {
        let findings = blamed(report)?;
        let verdict = Verdict::of(truths, &findings);
        let invalid = schema.iter_errors(report).take(3).map(|e| format!("{}: {e}", e.instance_path())).collect();
        let named = is_as_injected(kind, truths, &verdict);
        Ok(Self { verdict, invalid, named })
    }

    fn wrong(&self, kind: Kind, truths: &[Truth]) -> Vec<String> {
        let mut wrong: Vec<String> =
            self.invalid.iter().map(|error| format!("does not fit the schema: {error}")).collect();
        if !self.named {
            wrong.extend(self.unnamed(kind, truths));
        }
        let certain =
            self.verdict.wrong_certain.iter().map(|finding| format!("certain of the wrong cause: {}", say(finding)));
        let others = self.verdict.strangers.iter().filter(|finding| finding.certainty != "certain");
        wrong.extend(certain.chain(others.map(|finding| format!("blames also {}", say(finding)))));
        wrong
    }

    fn unnamed(&self, kind: Kind, truths: &[Truth]) -> Vec<String> {
        let missing = truths.iter().zip(&self.verdict.named).enumerate().filter(|(_, (_, naming))| naming.is_empty());
        let line = |(at, (truth, _)): (usize, (&Truth, _))| match kind {
            Kind::Hiding(seen) if seen != at => format!("{} is neither named nor said to be hidden", truth.name),
            _ => format!("{} is not named{}", truth.name, wanted(truth)),
        };
        missing.map(line).collect()
    }

    fn json(&self, which: &str, truths: &[Truth]) -> Value {
        let brief = |finding: &Finding| {
            let culprit = finding.culprit.as_ref().map(|culprit| json!({"kind": culprit.kind, "id": culprit.id}));
            json!({"id": finding.id, "certainty": finding.certainty, "checks": finding.checks, "culprit": culprit})
        };
        let each = truths.iter().zip(&self.verdict.named);
        let each = each.map(
            |(truth, naming)| json!({"injected": truth.name, "named": naming.iter().map(brief).collect::<Vec<_>>()}),
        );
        json!({
            "side": which,
            "as_injected": self.named,
            "truths": each.collect::<Vec<_>>(),
            "others": self.verdict.strangers.iter().map(brief).collect::<Vec<_>>(),
            "wrong_certain": self.verdict.wrong_certain.iter().map(brief).collect::<Vec<_>>(),
            "invalid": self.invalid,
        })
    }
}

/// Whether everything is named, or, where one hides the other, the first is and of the second it is said.
fn is_as_injected(kind: Kind, truths: &[Truth], verdict: &Verdict) -> bool {
    let Kind::Hiding(seen) = kind else {
        return verdict.all_named();
    };
    let cause = verdict.named.get(seen).map(Vec::as_slice).unwrap_or_default();
    truths.iter().zip(&verdict.named).enumerate().all(|(at, (truth, naming))| {
        let said = at != seen && cause.iter().any(|finding| truth.is_hidden_by(finding));
        !naming.is_empty() || said
    })
}

fn wanted(truth: &Truth) -> String {
    let culprit = truth.culprit.as_ref().map(|suspect| format!(", {} {}", suspect.kind, suspect.detail));
    format!(" ({}{})", truth.ids.join(" or "), culprit.unwrap_or_default().trim_end())
}

fn say(finding: &Finding) -> String {
    let about: Vec<&str> = finding.checks.iter().map(String::as_str).collect();
    let culprit =
        finding.culprit.as_ref().map(|culprit| format!(", {} {}", culprit.kind, culprit.id)).unwrap_or_default();
    let Finding { id, certainty, summary, .. } = finding;
    format!("{id} ({certainty}{culprit}) about {}: {summary}", about.join(", "))
}
