//! A signed call for the plain client that figures are compared with.

use std::time::SystemTime;

use super::sigv4::{self, Scope};
use super::{Cloud, clock};
use crate::http::Request;
use crate::world::World;

/// The headers and the body of a signed call.
pub struct Signed {
    /// Each with the end of its line.
    pub headers: String,
    /// The body.
    pub body: String,
}

/// A call for ECR's token.
pub fn sign(world: &World, host: &str) -> Signed {
    let identity = &world.cloud.identity;
    let moment = clock::basic(SystemTime::now());
    let target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
    let headers = format!(
        "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: {target}\r\nX-Amz-Date: {moment}\r\n\
         X-Amz-Security-Token: {}\r\n",
        identity.key.token
    );
    let body = "{}".to_owned();
    let request = Request::parse(&format!("POST / HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n"));
    let scope = Scope { day: moment[..8].to_owned(), region: world.region().to_owned(), service: "ecr".to_owned() };
    let names = ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"].map(str::to_owned);
    let canonical = sigv4::canonical(&request, &scope, &names, &sigv4::sha256(body.as_bytes()));
    let signature = sigv4::signature(&identity.key.secret, &scope, &sigv4::to_sign(&canonical, &moment, &scope));
    let authorization = format!(
        "Authorization: {} Credential={}/{}, SignedHeaders={}, Signature={signature}\r\n",
        sigv4::ALGORITHM,
        identity.key.id,
        scope.text(),
        names.join(";")
    );
    Signed { headers: headers + &authorization, body }
}

impl Cloud {
    /// Host, repository and tag of an image of the scenario.
    pub fn place_of(&self, reference: &str) -> Option<(String, String, String)> {
        let image = self.images.iter().find(|image| image.is_named(reference))?;
        Some((image.host.clone(), image.repository.clone(), image.tag.clone()))
    }
}
