//! Requests as read and responses as written.

use std::fmt::Write as _;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::cloud::Slice;

/// The longest head that is read.
const LIMIT: usize = 64 * 1024;

/// The longest body that is kept.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// A request as read.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET` and so on.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The body, to the most that is kept.
    pub body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Reads one request with its body; nothing at the end of the connection.
    pub async fn read<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            let mut chunk = [0; 4096];
            let length = stream.read(&mut chunk).await?;
            if length == 0 || bytes.len() > LIMIT {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk[..length]);
        };
        let mut request = Self::parse(&String::from_utf8_lossy(&bytes[..end]));
        request.body = bytes.split_off(end);
        let chunked = request.header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
        if request.header("expect").is_some() && (chunked || request.content_length() > request.body.len()) {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            stream.flush().await?;
        }
        if chunked {
            request.read_chunks(stream).await?;
        } else {
            request.read_body(stream).await?;
        }
        Ok(Some(request))
    }

    async fn read_body<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        let mut missing = self.content_length().saturating_sub(self.body.len());
        let mut chunk = vec![0; 16 * 1024];
        while missing > 0 {
            let length = stream.read(&mut chunk).await?;
            if length == 0 {
                break;
            }
            missing = missing.saturating_sub(length);
            let kept = length.min(BODY_LIMIT.saturating_sub(self.body.len()));
            self.body.extend_from_slice(&chunk[..kept]);
        }
        Ok(())
    }

    async fn read_chunks<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        let mut chunk = vec![0; 16 * 1024];
        loop {
            if let Some(body) = dechunk(&self.body) {
                self.body = body;
                return Ok(());
            }
            let length = stream.read(&mut chunk).await?;
            if length == 0 || self.body.len() > BODY_LIMIT {
                return Ok(());
            }
            self.body.extend_from_slice(&chunk[..length]);
        }
    }

    /// Reads a head.
    pub fn parse(head: &str) -> Self {
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let headers = lines.filter_map(|line| line.split_once(':'));
        Self {
            method: first.next().unwrap_or_default(),
            target: first.next().unwrap_or_default(),
            body: Vec::new(),
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect(),
        }
    }

    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Every header of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query without its `?`.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The body without the chunks that S3's clients sign it in.
    pub fn content(&self) -> Vec<u8> {
        let chunked = self.header("x-amz-content-sha256").is_some_and(|value| value.starts_with("STREAMING-"));
        chunked.then(|| dechunk(&self.body)).flatten().unwrap_or_else(|| self.body.clone())
    }

    /// Everything that came, as one text.
    pub fn text(&self) -> String {
        let headers: Vec<String> = self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        format!("{} {}\n{}\n{}", self.method, self.target, headers.join("\n"), String::from_utf8_lossy(&self.body))
    }

    /// Whether the client wants the connection closed.
    pub fn closes(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    fn content_length(&self) -> usize {
        self.header("content-length").and_then(|value| value.parse().ok()).unwrap_or_default()
    }
}

/// The content of chunks, once the last one has come whole; a chunk's extensions and what trails are forgotten.
fn dechunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let length = usize::from_str_radix(head.split(';').next()?.trim(), 16).ok()?;
        bytes = &bytes[end + 2..];
        if length == 0 {
            let ended = bytes.starts_with(b"\r\n") || bytes.ends_with(b"\r\n\r\n");
            return ended.then_some(content);
        }
        content.extend_from_slice(bytes.get(..length)?);
        bytes = bytes.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

/// What follows the head.
#[derive(Clone, Debug)]
pub enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A part of a layer, made while it is sent.
    Layer(Slice),
}

impl Body {
    /// Its length.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Layer(slice) => slice.length,
        }
    }
}

/// A response to be written.
#[derive(Clone, Debug)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// Whether only its length is told, as to HEAD.
    pub bodiless: bool,
}

impl Response {
    /// A response with a body of this type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::with_body(status, content_type, Body::Bytes(body.into()))
    }

    /// A response with a body of either kind.
    pub fn with_body(status: u16, content_type: &str, body: Body) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { status, headers, body, bodiless: false }
    }

    /// A response without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Bytes(Vec::new()), bodiless: false }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same as HEAD gets it.
    #[must_use]
    pub fn for_method(mut self, method: &str) -> Self {
        self.bodiless = method == "HEAD";
        self
    }

    /// Status line and headers, with the empty line that ends them unless more are to follow.
    pub fn head(&self, open: bool) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            // Writing to a String does not fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !open {
            let _ = write!(head, "Content-Length: {}\r\n\r\n", self.body.length());
        }
        head
    }

    /// The head and what is held of the body, in one piece: two would cost another round trip.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.head(false).into_bytes();
        bytes.extend_from_slice(self.held());
        bytes
    }

    /// The bytes that follow the head, where they are held at all.
    pub fn held(&self) -> &[u8] {
        match &self.body {
            Body::Bytes(bytes) if !self.bodiless => bytes,
            _ => &[],
        }
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        206 => "Partial Content",
        301 => "Moved Permanently",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        413 => "Request Entity Too Large",
        416 => "Requested Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_become_their_content() {
        let table: [(&[u8], Option<&[u8]>); 5] = [
            (b"3\r\nabc\r\n2;chunk-signature=0\r\nde\r\n0\r\n\r\n", Some(b"abcde")),
            (b"1\r\na\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n", Some(b"a")),
            (b"0\r\n\r\n", Some(b"")),
            (b"3\r\nab", None),
            (b"3\r\nabc\r\n0\r\n", None),
        ];
        for (bytes, expected) in table {
            assert_eq!(dechunk(bytes).as_deref(), expected);
        }
    }
}
