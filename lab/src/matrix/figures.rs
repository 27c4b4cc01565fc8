//! The figures against the goals: the last lines of the matrix.

use serde_json::{Value, json};

use super::case::{Kind, Of};
use super::judge::{Judged, Side};

/// The pairs that make a matrix.
const PAIRS: usize = 120;

/// How much of the pairs must be right.
const OF_PAIRS: Goal = Goal::Percent(95);

/// One figure.
#[derive(Debug)]
pub struct Figure {
    what: &'static str,
    count: usize,
    of: Option<usize>,
    goal: Goal,
}

#[derive(Clone, Copy, Debug)]
enum Goal {
    /// All of them.
    All,
    /// So many in a hundred.
    Percent(usize),
    /// None.
    None,
    /// So many.
    AtLeast(usize),
    /// It is only told.
    Told,
}

/// The groups of runs in which something is to be named: without the view, with it, which, and how many of them.
const NAMED: [(&str, &str, Of, Goal); 3] = [
    ("single faults named, without the view", "single faults named, with the view", Kind::is_single, Goal::All),
    ("pairs with both named, without the view", "pairs with both named, with the view", Kind::is_pair, OF_PAIRS),
    (
        "hiding pairs as they are, without the view",
        "hiding pairs as they are, with the view",
        Kind::is_hiding,
        OF_PAIRS,
    ),
];

/// What the runs came to; the number of pairs counts only where all of them were asked for.
pub fn figures(runs: &[Judged], every_pair: bool) -> Vec<Figure> {
    let mut all = vec![expected(runs)];
    for (without, with, of_kind, goal) in NAMED {
        let runs: Vec<&Judged> = runs.iter().filter(|run| of_kind(run.case.kind)).collect();
        let named = |what, side: fn(&Judged) -> Option<&Side>, of| {
            let count = runs.iter().filter_map(|run| side(run)).filter(|side| side.named).count();
            Figure { what, count, of: Some(of), goal }
        };
        if !runs.is_empty() {
            let viewed = runs.iter().filter(|run| run.case.viewed).count();
            all.extend([named(without, inside, runs.len()), named(with, with_view, viewed)]);
        }
    }
    all.extend([wrong(runs), valid(runs), healthy(runs)]);
    let pairs = runs.iter().filter(|run| run.case.kind.is_pair() || run.case.kind.is_hiding()).count();
    let goal = if every_pair { Goal::AtLeast(PAIRS) } else { Goal::Told };
    all.push(Figure { what: "runs of pairs", count: pairs, of: None, goal });
    all.push(Figure { what: "runs", count: runs.len(), of: None, goal: Goal::Told });
    all
}

fn inside(run: &Judged) -> Option<&Side> {
    run.inside.as_ref()
}

fn with_view(run: &Judged) -> Option<&Side> {
    run.with_view.as_ref()
}

/// What a run was to be by its own words: for a scenario all of its `[expect]`, for a pair that it took place.
fn expected(runs: &[Judged]) -> Figure {
    let count = runs.iter().filter(|run| run.failed.is_none()).count();
    Figure { what: "runs without failure, [expect] held", count, of: Some(runs.len()), goal: Goal::All }
}

fn wrong(runs: &[Judged]) -> Figure {
    let sides = runs.iter().flat_map(Judged::sides);
    let count = sides.map(|(_, _, side)| side.verdict.wrong_certain.len()).sum();
    Figure { what: "wrong causes marked certain", count, of: None, goal: Goal::None }
}

/// Every run but those that have no report gives one, and one more where there is a view.
fn valid(runs: &[Judged]) -> Figure {
    let reports = runs.iter().filter(|run| run.case.kind != Kind::NoReport).count();
    let wanted = reports + runs.iter().filter(|run| run.case.viewed).count();
    let count = runs.iter().flat_map(Judged::sides).filter(|(_, _, side)| side.invalid.is_empty()).count();
    Figure { what: "reports valid", count, of: Some(wanted), goal: Goal::All }
}

fn healthy(runs: &[Judged]) -> Figure {
    let variants: Vec<&Judged> = runs.iter().filter(|run| run.case.kind.is_healthy()).collect();
    let is_blamed = |run: &&&Judged| run.sides().any(|(_, _, side)| !side.verdict.strangers.is_empty());
    let count = variants.iter().filter(is_blamed).count();
    Figure { what: "healthy variants blamed", count, of: Some(variants.len()), goal: Goal::None }
}

impl Figure {
    /// Whether its goal is reached.
    pub fn holds(&self) -> bool {
        let of = self.of.unwrap_or_default();
        match self.goal {
            Goal::All => self.count == of,
            Goal::Percent(percent) => self.count * 100 >= of * percent,
            Goal::None => self.count == 0,
            Goal::AtLeast(least) => self.count >= least,
            Goal::Told => true,
        }
    }

    /// Its line.
    pub fn line(&self) -> String {
        let goal = match self.goal {
            Goal::All => "goal 100 %".to_owned(),
            Goal::Percent(percent) => format!("goal {percent} %"),
            Goal::None => "goal 0".to_owned(),
            Goal::AtLeast(least) => format!("goal {least}"),
            Goal::Told => String::new(),
        };
        let value = self.of.map_or_else(|| self.count.to_string(), |of| format!("{} of {of}", self.count));
        let verdict = match self.goal {
            Goal::Told => "",
            _ if self.holds() => "ok",
            _ => "MISSED",
        };
        let line = format!("  {:<42} {value:>12} {:>8}   {goal:<10} {verdict}", self.what, self.percent());
        line.trim_end().to_owned()
    }

    fn percent(&self) -> String {
        let share =
            |of: usize| (self.count * 1000).checked_div(of).map(|tenths| format!("{}.{} %", tenths / 10, tenths % 10));
        let told = !matches!(self.goal, Goal::None);
        self.of.filter(|_| told).and_then(share).unwrap_or_default()
    }

    /// For other programs.
    pub fn json(&self) -> Value {
        json!({ "what": self.what, "count": self.count, "of": self.of, "holds": self.holds() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_holds_by_its_goal() {
        let rows = [
            (3, Some(3), Goal::All, true),
            (2, Some(3), Goal::All, false),
            (95, Some(100), OF_PAIRS, true),
            (189, Some(200), OF_PAIRS, false),
            (0, Some(9), Goal::None, true),
            (1, None, Goal::None, false),
            (119, None, Goal::AtLeast(PAIRS), false),
            (120, None, Goal::AtLeast(PAIRS), true),
            (0, None, Goal::Told, true),
        ];
        for (count, of, goal, holds) in rows {
            assert_eq!(Figure { what: "x", count, of, goal }.holds(), holds, "{count} {of:?} {goal:?}");
        }
    }

    #[test]
    fn a_line_says_value_goal_and_whether_it_is_reached() {
        let figure = Figure { what: "pairs", count: 189, of: Some(200), goal: OF_PAIRS };
        let words: Vec<String> = figure.line().split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), "pairs 189 of 200 94.5 % goal 95 % MISSED");
    }
}
