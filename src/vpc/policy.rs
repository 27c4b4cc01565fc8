//! Endpoint policies: an explicit deny first, then an allow, else a deny; what hangs on more than the view knows is said.

mod condition;
mod pattern;

use serde_json::Value;

use self::pattern::matches;
use super::group::Fit;
use super::model::Endpoint;
use super::remedy::step;
use super::{Block, Culprit, CulpritKind, Decision, EndpointKind, Stand, Vpc, shape};

/// Buckets of ECR's layers are AWS's own, and so is the role whose signature stands in their URLs.
const LAYERS: &str = "-starport-layer-bucket";

/// A call that an endpoint carries, and what is known of it beside the view.
#[derive(Clone, Copy)]
pub struct Call<'q> {
    /// The endpoint service, as AWS writes it.
    pub service: &'q str,
    /// `service:Operation`
    pub action: &'q str,
    /// The ARN that it is about, where that is known.
    pub resource: Option<&'q str>,
    /// How AWS itself says that an endpoint's policy denies the call, where it says so.
    pub told: Option<Told>,
    /// What a statement that mends it should allow; only this call where that is `None`.
    pub need: Option<&'q Need>,
}

/// AWS's words for a denial by an endpoint's policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Told {
    /// "with an explicit deny in a VPC endpoint policy"
    Denied,
    /// "because no VPC endpoint policy allows"
    NotAllowed,
}

/// What a task start needs of an endpoint's policy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Need {
    /// `service:Operation`, each once.
    pub actions: Vec<String>,
    /// ARNs or patterns of them, each once.
    pub resources: Vec<String>,
}

/// What is asked of a policy.
#[derive(Clone, Copy)]
struct Question<'q> {
    endpoint: &'q str,
    vpc: &'q Vpc,
    action: &'q str,
    resource: Option<&'q str>,
    told: Option<Told>,
    need: Option<&'q Need>,
}

impl Question<'_> {
    /// Whether the request is signed by AWS itself for a bucket of its own.
    fn is_for_layers(&self) -> bool {
        self.resource.is_some_and(|resource| resource.contains(LAYERS))
    }
}

impl Stand<'_> {
    /// What the policy of the endpoint that carries a service says of an action on a resource.
    pub fn policy(&self, service: &str, action: &str, resource: Option<&str>) -> Decision {
        self.policy_of(Call { service, action, resource, told: None, need: None })
    }

    /// The same of a call of which more is known.
    pub fn policy_of(&self, call: Call<'_>) -> Decision {
        let service = call.service;
        if self.vpc.sections.endpoints.is_none() {
            return Decision::Unknown(self.vpc.unseen("vpc_endpoints"));
        }
        let all: Vec<&Endpoint> = self.vpc.endpoints_of(service).collect();
        let used: Vec<&Endpoint> = all.iter().copied().filter(|endpoint| self.uses(endpoint)).collect();
        let carrying = if used.is_empty() { all } else { used };
        let mut decisions = carrying.iter().map(|endpoint| self.decide(endpoint, call));
        let Some(first) = decisions.next() else {
            return Decision::Unknown(format!("{} has no endpoint for {service}", self.vpc.id));
        };
        match decisions.find(|other| std::mem::discriminant(other) != std::mem::discriminant(&first)) {
            None => first,
            Some(_) => Decision::Unknown(format!("the policies of the endpoints for {service} differ")),
        }
    }

    /// Whether the task's names or routes lead to an endpoint.
    fn uses(&self, endpoint: &Endpoint) -> bool {
        match endpoint.kind {
            Some(EndpointKind::Gateway) => self.table.is_some_and(|table| endpoint.tables.contains(&table.id)),
            Some(EndpointKind::Interface) => endpoint.private_dns && !endpoint.inbound_only,
            None => false,
        }
    }

    fn decide(&self, endpoint: &Endpoint, call: Call<'_>) -> Decision {
        let id = &endpoint.id;
        let Some(text) = endpoint.policy.as_deref() else { return Decision::Allows };
        let Ok(document) = serde_json::from_str::<Value>(text) else {
            return Decision::Unknown(format!("the policy of {id} can't be read"));
        };
        if document.is_null() {
            return Decision::Allows;
        }
        let Call { action, resource, told, need, .. } = call;
        let question = Question { endpoint: id, vpc: self.vpc, action, resource, told, need };
        match verdict(&document, question) {
            Verdict::Allowed => Decision::Allows,
            Verdict::Unclear(why) => Decision::Unknown(format!("the policy of {id} {why}")),
            Verdict::Refused(why) => Decision::Denies(self.vpc.refused(question, &why)),
        }
    }
}

enum Verdict {
    Allowed,
    Refused(Refusal),
    Unclear(String),
}

