//! AWS and the registries as the task meets them: who it is, what they hold, and what they say.

mod api;
mod auth;
mod blob;
mod call;
mod client;
mod clock;
mod endpoint;
mod identity;
mod image;
mod layer;
mod logs;
mod policy;
mod presign;
mod random;
mod registry;
mod s3;
mod secrets;
mod seen;
mod sigv4;
mod state;
mod vault;
mod verify;
mod witness;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::catalog::{self, Wire};
use crate::http::{Request, Response, unsigned};
use crate::scenario::{Act, Fault, Holdings, Registry, Scenario};
use crate::world::Site;

pub use call::Call;
pub use client::{Signed, sign};
pub use identity::{FULL_URI, Identity, TOKEN_FILE};
pub use layer::Slice;
pub use vault::Vault;

use endpoint::EndpointPolicies;
use identity::Key;
use image::{Blob, Image};
use secrets::{HeldParameter, HeldSecret};
use state::State;
use vault::Allowed;

/// AWS and the registries as the task meets them.
pub struct Cloud {
    held: Arc<Held>,
    endpoint_policies: EndpointPolicies,
    /// How often each fault has struck, in the scenario's order.
    struck: Vec<AtomicU64>,
}

/// What they hold and have seen, which stays when the world around them changes.
pub struct Held {
    /// Every secret that is handed out.
    pub vault: Vault,
    /// Who the task is.
    pub identity: Identity,
    /// What stands in the environment of the lab's own task definition, where nobody has to look.
    pub unread: String,
    account: String,
    region: String,
    /// The key that ECR signs addresses with.
    storage: Key,
    registries: Vec<Registry>,
    images: Vec<Image>,
    /// Blobs by the path of their presigned address.
    paths: BTreeMap<String, Arc<Blob>>,
    secrets: Vec<HeldSecret>,
    parameters: Vec<HeldParameter>,
    state: Mutex<State>,
}

impl Held {
    fn with_paths(mut self) -> Self {
        let blobs = self.images.iter().flat_map(|image| &image.blobs);
        self.paths = blobs.map(|(digest, blob)| (self.path_of(digest), Arc::clone(blob))).collect();
        self
    }

    /// Where the store keeps a blob: nothing in it tells the digest.
    fn path_of(&self, digest: &str) -> String {
        let hash = sigv4::sha256(digest.as_bytes());
        let uuid = |at: usize| {
            let part = |from: usize, to: usize| &hash[at + from..at + to];
            format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
        };
        format!("/{}-{}-{}/{}", &hash[60..], self.account, uuid(0), uuid(30))
    }
}

impl Deref for Cloud {
    type Target = Held;

    fn deref(&self) -> &Held {
        &self.held
    }
}

impl fmt::Debug for Cloud {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Cloud").finish_non_exhaustive()
    }
}

impl Cloud {
    /// Everything that the scenario holds, and new keys.
    pub fn build(scenario: &Scenario) -> Result<Self, String> {
        let vault = Vault::default();
        let vpc = &scenario.vpc;
        let own = own_registry(&vpc.account, &vpc.region);
        let held = holdings(scenario);
        let secrets: Vec<_> = held.secrets.iter().map(|given| HeldSecret::build(given, scenario, &vault)).collect();
        let parameters = held.parameters.iter().map(|given| HeldParameter::build(given, scenario, &vault)).collect();
        let unread = random::letters(40);
        vault.keep("environment of the task definition", &unread, Allowed::Nowhere);
        let held = Held {
            unread,
            identity: Identity::build(scenario, &vault),
            storage: Key::new(&vault, "presigned token", &Allowed::Anywhere),
            state: Mutex::new(State::build(&held, &vpc.region, &vault)),
            account: vpc.account.clone(),
            region: vpc.region.clone(),
            paths: BTreeMap::new(),
            images: held.images.iter().map(|given| Image::build(given, &own)).collect(),
            registries: held.registries,
            secrets,
            parameters,
            vault,
        };
        Self::around(Arc::new(held.with_paths()), scenario)
    }

