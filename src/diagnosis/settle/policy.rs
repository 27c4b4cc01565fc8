//! What an endpoint's policy says of a call that was denied.

use super::pieces::{Piece, Said};
use crate::diagnosis::case::{Case, View};
use crate::diagnosis::ledger::{Stage, Trouble};
use crate::diagnosis::reading::{self, PolicyKind, Reading};
use crate::diagnosis::{ObservedRoute, shaped};
use crate::observation::{Observation, Part};
use crate::plan::Deed;
use crate::vpc::{Decision, Stand};

/// A denied call, and what the policy of the endpoint that carried it says; none where no endpoint did.
pub fn piece<'c>(
    case: &'c Case<'c>,
    stand: &Stand<'_>,
    view: &'c View<'c>,
    seen: &'c Observation,
) -> Option<Piece<'c>> {
    let trouble = Trouble { view, stage: Stage::Step, fault: seen.fault(), evidence: vec![seen], bears: true };
    let Reading::Denied(denial) = reading::of(&trouble)? else { return None };
    let is_another = denial.by.is_some_and(|by| by != PolicyKind::Endpoint);
    if is_another || denial.text.contains("Request has expired") {
        return None;
    }
    let ladder = case.ladder_to(trouble.host()).unwrap_or_else(|| case.ladder(view));
    let said = match (case.observed_route(ladder), ladder.check.endpoint_service.as_deref(), reading::action(&trouble))
    {
        (ObservedRoute::Private | ObservedRoute::Gateway, Some(service), Some(action)) => {
            let resource = denial.resource.map(str::to_owned).or_else(|| object(&trouble));
            decided(stand.policy(service, action, resource.as_deref()))
        }
        _ => Said::Unknown(Vec::new()),
    };
    Some(Piece { trouble, said })
}

fn decided(decision: Decision) -> Said {
    match decision {
        Decision::Denies(block) => Said::Blocked(vec![block]),
        Decision::Allows => Said::Open,
        Decision::Unknown(why) => Said::Unknown(vec![why]),
    }
}

/// The object of S3 that was asked for, where the answer does not name it.
fn object(trouble: &Trouble<'_>) -> Option<String> {
    let check = trouble.view.check;
    let partition = check.region.as_ref()?.partition().id();
    let path = match (&check.step.as_ref()?.deed, reading::part(trouble)?) {
        (Deed::EnvironmentFile(file), _) => format!("{}/{}", file.bucket, file.key),
        (_, Part::Config | Part::Layer) if reading::is_s3(trouble.host()) => {
            format!("{}/", trouble.host().split_once(".s3")?.0)
        }
        _ => return None,
    };
    let arn = format!("arn:{partition}:s3:::{path}");
    let any = if path.ends_with('/') { "*" } else { "" };
    shaped::arn(&arn).map(|arn| format!("{arn}{any}"))
}
