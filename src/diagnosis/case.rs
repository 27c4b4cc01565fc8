//! What was seen, arranged for the rules to ask: a view a check, and what the run as a whole shows.

mod asked;
mod class;
mod view;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;

use crate::observation::{Fault, Observation};
use crate::plan::{Check, CheckId, Plan, Reach, Resolver, Role, UnreadKind};
use crate::vpc::{Stand, Way};

pub use asked::{Asked, Name};
pub use class::{Class, is_private_range};
pub use view::{Attempt, Peer, Reached, Variation, View};

use super::ObservedRoute;
use super::compare;
use super::endpoints::{self, Endpoint};
use super::who;

/// A plan and what was seen of it.
#[derive(Debug)]
pub struct Case<'a> {
    /// What was to be examined.
    pub plan: &'a Plan,
    /// What was seen.
    pub observations: &'a [Observation],
    /// The same, by check, in the plan's order.
    pub views: Vec<View<'a>>,
    way_out: WayOut<'a>,
    answering: HashSet<SocketAddr>,
    endpoints: BTreeMap<&'a str, Endpoint>,
    shut_in: bool,
    ends_at_subnet: bool,
    /// Whose credentials the run holds, where AWS has said so.
    pub identity: Option<String>,
    /// The task's place in the operator's view of the VPC, where that was given.
    pub stand: Option<&'a Stand<'a>>,
}

/// Whether packets leave the VPC by a NAT or internet gateway.
#[derive(Clone, Debug)]
pub enum WayOut<'a> {
    /// A public address connects that no gateway endpoint can carry.
    Yes(Vec<&'a Observation>),
    /// A control was tried, and no such address connects.
    No(Vec<&'a Observation>),
    /// No control was tried, and no such address connects.
    Unknown,
}

impl<'a> Case<'a> {
    /// Arrange what was seen.
    pub fn new(plan: &'a Plan, observations: &'a [Observation], stand: Option<&'a Stand<'a>>) -> Self {
        let mut by_check: HashMap<&CheckId, Vec<&Observation>> = HashMap::new();
        for observation in observations {
            by_check.entry(&observation.check).or_default().push(observation);
        }
        let views: Vec<_> = plan
            .checks
            .iter()
            .map(|check| View::new(plan, check, by_check.get(&check.id).map_or(&[], Vec::as_slice)))
            .collect();
        let way_out = way_out(&views);
        let heard = observations.iter().filter(|seen| seen.answer().is_some());
        let answering = heard.filter_map(|seen| seen.resolver).collect();
        let endpoints = endpoints::private(&views);
        let shut_in = !views.iter().flat_map(|view| &view.peers).any(Peer::connected);
        let ends_at_subnet = compare::ends_at_subnet(&plan.place, &views);
        let identity = who::identity(observations);
        Self { plan, observations, views, way_out, answering, endpoints, shut_in, ends_at_subnet, identity, stand }
    }

    /// Whether packets leave the VPC, and what shows it.
    pub fn way_out(&self) -> &WayOut<'a> {
        &self.way_out
    }

    /// Whether a way out was shown.
    pub fn has_way_out(&self) -> bool {
        match self.way_out {
            WayOut::Yes(_) => true,
            WayOut::No(_) | WayOut::Unknown => false,
        }
    }

    /// Every private endpoint of which an address was tried, by its service name or host.
    pub fn endpoints(&self) -> &BTreeMap<&'a str, Endpoint> {
        &self.endpoints
    }

    /// Whether no connection opened anywhere, not even to S3 by its gateway.
    pub fn is_shut_in(&self) -> bool {
        self.shut_in
    }

    /// Whether endpoints connect in the task's own subnet, and no private address beyond it does.
    pub fn ends_at_subnet(&self) -> bool {
        self.ends_at_subnet
    }

    /// The view of a check.
    pub fn view(&self, id: &CheckId) -> Option<&View<'a>> {
        self.views.iter().find(|view| view.check.id == *id)
    }

    /// The views of what the task start needs or somebody asked for: neither controls nor the own name.
    pub fn subjects(&self) -> impl Iterator<Item = &View<'a>> {
        self.views.iter().filter(|view| view.is_subject())
    }

    /// The views of the replay's steps, but for the one that nothing depends on.
    pub fn steps(&self) -> impl Iterator<Item = &View<'a>> {
        self.views.iter().filter(|view| view.is_step())
    }

    /// The ladder that a step goes over; of anything else its own.
    pub fn ladder<'v>(&'v self, view: &'v View<'a>) -> &'v View<'a> {
        let over = view.check.step.as_ref().and_then(|step| self.view(&step.over));
        over.unwrap_or(view)
    }

    /// The ladder of a host.
    pub fn ladder_to(&self, host: &str) -> Option<&View<'a>> {
        self.views.iter().find(|view| view.check.step.is_none() && view.check.host == host)
    }

    /// The task's own name, asked to learn the VPC's DNS attributes.
    pub fn own_name(&self) -> Option<&View<'a>> {
        self.views.iter().find(|view| match view.check.role {
            Role::OwnName => true,
            Role::Start | Role::Extra | Role::Control | Role::Identity | Role::Step => false,
        })
    }

    /// Whether the resolver answered any question at all, well or badly.
    pub fn answers(&self, resolver: &Resolver) -> bool {
        self.answering.contains(&resolver.address)
    }

    /// The route that a check's packets took, as far as it can be told from inside.
    pub fn observed_route(&self, view: &View<'_>) -> ObservedRoute {
        let over = view.check.step.as_ref().and_then(|step| self.view(&step.over));
        if let Some(ladder) = over {
            return self.observed_route(ladder);
        }
        let connected = |class| view.peers.iter().any(|peer| peer.bears && peer.class == class && peer.connected());
        if connected(Class::Public) {
            self.public_route(view)
        } else if connected(Class::Private) {
            ObservedRoute::Private
        } else {
            ObservedRoute::None
        }
    }

    fn public_route(&self, view: &View<'_>) -> ObservedRoute {
        if !can_be_gateway(view.check) {
            return ObservedRoute::Public;
        }
        match self.way_out {
            WayOut::No(_) => ObservedRoute::Gateway,
            WayOut::Yes(_) | WayOut::Unknown => self.routed(view).unwrap_or(ObservedRoute::S3Undetermined),
        }
    }

    /// The route to S3 as the route table has it, where the operator's view shows that for every address that connects.
    fn routed(&self, view: &View<'_>) -> Option<ObservedRoute> {
        let stand = self.stand?;
        let open = view.peers.iter().filter(|peer| peer.bears && peer.class == Class::Public && peer.connected());
        let ways = open.map(|peer| match stand.path(peer.address, view.check.endpoint_service.as_deref()).way {
            Way::GatewayEndpoint { .. } => Some(ObservedRoute::Gateway),
            Way::Target { .. } => Some(ObservedRoute::Public),
            Way::Local | Way::Nowhere { .. } | Way::Unknown => None,
        });
        let ways: Vec<ObservedRoute> = ways.collect::<Option<_>>()?;
        let first = *ways.first()?;
        // An address that leaves by the NAT gateway is enough to need it.
        if ways.iter().all(|way| *way == first) { Some(first) } else { Some(ObservedRoute::Public) }
    }

    /// Whether the list of configured resolvers could not be read.
    pub fn resolvers_unread(&self) -> bool {
        self.plan.place.unread.iter().any(|unread| match unread.what {
            UnreadKind::Nameservers => true,
            UnreadKind::Metadata | UnreadKind::Credentials => false,
        })
    }

    /// Whether the check's host lies in another Region than the task, both being known.
    pub fn is_foreign_region(&self, check: &Check) -> bool {
        match (&check.region, &self.plan.place.own_region) {
            (Some(theirs), Some(own)) => theirs.as_str() != own,
            (Some(_), None) | (None, Some(_) | None) => false,
        }
    }
}

