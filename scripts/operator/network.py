"""The VPC's configuration in moto, as the lab's worlds have it: endpoints in every subnet, a route table for each."""

import ipaddress
import tomllib
import unittest.mock

import boto3
import moto.backends

import lab
from wire import as_json, xml

REGION, ACCOUNT = "ap-northeast-1", "123456789012"
# Two of them in the README's commands, so they are always called so.
SUBNETS = [f"subnet-0a1b2c3d4e5f6000{letter}" for letter in "abcdef"]
GROUP, ENDPOINTS_GROUP = "sg-0a1b2c3d4e5f60001", "sg-0a1b2c3d4e5f60002"
RANGE = "10.0.0.0/16"
# The lab's own order: the nth endpoint has the address .50 + n of its subnets.
ENDPOINTS = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages", "kms", "sts", "monitoring"]
# Where each probe's lab has its other zone.
ELSEWHERE = "10.0.200.0/24"
S3_RANGES = ["3.5.152.0/21", "52.219.0.0/16"]
# What nobody wants in a ticket.
TAG = "cost-centre-of-the-secret-project"


class Network:
    def __init__(self, moto_url):
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        self.client = lambda service: boto3.client(service, region_name=REGION, endpoint_url=moto_url, **keys)
        self.ec2 = self.client("ec2")
        self.vpc, self.tables, self.endpoints = None, {}, {}

    @staticmethod
    def backend():
        return moto.backends.get_backend("ec2")[ACCOUNT][REGION]

    def fill(self, subnets, worlds):
        """`worlds`: by subnet, what a probe finds there."""
        self.fill_vpc()
        tags = [{"Key": "Name", "Value": "app"}, {"Key": "project", "Value": TAG}]
        for number, name in enumerate(SUBNETS[:subnets]):
            # Where the lab says that every task is.
            self.add_subnet(name, f"10.0.{number + 1}.0/24", "a")
        self.add_subnet("subnet-0a1b2c3d4e5f600ff", ELSEWHERE, "c")
        self.ec2.create_tags(Resources=SUBNETS[:subnets], Tags=tags)
        self.add_group(GROUP, "web", "the service's")
        self.add_group(ENDPOINTS_GROUP, "endpoints", "of the endpoints")
        self.let_in(ENDPOINTS_GROUP, RANGE)
        for service in ENDPOINTS:
            self.add_interface_endpoint(service)
        self.add_gateway_endpoint([name for name in self.tables if has_gateway(worlds.get(name))])

    def fill_vpc(self):
        self.vpc = self.ec2.create_vpc(CidrBlock=RANGE)["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        servers = [{"Key": "domain-name-servers", "Values": ["AmazonProvidedDNS"]}]
        options = self.ec2.create_dhcp_options(DhcpConfigurations=servers)["DhcpOptions"]["DhcpOptionsId"]
        self.ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=self.vpc)
        # moto's lists of AWS have no ranges where DescribePrefixLists shows them.
        for known in self.backend().managed_prefix_lists.values():
            if known.prefix_list_name.endswith(f"{REGION}.s3"):
                known.cidrs = S3_RANGES

    def add_subnet(self, name, cidr, zone):
        with unittest.mock.patch("moto.ec2.models.subnets.random_subnet_id", lambda: name):
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
        self.tables[name] = f"rtb-{name.partition('-')[2]}"
        with unittest.mock.patch("moto.ec2.models.route_tables.random_route_table_id", lambda: self.tables[name]):
            self.ec2.create_route_table(VpcId=self.vpc)
        self.ec2.associate_route_table(RouteTableId=self.tables[name], SubnetId=name)

    def add_group(self, identity, name, description):
        with unittest.mock.patch("moto.ec2.models.security_groups.random_security_group_id", lambda: identity):
            self.ec2.create_security_group(GroupName=name, Description=description, VpcId=self.vpc)

    def let_in(self, group, cidr):
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def add_interface_endpoint(self, service, group=ENDPOINTS_GROUP):
        endpoint = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            SubnetIds=[*self.tables],
            SecurityGroupIds=[group],
            PrivateDnsEnabled=True,
        )["VpcEndpoint"]
        self.endpoints[service] = endpoint["VpcEndpointId"]
        backend = self.backend()
        for identity in endpoint["NetworkInterfaceIds"]:
            # moto gives them any address and the VPC's default group.
            interface = backend.enis[identity]
            address = str(ipaddress.ip_network(interface.subnet.cidr_block)[50 + ENDPOINTS.index(service)])
            interface.private_ip_address = address
            interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
            interface.interface_type = "vpc_endpoint"
            interface._group_set = [backend.get_security_group_from_id(group)]

    def add_gateway_endpoint(self, subnets):
        tables = [self.tables[name] for name in subnets]
        service = f"com.amazonaws.{REGION}.s3"
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc, VpcEndpointType="Gateway", ServiceName=service, RouteTableIds=tables
        )
        self.endpoints["s3"] = made["VpcEndpoint"]["VpcEndpointId"]

    def give_group(self, service, group):
        """An endpoint's group, in place of the shared one."""
        endpoint = self.endpoints[service]
        self.ec2.modify_vpc_endpoint(
            VpcEndpointId=endpoint, AddSecurityGroupIds=[group], RemoveSecurityGroupIds=[ENDPOINTS_GROUP]
        )
        backend = self.backend()
        for identity in backend.vpc_end_points[endpoint].network_interface_ids:
            backend.enis[identity]._group_set = [backend.get_security_group_from_id(group)]


# Calls that moto does not have.
BLOCK_PUBLIC_ACCESS = (
    "<DescribeVpcBlockPublicAccessOptionsResponse><vpcBlockPublicAccessOptions>"
    "<state>default-state</state><internetGatewayBlockMode>off</internetGatewayBlockMode>"
    "</vpcBlockPublicAccessOptions></DescribeVpcBlockPublicAccessOptionsResponse>"
)
HANDLERS = {
    "ec2:DescribeVpcBlockPublicAccessOptions": lambda call, _: xml(BLOCK_PUBLIC_ACCESS, 200),
    "route53resolver:ListFirewallRuleGroupAssociations": lambda call, _: as_json({"FirewallRuleGroupAssociations": []}),
}


def has_gateway(world):
    """Whether a subnet's route table leads to S3, by the world that a probe finds there."""
    name = world if isinstance(world, str) else getattr(world, "world", "healthy")
    vpc = tomllib.loads((lab.WORLDS / f"{name}.toml").read_text()).get("vpc", {})
    return vpc.get("s3", "gateway") == "gateway"