    /// The same when the world around it has become that of another scenario.
    pub fn changed(&self, scenario: &Scenario) -> Result<Self, String> {
        Self::around(Arc::clone(&self.held), scenario)
    }

    fn around(held: Arc<Held>, scenario: &Scenario) -> Result<Self, String> {
        let struck = scenario.faults.iter().map(|_| AtomicU64::new(0)).collect();
        let cloud = Self { held, endpoint_policies: EndpointPolicies::new(), struck };
        cloud.verify(&scenario.faults)?;
        let endpoint_policies = endpoint::read(scenario.config.as_ref(), &cloud)?;
        Ok(Self { endpoint_policies, ..cloud })
    }

    /// Reads a request with what is broken about it, and notes that it came.
    pub fn receive<'a>(&self, mut call: Call<'a>, faults: &[(usize, &'a Fault)]) -> Call<'a> {
        let permissions = self.permissions_of(&call);
        for (number, fault) in faults {
            if self.fits(fault, &call, &permissions) && self.strikes(*number, fault) {
                call.acts.push(&fault.what);
            }
        }
        self.note(&call);
        call
    }

    fn permissions_of(&self, call: &Call) -> Vec<(String, String)> {
        if self.blob_at(call).is_some() {
            let bucket = call.host.split(".s3").next().unwrap_or_default();
            let object = format!("arn:{}:s3:::{bucket}{}", catalog::partition(&call.region).id, call.request.path());
            return vec![("s3:GetObject".to_owned(), object)];
        }
        self.permissions(call)
    }

    fn fits(&self, fault: &Fault, call: &Call, permissions: &[(String, String)]) -> bool {
        let place = &fault.place;
        let needed = match &fault.what {
            Act::Denied(denial) => permissions.iter().any(|(action, _)| *action == denial.action),
            _ => true,
        };
        needed
            && place.action.as_ref().is_none_or(|action| *action == call.action)
            && place.path.as_deref().is_none_or(|part| call.request.path().contains(part))
            && place.signed.is_none_or(|signed| call.is_signed() == signed)
            && place.layer.is_none_or(|layer| self.layer_of(call) == Some(layer))
    }

    fn strikes(&self, number: usize, fault: &Fault) -> bool {
        let before = self.struck.get(number).map_or(0, |count| count.fetch_add(1, Ordering::SeqCst));
        fault.times.is_none_or(|times| before < times)
    }

    /// The number of the layer that a request is about, at the registry or at the store.
    fn layer_of(&self, call: &Call) -> Option<usize> {
        if let Some(blob) = self.blob_at(call) {
            return blob.layer;
        }
        let digest = call.request.path().rsplit_once("/blobs/")?.1;
        self.images.iter().find_map(|image| image.blobs.get(digest))?.layer
    }

    fn blob_at(&self, call: &Call) -> Option<&Arc<Blob>> {
        self.paths.get(call.request.path())
    }

    /// What the service says.
    pub fn answer(&self, call: &Call) -> Response {
        for act in &call.acts {
            match act {
                Act::Error(refusal) => return policy::refuse(call, refusal),
                Act::Throttled => return policy::refuse(call, &policy::throttled(call.wire)),
                _ => {}
            }
        }
        if let Some(blob) = self.blob_at(call) {
            return self.presigned(call, blob);
        }
        let tokens_of = |own: &&Registry| {
            let hosts = [Some(own.token_host.as_ref().unwrap_or(&own.host)), own.token_moved.as_ref()];
            hosts.contains(&Some(&call.host)) && own.token_path == call.request.path()
        };
        if let Some(registry) = self.registries.iter().find(tokens_of) {
            return self.token_service(call, registry);
        }
        let is_of = |own: &&Registry| own.host == call.host || own.manifest_host.as_ref() == Some(&call.host);
        if let Some(registry) = self.registries.iter().find(is_of) {
            return self.other_registry(call, registry);
        }
        match call.wire {
            Wire::Json => self.json_api(call),
            Wire::Query => self.query_api(call),
            Wire::S3 => self.store(call),
            Wire::Registry => self.ecr_registry(call),
            _ => unsigned::answer(call.request, call.wire, &call.host, &call.region),
        }
    }

    fn presigned(&self, call: &Call, blob: &Blob) -> Response {
        if let Err(refused) = presign::verify(call, &self.storage) {
            return *refused;
        }
        self.forbidden(call).unwrap_or_else(|| blob::answer(call, blob))
    }

    /// The refusal of a policy, if one forbids the call.
    fn forbidden(&self, call: &Call) -> Option<Response> {
        self.refused_by_fault(call).or_else(|| self.refused_by_endpoint(call))
    }

    fn refused_by_fault(&self, call: &Call) -> Option<Response> {
        let denial =
            call.acts.iter().find_map(|act| if let Act::Denied(denial) = act { Some(denial) } else { None })?;
        let permissions = self.permissions_of(call);
        let (_, resource) = permissions.iter().find(|(action, _)| *action == denial.action)?;
        let user = if call.authorization() == "presigned" {
            layer_signer(&call.region)
        } else {
            self.identity.user_arn.clone()
        };
        Some(policy::refuse(call, &policy::denial(denial, &user, resource, call.wire)))
    }

    /// The same text with the names that a scenario can't know filled in.
    pub fn fill(&self, text: &str) -> Result<String, String> {
        let own = own_registry(&self.account, &self.region);
        let mut text = fill(text, &[("{registry}", &own), ("{account}", &self.account), ("{region}", &self.region)]);
        while let Some((before, rest)) = text.split_once("{digest:") {
            let (name, after) = rest.split_once('}').ok_or_else(|| format!("`{{digest:{rest}` has no end"))?;
            let found = self.images.iter().find(|image| image.is_named(name));
            let image = found.ok_or_else(|| format!("no image `{name}` to take a digest of"))?;
            text = format!("{before}{}{after}", image.digest);
        }
        Ok(text)
    }

    /// Whether a server takes signed calls, and so may be shown a session token.
    fn is_aws(call: &Call) -> bool {
        let signs = matches!(call.wire, Wire::Json | Wire::Query | Wire::RestJson | Wire::S3);
        signs && (call.host.ends_with("amazonaws.com") || catalog::service_of(&call.host).is_some())
    }
}

/// One request at a server, read.
pub fn read<'a>(request: &'a Request, site: &Site, asked: Option<&str>, home: &str) -> Call<'a> {
    Call::read(request, site, asked, home)
}

fn holdings(scenario: &Scenario) -> Holdings {
    let held = Holdings {
        secrets: scenario.secrets.clone(),
        parameters: scenario.parameters.clone(),
        log_groups: scenario.log_groups.clone(),
        buckets: scenario.buckets.clone(),
        objects: scenario.objects.clone(),
        registries: scenario.registries.clone(),
        images: scenario.images.clone(),
    };
    held.with_the_usual()
}

fn own_registry(account: &str, region: &str) -> String {
    format!("{account}.dkr.ecr.{region}.{}", catalog::partition(region).suffix)
}

/// The role that ECR reads its layers with, as denials name it.
fn layer_signer(region: &str) -> String {
    let partition = catalog::partition(region).id;
    format!("arn:{partition}:sts::812812325446:assumed-role/storage-access-role-prod-{region}/{region}-prod-storage")
}

/// Fills names in; `{huge}` is always one of them.
fn fill(text: &str, names: &[(&str, &str)]) -> String {
    let filled = names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
    if filled.contains("{huge}") { filled.replace("{huge}", &"x".repeat(100 * 1024)) } else { filled }
}

#[cfg(test)]
mod tests;
