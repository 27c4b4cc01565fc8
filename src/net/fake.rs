//! A network made of answers, for tests: every step takes its time on the paused clock, and is counted.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;

use super::{Ask, BodyEnd, Hello, Net, Reply, Request};
use crate::catalog::Question;
use crate::observation::{Address, Answer, Change, Connection, DnsTransport, Fault, Handshake, Response, TrustedBy};

/// What the fake network does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fake(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    names: HashMap<(SocketAddr, String), Vec<String>>,
    silent_resolvers: Vec<SocketAddr>,
    truncating: bool,
    silent_peers: Vec<SocketAddr>,
    /// How long each connection to a peer takes, one after the other; those that are not named open at once.
    connects: HashMap<SocketAddr, VecDeque<Duration>>,
    connecting: usize,
    most_connecting: usize,
    silent_hellos: HashMap<SocketAddr, Vec<Change>>,
    panics: bool,
    asked: Vec<Ask>,
    hellos: Vec<(SocketAddr, Hello)>,
    answers: HashMap<String, FakeAnswer>,
    requests: Vec<Sent>,
}

/// What is answered to a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl FakeAnswer {
    fn reply(&self) -> Reply {
        let headers = self.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Reply::new(Response { status: self.status, complete: true, ..Response::default() }, headers)
    }
}

/// A request that was made.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) line: String,
    pub(crate) authorization: Option<String>,
    pub(crate) range: Option<String>,
    pub(crate) body: String,
}

impl Sent {
    fn of(request: &Request) -> Self {
        let header = |name: &str| request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        Self {
            line: format!("{} {}{}", request.method, request.host, request.target),
            authorization: header("authorization"),
            range: header("range"),
            body: String::from_utf8_lossy(&request.body).into_owned(),
        }
    }
}

impl Fake {
    fn change(self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.0.lock().unwrap());
        self
    }

    pub(crate) fn name(self, resolver: &str, name: &str, addresses: &[&str]) -> Self {
        let key = (resolver.parse().unwrap(), name.to_owned());
        let addresses = addresses.iter().map(|a| (*a).to_owned()).collect();
        self.change(|state| drop(state.names.insert(key, addresses)))
    }

    pub(crate) fn silent_resolver(self, resolver: &str) -> Self {
        self.change(|state| state.silent_resolvers.push(resolver.parse().unwrap()))
    }

    pub(crate) fn truncating(self) -> Self {
        self.change(|state| state.truncating = true)
    }

    pub(crate) fn silent_peer(self, peer: &str) -> Self {
        self.change(|state| state.silent_peers.push(peer.parse().unwrap()))
    }

    /// Connections to it take so many milliseconds, one after the other; those beyond the limit never open.
    pub(crate) fn slow_peer(self, peer: &str, each_ms: &[u64]) -> Self {
        let each = each_ms.iter().map(|ms| Duration::from_millis(*ms)).collect();
        self.change(|state| drop(state.connects.insert(peer.parse().unwrap(), each)))
    }

    /// Silent after a ClientHello, unless it has this change.
    pub(crate) fn silent_hello_unless(self, peer: &str, change: Change) -> Self {
        self.change(|state| drop(state.silent_hellos.insert(peer.parse().unwrap(), vec![change])))
    }

    pub(crate) fn panicking(self) -> Self {
        self.change(|state| state.panics = true)
    }

    /// Answer a request, named by method, host and path.
    pub(crate) fn answer(self, request: &str, answer: FakeAnswer) -> Self {
        self.change(|state| drop(state.answers.insert(request.to_owned(), answer)))
    }

    pub(crate) fn requests(&self) -> Vec<Sent> {
        self.0.lock().unwrap().requests.clone()
    }

    /// The most connections that were waited for at one time.
    pub(crate) fn most_connecting(&self) -> usize {
        self.0.lock().unwrap().most_connecting
    }

    pub(crate) fn asked(&self) -> Vec<Ask> {
        self.0.lock().unwrap().asked.clone()
    }
}

fn timed_out(limit: Duration) -> Fault {
    Fault::TimedOut { after_ms: u64::try_from(limit.as_millis()).unwrap() }
}

impl Net for Fake {
    type Stream = SocketAddr;
    type Secured = SocketAddr;
    type Channel = SocketAddr;

