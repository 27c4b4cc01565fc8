//! The observations that show a finding, a line each.

use super::super::text::cells::{certificate, time};
use super::super::text::steps::called;
use super::super::text::table::TITLES;
use super::super::text::units::plural;
use super::super::text::wrap::squeeze;
use super::Context;
use super::markup::Markup;
use crate::diagnosis::Finding;
use crate::observation::{Change, Handshake, Observation, Outcome, Response, Rung, Seen};

/// How many are shown.
const MOST: usize = 24;

/// The most columns of what came.
const RESULT_COLUMNS: usize = 640;

/// What a finding is known by.
pub(super) fn write(page: &mut Markup, context: &Context<'_>, finding: &Finding) {
    let known: Vec<_> = finding.evidence.iter().filter_map(|id| context.observations.get(id)).collect();
    if known.is_empty() {
        return;
    }
    page.raw("<details><summary>Evidence: ").text(&plural(known.len(), "observation")).raw("</summary>\n<ul>\n");
    for observation in known.iter().take(MOST) {
        page.raw("<li>").element("code", &observation.id.0).raw(" ").text(&told(observation)).raw("</li>\n");
    }
    if let Some(more @ 1..) = known.len().checked_sub(MOST) {
        page.element("li", &format!("{more} more are in the report")).raw("\n");
    }
    page.raw("</ul></details>\n");
}

/// Which attempt it was, how long it took, and what came of it.
fn told(observation: &Observation) -> String {
    let about = format!("{}, {}", called(&observation.check), attempt(observation));
    squeeze(&format!("{about}: {}", came(observation)), RESULT_COLUMNS)
}

/// An attempt by its rung, its other end and its time.
pub(super) fn attempt(observation: &Observation) -> String {
    let mut text = rung(observation.rung).to_owned();
    let part = observation.step.as_ref().and_then(|step| step.host.as_deref());
    let end = observation.resolver.or(observation.peer).map(|end| end.to_string());
    for word in observation.variation.iter().map(|change| changed(*change)).chain(part).chain(end.as_deref()) {
        text.push(' ');
        text.push_str(word);
    }
    match observation.outcome {
        Outcome::NotTried { .. } => text,
        Outcome::Saw { .. } | Outcome::Failed { .. } => format!("{text}, {}", time(observation.took_ms)),
    }
}

/// The rung's word.
pub(super) fn rung(rung: Rung) -> &'static str {
    TITLES[2 + rung as usize]
}

fn changed(change: Change) -> &'static str {
    match change {
        Change::ShortHello => "with a short ClientHello",
        Change::OtherName => "with another server name",
        Change::NoName => "without a server name",
        Change::SmallSegments => "in small segments",
    }
}

/// What came of an attempt.
pub(super) fn came(observation: &Observation) -> String {
    match &observation.outcome {
        Outcome::Saw { seen: Seen::Answer(answer) } => {
            let addresses: Vec<_> = answer.addresses.iter().map(|address| address.ip.to_string()).collect();
            let found = if addresses.is_empty() { "no address".to_owned() } else { addresses.join(" ") };
            format!("{}, {found}", answer.code)
        }
        Outcome::Saw { seen: Seen::Connection(_) } => "open".to_owned(),
        Outcome::Saw { seen: Seen::Handshake(handshake) } => shaken(handshake),
        Outcome::Saw { seen: Seen::Response(response) } => answered(response),
        Outcome::Failed { fault, handshake } => {
            let shown = handshake.as_ref().map(|handshake| format!("; {}", shaken(handshake)));
            format!("{fault}{}", shown.unwrap_or_default())
        }
        Outcome::NotTried { .. } => "not tried".to_owned(),
    }
}

fn shaken(handshake: &Handshake) -> String {
    let mut words: Vec<String> = handshake.version.iter().cloned().collect();
    words.extend(handshake.problems.iter().map(|problem| certificate(problem).to_owned()));
    let own = handshake.chain.first();
    words.extend(own.map(|own| format!("certificate of {}, issued by {}", own.subject, own.issuer)));
    words.join(", ")
}

fn answered(response: &Response) -> String {
    let told = response.told.as_ref().map(|told| format!(" {} {}", told.code, told.message));
    format!("{}{}", response.status, told.unwrap_or_default())
}
