//! What a run left behind beside its report: secrets where none may stand, and what came to the services.

use crate::lab::{Lab, Outcome};
use crate::task;

/// What differs from what is right.
pub fn differences(lab: &Lab, outcome: &Outcome) -> Vec<String> {
    let world = lab.world();
    let mut wrong = leaks(lab, outcome);
    wrong.extend(world.cloud.differences(&world.scenario.expect));
    wrong
}

/// Every kind of secret in every place that people read.
fn leaks(lab: &Lab, outcome: &Outcome) -> Vec<String> {
    let cloud = &lab.world().cloud;
    let error = outcome.answer.as_ref().and_then(|answer| answer.document.as_ref().err());
    let said = [("standard output", &outcome.stdout), ("standard error", &outcome.stderr)];
    let said = said.into_iter().chain(error.map(|text| ("the invocation's error", text)));
    let said = said.map(|(place, text)| (place.to_owned(), text.clone()));
    let files = task::left_files(lab.world()).into_iter().map(|(name, text)| (format!("file {name}"), text));
    let places = said.chain(files).chain(cloud.written());
    places
        .flat_map(|(place, text)| {
            let kinds = cloud.vault.leaks(&text).into_iter();
            kinds.map(move |kind| format!("leak: {kind} in {place}")).collect::<Vec<_>>()
        })
        .collect()
}
