//! The VPC itself: its ranges, attributes, subnets and ways out.

use ipnet::IpNet;
use serde_json::{Value, json};

use super::{Account, MOMENT, VPC, id, tags};
use crate::config::Subnet;
use crate::scenario::Ipv6;

impl Account<'_> {
    pub(super) fn vpcs(&self) -> Value {
        let four = self.network.ranges.iter().filter(|net| matches!(net, IpNet::V4(_)));
        let four: Vec<Value> = (0..)
            .zip(four)
            .map(|(n, net)| {
                let association = id("vpc-cidr-assoc", &n.to_string());
                json!({ "AssociationId": association, "CidrBlock": net, "CidrBlockState": { "State": "associated" } })
            })
            .collect();
        let mut vpc = json!({
            "OwnerId": self.id(),
            "InstanceTenancy": "default",
            "CidrBlockAssociationSet": four,
            "IsDefault": false,
            "BlockPublicAccessStates": { "InternetGatewayBlockMode": "off" },
            "VpcId": VPC,
            "State": "available",
            "CidrBlock": self.network.ranges[0],
            "DhcpOptionsId": id("dopt", "own"),
            "Tags": tags("app")
        });
        let six = self.network.ranges.iter().find(|net| matches!(net, IpNet::V6(_)));
        if let Some(net) = six {
            vpc["Ipv6CidrBlockAssociationSet"] = json!([{
                "AssociationId": id("vpc-cidr-assoc", "ipv6"),
                "Ipv6CidrBlock": net,
                "Ipv6CidrBlockState": { "State": "associated" },
                "NetworkBorderGroup": self.world.region(),
                "Ipv6Pool": "Amazon"
            }]);
        }
        json!([vpc])
    }

    pub(super) fn attributes(&self) -> Value {
        let vpc = &self.world.scenario.vpc;
        json!({ "EnableDnsSupport": vpc.dns_support, "EnableDnsHostnames": vpc.dns_hostnames })
    }

    pub(super) fn subnets(&self) -> Value {
        self.network.subnets.iter().map(|subnet| self.subnet(subnet)).collect()
    }

    fn subnet(&self, subnet: &Subnet) -> Value {
        let vpc = &self.world.scenario.vpc;
        let own = id("subnet", &subnet.name);
        let six: Vec<Value> = subnet.nets.iter().filter(|net| matches!(net, IpNet::V6(_))).map(|net| {
            let association = id("subnet-cidr-assoc", &subnet.name);
            json!({ "AssociationId": association, "Ipv6CidrBlock": net, "Ipv6CidrBlockState": { "State": "associated" } })
        }).collect();
        json!({
            "AvailabilityZone": self.zone(subnet.zone),
            "MapCustomerOwnedIpOnLaunch": false,
            "OwnerId": self.id(),
            "AssignIpv6AddressOnCreation": vpc.ipv6 != Ipv6::None,
            "Ipv6CidrBlockAssociationSet": six,
            "Tags": tags(&format!("app-{}", subnet.name)),
            "SubnetArn": self.arn(&format!("subnet/{own}")),
            "EnableDns64": vpc.dns64 && subnet.name != "public",
            "Ipv6Native": false,
            "BlockPublicAccessStates": { "InternetGatewayBlockMode": "off" },
            "SubnetId": own,
            "State": "available",
            "VpcId": VPC,
            "CidrBlock": subnet.nets.iter().find(|net| matches!(net, IpNet::V4(_))),
            "AvailableIpAddressCount": 240,
            "DefaultForAz": false,
            "MapPublicIpOnLaunch": subnet.name == "public"
        })
    }

    pub(super) fn nat_gateways(&self) -> Value {
        let public = self.network.subnets.iter().find(|subnet| subnet.name == "public");
        let gateway = || {
            json!({
                "CreateTime": MOMENT,
                "NatGatewayAddresses": [{
                    "AllocationId": id("eipalloc", "nat"),
                    "NetworkInterfaceId": id("eni", "nat"),
                    "PublicIp": "203.0.113.7",
                    "AssociationId": id("eipassoc", "nat"),
                    "IsPrimary": true,
                    "Status": "succeeded"
                }],
                "NatGatewayId": id("nat", "gateway"),
                "State": "available",
                "SubnetId": public.map(|subnet| id("subnet", &subnet.name)),
                "VpcId": VPC,
                "Tags": tags("app"),
                "ConnectivityType": "public"
            })
        };
        json!(self.network.nat.then(gateway).into_iter().collect::<Vec<_>>())
    }

    pub(super) fn internet_gateways(&self) -> Value {
        json!([{
            "Attachments": [{ "State": "available", "VpcId": VPC }],
            "InternetGatewayId": id("igw", "own"),
            "OwnerId": self.id(),
            "Tags": tags("app")
        }])
    }

    pub(super) fn egress_only_internet_gateways(&self) -> Value {
        let gateway = || {
            json!({
                "Attachments": [{ "State": "attached", "VpcId": VPC }],
                "EgressOnlyInternetGatewayId": id("eigw", "own"),
                "Tags": tags("app")
            })
        };
        json!(self.network.egress_only.then(gateway).into_iter().collect::<Vec<_>>())
    }

    pub(super) fn block_public_access(&self) -> Value {
        json!({
            "AwsAccountId": self.id(),
            "AwsRegion": self.world.region(),
            "State": "default-state",
            "InternetGatewayBlockMode": "off",
            "LastUpdateTimestamp": MOMENT,
            "ManagedBy": "account",
            "ExclusionsAllowed": "allowed"
        })
    }
}
