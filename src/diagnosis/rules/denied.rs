//! What the rules of the group `denied` share: whom AWS denied what, by which way the call went, and the commands that mend it.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::{self, Denial, PolicyKind, Reading};
use crate::diagnosis::who::{self, Standing};
use crate::diagnosis::{Case, Finding, FindingId, Fix, ObservedRoute, aws, shaped, words};
use crate::observation::Part;
use crate::plan::{Deed, SecretStore};

/// What the managed policy of execution roles allows.
const MANAGED: &[&str] = &[
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
];

/// Take the denials by these kinds of policy.
pub fn take<'c>(ledger: &mut Ledger<'c>, by: impl Fn(Option<PolicyKind>) -> bool) -> Vec<Trouble<'c>> {
    ledger.take(|trouble| denial(trouble).is_some_and(|denial| by(denial.by)))
}

/// The denial that a trouble is about, where it is about one.
pub fn denial<'c>(trouble: &Trouble<'c>) -> Option<Denial<'c>> {
    match reading::of(trouble)? {
        Reading::Denied(denial) => Some(denial),
        _ => None,
    }
}

/// Whether it is about the log lines of a container that runs already.
pub fn is_of_events(trouble: &Trouble<'_>) -> bool {
    reading::part(trouble) == Some(Part::PutLogEvents)
}

/// Denials with one cause.
pub struct Denied<'d, 'c> {
    case: &'c Case<'c>,
    taken: &'d [Trouble<'c>],
    first: Denial<'c>,
    /// How who was denied stands to the execution role.
    pub standing: Standing,
}

