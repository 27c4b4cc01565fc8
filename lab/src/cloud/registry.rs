//! Registries: ECR's, those with a token service, and plain ones.

use serde_json::json;

use super::call::Call;
use super::image::{Document, Image, index_of};
use super::policy::{refusal, refuse};
use super::{Cloud, blob, fill, presign, random};
use crate::catalog::{self, Wire};
use crate::http::{Body, Response, unsigned};
use crate::scenario::{Act, Registry, RegistryAuth};

/// A body that nobody should read to its end.
const HUGE: usize = 40 * 1024 * 1024;

/// What is asked of a repository.
enum Asked<'a> {
    Manifest(&'a str),
    Blob(&'a str),
}

/// Where a registry keeps who may get in.
enum Door<'a> {
    Ecr,
    Other(&'a Registry),
}

impl Door<'_> {
    /// Where a manifest is, if not here.
    fn manifests_elsewhere(&self, call: &Call) -> Option<&str> {
        match self {
            Door::Ecr => None,
            Door::Other(registry) => registry.manifest_host.as_deref().filter(|host| *host != call.host),
        }
    }
}

impl Cloud {
    /// Answers as ECR's registry.
    pub(super) fn ecr_registry(&self, call: &Call) -> Response {
        self.registry(call, &Door::Ecr)
    }

    /// Answers as another registry.
    pub(super) fn other_registry(&self, call: &Call, registry: &Registry) -> Response {
        self.registry(call, &Door::Other(registry))
    }

    fn registry(&self, call: &Call, door: &Door) -> Response {
        let header = call.request.header("authorization").unwrap_or_default();
        if let (Door::Ecr, true) =
            (door, call.has(|act| matches!(act, Act::ExpiredRegistryToken)) && !header.is_empty())
        {
            let message = "Your authorization token has expired. Reauthenticate and try again.";
            return refuse(call, &refusal(403, "DENIED", message));
        }
        let path = call.request.path().to_owned();
        let asked = asked(&path);
        if !self.lets_in(call, door, asked.as_ref().map(|(repository, _)| *repository)) {
            return challenged(call, door, asked.map(|(repository, _)| repository));
        }
        let Some((repository, asked)) = asked else {
            let answer = if path.trim_end_matches('/') == "/v2" { 200 } else { 404 };
            return Response::new(answer, "application/json; charset=utf-8", "{}")
                .header("Docker-Distribution-Api-Version", "registry/2.0");
        };
        if let Some(refused) = self.forbidden(call) {
            return refused;
        }
        let images: Vec<&Image> = self.images_in(call, door, repository).collect();
        if images.is_empty() {
            let message = match door {
                Door::Ecr => format!(
                    "The repository with name '{repository}' does not exist in the registry with id '{}'",
                    account_of(&call.host)
                ),
                Door::Other(_) => "repository name not known to registry".to_owned(),
            };
            return refuse(call, &refusal(404, "NAME_UNKNOWN", &message));
        }
        match asked {
            Asked::Manifest(reference) => match door.manifests_elsewhere(call) {
                Some(host) => redirected(call, host, &call.request.target),
                None => manifest(call, &images, reference),
            },
            Asked::Blob(digest) => self.blob(call, door, &images, digest),
        }
    }

    /// Whether what the request shows opens the door.
    fn lets_in(&self, call: &Call, door: &Door, repository: Option<&str>) -> bool {
        let header = call.request.header("authorization").unwrap_or_default();
        let (scheme, shown) = header.split_once(' ').unwrap_or((header, ""));
        match door {
            Door::Other(registry) if registry.manifest_host.as_ref() == Some(&call.host) => true,
            Door::Ecr => scheme.eq_ignore_ascii_case("basic") && self.is_registry_token(&call.region, shown),
            Door::Other(registry) => match registry.auth {
                RegistryAuth::None => true,
                RegistryAuth::Basic => {
                    scheme.eq_ignore_ascii_case("basic") && self.login(registry).is_none_or(|own| own == shown)
                }
                RegistryAuth::Bearer => {
                    scheme.eq_ignore_ascii_case("bearer") && self.is_bearer_token(&registry.host, repository, shown)
                }
            },
        }
    }

