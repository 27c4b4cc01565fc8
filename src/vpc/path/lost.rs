//! Addresses that no route takes, or one that leads nowhere.

use super::Walk;
use super::everything;
use crate::vpc::model::{Destination, Route, Table};
use crate::vpc::remedy::{PEERS, key, step};
use crate::vpc::route::embedded;
use crate::vpc::{Block, Culprit, CulpritKind, EndpointKind, Remedy};

impl Walk<'_> {
    /// No route of the table fits.
    pub(super) fn no_route(&mut self, table: &Table) {
        let block = match self.gateway_service() {
            Some(service) => self.no_gateway_route(table, &service),
            None => self.no_way(table, vec![self.new_route(table)]),
        };
        self.block(block);
    }

    fn no_way(&self, table: &Table, remedy: Vec<Remedy>) -> Block {
        let detail = format!("route table {} of {} has no route to {}", table.id, self.stand.subnet.id, self.peer);
        Culprit::new(CulpritKind::RouteTable, &table.id, detail).mended_by(remedy)
    }

    /// S3 and the like: a gateway endpoint that the table does not know, or none at all.
    fn no_gateway_route(&self, table: &Table, service: &str) -> Block {
        let (vpc, rtb, subnet) = (self.vpc, &table.id, &self.stand.subnet.id);
        let six = self.peer.is_ipv6();
        let create = vpc.create_gateway(service, rtb, six);
        let gateway = vpc.endpoints_of(service).find(|endpoint| endpoint.kind == Some(EndpointKind::Gateway));
        match gateway {
            Some(endpoint) => {
                let lists = vpc.lists_holding(self.peer);
                let list = lists.iter().find(|(list, _)| list.name.is_some());
                let list = list.map_or_else(|| self.peer.to_string(), |(list, _)| list.id.clone());
                let word = service.rsplit('.').next().unwrap_or(service);
                let id = &endpoint.id;
                let is_associated = endpoint.tables.contains(rtb);
                let (why, remedy) = match is_associated {
                    true if six => (format!("{id}, which is associated with it, is for IPv4"), vpc.dual_stack(id)),
                    true => (
                        format!("though {id} is associated with it"),
                        step("collect the view again: the route comes by itself soon after the association"),
                    ),
                    false => (format!("{id} is not associated with it"), vpc.associate(id, rtb, six)),
                };
                let detail = format!("route table {rtb} of {subnet} has no route to {list} ({word}): {why}");
                Culprit::new(CulpritKind::RouteTable, rtb, detail).mended_by(vec![remedy])
            }
            None if vpc.sections.endpoints.is_some() && !self.stand.is_shared() => {
                let has_other = vpc.endpoints_of(service).next().is_some();
                let kind = if has_other { "gateway endpoint" } else { "endpoint" };
                let detail = format!(
                    "{} has no {kind} for {service}, and {rtb} of {subnet} has no other route to {}",
                    vpc.id, self.peer
                );
                Culprit::new(CulpritKind::Vpc, &vpc.id, detail).mended_by(vec![create])
            }
            None => self.no_way(table, vec![create]),
        }
    }

    /// A route to what is gone.
    pub(super) fn blackhole(&mut self, table: &Table, route: &Route) {
        let (rtb, destination, target) = (&table.id, route.destination(), &route.target);
        let state = match self.vpc.nat(target) {
            Some(nat) => nat.state.as_str(),
            None if target.starts_with("nat-") => "deleted",
            None => "gone",
        };
        let detail = format!(
            "{destination} points at {target} which is {state} (blackhole) in route table {rtb} of {}",
            self.stand.subnet.id
        );
        self.dead(table, route, detail);
    }

    /// A route to a NAT gateway that the view does not have.
    pub(super) fn no_nat(&mut self, table: &Table, route: &Route) {
        let (rtb, destination, target) = (&table.id, route.destination(), &route.target);
        let detail = format!(
            "{destination} points at {target}, which does not exist, in route table {rtb} of {}",
            self.stand.subnet.id
        );
        self.dead(table, route, detail);
    }

    fn dead(&mut self, table: &Table, route: &Route, detail: String) {
        let remedy = self.redirected(table, route);
        self.block(Culprit::new(CulpritKind::RouteTable, &table.id, detail).mended_by(remedy));
    }

    /// What mends a route that leads to what does not work. Where a gateway endpoint would carry the address, the route
    /// is only in its way.
    pub(super) fn redirected(&self, table: &Table, route: &Route) -> Vec<Remedy> {
        let Some(service) = self.gateway_service() else { return vec![self.to_another(table, route)] };
        let mut gateways = self.vpc.endpoints_of(&service).filter(|one| one.kind == Some(EndpointKind::Gateway));
        match (gateways.any(|endpoint| endpoint.tables.contains(&table.id)), route.is_default()) {
            (true, false) => vec![self.without(table, route)],
            (true, true) => vec![self.to_another(table, route)],
            (false, false) => {
                let mut steps = self.no_gateway_route(table, &service).remedy;
                steps.push(self.without(table, route));
                steps
            }
            (false, true) => {
                let mut steps = vec![self.to_another(table, route)];
                steps.extend(self.no_gateway_route(table, &service).remedy);
                steps
            }
        }
    }

    /// The route to something that is there, of the kind that it led to.
    fn to_another(&self, table: &Table, route: &Route) -> Remedy {
        let target = route.target.as_str();
        let (prefix, option, variable, word) = match target.split_once('-').map_or("", |(kind, _)| kind) {
            "tgw" => ("tgw-", "--transit-gateway-id", "$TGW", "a transit gateway that this VPC is attached to"),
            "pcx" => ("pcx-", "--vpc-peering-connection-id", "$PCX", "a peering connection that is active"),
            "vgw" => ("vgw-", "--gateway-id", "$VGW", "a virtual private gateway that is attached"),
            "igw" => ("igw-", "--gateway-id", "$IGW", "an internet gateway that is attached"),
            "eni" => ("eni-", "--network-interface-id", "$ENI", "a network interface that is there"),
            "vpce" => ("vpce-", "--vpc-endpoint-id", "$VPCE", "an endpoint that is available"),
            _ => return self.vpc.route_out("replace-route", &table.id, &route.destination()),
        };
        let live = self.vpc.live(prefix).filter(|live| *live != target && matches!(prefix, "tgw-" | "igw-"));
        self.vpc.set_route(
            &format!("point the route at {word}"),
            "replace-route",
            &table.id,
            &route.destination(),
            &format!("{option} {}", live.unwrap_or(variable)),
        )
    }

    fn without(&self, table: &Table, route: &Route) -> Remedy {
        let destination = route.destination();
        let delete = format!("ec2 delete-route --route-table-id {} --{} {destination}", table.id, key(&destination));
        self.vpc
            .command("delete the route: it is more specific than the gateway endpoint's and takes its place", &delete)
    }

    /// The route that lacks. What is private and not of this VPC is reached through a transit gateway or a peering, and by
    /// no NAT gateway.
    fn new_route(&self, table: &Table) -> Remedy {
        let (vpc, rtb) = (self.vpc, &table.id);
        if embedded(self.peer).is_some() {
            return vpc.route_out("create-route", rtb, "64:ff9b::/96");
        }
        if self.far.is_public {
            return vpc.route_out("create-route", rtb, everything(self.peer));
        }
        let known = self.others_route();
        let range = known.map_or_else(|| PEERS.to_owned(), Route::destination);
        let target = match known.map(|route| route.target.as_str()) {
            Some(peering) if peering.starts_with("pcx-") => format!("--vpc-peering-connection-id {peering}"),
            Some(gateway) => format!("--transit-gateway-id {gateway}"),
            None => format!("--transit-gateway-id {}", vpc.live("tgw-").unwrap_or("$TGW")),
        };
        let words = if known.is_some() { "" } else { " ($PEER_CIDR is the range of its VPC)" };
        let action = format!("route the other end's range to a transit gateway, or to a peering connection{words}");
        let family = if self.peer.is_ipv4() { "--destination-cidr-block" } else { "--destination-ipv6-cidr-block" };
        vpc.command(&action, &format!("ec2 create-route --route-table-id {rtb} {family} {range} {target}"))
    }

    /// The route that another table of the VPC has to it.
    fn others_route(&self) -> Option<&Route> {
        let tables = self.vpc.sections.tables.iter().flatten();
        let mut routes = tables.flat_map(|table| &table.routes);
        routes.find(|route| {
            let leads_away = ["tgw-", "pcx-"].iter().any(|kind| route.target.starts_with(kind));
            let holds = matches!(&route.to, Destination::Range(range) if range.contains(&self.peer));
            holds && leads_away && !route.blackhole && !route.is_default()
        })
    }

    /// The service whose gateway endpoint would carry the address: by what was asked for, else by the prefix list that
    /// holds it.
    fn gateway_service(&self) -> Option<String> {
        let has_gateway = |service: &&str| [".s3", ".dynamodb", ".s3express"].iter().any(|end| service.ends_with(end));
        let asked = self.service.filter(has_gateway).filter(|service| crate::vpc::shape::name(service).is_some());
        let lists = self.vpc.lists_holding(self.peer);
        let held = lists.iter().filter_map(|(list, _)| list.name.as_deref()).find(has_gateway);
        // The list of IPv6 ranges has a name of its own, and no endpoint.
        let service = asked.map(str::to_owned).or_else(|| held.map(|name| name.replace(".ipv6.", ".")));
        service.filter(|_| self.far.is_public)
    }
}
