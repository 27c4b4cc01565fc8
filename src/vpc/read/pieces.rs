//! AWS's shapes to ours, one function a shape.

use ipnet::IpNet;

use super::{Item, blocking};
use crate::vpc::model::{
    Acl, Destination, Endpoint, Entry, Gateway, Group, Interface, List, Nat, Ports, Route, Rule, Subnet, Table,
};
use crate::vpc::{EndpointKind, shape};

/// The keys under which a route names where it leads.
const TARGETS: [&str; 9] = [
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "GatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "LocalGatewayId",
    "CarrierGatewayId",
];

/// Several times what AWS takes as an endpoint's policy.
const LONGEST_POLICY: usize = 100_000;

/// Far more rules than AWS lets a network ACL have.
const MOST_ENTRIES: usize = 1_000;

/// A VPC, by its own ranges and its DHCP options.
pub(super) struct Own {
    pub(super) id: String,
    pub(super) ranges: Vec<IpNet>,
    pub(super) options: Option<String>,
    pub(super) owner: Option<String>,
}

pub(super) fn vpc(item: &Item<'_>) -> Result<Own, String> {
    let mut ranges = item.ranges("CidrBlockAssociationSet", "CidrBlock")?;
    ranges.extend(item.range("CidrBlock")?);
    ranges.extend(item.ranges("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")?);
    let options = item.text("DhcpOptionsId").map(str::to_owned);
    let owner = item.text("OwnerId").and_then(shape::account).map(str::to_owned);
    Ok(Own { id: item.id("VpcId", "vpc-")?, ranges, options, owner })
}

pub(super) fn subnet(item: &Item<'_>) -> Result<Subnet, String> {
    let mut ranges = item.ranges("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")?;
    ranges.extend(item.range("CidrBlock")?);
    Ok(Subnet {
        id: item.id("SubnetId", "subnet-")?,
        zone: item.text("AvailabilityZone").and_then(shape::name).map(str::to_owned),
        owner: item.text("OwnerId").and_then(shape::account).map(str::to_owned),
        ranges,
        blocked: blocking(&Item(&item.0["BlockPublicAccessStates"])),
    })
}

pub(super) fn table(item: &Item<'_>) -> Result<Table, String> {
    let routes = item.list("Routes")?.iter().map(|value| route(&Item(value)));
    Ok(Table {
        id: item.id("RouteTableId", "rtb-")?,
        main: item.list("Associations")?.iter().any(|association| association["Main"].as_bool() == Some(true)),
        subnets: item.ids("Associations", "SubnetId", "subnet-")?,
        routes: routes.collect::<Result<_, _>>()?,
    })
}

fn route(item: &Item<'_>) -> Result<Route, String> {
    let range = item.range("DestinationCidrBlock")?.or(item.range("DestinationIpv6CidrBlock")?);
    let to = match range {
        Some(range) => Destination::Range(range),
        None => Destination::List(item.id("DestinationPrefixListId", "pl-")?),
    };
    let mut target = None;
    for key in TARGETS {
        target = target.or(item.maybe_id(key, "")?);
    }
    Ok(Route {
        to,
        target: target.unwrap_or_else(|| "a core network".to_owned()),
        blackhole: item.text("State") == Some("blackhole"),
        propagated: item.text("Origin") == Some("EnableVgwRoutePropagation"),
    })
}

pub(super) fn acl(item: &Item<'_>) -> Result<Acl, String> {
    let mut entries = Vec::new();
    let mut taken = Vec::new();
    let list = item.list("Entries")?;
    if list.len() > MOST_ENTRIES {
        return Err(format!("Entries has more than {MOST_ENTRIES} rules, which no network ACL has"));
    }
    for value in list {
        let item = Item(value);
        taken.push((item.flag("Egress") == Some(true), item.number("RuleNumber")?));
        entries.extend(entry(&item)?);
    }
    entries.sort_by_key(|entry| entry.number);
    Ok(Acl {
        id: item.id("NetworkAclId", "acl-")?,
        subnets: item.ids("Associations", "SubnetId", "subnet-")?,
        entries,
        taken,
    })
}

/// An entry, where it is about TCP.
fn entry(item: &Item<'_>) -> Result<Option<Entry>, String> {
    let ports = match item.text("Protocol").ok_or("a rule has no Protocol")? {
        "-1" => Ports::ALL,
        "6" | "tcp" => ports(&Item(&item.0["PortRange"]), "From", "To")?,
        _ => return Ok(None),
    };
    let range = item.range("CidrBlock")?.or(item.range("Ipv6CidrBlock")?);
    Ok(Some(Entry {
        number: item.number("RuleNumber")?,
        egress: item.flag("Egress").ok_or("a rule has no Egress")?,
        allow: item.text("RuleAction") == Some("allow"),
        range: range.ok_or("a rule has no CidrBlock")?,
        ports,
    }))
}

