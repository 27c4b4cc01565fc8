//! The connections to one host over which steps send their requests, and one request with its answer.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use super::log::Log;
use super::redirect::{Target, is_redirect};
use super::told;
use crate::net::{BodyEnd, Hello, Net, Reply, Request};
use crate::observation::{Fault, Part, Rung, Seen, StepPart, Why};
use crate::plan::{Check, CheckId};
use crate::probe::Shared;
use crate::probe::attempt::Attempt;
use crate::probe::berth::{Berth, Open};
use crate::probe::climb;

/// Container engines accept no longer manifest.
pub(super) const MOST_BODY: usize = 4 << 20;
/// Whatever else answers: a secret of 64 KiB, each byte of it escaped, is shorter. Many may come at once.
const MOST_ANSWER: usize = 512 << 10;

/// Whoever reads a body.
pub(super) trait Take: Send {
    /// A request is made, perhaps not the first one.
    fn begin(&mut self);
    /// A piece of the body.
    fn take(&mut self, data: &[u8]) -> ControlFlow<()>;
}

/// A body that is kept, up to a length that no sound one has.
struct Keep {
    bytes: Vec<u8>,
    most: usize,
}

impl Keep {
    fn of(part: Part) -> Self {
        let most = if part == Part::Manifest { MOST_BODY } else { MOST_ANSWER };
        Self { bytes: Vec::new(), most }
    }
}

impl Take for Keep {
    fn begin(&mut self) {
        self.bytes.clear();
    }

    fn take(&mut self, data: &[u8]) -> ControlFlow<()> {
        self.bytes.extend_from_slice(data);
        if self.bytes.len() > self.most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The connections to one host.
pub(super) struct Line<'a, N: Net> {
    shared: &'a Arc<Shared<N>>,
    berth: Arc<Berth<N::Channel>>,
    host: String,
    port: u16,
    /// Whether the host is not that of the check whose step it is.
    is_foreign: bool,
}

impl<'a, N: Net> Line<'a, N> {
    /// The connections of the ladder that a step goes over.
    pub(super) fn of_step(shared: &'a Arc<Shared<N>>, check: &Check) -> Option<Self> {
        let berth = shared.replay.berth(&check.step.as_ref()?.over)?;
        Some(Self { shared, berth, host: check.host.clone(), port: check.port, is_foreign: false })
    }

    /// The connections to a host that an answer led to: the ladder's to it, which begins now where the plan has none.
    pub(super) fn to_host(shared: &'a Arc<Shared<N>>, id: CheckId, host: &str, port: u16) -> Option<Self> {
        let berth = shared.berth_of(id, host, port)?;
        Some(Self { shared, berth, host: host.to_owned(), port, is_foreign: true })
    }

    /// The same connections as another line of the same step.
    pub(super) fn beside(shared: &'a Arc<Shared<N>>, berth: &Arc<Berth<N::Channel>>, host: &str, port: u16) -> Self {
        Self { shared, berth: Arc::clone(berth), host: host.to_owned(), port, is_foreign: false }
    }

    /// Where its connections are.
    pub(super) fn berth(&self) -> Arc<Berth<N::Channel>> {
        Arc::clone(&self.berth)
    }

    /// Wait until a ladder is climbed, or all of them have failed.
    pub(super) async fn wait(&self) {
        // What came of it is in the ladder.
        let _ = self.shared.stop.or(self.berth.wait()).await;
    }

    /// What stands in the header `Host`.
    pub(super) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == 443 { host } else { format!("{host}:{}", self.port) }
    }

    /// The address of a path on it.
    pub(super) fn address(&self, path: &str) -> Option<Url> {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        Url::parse(&format!("https://{host}:{}{path}", self.port)).ok()
    }

    /// How the registry asked for credentials, once a ladder to it was climbed.
    pub(super) async fn challenge(&self) -> Result<Option<String>, Why> {
        self.shared.stop.or(self.berth.wait()).await??;
        Ok(self.berth.challenge())
    }

    /// Make a request and read the whole answer; an error's words are written down.
    pub(super) async fn ask(&self, log: &mut Log, part: StepPart, request: &Request) -> Option<(Reply, Vec<u8>)> {
        let mut keep = Keep::of(part.part);
        let reply = self.send(log, part, request, &mut keep).await?;
        if let Some(told) = told::read(&reply, &keep.bytes, &self.shared.replay.scrubber) {
            log.told(told);
        }
        odd_success(log, reply.response.status, &[200]);
        Some((reply, keep.bytes))
    }