impl<'d, 'c> Denied<'d, 'c> {
    /// What several denials with one cause say; nothing where there are none.
    pub fn new(case: &'c Case<'c>, taken: &'d [Trouble<'c>]) -> Option<Self> {
        let first = taken.first().and_then(denial)?;
        Some(Self { case, taken, first, standing: who::standing(case, first.principal.or(case.identity.as_deref())) })
    }

    /// Who, what, on what, by what, and which way the call went.
    pub fn draft(&self, id: FindingId) -> Draft<'c> {
        let asks = words::all(self.actions());
        let asks = if asks.is_empty() {
            words::list(self.taken.iter().filter_map(reading::part).map(reading::asked))
        } else {
            asks
        };
        let is_signed_by_aws = self.taken.iter().filter_map(reading::part).all(reading::is_of_layer_host);
        let whom = if is_signed_by_aws { self.first.principal } else { self.principal() };
        let whom = whom.map(|principal| format!(" to {principal}")).unwrap_or_default();
        let resources = match self.resources().as_slice() {
            // The name of each layer's object says nothing to anybody; its bucket is what a policy names.
            [first, ..] if is_signed_by_aws => format!("{}/*", first.split('/').next().unwrap_or(first)),
            [first, _, _, ..] => format!("{first} and {} more", self.resources().len() - 1),
            few => words::list(few),
        };
        let on = if resources.is_empty() { String::new() } else { format!(" on {resources}") };
        Draft::new(id, self.case, self.taken).summary(format!(
            "{} {asks}{on}{whom}: {}; {}.",
            words::hosts_say(self.taken, "denies", "deny"),
            self.because(),
            route(self.case, self.taken),
        ))
    }

    /// AWS's reason in our words, or what it says where it gives none.
    fn because(&self) -> String {
        match (self.first.by, self.first.explicit) {
            (Some(kind), true) => format!("an explicit deny stands in {} {}", article(kind), kind.name()),
            (Some(kind), false) => format!("no {} allows it", kind.name()),
            (None, _) if self.first.text.is_empty() => {
                let status = self.taken.iter().find_map(|trouble| Some(trouble.evidence.first()?.response()?.status));
                format!("it says no more than status {}", status.unwrap_or_default())
            }
            (None, _) => format!("it says only \"{}\"", words::quoted(self.first.text)),
        }
    }

    /// Whether a statement denies it.
    pub fn is_explicit(&self) -> bool {
        self.first.explicit
    }

    /// The kind of policy that denies it.
    pub fn kind(&self) -> Option<PolicyKind> {
        self.first.by
    }

    /// Who was denied, as the answer says it.
    pub fn denied_principal(&self) -> Option<&'c str> {
        self.first.principal
    }

    /// The first of them.
    pub fn first_trouble(&self) -> Option<&'d Trouble<'c>> {
        self.taken.first()
    }

    /// Who was denied, by the answer or by STS.
    pub fn principal(&self) -> Option<&str> {
        self.first.principal.or(self.case.identity.as_deref().and_then(shaped::arn))
    }

    /// What was denied, each once.
    pub fn actions(&self) -> Vec<&'c str> {
        each_once(self.taken.iter().filter_map(reading::action))
    }

    /// On what, each once: only what is shaped like an ARN.
    pub fn resources(&self) -> Vec<&'c str> {
        let named = self.taken.iter().filter_map(|trouble| denial(trouble)?.resource);
        each_once(named.filter(|resource| *resource != "*"))
    }

    /// Whose role the platform uses, and that the container's start is not stopped where only its lines are lost.
    pub fn note(&self) -> String {
        let lost = self.taken.iter().all(is_of_events);
        let lost = if lost { "The start itself is not stopped by it: what the container writes is lost. " } else { "" };
        format!("{lost}{}", who::note(self.case, self.standing))
    }

    /// A condition turns a wrong route into a denial.
    pub fn tell_apart(&self) -> String {
        format!(
            "A condition on aws:SourceVpce or aws:SourceVpc turns a wrong route into a denial: {}; see whether that is the way \
             that the policy asks for.",
            route(self.case, self.taken)
        )
    }

    /// See what the execution role may, and run as it.
    pub fn simulate(&self) -> Vec<Fix> {
        let actions = self.actions().join(" ");
        // The simulator crosses all actions with all resources: one pair alone may be told its resource.
        let on = match self.pairs().as_slice() {
            [(_, resource)] if *resource != "*" => format!(" --resource-arns {resource}"),
            _ => String::new(),
        };
        let simulation = (!actions.is_empty()).then(|| {
            aws::command(
                "see what the execution role's own policies come to",
                aws::home(self.case.plan),
                format!(
                    "iam simulate-principal-policy --policy-source-arn {} --action-names {actions}{on}",
                    who::arn_to_mend(self.case, self.principal())
                ),
            )
        });
        simulation.into_iter().chain(who::run_as_execution_role(self.case, self.standing)).collect()
    }

    /// Allow the actions in the execution role's own policies. Of one that is another than who was denied nothing is known.
    pub fn allow(&self) -> Vec<Fix> {
        if self.standing == Standing::Other {
            return Vec::new();
        }
        let plan = self.case.plan;
        let role = match self.standing {
            Standing::Same => who::role_to_mend(self.case, self.principal()),
            Standing::Other | Standing::Unknown => "$EXECUTION_ROLE".to_owned(),
        };
        let (managed, own): (Vec<_>, Vec<_>) =
            self.pairs().into_iter().partition(|(action, _)| MANAGED.contains(action));
        let mut fixes = Vec::new();
        if !managed.is_empty() {
            let partition = plan.place.region.partition().id();
            let policy = format!("arn:{partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy");
            let how = format!("iam attach-role-policy --role-name {role} --policy-arn {policy}");
            fixes.push(aws::command(
                "give the execution role the managed policy for task starts",
                aws::home(plan),
                how,
            ));
        }
        if let Some((first, _)) = own.first() {
            let statement = |(action, resource): &(&str, &str)| {
                format!("{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"{resource}\"}}")
            };
            let statements = own.iter().map(statement).collect::<Vec<_>>().join(",");
            let how = format!(
                "iam put-role-policy --role-name {role} --policy-name allow-{} --policy-document \
                 '{{\"Version\":\"2012-10-17\",\"Statement\":[{statements}]}}'",
                first.replace(':', "-")
            );
            fixes.push(aws::command("allow it in a policy of the execution role", aws::home(plan), how));
        }
        fixes
    }

    /// Each action with what it was denied on, each pair once; `*` where no ARN is named.
    fn pairs(&self) -> Vec<(&'c str, &'c str)> {
        let mut pairs: Vec<_> = self
            .taken
            .iter()
            .filter_map(|trouble| Some((reading::action(trouble)?, denial(trouble)?.resource.unwrap_or("*"))))
            .collect();
        crate::order::naturally(&mut pairs);
        pairs.dedup();
        pairs
    }

    /// See the policies of the VPC endpoints that carried the calls.
    pub fn show_endpoint_policies(&self) -> Option<Fix> {
        let ladders = self.taken.iter().filter_map(|trouble| self.case.ladder_to(trouble.host()));
        let mut services: Vec<_> = ladders.filter_map(|ladder| ladder.check.endpoint_service.as_deref()).collect();
        services.dedup();
        (!services.is_empty()).then(|| {
            aws::command(
                "see the policy of the VPC endpoint, which may be another account's",
                aws::home(self.case.plan),
                format!(
                    "ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=$VPC Name=service-name,Values={} --query \
                     'VpcEndpoints[].[VpcEndpointId,OwnerId,PolicyDocument]'",
                    services.join(",")
                ),
            )
        })
    }

    /// Put a policy that allows it in the place of the endpoint's.
    pub fn allow_in_endpoint_policy(&self, resource: Option<&str>) -> Fix {
        if self.is_explicit() {
            // What a statement denies no other one can allow.
            let actions = words::all(self.actions());
            let what = if actions.is_empty() { "it".to_owned() } else { actions };
            return aws::command(
                format!(
                    "take {what} out of its statements with Effect Deny, or narrow their conditions, and wait some minutes"
                ),
                aws::home(self.case.plan),
                "ec2 modify-vpc-endpoint --vpc-endpoint-id $VPCE --policy-document file://policy.json",
            );
        }
        let actions = self.actions();
        let whole = format!(
            "{{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":[{}],\"Resource\":[{}]}}",
            in_json(&if actions.is_empty() { vec!["*"] } else { actions }),
            in_json(&[resource.unwrap_or("*")])
        );
        aws::command(
            format!("add `{whole}` to its statements, keep the others, and wait some minutes"),
            aws::home(self.case.plan),
            "ec2 modify-vpc-endpoint --vpc-endpoint-id $VPCE --policy-document file://policy.json",
        )
    }

    /// See the policy of what was asked for.
    pub fn show_resource_policies(&self) -> Vec<Fix> {
        let mut fixes: Vec<Fix> = Vec::new();
        for trouble in self.taken {
            let fix = resource_policy(self.case, trouble);
            if let Some(fix) = fix.filter(|fix| !fixes.contains(fix)) {
                fixes.push(fix);
            }
        }
        fixes.truncate(3);
        fixes
    }
}

