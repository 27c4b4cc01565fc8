"""scripts/network by itself, and what scripts/probe makes of the VPC's configuration."""

import dataclasses
import json

import views
from account import GROUP, SUBNETS
from cases import IS_WELL, SAYS_BOTH, SERVICE, WELL, Case, Step, interrupt_at
from network import ACCOUNT, REGION
from wire import Refusal

A, C = SUBNETS[:2]
COLLECT = "scripts/network --out {folder}/network.json"
OF_SERVICE = f"{COLLECT} --cluster demo --service web"
DENIED = "UnauthorizedOperation"
# Every call of EC2 that a view is made of.
EC2 = [
    "DescribeDhcpOptions",
    "DescribeEgressOnlyInternetGateways",
    "DescribeInternetGateways",
    "DescribeNatGateways",
    "DescribeNetworkAcls",
    "DescribeNetworkInterfaces",
    "DescribePrefixLists",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcAttribute",
    "DescribeVpcBlockPublicAccessOptions",
    "DescribeVpcEndpoints",
    "DescribeVpcs",
]
NOTHING = [
    *[Refusal(f"ec2:{call}", DENIED) for call in EC2],
    *[
        Refusal(f"route53resolver:{call}", "AccessDeniedException")
        for call in ("ListResolverRuleAssociations", "ListFirewallRuleGroupAssociations")
    ],
    Refusal("route53:ListHostedZonesByVPC", "AccessDenied"),
]
SECRET_RECORD = "verification-of-the-domain"
OWN_LIST = [{"Cidr": "10.20.0.0/16"}, {"Cidr": "10.30.0.0/16"}]
# The other endpoints' group lets the whole VPC in; this one forgot a subnet.
SECRETS_GROUP = "sg-0a1b2c3d4e5f60003"
ANOTHER = "subnet-0a1b2c3d4e5f600ee"


def with_names(world):
    """A forward rule, private zones with records, and a list of the account's own in a group."""
    network = world.account.network
    zones, resolver = network.client("route53"), network.client("route53resolver")
    for name in ("amazonaws.com", "corp.example"):
        zone = zones.create_hosted_zone(
            Name=name,
            CallerReference=name,
            HostedZoneConfig={"PrivateZone": True, "Comment": ""},
            VPC={"VPCRegion": REGION, "VPCId": network.vpc},
        )["HostedZone"]["Id"]
        records = [("A", f"logs.{name}", "10.0.9.9"), ("TXT", f"any.{name}", f'"{SECRET_RECORD}"')]
        changes = [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {"Name": host, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]},
            }
            for kind, host, value in records
        ]
        zones.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    for number, domain in enumerate(["amazonaws.com", "elsewhere.example"]):
        targets = [{"Ip": "10.9.9.9", "Port": 53}]
        rule = resolver.create_resolver_rule(
            CreatorRequestId=str(number), Name=f"to-{number}", RuleType="FORWARD", DomainName=domain, TargetIps=targets
        )["ResolverRule"]["Id"]
        if number == 0:
            resolver.associate_resolver_rule(ResolverRuleId=rule, VPCId=network.vpc)
    own = network.ec2.create_managed_prefix_list(
        PrefixListName="offices", AddressFamily="IPv4", MaxEntries=5, Entries=OWN_LIST
    )["PrefixList"]["PrefixListId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": own}]}
    network.ec2.authorize_security_group_egress(GroupId=GROUP, IpPermissions=[rule])


def with_a_large_zone(world):
    """More records than are read: of a part of them a reader would take the others for absent."""
    network = world.account.network
    zones = network.client("route53")
    zone = zones.create_hosted_zone(
        Name="aws",
        CallerReference="large",
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
        VPC={"VPCRegion": REGION, "VPCId": network.vpc},
    )["HostedZone"]["Id"]
    for hundred in range(5):
        named = [f"host-{hundred}-{number}.aws" for number in range(100)]
        records = [{"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.9.9"}]} for name in named]
        changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
        zones.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def keeps_no_part(world):
    view = views.read(world)
    yield from views.differs("hosted_zones", [zone["Name"] for zone in view["hosted_zones"]], ["aws."])
    yield from views.differs("hosted_zone_records", view.get("hosted_zone_records", []), [])
    whys = [entry["why"] for entry in view["missing"] if entry["section"] == "hosted_zone_records"]
    if len(whys) != 1 or "more than 500 records" not in whys[0]:
        yield f"hosted_zone_records is missing for {whys}"


