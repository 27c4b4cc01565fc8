//! HTTP/1.1 by hand: simple enough to misbehave on purpose.

mod fault;
mod message;
mod metadata;
pub mod unsigned;

use std::io;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

pub use message::{Body, Request, Response};
pub use metadata::TASK_ID;
pub use unsigned::request_id;

use crate::cloud;
use crate::scenario::{Act, Fault};
use crate::tls::linger;
use crate::world::{Site, World};

/// Where a request arrives: the server, the name in the handshake, and what is broken there.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    /// The world.
    pub world: &'a World,
    /// The server.
    pub site: &'a Site,
    /// The name that the client asked for.
    pub asked: Option<&'a str>,
    /// Faults, each with its number in the scenario.
    pub faults: &'a [(usize, &'a Fault)],
}

/// Answers requests on a connection until it ends; `seen` is told of each.
pub async fn serve<S>(stream: &mut S, door: Door<'_>, seen: impl Fn()) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Door { world, site, asked, faults } = door;
    while let Some(request) = Request::read(stream).await? {
        let call = cloud::read(&request, site, asked, world.region());
        let mut call = world.cloud.receive(call, faults);
        call.now = date(&call.acts);
        seen();
        let response = world.cloud.answer(&call);
        let response = response.header("Date", &httpdate::fmt_http_date(call.now));
        if !fault::send(stream, response, &call.acts).await? {
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
