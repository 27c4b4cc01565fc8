//! Where a route leads: within the VPC, by a gateway endpoint, out by a NAT or an internet gateway, or out of sight.

use std::net::IpAddr;

use super::Walk;
use crate::vpc::acl::{Crossing, LINUX, NAT};
use crate::vpc::group::End;
use crate::vpc::model::{Blocking, Nat, Ports, Route, Subnet, Table};
use crate::vpc::remedy::step;
use crate::vpc::route::{Lookup, embedded};
use crate::vpc::{Culprit, CulpritKind, Vpc, Way};

impl Walk<'_> {
    /// Along the route table of the task's subnet.
    pub(super) fn follow(&mut self) -> Way {
        let Some(table) = self.stand.table else {
            if self.vpc.holds(self.peer) {
                self.arrive();
                return Way::Local;
            }
            let tables = &self.vpc.sections.tables;
            self.unsure(self.vpc.unseen(if tables.is_some() { "subnets" } else { "route_tables" }));
            return Way::Unknown;
        };
        match self.vpc.lookup(table, self.peer, self.service, true) {
            Lookup::Nothing => {
                self.no_route(table);
                Way::Nowhere { table: table.id.clone() }
            }
            Lookup::Unclear(list) => {
                self.unsure(format!("what {list} in {} holds was not looked at", table.id));
                Way::Unknown
            }
            Lookup::Route(route) => {
                self.along(table, route);
                route.way(table)
            }
        }
    }

    fn along(&mut self, table: &Table, route: &Route) {
        if route.blackhole {
            return self.blackhole(table, route);
        }
        let target = route.target.as_str();
        let kind = target.split_once('-').map_or(target, |(kind, _)| kind);
        match (kind, route.way(table)) {
            ("local", _) => self.arrive(),
            (_, Way::GatewayEndpoint { id, .. }) => self.by_endpoint(&id),
            ("nat", _) => match self.vpc.nat(target) {
                Some(nat) => self.by_nat(nat, table, route),
                None if self.vpc.sections.nats.is_some() => self.no_nat(table, route),
                None => self.unsure(self.vpc.unseen("nat_gateways")),
            },
            ("igw", _) => self.by_internet_gateway(table, route),
            ("eigw", _) => self.out_of(&self.stand.subnet, true),
            _ => self.unsure(format!("what {target} does with packets to {} lies outside of this view", self.peer)),
        }
    }

    fn by_endpoint(&mut self, id: &str) {
        let mut endpoints = self.vpc.sections.endpoints.iter().flatten();
        match endpoints.find(|endpoint| endpoint.id == id) {
            Some(endpoint) if endpoint.state != "available" => self.block(Vpc::not_available(endpoint)),
            Some(_) => {}
            None => self.unsure(self.vpc.unseen("vpc_endpoints")),
        }
    }

    /// Into the NAT gateway's subnet, out of it, and back.
    fn by_nat(&mut self, nat: &Nat, own: &Table, route: &Route) {
        let id = &nat.id;
        if nat.state != "available" {
            let (destination, state) = (route.destination(), nat.state.as_str());
            let state = if state == "failed" { "has failed".to_owned() } else { format!("is {state}") };
            let detail = format!("{id}, which {destination} of {} points at, {state}", own.id);
            let remedy = self.redirected(own, route);
            return self.block(Culprit::new(CulpritKind::NatGateway, id, detail).mended_by(remedy));
        }
        // A regional NAT gateway stands in no subnet and has its own way out.
        let Some(subnet) = nat.subnet.as_deref() else { return };
        let Some(subnet) = self.vpc.subnet(subnet) else {
            return self.unsure(format!("{subnet}, in which {id} is, is not in the view"));
        };
        let beyond = embedded(self.peer).unwrap_or(self.peer);
        self.around_nat(subnet, beyond, true);
        self.out_of_nat(nat, subnet, beyond, (own, route));
        self.around_nat(subnet, beyond, false);
    }

    /// The network ACL of the NAT's subnet: towards the address, or back from it.
    fn around_nat(&mut self, subnet: &Subnet, beyond: IpAddr, there: bool) {
        if subnet.id == self.stand.subnet.id {
            return;
        }
        let acl = self.vpc.acl(&subnet.id);
        let (task, far) = (self.task(), End { address: Some(beyond), range: None, groups: None });
        let own =
            self.stand.own(self.peer).or(self.stand.range(self.peer).map(|range| range.addr())).unwrap_or(self.peer);
        let port = Ports::one(self.port);
        if there {
            self.cross(acl, subnet, &Crossing { egress: false, ports: port, far: &task }, own);
            self.cross(acl, subnet, &Crossing { egress: true, ports: port, far: &far }, beyond);
        } else {
            self.cross(acl, subnet, &Crossing { egress: false, ports: NAT, far: &far }, beyond);
            self.cross(acl, subnet, &Crossing { egress: true, ports: LINUX, far: &task }, own);
        }
    }

    /// What the NAT's own subnet does with it.
    fn out_of_nat(&mut self, nat: &Nat, subnet: &Subnet, beyond: IpAddr, (own, by): (&Table, &Route)) {
        let Some(table) = self.vpc.table(&subnet.id) else { return self.unsure(self.vpc.unseen("route_tables")) };
        let (id, rtb) = (&nat.id, &table.id);
        let out = match self.vpc.lookup(table, beyond, self.service, true) {
            Lookup::Unclear(list) => return self.unsure(format!("what {list} in {rtb} holds was not looked at")),
            Lookup::Route(route) if !route.blackhole => Some(route),
            Lookup::Route(_) | Lookup::Nothing => None,
        };
        let kind = out.map(|route| route.target.split_once('-').map_or("local", |(kind, _)| kind));
        match kind {
            Some("igw" | "nat" | "local") | None if nat.private => {
                let detail = format!(
                    "{id} is a private NAT gateway (ConnectivityType private): it never reaches the internet by itself"
                );
                let remedy = self.vpc.nat_in_public(&own.id, &by.destination());
                self.block(Culprit::new(CulpritKind::NatGateway, id, detail).mended_by(remedy));
            }
            Some("igw") => self.out_of(subnet, true),
            // The prefix list's route of a gateway endpoint there.
            Some("vpce") if out.is_some_and(|route| !route.is_default()) => {}
            Some("nat" | "local") | None => {
                let is_own = subnet.id == self.stand.subnet.id || rtb == &own.id;
                let verb =
                    if table.routes.iter().any(|route| route.is_for("0.0.0.0/0")) { "replace" } else { "create" };
                let subnet = &subnet.id;
                let detail = format!(
                    "{id} is in {subnet}, whose route table {rtb} has no way to an internet gateway for {beyond}: a NAT \
                     gateway belongs in a public subnet"
                );
                // With a way to an internet gateway the task's own subnet would be a public one.
                if is_own {
                    let remedy = self.vpc.nat_in_public(&own.id, &by.destination());
                    return self.block(Culprit::new(CulpritKind::NatGateway, id, detail).mended_by(remedy));
                }
                let remedy = self.vpc.command(
                    "give the NAT gateway's subnet a way out, if it is meant to be a public one",
                    &format!(
                        "ec2 {verb}-route --route-table-id {rtb} --destination-cidr-block 0.0.0.0/0 --gateway-id {}",
                        self.vpc.internet_gateway()
                    ),
                );
                self.block(Culprit::new(CulpritKind::NatGateway, id, detail).mended_by(vec![remedy]));
            }
            Some(other) => self.unsure(format!("what {other}-… behind {id} does with it lies outside of this view")),
        }
    }

    /// Straight out: that needs a public address.
    fn by_internet_gateway(&mut self, table: &Table, route: &Route) {
        let igw = &route.target;
        let gateway = self.vpc.sections.gateways.iter().flatten().find(|gateway| gateway.id == *igw);
        if gateway.is_some_and(|gateway| !gateway.attached) {
            let detail = format!(
                "{igw}, which {} of {} points at, is not attached to {}",
                table.id, self.stand.subnet.id, self.vpc.id
            );
            let attach = format!("ec2 attach-internet-gateway --internet-gateway-id {igw} --vpc-id {}", self.vpc.id);
            let remedy = self.vpc.command("attach the internet gateway", &attach);
            return self.block(Culprit::new(CulpritKind::InternetGateway, igw, detail).mended_by(vec![remedy]));
        }
        if self.peer.is_ipv4() {
            match self.vpc.task.public {
                Some(true) => {}
                Some(false) => self.no_public_address(table, route),
                None => self.unsure(format!("whether the task has a public address, which {igw} needs, is not said")),
            }
        }
        self.out_of(&self.stand.subnet, false);
    }

    fn no_public_address(&mut self, table: &Table, route: &Route) {
        let (igw, subnet) = (&route.target, &self.stand.subnet.id);
        let detail = format!(
            "{} of {subnet} sends {} to {igw}, and the task has no public address (assignPublicIp is DISABLED)",
            table.id,
            route.destination()
        );
        let steps = vec![
            step("start the task with assignPublicIp=ENABLED in its awsvpcConfiguration, if it is meant to be public"),
            step("or run it in a subnet whose default route points at a NAT gateway"),
        ];
        self.block(Culprit::new(CulpritKind::InternetGateway, igw, detail).mended_by(steps));
    }

    /// Past VPC Block Public Access. A subnet says for itself whether it is excluded from it.
    fn out_of(&mut self, subnet: &Subnet, only_out: bool) {
        let blocked = match subnet.blocked.or(self.vpc.sections.blocked) {
            None => return self.unsure(self.vpc.unseen("block_public_access")),
            Some(Blocking::Off) => false,
            Some(Blocking::Ingress) => !only_out,
            Some(Blocking::Both) => true,
        };
        if blocked {
            let (vpc, subnet) = (&self.vpc.id, &subnet.id);
            let detail = format!("VPC Block Public Access lets nothing of {subnet} in {vpc} pass an internet gateway");
            let command = format!(
                "ec2 create-vpc-block-public-access-exclusion --subnet-id {subnet} \
                 --internet-gateway-exclusion-mode allow-egress"
            );
            let remedy = self.vpc.command("exclude the subnet from it, if it is to have a way out", &command);
            self.block(Culprit::new(CulpritKind::BlockPublicAccess, vpc, detail).mended_by(vec![remedy]));
        }
    }
}
