//! HTTP/1.1 by hand: simple enough to misbehave on purpose.

mod fault;
mod message;
mod metadata;
mod service;

use std::io;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

pub use message::{Request, Response};
pub use metadata::TASK_ID;

use crate::scenario::Act;
use crate::tls::linger;
use crate::world::{Site, World};

/// Answers requests on a connection until it ends; `seen` is told of each.
pub async fn serve<S>(stream: &mut S, world: &World, site: &Site, acts: &[&Act], seen: impl Fn()) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(request) = Request::read(stream).await? {
        seen();
        let response = service::answer(&request, site, world);
        let response = response.header("Date", &httpdate::fmt_http_date(date(acts)));
        if !fault::send(stream, response, acts).await? {
            break;
        }
        if request.closes() {
            stream.shutdown().await?;
            break;
        }
    }
    Ok(())
}

/// Answers as task metadata does, or as the scenario says.
pub async fn serve_metadata<S>(stream: &mut S, world: &World) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(request) = Request::read(stream).await? {
        if !metadata::send(stream, &request, world).await? {
            break;
        }
        if request.closes() {
            stream.shutdown().await?;
            break;
        }
    }
    Ok(())
}

fn date(acts: &[&Act]) -> SystemTime {
    let minutes: i64 = acts.iter().map(|act| if let Act::DateOffMinutes(minutes) = act { *minutes } else { 0 }).sum();
    let off = Duration::from_secs(minutes.unsigned_abs() * 60);
    if minutes < 0 { SystemTime::now() - off } else { SystemTime::now() + off }
}
