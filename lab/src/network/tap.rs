//! A packet socket in the task's network: what the task really sent, and when.

use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockProtocol, SockType, recvmsg, setsockopt, socket,
    sockopt,
};

use super::{enter_task, task_v4};
use crate::observer::Observer;
use crate::scenario::Moment;
use crate::world::World;

const TCP: u8 = 6;
const UDP: u8 = 17;

/// So much of a packet holds every header.
const HEAD: usize = 256;

/// What the task sent so far.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// The first packet of all.
    pub first: Option<SystemTime>,
    /// Each packet to port 53.
    pub dns: Vec<SystemTime>,
    /// TCP SYNs, retransmissions included.
    pub syns: u64,
    /// The longest packet in either direction.
    pub longest: usize,
}

/// A running tap.
#[derive(Debug)]
pub struct Tap {
    sent: Arc<Mutex<Sent>>,
}

impl Tap {
    /// Starts to listen; returns once nothing can be missed.
    pub fn start(world: &World, observer: Arc<Observer>) -> Result<Self, String> {
        let own = [Some(IpAddr::V4(task_v4(world).0)), world.task.v6.map(IpAddr::V6)];
        let sent = Arc::<Mutex<Sent>>::default();
        let shared = Arc::clone(&sent);
        let (ready, started) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let opened = enter_task().and_then(|()| open().map_err(|e| format!("open a packet socket: {e}")));
            match opened {
                Ok(socket) => {
                    drop(ready.send(Ok(())));
                    listen(&socket, own, &shared, &observer);
                }
                Err(error) => drop(ready.send(Err(error))),
            }
        });
        started.recv().map_err(|e| format!("start the packet socket: {e}"))??;
        Ok(Self { sent })
    }

    /// What was sent until now.
    pub fn sent(&self) -> Sent {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn open() -> nix::Result<OwnedFd> {
    let protocol = SockProtocol::EthAll;
    let socket = socket(AddressFamily::Packet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, protocol)?;
    setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
    // Refused beyond the system's limit, which is then what there is.
    let _ = setsockopt(&socket, sockopt::RcvBuf, &(4 * 1024 * 1024));
    Ok(socket)
}

/// One packet's whole length, of which only the head is copied, and when the kernel saw it: this thread may come late on a busy machine.
fn receive(socket: &OwnedFd, buffer: &mut [u8]) -> nix::Result<(usize, SystemTime)> {
    let mut space = [0; 128];
    let mut slices = [IoSliceMut::new(buffer)];
    let message = recvmsg::<()>(socket.as_raw_fd(), &mut slices, Some(&mut space), MsgFlags::MSG_TRUNC)?;
    let stamp = message.cmsgs()?.find_map(|control| match control {
        ControlMessageOwned::ScmTimestampns(time) => Some(SystemTime::UNIX_EPOCH + Duration::from(time)),
        _ => None,
    });
    Ok((message.bytes, stamp.unwrap_or_else(SystemTime::now)))
}

fn listen(socket: &OwnedFd, own: [Option<IpAddr>; 2], shared: &Mutex<Sent>, observer: &Observer) {
    let mut buffer = [0; HEAD];
    while let Ok((length, now)) = receive(socket, &mut buffer) {
        let Some(packet) = Packet::parse(&buffer[..length.min(HEAD)]) else {
            continue;
        };
        let mut sent = shared.lock().unwrap_or_else(PoisonError::into_inner);
        sent.longest = sent.longest.max(length);
        if !own.contains(&Some(packet.source)) {
            continue;
        }
        sent.first.get_or_insert(now);
        if packet.port == 53 {
            sent.dns.push(now);
            observer.saw(Moment::DnsQuery);
        }
        if packet.syn {
            sent.syns += 1;
            observer.saw(Moment::Syn);
        }
    }
}

/// What matters of a packet that carries TCP or UDP.
struct Packet {
    source: IpAddr,
    port: u16,
    syn: bool,
}

impl Packet {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (source, protocol, rest): (IpAddr, u8, &[u8]) = match bytes.first()? >> 4 {
            4 => {
                let header = usize::from(bytes[0] & 0x0f) * 4;
                let source: [u8; 4] = bytes.get(12..16)?.try_into().ok()?;
                (Ipv4Addr::from(source).into(), *bytes.get(9)?, bytes.get(header..)?)
            }
            6 => {
                let source: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
                (Ipv6Addr::from(source).into(), *bytes.get(6)?, bytes.get(40..)?)
            }
            _ => return None,
        };
        if protocol != TCP && protocol != UDP {
            return None;
        }
        let port = u16::from_be_bytes(rest.get(2..4)?.try_into().ok()?);
        let flags = if protocol == TCP { *rest.get(13)? } else { 0 };
        Some(Self { source, port, syn: flags & 0x12 == 0x02 })
    }
}