    fn images_in<'a>(&'a self, call: &Call, door: &Door, repository: &str) -> impl Iterator<Item = &'a Image> {
        let host = match door {
            Door::Ecr => plain_host(&call.host),
            Door::Other(registry) => registry.host.clone(),
        };
        self.images.iter().filter(move |image| image.host == host && image.repository == repository)
    }

    fn blob(&self, call: &Call, door: &Door, images: &[&Image], digest: &str) -> Response {
        let Some(found) = images.iter().find_map(|image| image.blobs.get(digest)) else {
            return refuse(call, &refusal(404, "BLOB_UNKNOWN", "blob unknown to registry"));
        };
        let host = match door {
            Door::Ecr => Some(layer_bucket(&call.region)),
            Door::Other(registry) => registry.blob_host.clone(),
        };
        let Some(host) = found.host.clone().or(host).filter(|_| call.request.method != "HEAD") else {
            return blob::answer(call, found).header("Docker-Content-Digest", digest);
        };
        let path = self.path_of(digest);
        redirected(call, &host, &presign::target(&self.storage, &self.vault, &host, &call.region, &path))
    }

    /// A token for a registry, as its token service gives it.
    pub(super) fn token_service(&self, call: &Call, registry: &Registry) -> Response {
        if let Some(host) = registry.token_moved.as_deref().filter(|host| *host != call.host) {
            return redirected(call, host, &call.request.target);
        }
        let shown = call.request.header("authorization").and_then(|header| header.split_once(' '));
        if self.login(registry).is_some_and(|own| shown.is_none_or(|(_, shown)| shown != own)) {
            return Response::new(401, "application/json", r#"{"details":"incorrect username or password"}"#);
        }
        let token = random::token(700);
        self.hand_out_bearer(registry, &call.query("scope").unwrap_or_default(), &token);
        Response::new(200, "application/json", json!({ "token": token, "expires_in": 300 }).to_string())
    }
}

fn asked(path: &str) -> Option<(&str, Asked<'_>)> {
    let rest = path.strip_prefix("/v2/")?;
    let manifest = rest.rsplit_once("/manifests/").map(|(repository, name)| (repository, Asked::Manifest(name)));
    manifest.or_else(|| rest.rsplit_once("/blobs/").map(|(repository, digest)| (repository, Asked::Blob(digest))))
}

/// The host that a repository is known by: the dual-stack and FIPS names are other names of the same registry.
pub fn plain_host(host: &str) -> String {
    match (account_of(host), catalog::service_of(host)) {
        (account, Some((region, service))) if service.wire == Wire::Registry => {
            format!("{account}.dkr.ecr.{region}.{}", catalog::partition(&region).suffix)
        }
        _ => host.to_owned(),
    }
}

/// The account in a registry's host.
pub fn account_of(host: &str) -> &str {
    host.split('.').next().unwrap_or_default()
}

/// Where ECR keeps the layers of a region.
pub fn layer_bucket(region: &str) -> String {
    format!("prod-{region}-starport-layer-bucket.s3.{region}.{}", catalog::partition(region).suffix)
}

fn challenged(call: &Call, door: &Door, repository: Option<&str>) -> Response {
    let response = match door {
        Door::Other(registry) if registry.auth == RegistryAuth::Bearer => {
            let scope = repository.map(|repository| format!("repository:{repository}:pull"));
            unsigned::bearer(&call.host, &realm(registry), scope.as_deref()).for_method(&call.request.method)
        }
        Door::Other(_) => {
            let body = r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":null}]}"#;
            Response::new(401, "application/json", body)
                .header("Docker-Distribution-Api-Version", "registry/2.0")
                .header("Www-Authenticate", "Basic realm=\"Registry\"")
        }
        Door::Ecr => unsigned::registry(call.request, &call.host),
    };
    let Some(texts) = call.acts.iter().find_map(|act| if let Act::Challenge(texts) = act { Some(texts) } else { None })
    else {
        return response;
    };
    let mut response = response;
    response.headers.retain(|(name, _)| name != "Www-Authenticate");
    texts
        .iter()
        .fold(response, |response, text| response.header("Www-Authenticate", &fill(text, &[("{host}", &call.host)])))
}

/// Where a registry's tokens come from.
fn realm(registry: &Registry) -> String {
    format!("https://{}{}", registry.token_host.as_deref().unwrap_or(&registry.host), registry.token_path)
}