def has_names(world):
    yield from views.of_all(world)
    view = views.read(world)
    found = {zone["Name"]: zone["HostedZoneId"].rpartition("/")[2] for zone in view["hosted_zones"]}
    yield from views.differs("hosted_zones", sorted(found), ["amazonaws.com.", "corp.example."])
    # Of the other nothing is asked: no host of a task start is in it.
    records = {entry["HostedZoneId"]: entry["ResourceRecordSets"] for entry in view["hosted_zone_records"]}
    yield from views.differs("zones with records", [*records], [found["amazonaws.com."]])
    of_zone = {entry["Name"]: entry for entry in records[found["amazonaws.com."]]}
    address = of_zone["logs.amazonaws.com."]["ResourceRecords"][0]["Value"]
    yield from views.differs("the record", address, "10.0.9.9")
    text = of_zone["any.amazonaws.com."]
    yield from views.differs("the text record", text, {"Name": "any.amazonaws.com.", "Type": "TXT"})
    if SECRET_RECORD in json.dumps(view):
        yield "the view holds what a text record says"
    rules = [(rule["DomainName"], rule["TargetIps"][0]["Ip"]) for rule in view["resolver_rules"]]
    yield from views.differs("resolver_rules", rules, [("amazonaws.com.", "10.9.9.9")])
    lists = [entry["Entries"] for entry in view["managed_prefix_lists"]]
    yield from views.differs("managed_prefix_lists", lists, [OWN_LIST])


def another_vpc(world):
    ec2 = world.account.network.ec2
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone=f"{REGION}a")["Subnet"]["SubnetId"]
    backend = world.account.network.backend()
    for zone in backend.subnets.values():
        if made in zone:
            zone[made].id = ANOTHER
            zone[ANOTHER] = zone.pop(made)


def shared(world):
    """The VPC is another account's."""

    def describe(_, pass_on):
        answer = pass_on()
        body = answer.body.decode().replace(f"<ownerId>{ACCOUNT}<", "<ownerId>210987654321<")
        return dataclasses.replace(answer, body=body.encode())

    world.server.handlers["ec2:DescribeVpcs"] = describe


def seen_by_a_participant(world):
    view = views.read(world)
    for section in ("vpc_endpoints", "network_interfaces", "hosted_zones", "nat_gateways"):
        if section in view or not any(entry["section"] == section for entry in view["missing"]):
            yield f"{section} is said to be whole in a VPC that another account shares"
    if "route_tables" not in view or "network_acls" not in view:
        yield "what a participant sees is left out"


def secrets_group_forgets(world):
    """The endpoint of the secrets has a group of its own, for the first subnet only."""
    network = world.account.network
    network.add_group(SECRETS_GROUP, "secrets", "of one endpoint")
    network.let_in(SECRETS_GROUP, "10.0.1.0/24")
    network.give_group("secretsmanager", SECRETS_GROUP)


def kept_view(world):
    view = json.loads((world.folder / "reports" / "network.json").read_text())
    if view["kind"] != "vpcprobe-network" or view["task"]["subnets"] != [A, C]:
        yield f"--json kept the view of {view.get('task')}"


# What the table says of a cause that the configuration shows: the words, over the lines that they are broken into.
def words(text):
    return r"\s+".join(text.split(" "))


CERTAIN_ROUTE = words(rf"rtb-0a1b2c3d4e5f6000b of {C} has no route")
CERTAIN_GROUP = words(rf"{SECRETS_GROUP} of vpce-\w+ has no inbound rule for 443 from 10\.0\.2\.0/24")
UNSEEN = "note: the VPC's configuration is left out: "

