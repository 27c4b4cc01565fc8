//! What changes while the task runs: tokens handed out, what was written, what came.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::logs::{Groups, LogEvent};
use super::seen::Seen;
use super::vault::{Allowed, Vault};
use super::{Cloud, clock, random};
use crate::catalog;
use crate::scenario::{Holdings, Registry};

/// What changes while the task runs.
#[derive(Default)]
pub struct State {
    /// Log groups.
    pub groups: Groups,
    /// Log events that were taken, in their order.
    pub events: Vec<LogEvent>,
    /// Buckets by name, with their region.
    pub buckets: BTreeMap<String, String>,
    /// Buckets that do not tell what they lack.
    pub unlisted: BTreeSet<String>,
    /// Objects by bucket and key.
    pub objects: BTreeMap<(String, String), Vec<u8>>,
    /// Objects that came with a request.
    pub written: BTreeSet<(String, String)>,
    /// Every request.
    pub seen: Vec<Seen>,
    /// Secrets that reached a host that they are not for.
    pub strays: BTreeSet<String>,
    /// ECR's tokens, each with its region.
    registry_tokens: Vec<(String, String)>,
    /// Bearer tokens, each with its registry and scope.
    bearer_tokens: Vec<(String, String, String)>,
}

impl State {
    /// What is there before the task starts.
    pub fn build(held: &Holdings, home: &str, vault: &Vault) -> Self {
        let mut state = Self::default();
        for group in &held.log_groups {
            let region = group.region.clone().unwrap_or_else(|| home.to_owned());
            let streams = group.streams.iter().cloned().collect();
            state.groups.entry((region, group.name.clone())).or_insert(streams);
        }
        for bucket in &held.buckets {
            let region = bucket.region.clone().unwrap_or_else(|| home.to_owned());
            state.buckets.entry(bucket.name.clone()).or_insert(region);
            if !bucket.list {
                state.unlisted.insert(bucket.name.clone());
            }
        }
        for object in &held.objects {
            state.buckets.entry(object.bucket.clone()).or_insert_with(|| home.to_owned());
            let value = object.value.clone().unwrap_or_else(|| format!("API_KEY={}\n", random::letters(40)));
            value.lines().for_each(|line| {
                let (_, value) = line.split_once('=').unwrap_or(("", line));
                vault.keep("content of an object", value, Allowed::Nowhere);
            });
            state.objects.entry((object.bucket.clone(), object.key.clone())).or_insert_with(|| value.into_bytes());
        }
        state
    }
}

impl Cloud {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new token for the registries of a region, and when it ends.
    pub(super) fn hand_out_registry_token(&self, region: &str) -> (String, f64) {
        let password = random::letters(1700);
        let token = STANDARD.encode(format!("AWS:{password}"));
        let partition = catalog::partition(region);
        let hosts = vec![
            format!("*.dkr.ecr.{region}.{}", partition.suffix),
            format!("*.dkr.ecr-fips.{region}.{}", partition.suffix),
            format!("*.dkr-ecr.{region}.{}", partition.registry),
            format!("*.dkr-ecr-fips.{region}.{}", partition.registry),
        ];
        self.vault.keep("registry password", &password, Allowed::Nowhere);
        self.vault.keep("registry token", &token, Allowed::Hosts(hosts));
        self.state().registry_tokens.push((region.to_owned(), token.clone()));
        let ends = clock::epoch(SystemTime::now() + Duration::from_hours(12));
        (token, f64::from(u32::try_from(ends).unwrap_or(u32::MAX)) + 0.123)
    }

    pub(super) fn is_registry_token(&self, region: &str, shown: &str) -> bool {
        self.state().registry_tokens.iter().any(|(own, token)| own == region && token == shown)
    }

    pub(super) fn hand_out_bearer(&self, registry: &Registry, scope: &str, token: &str) {
        self.vault.keep("bearer token", token, Allowed::Hosts(vec![registry.host.clone()]));
        self.state().bearer_tokens.push((token.to_owned(), registry.host.clone(), scope.to_owned()));
    }

    /// Whether a token was handed out for that registry and, where one is asked for, that repository.
    pub(super) fn is_bearer_token(&self, host: &str, repository: Option<&str>, shown: &str) -> bool {
        let covers = |scope: &str| {
            repository.is_none_or(|name| scope.split(' ').any(|part| part.starts_with(&format!("repository:{name}:"))))
        };
        let state = self.state();
        state.bearer_tokens.iter().any(|(token, own, scope)| token == shown && own == host && covers(scope))
    }

    /// What a registry wants to be shown, in base64.
    pub(super) fn login(&self, registry: &Registry) -> Option<String> {
        let name = registry.secret.as_deref()?;
        let secret = self.secrets.iter().find(|secret| secret.is(name, &self.region))?;
        let (user, password) = (secret.member("username")?, secret.member("password")?);
        Some(STANDARD.encode(format!("{user}:{password}")))
    }
}
