//! What becomes of one address when the default routes go.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv6Net};

use crate::diagnosis::case::{Class, Peer, View, WayOut};
use crate::diagnosis::{Case, CutOverAnswer, ObservedRoute};
use crate::plan::{Check, Place, Reach};
use crate::vpc::{Carried, EndpointKind, Presence, Stand, Way};

/// What becomes of an address, and by what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fate {
    /// Another route leads there.
    Stays(String),
    /// None does.
    Lost(String),
    /// That can't be told.
    Unknown(String),
}

impl Fate {
    pub fn answer(&self) -> CutOverAnswer {
        match self {
            Self::Stays(_) => CutOverAnswer::Survives,
            Self::Lost(_) => CutOverAnswer::Breaks,
            Self::Unknown(_) => CutOverAnswer::Unknown,
        }
    }

    pub fn by(&self) -> &str {
        let (Self::Stays(by) | Self::Lost(by) | Self::Unknown(by)) = self;
        by
    }
}

/// Whether there is a way out of a VPC to lose: packets take it, or the task's route table has one.
pub fn is_open(case: &Case<'_>) -> bool {
    (case.plan.place.inside_vpc && case.has_way_out())
        || case.stand.is_some_and(|stand| default_target(stand).is_some())
}

/// What the default route of the task's subnet leads to, such as `nat-…`; none where the view shows no such route.
pub fn default_target(stand: &Stand<'_>) -> Option<String> {
    // Addresses for documentation: only a default route leads to them.
    const ANYWHERE: [IpAddr; 2] =
        [IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];
    ANYWHERE.into_iter().find_map(|ip| match stand.path(SocketAddr::new(ip, 443), None).way {
        Way::Target { id, destination, .. } => is_default(&destination).then_some(id),
        Way::Local | Way::GatewayEndpoint { .. } | Way::Nowhere { .. } | Way::Unknown => None,
    })
}

/// Whether an address leaves by a default route, as the route table has it.
pub fn leaves_by_default(stand: &Stand<'_>, peer: SocketAddr, service: Option<&str>) -> bool {
    matches!(stand.path(peer, service).way, Way::Target { destination, .. } if is_default(&destination))
}

/// What becomes of an address of a check.
pub fn fate(case: &Case<'_>, view: &View<'_>, peer: &Peer<'_>) -> Fate {
    let inside = || match peer.class {
        Class::Private => private(&case.plan.place, view, peer.address.ip()),
        Class::Public | Class::Nowhere => public(case, view, peer.address.ip()),
    };
    let Some(stand) = case.stand else { return inside() };
    let service = service(view.check);
    by_a_way_out(stand, peer.address, service)
        .or_else(|| by_no_endpoint(stand, peer.address, service))
        .unwrap_or_else(|| of_view(carried(case, stand, peer.address, service), inside))
}

/// What the view says of an address without the default routes. A view that contradicts the packets says nothing of
/// routes, and one without route tables names the call that gives them.
pub fn carried(case: &Case<'_>, stand: &Stand<'_>, peer: SocketAddr, service: Option<&str>) -> Carried {
    const CALL: &str = "ec2:DescribeRouteTables";
    if let Some(why) = disagreement(case, stand) {
        return Carried::Unknown(why);
    }
    match stand.without_default(peer, service) {
        Carried::Unknown(why) if stand.route_table().is_none() && !why.contains(CALL) => {
            Carried::Unknown(format!("{why} ({CALL})"))
        }
        told => told,
    }
}

/// Packets leave by a way that the view's route table does not have.
fn disagreement(case: &Case<'_>, stand: &Stand<'_>) -> Option<String> {
    let WayOut::Yes(open) = case.way_out() else { return None };
    open.iter().filter_map(|seen| seen.peer).find_map(|peer| match stand.path(peer, None).way {
        Way::Nowhere { table } => Some(format!(
            "the view and the packets disagree: {table} has no route that works to {peer}, which connects all the same; \
             collect the view again"
        )),
        Way::Local | Way::GatewayEndpoint { .. } | Way::Target { .. } | Way::Unknown => None,
    })
}

/// An address of an interface endpoint that is not, or not for long, in service.
fn by_no_endpoint(stand: &Stand<'_>, peer: SocketAddr, service: Option<&str>) -> Option<Fate> {
    let Presence::Present(endpoints) = stand.endpoints(service?) else { return None };
    if stand.path(peer, service).way != Way::Local {
        return None;
    }
    let mut interfaces = endpoints.iter().filter(|one| one.kind == EndpointKind::Interface).peekable();
    let first = *interfaces.peek()?;
    let is_none_available = interfaces.all(|one| one.state != "available");
    let fault = first.fault.as_ref().filter(|_| is_none_available)?;
    Some(Fate::Lost(fault.culprit.detail.trim_end_matches('.').to_owned()))
}

