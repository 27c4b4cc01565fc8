//! Why what breaks still needs the default route: by what a name is public, or who serves the image.

use super::Fates;
use super::address::{leaves_by_default, service};
use crate::diagnosis::case::{Asked, Class, View};
use crate::diagnosis::{Case, reading, words};
use crate::plan::{Check, Purpose, Reach, Role};
use crate::vpc::{EndpointKind, Presence, Present, Stand};

/// Why these addresses are public; none where they are not.
pub fn public(case: &Case<'_>, view: &View<'_>, lost: &Fates<'_, '_, '_>) -> Option<String> {
    let check = view.check;
    if lost.iter().all(|(peer, _)| peer.class == Class::Private) {
        return None;
    }
    if check.reach == Reach::Nothing {
        return Some(carried_by_nothing(case, view));
    }
    if view.is_bypassed(case.plan) {
        let resolvers = view.bypassing(case.plan).map(|asked: &Asked<'_>| asked.resolver.address);
        return Some(format!(
            "{} public addresses where the VPC's own resolver gives private ones",
            words::say(resolvers, "gives", "give")
        ));
    }
    if check.reach == Reach::GatewayOrInterface && case.is_foreign_region(check) {
        let region = check.region.as_ref().map_or("another Region", |region| region.as_str());
        return Some(format!("no gateway endpoint of this VPC carries {} of {region}", named(check)));
    }
    match (case.stand, service(check)) {
        (Some(stand), Some(service)) => {
            let by_default = lost.iter().any(|(peer, _)| leaves_by_default(stand, peer.address, Some(service)));
            of_view(stand, service, by_default)
        }
        (Some(_) | None, _) => Some("the name is still public: no VPC endpoint is in effect for it".to_owned()),
    }
}

fn named(check: &Check) -> &str {
    check.service.unwrap_or(&check.host)
}

/// An image from elsewhere, by its own name; or any other host that no endpoint can carry.
fn carried_by_nothing(case: &Case<'_>, view: &View<'_>) -> String {
    let images = images(case, view);
    match (view.check.role, view.check.purpose) {
        (Role::Start, Purpose::Registry) if !images.is_empty() => {
            format!("{} from a public registry", words::say(images, "comes", "come"))
        }
        (Role::Start, Purpose::Registry) => "it is a public registry".to_owned(),
        (Role::Start, Purpose::Layers) if !images.is_empty() => {
            format!("the layers of {} come from there", words::list(images))
        }
        _ => "no VPC endpoint is known that carries it".to_owned(),
    }
}

/// The images that are pulled from a host, or have their layers there: `image nginx:1`.
fn images(case: &Case<'_>, view: &View<'_>) -> Vec<String> {
    let is_asked = |step: &View<'_>| {
        let asks = step.attempts.iter().filter_map(|attempt| attempt.last.step.as_ref()?.host.as_ref());
        step.check.step.as_ref().is_some_and(|step| step.over == view.check.id)
            || asks.into_iter().any(|host| *host == view.check.host)
    };
    let images = case.views.iter().filter(|step| is_asked(step)).filter_map(|step| reading::image(step.check));
    let mut named: Vec<_> = images.map(|image| format!("image {}", words::quoted(&image.reference))).collect();
    named.dedup();
    named
}

/// What the VPC has of the service, and why it does not carry it; none where another route than the default one takes it
/// past an endpoint that is in order.
fn of_view(stand: &Stand<'_>, service: &str, by_default: bool) -> Option<String> {
    let vpc = stand.vpc().id();
    match stand.endpoints(service) {
        Presence::Absent => Some(format!("{vpc} has no endpoint of {service}")),
        Presence::Present(endpoints) => {
            let faults: Vec<_> = endpoints.iter().filter_map(|endpoint| fault(endpoint, by_default)).collect();
            (!faults.is_empty()).then(|| words::list(faults))
        }
        Presence::Unknown(why) => Some(format!("whether {vpc} has an endpoint of {service} is not known ({why})")),
    }
}

fn fault(endpoint: &Present, by_default: bool) -> Option<String> {
    let Present { id, kind, fault, .. } = endpoint;
    match (fault, kind) {
        (Some(block), _) => Some(block.culprit.detail.trim_end_matches('.').to_owned()),
        (None, EndpointKind::Interface) => Some(format!("the name is still public, although {id} is in order")),
        (None, EndpointKind::Gateway) => {
            by_default.then(|| format!("the prefix list of {id} does not hold every address"))
        }
    }
}
