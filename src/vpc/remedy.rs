//! The steps that mend it, with the ids that the view has. What it lacks stays a shell variable, as in the other fixes.

use std::net::IpAddr;

use super::{Block, Culprit, CulpritKind, EndpointKind, Remedy, Vpc};

impl Culprit {
    pub(super) fn new(kind: CulpritKind, id: &str, detail: String) -> Self {
        Self { kind, id: id.to_owned(), detail }
    }

    pub(super) fn mended_by(self, remedy: Vec<Remedy>) -> Block {
        Block { culprit: self, remedy }
    }
}

/// A step without a command.
pub(super) fn step(action: &str) -> Remedy {
    Remedy { action: action.to_owned(), command: None }
}

/// An address as a range of its own.
pub(super) fn single(address: IpAddr) -> String {
    format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 })
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

    /// Give a table a gateway endpoint's route.
    pub(super) fn associate(&self, endpoint: &str, table: &str) -> Remedy {
        self.command(
            "associate the route table with the gateway endpoint",
            &format!("ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint} --add-route-table-ids {table}"),
        )
    }

    /// Create what lacks.
    pub(super) fn create_endpoint(&self, kind: EndpointKind, service: &str, table: &str, subnet: &str) -> Remedy {
        let (word, name, rest) = match kind {
            EndpointKind::Gateway => ("create the gateway endpoint", "Gateway", format!("--route-table-ids {table}")),
            EndpointKind::Interface => (
                "create the interface endpoint with private DNS",
                "Interface",
                format!("--subnet-ids {subnet} --security-group-ids $EPSG --private-dns-enabled"),
            ),
        };
        let vpc = &self.id;
        self.command(
            word,
            &format!(
                "ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type {name} --service-name {service} {rest}"
            ),
        )
    }

    /// Point a route at a NAT gateway that works.
    pub(super) fn route_to_nat(&self, verb: &str, table: &str, destination: &str) -> Remedy {
        let mut nats = self.sections.nats.iter().flatten();
        let nat = nats.find(|nat| nat.state == "available" && !nat.private).map_or("$NAT", |nat| &nat.id);
        let key = if destination.contains(':') { "destination-ipv6-cidr-block" } else { "destination-cidr-block" };
        self.command(
            "point the route at a NAT gateway that works, if the task is to have a way out",
            &format!("ec2 {verb} --route-table-id {table} --{key} {destination} --nat-gateway-id {nat}"),
        )
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
