//! One listener a port; the address that a connection came to tells which server it meant.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite, join};
use tokio::net::{TcpListener, TcpStream};

use crate::backend::Head;
use crate::catalog::Wire;
use crate::course::Course;
use crate::http::{self, Door};
use crate::observer::Observer;
use crate::scenario::{Act, Fault, Layer, Moment};
use crate::tls::{Hello, Tls, linger};
use crate::world::{Site, World};

/// Every server of the world but the resolvers.
#[derive(Debug)]
pub struct Servers {
    /// Where everything is.
    pub course: Arc<Course>,
    /// What answers handshakes.
    pub tls: Tls,
    /// Who is told of hellos and requests.
    pub observer: Arc<Observer>,
}

impl Servers {
    /// Binds every port and answers until the runtime ends.
    pub fn serve(self: Arc<Self>) -> io::Result<()> {
        let sites = self.course.worlds().iter().flat_map(|world| world.sites.keys());
        let ports: BTreeSet<u16> = sites.map(|(_, port)| *port).collect();
        for port in ports {
            let listener = listen(port)?;
            let servers = Arc::clone(&self);
            tokio::spawn(servers.accept(listener, port));
        }
        Ok(())
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, port: u16) {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let servers = Arc::clone(&self);
            tokio::spawn(async move { servers.connection(stream, port).await });
        }
    }

    /// A connection that goes wrong is the scenario's business or the client's, never the lab's.
    async fn connection(&self, mut stream: TcpStream, port: u16) -> io::Result<()> {
        let address = stream.local_addr()?.ip().to_canonical();
        // A connection stays in the world in which it began.
        let world = self.course.now();
        let Some(site) = world.sites.get(&(address, port)) else {
            return Ok(());
        };
        match site.wire {
            Wire::Metadata => http::serve_metadata(&mut stream, &world).await,
            Wire::Tcp => {
                linger(&mut stream).await;
                Ok(())
            }
            _ => self.secured(stream, &world, address, site).await,
        }
    }

    async fn secured(&self, mut stream: TcpStream, world: &World, address: IpAddr, site: &Site) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let hello = Hello::read(&mut stream).await?;
        self.observer.saw(Moment::TlsHello);
        let name = hello.server_name.clone();
        let asked = name.as_deref();
        let acts = faults(world, Layer::Tls, address, site, asked);
        let acts: Vec<&Act> = acts.into_iter().map(|(_, fault)| &fault.what).collect();
        let Some(mut stream) = self.tls.accept(stream, hello, site, &acts).await? else {
            return Ok(());
        };
        let seen = || self.observer.saw(Moment::HttpRequest);
        let faults = faults(world, Layer::Http, address, site, asked);
        let door = Door { world, site, asked, faults: &faults };
        if faults.is_empty() && !world.scenario.backends.is_empty() {
            return forwarded(&mut stream, door, seen).await;
        }
        http::serve(&mut stream, door, seen).await
    }
}

/// Hands requests on to the world's backends; what is none of theirs the lab answers, one request at a time.
async fn forwarded<S>(stream: &mut S, door: Door<'_>, seen: impl Fn()) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(head) = Head::read(stream).await? {
        if let Some(backend) = head.backend(&door.world.scenario.backends, door.site.wire) {
            seen();
            return head.forward(stream, backend).await;
        }
        let request = head.whole(stream).await?;
        http::serve(&mut join(request.as_slice(), &mut *stream), door, &seen).await?;
    }
    Ok(())
}

/// The faults of a server, each with its number in the scenario.
fn faults<'a>(
    world: &'a World,
    layer: Layer,
    address: IpAddr,
    site: &Site,
    name: Option<&str>,
) -> Vec<(usize, &'a Fault)> {
    let faults = world.scenario.faults.iter().enumerate().filter(|(_, fault)| fault.what.layer() == layer);
    faults.filter(|(_, fault)| world.fits_site(&fault.place, address, site, name)).collect()
}

/// Both families where the kernel has both.
fn listen(port: u16) -> io::Result<TcpListener> {
    let both = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), port);
    let one = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
    let socket = bind(Domain::IPV6, both).or_else(|_| bind(Domain::IPV4, one))?;
    TcpListener::from_std(socket.into())
}

fn bind(domain: Domain, address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::STREAM, None)?;
    if domain == Domain::IPV6 {
        socket.set_only_v6(false)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
