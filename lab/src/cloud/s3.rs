//! S3: objects, read and written with a signature.

use super::call::Call;
use super::image::Blob;
use super::layer::Content;
use super::policy::{refusal, refuse, store};
use super::{Cloud, auth, blob, policy, sigv4};
use crate::catalog;
use crate::http::{Response, unsigned};
use crate::scenario::{Denial, Policy};

/// Bucket and key of a request, by the host or by the path.
fn named(call: &Call) -> (String, String) {
    let path = sigv4::unescape(call.request.path().trim_start_matches('/'));
    let by_host = call.host.split_once(".s3").filter(|(_, rest)| rest.starts_with(['.', '-']));
    match by_host {
        Some((bucket, _)) => (bucket.to_owned(), path),
        None => path
            .split_once('/')
            .map_or((path.clone(), String::new()), |(bucket, key)| (bucket.to_owned(), key.to_owned())),
    }
}

/// The action that a request needs; a presigned one is made by ECR's own role.
pub fn permissions(call: &Call) -> Vec<(String, String)> {
    let (bucket, key) = named(call);
    let partition = catalog::partition(&call.region).id;
    let object = format!("arn:{partition}:s3:::{bucket}/{key}");
    let action = match (call.request.method.as_str(), key.is_empty()) {
        ("GET" | "HEAD", false) => ("s3:GetObject", object),
        ("PUT", false) => ("s3:PutObject", object),
        _ if call.request.query().contains("location") => {
            ("s3:GetBucketLocation", format!("arn:{partition}:s3:::{bucket}"))
        }
        _ => ("s3:ListBucket", format!("arn:{partition}:s3:::{bucket}")),
    };
    vec![(action.0.to_owned(), action.1)]
}

impl Cloud {
    /// Answers as S3 does to whom it knows.
    pub(super) fn store(&self, call: &Call) -> Response {
        if !auth::is_signed(call) {
            return unsigned::answer(call.request, call.wire, &call.host, &call.region);
        }
        if let Err(refused) = auth::verify(call, &self.identity) {
            return *refused;
        }
        if let Some(refused) = self.forbidden(call) {
            return refused;
        }
        let (bucket, key) = named(call);
        let Some(region) = self.state().buckets.get(&bucket).cloned() else {
            let more = format!("<BucketName>{bucket}</BucketName>");
            return store(call, &refusal(404, "NoSuchBucket", "The specified bucket does not exist"), &more);
        };
        if region != call.region {
            return elsewhere(call, &bucket, &region);
        }
        match (call.request.method.as_str(), key.is_empty()) {
            ("GET" | "HEAD", false) => self.get_object(call, &bucket, &key),
            ("PUT", false) => self.put_object(call, bucket, key),
            ("HEAD", true) => marked(Response::empty(200), call).header("x-amz-bucket-region", &region),
            ("GET", true) if call.request.query().contains("location") => location(call, &region),
            _ => refuse(
                call,
                &refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented"),
            ),
        }
    }

    fn get_object(&self, call: &Call, bucket: &str, key: &str) -> Response {
        let found = self.state().objects.get(&(bucket.to_owned(), key.to_owned())).cloned();
        match found {
            Some(bytes) => blob::answer(call, &Blob { content: Content::Given(bytes), layer: None, host: None }),
            None if self.state().unlisted.contains(bucket) => {
                let arn = format!("arn:{}:s3:::{bucket}", catalog::partition(&call.region).id);
                let list = Denial { action: "s3:ListBucket".to_owned(), by: Policy::Identity, resource: None };
                refuse(call, &policy::denial(&list, &self.identity.user_arn, &arn, call.wire))
            }
            None => {
                let more = format!("<Key>{}</Key>", policy::escape(key));
                store(call, &refusal(404, "NoSuchKey", "The specified key does not exist."), &more)
            }
        }
    }

    fn put_object(&self, call: &Call, bucket: String, key: String) -> Response {
        let content = call.request.content();
        let tag = sigv4::sha256(&content)[..32].to_owned();
        let mut state = self.state();
        state.objects.insert((bucket.clone(), key.clone()), content);
        state.written.insert((bucket, key));
        marked(Response::empty(200), call)
            .header("ETag", &format!("\"{tag}\""))
            .header("x-amz-server-side-encryption", "AES256")
    }
}

fn marked(response: Response, call: &Call) -> Response {
    response
        .header("x-amz-request-id", &call.id())
        .header("x-amz-id-2", "bGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQ=")
        .header("Server", "AmazonS3")
}

/// S3 sends whoever asks in the wrong region to the right one.
fn elsewhere(call: &Call, bucket: &str, region: &str) -> Response {
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all \
                   future requests to this endpoint.";
    let endpoint = format!("{bucket}.s3.{region}.{}", catalog::partition(region).suffix);
    let more = format!("<Endpoint>{endpoint}</Endpoint><Bucket>{bucket}</Bucket>");
    store(call, &refusal(301, "PermanentRedirect", message), &more).header("x-amz-bucket-region", region)
}

fn location(call: &Call, region: &str) -> Response {
    let inner = if region == "us-east-1" { "" } else { region };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         {inner}</LocationConstraint>"
    );
    marked(Response::new(200, "application/xml", body), call)
}
