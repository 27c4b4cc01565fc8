//! What becomes of each check, from inside alone and with the operator's view.

mod inside;
mod with_the_view;

use std::net::SocketAddr;

use crate::diagnosis::testing::Scene;
use crate::diagnosis::{CutOverAnswer, Judgement};

/// What it is about, the scene, and for each check `ID answer` with words that its `by` must have.
type Row<'r> = (&'r str, &'r str, Answers<'r>);

type Answers<'r> = &'r [(&'r str, &'r str)];

#[track_caller]
fn assert_answers(judge: impl Fn(&str) -> Judgement, table: &[Row<'_>]) {
    for (about, scene, expected) in table {
        let judged = judge(scene);
        let answered = judged.checks.iter().filter_map(|check| Some((check.id.0.as_str(), check.cut_over.as_ref()?)));
        let told: Vec<_> = answered.map(|(id, cut)| (format!("{id} {}", word(cut.answer)), cut.by.clone())).collect();
        let said: Vec<_> = told.iter().map(|(answer, _)| answer.as_str()).collect();
        assert_eq!(said, expected.iter().map(|(answer, _)| *answer).collect::<Vec<_>>(), "{about}\n{told:#?}");
        for ((_, by), (_, words)) in told.iter().zip(*expected) {
            for words in words.split(" .. ") {
                assert!(by.contains(words), "{about}: {words:?} is not in {by:?}");
            }
        }
    }
}

/// A scene with a way out, in which this is the configured resolver.
fn with_resolver(resolver: &str, checks: &str, judge: impl Fn(&Scene) -> Judgement) -> Judgement {
    let mut scene = Scene::read(&format!("{checks}\ncontrol dns=18.9.9.9"));
    let address = SocketAddr::new(resolver.parse().unwrap(), 53);
    let usual = std::mem::replace(&mut scene.plan.resolvers[0].address, address);
    for seen in &mut scene.observations {
        seen.resolver = seen.resolver.map(|asked| if asked == usual { address } else { asked });
    }
    judge(&scene)
}

fn word(answer: CutOverAnswer) -> &'static str {
    match answer {
        CutOverAnswer::Survives => "survives",
        CutOverAnswer::Breaks => "breaks",
        CutOverAnswer::Unknown => "unknown",
    }
}
