//! Endpoint policies, as far as scenarios use them: an explicit deny, else an allow, else a refusal.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use super::Cloud;
use super::call::Call;
use super::policy::{denial, refuse};
use crate::config::{VPC, id};
use crate::http::Response;
use crate::scenario::{Config, Denial, Policy};

/// The account that the layer buckets and their signer belong to.
const STORAGE_ACCOUNT: &str = "812812325446";

/// The policies that are not full access, by service.
pub type EndpointPolicies = BTreeMap<String, EndpointPolicy>;

/// A policy of an endpoint.
#[derive(Debug)]
pub struct EndpointPolicy {
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    allow: bool,
    principals: Vec<String>,
    actions: Vec<String>,
    resources: Vec<String>,
    conditions: Vec<Condition>,
}

/// A key that must, or must not, be like one of some values.
#[derive(Debug)]
struct Condition {
    key: String,
    negated: bool,
    wildcards: bool,
    values: Vec<String>,
}

/// Who asks for what, and by which endpoint.
struct Asked<'a> {
    action: &'a str,
    resource: &'a str,
    user: &'a str,
    account: &'a str,
    endpoint: &'a str,
}

/// What a policy says.
#[derive(Debug, Eq, PartialEq)]
enum Verdict {
    Allowed,
    NotAllowed,
    Denied,
}

/// Reads the policies of a scenario.
pub fn read(config: Option<&Config>, cloud: &Cloud) -> Result<EndpointPolicies, String> {
    let given = config.into_iter().flat_map(|config| &config.policies);
    let policies = given.map(|(service, text)| {
        let read = cloud.fill(text).and_then(|text| EndpointPolicy::read(&text));
        read.map(|policy| (service.clone(), policy)).map_err(|e| format!("[config] policy of {service}: {e}"))
    });
    policies.collect()
}

impl Cloud {
    /// The refusal of the policy of the endpoint that a call came by.
    pub(super) fn refused_by_endpoint(&self, call: &Call) -> Option<Response> {
        let service = call.endpoint.as_deref()?;
        let policy = self.endpoint_policies.get(service)?;
        let (user, account) = match call.authorization() {
            "presigned" => (super::layer_signer(&call.region), STORAGE_ACCOUNT),
            _ => (self.identity.user_arn.clone(), self.account.as_str()),
        };
        let own = format!("{}:", call.signing);
        let needed = self.permissions_of(call).into_iter().filter(|(action, _)| action.starts_with(&own));
        needed.into_iter().find_map(|(action, resource)| {
            let endpoint = id("vpce", service);
            let asked = Asked { action: &action, resource: &resource, user: &user, account, endpoint: &endpoint };
            let by = match policy.judge(&asked) {
                Verdict::Allowed => return None,
                Verdict::NotAllowed => Policy::Endpoint,
                Verdict::Denied => Policy::EndpointExplicit,
            };
            let refused = Denial { action: action.clone(), by, resource: None };
            Some(refuse(call, &denial(&refused, &user, &resource, call.wire)))
        })
    }
}

impl EndpointPolicy {
    /// Reads a policy, and refuses what can't be evaluated here.
    fn read(text: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let statements = match &document["Statement"] {
            Value::Array(statements) => statements.iter().collect(),
            Value::Object(_) => vec![&document["Statement"]],
            _ => return Err("it has no Statement".to_owned()),
        };
        let statements = statements.into_iter().map(Statement::read).collect::<Result<_, _>>()?;
        Ok(Self { statements })
    }

    fn judge(&self, asked: &Asked) -> Verdict {
        let fitting = |allow| self.statements.iter().any(|own| own.allow == allow && own.fits(asked));
        match (fitting(false), fitting(true)) {
            (true, _) => Verdict::Denied,
            (false, true) => Verdict::Allowed,
            (false, false) => Verdict::NotAllowed,
        }
    }
}

const KEYS: [&str; 6] = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];

impl Statement {
    fn read(statement: &Value) -> Result<Self, String> {
        let fields = statement.as_object().ok_or("a statement is no object")?;
        if let Some(key) = fields.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!("the lab does not evaluate `{key}`"));
        }
        let allow = match statement["Effect"].as_str() {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err("an Effect is neither Allow nor Deny".to_owned()),
        };
        let principal = &statement["Principal"];
        let principal = principal.get("AWS").unwrap_or(principal);
        Ok(Self {
            allow,
            principals: texts(principal).ok_or("a Principal is neither \"*\" nor {\"AWS\": …}")?,
            actions: texts(&statement["Action"]).ok_or("an Action is missing")?,
            resources: texts(&statement["Resource"]).ok_or("a Resource is missing")?,
            conditions: conditions(&statement["Condition"])?,
        })
    }

    fn fits(&self, asked: &Asked) -> bool {
        let action = asked.action.to_ascii_lowercase();
        self.principals.iter().any(|own| is_principal(own, asked))
            && self.actions.iter().any(|own| like(&own.to_ascii_lowercase(), &action))
            && self.resources.iter().any(|own| like(own, asked.resource))
            && self.conditions.iter().all(|condition| condition.holds(asked))
    }
}

/// One text or several.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(texts) => texts.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// Everybody, an account by its number or its root, or a role or session by its ARN.
fn is_principal(own: &str, asked: &Asked) -> bool {
    own == "*" || own == asked.account || own.ends_with(&format!(":iam::{}:root", asked.account)) || own == asked.user
}

fn conditions(value: &Value) -> Result<Vec<Condition>, String> {
    let operators = value.as_object().into_iter().flatten();
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let (negated, wildcards) = match operator.trim_end_matches("IfExists") {
            "StringEquals" => (false, false),
            "StringNotEquals" => (true, false),
            "StringLike" | "ArnLike" | "ArnEquals" => (false, true),
            "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => (true, true),
            _ => return Err(format!("the lab does not evaluate `{operator}`")),
        };
        for (key, values) in keys.as_object().into_iter().flatten() {
            let key = key.to_ascii_lowercase();
            if !CONTEXT.contains(&key.as_str()) {
                return Err(format!("the lab does not know `{key}` of a request"));
            }
            let values = texts(values).ok_or_else(|| format!("`{key}` has no values"))?;
            conditions.push(Condition { key, negated, wildcards, values });
        }
    }
    Ok(conditions)
}

/// What the lab knows of every request.
const CONTEXT: [&str; 5] =
    ["aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourcevpc", "aws:sourcevpce"];

impl Condition {
    fn holds(&self, asked: &Asked) -> bool {
        let found = match self.key.as_str() {
            "aws:principalaccount" => asked.account,
            "aws:principalarn" => asked.user,
            "aws:principalorgid" if asked.account == STORAGE_ACCOUNT => "o-awsstorage0",
            "aws:principalorgid" => "o-lab1234567",
            "aws:sourcevpc" => VPC,
            _ => asked.endpoint,
        };
        let fits = |own: &String| if self.wildcards { like(own, found) } else { own == found };
        self.values.iter().any(fits) != self.negated
    }
}

/// Whether a text fits a pattern with `*` and `?`.
fn like(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), next) => {
            like(&pattern[1..], text) || next.is_some_and(|next| like(pattern, &text[next.len_utf8()..]))
        }
        (Some(own), Some(next)) if own == '?' || own == next => {
            like(&pattern[own.len_utf8()..], &text[next.len_utf8()..])
        }
        _ => false,
    }
}
