//! Configuration and layers: the registry's redirect, followed by us, and the bytes from where it leads.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::image::{Contents, Login, request};
use super::line::{Line, Take, odd_success, part};
use super::log::Log;
use super::redirect::{Target, is_redirect};
use super::{manifest, told};
use crate::net::{BodyEnd, Net, Reply, Request};
use crate::observation::{Blob, Held, Part, StepPart, Transfer, TransferEnd, Why};
use crate::plan::{ImageRef, LayerMode, layer_host};
use crate::probe::Shared;
use crate::probe::berth::Berth;

/// Bytes of a layer that are enough to measure with.
const SAMPLE: u64 = 1 << 20;
/// Blobs that are asked for at once: more share the same line, and memory stays bounded.
const AT_ONCE: usize = 8;
/// Of whole layers fewer at once, as container engines do.
const AT_ONCE_WHOLE: usize = 3;
/// Characters of an error's words that are read.
const WORDS: usize = 8 * 1024;

/// Fetch the configuration and every layer, side by side; what a failed one leaves costs the others nothing.
pub(super) async fn fetch<N: Net>(
    shared: &Arc<Shared<N>>,
    line: Line<'_, N>,
    image: &ImageRef,
    login: &Login,
    contents: Contents,
    log: &mut Log,
) {
    let mode = shared.plan.replay.layers;
    let at_once = if mode == LayerMode::Full { AT_ONCE_WHOLE } else { AT_ONCE };
    let turns = Arc::new(Semaphore::new(at_once));
    let config = std::iter::once((Part::ConfigBlob, contents.config));
    let blobs = config.chain(contents.layers.into_iter().map(|layer| (Part::LayerBlob, layer)));
    let mut fetches = JoinSet::new();
    for (number, (which, blob)) in blobs.enumerate() {
        let turns = Arc::clone(&turns);
        let fetch = Fetch {
            shared: Arc::clone(shared),
            berth: line.berth(),
            host: image.host.clone(),
            port: image.port,
            repository: image.repository.clone(),
            login: login.clone(),
            which,
            blob,
            mode,
        };
        fetches.spawn(async move {
            let _turn = turns.acquire_owned().await;
            let mut log = Log::default();
            fetch.run(&mut log).await;
            (number, log)
        });
    }
    let mut logs: Vec<(usize, Log)> = Vec::new();
    while let Some(joined) = fetches.join_next().await {
        match joined {
            Ok(done) => logs.push(done),
            Err(_) => log.not_tried(part(Part::LayerBlob, ""), Why::OurFault),
        }
    }
    crate::order::by_key(&mut logs, |(number, _)| *number);
    logs.into_iter().for_each(|(_, done)| log.append(done));
}

/// One blob on its way.
struct Fetch<N: Net> {
    shared: Arc<Shared<N>>,
    berth: Arc<Berth<N::Channel>>,
    host: String,
    port: u16,
    repository: String,
    login: Login,
    which: Part,
    blob: Blob,
    mode: LayerMode,
}

impl<N: Net> Fetch<N> {
    async fn run(&self, log: &mut Log) {
        let line = Line::beside(&self.shared, &self.berth, &self.host, self.port);
        let path = format!("/v2/{}/blobs/{}", self.repository, self.blob.digest);
        let mut asked = request("GET", line.authority(), path.clone(), &self.login);
        self.limit(&mut asked);
        let which = part(self.which, &self.blob.digest);
        let Some(reply) = self.transfer(log, &line, which, &asked).await else { return };
        let Some(mut from) = line.address(&path) else { return };
        let mut reply = reply;
        for hop in 1.. {
            if !is_redirect(reply.response.status) {
                return;
            }
            let target = match Target::next(&reply, &from, hop) {
                Ok(target) => target,
                Err(why) => {
                    log.unusable(why);
                    return;
                }
            };
            log.held(target.held());
            if let Some(query) = target.query() {
                self.shared.replay.scrubber.add(query);
            }
            let Some(next) = self.follow(log, hop, &target).await else { return };
            from = target.url().clone();
            reply = next;
        }
    }

