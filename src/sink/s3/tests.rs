use super::*;
use crate::sink::tests::{Fake, Reply, remote, rendered};

async fn written(fake: &Fake, bucket: &str, key: &str) -> Result<(), String> {
    write(&remote(fake).await, bucket, key, rendered("copy")).await
}

#[tokio::test]
async fn a_copy_is_one_object_with_its_type() {
    let table = [
        ("bucket", "a/b c+ü.json", "bucket.s3.eu-west-1.amazonaws.com/a/b%20c%2B%C3%BC.json"),
        ("my.bucket", "k", "s3.eu-west-1.amazonaws.com/my.bucket/k"),
        ("bucket", "/../k?x#y", "bucket.s3.eu-west-1.amazonaws.com//../k%3Fx%23y"),
    ];
    for (bucket, key, place) in table {
        let fake = Fake::answering([Reply::Answer(200, "")]);
        written(&fake, bucket, key).await.unwrap();
        assert_eq!(fake.asked(), [("PUT".to_owned(), place.to_owned(), "copy".to_owned())]);
        assert_eq!(fake.header(0, "content-type").as_deref(), Some("text/plain; charset=utf-8"));
        let authorization = fake.header(0, "authorization").unwrap();
        assert!(authorization.contains("/eu-west-1/s3/aws4_request, SignedHeaders=content-type;host;x-amz-content-"));
        let digest = "6f5a6034e770acbfb3f797e6a7eb7948d470d45f9928f92b7d72dc7c45e6d0cd";
        assert_eq!(fake.header(0, "x-amz-content-sha256").as_deref(), Some(digest));
    }
}

#[tokio::test]
async fn what_is_refused_is_said_with_what_to_do() {
    let there = "bucket b12 is in us-east-1, and copies stay in eu-west-1: name a bucket of eu-west-1";
    let needed = "the role needs s3:PutObject on b12's keys (and kms:GenerateDataKey where it has a key of its own), \
                  and the VPC endpoint's policy must allow it";
    let denied =
        "<Error><Code>AccessDenied</Code><Message>no VPC endpoint policy allows the s3:PutObject action</Message>";
    let table = [
        (Reply::Header(301, ("x-amz-bucket-region", "us-east-1")), there.to_owned()),
        (Reply::Header(307, ("x-amz-bucket-region", "us-east-1")), there.to_owned()),
        (Reply::Answer(400, "<Code>AuthorizationHeaderMalformed</Code><Region>us-east-1</Region>"), there.to_owned()),
        (Reply::Header(403, ("x-amz-bucket-region", "eu-west-1")), "status 403 and no word of AWS".to_owned()),
        (Reply::Header(301, ("x-amz-bucket-region", "Evil\u{1b}-1")), "status 301 and no word of AWS".to_owned()),
        (Reply::Answer(404, "<Error><Code>NoSuchBucket</Code></Error>"), "there is no bucket b12".to_owned()),
        (
            Reply::Answer(403, denied),
            format!("AccessDenied: no VPC endpoint policy allows the s3:PutObject action: {needed}"),
        ),
        (
            Reply::Answer(403, "<Code>SignatureDoesNotMatch</Code><Message>No.</Message><StringToSign>wJalr"),
            "SignatureDoesNotMatch: No: the credentials are not accepted; are they current, and the clock right?"
                .to_owned(),
        ),
        (Reply::Lost("look up b12.s3: SERVFAIL"), "look up b12.s3: SERVFAIL".to_owned()),
    ];
    for (reply, why) in table {
        assert_eq!(written(&Fake::answering([reply]), "b12", "k").await, Err(format!("write s3://b12/k: {why}")));
    }
}
