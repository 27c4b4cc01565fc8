//! Presigned addresses: the lab signs them as ECR does, and holds what comes back against that.

use std::time::{Duration, SystemTime};

use super::call::Call;
use super::clock;
use super::identity::Key;
use super::policy::{refusal, store};
use super::sigv4::{self, Claim, Scope};
use super::vault::{Allowed, Vault};
use crate::http::{Request, Response};
use crate::scenario::Act;

/// How long they hold, as ECR writes it.
const SECONDS: u64 = 3600;

/// The path and query of a presigned GET.
pub fn target(key: &Key, vault: &Vault, host: &str, region: &str, path: &str) -> String {
    let moment = clock::basic(SystemTime::now());
    let scope = Scope { day: moment[..8].to_owned(), region: region.to_owned(), service: "s3".to_owned() };
    let query = format!(
        "X-Amz-Security-Token={}&X-Amz-Algorithm={}&X-Amz-Date={moment}&X-Amz-SignedHeaders=host&X-Amz-Expires={SECONDS}\
         &X-Amz-Credential={}",
        sigv4::escape(&key.token),
        sigv4::ALGORITHM,
        sigv4::escape(&format!("{}/{}", key.id, scope.text()))
    );
    let request = Request::parse(&format!("GET {path}?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
    let canonical = sigv4::canonical(&request, &scope, &["host".to_owned()], "UNSIGNED-PAYLOAD");
    let signature = sigv4::signature(&key.secret, &scope, &sigv4::to_sign(&canonical, &moment, &scope));
    vault.keep("presigned signature", &signature, Allowed::Anywhere);
    format!("{path}?{query}&X-Amz-Signature={signature}")
}

/// Verifies what a presigned address says; the answer is the store's refusal.
pub fn verify(call: &Call, key: &Key) -> Result<(), Box<Response>> {
    let no = |status, code: &str, message: &str| Err(Box::new(store(call, &refusal(status, code, message), "")));
    if call.request.header("authorization").is_some() {
        let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
                       parameter or the Authorization header should be specified";
        return no(400, "InvalidArgument", message);
    }
    let query = |name: &str| call.query(name).unwrap_or_default();
    let (moment, signature) = (query("X-Amz-Date"), query("X-Amz-Signature"));
    let claim = Claim::new(&query("X-Amz-Credential"), &query("X-Amz-SignedHeaders"), &signature);
    let (Some(claim), Some(at)) = (claim.filter(|claim| claim.key == key.id), clock::parse(&moment)) else {
        return no(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
    };
    let life = Duration::from_secs(query("X-Amz-Expires").parse().unwrap_or_default());
    if call.has(|act| matches!(act, Act::ExpiredPresign)) || call.now > at + life {
        let more = format!(
            "<X-Amz-Expires>{}</X-Amz-Expires><Expires>{}</Expires><ServerTime>{}</ServerTime>",
            life.as_secs(),
            clock::extended(at + life),
            clock::extended(call.now)
        );
        return Err(Box::new(store(call, &refusal(403, "AccessDenied", "Request has expired"), &more)));
    }
    let canonical = sigv4::canonical(call.request, &claim.scope, &claim.signed, "UNSIGNED-PAYLOAD");
    let to_sign = sigv4::to_sign(&canonical, &moment, &claim.scope);
    if sigv4::signature(&key.secret, &claim.scope, &to_sign) == signature {
        return Ok(());
    }
    let message = "The request signature we calculated does not match the signature you provided. Check your key and \
                   signing method.";
    no(403, "SignatureDoesNotMatch", message)
}
