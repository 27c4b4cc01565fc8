//! Connections.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::io_fault;
use crate::observation::{Change, Connection, Fault};

/// The segment size that every path must carry: RFC 879's default.
const SMALL_SEGMENT: u32 = 536;

/// Open one connection.
pub(super) async fn connect(
    peer: SocketAddr,
    variation: &[Change],
    limit: Duration,
) -> Result<(TcpStream, Connection), Fault> {
    if !is_unicast(peer.ip()) {
        return Err(Fault::HostUnreachable);
    }
    let socket = socket(peer, variation).map_err(|error| io_fault::fault(&error))?;
    let stream = match timeout(limit, socket.connect(peer)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::TimedOut => return Err(timed_out(limit)),
        Ok(Err(error)) => return Err(io_fault::fault(&error)),
        Err(_) => return Err(timed_out(limit)),
    };
    stream.set_nodelay(true).map_err(|error| io_fault::fault(&error))?;
    let local = stream.local_addr().ok();
    Ok((stream, Connection { local }))
}

/// Whether one host can have this address: a broadcast one would fail as if we were not permitted.
fn is_unicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => !v4.is_broadcast() && !v4.is_multicast(),
        IpAddr::V6(v6) => !v6.is_multicast(),
    }
}

fn socket(peer: SocketAddr, variation: &[Change]) -> std::io::Result<TcpSocket> {
    let socket = if peer.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if variation.contains(&Change::SmallSegments) {
        // Set before the SYN it bounds both directions: what we send, and what we announce.
        SockRef::from(&socket).set_tcp_mss(SMALL_SEGMENT)?;
    }
    Ok(socket)
}

/// Nothing came within the limit.
pub(super) fn timed_out(limit: Duration) -> Fault {
    Fault::TimedOut { after_ms: limit.as_millis().try_into().unwrap_or(u64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn a_closed_port_is_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(connect(peer, &[], LIMIT).await.unwrap_err(), Fault::Refused);
    }

    #[tokio::test]
    async fn small_segments_are_set_before_the_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = listener.local_addr().unwrap();
        let (stream, _) = connect(peer, &[Change::SmallSegments], LIMIT).await.unwrap();
        assert!(SockRef::from(&stream).tcp_mss().unwrap() <= SMALL_SEGMENT);
        let (stream, _) = connect(peer, &[], LIMIT).await.unwrap();
        assert!(SockRef::from(&stream).tcp_mss().unwrap() > SMALL_SEGMENT);
    }
}