CASES = [
    Case(
        "network",
        [Step(OF_SERVICE, 0, says=["10 VPC endpoints", "holds no secrets"], reads_only=True, check=views.whole)],
    ),
    Case("network-cli-2", [Step(OF_SERVICE, 0, reads_only=True, check=views.by_an_old_cli)], cli=2),
    Case(
        "network-of-subnets",
        [
            Step(f"{COLLECT} --subnets {A},{C} --security-groups {GROUP}", 0, check=views.without()),
            Step("scripts/network --subnets {folder} --out -", 2, says=["no subnet's id"]),
        ],
    ),
    Case("network-names", [Step(OF_SERVICE, 0, reads_only=True, check=has_names)], prepare=with_names),
    Case("network-large-zone", [Step(OF_SERVICE, 0, check=keeps_no_part)], prepare=with_a_large_zone),
    Case(
        "network-denied",
        [
            Step(
                OF_SERVICE,
                0,
                says=[
                    "not seen: network ACLs: the permission ec2:DescribeNetworkAcls shows them",
                    "not seen: hosted zones: the permission route53:ListHostedZonesByVPC shows them",
                    "not seen: block public access: InvalidAction",
                ],
                check=views.without(
                    network_acls=("ec2:DescribeNetworkAcls", DENIED),
                    block_public_access=("ec2:DescribeVpcBlockPublicAccessOptions", "InvalidAction: "),
                    vpc_attributes=("ec2:DescribeVpcAttribute", DENIED),
                    hosted_zones=("route53:ListHostedZonesByVPC", "AccessDenied"),
                    hosted_zone_records=("route53:ListHostedZonesByVPC", "which zones"),
                ),
            )
        ],
        refusals=[
            Refusal("ec2:DescribeNetworkAcls", DENIED),
            Refusal("ec2:DescribeVpcAttribute", DENIED),
            Refusal("ec2:DescribeVpcBlockPublicAccessOptions", "InvalidAction"),
            Refusal("route53:ListHostedZonesByVPC", "AccessDenied"),
        ],
    ),
    Case(
        "network-subnets-denied",
        # The VPC is known by the ACLs that the subnets stand in.
        [Step(f"{COLLECT} --subnets {A}", 0, check=views.without(subnets=("ec2:DescribeSubnets", DENIED)))],
        refusals=[Refusal("ec2:DescribeSubnets", DENIED)],
    ),
    Case(
        "network-nothing",
        [
            Step(f"{COLLECT} --vpc vpc-0123456789abcdef0", 3, says=["nothing of vpc-0123456789abcdef0 could be read"]),
            Step(f"{COLLECT} --subnets {A}", 3, says=["no permission ec2:Describe"]),
        ],
        refusals=NOTHING,
    ),
    Case(
        "network-two-vpcs",
        [Step(f"{COLLECT} --subnets {A},{ANOTHER}", 3, says=["the subnets are in two VPCs"], reads_only=True)],
        prepare=another_vpc,
    ),
    Case(
        "network-not-there",
        [
            Step(f"{COLLECT} --vpc vpc-0123456789abcdef0", 3, says=["there is no VPC vpc-0123456789abcdef0"]),
            Step(f"{COLLECT} --subnets subnet-0123456789abcdef0", 3, says=["there is no such subnet"]),
            Step(f"{COLLECT} --cluster demo --service webb", 3, says=["no service webb"]),
            Step(COLLECT, 2, says=["say which VPC"]),
            Step("env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY " + OF_SERVICE, 3, says=["does not know who asks"]),
        ],
    ),
    Case(
        "network-shared",
        [Step(OF_SERVICE, 0, says=["the VPC is shared by account 210987654321"], check=seen_by_a_participant)],
        prepare=shared,
    ),
    Case(
        "network-interrupted",
        [Step(OF_SERVICE, 130, during=interrupt_at("ec2:DescribeVpcEndpoints"), reads_only=True)],
    ),
    Case("view-route", [Step(SERVICE, 53, says=[*SAYS_BOTH, CERTAIN_ROUTE], never=[r"^2\. ", UNSEEN])]),
    Case(
        "view-group",
        [Step(SERVICE, 13, says=[IS_WELL, rf"^{C}.* FAIL 13", CERTAIN_GROUP], never=[UNSEEN])],
        places={A: "healthy", C: "no-secrets"},
        prepare=secrets_group_forgets,
    ),
    Case(
        "view-disagrees",
        # All is configured as it should be, and still the endpoint is silent: nothing of it is blamed.
        [
            Step(
                SERVICE,
                13,
                says=[IS_WELL, rf"^{C}.* FAIL 13", "configuration-and-network-disagree"],
                never=[UNSEEN, "has no inbound rule", "to blame"],
            )
        ],
        places={A: "healthy", C: "no-secrets"},
    ),
    Case(
        "view-given",
        [
            Step(OF_SERVICE, 0),
            Step(
                f"{SERVICE} --network {{folder}}/network.json",
                53,
                says=[*SAYS_BOTH, CERTAIN_ROUTE],
                no_calls=["ec2:DescribeVpcEndpoints"],
            ),
            Step(f"{SERVICE} --network /dev/null", 3, says=["is not what scripts/network collects"], reads_only=True),
        ],
    ),
    Case(
        "view-denied",
        [Step(SERVICE, 53, says=[*SAYS_BOTH, UNSEEN], never=[CERTAIN_ROUTE])],
        refusals=NOTHING,
    ),
    Case(
        "view-left-out",
        [
            Step(f"{SERVICE} --no-network", 53, says=SAYS_BOTH, never=[UNSEEN], no_calls=["ec2:DescribeVpcEndpoints"])
        ],
    ),
    Case(
        "view-healthy",
        [Step(f"{SERVICE} --json {{folder}}/reports", 0, says=["exit code 0"], never=[UNSEEN], check=kept_view)],
        places=WELL,
    ),
]
