//! Bodies as they are sent: at once, or as the faults of layers have them.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::super::{Body, Response, linger};
use crate::cloud::Slice;
use crate::scenario::Act;

/// Sends head and body; false where the connection is over.
pub async fn send<S>(stream: &mut S, response: &Response, acts: &[&Act]) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(&response.to_bytes()).await?;
    stream.flush().await?;
    match &response.body {
        Body::Layer(slice) if !response.bodiless => layer(stream, slice, acts).await,
        _ => Ok(true),
    }
}

async fn layer<S>(stream: &mut S, slice: &Slice, acts: &[&Act]) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let truncated = acts.iter().any(|act| matches!(act, Act::LayerTruncated));
    let stalls = acts.iter().find_map(|act| if let Act::LayerStallsAfter(bytes) = act { Some(*bytes) } else { None });
    let rate = acts.iter().find_map(|act| if let Act::LayerRate(bytes) = act { Some(*bytes) } else { None });
    let half = if truncated { slice.length / 2 } else { slice.length };
    let most = half.min(stalls.unwrap_or(u64::MAX));
    slice.write(stream, most, rate).await?;
    if truncated {
        stream.shutdown().await?;
        return Ok(false);
    }
    if most < slice.length {
        linger(stream).await;
        return Ok(false);
    }
    Ok(true)
}