enum Refusal {
    /// A statement denies it.
    Denied(Because),
    NotAllowed,
    /// An Allow is there that leaves this call out.
    OnlyFor(Because),
}

/// A statement, and what it hangs on.
struct Because {
    /// `statement 2`, or by its Sid.
    statement: String,
    /// Such as `under a condition on aws:SourceVpc`; empty where it hangs on nothing.
    under: String,
}

impl Because {
    fn new(statement: &Value, at: usize, under: String) -> Self {
        let sid = statement["Sid"].as_str().and_then(|sid| shape::name(sid).map(|_| format!("statement {sid}")));
        Self { statement: sid.unwrap_or_else(|| format!("statement {}", at + 1)), under }
    }

    /// What it hangs on behind other words.
    fn spaced(&self) -> String {
        if self.under.is_empty() { String::new() } else { format!(" {}", self.under) }
    }
}

/// Whether a statement's principals and conditions hold for a call; why not, or what that hangs on.
enum Held {
    Yes,
    No(String),
    Perhaps(String),
}

fn verdict(document: &Value, question: Question<'_>) -> Verdict {
    let one = std::slice::from_ref(&document["Statement"]);
    let statements = document["Statement"].as_array().map_or(one, Vec::as_slice);
    let mut allowed = false;
    let (mut may_deny, mut may_allow, mut only) = (None, None, None);
    for (at, statement) in statements.iter().enumerate() {
        let effect = statement["Effect"].as_str();
        if !matches!(effect, Some("Allow" | "Deny")) {
            return Verdict::Unclear("has a statement whose Effect is neither Allow nor Deny".to_owned());
        }
        let held = match names(statement, question) {
            Fit::No => continue,
            Fit::Yes => applies(statement, question),
            Fit::Perhaps(why) => match applies(statement, question) {
                Held::No(_) => continue,
                Held::Yes | Held::Perhaps(_) => Held::Perhaps(why),
            },
        };
        let because = |under| Because::new(statement, at, under);
        match (held, effect) {
            (Held::Yes, Some("Deny")) => return Verdict::Refused(Refusal::Denied(because(String::new()))),
            (Held::Yes, Some("Allow")) => allowed = true,
            (Held::Perhaps(why), Some("Deny")) => may_deny = may_deny.or_else(|| Some(because(why))),
            (Held::Perhaps(why), Some("Allow")) => may_allow = may_allow.or_else(|| Some(because(why))),
            (Held::No(why), Some("Allow")) => only = only.or_else(|| Some(because(why))),
            _ => {}
        }
    }
    let refused = |only: Option<Because>| Verdict::Refused(only.map_or(Refusal::NotAllowed, Refusal::OnlyFor));
    // What the view does not settle AWS's own words do.
    match (question.told, may_deny) {
        (Some(Told::Denied), Some(because)) => Verdict::Refused(Refusal::Denied(because)),
        (Some(Told::Denied), None) if !allowed => {
            Verdict::Unclear(format!("has no Deny for {} as it was collected", question.action()))
        }
        (Some(Told::NotAllowed), _) if !allowed => refused(may_allow.or(only)),
        (None, Some(deny)) if allowed || may_allow.is_some() => {
            Verdict::Unclear(format!("denies it by {}{}", deny.statement, deny.spaced()))
        }
        _ if allowed => Verdict::Allowed,
        _ => match may_allow {
            Some(allow) => Verdict::Unclear(format!("allows it by {} only{}", allow.statement, allow.spaced())),
            None => refused(only),
        },
    }
}

/// Whether a statement is about the action and the resource.
fn names(statement: &Value, question: Question<'_>) -> Fit {
    let action = either(statement, "Action", "NotAction", |list| matches(list, question.action, true));
    both(action, || match question.resource {
        Some(resource) => either(statement, "Resource", "NotResource", |list| matches(list, resource, false)),
        None => either(statement, "Resource", "NotResource", |list| match matches(list, "*", false) {
            Fit::No => Fit::Perhaps("for single resources".to_owned()),
            fit => fit,
        }),
    })
}

/// Whether a statement is about who asks, and its conditions hold.
fn applies(statement: &Value, question: Question<'_>) -> Held {
    let some = || "for some principals".to_owned();
    match principal(statement, question) {
        Fit::No => Held::No(some()),
        Fit::Yes => condition::holds(&statement["Condition"], question),
        Fit::Perhaps(_) => match condition::holds(&statement["Condition"], question) {
            no @ Held::No(_) => no,
            Held::Yes | Held::Perhaps(_) => Held::Perhaps(some()),
        },
    }
}

