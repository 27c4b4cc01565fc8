//! The pull of one image, step by step: credentials, manifest, then configuration and layers.

use std::sync::Arc;

use reqwest::Url;
use serde_json::Value;

use super::challenge::{self, Challenge};
use super::line::{Line, MOST_BODY, part};
use super::log::Log;
use super::manifest::{self, Manifest};
use super::redirect::Target;
use super::{Left, layers};
use crate::net::{Net, Reply, Request};
use crate::observation::{Blob, Held, Part, Why};
use crate::plan::{Check, ImageRef, manifest_host, token_host};
use crate::probe::Shared;

/// Indexes that may lead to an index.
const MOST_INDEXES: usize = 3;

/// How the registry lets us in.
#[derive(Clone)]
pub(super) enum Login {
    /// It asks for nothing.
    Open,
    /// The header `Authorization`, for the registry's host alone.
    Header(Arc<str>),
}

/// What the layers' step needs.
pub(super) struct Contents {
    pub(super) config: Blob,
    pub(super) layers: Vec<Blob>,
}

/// Pull an image: the manifest's step, then that of the layers.
pub(super) async fn pull<N: Net>(
    shared: &Arc<Shared<N>>,
    check: &Check,
    layers: Option<&Check>,
    image: &ImageRef,
) -> Left {
    let (mut log, mut below) = (Log::default(), Log::default());
    let contents = fetch_manifest(shared, check, image, &mut log).await;
    match (contents, Line::of_step(shared, check)) {
        (Some((contents, login)), Some(line)) => {
            layers::fetch(shared, line, image, &login, contents, &mut below).await;
        }
        _ => below.not_tried(part(Part::LayerBlob, ""), log.why_not().unwrap_or(Why::BelowFailed)),
    }
    let mut left = vec![(check.id.clone(), log.into_attempts())];
    left.extend(layers.map(|check| (check.id.clone(), below.into_attempts())));
    left
}

async fn fetch_manifest<N: Net>(
    shared: &Arc<Shared<N>>,
    check: &Check,
    image: &ImageRef,
    log: &mut Log,
) -> Option<(Contents, Login)> {
    let line = Line::of_step(shared, check)?;
    let name = image.digest.as_deref().or(image.tag.as_deref()).unwrap_or("latest");
    let login = match log_in(shared, &line, check, image, log).await {
        Ok(login) => login,
        Err(why) => {
            log.not_tried(part(Part::ManifestHead, name), why);
            return None;
        }
    };
    let registry = Registry { shared, line, image, login };
    let contents = registry.contents(log, name).await?;
    Some((contents, registry.login))
}

/// Get in as the registry asks for it. An error is why the manifest can't be asked for.
async fn log_in<N: Net>(
    shared: &Arc<Shared<N>>,
    line: &Line<'_, N>,
    check: &Check,
    image: &ImageRef,
    log: &mut Log,
) -> Result<Login, Why> {
    // The ladder's unsigned question to a registry is the ping, and its answer the challenge.
    let challenge = line.challenge().await?;
    if let Some(ecr) = &image.ecr {
        let is_theirs = |ladder: &&Check| {
            ladder.service == Some("ecr.api") && ladder.step.is_none() && ladder.region.as_ref() == Some(&ecr.region)
        };
        let ladder = shared.plan.checks.iter().find(is_theirs);
        let promise = ladder.and_then(|ladder| shared.replay.tokens.get(&ladder.id)).ok_or(Why::OurFault)?;
        let token = shared.stop.or(promise.kept()).await?.flatten();
        // The token is Basic credentials already, used as it came.
        return match token {
            Some(token) => Ok(Login::Header(format!("Basic {token}").into())),
            None if shared.credentials().await.is_some() => Err(Why::BelowFailed),
            None => Err(Why::NoCredentials),
        };
    }
    let basic = match shared.replay.logins.get(&image.reference) {
        // The platform would not go on without them either.
        Some(promise) => Some(shared.stop.or(promise.kept()).await?.flatten().ok_or(no_login(shared).await)?),
        None => None,
    };
    match challenge.as_deref().map(challenge::read) {
        None => Ok(Login::Open),
        Some(Challenge::Basic) => Ok(basic.map_or(Login::Open, |basic| Login::Header(format!("Basic {basic}").into()))),
        Some(Challenge::Bearer { realm, service }) => {
            let token = bearer(shared, check, image, log, &realm, service.as_deref(), basic.as_deref()).await;
            token.map(Login::Header).ok_or_else(|| shared.stop.why().unwrap_or(Why::BelowFailed))
        }
        // Nothing is known to answer it with: the manifest's own answer tells.
        Some(Challenge::Unknown) => Ok(Login::Open),
    }
}

/// Why user and password of a registry did not come.
async fn no_login<N: Net>(shared: &Shared<N>) -> Why {
    if shared.plan.replay.read_only {
        Why::NotAsked
    } else if shared.credentials().await.is_none() {
        Why::NoCredentials
    } else {
        Why::BelowFailed
    }
}

