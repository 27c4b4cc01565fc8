//! What the VPC's names depend on: DHCP options, resolver rules and private hosted zones.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::{Account, VPC, id, tags};
use crate::task::nameservers;
use crate::world::PlacedEndpoint;

/// A record: its name, and its addresses.
type Record = (String, Vec<IpAddr>);

impl Account<'_> {
    pub(super) fn dhcp_options(&self) -> Value {
        let given = nameservers(self.world);
        let own =
            |address: &IpAddr| self.world.resolvers.iter().any(|resolver| resolver.vpc && resolver.address == *address);
        let servers = if given.iter().all(own) {
            vec!["AmazonProvidedDNS".to_owned()]
        } else {
            given.iter().map(ToString::to_string).collect()
        };
        let option = |key: &str, values: Vec<String>| {
            let values: Vec<Value> = values.into_iter().map(|value| json!({ "Value": value })).collect();
            json!({ "Key": key, "Values": values })
        };
        let domain = self.world.internal_suffix().trim_start_matches('.').to_owned();
        json!([{
            "DhcpConfigurations": [option("domain-name", vec![domain]), option("domain-name-servers", servers)],
            "DhcpOptionsId": id("dopt", "own"),
            "OwnerId": self.id(),
            "Tags": tags("app")
        }])
    }

    /// The rule that every VPC has.
    pub(super) fn resolver_rule_associations() -> Value {
        json!([{
            "Id": format!("rslvr-autodefined-assoc-{VPC}-internet-resolver"),
            "ResolverRuleId": "rslvr-autodefined-rr-internet-resolver",
            "Name": "System Rule Association",
            "VPCId": VPC,
            "Status": "COMPLETE",
            "StatusMessage": ""
        }])
    }

    pub(super) fn resolver_rules(&self) -> Value {
        json!([{
            "Id": "rslvr-autodefined-rr-internet-resolver",
            "CreatorRequestId": "",
            "Arn": format!(
                "arn:{}:route53resolver:{}::autodefined-rule/rslvr-autodefined-rr-internet-resolver",
                crate::catalog::partition(self.world.region()).id,
                self.world.region()
            ),
            "DomainName": ".",
            "Status": "COMPLETE",
            "RuleType": "RECURSIVE",
            "Name": "Internet Resolver",
            "OwnerId": "Route 53 Resolver",
            "ShareStatus": "NOT_SHARED"
        }])
    }

    pub(super) fn hosted_zones(&self) -> Value {
        let zones = self.zones();
        let summary = |apex: &String| json!({ "HostedZoneId": zone_id(apex), "Name": format!("{apex}."), "Owner": { "OwningAccount": self.id() } });
        zones.iter().map(|(apex, _)| summary(apex)).collect()
    }

    pub(super) fn hosted_zone_records(&self) -> Value {
        let zones = self.zones().into_iter();
        zones.map(|(apex, records)| json!({ "HostedZoneId": zone_id(&apex), "ResourceRecordSets": sets(&apex, &records) })).collect()
    }

    /// Private hosted zones: the scenario's, and one a name of every endpoint in another VPC.
    fn zones(&self) -> Vec<(String, Vec<Record>)> {
        let world = self.world;
        let given = world.scenario.vpc.zone.iter().map(|zone| {
            let full = |label: &String| match label.as_str() {
                "@" => zone.apex.clone(),
                label => format!("{label}.{}", zone.apex),
            };
            (zone.apex.clone(), zone.records.iter().map(|(label, to)| (full(label), to.clone())).collect())
        });
        let mut zones: Vec<(String, Vec<Record>)> = given.collect();
        for placed in world.endpoints().iter().filter(|placed| placed.private_dns && self.is_elsewhere(placed)) {
            for name in &placed.service.names {
                let apex = name.trim_start_matches("*.");
                let record = (name.clone(), placed.addresses.clone());
                match zones.iter_mut().find(|(own, _)| own == apex) {
                    Some((_, records)) if records.iter().all(|(own, _)| own != name) && !self.is_given(apex) => {
                        records.push(record);
                    }
                    Some(_) => {}
                    None => zones.push((apex.to_owned(), vec![record])),
                }
            }
        }
        zones
    }

    fn is_given(&self, apex: &str) -> bool {
        self.world.scenario.vpc.zone.iter().any(|zone| zone.apex == apex)
    }

    fn is_elsewhere(&self, placed: &PlacedEndpoint) -> bool {
        self.network.endpoints.iter().all(|endpoint| endpoint.service != placed.service.id)
    }
}

fn zone_id(apex: &str) -> String {
    id("Z", apex).replace('-', "").to_ascii_uppercase()
}

/// The records of a zone as the service lists them, its own SOA and NS among them.
fn sets(apex: &str, records: &[Record]) -> Vec<Value> {
    let set = |name: &str, kind: &str, ttl: u32, values: Vec<String>| {
        let values: Vec<Value> = values.into_iter().map(|value| json!({ "Value": value })).collect();
        // The service writes the star of a wildcard in octal.
        json!({ "Name": format!("{}.", name.replace('*', "\\052")), "Type": kind, "TTL": ttl, "ResourceRecords": values })
    };
    let servers = vec!["ns-0.awsdns-00.com.".to_owned(), "ns-512.awsdns-00.net.".to_owned()];
    let soa = "ns-0.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400".to_owned();
    let mut sets = vec![set(apex, "NS", 172_800, servers), set(apex, "SOA", 900, vec![soa])];
    for (name, addresses) in records {
        for (kind, four) in [("A", true), ("AAAA", false)] {
            let own = addresses.iter().filter(|address| address.is_ipv4() == four).map(ToString::to_string);
            let own: Vec<String> = own.collect();
            if !own.is_empty() {
                sets.push(set(name, kind, 60, own));
            }
        }
        if addresses.is_empty() {
            sets.push(set(name, "TXT", 60, vec!["\"no address\"".to_owned()]));
        }
    }
    sets
}
