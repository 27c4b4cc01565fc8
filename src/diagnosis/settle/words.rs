//! The sentences of what the view settles.

use super::cause::Next;
use crate::diagnosis::ledger::{Stage, Trouble};
use crate::diagnosis::{Culprit, CulpritKind, Finding, FindingId, reading, words};
use crate::observation::Fault;
use crate::plan::Route;

/// What the culprit means, and what else stands in the way.
pub fn meaning(finding: &Finding, culprit: Option<&Culprit>, also: &[Next]) -> String {
    let Some(culprit) = culprit else { return finding.meaning.clone() };
    let mut sentences = vec![format!("{}: {}.", lead(culprit.kind), culprit.detail)];
    if finding.id == FindingId::PublicRoute {
        sentences.insert(0, "The packets leave the VPC by a NAT or internet gateway.".to_owned());
    }
    let (also, partial): (Vec<&Next>, Vec<&Next>) = also.iter().partition(|next| next.only.is_empty());
    match &also[..] {
        [] => {}
        [one] if one.culprit.kind == CulpritKind::Vpc => {
            sentences.push(format!("Nor is there another way: {}.", one.said()));
        }
        [one] => sentences.push(format!(
            "After that the next thing stands in the way, so mending the first alone does not help: {}.",
            one.said()
        )),
        several => sentences.push(format!(
            "After that more stands in the way, so mending the first alone does not help: {}.",
            words::all(several.iter().map(|next| next.said()))
        )),
    }
    sentences.extend(partial.into_iter().map(|next| {
        let hosts = words::list(&next.only);
        if next.culprit.kind == CulpritKind::Vpc {
            format!("Nor is there another way for {hosts}: {}.", next.said())
        } else {
            format!("For {hosts} this stands in the way as well: {}.", next.said())
        }
    }));
    // Whose role that is nobody guesses.
    if finding.id == FindingId::LayersDenied {
        sentences.push(finding.meaning.clone());
    }
    sentences.join(" ")
}

impl Next {
    /// What is wrong, and where it is told how to mend that.
    fn said(&self) -> String {
        let detail = &self.culprit.detail;
        self.told_by.map_or_else(|| detail.clone(), |finding| format!("{detail} (see {finding})"))
    }
}

fn lead(kind: CulpritKind) -> &'static str {
    match kind {
        CulpritKind::SecurityGroup => "A security group drops these packets in silence",
        CulpritKind::NetworkAcl => "A network ACL drops these packets in silence",
        CulpritKind::RouteTable => "The route table does not lead there",
        CulpritKind::NatGateway => "The way out ends at a NAT gateway that does not work",
        CulpritKind::InternetGateway => "The internet gateway is no way out for this task",
        CulpritKind::VpcEndpoint => "The endpoint is there and not in effect",
        CulpritKind::EndpointPolicy => "The endpoint's policy does not let this pass",
        CulpritKind::Vpc => "The VPC lacks what would carry this",
        CulpritKind::VpcAttribute => "A DNS attribute of the VPC is off",
        CulpritKind::DhcpOptions => "The VPC's DHCP options give its tasks this resolver",
        CulpritKind::ResolverRule => "A Resolver rule sends the question elsewhere",
        CulpritKind::PrivateHostedZone => "A private hosted zone answers in the place of the public one",
        CulpritKind::DnsFirewall => "DNS Firewall answers in the resolver's place",
        CulpritKind::BlockPublicAccess => "VPC Block Public Access closes the way out",
        CulpritKind::Subnet => "The endpoint has no address in this zone",
    }
}

/// What was seen of a part of a finding, or of several findings as one.
pub fn summary(taken: &[Trouble<'_>]) -> String {
    let hosts = words::hosts(taken);
    let is_silent = taken.iter().all(|trouble| trouble.fault.is_some_and(Fault::is_silence));
    match taken.first().map(|trouble| trouble.stage) {
        Some(Stage::Connect(_)) if is_silent => format!(
            "For {hosts}, {} for {}.",
            words::peers_say(taken, "stays silent", "stay silent"),
            words::took(taken)
        ),
        Some(Stage::Connect(_)) => {
            format!("For {hosts}, {}.", words::peers_say(taken, "can't be reached", "can't be reached"))
        }
        Some(Stage::Resolver(_) | Stage::Name(_)) => {
            format!("{} no address that can be used for {hosts}.", words::resolvers_say(taken, "gives", "give"))
        }
        Some(Stage::Step) => {
            let asked = words::list(taken.iter().filter_map(reading::part).map(reading::asked));
            format!("{} {asked}.", words::hosts_say(taken, "denies", "deny"))
        }
        Some(_) => {
            let peers = taken.iter().flat_map(|trouble| trouble.view.used_peers()).filter(|peer| peer.connected());
            let is_asserted = taken.iter().any(|trouble| trouble.view.check.expect == Route::Private);
            let but = if is_asserted { "although private is asserted" } else { "and it works" };
            let peers = words::list(peers.map(|peer| peer.address));
            format!("{} at public addresses ({peers}), {but}.", words::hosts_say(taken, "connects", "connect"))
        }
        None => String::new(),
    }
}

/// Whether all that was taken is of one kind, so that one sentence tells it.
pub fn is_of_one_kind(taken: &[Trouble<'_>]) -> bool {
    let kind = |trouble: &Trouble<'_>| std::mem::discriminant(&trouble.stage);
    taken.windows(2).all(|pair| kind(&pair[0]) == kind(&pair[1]))
}
