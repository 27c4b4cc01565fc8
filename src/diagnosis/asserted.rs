//! What a file of expectations asserts beside routes, held against what was seen: addresses, issuers, limits.

use super::case::{Asked, Attempt, Case, Name, Peer, Reached, View};
use super::ledger::{self, Ledger};
use super::{ObservedRoute, reading, words};
use crate::observation::{Handshake, Observation, TrustedBy};
use crate::plan::{Demands, Role, Route, Rung};

/// A broken assertion: of which check, what is said of it, and what shows it.
#[derive(Debug)]
pub struct Broken<'c> {
    /// The check.
    pub view: &'c View<'c>,
    /// A clause that tells it.
    pub told: String,
    /// What shows it.
    pub evidence: Vec<&'c Observation>,
}

/// The views of which something is asserted that can hold: nothing is, where nothing must be reached.
fn asserted<'c>(case: &'c Case<'c>) -> impl Iterator<Item = (&'c View<'c>, &'c Demands)> {
    let open = case.subjects().filter(|view| view.check.expect != Route::Blocked);
    open.filter_map(|view| Some((view, case.plan.asserted.demands.get(&view.check.id)?)))
}

/// Addresses that lie outside of those allowed, where that is not told of the route already.
pub fn outside<'c>(case: &'c Case<'c>) -> Vec<Broken<'c>> {
    let of = |(view, demands): (&'c View<'c>, &Demands)| {
        let is_told = ledger::is_off_route(case, view) && case.observed_route(view) != ObservedRoute::S3Undetermined;
        let is_allowed = |peer: &Peer<'_>| demands.addresses.iter().any(|net| net.contains(&peer.address.ip()));
        // Of an address that does not connect something worse is told.
        let is_open = |peer: &Peer<'_>| !matches!(peer.reached(), Reached::Failed(_));
        let peers: Vec<_> = view.used_peers().filter(|peer| is_open(peer) && !is_allowed(peer)).collect();
        if demands.addresses.is_empty() || is_told || peers.is_empty() {
            return None;
        }
        let told = format!(
            "{} has addresses outside of {} ({})",
            view.check.host,
            words::list(&demands.addresses),
            words::list(peers.iter().map(|peer| peer.address.ip()))
        );
        let evidence = peers.iter().filter_map(|peer| Some(peer.connect.as_ref()?.last)).collect();
        Some(Broken { view, told, evidence })
    };
    asserted(case).filter_map(of).collect()
}

/// Chains without any of the issuers that are asserted. What is wrong with a certificate by itself is told elsewhere.
pub fn misissued<'c>(case: &'c Case<'c>) -> Vec<Broken<'c>> {
    let of = |(view, demands): (&'c View<'c>, &Demands)| {
        let shown = presented(view).filter(|(_, shown)| is_whole(shown) && !is_by(shown, &demands.issuers));
        let shown: Vec<_> = shown.collect();
        let (first, leaf) = shown.first().map(|(seen, shown)| (seen, shown.chain.first()))?;
        let told = format!(
            "{} presents at {} a certificate issued by {} instead of {}",
            view.check.host,
            first.peer.map(|peer| peer.to_string()).unwrap_or_default(),
            words::quoted(leaf.map(|leaf| leaf.issuer.as_str()).unwrap_or_default()),
            words::list(demands.issuers.iter().map(|issuer| words::quoted(issuer)))
        );
        (!demands.issuers.is_empty()).then(|| Broken {
            view,
            told,
            evidence: shown.iter().map(|(seen, _)| *seen).collect(),
        })
    };
    asserted(case).filter_map(of).collect()
}

/// The handshakes whose certificate is good, or is known to the application only and belongs to it.
fn presented<'c>(view: &'c View<'c>) -> impl Iterator<Item = (&'c Observation, &'c Handshake)> {
    let handshakes = view.used_peers().filter_map(|peer| peer.handshake.as_ref());
    let shown = handshakes.filter_map(|attempt| Some((attempt.last, attempt.last.handshake()?)));
    shown.filter(|(seen, shown)| {
        let is_trusted = match shown.trusted_by {
            Some(TrustedBy::Public) => true,
            Some(TrustedBy::Bundle) => view.check.role == Role::Extra,
            None => false,
        };
        seen.seen().is_some() && is_trusted && shown.problems.is_empty()
    })
}

/// Whether all of the chain is known: of a very long one only the beginning is.
fn is_whole(shown: &Handshake) -> bool {
    shown.chain_length <= shown.chain.len()
}

fn is_by(shown: &Handshake, wanted: &[String]) -> bool {
    let issuers = shown.chain.iter().map(|certificate| certificate.issuer.as_str());
    issuers.flat_map(names).any(|name| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)))
}

/// Organisation and common name of a distinguished name such as `C=US, O=Amazon, CN=Amazon RSA 2048 M02`. A comma may stand
/// in a name too: a part goes on until the next one begins.
fn names(distinguished: &str) -> Vec<&str> {
    let is_key = |text: &str| {
        let key = text.split_once('=').map_or("", |(key, _)| key);
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    };
    let mut begins: Vec<usize> = distinguished.match_indices(", ").map(|(at, _)| at + 2).collect();
    begins.retain(|at| is_key(&distinguished[*at..]));
    begins.insert(0, 0);
    let ends = begins.iter().skip(1).map(|at| at - 2).chain([distinguished.len()]);
    let parts = begins.iter().zip(ends).map(|(from, to)| &distinguished[*from..to]);
    parts.filter_map(|part| part.strip_prefix("O=").or_else(|| part.strip_prefix("CN="))).collect()
}

/// A limit of a rung, and all that was measured of it.
type Limited<'c> = (Rung, u64, Vec<&'c Attempt<'c>>);

