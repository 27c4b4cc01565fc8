//! Servers that nobody here wrote: started in the VPC's namespace, and reached under real names through the lab's TLS.
//!
//! What AWS refuses before a service sees it, an unsigned call, the lab refuses itself, as such servers do not look.
//! Requests that a fault of HTTP speaks of never get here: the lab answers them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::net::{SocketAddr, TcpStream as Probing};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use crate::catalog::Wire;
use crate::scenario::matches;

/// How long a program may take until it listens or, as a step, ends.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(20);

/// The longest head of a request that is read.
const LIMIT: usize = 64 * 1024;

/// A program of others in the VPC's namespace.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Variables beside the lab's own.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Where it listens for plain HTTP. Without, it is a step that must end well before the next backend starts.
    pub listens: Option<SocketAddr>,
    /// The names whose requests it answers: a name, or `*.name`.
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// What was started; it ends with this.
#[derive(Debug, Default)]
pub struct Running(Vec<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that is gone already needs no end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts one after the other, each when the one before is ready.
pub fn start(backends: &[Backend]) -> Result<Running, String> {
    let mut running = Running::default();
    for (n, backend) in backends.iter().enumerate() {
        let log = PathBuf::from(format!("/run/vpcprobe-lab/backend-{n}.log"));
        running.0.push(backend.spawn(&log)?);
        let child = running.0.last_mut().ok_or("nothing was started")?;
        backend.ready(child).map_err(|error| {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            format!("{}: {error}\n{said}", backend.command.join(" "))
        })?;
    }
    Ok(running)
}

impl Backend {
    /// It must not outlive the lab, even where that is killed.
    fn spawn(&self, log: &PathBuf) -> Result<Child, String> {
        let failed = |error| format!("start {}: {error}", self.command.join(" "));
        let output = File::create(log).map_err(failed)?;
        let errors = output.try_clone().map_err(failed)?;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).args(&self.command).envs(&self.env);
        command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn().map_err(failed)
    }

    fn ready(&self, child: &mut Child) -> Result<(), String> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let ended = child.try_wait().map_err(|e| e.to_string())?;
            match (ended, self.listens) {
                (Some(status), None) if status.success() => return Ok(()),
                (Some(status), _) => return Err(format!("it ended with {status}")),
                (None, Some(address)) if Probing::connect_timeout(&address, PAUSE).is_ok() => return Ok(()),
                (None, _) => std::thread::sleep(PAUSE),
            }
        }
        Err(format!("not ready after {} s", PATIENCE.as_secs()))
    }
}

/// The head of a request, and what came with it.
#[derive(Debug)]
pub struct Head {
    bytes: Vec<u8>,
    end: usize,
}

impl Head {
    /// Reads up to the end of a head; nothing at the end of the connection.
    pub async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                return Ok(Some(Self { bytes, end: at + 4 }));
            }
            if bytes.len() > LIMIT || stream.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Where the backend for this request listens; nothing where the lab answers.
    pub fn backend(&self, backends: &[Backend], wire: Wire) -> Option<SocketAddr> {
        let host = self.header("host")?;
        let signed = self.header("authorization").is_some() || self.target().contains("X-Amz-Signature=");
        let fits = |backend: &&Backend| backend.hosts.iter().any(|pattern| matches(pattern, &host));
        backends.iter().filter(|_| signed || wire == Wire::Registry).find(fits)?.listens
    }

    /// The whole request, its body read to the end.
    pub async fn whole<S: AsyncRead + Unpin>(mut self, stream: &mut S) -> io::Result<Vec<u8>> {
        let length = self.header("content-length").and_then(|value| value.parse::<usize>().ok()).unwrap_or_default();
        let missing = (self.end + length).saturating_sub(self.bytes.len());
        let missing = u64::try_from(missing).map_err(io::Error::other)?;
        stream.take(missing).read_to_end(&mut self.bytes).await?;
        Ok(self.bytes)
    }

    /// Hands this request and whatever follows on its connection to a backend.
    pub async fn forward<S: AsyncRead + AsyncWrite + Unpin>(self, stream: &mut S, to: SocketAddr) -> io::Result<()> {
        let mut backend = TcpStream::connect(to).await?;
        backend.set_nodelay(true)?;
        backend.write_all(&self.bytes).await?;
        copy_bidirectional(stream, &mut backend).await?;
        Ok(())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.end]).into_owned()
    }

    fn target(&self) -> String {
        self.text().split(' ').nth(1).unwrap_or_default().to_owned()
    }

    fn header(&self, name: &str) -> Option<String> {
        let text = self.text();
        let mut headers = text.lines().skip(1).filter_map(|line| line.split_once(':'));
        headers.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKENDS: &str = r#"
        [[backend]]
        command = ["apis"]
        listens = "127.0.0.1:5001"
        hosts = ["*.s3.ap-northeast-1.amazonaws.com", "sts.ap-northeast-1.amazonaws.com"]
        [[backend]]
        command = ["a step"]
        [[backend]]
        command = ["registry"]
        listens = "127.0.0.1:5002"
        hosts = ["*.dkr.ecr.ap-northeast-1.amazonaws.com"]
    "#;

    #[derive(Deserialize)]
    struct File {
        backend: Vec<Backend>,
    }

    async fn head(text: &str) -> Head {
        Head::read(&mut text.as_bytes()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn signed_calls_and_registries_are_forwarded() {
        let backends = toml::from_str::<File>(BACKENDS).unwrap().backend;
        let table = [
            ("POST / HTTP/1.1\r\nHost: sts.ap-northeast-1.amazonaws.com\r\n\r\n", Wire::Query, None),
            (
                "POST / HTTP/1.1\r\nhost: sts.ap-northeast-1.amazonaws.com\r\nAUTHORIZATION: AWS4-\r\n\r\n",
                Wire::Query,
                Some(5001),
            ),
            ("GET /b HTTP/1.1\r\nHost: a.s3.ap-northeast-1.amazonaws.com\r\n\r\n", Wire::S3, None),
            (
                "GET /b?X-Amz-Signature=0 HTTP/1.1\r\nHost: a.s3.ap-northeast-1.amazonaws.com\r\n\r\n",
                Wire::S3,
                Some(5001),
            ),
            ("GET /v2/ HTTP/1.1\r\nHost: 1.dkr.ecr.ap-northeast-1.amazonaws.com\r\n\r\n", Wire::Registry, Some(5002)),
            ("GET /v2/ HTTP/1.1\r\nHost: 1.dkr.ecr.eu-west-1.amazonaws.com\r\n\r\n", Wire::Registry, None),
        ];
        for (text, wire, port) in table {
            let found = head(text).await.backend(&backends, wire);
            assert_eq!(found.map(|address| address.port()), port, "{text}");
        }
    }

    #[tokio::test]
    async fn a_body_belongs_to_its_request_and_no_more() {
        let first = "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab";
        let mut rest = "cdGET / HTTP/1.1\r\n\r\n".as_bytes();
        let whole = head(first).await.whole(&mut rest).await.unwrap();
        assert_eq!(whole, format!("{first}cd").into_bytes());
        assert!(rest.starts_with(b"GET"));
        assert!(Head::read(&mut "GET / HTTP/1.1\r\n".as_bytes()).await.unwrap().is_none());
    }
}
