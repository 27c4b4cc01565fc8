//! Route tables: the longest prefix wins; of equal ones what was put in by hand, then prefix lists, then what a gateway
//! learned. Nothing learned beats `local`.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::model::{Destination, Route, Table};
use super::{Carried, EndpointKind, Stand, Vpc, Way};

/// The route that takes an address.
pub(super) enum Lookup<'t> {
    /// This one.
    Route(&'t Route),
    /// None.
    Nothing,
    /// A prefix list in the table was not looked at.
    Unclear(&'t str),
}

impl Vpc {
    /// The route of a table that takes an address. A gateway endpoint's route is known by its service too.
    pub(super) fn lookup<'t>(
        &self,
        table: &'t Table,
        peer: IpAddr,
        service: Option<&str>,
        defaults: bool,
    ) -> Lookup<'t> {
        let lists = self.lists_holding(peer);
        let mut best: Option<(u8, u8, &Route)> = None;
        let mut unclear = None;
        for route in &table.routes {
            let length = match &route.to {
                Destination::Range(range) => range.contains(&peer).then(|| range.prefix_len()),
                Destination::List(id) => match lists.binary_search_by(|(list, _)| list.id.as_str().cmp(id)) {
                    Ok(at) => lists.get(at).map(|(_, length)| *length),
                    Err(_) if self.carries(route, service) && !self.knows_list(id) => Some(1),
                    Err(_) if !self.knows_list(id) => {
                        unclear = Some(id.as_str());
                        None
                    }
                    Err(_) => None,
                },
            };
            let Some(length) = length.filter(|length| defaults || *length > 0) else { continue };
            let candidate = (length, standing(route), route);
            if best.is_none_or(|(best_length, best_standing, _)| outranks(&candidate, best_length, best_standing)) {
                best = Some(candidate);
            }
        }
        match (best, unclear) {
            // Within the VPC no prefix list of Amazon's is meant, and beside the own range nothing is likelier.
            (Some((_, _, route)), _) if route.target == "local" => Lookup::Route(route),
            (_, Some(list)) => Lookup::Unclear(list),
            (Some((_, _, route)), None) => Lookup::Route(route),
            (None, None) => Lookup::Nothing,
        }
    }

    /// Whether a route leads to a gateway endpoint of a service.
    fn carries(&self, route: &Route, service: Option<&str>) -> bool {
        service.is_some_and(|service| {
            let mut gateways = self.endpoints_of(service).filter(|one| one.kind == Some(EndpointKind::Gateway));
            gateways.any(|endpoint| endpoint.id == route.target)
        })
    }
}

/// How a route stands among those of the same length.
fn standing(route: &Route) -> u8 {
    match &route.to {
        _ if route.target == "local" => 3,
        _ if route.propagated => 0,
        Destination::Range(_) => 2,
        Destination::List(_) => 1,
    }
}

fn outranks((length, standing, _): &(u8, u8, &Route), best_length: u8, best_standing: u8) -> bool {
    match (standing, best_standing) {
        (0, 3) => false,
        (3, 0) => true,
        _ => (*length, *standing) > (best_length, best_standing),
    }
}

impl Route {
    /// Its destination, as the table has it.
    pub(super) fn destination(&self) -> String {
        match &self.to {
            Destination::Range(range) => range.to_string(),
            Destination::List(list) => list.clone(),
        }
    }

    pub(super) fn is_for(&self, destination: &str) -> bool {
        self.destination() == destination
    }

    pub(super) fn is_default(&self) -> bool {
        matches!(&self.to, Destination::Range(range) if range.prefix_len() == 0)
    }

    /// Where it leads.
    pub(super) fn way(&self, table: &Table) -> Way {
        let (id, table) = (self.target.clone(), table.id.clone());
        match &self.to {
            _ if self.target == "local" => Way::Local,
            _ if self.blackhole => Way::Nowhere { table },
            Destination::List(_) if self.target.starts_with("vpce-") => Way::GatewayEndpoint { id, table },
            _ => Way::Target { id, table, destination: self.destination() },
        }
    }
}