fn limited<'c>(view: &'c View<'c>, demands: &Demands) -> Vec<Limited<'c>> {
    let lookups = view.asked.iter().filter(|asked| asked.bears).flat_map(|asked| &asked.lookups).collect();
    let rung = |of: fn(&'c Peer<'c>) -> &'c Option<Attempt<'c>>| {
        let attempts = view.peers.iter().filter(|peer| peer.bears).filter_map(|peer| of(peer).as_ref());
        attempts.collect::<Vec<_>>()
    };
    let table = [
        (Rung::Resolve, demands.resolve_ms, lookups),
        (Rung::Connect, demands.connect_ms, rung(|peer| &peer.connect)),
        (Rung::Handshake, demands.handshake_ms, rung(|peer| &peer.handshake)),
        (Rung::Exchange, demands.exchange_ms, rung(|peer| &peer.exchange)),
    ];
    table.into_iter().filter_map(|(rung, limit, attempts)| Some((rung, limit?, attempts))).collect()
}

/// What was answered, and later than is asserted: the limit, and the attempts. One that got no answer is told elsewhere, but
/// where another one did it was waited for.
pub fn late<'c>(case: &'c Case<'c>) -> Vec<(&'c View<'c>, u64, Vec<&'c Observation>)> {
    let of = |(view, demands): (&'c View<'c>, &'c Demands)| {
        limited(view, demands).into_iter().filter_map(move |(_, limit, attempts)| {
            let answered = attempts.into_iter().filter(|attempt| attempt.last.seen().is_some());
            let waited = answered.flat_map(|attempt| std::iter::once(attempt.last).chain(attempt.lost()));
            let late: Vec<_> = waited.filter(|seen| seen.took_ms > limit).collect();
            (!late.is_empty()).then_some((view, limit, late))
        })
    };
    asserted(case).flat_map(of).collect()
}

/// How long the pull of an image may take, by what is asserted of its registry.
pub fn pull_limit(case: &Case<'_>, reference: &str) -> Option<u64> {
    let image =
        case.steps().filter_map(|view| reading::image(view.check)).find(|image| image.reference == reference)?;
    let is_registry = |view: &&View<'_>| view.check.host == image.host && view.check.port == image.port;
    let (_, demands) = asserted(case).find(|(view, _)| is_registry(view))?;
    demands.pull_ms
}

/// What is asserted and could not be held against anything, though nothing stood in the way.
pub fn unproved<'c>(case: &'c Case<'c>, ledger: &Ledger<'c>) -> Vec<(&'c View<'c>, String)> {
    let of = |(view, demands): (&'c View<'c>, &'c Demands)| {
        let host = &view.check.host;
        let mut missing = Vec::new();
        if !demands.issuers.is_empty()
            && !presented(view).any(|(_, shown)| is_whole(shown) || is_by(shown, &demands.issuers))
        {
            missing.push(format!("the issuer at {host} (no whole chain was seen)"));
        }
        for (rung, _, attempts) in limited(view, demands) {
            if !attempts.iter().any(|attempt| attempt.last.seen().is_some()) {
                missing.push(format!("the limit of {} at {host} (none was made)", rung_word(rung)));
            }
        }
        if demands.pull_ms.is_some() && !is_pull_known(case, ledger, view) {
            missing.push(format!("the limit of pull from {host} (no pull was measured)"));
        }
        if !demands.addresses.is_empty() && view.used_peers().next().is_none() {
            missing.push(format!("the addresses of {host} (it has none)"));
        }
        missing.into_iter().map(move |missing| (view, missing))
    };
    let unheld = asserted(case).filter(|(view, _)| !ledger.has_trouble(view)).flat_map(of);
    unheld.chain(nameless(case, ledger)).collect()
}

/// What must not be reachable and is a name that nobody knows: it may be written wrong, and nothing was tried. The names of
/// the catalog are right: where such a one is not known, DNS is what blocks it.
fn nameless<'c>(case: &'c Case<'c>, ledger: &Ledger<'c>) -> impl Iterator<Item = (&'c View<'c>, String)> {
    let is_unknown = |view: &View<'_>| {
        let is_somebodys =
            |asked: &Asked<'_>| matches!(asked.name(), Name::Addresses(_) | Name::Nowhere(_) | Name::Empty(_));
        let is_missing = |asked: &Asked<'_>| matches!(asked.name(), Name::NotFound(_));
        view.check.service.is_none() && view.asked.iter().any(is_missing) && !view.asked.iter().any(is_somebodys)
    };
    let blocked = case.subjects().filter(|view| view.check.expect == Route::Blocked);
    blocked.filter(move |view| is_unknown(view) && !ledger.has_trouble(view)).map(|view| {
        let host = &view.check.host;
        (view, format!("that {host} is blocked (the name does not exist, so nothing was tried)"))
    })
}

fn rung_word(rung: Rung) -> &'static str {
    match rung {
        Rung::Resolve => "resolve",
        Rung::Connect => "connect",
        Rung::Handshake => "handshake",
        Rung::Exchange => "exchange",
    }
}

/// Whether the pull of every image of this registry came to an estimate, or to something worse that is told.
fn is_pull_known(case: &Case<'_>, ledger: &Ledger<'_>, registry: &View<'_>) -> bool {
    let pulls = super::pulls(case.plan, case.observations);
    let mut any = false;
    for view in case.steps() {
        let Some(image) = reading::image(view.check) else { continue };
        if image.host != registry.check.host || image.port != registry.check.port {
            continue;
        }
        any = true;
        let pull = pulls.iter().find(|pull| pull.image == image.reference);
        if !ledger.has_trouble(view) && pull.is_none_or(|pull| pull.estimated_pull_ms.is_none()) {
            return false;
        }
    }
    any
}

#[cfg(test)]
mod tests;
