//! The sentences of what the view settles.

use crate::diagnosis::ledger::{Stage, Trouble};
use crate::diagnosis::{Culprit, CulpritKind, Finding, FindingId, reading, words};
use crate::observation::Fault;

/// What the culprit means, and what else stands in the way.
pub fn meaning(finding: &Finding, culprit: Option<&Culprit>, also: &[Culprit]) -> String {
    let Some(culprit) = culprit else { return finding.meaning.clone() };
    let mut sentences = vec![format!("{}: {}.", lead(culprit.kind), culprit.detail)];
    match also {
        [] => {}
        [one] if one.kind == CulpritKind::Vpc => {
            sentences.push(format!("Nor is there another way: {}.", one.detail));
        }
        [one] => sentences.push(format!(
            "After that the next thing stands in the way, so mending the first alone does not help: {}.",
            one.detail
        )),
        several => sentences.push(format!(
            "After that more stands in the way, so mending the first alone does not help: {}.",
            words::all(several.iter().map(|culprit| &culprit.detail))
        )),
    }
    // Whose role that is nobody guesses.
    if finding.id == FindingId::LayersDenied {
        sentences.push(finding.meaning.clone());
    }
    sentences.join(" ")
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
        Some(_) => format!("{} another way than the one that is asserted.", words::hosts_say(taken, "goes", "go")),
        None => String::new(),
    }
}

/// Whether all that was taken is of one kind, so that one sentence tells it.
pub fn is_of_one_kind(taken: &[Trouble<'_>]) -> bool {
    let kind = |trouble: &Trouble<'_>| std::mem::discriminant(&trouble.stage);
    taken.windows(2).all(|pair| kind(&pair[0]) == kind(&pair[1]))
}
