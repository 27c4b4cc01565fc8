//! The resolvers: the VPC's own and any other, over UDP and TCP, each with the faults that it is given.

mod answer;
mod fault;

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::RecordType;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::course::Course;
use crate::observer::Observer;
use crate::scenario::Act;
use crate::world::{World, WorldResolver};

/// How a query came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Transport {
    Udp,
    Tcp,
}

/// All resolvers of a world.
#[derive(Debug)]
pub struct Dns {
    course: Arc<Course>,
    observer: Arc<Observer>,
    /// Queries seen by resolver, name and type: for rotating answers and for the first of each.
    seen: Mutex<HashMap<(IpAddr, String, u16), usize>>,
}

/// A question as asked of one resolver.
struct Asked<'a> {
    resolver: &'a WorldResolver,
    transport: Transport,
    query: Message,
    name: String,
    kind: RecordType,
    /// How often it was asked before.
    before: usize,
}

/// What goes back.
enum Reply {
    Nothing,
    Bytes(Vec<u8>),
    /// One after the other, over UDP.
    Both(Vec<u8>, Vec<u8>),
    Later(Duration, Vec<u8>),
}

impl Dns {
    /// Binds every resolver's sockets and answers until the runtime ends.
    pub async fn serve(course: Arc<Course>, observer: Arc<Observer>) -> io::Result<()> {
        let resolvers = course.worlds().iter().flat_map(|world| &world.resolvers);
        let addresses: BTreeSet<IpAddr> = resolvers.map(|resolver| resolver.address).collect();
        let dns = Arc::new(Self { course, observer, seen: Mutex::default() });
        for address in addresses {
            let socket = UdpSocket::bind(SocketAddr::new(address, 53)).await?;
            tokio::spawn(Arc::clone(&dns).serve_udp(Arc::new(socket), address));
            let listener = TcpListener::bind(SocketAddr::new(address, 53)).await?;
            tokio::spawn(Arc::clone(&dns).serve_tcp(listener, address));
        }
        Ok(())
    }

    async fn serve_udp(self: Arc<Self>, socket: Arc<UdpSocket>, address: IpAddr) {
        let mut buffer = [0; 4096];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let reply = self.reply(address, Transport::Udp, &buffer[..length]);
            let socket = Arc::clone(&socket);
            match reply {
                Reply::Nothing => {}
                Reply::Bytes(bytes) => drop(socket.send_to(&bytes, peer).await),
                Reply::Both(first, second) => {
                    drop(socket.send_to(&first, peer).await);
                    drop(socket.send_to(&second, peer).await);
                }
                Reply::Later(delay, bytes) => drop(tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    socket.send_to(&bytes, peer).await
                })),
            }
        }
    }

    async fn serve_tcp(self: Arc<Self>, listener: TcpListener, address: IpAddr) {
        while let Ok((stream, _)) = listener.accept().await {
            let dns = Arc::clone(&self);
            tokio::spawn(async move { dns.serve_stream(stream, address).await });
        }
    }

    async fn serve_stream(&self, mut stream: TcpStream, address: IpAddr) -> io::Result<()> {
        loop {
            let length = stream.read_u16().await?;
            let mut query = vec![0; usize::from(length)];
            stream.read_exact(&mut query).await?;
            let bytes = match self.reply(address, Transport::Tcp, &query) {
                Reply::Nothing => continue,
                Reply::Bytes(bytes) | Reply::Both(_, bytes) => bytes,
                Reply::Later(delay, bytes) => {
                    tokio::time::sleep(delay).await;
                    bytes
                }
            };
            let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
            stream.write_u16(length).await?;
            stream.write_all(&bytes[..usize::from(length)]).await?;
        }
    }

    fn reply(&self, address: IpAddr, transport: Transport, bytes: &[u8]) -> Reply {
        let world = self.course.now();
        let resolver = world.resolvers.iter().find(|resolver| resolver.address == address);
        let (Some(resolver), Ok(query)) = (resolver, Message::from_vec(bytes)) else {
            return Reply::Nothing;
        };
        let Some(question) = query.queries.first() else {
            return Reply::Nothing;
        };
        if resolver.vpc && !world.scenario.vpc.dns_support {
            return Reply::Nothing;
        }
        let name = question.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
        let kind = question.query_type();
        let before = self.count(address, &name, kind);
        self.observer.asked(&name, before + 1);
        fault::reply(&world, &Asked { resolver, transport, query, name, kind, before })
    }

    fn count(&self, address: IpAddr, name: &str, kind: RecordType) -> usize {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen.entry((address, name.to_owned(), kind.into())).or_default();
        *count += 1;
        *count - 1
    }
}

/// The faults of the scenario that apply to a question, in order.
fn faults<'a>(world: &'a World, asked: &'a Asked<'a>) -> impl Iterator<Item = &'a Act> {
    let dns = world.scenario.faults.iter().filter(|fault| fault.what.layer() == crate::scenario::Layer::Dns);
    let fitting = dns.filter(move |fault| {
        let place = &fault.place;
        let service = place.service.as_ref().is_none_or(|id| {
            let named = crate::catalog::service_of(&asked.name);
            named.is_some_and(|(region, service)| region == world.region() && service.id == *id)
        });
        let family = place.family.is_none_or(|family| {
            let wanted = if asked.kind == RecordType::AAAA {
                crate::scenario::Family::Ipv6
            } else {
                crate::scenario::Family::Ipv4
            };
            wanted == family
        });
        service && family && world.fits_resolver(place, asked.resolver.address) && place.fits_host(&asked.name)
    });
    fitting.map(|fault| &fault.what)
}
