use std::time::Duration;

use super::*;

const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLE//+==";
/// 2026-11-21T10:30:00Z.
const AT: Duration = Duration::from_mins(29_920_950);

/// What botocore 1.44.5 signs with these keys at this time.
struct Vector {
    scope: (&'static str, &'static str),
    request: (&'static str, &'static str, &'static str),
    headers: &'static [(&'static str, &'static str)],
    body: Option<&'static str>,
    token: bool,
    signed_headers: &'static str,
    signature: &'static str,
    digest: Option<&'static str>,
}

const VECTORS: &[Vector] = &[
    Vector {
        scope: ("ecr", "eu-west-1"),
        request: ("POST", "api.ecr.eu-west-1.amazonaws.com", "/"),
        headers: &[
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"),
        ],
        body: Some("{}"),
        token: false,
        signed_headers: "content-type;host;x-amz-date;x-amz-target",
        signature: "52b9d3493fcdb8638e36096eba3d3552b85c6be45a9390b02dc1f1564a3d9e02",
        digest: None,
    },
    Vector {
        scope: ("ecr", "eu-west-1"),
        request: ("POST", "api.ecr.eu-west-1.amazonaws.com", "/"),
        headers: &[
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"),
        ],
        body: Some("{}"),
        token: true,
        signed_headers: "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
        signature: "2ee017028c91a0e571596c0cf298d4fbfafe6bebe2ec3728f005bb8da6d56477",
        digest: None,
    },
    Vector {
        scope: ("sts", "ap-northeast-1"),
        request: ("GET", "sts.ap-northeast-1.amazonaws.com", "/?Action=GetCallerIdentity&Version=2011-06-15"),
        headers: &[],
        body: Some(""),
        token: true,
        signed_headers: "host;x-amz-date;x-amz-security-token",
        signature: "31123bdae9108154209ada97978039531642b8d382403bb7ea4fd13e7c98f5d9",
        digest: None,
    },
    Vector {
        scope: ("sts", "us-gov-west-1"),
        request: ("POST", "sts.us-gov-west-1.amazonaws.com", "/"),
        headers: &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
        body: Some("Action=GetCallerIdentity&Version=2011-06-15"),
        token: false,
        signed_headers: "content-type;host;x-amz-date",
        signature: "243646e4e651bbaac221cbd7afd341dd54995e83f5eec54309defc56310a4c8f",
        digest: None,
    },
    Vector {
        scope: ("s3", "eu-west-1"),
        request: ("GET", "bucket.s3.eu-west-1.amazonaws.com", "/env//a%20b%2Bc/%C3%BC~%27%28.%29/../x.env"),
        headers: &[],
        body: Some(""),
        token: true,
        signed_headers: "host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
        signature: "7e4de454a85e56b96442da890b9f6facb7ef8ffaad33767b25a093dae09a2aa4",
        digest: Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    },
    Vector {
        scope: ("s3", "eu-west-1"),
        request: ("HEAD", "s3.eu-west-1.amazonaws.com", "/my.bucket/key%25with%26signs%3D%3F%23"),
        headers: &[("range", "bytes=0-0")],
        body: Some(""),
        token: false,
        signed_headers: "host;range;x-amz-content-sha256;x-amz-date",
        signature: "1b9111eecca7537dda022e09981d1e05d8ca3891979b7c830661f437158d8db5",
        digest: Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    },
    Vector {
        scope: ("s3", "cn-north-1"),
        request: ("PUT", "bucket.s3.cn-north-1.amazonaws.com.cn", "/reports/2026-11-21T10%3A30%3A00Z.json"),
        headers: &[("content-type", "application/json")],
        body: Some("{\"verdict\":\"pass\"}\n"),
        token: true,
        signed_headers: "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
        signature: "5ccec031aeffc8ee351d721cb4ad9d1e524d8253da87cf299a3d04d1c1073507",
        digest: Some("bde042f65331e3211fb9339d5c04f1b4c1edf402e1c65e075b796223fba9beb9"),
    },
    Vector {
        scope: ("s3", "eu-west-1"),
        request: ("PUT", "bucket.s3.eu-west-1.amazonaws.com", "/unsigned"),
        headers: &[],
        body: None,
        token: false,
        signed_headers: "host;x-amz-content-sha256;x-amz-date",
        signature: "66500bbaa418bd889bf5c33c42cf000e810fa89af5e425b359a2dee1157616e1",
        digest: Some("UNSIGNED-PAYLOAD"),
    },
    Vector {
        scope: ("s3", "eu-west-1"),
        request: ("GET", "bucket.s3.eu-west-1.amazonaws.com", "/?list-type=2&prefix=a%2Fb%20c&marker"),
        headers: &[],
        body: Some(""),
        token: false,
        signed_headers: "host;x-amz-content-sha256;x-amz-date",
        signature: "d9d5f529148efc9c39d5492f438902770197a919c52a947bf872e4aee3fa5cd0",
        digest: Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    },
    Vector {
        scope: ("logs", "eu-west-1"),
        request: ("POST", "logs.eu-west-1.amazonaws.com", "/"),
        headers: &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "Logs_20140328.PutLogEvents")],
        body: Some("{\"logGroupName\":\"/ecs/app\",\"message\":\"ü\"}"),
        token: true,
        signed_headers: "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
        signature: "dc0267efb0970bc737612f4b024ee8819c391dc59b7cf60fe4f9b0e5ce8b1762",
        digest: None,
    },
    Vector {
        scope: ("execute-api", "eu-west-1"),
        request: ("GET", "abc.execute-api.eu-west-1.amazonaws.com", "/stage/a%20b/./c"),
        headers: &[("x-odd", "  two   blanks ")],
        body: Some(""),
        token: false,
        signed_headers: "host;x-amz-date;x-odd",
        signature: "8e1dee882fc9f20ae476f2d001f95d9a823b715ff05ad853434a051ff35c6ac7",
        digest: None,
    },
];

