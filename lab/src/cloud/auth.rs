//! Whether a signed call is who it says, and AWS's words where it is not.

use std::time::Duration;

use super::call::Call;
use super::clock;
use super::identity::{Identity, Key};
use super::policy::{escape, refusal, refuse, store};
use super::sigv4::{self, Claim};
use crate::catalog::Wire;
use crate::http::Response;
use crate::scenario::{Act, Refusal};

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// Whether a request carries a signature at all.
pub fn is_signed(call: &Call) -> bool {
    call.request.header("authorization").is_some_and(|value| value.starts_with(sigv4::ALGORITHM))
}

/// Verifies a signed call; the answer is the service's refusal.
pub fn verify(call: &Call, identity: &Identity) -> Result<(), Box<Response>> {
    let header = call.request.header("authorization").unwrap_or_default();
    let Some(claim) = Claim::from_header(header) else {
        return no(call, &malformed(call));
    };
    known(call, &claim, identity)?;
    let moment = call.request.header("x-amz-date").unwrap_or_default();
    on_time(call, moment)?;
    scoped(call, &claim)?;
    let payload = payload(call)?;
    matches(call, &claim, &identity.key, moment, &payload)
}

fn no<T>(call: &Call, refusal: &Refusal) -> Result<T, Box<Response>> {
    Err(Box::new(refuse(call, refusal)))
}

fn malformed(call: &Call) -> Refusal {
    let message = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.";
    match call.wire {
        Wire::S3 => refusal(400, "AuthorizationHeaderMalformed", message),
        _ => refusal(400, "IncompleteSignatureException", message),
    }
}

fn known(call: &Call, claim: &Claim, identity: &Identity) -> Result<(), Box<Response>> {
    let token = call.request.header("x-amz-security-token");
    if !identity.known() || claim.key != identity.key.id || token != Some(identity.key.token.as_str()) {
        return no(call, &stranger(call.wire));
    }
    if identity.expired() {
        return no(call, &ended(call.wire));
    }
    Ok(())
}

fn stranger(wire: Wire) -> Refusal {
    match wire {
        Wire::S3 => {
            refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        }
        Wire::Query => refusal(403, "InvalidClientTokenId", "The security token included in the request is invalid"),
        _ => refusal(400, "UnrecognizedClientException", "The security token included in the request is invalid."),
    }
}

fn ended(wire: Wire) -> Refusal {
    match wire {
        Wire::S3 => refusal(400, "ExpiredToken", "The provided token has expired."),
        Wire::Query => refusal(403, "ExpiredToken", "The security token included in the request is expired"),
        _ => refusal(400, "ExpiredTokenException", "The security token included in the request is expired"),
    }
}

fn on_time(call: &Call, moment: &str) -> Result<(), Box<Response>> {
    let Some(at) = clock::parse(moment) else {
        return no(call, &malformed(call));
    };
    let late = call.has(|act| matches!(act, Act::SignatureExpired));
    let now = if late { at + Duration::from_mins(20) } else { call.now };
    let (off, behind) = clock::off(at, now);
    let minutes = if call.wire == Wire::S3 { 15 } else { 5 };
    let most = Duration::from_mins(minutes);
    if off <= most {
        return Ok(());
    }
    let (clock, edge) = (clock::basic(now), clock::basic(if behind { now - most } else { now + most }));
    let message = if behind {
        format!("Signature expired: {moment} is now earlier than {edge} ({clock} - {minutes} min.)")
    } else {
        format!("Signature not yet current: {moment} is still later than {edge} ({clock} + {minutes} min.)")
    };
    let skewed = "The difference between the request time and the current time is too large.";
    no(
        call,
        &match call.wire {
            Wire::S3 => refusal(403, "RequestTimeTooSkewed", skewed),
            Wire::Query => refusal(403, "SignatureDoesNotMatch", &message),
            _ => refusal(400, "InvalidSignatureException", &message),
        },
    )
}

fn scoped(call: &Call, claim: &Claim) -> Result<(), Box<Response>> {
    let wrong = if claim.scope.region != call.region {
        format!("Credential should be scoped to a valid region, not '{}'. ", claim.scope.region)
    } else if claim.scope.service != call.signing {
        format!("Credential should be scoped to correct service: '{}'. ", call.signing)
    } else {
        return Ok(());
    };
    no(
        call,
        &match call.wire {
            Wire::S3 => refusal(400, "AuthorizationHeaderMalformed", &wrong),
            Wire::Query => refusal(403, "SignatureDoesNotMatch", &wrong),
            _ => refusal(400, "InvalidSignatureException", &wrong),
        },
    )
}

/// The hash of the body that is signed.
fn payload(call: &Call) -> Result<String, Box<Response>> {
    let own = sigv4::sha256(&call.request.body);
    if call.wire != Wire::S3 {
        return Ok(own);
    }
    let missing = "Missing required header for this request: x-amz-content-sha256";
    let Some(said) = call.request.header("x-amz-content-sha256") else {
        return no(call, &refusal(400, "InvalidRequest", missing));
    };
    // Chunks are signed one by one, or only have a checksum; the head's signature covers that it is so.
    if said == UNSIGNED || said == own || said.starts_with("STREAMING-") {
        return Ok(said.to_owned());
    }
    let other = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    no(call, &refusal(400, "XAmzContentSHA256Mismatch", other))
}

fn matches(call: &Call, claim: &Claim, key: &Key, moment: &str, payload: &str) -> Result<(), Box<Response>> {
    let canonical = sigv4::canonical(call.request, &claim.scope, &claim.signed, payload);
    let to_sign = sigv4::to_sign(&canonical, moment, &claim.scope);
    let needed = ["host", "x-amz-date", "x-amz-security-token"];
    let covered = needed.iter().all(|name| claim.signed.iter().any(|own| own == name));
    if covered && sigv4::signature(&key.secret, &claim.scope, &to_sign) == claim.signature {
        return Ok(());
    }
    Err(Box::new(mismatch(call, claim, &canonical, &to_sign)))
}

/// AWS quotes what it would have signed, and the session token stands in it.
fn mismatch(call: &Call, claim: &Claim, canonical: &str, to_sign: &str) -> Response {
    let words = "The request signature we calculated does not match the signature you provided.";
    if call.wire == Wire::S3 {
        let more = format!(
            "<AWSAccessKeyId>{}</AWSAccessKeyId><StringToSign>{}</StringToSign><SignatureProvided>{}</SignatureProvided>\
             <CanonicalRequest>{}</CanonicalRequest>",
            claim.key,
            escape(to_sign),
            escape(&claim.signature),
            escape(canonical)
        );
        let words = format!("{words} Check your key and signing method.");
        return store(call, &refusal(403, "SignatureDoesNotMatch", &words), &more);
    }
    let message = format!(
        "{words} Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n\
         The Canonical String for this request should have been\n'{canonical}'\n\nThe String-to-Sign should have been\n\
         '{to_sign}'\n"
    );
    match call.wire {
        Wire::Query => refuse(call, &refusal(403, "SignatureDoesNotMatch", &message)),
        _ => refuse(call, &refusal(400, "InvalidSignatureException", &message)),
    }
}
