//! Addresses that no route takes, or one that leads nowhere.

use super::Walk;
use super::everything;
use crate::vpc::model::{Route, Table};
use crate::vpc::{Block, Culprit, CulpritKind, EndpointKind, Remedy};

impl Walk<'_> {
    /// No route of the table fits.
    pub(super) fn no_route(&mut self, table: &Table) {
        let block = match self.gateway_service() {
            Some(service) => self.no_gateway_route(table, &service),
            None => self.no_way(table, vec![self.to_nat("create-route", table)]),
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
        let create = vpc.create_endpoint(EndpointKind::Gateway, service, rtb, subnet);
        let gateway = vpc.endpoints_of(service).find(|endpoint| endpoint.kind == Some(EndpointKind::Gateway));
        match gateway {
            Some(endpoint) => {
                let lists = vpc.lists_holding(self.peer);
                let list = lists.iter().find(|(list, _)| list.name.is_some());
                let list = list.map_or_else(|| self.peer.to_string(), |(list, _)| list.id.clone());
                let word = service.rsplit('.').next().unwrap_or(service);
                let id = &endpoint.id;
                let why = if endpoint.tables.contains(rtb) {
                    format!("though {id} is associated with it")
                } else {
                    format!("{id} is not associated with it")
                };
                let detail = format!("route table {rtb} of {subnet} has no route to {list} ({word}): {why}");
                Culprit::new(CulpritKind::RouteTable, rtb, detail).mended_by(vec![vpc.associate(id, rtb)])
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
            None => "deleted",
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
        let mut remedy =
            vec![if route.is_default() { self.to_nat("replace-route", table) } else { self.without(table, route) }];
        if let Some(service) = self.gateway_service() {
            remedy.extend(self.no_gateway_route(table, &service).remedy);
        }
        self.block(Culprit::new(CulpritKind::RouteTable, &table.id, detail).mended_by(remedy));
    }

    fn without(&self, table: &Table, route: &Route) -> Remedy {
        let key = match route.destination() {
            list if list.starts_with("pl-") => format!("--destination-prefix-list-id {list}"),
            range if range.contains(':') => format!("--destination-ipv6-cidr-block {range}"),
            range => format!("--destination-cidr-block {range}"),
        };
        let delete = format!("ec2 delete-route --route-table-id {} {key}", table.id);
        self.vpc.command("delete the route, or point it at something that is there", &delete)
    }

    fn to_nat(&self, verb: &str, table: &Table) -> Remedy {
        self.vpc.route_to_nat(verb, &table.id, everything(self.peer))
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
