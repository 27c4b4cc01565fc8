//! What the configuration of a world is, without a network.

use serde_json::Value;

use super::*;

fn world(text: &str) -> Result<World, String> {
    let text = format!("title = \"a test\"\n{text}\n[expect]\nexit = 0\n");
    World::build(toml::from_str(&text).unwrap())
}

fn view(text: &str) -> Value {
    let world = world(text).unwrap();
    document(&world, &Network::build(&world).unwrap())
}

/// What stands at a pointer in the member of a section that has a name.
fn named<'a>(view: &'a Value, section: &str, name: &str) -> &'a Value {
    let members = view[section].as_array().unwrap();
    members.iter().find(|member| member["Tags"][0]["Value"] == name).unwrap_or_else(|| panic!("{section} {name}"))
}

/// Destination, target and state of each route.
fn routes(view: &Value, table: &str) -> Vec<String> {
    let text = |route: &Value, end: &str| {
        let fields = route.as_object().unwrap();
        let found = fields.iter().find(|(key, _)| {
            if end == "to" { key.starts_with("Dest") } else { key.ends_with("Id") && !key.starts_with("Dest") }
        });
        found.map(|(_, value)| value.as_str().unwrap().to_owned()).unwrap()
    };
    let kind = |id: String| if id == "local" { id } else { id.split('-').next().unwrap().to_owned() };
    let routes = named(view, "route_tables", table)["Routes"].as_array().unwrap();
    routes
        .iter()
        .map(|route| {
            format!("{} {} {}", kind(text(route, "to")), kind(text(route, "by")), route["State"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn the_usual_world_is_an_ordinary_vpc() {
    let view = view("");
    assert_eq!(view["vpcs"][0]["CidrBlock"], "10.0.0.0/16");
    assert_eq!(named(&view, "subnets", "app-a")["CidrBlock"], "10.0.1.0/24");
    assert_eq!(routes(&view, "app-a"), ["10.0.0.0/16 local active", "pl vpce active"]);
    assert_eq!(routes(&view, "app-public"), ["10.0.0.0/16 local active", "0.0.0.0/0 igw active"]);
    assert_eq!(view["vpc_endpoints"].as_array().unwrap().len(), 10);
    let api = named(&view, "vpc_endpoints", "ecr.api");
    assert_eq!(api["ServiceName"], "com.amazonaws.ap-northeast-1.ecr.api");
    assert_eq!(api["PrivateDnsEnabled"], true);
    assert_eq!(view["network_interfaces"].as_array().unwrap().len(), 18);
    assert_eq!(view["nat_gateways"], Value::Array(vec![]));
    let shared = named(&view, "security_groups", "endpoints");
    assert_eq!(shared["IpPermissions"][0]["IpRanges"][0]["CidrIp"], "10.0.0.0/16");
    assert_eq!(shared["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"], view["task"]["security_groups"][0]);
    assert_eq!(view["missing"], Value::Array(vec![]));
}

#[test]
fn what_vpc_says_shows_in_the_view() {
    let nat = view("[vpc]\nnat = true\nprivate_dns_off = [\"logs\"]\ndns_support = false");
    assert_eq!(routes(&nat, "app-a")[2], "0.0.0.0/0 nat active");
    assert_eq!(nat["nat_gateways"][0]["SubnetId"], named(&nat, "subnets", "app-public")["SubnetId"]);
    assert_eq!(named(&nat, "vpc_endpoints", "logs")["PrivateDnsEnabled"], false);
    assert_eq!(nat["vpc_attributes"]["EnableDnsSupport"], false);
    let dual = view("[vpc]\nipv6 = \"dual\"\negress_ipv6 = true");
    let expected = [
        "10.0.0.0/16 local active",
        "2600:1f14:abc:de00::/56 local active",
        "pl vpce active",
        "pl vpce active",
        "::/0 eigw active",
    ];
    assert_eq!(routes(&dual, "app-a"), expected);
    assert_eq!(named(&dual, "vpc_endpoints", "kms")["IpAddressType"], "dualstack");
    let central = view("[vpc]\nendpoint_network = \"10.100.0.0/24\"");
    assert_eq!(routes(&central, "app-a")[2], "10.100.0.0/24 tgw active");
    assert_eq!(central["vpc_endpoints"].as_array().unwrap().len(), 1);
    let zones = central["hosted_zones"].as_array().unwrap();
    assert!(zones.iter().any(|zone| zone["Name"] == "dkr.ecr.ap-northeast-1.amazonaws.com."));
    let china = view("[vpc]\nregion = \"cn-north-1\"");
    assert_eq!(named(&china, "vpc_endpoints", "ecr.dkr")["ServiceName"], "cn.com.amazonaws.cn-north-1.ecr.dkr");
    assert_eq!(named(&china, "vpc_endpoints", "s3")["ServiceName"], "com.amazonaws.cn-north-1.s3");
    let custom = view("[vpc]\nresolver = [{ address = \"10.9.0.53\" }]\n[run]\nnameservers = [\"10.9.0.53\"]");
    let servers = &custom["dhcp_options"][0]["DhcpConfigurations"][1];
    assert_eq!((&servers["Key"], &servers["Values"][0]["Value"]), (&"domain-name-servers".into(), &"10.9.0.53".into()));
    assert_eq!(routes(&custom, "app-a")[2], "10.9.0.0/24 tgw active");
}

#[test]
fn what_config_says_shows_in_the_view() {
    let view = view(
        r#"[config]
        task_egress = ["tcp 443 pl-s3", "tcp 443 10.0.0.0/16"]
        groups = { "ecr.api" = [], "logs" = ["tcp 443 sg-other"] }
        acl_a = { inbound = ["200 allow -1 0.0.0.0/0", "100 deny tcp 1024-65535 0.0.0.0/0"] }
        routes_a = ["0.0.0.0/0 blackhole"]
        endpoint_state = { "kms" = "pending" }
        policies = { "s3" = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::prod-{region}-starport-layer-bucket/*"}]}' }
        missing = ["subnets"]"#,
    );
    let egress = &named(&view, "security_groups", "task")["IpPermissionsEgress"];
    assert_eq!(egress[0]["PrefixListIds"][0]["PrefixListId"], view["prefix_lists"][0]["PrefixListId"]);
    assert_eq!(egress[0]["IpRanges"][0]["CidrIp"], "10.0.0.0/16");
    assert_eq!(named(&view, "security_groups", "ecr.api")["IpPermissions"], Value::Array(vec![]));
    let entries = named(&view, "network_acls", "app-a")["Entries"].as_array().unwrap();
    let inbound: Vec<&Value> = entries.iter().filter(|entry| entry["Egress"] == false).collect();
    assert_eq!(inbound[0]["RuleNumber"], 100);
    assert_eq!(inbound[0]["PortRange"], serde_json::json!({ "From": 1024, "To": 65535 }));
    assert_eq!(inbound[2]["RuleNumber"], 32767);
    assert_eq!(routes(&view, "app-a"), ["10.0.0.0/16 local active", "0.0.0.0/0 nat blackhole"]);
    let tables = named(&view, "vpc_endpoints", "s3")["RouteTableIds"].as_array().unwrap();
    assert_eq!(tables, &[named(&view, "route_tables", "app-c")["RouteTableId"].clone()]);
    assert_eq!(named(&view, "vpc_endpoints", "kms")["State"], "pending");
    let policy = named(&view, "vpc_endpoints", "s3")["PolicyDocument"].as_str().unwrap();
    assert!(policy.contains("prod-ap-northeast-1-starport-layer-bucket"));
    assert!(view.get("subnets").is_none());
    assert_eq!(view["missing"][0]["call"], "ec2:DescribeSubnets");
}

#[test]
fn what_would_do_nothing_is_refused() {
    let table = [
        ("groups = { \"sqs\" = [] }", "no interface endpoint of `sqs`"),
        ("policies = { \"sqs\" = '{\"Statement\":[]}' }", "no endpoint of `sqs`"),
        ("task_egress = [\"tcp 443 sg-nobody\"]", "no group `sg-nobody`; there are sg-task"),
        ("routes_a = [\"10.0.0.0/16 nat\"]", "10.0.0.0/16 is the VPC's own range"),
        ("missing = [\"acls\"]", "no section `acls`"),
    ];
    for (text, expected) in table {
        let error = world(&format!("[config]\n{text}")).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let error = world("[vpc]\ns3 = \"none\"\n[config]\nroutes_a = [\"pl-s3 gateway\"]").unwrap_err();
    assert!(error.contains("wants an S3 gateway endpoint"), "{error}");
}

#[test]
fn ids_differ_and_stay() {
    let world = world("").unwrap();
    let network = Network::build(&world).unwrap();
    let things =
        ["sg-task", "sg-endpoints", "acl-a", "acl-c", "rtb-a", "rtb-c", "vpce-s3", "vpce-ecr.api", "subnet-a", "vpc"];
    let ids: std::collections::BTreeSet<String> = things.iter().map(|thing| network.id_of(thing).unwrap()).collect();
    assert_eq!(ids.len(), things.len());
    assert_eq!(network.id_of("sg-task").unwrap(), id("sg", "task"));
    assert!(network.id_of("sg-nobody").is_none());
}
