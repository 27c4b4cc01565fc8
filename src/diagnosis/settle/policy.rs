//! What an endpoint's policy says of a call that was denied.

use super::pieces::{Piece, Said};
use crate::diagnosis::case::{Case, View};
use crate::diagnosis::ledger::{Stage, Trouble};
use crate::diagnosis::reading::{self, PolicyKind, Reading};
use crate::diagnosis::{ObservedRoute, shaped};
use crate::observation::{Observation, Part};
use crate::plan::{Deed, SecretStore};
use crate::vpc::{Call, Decision, Need, Stand, Told};

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
            let told = denial.by.map(|_| if denial.explicit { Told::Denied } else { Told::NotAllowed });
            let need = needed(case, view, action, resource.as_deref());
            decided(stand.policy_of(Call { service, action, resource: resource.as_deref(), told, need: need.as_ref() }))
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

/// What goes together in one statement: who lacks the first of these lacks the next as well, once that is mended.
const TOGETHER: [&[&str]; 6] = [
    &["ecr:GetAuthorizationToken"],
    &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"],
    &["logs:CreateLogStream", "logs:PutLogEvents"],
    &["secretsmanager:GetSecretValue"],
    &["ssm:GetParameters"],
    &["s3:GetObject"],
];

/// All that the task start asks of the endpoint that denied one action, so that one statement mends it.
fn needed(case: &Case<'_>, view: &View<'_>, action: &str, resource: Option<&str>) -> Option<Need> {
    let actions = TOGETHER.into_iter().find(|together| together.contains(&action))?;
    let region = view.check.region.as_ref()?;
    let checks = case.views.iter().map(|view| view.check).filter(|check| check.region.as_ref() == Some(region));
    let mut resources: Vec<String> = Vec::new();
    for check in checks {
        let arn = match check.step.as_ref().map(|step| &step.deed) {
            Some(deed) => of_deed(deed, action, (region.partition().id(), region.as_str())),
            None => layers_bucket(&check.host, action, region.partition().id()),
        };
        resources.extend(arn.filter(|arn| is_pattern(arn)));
    }
    crate::order::naturally(&mut resources);
    resources.dedup();
    if resources.is_empty() {
        resources.push(resource.filter(|resource| is_pattern(resource)).unwrap_or("*").to_owned());
    }
    Some(Need { actions: actions.iter().map(|&action| action.to_owned()).collect(), resources })
}

/// What a step asks for by an action, as a policy names it. Accounts that the plan does not know are any.
fn of_deed(deed: &Deed, action: &str, (partition, region): (&str, &str)) -> Option<String> {
    let arn = |service: &str, rest: &str| format!("arn:{partition}:{service}:{region}:{rest}");
    match (deed, action.split(':').next()?) {
        (Deed::Manifest(image) | Deed::Layers(image), "ecr") if action != "ecr:GetAuthorizationToken" => {
            let account = &image.ecr.as_ref()?.account;
            Some(arn("ecr", &format!("{account}:repository/{}", image.repository)))
        }
        (Deed::LogStream(group), "logs") => Some(arn("logs", &format!("*:log-group:{}:*", group.name))),
        (Deed::EnvironmentFile(file), "s3") => Some(format!("arn:{partition}:s3:::{}/{}", file.bucket, file.key)),
        (Deed::Secret(secret), service) => match (service, secret.store) {
            ("secretsmanager", SecretStore::SecretsManager) | ("ssm", SecretStore::ParameterStore)
                if secret.id.starts_with("arn:") =>
            {
                Some(secret.id.clone())
            }
            ("secretsmanager", SecretStore::SecretsManager) => {
                // AWS adds six characters of its own to the name.
                Some(arn(service, &format!("*:secret:{}-??????", secret.id)))
            }
            ("ssm", SecretStore::ParameterStore) => {
                Some(arn(service, &format!("*:parameter/{}", secret.id.trim_start_matches('/'))))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The bucket of a host that layers are fetched from.
fn layers_bucket(host: &str, action: &str, partition: &str) -> Option<String> {
    let (bucket, _) = host.split_once(".s3").filter(|_| action == "s3:GetObject")?;
    bucket.ends_with("-starport-layer-bucket").then(|| format!("arn:{partition}:s3:::{bucket}/*"))
}

/// Whether it may stand in a statement that somebody pastes.
fn is_pattern(arn: &str) -> bool {
    shaped::word(&arn.replace(['*', '?'], "x")).is_some()
}