    async fn resolve(&self, ask: &Ask, limit: Duration) -> Result<Answer, Fault> {
        let (is_silent, addresses, truncated) = {
            let mut state = self.0.lock().unwrap();
            state.asked.push(ask.clone());
            assert!(!state.panics, "made to");
            let addresses = state.names.get(&(ask.resolver, ask.name.clone())).cloned();
            let truncated = state.truncating && ask.transport == DnsTransport::Udp;
            (state.silent_resolvers.contains(&ask.resolver), addresses, truncated)
        };
        if is_silent {
            sleep(limit).await;
            return Err(timed_out(limit));
        }
        sleep(Duration::from_millis(2)).await;
        let Some(addresses) = addresses else {
            return Ok(Answer { code: "NXDOMAIN".to_owned(), ..Answer::default() });
        };
        let wants_v6 = ask.family == crate::observation::Family::Aaaa;
        let addresses: Vec<Address> = addresses
            .iter()
            .map(|text| Address { ip: text.parse().unwrap(), ttl_s: 60 })
            .filter(|address| address.ip.is_ipv6() == wants_v6 && !truncated)
            .collect();
        let address_count = addresses.len();
        let code = "NOERROR".to_owned();
        Ok(Answer { code, transport: ask.transport, truncated, addresses, address_count, ..Answer::default() })
    }

    async fn connect(
        &self,
        peer: SocketAddr,
        _variation: &[Change],
        limit: Duration,
    ) -> Result<(SocketAddr, Connection), Fault> {
        let took = {
            let mut state = self.0.lock().unwrap();
            state.connecting += 1;
            state.most_connecting = state.most_connecting.max(state.connecting);
            let is_silent = state.silent_peers.contains(&peer);
            let named = state.connects.get_mut(&peer).and_then(VecDeque::pop_front);
            if is_silent { Duration::MAX } else { named.unwrap_or(Duration::from_millis(2)) }
        };
        sleep(took.min(limit)).await;
        self.0.lock().unwrap().connecting -= 1;
        if took < limit { Ok((peer, Connection { local: None })) } else { Err(timed_out(limit)) }
    }

    async fn handshake(
        &self,
        stream: SocketAddr,
        hello: &Hello,
        limit: Duration,
    ) -> Result<(SocketAddr, Handshake), (Fault, Handshake)> {
        let is_silent = {
            let mut state = self.0.lock().unwrap();
            state.hellos.push((stream, hello.clone()));
            let wanted = state.silent_hellos.get(&stream);
            wanted.is_some_and(|wanted| !wanted.iter().all(|change| hello.variation.contains(change)))
        };
        if is_silent {
            sleep(limit).await;
            return Err((timed_out(limit), Handshake::default()));
        }
        sleep(Duration::from_millis(4)).await;
        Ok((stream, Handshake { trusted_by: Some(TrustedBy::Public), ..Handshake::default() }))
    }

    async fn channel(&self, stream: SocketAddr) -> Result<SocketAddr, Fault> {
        Ok(stream)
    }

    fn is_open(&self, _channel: &SocketAddr) -> bool {
        true
    }

    async fn exchange(
        &self,
        _channel: &mut SocketAddr,
        host: &str,
        question: &Question,
        _limit: Duration,
    ) -> Result<Reply, Fault> {
        sleep(Duration::from_millis(4)).await;
        let answer = self.0.lock().unwrap().answers.get(&format!("PING {host}{}", question.path)).cloned();
        let answer = answer.unwrap_or(FakeAnswer { status: 401, ..FakeAnswer::default() });
        Ok(answer.reply())
    }

    async fn send(
        &self,
        _channel: &mut SocketAddr,
        request: &Request,
        limit: Duration,
        body: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
    ) -> Result<Reply, Fault> {
        let answer = {
            let mut state = self.0.lock().unwrap();
            state.requests.push(Sent::of(request));
            let key = format!("{} {}{}", request.method, request.host, request.target.split('?').next().unwrap());
            state.answers.get(&key).cloned()
        };
        let Some(answer) = answer else {
            sleep(limit).await;
            return Err(timed_out(limit));
        };
        sleep(Duration::from_millis(4)).await;
        let mut reply = answer.reply();
        let is_enough = body(answer.body.as_bytes()).is_break();
        reply.bytes = answer.body.len() as u64;
        reply.end = if is_enough { BodyEnd::Left } else { BodyEnd::Whole };
        Ok(reply)
    }
}
