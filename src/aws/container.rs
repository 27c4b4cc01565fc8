//! The endpoint that a platform gives a container: ECS, EKS Pod Identity, CloudShell, Lambda SnapStart.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;

use super::source::moment;
use super::{Credentials, Unavailable};
use crate::json;

/// The endpoint is on the same host: what takes longer will not come.
const LIMIT: Duration = Duration::from_secs(2);
const MAX_BYTES: usize = 64 * 1024;
/// Where ECS answers.
const ECS: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2));
/// Where EKS Pod Identity answers.
const EKS: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23))];

/// One address to ask. Its path is a secret on ECS: whoever knows it gets the keys.
pub(super) struct Endpoint {
    url: reqwest::Url,
    token: Option<Token>,
}

/// What the endpoint wants to see. The file is read anew each time: the platform replaces it.
enum Token {
    File(PathBuf),
    Text(String),
}

/// What it answers; more fields may be added.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<String>,
    role_arn: Option<String>,
}

/// What it answers when it refuses.
#[derive(Deserialize)]
struct Refusal {
    #[serde(alias = "Code")]
    code: String,
}

impl Endpoint {
    /// The endpoint that the environment names.
    pub(super) fn read(lookup: &impl Fn(&str) -> Option<String>) -> Option<Result<Self, Unavailable>> {
        if let Some(path) = lookup("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            return Some(Self::relative(&path).map_err(|why| {
                Unavailable(format!("read credentials from AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: {why}"))
            }));
        }
        let address = lookup("AWS_CONTAINER_CREDENTIALS_FULL_URI")?;
        let file = lookup("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").map(|path| Token::File(path.into()));
        let token = file.or_else(|| lookup("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Token::Text));
        Some(
            Self::full(&address, token)
                .map_err(|why| Unavailable(format!("read credentials from AWS_CONTAINER_CREDENTIALS_FULL_URI: {why}"))),
        )
    }

    fn relative(path: &str) -> Result<Self, &'static str> {
        // Without the slash the rest would be taken for more of the address.
        let url = path.starts_with('/').then(|| reqwest::Url::parse(&format!("http://{ECS}{path}")).ok()).flatten();
        Ok(Self { url: url.ok_or("it is no path that begins with a slash")?, token: None })
    }

    fn full(address: &str, token: Option<Token>) -> Result<Self, &'static str> {
        let url = reqwest::Url::parse(address).map_err(|_| "it is no address")?;
        match url.scheme() {
            "http" => {}
            "https" => return Err("it is https://, and only the platform's own plain http:// endpoints are asked"),
            _ => return Err("it is not http://"),
        }
        if !url.host_str().is_some_and(is_allowed) {
            return Err(
                "over plain http only 169.254.170.2, 169.254.170.23, [fd00:ec2::23] and the loopback are trusted",
            );
        }
        Ok(Self { url, token })
    }

    /// One request.
    pub(super) async fn fetch(&self) -> Result<Credentials, Unavailable> {
        // Neither the path nor the library's words, which may hold it, are part of the sentence.
        let host = self.url.host_str().unwrap_or_default();
        self.ask().await.map_err(|why| Unavailable(format!("read credentials from {host}: {why}")))
    }

    async fn ask(&self) -> Result<Credentials, String> {
        let mut request = self.client()?.get(self.url.clone());
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.header().await?);
        }
        let mut response = request.send().await.map_err(|error| cause(&error))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| cause(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BYTES {
                return Err(format!("more than {MAX_BYTES} bytes"));
            }
        }
        if !status.is_success() {
            return Err(format!("status {}{}", status.as_u16(), refusal(&body)));
        }
        parse(&body).map_err(str::to_owned)
    }

    fn client(&self) -> Result<reqwest::Client, String> {
        let port = self.url.port_or_known_default().unwrap_or(80);
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        reqwest::Client::builder()
            .no_proxy()
            .timeout(LIMIT)
            .redirect(reqwest::redirect::Policy::none())
            // The one name that is allowed is never looked up.
            .resolve_to_addrs("localhost", &loopback.map(|ip| SocketAddr::new(ip, port)))
            .build()
            .map_err(|_| "no client could be made".to_owned())
    }
}

impl Token {
    async fn header(&self) -> Result<HeaderValue, String> {
        let text = match self {
            Self::Text(text) => text.clone(),
            Self::File(path) => read_token(path).await.map_err(|why| format!("the token file {why}"))?,
        };
        let header = HeaderValue::from_str(text.trim_end_matches(['\r', '\n']));
        let mut header =
            header.map_err(|_| "the authorization token holds characters that no header can".to_owned())?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// A file's text, within the limits: it may be a pipe that nobody writes to.
async fn read_token(path: &std::path::Path) -> Result<String, String> {
    let path = path.to_owned();
    let read = move || {
        use std::io::Read as _;
        let mut text = String::new();
        std::fs::File::open(path)?.take(MAX_BYTES as u64).read_to_string(&mut text).map(|_| text)
    };
    match tokio::time::timeout(LIMIT, tokio::task::spawn_blocking(read)).await {
        Ok(Ok(Ok(text))) => Ok(text),
        Ok(Ok(Err(error))) => Err(format!("can't be read: {}", error.kind())),
        Ok(Err(_)) | Err(_) => Err("can't be read in 2 s".to_owned()),
    }
}

/// Whether plain HTTP to this host stays with the platform: those that the SDKs trust.
fn is_allowed(host: &str) -> bool {
    if host == "localhost" {
        return true;
    }
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    ip.is_ok_and(|ip| ip == ECS || EKS.contains(&ip) || ip.is_loopback())
}

fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() { "no answer in 2 s" } else { "no connection, or no HTTP" }.to_owned()
}

/// The endpoint's code for a refusal; its words may repeat the path.
fn refusal(body: &[u8]) -> String {
    let code = json::read::<Refusal>(body).map(|refusal| refusal.code);
    let is_word = |code: &String| code.len() <= 60 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    code.filter(is_word).map(|code| format!(" ({code})")).unwrap_or_default()
}

fn parse(body: &[u8]) -> Result<Credentials, &'static str> {
    // The library's words may repeat what it read.
    let answer: Answer = json::read(body).ok_or("the answer is not the JSON of credentials")?;
    let made = Credentials::new(answer.access_key_id, answer.secret_access_key, answer.token);
    let made = made.map_err(|_| "the answer holds keys with characters that no key has")?;
    let is_arn = |arn: &String| arn.starts_with("arn:") && arn.bytes().all(|byte| byte.is_ascii_graphic());
    let expires_at = answer.expiration.as_deref().and_then(moment);
    Ok(made.expiring(expires_at).of_role(answer.role_arn.filter(is_arn)))
}

#[cfg(test)]
mod tests;
