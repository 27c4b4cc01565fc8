//! What it says that a finding holds in all runs, or in some of them only.

use super::headline::Whole;
use super::{Named, goes_by, passes};
use crate::diagnosis::{Finding, FindingId, ObservedRoute, Severity};

/// What a finding is about, as far as it matters where it holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum About {
    /// Answers of resolvers.
    Names,
    /// Private names of endpoints.
    PrivateNames,
    /// Packets on their way to an endpoint.
    Endpoint,
    /// Packets on their way out, or to S3 by its gateway.
    Out,
    /// Packets on their way to whatever it is.
    Way,
    /// What a role may do.
    Permission,
    /// What an endpoint's policy lets pass.
    EndpointPolicy,
    /// What the task definition names.
    Thing,
    /// The bytes of an image.
    Content,
    /// How fast it goes.
    Speed,
    /// Nothing that the runs together tell more of.
    Other,
}

fn about(id: FindingId, digit: u8) -> About {
    match id {
        FindingId::EndpointNotInEffect => About::PrivateNames,
        FindingId::EndpointSilent | FindingId::AllEndpointsSilent | FindingId::EndpointAddressSilent => About::Endpoint,
        FindingId::LayersUnreachable
        | FindingId::NoWayOut
        | FindingId::PublicRegistryUnreachable
        | FindingId::LayersInAnotherRegion
        | FindingId::PublicRoute => About::Out,
        FindingId::LayersDenied | FindingId::EndpointPolicyDenies => About::EndpointPolicy,
        FindingId::AccessDenied
        | FindingId::IdentityPolicyDenies
        | FindingId::ResourcePolicyDenies
        | FindingId::OtherPolicyDenies => About::Permission,
        FindingId::Unexplained | FindingId::RouteUndetermined => About::Other,
        _ => match digit {
            1 => About::Names,
            2..=4 => About::Way,
            7 => About::Thing,
            8 => About::Content,
            9 => About::Speed,
            _ => About::Other,
        },
    }
}

