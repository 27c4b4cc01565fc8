//! Routes, addresses and rungs in a few words.

use super::side::Seen;
use super::sights::Tries;
use crate::diagnosis::{CheckStatus, Class, ObservedRoute};
use crate::plan::{Route, Rung};

/// More addresses than this are counted.
const NAMED: usize = 4;

/// `a, b, c, d and 4 more`
pub(super) fn list(words: &[String]) -> String {
    match words.len().saturating_sub(NAMED) {
        0 => words.join(", "),
        more => format!("{} and {more} more", words[..NAMED].join(", ")),
    }
}

/// By what way the packets go, and to which addresses: `private 10.0.1.51, 10.0.2.51`.
pub(super) fn way(seen: &Seen) -> String {
    let check = &seen.check;
    let all: Vec<String> = check.addresses.iter().map(ToString::to_string).collect();
    let word = match check.observed_route {
        ObservedRoute::Gateway => "gateway endpoint",
        ObservedRoute::Private => "private",
        ObservedRoute::Public | ObservedRoute::S3Undetermined => "public",
        ObservedRoute::None if all.is_empty() => return "no address".to_owned(),
        ObservedRoute::None => return format!("{}, where nothing connects", by_kind(seen)),
    };
    // A step has no addresses of its own, and a name may lead both ways.
    match check.observed_route {
        _ if all.is_empty() => word.to_owned(),
        ObservedRoute::Private | ObservedRoute::Public => by_kind(seen),
        _ => format!("{word} {}", list(&all)),
    }
}

/// The addresses, each kind for itself.
fn by_kind(seen: &Seen) -> String {
    let kinds = [(Class::Private, "private"), (Class::Public, "public"), (Class::Nowhere, "nowhere")];
    let of = |kind| seen.check.addresses.iter().filter(move |ip| seen.class(**ip) == Some(kind));
    let groups = kinds.into_iter().filter_map(|(kind, word)| {
        let ips: Vec<String> = of(kind).map(ToString::to_string).collect();
        (!ips.is_empty()).then(|| format!("{word} {}", list(&ips)))
    });
    groups.collect::<Vec<_>>().join(" and ")
}

/// `2 of 2 answer`, `1 of 2: no answer in 4000 ms (10.0.2.50)`, `none of 2: …`.
pub(super) fn tries(tries: &Tries) -> String {
    let Tries { good, bad, how, .. } = tries;
    let all = good + bad;
    let how = how.as_ref().map(|(target, fault)| format!(": {fault} ({target})")).unwrap_or_default();
    match good {
        0 => format!("none of {all}{how}"),
        good if *bad == 0 => format!("{good} of {all} answer"),
        good => format!("{good} of {all}{how}"),
    }
}

pub(super) fn rung(rung: Rung) -> &'static str {
    match rung {
        Rung::Resolve => "resolve",
        Rung::Connect => "connect",
        Rung::Handshake => "handshake",
        Rung::Exchange => "exchange",
    }
}

pub(super) fn status(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::Warn => "warn",
        CheckStatus::NotRun => "not looked at",
    }
}

pub(super) fn asserted(route: Route) -> &'static str {
    match route {
        Route::Private => "private",
        Route::Gateway => "gateway",
        Route::Public => "public",
        Route::Any => "any",
        Route::Blocked => "blocked",
    }
}

/// What another route than before means; `newly_viewed` where only the run after was judged by the operator's view.
pub(super) fn moved(before: &Seen, after: &Seen, newly_viewed: bool) -> &'static str {
    use ObservedRoute as To;
    let is_aws = after.check.service.is_some();
    let is_control = after.check.id.0.starts_with("control:");
    match (before.check.observed_route, after.check.observed_route) {
        (_, To::None) if after.check.expected_route == Route::Blocked => "nothing connects any more, as it should be",
        (_, To::None) if is_control => "this way out is closed",
        (_, To::None) => "nothing connects any more",
        _ if is_control => "there is a way out now",
        (To::S3Undetermined, To::Gateway | To::Public) if newly_viewed => {
            "the operator's view says by which way it goes; it may be the one as before"
        }
        (To::S3Undetermined, To::Gateway) => {
            "by the gateway endpoint, as no other public host answers any more; whether it was so before can't be told"
        }
        (To::Private, To::Gateway) => "now by the gateway endpoint, no longer through an interface endpoint",
        (_, To::Gateway) => "now by the gateway endpoint",
        (To::Gateway, To::Private) => "now through an interface endpoint, no longer by the gateway endpoint",
        (_, To::Private) if after.is_layers() && has_public(after) => {
            "the registry through a VPC endpoint now, the layers by public addresses"
        }
        (_, To::Private) if after.is_layers() => "the registry through a VPC endpoint now",
        (_, To::Private) if is_aws => "now through a VPC endpoint",
        (_, To::Private) => "now at a private address",
        (To::Private, To::Public) if is_aws => "no longer through a VPC endpoint: by a NAT or internet gateway",
        (To::Gateway, To::Public) => "no longer by the gateway endpoint: by a NAT or internet gateway",
        (_, To::Public) => "now by a NAT or internet gateway",
        (_, To::S3Undetermined) => {
            "at public addresses, and other public hosts answer too or none was asked: whether by a gateway endpoint can't be \
             told from inside"
        }
    }
}

/// Whether any address that it was sent to is public: a connection that another step opened is none of its own.
fn has_public(seen: &Seen) -> bool {
    let mut own = seen.check.addresses.iter().filter_map(|ip| seen.class(*ip));
    let mut met = seen.sights.iter().flat_map(|sights| sights.kinds.values().copied());
    own.any(|kind| kind == Class::Public) || met.any(|kind| kind == Class::Public)
}
