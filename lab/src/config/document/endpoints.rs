//! Endpoints and their network interfaces.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::{Account, MOMENT, VPC, id, tags};
use crate::config::{Endpoint, Interface, Kind};

impl Account<'_> {
    pub(super) fn vpc_endpoints(&self) -> Value {
        self.network.endpoints.iter().map(|endpoint| self.vpc_endpoint(endpoint)).collect()
    }

    fn vpc_endpoint(&self, endpoint: &Endpoint) -> Value {
        let own = id("vpce", &endpoint.service);
        let mut document = json!({
            "VpcEndpointId": own,
            "VpcId": VPC,
            "State": endpoint.state,
            "PolicyDocument": endpoint.policy,
            "RouteTableIds": [],
            "SubnetIds": [],
            "Groups": [],
            "IpAddressType": "ipv4",
            "PrivateDnsEnabled": false,
            "RequesterManaged": false,
            "NetworkInterfaceIds": [],
            "DnsEntries": [],
            "CreationTimestamp": MOMENT,
            "Tags": tags(&endpoint.service),
            "OwnerId": self.id()
        });
        match &endpoint.kind {
            Kind::Gateway(tables) => {
                document["VpcEndpointType"] = json!("Gateway");
                document["ServiceName"] = json!(format!("com.amazonaws.{}.{}", self.world.region(), endpoint.service));
                document["RouteTableIds"] = tables.iter().map(|table| id("rtb", table)).collect();
                if self.network.prefix_lists.len() > 1 {
                    document["IpAddressType"] = json!("dualstack");
                }
            }
            Kind::Interface(group, interfaces) => self.interface_endpoint(&mut document, endpoint, group, interfaces),
        }
        document
    }

    fn interface_endpoint(&self, document: &mut Value, endpoint: &Endpoint, group: &str, interfaces: &[Interface]) {
        let addresses = || interfaces.iter().flat_map(|interface| &interface.addresses);
        let kind = match (addresses().any(IpAddr::is_ipv4), addresses().any(IpAddr::is_ipv6)) {
            (true, true) => "dualstack",
            (false, true) => "ipv6",
            (_, false) => "ipv4",
        };
        document["VpcEndpointType"] = json!("Interface");
        document["ServiceName"] = json!(self.service_name(&endpoint.service));
        document["SubnetIds"] = interfaces.iter().map(|interface| id("subnet", &interface.subnet)).collect();
        document["Groups"] = json!([{ "GroupId": id("sg", group), "GroupName": format!("app-{group}") }]);
        document["IpAddressType"] = json!(kind);
        document["DnsOptions"] = json!({ "DnsRecordIpType": kind, "PrivateDnsOnlyForInboundResolverEndpoint": false });
        document["PrivateDnsEnabled"] = json!(!endpoint.private_names.is_empty());
        document["NetworkInterfaceIds"] =
            (0..).zip(interfaces).map(|(n, _)| id("eni", &format!("{} {n}", endpoint.service))).collect();
        document["DnsEntries"] = self.dns_entries(endpoint, interfaces);
    }

    /// The endpoint's own names, one of them a zone, and those that private DNS gives it.
    fn dns_entries(&self, endpoint: &Endpoint, interfaces: &[Interface]) -> Value {
        let own = id("vpce", &endpoint.service);
        let tail = format!("{}.{}.vpce.amazonaws.com", endpoint.service, self.world.region());
        let zones = interfaces.iter().filter_map(|interface| {
            let subnet = self.network.subnets.iter().find(|subnet| subnet.name == interface.subnet)?;
            Some(format!("{own}-3k7q2v9x-{}.{tail}", self.zone(subnet.zone)))
        });
        let given = [format!("{own}-3k7q2v9x.{tail}")].into_iter().chain(zones);
        let given = given.map(|name| json!({ "DnsName": name, "HostedZoneId": "Z2E726K9Y6RL4W" }));
        let private = endpoint.private_names.iter();
        let private = private.map(|name| json!({ "DnsName": name, "HostedZoneId": "ZONEIDPENDING" }));
        given.chain(private).collect()
    }

    /// The name with AWS; what stands before the Region differs by partition and by service.
    fn service_name(&self, service: &str) -> String {
        let region = self.world.region();
        let plain = ["logs", "secretsmanager", "ssm", "ssmmessages", "ec2messages", "kms", "ec2", "ecs", "events"];
        let prefix = match region.split('-').next() {
            Some("cn") if !plain.contains(&service) => "cn.com.amazonaws",
            Some("eusc") if service.starts_with("ecr") || service == "execute-api" => "eu.amazonaws",
            _ => "com.amazonaws",
        };
        format!("{prefix}.{region}.{service}")
    }

    pub(super) fn network_interfaces(&self) -> Value {
        let endpoints = self.network.endpoints.iter();
        let of_interfaces = endpoints.filter_map(|endpoint| match &endpoint.kind {
            Kind::Interface(group, interfaces) => Some((endpoint, group, interfaces)),
            Kind::Gateway(_) => None,
        });
        let all = of_interfaces.flat_map(|(endpoint, group, interfaces)| {
            (0..).zip(interfaces).map(move |(n, interface)| self.network_interface(endpoint, group, n, interface))
        });
        all.collect()
    }

    fn network_interface(&self, endpoint: &Endpoint, group: &str, n: u8, interface: &Interface) -> Value {
        let subnet = self.network.subnets.iter().find(|subnet| subnet.name == interface.subnet);
        let four: Vec<&IpAddr> = interface.addresses.iter().filter(|address| address.is_ipv4()).collect();
        let six = interface.addresses.iter().filter(|address| address.is_ipv6());
        json!({
            "AvailabilityZone": subnet.map(|subnet| self.zone(subnet.zone)),
            "Description": format!("VPC Endpoint Interface {}", id("vpce", &endpoint.service)),
            "Groups": [{ "GroupId": id("sg", group), "GroupName": format!("app-{group}") }],
            "InterfaceType": "vpc_endpoint",
            "Ipv6Addresses": six.map(|address| json!({ "Ipv6Address": address })).collect::<Vec<_>>(),
            "NetworkInterfaceId": id("eni", &format!("{} {n}", endpoint.service)),
            "OwnerId": self.id(),
            "PrivateIpAddress": four.first(),
            "PrivateIpAddresses":
                four.iter().map(|address| json!({ "Primary": true, "PrivateIpAddress": address })).collect::<Vec<_>>(),
            "RequesterManaged": true,
            "Status": "in-use",
            "SubnetId": id("subnet", &interface.subnet),
            "VpcId": VPC
        })
    }
}
