//! What a scenario asks of the services and would silently do nothing.

use super::Cloud;
use super::api::OPERATIONS;
use super::vault::Allowed;
use crate::scenario::{Act, Fault};

/// Actions that are no operations of a service that speaks JSON.
const MORE_ACTIONS: [&str; 8] = [
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "kms:Decrypt",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "sts:GetCallerIdentity",
];

/// What a place may name beside the operations.
const MORE_OPERATIONS: [&str; 5] = ["GetCallerIdentity", "GET", "HEAD", "POST", "PUT"];

impl Cloud {
    /// Refuses what would do nothing, and notes what the registries want to be shown.
    pub(super) fn verify(&self, faults: &[Fault]) -> Result<(), String> {
        for registry in &self.registries {
            if let (Some(name), None) = (&registry.secret, self.login(registry)) {
                let host = &registry.host;
                return Err(format!("registry {host}: secret `{name}` has no `username` and `password`"));
            }
            if let Some(login) = self.login(registry) {
                let hosts = [Some(&registry.host), registry.token_host.as_ref()];
                let hosts = hosts.into_iter().flatten().cloned().collect();
                self.vault.keep("registry credentials", &login, Allowed::Hosts(hosts));
            }
        }
        if let Some(image) = self.images.iter().find(|image| image.platform.is_empty()) {
            return Err(format!("image {}: it has no platform", image.name));
        }
        faults.iter().try_for_each(|fault| self.verify_fault(fault))
    }

    fn verify_fault(&self, fault: &Fault) -> Result<(), String> {
        let operation =
            |name: &str| OPERATIONS.iter().any(|(_, known, _)| *known == name) || MORE_OPERATIONS.contains(&name);
        let action = |name: &str| {
            let known = |(service, operation, _): &(&str, &str, _)| format!("{service}:{operation}") == name;
            OPERATIONS.iter().any(known) || MORE_ACTIONS.contains(&name)
        };
        if let Some(name) = fault.place.action.as_deref().filter(|name| !operation(name)) {
            return Err(format!("fault {:?}: the lab knows no operation `{name}`", fault.what));
        }
        if let Act::Denied(denial) = &fault.what
            && !action(&denial.action)
        {
            return Err(format!("the lab knows no action `{}` that a policy could forbid", denial.action));
        }
        let has_layer =
            |layer| self.images.iter().flat_map(|image| image.blobs.values()).any(|blob| blob.layer == Some(layer));
        match fault.place.layer.filter(|&layer| !has_layer(layer)) {
            Some(layer) => Err(format!("fault {:?}: no image has a layer {layer}", fault.what)),
            None => Ok(()),
        }
    }

    /// Every host that a registry or an image needs.
    pub fn hosts(&self) -> Vec<String> {
        let registries = self.registries.iter().flat_map(|registry| {
            let moved = [&registry.token_host, &registry.token_moved, &registry.manifest_host, &registry.blob_host];
            std::iter::once(&registry.host).chain(moved.into_iter().flatten())
        });
        let images = self.images.iter().flat_map(|image| {
            let layers = image.blobs.values().filter_map(|blob| blob.host.as_ref());
            [&image.host].into_iter().chain(layers)
        });
        registries.chain(images).cloned().collect()
    }
}