/// A manifest by tag or digest, or what a fault makes of it.
fn manifest(call: &Call, images: &[&Image], reference: &str) -> Response {
    let by_tag = images.iter().find(|image| image.tag == reference).map(|image| (*image, image.digest.as_str()));
    let by_digest =
        images.iter().find(|image| image.documents.contains_key(reference)).map(|image| (*image, reference));
    let broken = call.acts.iter().find_map(|act| altered(act, images, by_tag.or(by_digest), reference));
    let found = broken.or_else(|| {
        let (image, digest) = by_tag.or(by_digest)?;
        image.documents.get(digest).map(|document| (digest.to_owned(), document.clone()))
    });
    let Some((digest, document)) = found else {
        return refuse(call, &refusal(404, "MANIFEST_UNKNOWN", "Requested image not found"));
    };
    let digest = if call.has(|act| matches!(act, Act::WrongContentDigest)) { other_digest() } else { digest };
    Response::with_body(200, &document.media_type, Body::Bytes(document.bytes))
        .header("Docker-Distribution-Api-Version", "registry/2.0")
        .header("Docker-Content-Digest", &digest)
        .header("ETag", &format!("\"{digest}\""))
        .for_method(&call.request.method)
}

fn other_digest() -> String {
    format!("sha256:{}", "0123456789abcdef".repeat(4))
}

/// What a fault serves in a manifest's place, and under which digest.
fn altered(act: &Act, images: &[&Image], found: Option<(&Image, &str)>, reference: &str) -> Option<(String, Document)> {
    let image = found.map(|(image, _)| image).or(images.first().copied())?;
    let right = |digest: &str| image.documents.get(digest).cloned();
    // By the broken document's own digest no image is found: it is the broken document that was named.
    let asked = found.map_or(image.digest.as_str(), |(_, digest)| digest);
    match act {
        Act::ManifestHuge => {
            let mut document = right(asked)?;
            document.bytes.resize(HUGE, b' ');
            Some((document.digest(), document))
        }
        Act::ManifestGarbage => {
            let mut document = right(asked)?;
            document.bytes = b"{\"schemaVersion\": 2, \"config\": ]] nonsense".to_vec();
            Some((document.digest(), document))
        }
        Act::ManifestCorrupt => {
            let mut document = right(found?.1)?;
            document.bytes.push(b'\n');
            Some((found?.1.to_owned(), document))
        }
        Act::IndexOfItself => {
            // No document holds its own digest, so whatever digest is asked for, the answer is this one.
            let own = other_digest();
            let digest = if reference.starts_with("sha256:") { reference.to_owned() } else { own.clone() };
            Some((digest, index_of(&own, &image.platform)))
        }
        Act::IndexNested(depth) => nested(image, *depth, found.map(|(_, digest)| digest), reference),
        _ => None,
    }
}

/// The indexes around an image, of which the outermost has its tag.
fn nested(image: &Image, depth: u32, found: Option<&str>, reference: &str) -> Option<(String, Document)> {
    let mut document = image.documents.get(&image.digest)?.clone();
    for _ in 0..depth {
        document = document.indexed(&image.platform);
        if document.digest() == reference {
            return Some((reference.to_owned(), document));
        }
    }
    (found == Some(image.digest.as_str()) && reference == image.tag).then(|| (document.digest(), document))
}

/// A redirect to where the blob is, or where a fault says.
fn redirected(call: &Call, host: &str, target: &str) -> Response {
    let right = format!("https://{host}{target}");
    let own = format!("https://{}{}", call.host, call.request.target);
    let mut location = Some(right);
    for act in &call.acts {
        match act {
            Act::RedirectNowhere => location = None,
            Act::Redirect(text) => {
                location = Some(fill(text, &[("{host}", host), ("{target}", target), ("{self}", &own)]));
            }
            Act::RedirectChain(hops) => {
                let hop: u32 = call.query("hop").and_then(|hop| hop.parse().ok()).unwrap_or_default();
                if hop < *hops {
                    location = Some(format!("https://{}{}?hop={}", call.host, call.request.path(), hop + 1));
                }
            }
            _ => {}
        }
    }
    let response =
        Response::new(307, "text/plain; charset=utf-8", "").header("Docker-Distribution-Api-Version", "registry/2.0");
    match location {
        Some(location) => response.header("Location", &location),
        None => response,
    }
}
