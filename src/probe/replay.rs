//! Does what the platform does when it starts the task: the same requests, in the same order where one needs the other,
//! over connections that the ladders opened.

mod apis;
mod challenge;
mod image;
mod layers;
mod line;
mod log;
mod manifest;
mod promise;
mod redirect;
mod s3;
#[cfg(test)]
mod tests;
mod told;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::OnceCell;
use tokio::task::{JoinHandle, JoinSet};

use super::attempt::Attempt;
use super::berth::Berth;
use super::{Pace, Shared, ladder};
use crate::aws::{Credentials, Scrubber, Source};
use crate::net::Net;
use crate::observation::{Part, Rung, StepPart, Why};
use crate::plan::{self, Check, CheckId, Deed, Role, Rung as Top, SecretUse};
use log::Log;
use promise::Promise;

/// What a run needs beside plan and network.
#[derive(Clone, Default)]
pub struct Kit {
    /// Where credentials come from, where there are any.
    pub source: Option<Arc<Source>>,
    /// What the log stream is named for.
    pub run_id: String,
    /// Keeps DNS under its limit, over all rounds of a run.
    pub pace: Pace,
}

/// Names to which blobs or tokens lead beyond those of the plan, at most.
const MOST_FOUND: usize = 16;

/// A check that only the replay learned of, and its ladder.
pub(super) struct Found {
    check: Arc<Check>,
    climbing: JoinHandle<Vec<Attempt>>,
}

/// What the steps share.
pub(super) struct Replay<N: Net> {
    kit: Kit,
    credentials: OnceCell<Option<Arc<Credentials>>>,
    no_credentials: OnceLock<String>,
    scrubber: Scrubber,
    berths: Mutex<HashMap<CheckId, Arc<Berth<N::Channel>>>>,
    found: Mutex<Vec<Found>>,
    /// The registry token of each ladder of `ecr.api`.
    tokens: HashMap<CheckId, Promise<Option<Arc<str>>>>,
    /// User and password, as Basic credentials, for the registry of an image.
    logins: HashMap<String, Promise<Option<Arc<str>>>>,
}

impl<N: Net> Replay<N> {
    /// Make ready for the plan's steps.
    pub(super) fn new(plan: &plan::Plan, kit: Kit) -> Self {
        let steps = || plan.checks.iter().filter_map(|check| check.step.as_ref());
        let pulls = steps().any(|step| matches!(step.deed, Deed::Layers(_)));
        let used = |check: &&Check| {
            let may_hold_layers = pulls && check.top >= Rung::Handshake && check.role == Role::Start;
            check.step.is_none() && (may_hold_layers || steps().any(|step| step.over == check.id))
        };
        let berths = plan.checks.iter().filter(used).map(|check| (check.id.clone(), Arc::default())).collect();
        let tokens =
            steps().filter(|step| step.deed == Deed::Token).map(|step| (step.over.clone(), Promise::default()));
        let logins = steps().filter_map(|step| match &step.deed {
            Deed::Secret(secret) => match &secret.purpose {
                SecretUse::Registry { image } => Some((image.clone(), Promise::default())),
                SecretUse::Environment | SecretUse::LogOption => None,
            },
            _ => None,
        });
        Self {
            tokens: tokens.collect(),
            logins: logins.collect(),
            kit,
            credentials: OnceCell::new(),
            no_credentials: OnceLock::new(),
            scrubber: Scrubber::default(),
            berths: Mutex::new(berths),
            found: Mutex::default(),
        }
    }

    /// Where a ladder leaves its connections, where anybody wants them.
    pub(super) fn berth(&self, check: &CheckId) -> Option<Arc<Berth<N::Channel>>> {
        self.berths.lock().unwrap_or_else(PoisonError::into_inner).get(check).cloned()
    }

    /// Give up every connection that nobody uses.
    pub(super) fn give_up_idle(&self) {
        let berths = self.berths.lock().unwrap_or_else(PoisonError::into_inner);
        berths.values().for_each(|berth| berth.give_up_idle());
    }

    /// Why there are no credentials, where a place for them is named.
    pub(super) fn no_credentials(&self) -> Option<String> {
        self.no_credentials.get().cloned()
    }

    /// A text without any secret that the replay learned.
    pub(super) fn scrub(&self, text: &str) -> String {
        self.scrubber.scrub(text)
    }

    /// The role that container credentials name.
    pub(super) fn role_arn(&self) -> Option<String> {
        self.credentials.get()?.as_ref()?.role_arn().map(str::to_owned)
    }
}

/// What a replayed step left: its check, and its requests in their order.
pub(super) type Left = Vec<(CheckId, Vec<Attempt>)>;