/// A route of its own that leads to a NAT or internet gateway, as NAT64's does: it goes with the gateway.
fn by_a_way_out(stand: &Stand<'_>, peer: SocketAddr, service: Option<&str>) -> Option<Fate> {
    let Way::Target { id, table, destination } = stand.path(peer, service).way else { return None };
    let is_out = ["nat-", "igw-", "eigw-"].iter().any(|kind| id.starts_with(kind)) && !is_default(&destination);
    is_out.then(|| Fate::Lost(format!("the route to {destination} in {table} is a way out as well ({id})")))
}

fn is_default(destination: &str) -> bool {
    destination == "0.0.0.0/0" || destination == "::/0"
}

/// The endpoint service that can carry a check; a gateway endpoint is of the plain one, also for FIPS hosts.
pub fn service(check: &Check) -> Option<&str> {
    let service = check.endpoint_service.as_deref()?;
    Some(match check.reach {
        Reach::GatewayOrInterface => service.trim_end_matches("-fips"),
        Reach::Interface | Reach::Nothing => service,
    })
}

/// The view's answer; where it lacks what it takes, that from inside.
pub fn of_view(carried: Carried, inside: impl FnOnce() -> Fate) -> Fate {
    match carried {
        Carried::By(by) => Fate::Stays(by),
        Carried::Lost(by) => Fate::Lost(by),
        Carried::Unknown(why) => match inside() {
            Fate::Unknown(_) => Fate::Unknown(why),
            known @ (Fate::Stays(_) | Fate::Lost(_)) => known,
        },
    }
}

const NAT64: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);
const ONLY_DEFAULT: &str = "only the default route leads there";

/// A public address. What can go by a gateway endpoint looks from inside as if it left by the NAT gateway.
fn public(case: &Case<'_>, view: &View<'_>, ip: IpAddr) -> Fate {
    if let IpAddr::V6(v6) = ip
        && NAT64.contains(&v6)
    {
        return Fate::Lost("NAT64 is the NAT gateway's".to_owned());
    }
    let is_gateway = view.check.reach == Reach::GatewayOrInterface && !case.is_foreign_region(view.check);
    if !is_gateway {
        return Fate::Lost(ONLY_DEFAULT.to_owned());
    }
    if !case.has_way_out() && case.observed_route(view) == ObservedRoute::Gateway && ip.is_ipv4() {
        return Fate::Stays("a gateway endpoint, as no other public host answers".to_owned());
    }
    Fate::Unknown(
        "from inside it can't be told whether a gateway endpoint carries it: give the operator's view, --network"
            .to_owned(),
    )
}

fn private(place: &Place, view: &View<'_>, ip: IpAddr) -> Fate {
    match local(place, view, ip) {
        Some(by) => Fate::Stays(by.to_owned()),
        None => Fate::Unknown(
            "outside the ranges known as the VPC's, so only the route table says whether the default route leads there: give the \
             operator's view, --network"
                .to_owned(),
        ),
    }
}

/// By what an address is known to be beside the task, where no default route ever leads.
fn local(place: &Place, view: &View<'_>, ip: IpAddr) -> Option<&'static str> {
    let is_endpoint = view.check.endpoint_service.is_some();
    if is_within(&place.vpc_cidrs, ip) {
        Some("within the VPC, as --vpc-cidr says")
    } else if is_within(&place.subnets, ip) || is_link_local(ip) || is_in_our_56(place, ip) {
        Some("within the VPC")
    } else {
        (is_endpoint && has_a_sibling_beside_us(place, view, ip)).then_some("within the VPC")
    }
}

pub fn is_within(ranges: &[IpNet], ip: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(&ip))
}

pub fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_loopback(),
    }
}

/// A VPC's IPv6 range is a /56.
fn is_in_our_56(place: &Place, ip: IpAddr) -> bool {
    let IpAddr::V6(v6) = ip else { return false };
    place.subnets.iter().any(|net| match net {
        IpNet::V4(_) => false,
        IpNet::V6(net) => Ipv6Net::new(net.addr(), 56).is_ok_and(|wide| wide.contains(&v6)),
    })
}

/// An endpoint has all its addresses in one VPC.
fn has_a_sibling_beside_us(place: &Place, view: &View<'_>, ip: IpAddr) -> bool {
    let answers = || view.asked.iter().map(crate::diagnosis::case::Asked::addresses);
    answers().any(|answer| answer.contains(&ip) && answer.iter().any(|other| is_within(&place.subnets, *other)))
}
