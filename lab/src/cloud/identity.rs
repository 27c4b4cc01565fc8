//! Who the task is: its keys, how it gets them, and how a service knows them again.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::vault::{Allowed, Vault};
use super::{clock, random};
use crate::catalog;
use crate::function;
use crate::http::TASK_ID;
use crate::scenario::{Credentials, Scenario, Vantage};

/// Where a full address leads.
pub const FULL_URI: &str = "http://169.254.170.23/v1/credentials";

/// Where the token for it is.
pub const TOKEN_FILE: &str = "/run/vpcprobe-lab/credentials-token";

/// A key with everything that belongs to it.
#[derive(Clone)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The session token.
    pub token: String,
}

impl Key {
    /// A new one.
    pub fn new(vault: &Vault, kind: &'static str, allowed: &Allowed) -> Self {
        let id = format!("ASIA{}", random::capitals(16));
        let key = Self { id, secret: random::letters(40), token: random::token(560) };
        vault.keep("access key id", &key.id, allowed.clone());
        vault.keep("secret access key", &key.secret, Allowed::Nowhere);
        vault.keep(kind, &key.token, allowed.clone());
        key
    }
}

/// Who the task is.
pub struct Identity {
    /// Where its credentials come from.
    pub source: Credentials,
    /// What the services know.
    pub key: Key,
    /// The secret that the task is given, where it is another one.
    wrong_secret: String,
    /// The role's ARN.
    pub role_arn: String,
    /// The session's ARN, as denials name it.
    pub user_arn: String,
    /// The path of the relative address.
    pub path: String,
    /// The token for the full address.
    pub authorization: String,
    names_role: bool,
}

impl Identity {
    /// New keys for the scenario's task.
    pub fn build(scenario: &Scenario, vault: &Vault) -> Self {
        let (vpc, task) = (&scenario.vpc, &scenario.task);
        let partition = catalog::partition(&vpc.region).id;
        let authorization = random::letters(64);
        let wrong_secret = random::letters(40);
        let session = if scenario.run.vantage == Vantage::Lambda { function::NAME } else { TASK_ID };
        vault.keep("credentials token", &authorization, Allowed::Nowhere);
        vault.keep("secret access key", &wrong_secret, Allowed::Nowhere);
        Self {
            source: task.credentials.unwrap_or(match scenario.run.vantage {
                Vantage::Fargate | Vantage::EcsEc2 => Credentials::Container,
                Vantage::Lambda => Credentials::Environment,
                Vantage::Other => Credentials::None,
            }),
            key: Key::new(vault, "session token", &Allowed::Aws),
            wrong_secret,
            role_arn: format!("arn:{partition}:iam::{}:role/{}", vpc.account, task.role),
            user_arn: format!("arn:{partition}:sts::{}:assumed-role/{}/{session}", vpc.account, task.role),
            path: format!("/v2/credentials/{}", random::uuid()),
            authorization,
            names_role: task.role_arn,
        }
    }

    /// Whether services know the key.
    pub fn known(&self) -> bool {
        self.source != Credentials::Unknown
    }

    /// Whether the services take the credentials for ended ones.
    pub fn expired(&self) -> bool {
        matches!(self.source, Credentials::Expired | Credentials::Stale)
    }

    fn secret(&self) -> &str {
        if self.source == Credentials::WrongSecret { &self.wrong_secret } else { &self.key.secret }
    }

    /// The document that the task gets.
    pub fn document(&self) -> String {
        let now = SystemTime::now();
        let hour = Duration::from_hours(1);
        let until = if self.source == Credentials::Expired { now - hour } else { now + 6 * hour };
        let mut document = json!({
            "AccessKeyId": self.key.id,
            "SecretAccessKey": self.secret(),
            "Token": self.key.token,
            "Expiration": clock::extended(until)
        });
        if self.names_role {
            document["RoleArn"] = json!(self.role_arn);
        }
        document.to_string()
    }

    /// The variables that lead the task to its credentials.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        match self.source {
            Credentials::None => Vec::new(),
            Credentials::Environment => vec![
                ("AWS_ACCESS_KEY_ID", self.key.id.clone()),
                ("AWS_SECRET_ACCESS_KEY", self.secret().to_owned()),
                ("AWS_SESSION_TOKEN", self.key.token.clone()),
            ],
            Credentials::FullUri => vec![
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", FULL_URI.to_owned()),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", TOKEN_FILE.to_owned()),
            ],
            _ => vec![("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", self.path.clone())],
        }
    }
}