    /// Ask where a redirect leads.
    async fn follow(&self, log: &mut Log, hop: u8, target: &Target) -> Option<Reply> {
        let which = if self.which == Part::ConfigBlob { Part::Config } else { Part::Layer };
        let which = StepPart { hop, host: Some(target.host.clone()), ..part(which, &self.blob.digest) };
        let id = layer_host(&target.host, target.port);
        let Some(line) = Line::to_host(&self.shared, id, &target.host, target.port) else {
            log.not_tried(which, Why::TooMany);
            return None;
        };
        if self.mode == LayerMode::None {
            // The way there is climbed; of the layer nothing is asked for.
            line.wait().await;
            log.not_tried(which, self.shared.stop.why().unwrap_or(Why::NotAsked));
            return None;
        }
        // What lets us in at the registry goes to the registry's own host, and to no other.
        let is_registry = target.host == self.host && target.port == self.port;
        let login = if is_registry { &self.login } else { &Login::Open };
        let mut asked = request("GET", line.authority(), target.target.clone(), login);
        self.limit(&mut asked);
        self.transfer(log, &line, which, &asked).await
    }

    /// How many bytes of the blob are wanted.
    fn wanted(&self) -> u64 {
        match self.mode {
            LayerMode::Full => self.blob.bytes,
            LayerMode::Sample | LayerMode::None => self.blob.bytes.min(SAMPLE),
        }
    }

    fn limit(&self, request: &mut Request) {
        let wanted = self.wanted();
        if wanted > 0 && wanted < self.blob.bytes {
            request.headers.push(("range".to_owned(), format!("bytes=0-{}", wanted - 1)));
        }
    }

    /// Make a request whose answer may be the blob, and write down how its bytes came.
    async fn transfer(&self, log: &mut Log, line: &Line<'_, N>, which: StepPart, asked: &Request) -> Option<Reply> {
        let mut meter = Meter::new(self.wanted(), self.blob.bytes);
        let reply = line.send(log, which, asked, &mut meter).await?;
        let status = reply.response.status;
        if status == 200 || status == 206 {
            log.held(Held::Transfer(meter.transfer(&reply)));
            return None;
        }
        odd_success(log, status, &[]);
        if let Some(told) = told::read(&reply, &meter.words, &self.shared.replay.scrubber) {
            log.told(told);
        }
        Some(reply)
    }
}

/// Counts and hashes what comes, and keeps the beginning for the words of an error.
struct Meter {
    wanted: u64,
    blob: u64,
    bytes: u64,
    hash: digest::Context,
    words: Vec<u8>,
    begun: Instant,
    first_byte: Option<Duration>,
}

impl Meter {
    fn new(wanted: u64, blob: u64) -> Self {
        let hash = digest::Context::new(&digest::SHA256);
        Self { wanted, blob, bytes: 0, hash, words: Vec::new(), begun: Instant::now(), first_byte: None }
    }

    /// A body is read so far: as much as is wanted, or one byte more than the blob has, which makes it another.
    fn most(&self) -> u64 {
        let most = if self.wanted < self.blob { self.wanted } else { self.blob.saturating_add(1) };
        most.max(WORDS as u64)
    }

    fn transfer(&self, reply: &Reply) -> Transfer {
        let is_all = reply.end == BodyEnd::Whole || (reply.end == BodyEnd::Left && self.bytes >= self.wanted);
        let is_whole = reply.end == BodyEnd::Whole && (reply.response.status == 200 || self.wanted == self.blob);
        Transfer {
            wanted_bytes: self.wanted,
            bytes: self.bytes,
            blob_bytes: self.blob,
            said_bytes: said_bytes(reply),
            first_byte_ms: self.first_byte.map_or(0, |after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
            end: match reply.end {
                _ if is_all => TransferEnd::Whole,
                BodyEnd::Stalled => TransferEnd::Stalled,
                BodyEnd::Whole | BodyEnd::Left | BodyEnd::Broken => TransferEnd::Broken,
            },
            digest: is_whole.then(|| manifest::shown(self.hash.clone().finish().as_ref())),
        }
    }
}

impl Take for Meter {
    fn begin(&mut self) {
        *self = Self::new(self.wanted, self.blob);
    }

    fn take(&mut self, data: &[u8]) -> ControlFlow<()> {
        self.first_byte.get_or_insert_with(|| self.begun.elapsed());
        self.bytes += data.len() as u64;
        self.hash.update(data);
        let room = WORDS.saturating_sub(self.words.len());
        self.words.extend_from_slice(&data[..data.len().min(room)]);
        if self.bytes >= self.most() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The whole blob's size as the answer says it: the end of `Content-Range`, or `Content-Length` of the whole.
fn said_bytes(reply: &Reply) -> Option<u64> {
    match reply.header("content-range") {
        Some(range) => range.rsplit_once('/')?.1.trim().parse().ok(),
        None => reply.header("content-length")?.trim().parse().ok(),
    }
}
