use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

const KEYS: &str = r#"{"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"wJalrSECRET","Token":"IQoJTOKEN",
    "Expiration":"2026-11-21T16:02:25Z","RoleArn":"arn:aws:iam::123456789012:role/task","New":1}"#;

fn read(variables: &[(&str, String)]) -> Option<Result<Endpoint, Unavailable>> {
    Endpoint::read(&|name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
}

#[test]
fn only_the_platforms_own_addresses_are_asked_over_plain_http() {
    let untrusted = "over plain http only";
    let table = [
        ("http://169.254.170.2/v2/credentials/0123", None),
        ("http://169.254.170.23/v1/credentials", None),
        ("http://[fd00:ec2::23]/v1/credentials", None),
        ("http://127.0.0.1:9001/2021-08-23/credentials", None),
        ("http://127.8.8.8/", None),
        ("http://[::1]:80/", None),
        ("http://localhost:1338/latest", None),
        ("http://169.254.169.254/latest", Some(untrusted)),
        ("http://10.0.0.1/", Some(untrusted)),
        ("http://evil.example/", Some(untrusted)),
        ("http://localhost.evil.example/", Some(untrusted)),
        ("http://169.254.170.2@evil.example/", Some(untrusted)),
        ("https://169.254.170.2/", Some("it is https://")),
        ("ftp://127.0.0.1/", Some("it is not http://")),
        ("/v2/credentials", Some("it is no address")),
    ];
    for (address, expected) in table {
        let made = read(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", address.to_owned())]).unwrap();
        let why = made.err().map(|why| why.to_string());
        let start = expected.map(|why| format!("read credentials from AWS_CONTAINER_CREDENTIALS_FULL_URI: {why}"));
        assert_eq!(why.is_some(), start.is_some(), "{address}: {why:?}");
        assert!(why.unwrap_or_default().starts_with(&start.unwrap_or_default()), "{address}");
    }
}

#[test]
fn a_relative_address_stays_on_the_platforms_host() {
    let relative = |path: &str| read(&[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", path.to_owned())]).unwrap();
    for path in ["/v2/credentials/0123", "//evil.example/", "/@evil.example"] {
        assert_eq!(relative(path).ok().unwrap().url.host_str(), Some("169.254.170.2"), "{path}");
    }
    for path in ["@evil.example/secret", ".evil.example/secret", "v2/secret"] {
        let why = relative(path).err().unwrap().to_string();
        assert!(why.ends_with("it is no path that begins with a slash") && !why.contains("secret"), "{why}");
    }
}

/// Answer one request in these words, and hand out what was asked.
async fn serve(answer: String) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        // A client that has read enough goes away.
        let _ = stream.write_all(answer.as_bytes()).await;
        String::from_utf8(request).unwrap()
    });
    (format!("http://localhost:{port}/v2/credentials/SECRET-ID"), asked)
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

async fn fetched(answer: String, more: &[(&str, String)]) -> (Result<Credentials, Unavailable>, String) {
    let (address, asked) = serve(answer).await;
    let mut variables = vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", address)];
    variables.extend_from_slice(more);
    let endpoint = read(&variables).unwrap().ok().unwrap();
    (endpoint.fetch().await, asked.await.unwrap())
}

#[tokio::test]
async fn credentials_come_with_their_end_and_their_role() {
    let (credentials, asked) = fetched(answer("200 OK", KEYS), &[]).await;
    let credentials = credentials.unwrap();
    assert_eq!(credentials.role_arn(), Some("arn:aws:iam::123456789012:role/task"));
    assert_eq!(credentials.expires_at(), moment("2026-11-21T16:02:25Z"));
    assert_eq!(credentials.secrets().collect::<Vec<_>>(), ["ASIAEXAMPLE", "wJalrSECRET", "IQoJTOKEN"]);
    assert!(asked.starts_with("GET /v2/credentials/SECRET-ID HTTP/1.1\r\n"), "{asked}");
    assert!(!asked.to_lowercase().contains("authorization"), "{asked}");
}

#[tokio::test]
async fn a_token_file_wins_over_a_token() {
    let file = std::env::temp_dir().join(format!("vpcprobe-token-{}", std::process::id()));
    std::fs::write(&file, "from-the-file\n").unwrap();
    let text = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "from-the-variable".to_owned());
    let named = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.display().to_string());
    let (credentials, asked) = fetched(answer("200 OK", KEYS), std::slice::from_ref(&text)).await;
    assert!(credentials.is_ok() && asked.contains("authorization: from-the-variable\r\n"), "{asked}");
    let (credentials, asked) = fetched(answer("200 OK", KEYS), &[text, named]).await;
    assert!(credentials.is_ok() && asked.contains("authorization: from-the-file\r\n"), "{asked}");
}

#[tokio::test]
async fn what_is_no_answer_is_a_sentence_without_a_secret() {
    let long = format!(r#"{{"AccessKeyId":"{}"}}"#, "A".repeat(MAX_BYTES));
    let table = [
        (
            answer("404 Not Found", r#"{"code":"InvalidIdInRequest","message":"SECRET-ID"}"#),
            "status 404 (InvalidIdInRequest)",
        ),
        (answer("500 Oops", "<html>SECRET-ID"), "status 500"),
        (answer("302 Found\r\nlocation: http://127.0.0.1:1/SECRET-ID", ""), "status 302"),
        (answer("200 OK", "SECRET-ID"), "the answer is not the JSON of credentials"),
        (answer("200 OK", r#"{"AccessKeyId":"A","Token":"SECRET-ID"}"#), "the answer is not the JSON of credentials"),
        (
            answer("200 OK", r#"{"AccessKeyId":"A","SecretAccessKey":"SECRET-ID\n"}"#),
            "the answer holds keys with characters that no key has",
        ),
        (answer("200 OK", &long), "more than 65536 bytes"),
        ("SECRET-ID\r\n\r\n".to_owned(), "no connection, or no HTTP"),
    ];
    for (answer, why) in table {
        let (result, _) = fetched(answer, &[]).await;
        assert_eq!(result.unwrap_err().to_string(), format!("read credentials from localhost: {why}"));
    }
}

#[tokio::test(start_paused = true)]
async fn silence_ends_after_two_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/SECRET-ID", listener.local_addr().unwrap());
    let endpoint = read(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", address)]).unwrap().ok().unwrap();
    let why = endpoint.fetch().await.unwrap_err().to_string();
    assert_eq!(why, "read credentials from 127.0.0.1: no answer in 2 s");
}

#[tokio::test]
async fn a_token_that_can_not_be_read_is_said_without_a_request() {
    let token = Some(Token::File("/no/such/file".into()));
    let endpoint = Endpoint::full("http://127.0.0.1:1/", token).ok().unwrap();
    let why = endpoint.fetch().await.unwrap_err().to_string();
    assert_eq!(why, "read credentials from 127.0.0.1: the token file can't be read: entity not found");
}
