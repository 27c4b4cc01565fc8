//! The chain of a pull, walked by the same plain client: credentials, token, manifest, redirect, layer.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use rustls::{ClientConnection, StreamOwned};
use serde::Serialize;
use serde_json::Value;

use super::{Clock, connect, resolve, tls};
use crate::cloud::{Signed, sign};
use crate::network::enter_task;
use crate::world::{METADATA, World};

/// So much of a layer is fetched, as a sample does.
const SAMPLE: u64 = 1024 * 1024;

/// The links of a pull, each in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "a key carries its unit")]
pub struct PullChain {
    /// The container credentials: connection and request.
    pub credentials_ms: f64,
    /// Name, connection and handshake of the host of the token.
    pub token_host_ms: f64,
    /// The token.
    pub token_ms: f64,
    /// Name, connection and handshake of the registry, which wait for nobody and so are in no total.
    pub registry_host_ms: f64,
    /// The manifest, by HEAD and then by GET.
    pub manifest_ms: f64,
    /// The redirect of its largest layer.
    pub redirect_ms: f64,
    /// Name, connection and handshake of the layer's host.
    pub layer_host_ms: f64,
    /// The first mebibyte of the layer.
    pub layer_ms: f64,
    /// Everything that waits for what is before it.
    pub total_ms: f64,
}

/// Walks the chain of an image's pull from the task's place.
pub fn walk(world: &World, image: &str) -> Result<PullChain, String> {
    let walked = std::thread::scope(|scope| {
        let walking = scope.spawn(|| enter_task().and_then(|()| links(world, image).map_err(|e| e.to_string())));
        walking.join().map_err(|_| "the client panicked".to_owned())
    });
    walked.flatten().map_err(|e| format!("walk the chain of {image}: {e}"))
}

fn links(world: &World, image: &str) -> io::Result<PullChain> {
    let none = || io::Error::from(io::ErrorKind::NotFound);
    let (host, repository, tag) = world.cloud.place_of(image).ok_or_else(none)?;
    let mut chain = PullChain::default();
    let mut clock = Clock::start();
    let mut stream = connect(METADATA, 80)?;
    ask(&mut stream, "169.254.170.2", &format!("GET {}", world.cloud.identity.path), "", b"")?;
    chain.credentials_ms = clock.lap();
    let api = format!("api.ecr.{}.{}", world.region(), crate::catalog::partition(world.region()).suffix);
    let mut stream = open(world, &api)?;
    chain.token_host_ms = clock.lap();
    let Signed { headers, body } = sign(world, &api);
    let answer = ask(&mut stream, &api, "POST /", &headers, body.as_bytes())?;
    chain.token_ms = clock.lap();
    let answer: Value = serde_json::from_slice(&answer.body)?;
    let token = answer.pointer("/authorizationData/0/authorizationToken").and_then(Value::as_str).ok_or_else(none)?;
    let token = format!("Authorization: Basic {token}\r\n");
    let mut stream = open(world, &host)?;
    chain.registry_host_ms = clock.lap();
    let path = format!("/v2/{repository}/manifests/{tag}");
    ask(&mut stream, &host, &format!("HEAD {path}"), &token, b"")?;
    let manifest: Value = serde_json::from_slice(&ask(&mut stream, &host, &format!("GET {path}"), &token, b"")?.body)?;
    chain.manifest_ms = clock.lap();
    let digest = largest(&manifest).ok_or_else(none)?;
    let answer = ask(&mut stream, &host, &format!("GET /v2/{repository}/blobs/{digest}"), &token, b"")?;
    chain.redirect_ms = clock.lap();
    let location = answer.header("location").and_then(|location| location.strip_prefix("https://")).ok_or_else(none)?;
    let (host, target) = location.split_once('/').ok_or_else(none)?;
    let mut stream = open(world, host)?;
    chain.layer_host_ms = clock.lap();
    let range = format!("Range: bytes=0-{}\r\n", SAMPLE - 1);
    ask(&mut stream, host, &format!("GET /{target}"), &range, b"")?;
    chain.layer_ms = clock.lap();
    chain.total_ms = clock.total_ms - chain.registry_host_ms;
    Ok(chain)
}

fn largest(manifest: &Value) -> Option<&str> {
    let layers = manifest.get("layers")?.as_array()?;
    layers.iter().max_by_key(|layer| layer.get("size").and_then(Value::as_u64))?.get("digest")?.as_str()
}

fn open(world: &World, host: &str) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut stream = connect(resolve(world, host)?, 443)?;
    let mut connection = tls(host)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(connection, stream))
}

/// An answer that has come whole.
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.clone().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

fn ask(stream: &mut (impl Read + Write), host: &str, line: &str, headers: &str, body: &[u8]) -> io::Result<Answer> {
    let head = format!("{line} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat())?;
    stream.flush()?;
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let length = stream.read(&mut chunk)?;
        if length == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        bytes.extend_from_slice(&chunk[..length]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let answer = Answer { head, body: bytes[end + 4..].to_vec() };
        let length = answer.header("content-length").and_then(|value| value.parse::<usize>().ok()).unwrap_or_default();
        if line.starts_with("HEAD") || answer.body.len() >= length {
            return Ok(answer);
        }
    }
}
