//! The VPC's endpoints: which there are of a service, and what is wrong with them as they stand.

use super::model::Endpoint;
use super::{Block, Culprit, CulpritKind, EndpointKind, Presence, Present, Stand, Vpc};
use crate::vpc::remedy::step;

impl Vpc {
    /// The gateway that the VPC has, or the variable that stands for it.
    pub(super) fn internet_gateway(&self) -> &str {
        self.sections.gateways.iter().flatten().find(|gateway| gateway.attached).map_or("$IGW", |gateway| &gateway.id)
    }

    /// An endpoint that is not, or not yet, in service.
    pub(super) fn not_available(endpoint: &Endpoint) -> Block {
        let Endpoint { id, service, state, .. } = endpoint;
        let shown = match state.as_str() {
            "" => "is in no known state",
            "pendingacceptance" => "is pending acceptance",
            "failed" => "has failed",
            "pending" | "rejected" | "expired" | "deleting" | "deleted" | "partial" => &format!("is {state}"),
            other => &format!("is in state {other}"),
        };
        let detail = format!("{id} for {service} {shown}, so it is not available");
        let remedy = match state.as_str() {
            "pending" => step("wait until it is available; if that takes more than some minutes, create it again"),
            "pendingacceptance" => step("have the owner of the service accept the connection"),
            _ => step("delete it and create it again"),
        };
        Culprit::new(CulpritKind::VpcEndpoint, id, detail).mended_by(vec![remedy])
    }
}

impl Stand<'_> {
    /// What the VPC has of an endpoint service, such as `com.amazonaws.eu-west-1.ecr.api`.
    pub fn endpoints(&self, service: &str) -> Presence {
        if self.vpc.sections.endpoints.is_none() {
            return Presence::Unknown(self.vpc.unseen("vpc_endpoints"));
        }
        let present: Vec<Present> = self.vpc.endpoints_of(service).filter_map(|one| self.present(one)).collect();
        match present.is_empty() {
            false => Presence::Present(present),
            true if self.is_shared() => Presence::Unknown(format!(
                "{} belongs to another account, whose endpoints this view does not show",
                self.vpc.id
            )),
            true => Presence::Absent,
        }
    }

    /// Whether a private hosted zone of the VPC answers for a service: its endpoint may be in another VPC.
    pub fn has_zone_for(&self, service: &str) -> bool {
        self.vpc.zone_for_service(service)
    }

    fn present(&self, endpoint: &Endpoint) -> Option<Present> {
        let kind = endpoint.kind?;
        let associated = kind == EndpointKind::Interface || self.is_associated(endpoint);
        Some(Present {
            id: endpoint.id.clone(),
            kind,
            private_dns: endpoint.private_dns && !endpoint.inbound_only,
            state: endpoint.state.clone(),
            associated,
            fault: self.fault(endpoint, kind, associated),
        })
    }

    fn is_associated(&self, endpoint: &Endpoint) -> bool {
        self.table.is_some_and(|table| endpoint.tables.contains(&table.id))
    }

    fn fault(&self, endpoint: &Endpoint, kind: EndpointKind, associated: bool) -> Option<Block> {
        match kind {
            _ if endpoint.state != "available" => Some(Vpc::not_available(endpoint)),
            EndpointKind::Gateway if associated => None,
            EndpointKind::Gateway => self.not_associated(endpoint),
            EndpointKind::Interface => self.names_elsewhere(endpoint),
        }
    }

    fn not_associated(&self, endpoint: &Endpoint) -> Option<Block> {
        let (id, table, subnet) = (&endpoint.id, &self.table?.id, &self.subnet.id);
        let detail = format!("{id} for {} is not associated with {table} of {subnet}", endpoint.service);
        let remedy = self.vpc.associate(id, table, false);
        Some(Culprit::new(CulpritKind::VpcEndpoint, id, detail).mended_by(vec![remedy]))
    }

    /// Why the VPC's own names would not lead to it. A gateway endpoint of the service, or a private hosted zone for its
    /// name, does that work in its place.
    fn names_elsewhere(&self, endpoint: &Endpoint) -> Option<Block> {
        let service = &endpoint.service;
        let gateway = |other: &Endpoint| other.kind == Some(EndpointKind::Gateway) && self.is_associated(other);
        if endpoint.private_dns && !endpoint.inbound_only {
            return self.vpc.attribute_block();
        }
        if self.vpc.endpoints_of(service).any(gateway) || self.vpc.zone_for_service(service) {
            return None;
        }
        let id = &endpoint.id;
        let (detail, flags) = if endpoint.private_dns {
            (
                format!("private DNS of {id} for {service} is only for inbound Resolver endpoints"),
                "--dns-options PrivateDnsOnlyForInboundResolverEndpoint=false",
            )
        } else {
            (format!("private DNS is off on {id} for {service}"), "--private-dns-enabled")
        };
        let command = format!("ec2 modify-vpc-endpoint --vpc-endpoint-id {id} {flags}");
        let remedy = self.vpc.command("let the service's names lead to the endpoint", &command);
        Some(Culprit::new(CulpritKind::VpcEndpoint, id, detail).mended_by(vec![remedy]))
    }
}
