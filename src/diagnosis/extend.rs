//! What the replay learned of where layers and tokens lie, beside what the plan knew.

use std::borrow::Cow;

use super::reading;
use crate::observation::{Held, Observation};
use crate::plan::{self, Check, CheckId, Deed, Plan, Purpose, Role};

/// The plan with the hosts that only the replay learned of, and without the need for one that it guessed wrong.
pub fn with_found<'p>(plan: &'p Plan, observations: &[Observation]) -> Cow<'p, Plan> {
    let mut found: Vec<Check> = Vec::new();
    for id in observations.iter().map(|seen| &seen.check) {
        if plan.checks.iter().chain(&found).all(|known| known.id != *id) {
            found.extend(plan::found(id));
        }
    }
    let wrong: Vec<CheckId> = plan
        .checks
        .iter()
        .filter(|check| is_wrong_guess(plan, check, observations))
        .map(|check| check.id.clone())
        .collect();
    if found.is_empty() && wrong.is_empty() {
        return Cow::Borrowed(plan);
    }
    let mut extended = plan.clone();
    for check in extended.checks.iter_mut().filter(|check| wrong.contains(&check.id)) {
        check.required = false;
        check.note = Some(
            "The registry sends to other hosts for this image's layers, so the task start does without it.".to_owned(),
        );
    }
    let behind =
        extended.checks.iter().rposition(|check| check.step.is_some()).map_or(extended.checks.len(), |at| at + 1);
    extended.checks.splice(behind..behind, found);
    Cow::Owned(extended)
}

/// Whether it is the layer bucket that the plan derived from the registry's Region, and every image of that Region has its
/// layers elsewhere.
fn is_wrong_guess(plan: &Plan, check: &Check, observations: &[Observation]) -> bool {
    let is_guess = check.role == Role::Start && check.purpose == Purpose::Layers && check.service == Some("s3");
    let is_used = plan.checks.iter().any(|other| other.step.as_ref().is_some_and(|step| step.over == check.id));
    if !is_guess || is_used {
        return false;
    }
    let of_region = plan.checks.iter().filter(|step| is_layers_of(step, check)).map(|step| &step.id);
    let leads: Vec<Vec<&str>> = of_region.map(|id| redirects(id, observations)).collect();
    !leads.is_empty() && leads.iter().all(|hosts| !hosts.is_empty() && !hosts.contains(&check.host.as_str()))
}

fn is_layers_of(step: &Check, guess: &Check) -> bool {
    let is_layers = matches!(step.step.as_ref().map(|step| &step.deed), Some(Deed::Layers(_)));
    let region = reading::image(step).and_then(|image| image.ecr.as_ref()).map(|ecr| &ecr.region);
    is_layers && region.is_some() && region == guess.region.as_ref()
}

/// The hosts to which a step's blobs were redirected.
fn redirects<'o>(step: &CheckId, observations: &'o [Observation]) -> Vec<&'o str> {
    let held = observations.iter().filter(|seen| seen.check == *step).filter_map(|seen| seen.response()?.held.as_ref());
    held.filter_map(|held| match held {
        Held::Redirect { host, .. } => Some(host.as_str()),
        _ => None,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    const ELSEWHERE: &str = "layer-host:cdn.example:443";

    #[test]
    fn a_host_that_only_the_replay_learned_of_is_judged_like_any_other() {
        assert_scenes(&[
            (
                "silent",
                "ecr.dkr dns=10.0.1.7
                 s3 dns=52.219.1.1
                 layers layer-blob=redirect@cdn.example layer=below
                 layer-host:cdn.example:443 dns=18.5.5.5 18.5.5.5=silent
                 control dns=18.9.9.9 18.9.9.9=silent",
                "error public-registry-unreachable layer-host:cdn.example:443",
            ),
            (
                "healthy, and the guess is not",
                "ecr.dkr dns=10.0.1.7
                 s3 dns=52.219.1.1 52.219.1.1=silent
                 layers layer-blob=redirect@cdn.example layer@sha256:11@cdn.example=bytes:9/9/9
                 layer-host:cdn.example:443 dns=10.0.1.8",
                "warning layers-unreachable s3",
            ),
            (
                "one of two images has its layers where the plan guessed",
                "ecr.dkr dns=10.0.1.7
                 s3 dns=52.219.1.1 52.219.1.1=silent
                 layers layer-blob=redirect@s3.ap-northeast-1.amazonaws.com layer-blob=redirect@cdn.example layer=below layer@sha256:11@cdn.example=bytes:9/9/9
                 layer-host:cdn.example:443 dns=10.0.1.8",
                "error layers-unreachable s3",
            ),
        ]);
    }

    #[test]
    fn it_stands_behind_the_steps() {
        let judged = judge(&format!(
            "ecr.dkr dns=10.0.1.7
             layers layer-blob=redirect@cdn.example layer@sha256:11@cdn.example=bytes:9/9/9
             control dns=18.9.9.9
             {ELSEWHERE} dns=18.5.5.5"
        ));
        let ids: Vec<_> = judged.checks.iter().map(|check| check.id.0.as_str()).collect();
        assert_eq!(ids, ["ecr.dkr", "layers", ELSEWHERE, "control:checkip"]);
    }
}