fn credentials(token: bool) -> Credentials {
    Credentials::new(ID.to_owned(), SECRET.to_owned(), token.then(|| TOKEN.to_owned())).unwrap()
}

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_signature_is_what_botocore_makes_of_the_same_request() {
    for vector in VECTORS {
        let Vector { scope: (service, region), request: (method, host, path_and_query), .. } = *vector;
        let headers = owned(vector.headers);
        let body = vector.body.map_or(Body::Unsigned, |body| Body::Bytes(body.as_bytes()));
        let request = Unsigned { method, host, path_and_query, headers: &headers, body };
        let scope = SigningScope { service, region };
        let mut added = sign(&credentials(vector.token), &scope, &request, SystemTime::UNIX_EPOCH + AT).unwrap();
        added.sort();
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={ID}/20261121/{region}/{service}/aws4_request, SignedHeaders={}, Signature={}",
            vector.signed_headers, vector.signature
        );
        let mut expected = vec![("authorization", authorization.as_str())];
        expected.extend(vector.digest.map(|digest| ("x-amz-content-sha256", digest)));
        expected.push(("x-amz-date", "20261121T103000Z"));
        expected.extend(vector.token.then_some(("x-amz-security-token", TOKEN)));
        assert_eq!(added, owned(&expected), "{service} {method} {path_and_query}");
    }
}

#[test]
fn what_can_not_be_sent_can_not_be_signed() {
    let scope = SigningScope { service: "s3", region: "eu-west-1" };
    let headers = owned(&[("x-a", "a\nb")]);
    let good = Unsigned { method: "GET", host: "h.example", path_and_query: "/", headers: &[], body: Body::Unsigned };
    let sign = |request: Unsigned<'_>| sign(&credentials(true), &scope, &request, SystemTime::UNIX_EPOCH + AT);
    assert!(sign(good).is_ok());
    assert_eq!(sign(Unsigned { headers: &headers, ..good }), Err(Unsignable));
    assert_eq!(sign(Unsigned { path_and_query: "/a b", ..good }), Err(Unsignable));
    assert_eq!(sign(Unsigned { host: "h\u{7f}", ..good }), Err(Unsignable));
}

#[test]
fn a_key_is_encoded_but_for_its_slashes() {
    let table =
        [("a/b-._~1", "a/b-._~1"), ("ü +:(x)", "%C3%BC%20%2B%3A%28x%29"), ("%2F?#&=", "%252F%3F%23%26%3D"), ("", "")];
    for (key, path) in table {
        assert_eq!(encoded_path(key), path);
    }
}

/// Keeps every event and span as text.
#[derive(Clone, Default)]
struct Heard(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_signer_is_not_heard_at_any_level() {
    let heard = Heard::default();
    let writer = heard.clone();
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    tracing::subscriber::with_default(log.finish(), || {
        let scope = SigningScope { service: "s3", region: "eu-west-1" };
        let request =
            Unsigned { method: "GET", host: "h.example", path_and_query: "/", headers: &[], body: Body::Unsigned };
        tracing::trace!("before");
        sign(&credentials(true), &scope, &request, SystemTime::UNIX_EPOCH + AT).unwrap();
        tracing::trace!("after");
    });
    let text = String::from_utf8(heard.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("before") && text.contains("after"), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
}