impl Stand<'_> {
    /// Whether the task's route table has a route out of the VPC for an address, dead or alive: somebody meant it to leave.
    pub fn aims_out(&self, peer: IpAddr) -> bool {
        let route = self.table.map(|table| self.vpc.lookup(table, peer, None, true));
        matches!(route, Some(Lookup::Route(route)) if route.target != "local")
    }

    /// Whether and by what an address is still reached once the default routes (`0.0.0.0/0`, `::/0`) are gone. The
    /// endpoint service that it was an answer for helps where a prefix list was not looked at.
    pub fn without_default(&self, peer: SocketAddr, service: Option<&str>) -> Carried {
        let peer = peer.ip();
        let Some(table) = self.table else {
            return if self.vpc.holds(peer) {
                Carried::By(format!("{}'s own range", self.vpc.id))
            } else {
                let tables = &self.vpc.sections.tables;
                Carried::Unknown(self.vpc.unseen(if tables.is_some() { "subnets" } else { "route_tables" }))
            };
        };
        let id = &table.id;
        match self.vpc.lookup(table, peer, service, false) {
            Lookup::Unclear(list) => Carried::Unknown(format!("what {list} in {id} holds was not looked at")),
            Lookup::Nothing => Carried::Lost(self.only_by_default(table, peer)),
            Lookup::Route(route) if route.blackhole => Carried::Lost(format!(
                "{} in {id} points at {}, which is gone (blackhole){}",
                route.destination(),
                route.target,
                if route.is_default() { String::new() } else { self.beats(table, peer) }
            )),
            Lookup::Route(route) if route.target == "local" => Carried::By(format!("the VPC's own range in {id}")),
            Lookup::Route(route) => match route.way(table) {
                Way::GatewayEndpoint { id: endpoint, .. } => self.by_gateway(&endpoint, id),
                _ if is_way_out(route) => Carried::Lost(format!(
                    "the route to {} in {id} points at {}, a way out as well{}",
                    route.destination(),
                    route.target,
                    self.beats(table, peer)
                )),
                _ => Carried::By(format!("the route to {} in {id} ({})", route.destination(), route.target)),
            },
        }
    }

    /// By a gateway endpoint, as far as that is in service.
    fn by_gateway(&self, endpoint: &str, table: &str) -> Carried {
        let mut endpoints = self.vpc.sections.endpoints.iter().flatten();
        let state = endpoints.find(|one| one.id == endpoint).map(|one| one.state.as_str());
        match state {
            Some("available" | "") | None => Carried::By(format!("the gateway endpoint {endpoint} in {table}")),
            Some("pending" | "pendingacceptance") => {
                Carried::Unknown(format!("the gateway endpoint {endpoint} in {table} is not yet available"))
            }
            Some("failed") => Carried::Lost(format!("the gateway endpoint {endpoint} in {table} has failed")),
            Some(state) => Carried::Lost(format!("the gateway endpoint {endpoint} in {table} is {state}")),
        }
    }

    /// That a route wins over a gateway endpoint's, where the table has one for the address.
    fn beats(&self, table: &Table, peer: IpAddr) -> String {
        let lists = self.vpc.lists_holding(peer);
        let holds = |id: &str| lists.iter().any(|(list, _)| list.id == id);
        let mut beaten = table.routes.iter().filter_map(|route| match &route.to {
            Destination::List(list) if holds(list) && !route.blackhole => Some((list, &route.target)),
            Destination::List(_) | Destination::Range(_) => None,
        });
        beaten.next().map(|(list, target)| format!(", and wins over {list} ({target})")).unwrap_or_default()
    }

    fn only_by_default(&self, table: &Table, peer: IpAddr) -> String {
        let id = &table.id;
        match self.vpc.lookup(table, peer, None, true) {
            Lookup::Route(route) => format!("only the default route of {id} ({}) leads there", route.target),
            Lookup::Nothing | Lookup::Unclear(_) => format!("no route of {id} leads there"),
        }
    }
}

/// Whether a route leads to what the default routes lead to.
fn is_way_out(route: &Route) -> bool {
    ["nat-", "igw-", "eigw-"].iter().any(|kind| route.target.starts_with(kind))
}

/// The IPv4 address in an address of NAT64's well-known prefix, `64:ff9b::/96`.
pub(super) fn embedded(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(v6) = address else { return None };
    let well_known: IpNet = "64:ff9b::/96".parse().ok()?;
    let [.., a, b, c, d] = v6.octets();
    well_known.contains(&address).then(|| IpAddr::from([a, b, c, d]))
}
