//! What came, for a scenario that says what must or must not come.

use super::call::Call;
use crate::scenario::{ExpectedRequests, matches};

/// One request as noted.
#[derive(Clone, Debug)]
pub struct Seen {
    service: Option<String>,
    host: String,
    method: String,
    action: String,
    path: String,
    authorization: &'static str,
}

impl Seen {
    /// Notes a request.
    pub fn of(call: &Call) -> Self {
        Self {
            service: call.service.clone(),
            host: call.host.clone(),
            method: call.request.method.clone(),
            action: call.action.clone(),
            path: call.request.path().to_owned(),
            authorization: call.authorization(),
        }
    }

    /// Whether it is of the kind that a scenario speaks of.
    pub fn fits(&self, wanted: &ExpectedRequests) -> bool {
        let authorized = |kind: &str| match kind {
            "any" => !["none", "presigned"].contains(&self.authorization),
            kind => kind == self.authorization,
        };
        wanted.service.as_ref().is_none_or(|id| self.service.as_ref() == Some(id))
            && wanted.host.as_deref().is_none_or(|host| matches(host, &self.host))
            && wanted.not_host.as_deref().is_none_or(|host| !matches(host, &self.host))
            && wanted.action.as_ref().is_none_or(|action| *action == self.action)
            && wanted.path.as_deref().is_none_or(|part| self.path.contains(part))
            && wanted.authorization.as_deref().is_none_or(authorized)
    }

    /// Whether it does more than to look: it writes, or asks for a secret's value.
    pub fn is_more_than_a_look(&self) -> bool {
        // Nobody is let do anything without saying who it is.
        if self.authorization == "none" {
            return false;
        }
        let values = ["GetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath"];
        let is_operation = self.action != self.method;
        if is_operation {
            let looks = ["Get", "Describe", "List", "Head"];
            return values.contains(&self.action.as_str()) || !looks.iter().any(|look| self.action.starts_with(look));
        }
        !["GET", "HEAD"].contains(&self.method.as_str())
    }

    /// One line for whoever reads what came.
    pub fn line(&self) -> String {
        let operation = if self.action == self.method { "" } else { &self.action };
        let line = format!("{} {}{} {} {operation}", self.method, self.host, self.path, self.authorization);
        line.trim_end().to_owned()
    }
}