/// The same as a finding of its own for each cause.
pub fn findings<'c, K: PartialEq>(
    case: &'c Case<'c>,
    taken: Vec<Trouble<'c>>,
    key: impl Fn(&Trouble<'c>) -> K,
    finding: impl Fn(&Denied<'_, 'c>) -> Finding,
) -> Vec<Finding> {
    let groups = super::grouped::by(taken, key);
    groups.iter().filter_map(|(_, taken)| Some(finding(&Denied::new(case, taken)?))).collect()
}

fn resource_policy(case: &Case<'_>, trouble: &Trouble<'_>) -> Option<Fix> {
    let check = trouble.view.check;
    let show = |of: &str, how: String| {
        let region = check.region.as_ref().map_or(aws::home(case.plan), |region| region.as_str());
        Some(aws::command(format!("see the policy of {of}"), region, how))
    };
    if denial(trouble)?.action.is_some_and(|action| action.starts_with("kms:")) {
        let key = denial(trouble)?.resource.filter(|resource| *resource != "*").unwrap_or("$KEY");
        return show("the key", format!("kms get-key-policy --key-id {key} --policy-name default"));
    }
    match &check.step.as_ref()?.deed {
        Deed::Secret(secret) if secret.store == SecretStore::SecretsManager => show(
            "the secret",
            format!("secretsmanager get-resource-policy --secret-id {}", shaped::word_or(Some(&secret.id), "$SECRET")),
        ),
        Deed::EnvironmentFile(file) => show(
            "the bucket",
            format!("s3api get-bucket-policy --bucket {}", shaped::word_or(Some(&file.bucket), "$BUCKET")),
        ),
        Deed::Manifest(image) | Deed::Layers(image) => show(
            "the repository",
            format!(
                "ecr get-repository-policy --registry-id {} --repository-name {}",
                shaped::word_or(Some(&image.ecr.as_ref()?.account), "$ACCOUNT"),
                shaped::word_or(Some(&image.repository), "$REPO")
            ),
        ),
        Deed::LogStream(_) | Deed::Secret(_) | Deed::Identity | Deed::Token => None,
    }
}

/// Which way the calls went, as far as that can be told from inside: the first to each host.
pub fn route(case: &Case<'_>, taken: &[Trouble<'_>]) -> String {
    let mut firsts: Vec<&Trouble<'_>> = Vec::new();
    for trouble in taken {
        if !firsts.iter().any(|first| first.host() == trouble.host()) {
            firsts.push(trouble);
        }
    }
    match firsts.as_slice() {
        [only] => format!("the call went {}", way(case, only)),
        several => {
            let said = several.iter().map(|first| format!("the call to {} went {}", first.host(), way(case, first)));
            said.collect::<Vec<_>>().join("; ")
        }
    }
}

fn way(case: &Case<'_>, first: &Trouble<'_>) -> String {
    let ladder = case.ladder_to(first.host()).unwrap_or_else(|| case.ladder(first.view));
    let at = first.at().map(|at| at.to_string()).unwrap_or_default();
    match case.observed_route(ladder) {
        ObservedRoute::Private => format!("to the private address {at}, so through a VPC endpoint"),
        ObservedRoute::Gateway => format!("to {at}, by S3's gateway endpoint"),
        ObservedRoute::Public => format!("to the public address {at}, so by a NAT or internet gateway"),
        ObservedRoute::S3Undetermined => {
            format!("to S3's public address {at}, by its gateway endpoint or by a NAT gateway")
        }
        ObservedRoute::None => format!("to {at}"),
    }
}

/// In the order of the first of each.
fn each_once<'c>(words: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
    let mut kept = Vec::new();
    for word in words {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}

fn article(kind: PolicyKind) -> &'static str {
    if kind == PolicyKind::Identity { "an" } else { "a" }
}

fn in_json(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(",")
}
