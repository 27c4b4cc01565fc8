//! The operator's view of the VPC: `network.json`, in the shapes of AWS's own answers.

mod access;
mod dns;
mod endpoints;
mod routing;
mod sections;
mod vpc;

use serde_json::{Map, Value, json};

use super::{Network, VPC, id};
use crate::catalog;
use crate::world::World;

pub use sections::call;

/// When the view was taken: always at the same time, so that the same scenario has the same view.
const MOMENT: &str = "2026-11-20T02:00:00+00:00";

/// What the sections are made of.
struct Account<'a> {
    world: &'a World,
    network: &'a Network,
}

/// The operator's view of a world.
pub fn document(world: &World, network: &Network) -> Value {
    let account = Account { world, network };
    let missing = world.scenario.config.as_ref().map(|config| config.missing.clone()).unwrap_or_default();
    let mut document = json!({
        "kind": "vpcprobe-network",
        "schema_version": 1,
        "collected_at": "2026-11-20T02:00:00Z",
        "collector": "vpcprobe-lab",
        "account": account.id(),
        "region": world.region(),
        "vpc_id": VPC,
        "task": {
            "subnets": [id("subnet", "a")],
            "security_groups": [id("sg", "task")],
            "assign_public_ip": false
        },
        "missing": missing.iter().map(|section| account.unseen(section)).collect::<Vec<_>>()
    });
    if let Value::Object(document) = &mut document {
        document.extend(account.sections().into_iter().filter(|(name, _)| !missing.contains(name)));
    }
    document
}

impl Account<'_> {
    fn sections(&self) -> Map<String, Value> {
        let sections = [
            ("vpcs", self.vpcs()),
            ("vpc_attributes", self.attributes()),
            ("subnets", self.subnets()),
            ("route_tables", self.route_tables()),
            ("network_acls", self.network_acls()),
            ("security_groups", self.security_groups()),
            ("vpc_endpoints", self.vpc_endpoints()),
            ("network_interfaces", self.network_interfaces()),
            ("prefix_lists", self.prefix_lists()),
            ("managed_prefix_lists", self.managed_prefix_lists()),
            ("dhcp_options", self.dhcp_options()),
            ("nat_gateways", self.nat_gateways()),
            ("internet_gateways", self.internet_gateways()),
            ("egress_only_internet_gateways", self.egress_only_internet_gateways()),
            ("block_public_access", self.block_public_access()),
            ("resolver_rule_associations", Self::resolver_rule_associations()),
            ("resolver_rules", self.resolver_rules()),
            ("firewall_rule_group_associations", json!([])),
            ("hosted_zones", self.hosted_zones()),
            ("hosted_zone_records", self.hosted_zone_records()),
        ];
        sections.into_iter().map(|(name, section)| (name.to_owned(), section)).collect()
    }

    /// What the service said in place of a section.
    fn unseen(&self, section: &str) -> Value {
        let call = call(section).unwrap_or_default();
        let partition = catalog::partition(self.world.region()).id;
        let why = format!(
            "UnauthorizedOperation: You are not authorized to perform this operation. User: \
             arn:{partition}:iam::{}:user/operator is not authorized to perform: {call} because no identity-based policy \
             allows the {call} action",
            self.id()
        );
        json!({ "section": section, "call": call, "why": why })
    }

    fn id(&self) -> &str {
        &self.world.scenario.vpc.account
    }

    fn arn(&self, rest: &str) -> String {
        let region = self.world.region();
        format!("arn:{}:ec2:{region}:{}:{rest}", catalog::partition(region).id, self.id())
    }

    fn zone(&self, letter: char) -> String {
        format!("{}{letter}", self.world.region())
    }
}

/// A name as the console shows it.
fn tags(name: &str) -> Value {
    json!([{ "Key": "Name", "Value": name }])
}
