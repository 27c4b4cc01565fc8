//! AWS's shapes to ours, one function a shape.

use ipnet::IpNet;
use serde_json::Value;

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
    let options = item.maybe_id("DhcpOptionsId", "")?;
    let owner = item.text("OwnerId").and_then(shape::account).map(str::to_owned);
    Ok(Own { id: item.id("VpcId", "vpc-")?, ranges, options, owner })
}

pub(super) fn subnet(item: &Item<'_>) -> Result<Subnet, String> {
    let mut ranges = item.ranges("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")?;
    ranges.extend(item.range("CidrBlock")?);
    crate::order::naturally(&mut ranges);
    ranges.dedup();
    if ranges.is_empty() {
        return Err("it has no CidrBlock".to_owned());
    }
    Ok(Subnet {
        id: item.id("SubnetId", "subnet-")?,
        zone: item.text("AvailabilityZone").and_then(shape::name).map(str::to_owned),
        owner: item.text("OwnerId").and_then(shape::account).map(str::to_owned),
        ranges,
        blocked: blocking(&Item(&item.0["BlockPublicAccessStates"])),
    })
}

pub(super) fn table(item: &Item<'_>) -> Result<Table, String> {
    let routes = item.must_list("Routes")?.iter().map(|value| route(&Item(value)));
    Ok(Table {
        id: item.id("RouteTableId", "rtb-")?,
        main: item.must_list("Associations")?.iter().any(|association| association["Main"].as_bool() == Some(true)),
        subnets: item.ids_of_some("Associations", "SubnetId", "subnet-")?,
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
    let has_arn = ["CoreNetworkArn", "OdbNetworkArn"].iter().any(|key| item.text(key).is_some());
    Ok(Route {
        to,
        target: target.or(has_arn.then(|| "a core network".to_owned())).ok_or("a route has no target")?,
        blackhole: match item.must_text("State")? {
            "active" => false,
            "blackhole" => true,
            _ => return Err("a route's State is none that is known".to_owned()),
        },
        propagated: item.text("Origin") == Some("EnableVgwRoutePropagation"),
    })
}

pub(super) fn acl(item: &Item<'_>) -> Result<Acl, String> {
    let mut entries = Vec::new();
    let mut taken = Vec::new();
    let list = item.must_list("Entries")?;
    if list.len() > MOST_ENTRIES {
        return Err(format!("Entries has more than {MOST_ENTRIES} rules, which no network ACL has"));
    }
    for value in list {
        let item = Item(value);
        let place = (item.must_flag("Egress")?, item.number("RuleNumber")?);
        if taken.contains(&place) {
            return Err(format!("rule {} is listed twice", place.1));
        }
        taken.push(place);
        entries.extend(entry(&item)?);
    }
    crate::order::by_key(&mut entries, |entry| entry.number);
    item.must_list("Associations")?;
    Ok(Acl {
        id: item.id("NetworkAclId", "acl-")?,
        subnets: item.ids("Associations", "SubnetId", "subnet-")?,
        entries,
        taken,
    })
}

/// An entry, where it is about TCP.
fn entry(item: &Item<'_>) -> Result<Option<Entry>, String> {
    let allow = match item.must_text("RuleAction")? {
        "allow" => true,
        "deny" => false,
        _ => return Err("a rule's RuleAction is neither allow nor deny".to_owned()),
    };
    let ports = match protocol(item, "Protocol")? {
        Protocol::Any => Ports::ALL,
        Protocol::Tcp => ports(&item.part("PortRange")?, "From", "To")?,
        Protocol::Other => return Ok(None),
    };
    let range = item.range("CidrBlock")?.or(item.range("Ipv6CidrBlock")?);
    Ok(Some(Entry {
        number: item.number("RuleNumber")?,
        egress: item.must_flag("Egress")?,
        allow,
        range: range.ok_or("a rule has no CidrBlock")?,
        ports,
    }))
}

/// Absent means all.
fn ports(item: &Item<'_>, first: &str, last: &str) -> Result<Ports, String> {
    if item.0[first].is_null() && item.0[last].is_null() {
        return Ok(Ports::ALL);
    }
    let ports = Ports { first: item.number(first)?, last: item.number(last)? };
    if ports.first > ports.last { Err(format!("{first} is above {last}")) } else { Ok(ports) }
}

enum Protocol {
    Any,
    Tcp,
    Other,
}

/// AWS writes four of them by name and the others by number.
fn protocol(item: &Item<'_>, key: &str) -> Result<Protocol, String> {
    match item.must_text(key)? {
        "-1" => Ok(Protocol::Any),
        "6" | "tcp" => Ok(Protocol::Tcp),
        "udp" | "icmp" | "icmpv6" => Ok(Protocol::Other),
        number if number.parse::<u8>().is_ok() => Ok(Protocol::Other),
        _ => Err(format!("a rule's {key} is none that is known")),
    }
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
    for value in item.must_list(key)? {
        let item = Item(value);
        let ports = match protocol(&item, "IpProtocol")? {
            Protocol::Any => Ports::ALL,
            Protocol::Tcp => ports(&item, "FromPort", "ToPort")?,
            Protocol::Other => continue,
        };
        let mut ranges = item.ranges("IpRanges", "CidrIp")?;
        ranges.extend(item.ranges("Ipv6Ranges", "CidrIpv6")?);
        let lists = item.ids("PrefixListIds", "PrefixListId", "pl-")?;
        let groups = item.ids("UserIdGroupPairs", "GroupId", "sg-")?;
        if ranges.is_empty() && lists.is_empty() && groups.is_empty() {
            return Err(format!("a rule of {key} names nobody"));
        }
        rules.push(Rule { ports, ranges, lists, groups });
    }
    Ok(rules)
}

pub(super) fn endpoint(item: &Item<'_>) -> Result<Endpoint, String> {
    let kind = match item.must_text("VpcEndpointType")? {
        "Interface" => Some(EndpointKind::Interface),
        "Gateway" => Some(EndpointKind::Gateway),
        _ => None,
    };
    let service = match (kind, item.text("ServiceName").and_then(shape::name)) {
        (Some(_), None) => return Err("it has no ServiceName as AWS writes it".to_owned()),
        (_, service) => service.unwrap_or_default().to_owned(),
    };
    if kind == Some(EndpointKind::Gateway) {
        item.must_list("RouteTableIds")?;
    }
    Ok(Endpoint {
        id: item.id("VpcEndpointId", "vpce-")?,
        service,
        kind,
        state: state(item)?,
        private_dns: kind == Some(EndpointKind::Interface) && item.must_flag("PrivateDnsEnabled")?,
        inbound_only: inbound_only(&item.part("DnsOptions")?)?,
        tables: item.ids("RouteTableIds", "", "rtb-")?,
        subnets: item.ids("SubnetIds", "", "subnet-")?,
        groups: item.ids("Groups", "GroupId", "sg-")?,
        interfaces: item.ids("NetworkInterfaceIds", "", "eni-")?,
        policy: policy(&item.0["PolicyDocument"])?,
    })
}

/// Absent: no such endpoint.
fn inbound_only(options: &Item<'_>) -> Result<bool, String> {
    let key = "PrivateDnsOnlyForInboundResolverEndpoint";
    if options.0[key].is_null() { Ok(false) } else { options.must_flag(key) }
}

fn state(item: &Item<'_>) -> Result<String, String> {
    let state = shape::name(item.must_text("State")?).ok_or("its State is no word")?;
    Ok(state.to_ascii_lowercase())
}

/// A policy, or words that are none where it is longer than AWS takes: those can't be evaluated. AWS gives it as a text;
/// who unpacked it meant the same.
fn policy(document: &Value) -> Result<Option<String>, String> {
    let text = match document {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Object(_) => document.to_string(),
        _ => return Err("its PolicyDocument is no policy".to_owned()),
    };
    Ok(Some(if text.len() > LONGEST_POLICY { "too long".to_owned() } else { text }))
}

pub(super) fn interface(item: &Item<'_>) -> Result<Interface, String> {
    let mut addresses = item.addresses("PrivateIpAddresses", "PrivateIpAddress")?;
    addresses.extend(item.addresses("Ipv6Addresses", "Ipv6Address")?);
    if addresses.is_empty() {
        return Err("it has no address".to_owned());
    }
    item.must_list("Groups")?;
    Ok(Interface {
        id: item.id("NetworkInterfaceId", "eni-")?,
        subnet: item.id("SubnetId", "subnet-")?,
        addresses,
        groups: item.ids("Groups", "GroupId", "sg-")?,
    })
}

/// One of Amazon's (`Cidrs`), or of the account's own (`Entries`).
pub(super) fn list(item: &Item<'_>) -> Result<List, String> {
    if item.0["Cidrs"].is_null() {
        item.must_list("Entries")?;
    }
    let mut ranges = item.ranges("Cidrs", "")?;
    ranges.extend(item.ranges("Entries", "Cidr")?);
    let name = item.text("PrefixListName").and_then(shape::name).map(str::to_owned);
    Ok(List { id: item.id("PrefixListId", "pl-")?, name, ranges })
}

pub(super) fn nat(item: &Item<'_>) -> Result<Nat, String> {
    Ok(Nat {
        id: item.id("NatGatewayId", "nat-")?,
        state: state(item)?,
        subnet: item.maybe_id("SubnetId", "subnet-")?,
        private: item.text("ConnectivityType") == Some("private"),
    })
}

pub(super) fn gateway(item: &Item<'_>) -> Result<Gateway, String> {
    let attached = |state: &str| matches!(state, "available" | "attached" | "attaching");
    item.must_list("Attachments")?;
    let states = item.texts("Attachments", "State")?;
    Ok(Gateway { id: item.id("InternetGatewayId", "igw-")?, attached: states.into_iter().any(attached) })
}
