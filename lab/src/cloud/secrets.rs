//! Secrets Manager and Parameter Store.

use serde_json::{Map, Value, json};

use super::api::{Answer, error, text};
use super::call::Call;
use super::vault::{Allowed, Vault};
use super::{Cloud, clock, random};
use crate::catalog;
use crate::scenario::{Parameter, Scenario, Secret};

/// Every ARN of a secret ends so, after its name.
const SUFFIX: &str = "-AbCdEf";

const NO_SECRET: &str = "Secrets Manager can't find the specified secret.";

/// A secret with its value.
pub struct HeldSecret {
    given: Secret,
    arn: String,
    /// What it holds.
    pub value: String,
}

/// A parameter with its value.
pub struct HeldParameter {
    given: Parameter,
    arn: String,
    value: String,
}

impl HeldSecret {
    /// Makes what the scenario leaves out, and notes all of it.
    pub fn build(given: &Secret, scenario: &Scenario, vault: &Vault) -> Self {
        let region = given.region.as_deref().unwrap_or(&scenario.vpc.region);
        let account = given.account.as_deref().unwrap_or(&scenario.vpc.account);
        let partition = catalog::partition(region).id;
        let value = given.value.clone().unwrap_or_else(
            || json!({ "username": format!("user-{}", random::letters(12)), "password": random::letters(32) }),
        );
        note(&value, vault);
        let value = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        vault.keep("secret value", &value, Allowed::Nowhere);
        let arn = format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{}{SUFFIX}", given.name);
        Self { given: given.clone(), arn, value }
    }

    /// Whether it is the secret that a name, an ARN or an ARN without its end speaks of.
    pub fn is(&self, id: &str, region: &str) -> bool {
        let in_region = self.arn.split(':').nth(3) == Some(region);
        in_region && (self.given.name == id || self.arn == id || self.arn.strip_suffix(SUFFIX) == Some(id))
    }

    /// A member of its value, which is JSON.
    pub fn member(&self, key: &str) -> Option<String> {
        let value: Value = serde_json::from_str(&self.value).ok()?;
        value.get(key)?.as_str().map(str::to_owned)
    }
}