/// Absent means all.
fn ports(item: &Item<'_>, first: &str, last: &str) -> Result<Ports, String> {
    if item.0[first].is_null() && item.0[last].is_null() {
        return Ok(Ports::ALL);
    }
    Ok(Ports { first: item.number(first)?, last: item.number(last)? })
}

pub(super) fn group(item: &Item<'_>) -> Result<Group, String> {
    Ok(Group {
        id: item.id("GroupId", "sg-")?,
        inbound: rules(item, "IpPermissions")?,
        outbound: rules(item, "IpPermissionsEgress")?,
    })
}

/// The rules that are about TCP.
fn rules(item: &Item<'_>, key: &str) -> Result<Vec<Rule>, String> {
    let mut rules = Vec::new();
    for value in item.list(key)? {
        let item = Item(value);
        let ports = match item.text("IpProtocol").ok_or("a rule has no IpProtocol")? {
            "-1" => Ports::ALL,
            "6" | "tcp" => ports(&item, "FromPort", "ToPort")?,
            _ => continue,
        };
        let mut ranges = item.ranges("IpRanges", "CidrIp")?;
        ranges.extend(item.ranges("Ipv6Ranges", "CidrIpv6")?);
        let lists = item.ids("PrefixListIds", "PrefixListId", "pl-")?;
        rules.push(Rule { ports, ranges, lists, groups: item.ids("UserIdGroupPairs", "GroupId", "sg-")? });
    }
    Ok(rules)
}

pub(super) fn endpoint(item: &Item<'_>) -> Result<Endpoint, String> {
    let kind = match item.text("VpcEndpointType").unwrap_or_default() {
        "Interface" => Some(EndpointKind::Interface),
        "Gateway" => Some(EndpointKind::Gateway),
        _ => None,
    };
    let options = Item(&item.0["DnsOptions"]);
    Ok(Endpoint {
        id: item.id("VpcEndpointId", "vpce-")?,
        service: item.text("ServiceName").and_then(shape::name).unwrap_or_default().to_owned(),
        kind,
        state: item.text("State").map(shape::line).unwrap_or_default().to_ascii_lowercase(),
        private_dns: item.flag("PrivateDnsEnabled") == Some(true),
        inbound_only: options.flag("PrivateDnsOnlyForInboundResolverEndpoint") == Some(true),
        tables: item.ids("RouteTableIds", "", "rtb-")?,
        subnets: item.ids("SubnetIds", "", "subnet-")?,
        groups: item.ids("Groups", "GroupId", "sg-")?,
        interfaces: item.ids("NetworkInterfaceIds", "", "eni-")?,
        policy: policy(item),
    })
}

/// A policy, or words that are none where it is longer than AWS takes: those can't be evaluated.
fn policy(item: &Item<'_>) -> Option<String> {
    let text = item.text("PolicyDocument")?;
    Some(if text.len() > LONGEST_POLICY { "too long".to_owned() } else { text.to_owned() })
}

pub(super) fn interface(item: &Item<'_>) -> Result<Interface, String> {
    let mut addresses = item.addresses("PrivateIpAddresses", "PrivateIpAddress")?;
    addresses.extend(item.addresses("Ipv6Addresses", "Ipv6Address")?);
    Ok(Interface {
        id: item.id("NetworkInterfaceId", "eni-")?,
        subnet: item.id("SubnetId", "subnet-")?,
        addresses,
        groups: item.ids("Groups", "GroupId", "sg-")?,
    })
}

/// One of Amazon's (`Cidrs`), or of the account's own (`Entries`).
pub(super) fn list(item: &Item<'_>) -> Result<List, String> {
    let mut ranges = item.ranges("Cidrs", "")?;
    ranges.extend(item.ranges("Entries", "Cidr")?);
    let name = item.text("PrefixListName").and_then(shape::name).map(str::to_owned);
    Ok(List { id: item.id("PrefixListId", "pl-")?, name, ranges })
}

pub(super) fn nat(item: &Item<'_>) -> Result<Nat, String> {
    Ok(Nat {
        id: item.id("NatGatewayId", "nat-")?,
        state: item.text("State").map(shape::line).unwrap_or_default().to_ascii_lowercase(),
        subnet: item.maybe_id("SubnetId", "subnet-")?,
        private: item.text("ConnectivityType") == Some("private"),
    })
}

pub(super) fn gateway(item: &Item<'_>) -> Result<Gateway, String> {
    let attached = |state: &str| matches!(state, "available" | "attached" | "attaching");
    let mut states = item.list("Attachments")?.iter().filter_map(|attachment| attachment["State"].as_str());
    Ok(Gateway { id: item.id("InternetGatewayId", "igw-")?, attached: states.any(attached) })
}
