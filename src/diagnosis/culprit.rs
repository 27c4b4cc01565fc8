//! What a piece of configuration is called.

use super::CulpritKind;

impl CulpritKind {
    /// What it is called in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::SecurityGroup => "security group",
            Self::NetworkAcl => "network ACL",
            Self::RouteTable => "route table",
            Self::NatGateway => "NAT gateway",
            Self::InternetGateway => "internet gateway",
            Self::VpcEndpoint => "VPC endpoint",
            Self::EndpointPolicy => "the policy of endpoint",
            Self::Vpc => "VPC",
            Self::VpcAttribute => "DNS attribute of VPC",
            Self::DhcpOptions => "DHCP options",
            Self::ResolverRule => "Resolver rule",
            Self::PrivateHostedZone => "private hosted zone",
            Self::DnsFirewall => "DNS Firewall",
            Self::BlockPublicAccess => "Block Public Access of VPC",
            Self::Subnet => "subnet",
        }
    }
}