fn note(value: &Value, vault: &Vault) {
    match value {
        Value::String(text) => vault.keep("secret value", text, Allowed::Nowhere),
        Value::Array(items) => items.iter().for_each(|item| note(item, vault)),
        Value::Object(members) => members.values().for_each(|member| note(member, vault)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl HeldParameter {
    /// Makes what the scenario leaves out, and notes it.
    pub fn build(given: &Parameter, scenario: &Scenario, vault: &Vault) -> Self {
        let region = given.region.as_deref().unwrap_or(&scenario.vpc.region);
        let value = given.value.clone().unwrap_or_else(|| random::letters(40));
        vault.keep("parameter value", &value, Allowed::Nowhere);
        let partition = catalog::partition(region).id;
        let name = given.name.trim_start_matches('/');
        let arn = format!("arn:{partition}:ssm:{region}:{}:parameter/{name}", scenario.vpc.account);
        Self { given: given.clone(), arn, value }
    }

    fn is(&self, id: &str, region: &str) -> bool {
        self.arn.split(':').nth(3) == Some(region) && (self.given.name == id || self.arn == id)
    }

    fn document(&self) -> Value {
        json!({
            "Name": self.given.name,
            "Type": self.given.kind,
            "Value": self.value,
            "Version": 1,
            "LastModifiedDate": 1_793_491_200.123,
            "ARN": self.arn,
            "DataType": "text"
        })
    }
}

impl Cloud {
    fn secret(&self, call: &Call, id: &str) -> Option<&HeldSecret> {
        self.secrets.iter().find(|secret| secret.is(id, &call.region))
    }

    /// The ARN that a denial names.
    pub(super) fn secret_arn(&self, call: &Call, id: &str) -> String {
        if id.starts_with("arn:") {
            return id.to_owned();
        }
        self.secret(call, id).map_or_else(
            || {
                let partition = catalog::partition(&call.region).id;
                format!("arn:{partition}:secretsmanager:{}:{}:secret:{id}", call.region, self.account)
            },
            |secret| secret.arn.clone(),
        )
    }

    pub(super) fn secret_value(&self, call: &Call, body: &Value) -> Answer {
        let Some(secret) = self.secret(call, text(body, "SecretId")) else {
            return error("ResourceNotFoundException", NO_SECRET);
        };
        if secret.given.deleted {
            let message = "You can't perform this operation on the secret because it was marked for deletion.";
            return error("InvalidRequestException", message);
        }
        let stage = Some(text(body, "VersionStage")).filter(|stage| !stage.is_empty()).unwrap_or("AWSCURRENT");
        let version = "01234567-89ab-4cde-8f01-23456789abcd";
        let asked = text(body, "VersionId");
        if stage != "AWSCURRENT" || !(asked.is_empty() || asked == version) {
            let what =
                if stage == "AWSCURRENT" { format!("VersionId: {asked}") } else { format!("staging label: {stage}") };
            let message = format!("Secrets Manager can't find the specified secret value for {what}");
            return error("ResourceNotFoundException", &message);
        }
        Ok(json!({
            "ARN": secret.arn,
            "Name": secret.given.name,
            "VersionId": version,
            "SecretString": secret.value,
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": 1_793_491_200.456
        }))
    }

    pub(super) fn describe_secret(&self, call: &Call, body: &Value) -> Answer {
        let Some(secret) = self.secret(call, text(body, "SecretId")) else {
            return error("ResourceNotFoundException", NO_SECRET);
        };
        let mut answer = json!({
            "ARN": secret.arn,
            "Name": secret.given.name,
            "CreatedDate": 1_793_491_200.456,
            "LastChangedDate": 1_793_491_200.456,
            "VersionIdsToStages": { "01234567-89ab-4cde-8f01-23456789abcd": ["AWSCURRENT"] }
        });
        if secret.given.deleted {
            answer["DeletedDate"] = json!(clock::epoch(call.now));
        }
        Ok(answer)
    }

    /// Whether a request is for something that a key has encrypted.
    pub(super) fn needs_key(&self, call: &Call, body: &Value) -> bool {
        let names = body.get("Names").and_then(Value::as_array).into_iter().flatten().chain(body.get("Name"));
        let mut asked = names.filter_map(Value::as_str);
        let encrypted = |name: &str| {
            let found = self.parameters.iter().find(|parameter| parameter.is(name, &call.region));
            found.is_some_and(|parameter| parameter.given.kind == "SecureString")
        };
        call.action == "GetSecretValue"
            || call.signing == "ssm" && call.action.starts_with("Get") && asked.any(encrypted)
    }

    pub(super) fn get_parameters(&self, call: &Call, body: &Value) -> Answer {
        let names: Vec<&str> =
            body.get("Names").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        if names.is_empty() || names.len() > 10 {
            let edge = if names.is_empty() { "greater than or equal to 1" } else { "less than or equal to 10" };
            let message = format!(
                "1 validation error detected: Value '[{}]' at 'names' failed to satisfy constraint: Member must have \
                 length {edge}",
                names.join(", ")
            );
            return error("ValidationException", &message);
        }
        let found = |name: &&str| self.parameters.iter().find(|parameter| parameter.is(name, &call.region));
        let parameters: Vec<Value> = names.iter().filter_map(found).map(HeldParameter::document).collect();
        let missing: Vec<&str> = names.iter().filter(|name| found(name).is_none()).copied().collect();
        Ok(json!({ "Parameters": parameters, "InvalidParameters": missing }))
    }

    pub(super) fn get_parameter(&self, call: &Call, body: &Value) -> Answer {
        let name = text(body, "Name");
        match self.parameters.iter().find(|parameter| parameter.is(name, &call.region)) {
            Some(parameter) => Ok(json!({ "Parameter": parameter.document() })),
            None => error("ParameterNotFound", ""),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "a row of the table of operations")]
    pub(super) fn describe_parameters(&self, call: &Call, body: &Value) -> Answer {
        let filters = body.get("ParameterFilters").and_then(Value::as_array);
        let wanted: Option<Vec<&str>> = filters.map(|filters| {
            let named = filters.iter().filter(|filter| text(filter, "Key") == "Name");
            named.filter_map(|filter| filter.get("Values")?.as_array()).flatten().filter_map(Value::as_str).collect()
        });
        let here = self.parameters.iter().filter(|parameter| parameter.arn.split(':').nth(3) == Some(&call.region));
        let fitting = here.filter(|parameter| {
            wanted.as_ref().is_none_or(|names| names.iter().any(|name| parameter.is(name, &call.region)))
        });
        let documents = fitting.map(|parameter| {
            let mut document = parameter.document();
            document.as_object_mut().and_then(|fields: &mut Map<_, _>| fields.remove("Value"));
            document
        });
        Ok(json!({ "Parameters": documents.collect::<Vec<_>>() }))
    }
}
