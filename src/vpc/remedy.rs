//! The steps that mend it, with the ids that the view has. What it lacks stays a shell variable, as in the other fixes.

use std::net::IpAddr;

use super::model::Nat;
use super::{Block, Culprit, CulpritKind, Remedy, Vpc};

impl Culprit {
    pub(super) fn new(kind: CulpritKind, id: &str, detail: String) -> Self {
        Self { kind, id: id.to_owned(), detail }
    }

    pub(super) fn mended_by(self, remedy: Vec<Remedy>) -> Block {
        Block { culprit: self, remedy }
    }
}

/// What stands for the range of other networks' endpoints, where the view does not have it.
pub(super) const PEERS: &str = "$PEER_CIDR";

/// What makes a gateway endpoint carry IPv6.
const DUAL: &str = " --ip-address-type dualstack";

/// A step without a command.
pub(super) fn step(action: &str) -> Remedy {
    Remedy { action: action.to_owned(), command: None }
}

/// An address as a range of its own.
pub(super) fn single(address: IpAddr) -> String {
    format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 })
}

/// The option that names a route's destination.
pub(super) fn key(destination: &str) -> &'static str {
    match destination {
        list if list.starts_with("pl-") => "destination-prefix-list-id",
        range if range.contains(':') => "destination-ipv6-cidr-block",
        _ => "destination-cidr-block",
    }
}

/// Everything, in the family of an address.
pub(super) fn everything(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "0.0.0.0/0" } else { "::/0" }
}

impl Vpc {
    /// A step with its command in the VPC's Region.
    pub(super) fn command(&self, action: &str, command: &str) -> Remedy {
        Remedy { action: action.to_owned(), command: Some(format!("aws {command} --region {}", self.region)) }
    }

    /// A rule for a security group: `permission` names the other end as `--ip-permissions` takes it.
    pub(super) fn allow(&self, group: &str, inbound: bool, port: u16, permission: &str) -> Remedy {
        let (action, verb) = if inbound {
            ("let the task into the security group", "authorize-security-group-ingress")
        } else {
            ("let the task's security group out", "authorize-security-group-egress")
        };
        self.command(
            action,
            &format!(
                "ec2 {verb} --group-id {group} --ip-permissions \
                 'IpProtocol=tcp,FromPort={port},ToPort={port},{permission}'"
            ),
        )
    }

    /// Give a table a gateway endpoint's route, for IPv6 as well where that is asked for.
    pub(super) fn associate(&self, endpoint: &str, table: &str, dual: bool) -> Remedy {
        let both = if dual { DUAL } else { "" };
        self.command(
            "associate the route table with the gateway endpoint",
            &format!("ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint} --add-route-table-ids {table}{both}"),
        )
    }

    /// Let a gateway endpoint carry IPv6 too.
    pub(super) fn dual_stack(&self, endpoint: &str) -> Remedy {
        self.command(
            "let the gateway endpoint carry IPv6 as well",
            &format!("ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint}{DUAL}"),
        )
    }

    /// Create the gateway endpoint that lacks, for IPv6 as well where that is asked for.
    pub(super) fn create_gateway(&self, service: &str, table: &str, dual: bool) -> Remedy {
        let (vpc, both) = (&self.id, if dual { DUAL } else { "" });
        self.command(
            "create the gateway endpoint",
            &format!(
                "ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Gateway --service-name {service} \
                 --route-table-ids {table}{both}"
            ),
        )
    }

    /// Of several groups that one of which needs a rule, the one that is on the fewest other things.
    pub(super) fn least_shared<'i>(&self, ids: &'i [String]) -> &'i str {
        let holders = |id: &&String| {
            let endpoints = self.sections.endpoints.iter().flatten();
            endpoints.filter(|endpoint| endpoint.groups.contains(id)).count()
                + usize::from(self.task.groups.contains(id))
        };
        ids.iter().min_by_key(holders).map_or("$SG", String::as_str)
    }

    /// Set a route: `verb` is `create-route`, or `replace-route` where the table has its destination. `target` is an
    /// option with its value.
    pub(super) fn set_route(&self, action: &str, verb: &str, table: &str, destination: &str, target: &str) -> Remedy {
        let key = key(destination);
        self.command(action, &format!("ec2 {verb} --route-table-id {table} --{key} {destination} {target}"))
    }

    /// Point a route at a way out that works: a NAT gateway, for IPv6 an egress-only internet gateway.
    pub(super) fn route_out(&self, verb: &str, table: &str, destination: &str) -> Remedy {
        if destination == "::/0" {
            let gateway = self.live("eigw-").unwrap_or("$EIGW");
            return self.set_route(
                "point the route at an egress-only internet gateway, if the task is to have a way out",
                verb,
                table,
                destination,
                &format!("--egress-only-internet-gateway-id {gateway}"),
            );
        }
        self.set_route(
            "point the route at a NAT gateway that works, if the task is to have a way out",
            verb,
            table,
            destination,
            &format!("--nat-gateway-id {}", self.working_nat().unwrap_or("$NAT")),
        )
    }

    /// The same where there may be no such NAT gateway: then one is made.
    pub(super) fn nat_in_public(&self, table: &str, destination: &str) -> Vec<Remedy> {
        let route = self.route_out("replace-route", table, destination);
        if self.working_nat().is_some() {
            return vec![route];
        }
        let public = self.sections.subnets.iter().flatten().find(|subnet| self.is_public_subnet(&subnet.id));
        let public = public.map_or("$PUBLIC_SUBNET", |subnet| &subnet.id);
        let create = self.command(
            "make a NAT gateway in a public subnet ($NAT is its id, $EIP that of an elastic address)",
            &format!("ec2 create-nat-gateway --subnet-id {public} --allocation-id $EIP"),
        );
        vec![create, route]
    }

    /// What a live route of any table leads to.
    pub(super) fn live(&self, prefix: &str) -> Option<&str> {
        let routes = self.sections.tables.iter().flatten().flat_map(|table| &table.routes);
        let mut live = routes.filter(|route| !route.blackhole && route.target.starts_with(prefix));
        live.next().map(|route| route.target.as_str())
    }

    /// A NAT gateway that leads to the internet, as far as the view tells.
    fn working_nat(&self) -> Option<&str> {
        let stands_well = |nat: &Nat| {
            let subnet = nat.subnet.as_deref();
            subnet.is_none_or(|subnet| self.sections.tables.is_none() || self.is_public_subnet(subnet))
        };
        let mut nats = self.sections.nats.iter().flatten();
        let nat = nats.find(|nat| nat.state == "available" && !nat.private && stands_well(nat))?;
        Some(&nat.id)
    }

    /// Whether a subnet's default route leads to an internet gateway.
    fn is_public_subnet(&self, subnet: &str) -> bool {
        let routes = self.table(subnet).map(|table| &table.routes[..]).unwrap_or_default();
        routes.iter().any(|route| route.is_default() && !route.blackhole && route.target.starts_with("igw-"))
    }

    /// Let the VPC's resolver answer, or private names take effect.
    pub(super) fn attribute(&self, flag: &str) -> Remedy {
        let vpc = &self.id;
        self.command(
            "switch the VPC's attribute on",
            &format!(r#"ec2 modify-vpc-attribute --vpc-id {vpc} --{flag} '{{"Value":true}}'"#),
        )
    }
}