/// The token of another service, as the registry's challenge names it.
async fn bearer<N: Net>(
    shared: &Arc<Shared<N>>,
    check: &Check,
    image: &ImageRef,
    log: &mut Log,
    realm: &str,
    service: Option<&str>,
    basic: Option<&str>,
) -> Option<Arc<str>> {
    let asked = part(Part::RegistryToken, "");
    let target = Url::parse(realm).map_err(|_| "it leads to what is no address".to_owned()).and_then(|mut url| {
        {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(service.map(|service| ("service", service)));
            query.append_pair("scope", &format!("repository:{}:pull", image.repository));
        }
        Target::to(url)
    });
    let target = match target {
        Ok(target) => target,
        Err(why) => {
            unusable_challenge(shared, check, log, &why).await;
            return None;
        }
    };
    let is_same = target.host == check.host && target.port == check.port;
    let line = if is_same {
        Line::of_step(shared, check)?
    } else {
        let id = token_host(&target.host, target.port);
        let Some(line) = Line::to_host(shared, id, &target.host, target.port) else {
            log.not_tried(asked, Why::TooMany);
            return None;
        };
        line
    };
    let headers = basic.map(|basic| ("authorization".to_owned(), format!("Basic {basic}"))).into_iter().collect();
    let request = Request { method: "GET", host: line.authority(), target: target.target, headers, body: Vec::new() };
    let (reply, body) = line.ask_onward(log, asked, request, token_host).await?;
    if reply.response.status != 200 {
        return None;
    }
    let value: Option<Value> = crate::json::read(&body);
    let token = value.as_ref().and_then(|value| value["token"].as_str().or_else(|| value["access_token"].as_str()));
    let Some(token) = token.filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()))
    else {
        log.unusable("it holds no token");
        return None;
    };
    log.held(Held::Token);
    shared.replay.scrubber.add(token);
    Some(format!("Bearer {token}").into())
}

/// The registry's challenge can't be answered: it is asked for once more, so that what is wrong with it stands with the step.
async fn unusable_challenge<N: Net>(shared: &Arc<Shared<N>>, check: &Check, log: &mut Log, why: &str) {
    let Some(line) = Line::of_step(shared, check) else { return };
    let ping = request("GET", line.authority(), "/v2/".to_owned(), &Login::Open);
    if line.ask(log, part(Part::Ping, ""), &ping).await.is_some() {
        log.unusable(format!("of its challenge (WWW-Authenticate), {why}"));
    }
}

/// A registry that let us in, and an image of it.
struct Registry<'a, N: Net> {
    shared: &'a Arc<Shared<N>>,
    line: Line<'a, N>,
    image: &'a ImageRef,
    login: Login,
}

/// A request to a registry's host, with what lets us in there.
pub(super) fn request(method: &'static str, host: String, target: String, login: &Login) -> Request {
    let mut headers = Vec::new();
    if let Login::Header(header) = login {
        headers.push(("authorization".to_owned(), header.to_string()));
    }
    Request { method, host, target, headers, body: Vec::new() }
}

impl<N: Net> Registry<'_, N> {
    async fn ask(&self, log: &mut Log, which: Part, method: &'static str, name: &str) -> Option<(Reply, Vec<u8>)> {
        let target = format!("/v2/{}/manifests/{name}", self.image.repository);
        let mut request = request(method, self.line.authority(), target, &self.login);
        request.headers.push(("accept".to_owned(), manifest::ACCEPT.to_owned()));
        self.line.ask_onward(log, part(which, name), request, manifest_host).await
    }

    /// The manifest for the task's platform: by name, by digest, through an index.
    async fn contents(&self, log: &mut Log, name: &str) -> Option<Contents> {
        let (named, _) = self.ask(log, Part::ManifestHead, "HEAD", name).await?;
        let said = named.header("docker-content-digest").filter(|digest| manifest::is_digest(digest));
        // An answer to HEAD has no words, so what is refused is asked for once more with GET.
        let mut next = match (named.response.status, said) {
            (200, Some(digest)) => digest.to_owned(),
            _ => name.to_owned(),
        };
        for _ in 0..=MOST_INDEXES {
            let (reply, body) = self.ask(log, Part::Manifest, "GET", &next).await?;
            if reply.response.status != 200 {
                return None;
            }
            match self.read(&reply, &body, &next) {
                Err(why) => {
                    log.unusable(why);
                    return None;
                }
                Ok((manifest, held)) => {
                    log.held(held);
                    match manifest {
                        Manifest::Image { config, layers } => return Some(Contents { config, layers }),
                        Manifest::Index { chosen } => next = chosen?,
                    }
                }
            }
        }
        log.unusable("it is an index that leads to further indexes without an end");
        None
    }

    fn read(&self, reply: &Reply, body: &[u8], asked: &str) -> Result<(Manifest, Held), String> {
        if body.len() > MOST_BODY {
            return Err(format!("it is longer than the {} MiB that container engines accept", MOST_BODY >> 20));
        }
        if !reply.response.complete {
            return Err("it broke off".to_owned());
        }
        let came = manifest::digest_of(body);
        if manifest::is_digest(asked) && came != asked {
            return Err(format!("its digest is {came}"));
        }
        manifest::read(body, reply.header("content-type"), &self.shared.plan.replay.platform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_alone_is_shown_what_lets_us_in() {
        let with = request("GET", "h".to_owned(), "/v2/".to_owned(), &Login::Header("Basic x".into()));
        assert_eq!(with.headers, [("authorization".to_owned(), "Basic x".to_owned())]);
        assert!(request("GET", "h".to_owned(), "/".to_owned(), &Login::Open).headers.is_empty());
    }
}
