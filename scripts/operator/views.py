"""What scripts/network wrote, held against the VPC that moto has."""

import json
import re

from network import ACCOUNT, ENDPOINTS, ENDPOINTS_GROUP, GROUP, RANGE, REGION, S3_RANGES, SUBNETS

# Every section, and whether it is a list.
SECTIONS = {
    "vpcs": list,
    "vpc_attributes": dict,
    "subnets": list,
    "route_tables": list,
    "network_acls": list,
    "security_groups": list,
    "vpc_endpoints": list,
    "network_interfaces": list,
    "prefix_lists": list,
    "managed_prefix_lists": list,
    "dhcp_options": list,
    "nat_gateways": list,
    "internet_gateways": list,
    "egress_only_internet_gateways": list,
    "block_public_access": dict,
    "resolver_rule_associations": list,
    "resolver_rules": list,
    "firewall_rule_group_associations": list,
    "hosted_zones": list,
    "hosted_zone_records": list,
}
TOO_OLD = "this AWS CLI is too old to ask for it"


def read(world):
    return json.loads((world.folder / "network.json").read_text())


def of_all(world, but=()):
    """What holds of every view: its head, each section or why there is none, and nothing of another VPC."""
    view = read(world)
    head = {key: view.get(key) for key in ("kind", "schema_version", "account", "region", "vpc_id", "collector")}
    expected = ["vpcprobe-network", 1, ACCOUNT, REGION, world.account.network.vpc, "scripts/network"]
    if [*head.values()] != expected:
        yield f"the head of the view is {head}"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", view["collected_at"]):
        yield f"collected_at is {view['collected_at']}"
    missing = {entry["section"]: entry for entry in view["missing"]}
    if set(missing) != set(but):
        yield f"missing: {view['missing']}, expected {sorted(but)}"
    for entry in view["missing"]:
        if not re.fullmatch(r"[a-z0-9]+:\w+", entry["call"]) or not entry["why"] or "\n" in entry["why"]:
            yield f"an entry of missing is {entry}"
    for name, kind in SECTIONS.items():
        if name not in but and not isinstance(view.get(name), kind):
            yield f"{name} is {view.get(name)!r}, and no {kind.__name__}"
    known = {"kind", "schema_version", "collected_at", "collector", "account", "region", "vpc_id", "task", "missing"}
    if unknown := set(view) - set(SECTIONS) - known:
        yield f"the view has {sorted(unknown)}, which nobody reads"
    for section in ("subnets", "route_tables", "network_acls", "security_groups", "vpc_endpoints"):
        strangers = {item["VpcId"] for item in view.get(section, [])} - {view["vpc_id"]}
        if strangers:
            yield f"{section} has some of {strangers}"


def whole(world):
    """Everything that moto has."""
    yield from of_all(world)
    view = read(world)
    yield from differs("vpcs", [vpc["CidrBlock"] for vpc in view["vpcs"]], [RANGE])
    yield from differs("vpc_attributes", view["vpc_attributes"], {"EnableDnsSupport": True, "EnableDnsHostnames": True})
    yield from differs("task.subnets", view["task"]["subnets"], SUBNETS[:2])
    yield from differs("task.security_groups", view["task"]["security_groups"], [GROUP])
    yield from differs("task.assign_public_ip", view["task"]["assign_public_ip"], False)
    tables = {
        association["SubnetId"]: table
        for table in view["route_tables"]
        for association in table["Associations"]
        if "SubnetId" in association
    }
    to_s3 = {name: any("DestinationPrefixListId" in route for route in tables[name]["Routes"]) for name in SUBNETS[:2]}
    yield from differs("routes to S3", to_s3, {SUBNETS[0]: True, SUBNETS[1]: False})
    associated = {entry["SubnetId"] for acl in view["network_acls"] for entry in acl["Associations"]}
    yield from differs("subnets of ACLs", associated, {subnet["SubnetId"] for subnet in view["subnets"]})
    groups = {group["GroupId"]: group for group in view["security_groups"]}
    sources = [source["CidrIp"] for rule in groups[ENDPOINTS_GROUP]["IpPermissions"] for source in rule["IpRanges"]]
    yield from differs("sources of the endpoints' group", sources, [RANGE])
    yield from of_endpoints(view)
    lists = {entry["PrefixListName"]: entry["Cidrs"] for entry in view["prefix_lists"]}
    yield from differs("prefix_lists", lists, {f"com.amazonaws.{REGION}.s3": S3_RANGES})
    servers = [one["Value"] for options in view["dhcp_options"] for one in options["DhcpConfigurations"][0]["Values"]]
    yield from differs("dhcp_options", servers, ["AmazonProvidedDNS"])
    names = [tag for subnet in view["subnets"] for tag in subnet["Tags"]]
    yield from differs("tags of subnets", names, [{"Key": "Name", "Value": "app"}] * 2)
    yield from differs("block_public_access", view["block_public_access"]["InternetGatewayBlockMode"], "off")


def of_endpoints(view):
    services = sorted(endpoint["ServiceName"] for endpoint in view["vpc_endpoints"])
    expected = sorted(f"com.amazonaws.{REGION}.{name}" for name in [*ENDPOINTS, "s3"])
    yield from differs("vpc_endpoints", services, expected)
    if not all(json.loads(endpoint["PolicyDocument"])["Statement"] for endpoint in view["vpc_endpoints"]):
        yield "an endpoint has no policy"
    named = {name for endpoint in view["vpc_endpoints"] for name in endpoint["NetworkInterfaceIds"]}
    yield from differs("network_interfaces", {one["NetworkInterfaceId"] for one in view["network_interfaces"]}, named)
    first = [one for one in view["network_interfaces"] if one["SubnetId"] == SUBNETS[0]]
    addresses = {entry["PrivateIpAddress"] for one in first for entry in one["PrivateIpAddresses"]}
    yield from differs(f"addresses in {SUBNETS[0]}", addresses, {f"10.0.1.{50 + n}" for n in range(len(ENDPOINTS))})
    groups = {group["GroupId"] for one in view["network_interfaces"] for group in one["Groups"]}
    yield from differs("groups of the interfaces", groups, {ENDPOINTS_GROUP})


def by_an_old_cli(world):
    """Debian's version 2 is older than some calls; a newer one has them."""
    missing = {entry["section"]: entry["why"] for entry in read(world)["missing"]}
    yield from of_all(world, but=set(missing) & {"block_public_access"})
    yield from differs("reasons", set(missing.values()) - {TOO_OLD}, set())


def without(**sections):
    """A check: exactly these sections lack, each with the call and a word of the reason."""

    def check(world):
        yield from of_all(world, but=sections)
        for entry in read(world)["missing"]:
            call, word = sections.get(entry["section"], (entry["call"], ""))
            if entry["call"] != call or word not in entry["why"]:
                yield f"{entry['section']} is missing for {entry}, expected {call} and {word!r}"

    return check


def differs(what, found, expected):
    if found != expected:
        yield f"{what}: {found}, expected {expected}"