/// Where to look first; none where the runs together say no more than each alone.
pub(super) fn points_at(
    finding: &Finding,
    digit: u8,
    holds: &[Named<'_>],
    all: &[Named<'_>],
    whole: Whole,
) -> Option<String> {
    // Where the view names the culprit, nobody has to look.
    if finding.severity == Severity::Info || finding.culprit.is_some() || all.len() < 2 {
        return None;
    }
    let about = about(finding.id, digit);
    if holds.len() == all.len() {
        let place = whole.nouns.all(all.len());
        let which = if all.len() < whole.runs { " with a report" } else { "" };
        return Some(format!(
            "It holds in {place}{which}, so what they share comes first: {}.",
            shared(about, finding.id)?
        ));
    }
    let holds_here = |named: &Named<'_>| holds.iter().any(|other| other.name == named.name);
    let first = *holds.first()?;
    let healthy: Vec<Named<'_>> =
        all.iter().copied().filter(|named| !holds_here(named) && passes(*named, finding, first)).collect();
    if healthy.is_empty() {
        return None;
    }
    let sentence = particular(about, finding, holds, &healthy)?;
    Some(sentence + &zone(about, holds, &healthy))
}

fn shared(about: About, id: FindingId) -> Option<&'static str> {
    Some(match (about, id) {
        (_, FindingId::IdentityPolicyDenies) => "the role's own policies",
        (_, FindingId::ResourcePolicyDenies) => "the policy of what is asked for",
        (_, FindingId::OtherPolicyDenies) => "the policies above the role",
        (_, FindingId::EndpointAddressSilent) => {
            "the subnet in which that address lies, its network ACL and the endpoint's interface there"
        }
        (About::Names, _) => "the resolvers, the VPC's DNS attributes and its DHCP options",
        (About::PrivateNames, _) => "the endpoint and its private DNS, and the VPC's DNS attributes",
        (About::Endpoint, _) => "the endpoint and its security group, and the task's own group",
        (About::Out, _) => {
            "the endpoint or NAT gateway itself, the task's security group, and a route table or network ACL that they have \
             in common"
        }
        (About::Way, _) => "whatever stands between all of them and that host",
        (About::Permission, _) => "the role, and the policies of the endpoint and of what is asked for",
        (About::EndpointPolicy, _) => "the endpoint's policy",
        (About::Thing, _) => "what the task definition names",
        (About::Content, _) => "the image itself, and what stands before the registry and S3",
        (About::Speed, _) => "the way out that they have in common",
        (About::Other, _) => return None,
    })
}

/// The subnets in which a finding holds, as subjects of a sentence.
struct Sick {
    names: String,
    is_one: bool,
}

impl Sick {
    fn of(holds: &[Named<'_>]) -> Self {
        Self { names: names(holds), is_one: holds.len() == 1 }
    }

    /// The word for one or for several.
    fn say(&self, one: &'static str, several: &'static str) -> &'static str {
        if self.is_one { one } else { several }
    }
}

/// What differs between those in which it holds and those in which the same passes.
fn particular(about: About, finding: &Finding, holds: &[Named<'_>], healthy: &[Named<'_>]) -> Option<String> {
    let (sick, well) = (Sick::of(holds), names(healthy));
    let all_go_by = |route| healthy.iter().all(|named| goes_by(route, *named, finding));
    let Sick { names, .. } = &sick;
    let (has, its) = (sick.say("has of its own", "have of their own"), sick.say("its", "their"));
    let (table, acl) = (sick.say("route table", "route tables"), sick.say("network ACL", "network ACLs"));
    Some(match about {
        About::Names => format!(
            "The same names are answered in {well}, and DNS settings hold for a whole VPC: see first what differs on the \
             way from {names} to the resolver ({table}, {acl}), and whether it is the same VPC."
        ),
        About::PrivateNames if all_go_by(ObservedRoute::Private) => format!(
            "In {well} the same names have private addresses, and an endpoint's private names hold for a whole VPC: see \
             first whether {names} {} in the same VPC and {} the same resolver.",
            sick.say("is", "are"),
            sick.say("asks", "ask"),
        ),
        About::Out | About::PrivateNames if all_go_by(ObservedRoute::Gateway) => format!(
            "In {well} a gateway endpoint carries the same: see first whether the {table} of {names} {} associated with that \
             endpoint, then {its} {acl}.",
            sick.say("is", "are"),
        ),
        About::Out | About::PrivateNames => format!(
            "The same is reached from {well}, so what {names} {has} comes first: {its} {table}, then {its} {acl}."
        ),
        About::Endpoint => format!(
            "The same endpoint answers in {well}, so what {names} {has} comes first: {its} {acl}, rules of the security \
             groups that name address ranges, and {its} {table} where the endpoint is in another VPC."
        ),
        About::Way | About::Speed => format!(
            "The same passes in {well}, so what only {names} {} on the way comes first: {its} {table}, {its} {acl}, and what \
             stands behind them.",
            sick.say("has", "have"),
        ),
        About::EndpointPolicy => format!(
            "The same is allowed in {well}: see first which endpoint {names} {}, by {its} {table} and resolver.",
            sick.say("uses", "use"),
        ),
        About::Permission => permission(holds, healthy, &sick, &well)?,
        About::Content => {
            format!("The same image comes whole in {well}: what stands between {names} and the registry comes first.")
        }
        About::Thing | About::Other => return None,
    })
}

/// Subnets have no permissions: who asks differs, or by which endpoint.
fn permission(holds: &[Named<'_>], healthy: &[Named<'_>], sick: &Sick, well: &str) -> Option<String> {
    let roles = |of: &[Named<'_>]| of.iter().map(|named| role(*named)).collect::<Option<Vec<_>>>();
    let (here, there) = (roles(holds)?, roles(healthy)?);
    if here.iter().chain(&there).all(|role| *role == here[0]) {
        return Some(format!(
            "The same role is allowed this in {well}, so not its own policies come first but what can differ by subnet: the \
             policy of the endpoint that {} {}, and conditions on addresses or endpoints.",
            sick.names,
            sick.say("uses", "use"),
        ));
    }
    if here.iter().any(|role| there.contains(role)) {
        return None;
    }
    Some(format!(
        "In {well} the role {} asks, and is allowed; in {} it is {}: the roles come first.",
        list(&there),
        sick.names,
        list(&here)
    ))
}

/// Account and role of whoever asked, without the session.
fn role(named: Named<'_>) -> Option<String> {
    let arn = named.report.vantage.identity_arn.as_deref()?;
    let (head, session) = arn.split_once(":assumed-role/")?;
    Some(format!("{}/{}", head.rsplit(':').next()?, session.split('/').next()?))
}

/// That a zone is what they have in common, where it is.
fn zone(about: About, holds: &[Named<'_>], healthy: &[Named<'_>]) -> String {
    let zones = |of: &[Named<'_>]| {
        of.iter().map(|named| named.report.vantage.availability_zone.clone()).collect::<Option<Vec<String>>>()
    };
    let is_of_way =
        matches!(about, About::Names | About::PrivateNames | About::Endpoint | About::Out | About::Way | About::Speed);
    match (zones(holds), zones(healthy)) {
        (Some(here), Some(there))
            if is_of_way && here.len() > 1 && here.iter().all(|zone| *zone == here[0]) && !there.contains(&here[0]) =>
        {
            format!(" It holds in zone {} alone.", here[0])
        }
        _ => String::new(),
    }
}

fn names(of: &[Named<'_>]) -> String {
    list(&of.iter().map(|named| named.name.to_owned()).collect::<Vec<_>>())
}

/// `a, b and c`, each once.
fn list(words: &[String]) -> String {
    let mut once: Vec<&str> = Vec::new();
    for word in words {
        if !once.contains(&word.as_str()) {
            once.push(word);
        }
    }
    match once.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => once.join(""),
    }
}
