//! What to do about a registry that no VPC endpoint serves: nothing of AWS's names or endpoints helps there.

use super::Site;
use crate::diagnosis::{Fix, aws};

/// What to do about a finding where the words for AWS's services would mislead; none where they fit.
pub(super) fn of_finding(id: &str, site: &Site) -> Option<Vec<Fix>> {
    let words: &[&str] = match id {
        "public-registry-unreachable" => {
            return Some(vec![
                aws::default_route(&site.plan),
                aws::step(
                    "or copy the image into a private repository of ECR, which VPC endpoints serve, and name that one in the \
                     task definition",
                ),
                cached(site, "or give ECR a pull-through cache rule for it (the first pull needs a way out even so)"),
            ]);
        }
        "throttled" => return Some(throttled(site)),
        "credentials-rejected" => {
            &["see that the user and the token in the secret of repositoryCredentials are still good for that registry"]
        }
        "image-not-found" | "repository-not-found" => {
            &["see that the registry has the image under that name and tag, and that its user may pull it \
             (docker manifest inspect IMAGE)"]
        }
        "service-error" => &["look at the registry's own status page, and try again"],
        "unexpected-answer" | "proxy-set" => {
            &["let the registry's names past the proxy: the platform's own pull uses none"]
        }
        "tls-silent" | "tls-reset" | "tls-name-filtered" => &[
            "let the registry's names through the firewall: its own, and those that it sends to for tokens and layers (of \
             Docker Hub registry-1.docker.io, auth.docker.io and production.cloudflare.docker.com)",
        ],
        "tls-intercepted" => &[
            "take the registry's names out of the TLS inspection",
            "for a registry with a CA of its own: give it a public certificate, or copy the image into ECR",
        ],
        _ => return None,
    };
    Some(words.iter().map(|words| aws::step(*words)).collect())
}

/// The registry counts pulls by address or by user: ask it as somebody, or less often.
fn throttled(site: &Site) -> Vec<Fix> {
    let log_in = aws::step(
        "log in to the registry, which counts anonymous pulls by address (a NAT gateway has one for all tasks): put a user \
         and a token into Secrets Manager and name them as repositoryCredentials in the task definition",
    );
    let keep = cached(site, "or take the image through ECR's pull-through cache, or copy it into a repository of ECR");
    // No user of ECR Public can be named in a task definition.
    if is_ecr_public(site) { vec![keep] } else { vec![log_in, keep] }
}

fn is_ecr_public(site: &Site) -> bool {
    site.facts.image.as_deref().is_some_and(|image| image.starts_with("public.ecr.aws/"))
}

/// A rule for the registries that ECR has rules for.
fn cached(site: &Site, action: &str) -> Fix {
    const CREATE: &str = "ecr create-pull-through-cache-rule --ecr-repository-prefix cached --upstream-registry-url";
    let host = site.facts.image.as_deref().and_then(|image| image.split('/').next());
    match host {
        Some("docker.io" | "registry-1.docker.io") => {
            aws::command(action, &site.region, format!("{CREATE} registry-1.docker.io --credential-arn $SECRET_ARN"))
        }
        Some(host @ "ghcr.io") => {
            aws::command(action, &site.region, format!("{CREATE} {host} --credential-arn $SECRET_ARN"))
        }
        Some(host @ ("public.ecr.aws" | "quay.io" | "registry.k8s.io")) => {
            aws::command(action, &site.region, format!("{CREATE} {host}"))
        }
        Some(_) | None => aws::step(action),
    }
}
