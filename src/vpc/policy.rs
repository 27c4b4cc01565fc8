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

/// What is asked of a policy.
#[derive(Clone, Copy)]
struct Question<'q> {
    endpoint: &'q str,
    vpc: &'q Vpc,
    action: &'q str,
    resource: Option<&'q str>,
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
        if self.vpc.sections.endpoints.is_none() {
            return Decision::Unknown(self.vpc.unseen("vpc_endpoints"));
        }
        let all: Vec<&Endpoint> = self.vpc.endpoints_of(service).collect();
        let used: Vec<&Endpoint> = all.iter().copied().filter(|endpoint| self.uses(endpoint)).collect();
        let carrying = if used.is_empty() { all } else { used };
        let mut decisions = carrying.iter().map(|endpoint| self.decide(endpoint, action, resource));
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

    fn decide(&self, endpoint: &Endpoint, action: &str, resource: Option<&str>) -> Decision {
        let id = &endpoint.id;
        let Some(text) = endpoint.policy.as_deref() else { return Decision::Allows };
        let Ok(document) = serde_json::from_str::<Value>(text) else {
            return Decision::Unknown(format!("the policy of {id} can't be read"));
        };
        if document.is_null() {
            return Decision::Allows;
        }
        let question = Question { endpoint: id, vpc: self.vpc, action, resource };
        match verdict(&document, question) {
            Verdict::Allowed => Decision::Allows,
            Verdict::Unclear(why) => Decision::Unknown(format!("the policy of {id}: {why}")),
            Verdict::Refused(why) => Decision::Denies(self.vpc.refused(question, why)),
        }
    }
}

enum Verdict {
    Allowed,
    Refused(Refusal),
    Unclear(String),
}

#[derive(Clone, Copy)]
enum Refusal {
    Denied,
    NotAllowed,
    /// An Allow is there, for principals or resources of one's own.
    OnlyForOwn,
}

fn verdict(document: &Value, question: Question<'_>) -> Verdict {
    let one = std::slice::from_ref(&document["Statement"]);
    let statements = document["Statement"].as_array().map_or(one, Vec::as_slice);
    let mut unclear = None;
    let mut allowed = false;
    let mut refusal = Refusal::NotAllowed;
    for statement in statements {
        let denies = statement["Effect"].as_str() == Some("Deny");
        let named = names(statement, question);
        let is_named = matches!(named, Fit::Yes);
        match (both(named, || applies(statement, question)), denies) {
            (Fit::Yes, true) => return Verdict::Refused(Refusal::Denied),
            (Fit::Yes, false) => allowed |= statement["Effect"].as_str() == Some("Allow"),
            (Fit::Perhaps(why), true) => unclear = Some((why, true)),
            (Fit::Perhaps(why), false) => unclear = unclear.or(Some((why, false))),
            (Fit::No, false) if is_named => refusal = Refusal::OnlyForOwn,
            (Fit::No, _) => {}
        }
    }
    match (unclear, allowed) {
        (Some((why, true)), _) | (Some((why, false)), false) => Verdict::Unclear(why),
        (_, true) => Verdict::Allowed,
        (None, false) => Verdict::Refused(refusal),
    }
}

/// Whether a statement is about the action and the resource.
fn names(statement: &Value, question: Question<'_>) -> Fit {
    let action = either(statement, "Action", "NotAction", |list| matches(list, question.action, true));
    both(action, || match question.resource {
        Some(resource) => either(statement, "Resource", "NotResource", |list| matches(list, resource, false)),
        None => either(statement, "Resource", "NotResource", |list| match matches(list, "*", false) {
            Fit::No => Fit::Perhaps("it speaks of single resources".to_owned()),
            fit => fit,
        }),
    })
}

/// Whether a statement is about who asks, and its conditions hold.
fn applies(statement: &Value, question: Question<'_>) -> Fit {
    both(principal(statement, question), || condition::holds(&statement["Condition"], question))
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
    Fit::Perhaps("a statement is only for some principals".to_owned())
}

/// By a list of what is meant, or of what is not.
fn either(statement: &Value, key: &str, not: &str, fit: impl Fn(&Value) -> Fit) -> Fit {
    if !statement[key].is_null() {
        return fit(&statement[key]);
    }
    match fit(&statement[not]) {
        _ if statement[not].is_null() => Fit::Perhaps(format!("a statement has no {key}")),
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

impl Vpc {
    fn refused(&self, question: Question<'_>, refusal: Refusal) -> Block {
        let Question { endpoint: id, action, resource, .. } = question;
        let resource = resource.filter(|resource| is_plain(resource));
        let on = resource.map(|resource| format!(" on {resource}")).unwrap_or_default();
        let action = shape::name(&action.replace(':', ".")).map_or("the action", |_| action);
        let detail = match refusal {
            Refusal::Denied => format!("the policy of {id} denies {action}{on}"),
            Refusal::NotAllowed => format!("the policy of {id} has no Allow for {action}{on}"),
            Refusal::OnlyForOwn => format!(
                "the policy of {id} allows {action}{on} only under conditions that it does not meet: layers are asked for by \
                 a role of AWS's own, in a bucket of AWS's own"
            ),
        };
        let get = format!(
            "ec2 describe-vpc-endpoints --vpc-endpoint-ids {id} --query 'VpcEndpoints[0].PolicyDocument' --output text"
        );
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"{action}","Resource":"{}"}}"#,
            resource.unwrap_or("*")
        );
        let change = match refusal {
            Refusal::Denied => step("take the Deny out of policy.json, or narrow it"),
            Refusal::NotAllowed | Refusal::OnlyForOwn => {
                step(&format!("add to the Statement of policy.json: {statement}"))
            }
        };
        let set = format!("ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --policy-document file://policy.json");
        let remedy = vec![
            self.command("read the endpoint's policy into policy.json", &get),
            change,
            self.command("put it in place", &set),
        ];
        Culprit::new(CulpritKind::EndpointPolicy, id, detail).mended_by(remedy)
    }
}

/// An ARN without anything that a terminal or a shell makes something of.
fn is_plain(arn: &str) -> bool {
    arn.len() <= 2_048 && arn.chars().all(|c| c.is_ascii_alphanumeric() || "_./:+=,@*-".contains(c))
}
