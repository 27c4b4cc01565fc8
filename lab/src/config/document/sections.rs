//! The sections of the view, and the call that each needs.

const CALLS: [(&str, &str); 20] = [
    ("vpcs", "ec2:DescribeVpcs"),
    ("vpc_attributes", "ec2:DescribeVpcAttribute"),
    ("subnets", "ec2:DescribeSubnets"),
    ("route_tables", "ec2:DescribeRouteTables"),
    ("network_acls", "ec2:DescribeNetworkAcls"),
    ("security_groups", "ec2:DescribeSecurityGroups"),
    ("vpc_endpoints", "ec2:DescribeVpcEndpoints"),
    ("network_interfaces", "ec2:DescribeNetworkInterfaces"),
    ("prefix_lists", "ec2:DescribePrefixLists"),
    ("managed_prefix_lists", "ec2:GetManagedPrefixListEntries"),
    ("dhcp_options", "ec2:DescribeDhcpOptions"),
    ("nat_gateways", "ec2:DescribeNatGateways"),
    ("internet_gateways", "ec2:DescribeInternetGateways"),
    ("egress_only_internet_gateways", "ec2:DescribeEgressOnlyInternetGateways"),
    ("block_public_access", "ec2:DescribeVpcBlockPublicAccessOptions"),
    ("resolver_rule_associations", "route53resolver:ListResolverRuleAssociations"),
    ("resolver_rules", "route53resolver:GetResolverRule"),
    ("firewall_rule_group_associations", "route53resolver:ListFirewallRuleGroupAssociations"),
    ("hosted_zones", "route53:ListHostedZonesByVPC"),
    ("hosted_zone_records", "route53:ListResourceRecordSets"),
];

/// The call that a section needs; nothing where there is no such section.
pub fn call(section: &str) -> Option<&'static str> {
    CALLS.iter().find(|(name, _)| *name == section).map(|(_, call)| *call)
}