/// Whether a gateway endpoint of this VPC can carry the check on public addresses.
fn can_be_gateway(check: &Check) -> bool {
    let by_reach = match check.reach {
        Reach::GatewayOrInterface => true,
        Reach::Interface | Reach::Nothing => false,
    };
    match check.role {
        Role::Start | Role::Extra => by_reach,
        Role::Control | Role::OwnName | Role::Identity | Role::Step => false,
    }
}

fn way_out<'a>(views: &[View<'a>]) -> WayOut<'a> {
    let public = |view: &&View<'a>| !can_be_gateway(view.check);
    let peers =
        |view: &View<'a>| view.peers.iter().filter(|peer| peer.class == Class::Public).cloned().collect::<Vec<_>>();
    let mut open = Vec::new();
    let mut shut = Vec::new();
    let mut control_tried = false;
    for view in views.iter().filter(public) {
        for peer in peers(view) {
            match peer.reached() {
                Reached::Connected => open.extend(peer.connect.map(|attempt| attempt.last)),
                Reached::Failed(_) => {
                    control_tried |= view.check.role == Role::Control;
                    shut.extend(peer.connect.map(|attempt| attempt.last));
                }
                Reached::Unknown => {}
            }
        }
    }
    if !open.is_empty() {
        WayOut::Yes(open)
    } else if control_tried {
        WayOut::No(shut)
    } else {
        WayOut::Unknown
    }
}

/// Whether the kernel or a router said at once that there is no way.
pub fn is_unreachable(fault: &Fault) -> bool {
    matches!(fault, Fault::NetworkUnreachable | Fault::HostUnreachable)
}