/// Begin every step; those that need each other wait for each other.
pub(super) fn begin<N: Net>(shared: &Arc<Shared<N>>) -> JoinSet<Left> {
    let mut steps = JoinSet::new();
    let checks: Vec<Arc<Check>> =
        shared.plan.checks.iter().filter(|c| c.step.is_some()).cloned().map(Arc::new).collect();
    let layers_of = |reference: &str| {
        let is_theirs =
            |check: &&Arc<Check>| matches!(deed(check), Deed::Layers(image) if image.reference == reference);
        checks.iter().find(is_theirs).cloned()
    };
    for check in &checks {
        let (shared, check) = (Arc::clone(shared), Arc::clone(check));
        match deed(&check).clone() {
            Deed::Manifest(image) => {
                let layers = layers_of(&image.reference);
                steps.spawn(async move { image::pull(&shared, &check, layers.as_deref(), &image).await });
            }
            Deed::Layers(_) => {}
            deed => {
                steps.spawn(async move {
                    let mut log = Log::default();
                    apis::call(&shared, &check, &deed, &mut log).await;
                    vec![(check.id.clone(), log.into_attempts())]
                });
            }
        }
    }
    steps
}

fn deed(check: &Check) -> &Deed {
    &check.step.as_ref().expect("only checks with a step are replayed").deed
}

/// What there is to say of a step that was never begun.
pub(super) fn not_begun(check: &Check, why: Why) -> Vec<Attempt> {
    let Some(step) = &check.step else { return Vec::new() };
    let part = first_part(&step.deed);
    vec![Attempt { step: Some(part), ..Attempt::new(Rung::Exchange) }.not_tried(why)]
}

fn first_part(deed: &Deed) -> StepPart {
    let part = match deed {
        Deed::Identity => Part::GetCallerIdentity,
        Deed::Secret(secret) => match secret.store {
            plan::SecretStore::SecretsManager => Part::GetSecretValue,
            plan::SecretStore::ParameterStore => Part::GetParameters,
        },
        Deed::EnvironmentFile(_) => Part::HeadObject,
        Deed::Token => Part::GetAuthorizationToken,
        Deed::LogStream(_) => Part::CreateLogStream,
        Deed::Manifest(_) => Part::ManifestHead,
        Deed::Layers(_) => Part::LayerBlob,
    };
    StepPart { part, about: None, hop: 0, host: None }
}

impl<N: Net> Shared<N> {
    /// The credentials, fetched once, by whoever needs them first.
    pub(super) async fn credentials(&self) -> Option<Arc<Credentials>> {
        let fetch = async {
            match self.replay.kit.source.as_ref()?.fetch().await {
                Ok(credentials) => {
                    credentials.secrets().for_each(|secret| self.replay.scrubber.add(secret));
                    Some(Arc::new(credentials))
                }
                Err(unavailable) => {
                    tracing::warn!("{unavailable}");
                    let _ = self.replay.no_credentials.set(unavailable.to_string());
                    None
                }
            }
        };
        self.replay.credentials.get_or_init(|| fetch).await.clone()
    }

    /// Where connections to a host are: the berth of the plan's ladder to it, or of one that begins now.
    pub(super) fn berth_of(self: &Arc<Self>, id: CheckId, host: &str, port: u16) -> Option<Arc<Berth<N::Channel>>> {
        let planned =
            self.plan.checks.iter().find(|check| check.step.is_none() && check.host == host && check.port == port);
        if let Some(berth) = planned.and_then(|check| self.replay.berth(&check.id)) {
            return Some(berth);
        }
        let check = plan::found(&id)?;
        let mut berths = self.replay.berths.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(berth) = berths.get(&id) {
            return Some(Arc::clone(berth));
        }
        let mut found = self.replay.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= MOST_FOUND {
            return None;
        }
        debug_assert!(check.top == Top::Handshake, "nothing unsigned is known to ask such a host");
        let (check, berth) = (Arc::new(check), Arc::<Berth<N::Channel>>::default());
        berths.insert(id, Arc::clone(&berth));
        let climbing = tokio::spawn(climb(Arc::clone(self), Arc::clone(&check), Some(Arc::clone(&berth))));
        found.push(Found { check, climbing });
        Some(berth)
    }

    /// The checks that were found, with what their ladders left; one that panicked leaves nothing.
    pub(super) async fn found(&self) -> Vec<(Arc<Check>, Option<Vec<Attempt>>)> {
        let mut all = Vec::new();
        loop {
            let next = self.replay.found.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(Found { check, climbing }) = next else { break };
            all.push((check, climbing.await.ok()));
        }
        all.reverse();
        all
    }
}

/// Climb a ladder, and tell the steps that wait at its berth when no further connection will come.
pub(super) async fn climb<N: Net>(
    shared: Arc<Shared<N>>,
    check: Arc<Check>,
    berth: Option<Arc<Berth<N::Channel>>>,
) -> Vec<Attempt> {
    // Even where the ladder panics nobody waits for ever.
    struct Closing<C>(Option<Arc<Berth<C>>>, Why);
    impl<C> Drop for Closing<C> {
        fn drop(&mut self) {
            if let Some(berth) = &self.0 {
                berth.close(self.1);
            }
        }
    }
    let mut closing = Closing(berth.clone(), Why::OurFault);
    let attempts = ladder::climb(&shared, &check, berth).await;
    closing.1 = shared.stop.why().unwrap_or(Why::BelowFailed);
    attempts
}