    /// Make a request and go where its answers send it, as container engines do with every question of theirs. What lets us
    /// in goes to this host and to no other; a host that is new gets a ladder of its own.
    pub(super) async fn ask_onward(
        &self,
        log: &mut Log,
        part: StepPart,
        mut request: Request,
        id: fn(&str, u16) -> CheckId,
    ) -> Option<(Reply, Vec<u8>)> {
        let mut from = self.address(&request.target)?;
        let mut answer = self.ask(log, part.clone(), &request).await?;
        let all_headers = request.headers.clone();
        for hop in 1.. {
            if !is_redirect(answer.0.response.status) {
                break;
            }
            let target = match Target::next(&answer.0, &from, hop) {
                Ok(target) => target,
                Err(why) => {
                    log.unusable(why);
                    break;
                }
            };
            log.held(target.held());
            if let Some(query) = target.query() {
                self.shared.replay.scrubber.add(query);
            }
            let part = StepPart { hop, ..part.clone() };
            let line = if target.host == self.host && target.port == self.port {
                Some(Self::beside(self.shared, &self.berth, &self.host, self.port))
            } else {
                Self::to_host(self.shared, id(&target.host, target.port), &target.host, target.port)
            };
            let Some(line) = line else {
                log.not_tried(StepPart { host: Some(target.host), ..part }, Why::TooMany);
                return None;
            };
            request.host = line.authority();
            request.target.clone_from(&target.target);
            request.headers.clone_from(&all_headers);
            request.headers.retain(|(name, _)| !line.is_foreign || name != "authorization");
            from = target.url().clone();
            answer = line.ask(log, part, &request).await?;
        }
        Some(answer)
    }

    /// Make a request, hand its body on. A connection that the other end closed while nobody used it is no fault: then the
    /// request is made once more on a new one, and both are written down.
    pub(super) async fn send(
        &self,
        log: &mut Log,
        part: StepPart,
        request: &Request,
        body: &mut impl Take,
    ) -> Option<Reply> {
        let part = StepPart { host: self.is_foreign.then(|| self.host.clone()), ..part };
        for number in 1..=2 {
            let (open, reused) = self.board(log, &part).await?;
            let attempt = Attempt {
                attempt: number,
                step: Some(part.clone()),
                peer: Some(open.peer),
                ..Attempt::new(Rung::Exchange)
            };
            body.begin();
            let limit = Duration::from_millis(self.shared.plan.limits.http_ms);
            let work = async {
                let mut open = open;
                let mut take = |data: &[u8]| body.take(data);
                let reply = self.shared.net.send(&mut open.channel, request, limit, &mut take).await?;
                let seen = Seen::Response(Box::new(reply.response.clone()));
                Ok(((open, reply), seen))
            };
            let (attempt, done) = attempt.make(self.shared, work).await;
            let was_stale = reused && matches!(attempt.fault(), Some(Fault::Closed | Fault::Reset));
            log.push(attempt);
            if let Some((open, reply)) = done {
                let may_go_on = self.shared.may_keep() && self.shared.net.is_open(&open.channel);
                if reply.end == BodyEnd::Whole && may_go_on {
                    self.berth.give_back(open);
                }
                return Some(reply);
            }
            if !was_stale {
                return None;
            }
        }
        None
    }

    /// A connection that nobody uses, or a new one; whether it was used before.
    async fn board(&self, log: &mut Log, part: &StepPart) -> Option<(Open<N::Channel>, bool)> {
        let peer = match self.shared.stop.or(self.berth.wait()).await {
            Ok(Ok(peer)) => peer,
            Ok(Err(why)) | Err(why) => {
                log.not_tried(part.clone(), why);
                return None;
            }
        };
        while let Some(open) = self.berth.take() {
            if self.shared.net.is_open(&open.channel) {
                return Some((open, true));
            }
        }
        let permit = match self.shared.socket().await {
            Ok(permit) => permit,
            Err(why) => {
                log.not_tried(part.clone(), why);
                return None;
            }
        };
        let rung = |rung| Attempt { step: Some(part.clone()), peer: Some(peer), ..Attempt::new(rung) };
        let limit = Duration::from_millis(self.shared.plan.limits.connect_ms);
        let (attempt, stream) =
            rung(Rung::Connect).make(self.shared, climb::connect(self.shared, peer, &[], limit)).await;
        let why = attempt.why_not_above();
        log.push(attempt);
        let Some(stream) = stream else {
            log.not_tried(part.clone(), why);
            return None;
        };
        let hello = Hello { host: self.host.clone(), other_name: String::new(), variation: Vec::new() };
        let (attempt, secured) =
            rung(Rung::Handshake).make(self.shared, climb::handshake(self.shared, stream, &hello)).await;
        let why = if secured.is_some() { Why::Untrusted } else { attempt.why_not_above() };
        let is_trusted = climb::is_trusted(&attempt);
        log.push(attempt);
        let channel = match secured.filter(|_| is_trusted) {
            Some(secured) => self.shared.net.channel(secured).await.ok(),
            None => None,
        };
        let Some(channel) = channel else {
            log.not_tried(part.clone(), why);
            return None;
        };
        Some((Open { peer, channel, _permit: permit }, false))
    }
}

/// A success that is none of those which the service knows holds nothing of what was asked for.
pub(super) fn odd_success(log: &mut Log, status: u16, known: &[u16]) {
    if (200..300).contains(&status) && !known.contains(&status) {
        log.unusable(format!("it answers with status {status}, which the service does not use here"));
    }
}

/// Which request it is, of what.
pub(super) fn part(part: Part, about: &str) -> StepPart {
    let about = (!about.is_empty()).then(|| about.to_owned());
    StepPart { part, about, hop: 0, host: None }
}
