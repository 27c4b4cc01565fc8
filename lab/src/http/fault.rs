//! Responses that go wrong.

mod body;

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use super::{Response, linger, unsigned};
use crate::scenario::Act;

/// Sends a response as the faults have it; false where the connection is over.
pub async fn send<S>(stream: &mut S, mut response: Response, acts: &[&Act]) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for act in acts {
        if let Act::HttpDelayMs(ms) = act {
            sleep(Duration::from_millis(*ms)).await;
        }
        if broken(stream, &response, act).await? {
            return Ok(false);
        }
        response = changed(response, act);
    }
    body::send(stream, &response, acts).await
}

/// Brings about the faults that end the connection.
async fn broken<S>(stream: &mut S, response: &Response, act: &Act) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match act {
        Act::HttpEndlessHeaders => endless_headers(stream, response).await?,
        Act::HttpEndlessBody => endless_body(stream, response).await?,
        Act::HttpDrip => drip(stream, response).await?,
        Act::HttpClose => stream.shutdown().await?,
        Act::HttpGarbage => {
            stream.write_all(b"\x00\x01\x02 220 mail.example.com ESMTP ready\r\n\r\n").await?;
            stream.flush().await?;
            linger(stream).await;
        }
        Act::HttpSilent => linger(stream).await,
        _ => return Ok(false),
    }
    Ok(true)
}

fn changed(response: Response, act: &Act) -> Response {
    let html = "<html><head><title>Blocked</title></head><body><h1>Access to this site is blocked</h1></body></html>";
    match act {
        Act::HttpHtml(status) => dated(&response, unsigned::page(*status, html)).header("Server", "squid/6.6"),
        Act::HttpProxyAuth => {
            dated(&response, unsigned::page(407, html)).header("Proxy-Authenticate", "Basic realm=\"proxy\"")
        }
        Act::HttpVia => response.header("Via", "1.1 proxy.corp.example (squid/6.6)"),
        Act::HttpSuccess => dated(&response, Response::new(200, "application/json", r#"{"status":"ok"}"#)),
        Act::HttpServiceError(status) => unsigned::failing(&response, *status),
        Act::HttpProxyError(status) => dated(&response, unsigned::page(*status, html)),
        Act::HttpThrottled => unsigned::failing(&response, 429),
        _ => response,
    }
}

fn dated(response: &Response, mut other: Response) -> Response {
    other.headers.extend(response.headers.iter().filter(|(name, _)| name == "Date").cloned());
    other
}

async fn endless_headers<S: AsyncWrite + Unpin>(stream: &mut S, response: &Response) -> io::Result<()> {
    stream.write_all(response.head(true).as_bytes()).await?;
    for n in 0_u64.. {
        stream.write_all(format!("X-Endless-{n}: {}\r\n", "y".repeat(200)).as_bytes()).await?;
    }
    Ok(())
}

async fn endless_body<S: AsyncWrite + Unpin>(stream: &mut S, response: &Response) -> io::Result<()> {
    let head = format!("{}Connection: close\r\n\r\n", response.head(true));
    stream.write_all(head.as_bytes()).await?;
    loop {
        stream.write_all(&[b'z'; 8192]).await?;
    }
}

async fn drip<S: AsyncWrite + Unpin>(stream: &mut S, response: &Response) -> io::Result<()> {
    for byte in response.to_bytes() {
        stream.write_all(&[byte]).await?;
        stream.flush().await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}
