//! Route tables and prefix lists.

use ipnet::IpNet;
use serde_json::{Value, json};

use super::{Account, VPC, id, tags};
use crate::config::id::short;
use crate::config::{Hop, Table};
use crate::scenario::{Destination, Target};

impl Account<'_> {
    pub(super) fn route_tables(&self) -> Value {
        self.network.tables.iter().map(|table| self.route_table(table)).collect()
    }

    fn route_table(&self, table: &Table) -> Value {
        let own = id("rtb", table.name);
        let subnets = self.network.subnets.iter().filter(|subnet| subnet.table == table.name);
        let subnets = subnets.map(|subnet| {
            json!({
                "Main": false,
                "RouteTableAssociationId": id("rtbassoc", &subnet.name),
                "RouteTableId": own,
                "SubnetId": id("subnet", &subnet.name),
                "AssociationState": { "State": "associated" }
            })
        });
        let main = (table.name == "main").then(|| {
            json!({
                "Main": true,
                "RouteTableAssociationId": id("rtbassoc", "main"),
                "RouteTableId": own,
                "AssociationState": { "State": "associated" }
            })
        });
        json!({
            "Associations": main.into_iter().chain(subnets).collect::<Vec<_>>(),
            "PropagatingVgws": [],
            "RouteTableId": own,
            "Routes": table.routes.iter().flat_map(|hop| self.route(*hop)).collect::<Vec<_>>(),
            "Tags": tags(&format!("app-{}", table.name)),
            "VpcId": VPC,
            "OwnerId": self.id()
        })
    }

    /// A route, of which there is one for each of S3's prefix lists.
    fn route(&self, hop: Hop) -> Vec<Value> {
        let (key, target) = match hop.target {
            Target::Local => ("GatewayId", "local".to_owned()),
            Target::Gateway => ("GatewayId", id("vpce", "s3")),
            Target::Internet => ("GatewayId", id("igw", "own")),
            Target::Nat => ("NatGatewayId", id("nat", "gateway")),
            Target::Blackhole => ("NatGatewayId", id("nat", "deleted")),
            Target::EgressOnly => ("EgressOnlyInternetGatewayId", id("eigw", "own")),
            Target::Transit => ("TransitGatewayId", id("tgw", "own")),
        };
        let origin = if hop.target == Target::Local { "CreateRouteTable" } else { "CreateRoute" };
        let state = if hop.target == Target::Blackhole { "blackhole" } else { "active" };
        let route = |to: &str, value: Value| json!({ to: value, key: target, "Origin": origin, "State": state });
        match hop.to {
            Destination::Net(net @ IpNet::V4(_)) => vec![route("DestinationCidrBlock", json!(net))],
            Destination::Net(net @ IpNet::V6(_)) => vec![route("DestinationIpv6CidrBlock", json!(net))],
            Destination::S3 => {
                self.prefix_list_ids().into_iter().map(|id| route("DestinationPrefixListId", json!(id))).collect()
            }
        }
    }

    /// The ids of S3's prefix lists.
    pub(super) fn prefix_list_ids(&self) -> Vec<String> {
        self.network.prefix_lists.iter().map(|list| short("pl", &list.name)).collect()
    }

    pub(super) fn prefix_lists(&self) -> Value {
        let lists = self.network.prefix_lists.iter();
        let lists = lists.map(
            |list| json!({ "Cidrs": list.nets, "PrefixListId": short("pl", &list.name), "PrefixListName": list.name }),
        );
        let dynamodb = format!("com.amazonaws.{}.dynamodb", self.world.region());
        let other =
            json!({ "Cidrs": ["3.112.64.0/23"], "PrefixListId": short("pl", &dynamodb), "PrefixListName": dynamodb });
        lists.chain([other]).collect()
    }

    pub(super) fn managed_prefix_lists(&self) -> Value {
        let entries = |nets: &[IpNet]| nets.iter().map(|net| json!({ "Cidr": net })).collect::<Vec<_>>();
        let lists = self.network.prefix_lists.iter();
        lists.map(|list| json!({ "PrefixListId": short("pl", &list.name), "Entries": entries(&list.nets) })).collect()
    }
}
