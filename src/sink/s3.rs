//! One object of S3.

use super::remote::{Answer, Https, Remote, Request};
use super::{Rendered, Sink};
use crate::aws::{element, encoded_path};

/// Put the whole copy.
pub(super) async fn write<H: Https>(remote: &Remote<H>, bucket: &str, key: &str, copy: Rendered) -> Result<(), String> {
    let (host, path_and_query) = address(&remote.s3_host, bucket, key);
    let headers = vec![("content-type".to_owned(), copy.content_type.to_owned())];
    let request = Request { method: "PUT", host, path_and_query, headers, body: copy.text.into_bytes() };
    let failed = |why: &str| format!("write {}: {why}", Sink::S3 { bucket: bucket.to_owned(), key: key.to_owned() });
    let answer = remote.call("s3", request).await.map_err(|why| failed(&why))?;
    match answer.is_success() {
        // A page of something on the way is a success too, and nothing is kept by it.
        true if answer.header("etag").or_else(|| answer.header("x-amz-request-id")).is_none() => {
            Err(failed("what answers is not S3: it names neither an ETag nor a request id"))
        }
        true => Ok(()),
        false => Err(failed(&told(remote, &answer, bucket))),
    }
}

/// The bucket before the host, so that its requests go where it is; a name with dots fits no certificate there.
fn address(s3_host: &str, bucket: &str, key: &str) -> (String, String) {
    if bucket.contains('.') {
        (s3_host.to_owned(), format!("/{bucket}/{}", encoded_path(key)))
    } else {
        (format!("{bucket}.{s3_host}"), format!("/{}", encoded_path(key)))
    }
}

/// What S3 said, and what to do about it.
fn told<H: Https>(remote: &Remote<H>, answer: &Answer, bucket: &str) -> String {
    let region = remote.region.as_str();
    // Named in a header by most refusals, in the document by a signature for the wrong Region.
    let there = answer.header("x-amz-bucket-region").map(str::to_owned).or_else(|| element(&answer.body, "Region"));
    if let Some(there) = there.filter(|there| there != region && is_region(there)) {
        return format!("bucket {bucket} is in {there}, and copies stay in {region}: name a bucket of {region}");
    }
    let (code, message) = (element(&answer.body, "Code"), element(&answer.body, "Message"));
    let refusal = remote.refused(answer, code.as_deref(), message.as_deref());
    if refusal.code == "NoSuchBucket" {
        return format!("there is no bucket {bucket}");
    }
    refusal.told(&format!("s3:PutObject on {bucket}'s keys (and kms:GenerateDataKey where it has a key of its own)"))
}

/// Words of others are only believed to be a Region where they look like one.
fn is_region(word: &str) -> bool {
    word.len() <= 40
        && word.contains('-')
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests;