fn principal(statement: &Value, question: Question<'_>) -> Fit {
    let principal = &statement["Principal"];
    let is_everyone = |value: &Value| value.as_str() == Some("*");
    let listed =
        |value: &Value| is_everyone(value) || value.as_array().is_some_and(|list| list.iter().any(is_everyone));
    if listed(principal) || listed(&principal["AWS"]) {
        return Fit::Yes;
    }
    if question.is_for_layers() && principal["AWS"].is_string() && condition::is_own(&principal["AWS"], question) {
        return Fit::No;
    }
    Fit::Perhaps(String::new())
}

/// By a list of what is meant, or of what is not.
fn either(statement: &Value, key: &str, not: &str, fit: impl Fn(&Value) -> Fit) -> Fit {
    if !statement[key].is_null() {
        return fit(&statement[key]);
    }
    match fit(&statement[not]) {
        _ if statement[not].is_null() => Fit::Perhaps(format!("without {key}")),
        Fit::Yes => Fit::No,
        Fit::No => Fit::Yes,
        unclear @ Fit::Perhaps(_) => unclear,
    }
}

/// Both must apply.
fn both(one: Fit, other: impl FnOnce() -> Fit) -> Fit {
    match one {
        Fit::No => Fit::No,
        Fit::Yes => other(),
        Fit::Perhaps(why) => match other() {
            Fit::No => Fit::No,
            Fit::Yes | Fit::Perhaps(_) => Fit::Perhaps(why),
        },
    }
}

impl Question<'_> {
    /// What was asked for, where a command may name it.
    fn action(&self) -> &str {
        shape::name(&self.action.replace(':', ".")).map_or("the action", |_| self.action)
    }

    /// What it was asked on. Of a layer that is its bucket: the name of its object says nothing to anybody.
    fn on(&self) -> Option<String> {
        let resource = self.resource.filter(|resource| is_plain(resource))?;
        match resource.split_once('/') {
            Some((bucket, _)) if self.is_for_layers() => Some(format!("{bucket}/*")),
            _ => Some(resource.to_owned()),
        }
    }

    /// The statement that allows what the start needs of this endpoint.
    fn statement(&self) -> String {
        let (actions, resources) = match self.need {
            Some(need) => (need.actions.clone(), need.resources.clone()),
            None => (vec![self.action().to_owned()], vec![self.on().unwrap_or_else(|| "*".to_owned())]),
        };
        let (actions, resources) = (Value::from(actions), Value::from(resources));
        format!(r#"{{"Effect":"Allow","Principal":"*","Action":{actions},"Resource":{resources}}}"#)
    }
}

impl Vpc {
    fn refused(&self, question: Question<'_>, refusal: &Refusal) -> Block {
        let id = question.endpoint;
        let mut get = self.command(
            "read the endpoint's policy into policy.json",
            &format!(
                "ec2 describe-vpc-endpoints --vpc-endpoint-ids {id} --query 'VpcEndpoints[0].PolicyDocument' --output text"
            ),
        );
        get.command = get.command.map(|command| format!("{command} > policy.json"));
        let set = format!("ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --policy-document file://policy.json");
        let remedy = vec![get, step(&change(question, refusal)), self.command("put it in place", &set)];
        Culprit::new(CulpritKind::EndpointPolicy, id, detail(question, refusal)).mended_by(remedy)
    }
}

fn detail(question: Question<'_>, refusal: &Refusal) -> String {
    let (id, action) = (question.endpoint, question.action());
    let on = question.on().map(|on| format!(" on {on}")).unwrap_or_default();
    match refusal {
        Refusal::Denied(because) => {
            format!("the policy of {id} denies {action}{on} by its {}{}", because.statement, because.spaced())
        }
        Refusal::NotAllowed => format!("the policy of {id} has no Allow for {action}{on}"),
        Refusal::OnlyFor(because) => {
            let layers = if question.is_for_layers() {
                ": layers are asked for by a role of AWS's own, in a bucket of AWS's own"
            } else {
                ""
            };
            let Because { statement, .. } = because;
            let under = because.spaced();
            format!(
                "the policy of {id} allows {action}{on} by its {statement} only{under}, which leaves this call out{layers}"
            )
        }
    }
}

fn change(question: Question<'_>, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Denied(because) => format!(
            "remove {} of policy.json, or narrow it so that it does not deny {}: what a Deny covers no Allow gives back",
            because.statement,
            question.action()
        ),
        Refusal::OnlyFor(because) if !question.is_for_layers() => format!(
            "add `{}` to the Statement of policy.json and keep the others, or widen its {}",
            question.statement(),
            because.statement
        ),
        Refusal::NotAllowed | Refusal::OnlyFor(_) => {
            format!("add `{}` to the Statement of policy.json and keep the others", question.statement())
        }
    }
}

/// An ARN without anything that a terminal or a shell makes something of.
fn is_plain(arn: &str) -> bool {
    arn.len() <= 2_048 && arn.chars().all(|c| c.is_ascii_alphanumeric() || "_./:+=,@*-".contains(c))
}
