//! What AWS's documentation says of groups, network ACLs, routes and endpoint policies, held against the evaluation of the
//! operator's view. `data/documented.json` is a VPC in which everything connects; each row changes one thing in it.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

use serde_json::{Value, json};
use vpcprobe::vpc::CulpritKind::{InternetGateway, NatGateway, NetworkAcl, RouteTable, SecurityGroup, VpcEndpoint};
use vpcprobe::vpc::{CulpritKind, Decision, Place, Vpc, Way};

/// An address of the endpoint in the task's own subnet, one in another subnet, one of S3, and one anywhere.
const BESIDE: &str = "10.0.1.50:443";
const AWAY: &str = "10.0.2.50:443";
const S3: &str = "52.218.1.1:443";
const ELSEWHERE: &str = "198.51.100.7:443";

/// Where things stand in the document.
const EGRESS: &str = "/security_groups/0/IpPermissionsEgress";
const INGRESS: &str = "/security_groups/1/IpPermissions";
const ACL: &str = "/network_acls/0/Entries";
const OTHER_ACL: &str = "/network_acls/1/Entries";
const ROUTES: &str = "/route_tables/0/Routes";

/// What is changed, and what becomes of a connection by that.
struct Row {
    /// What the documentation says.
    says: &'static str,
    changes: Vec<(&'static str, Value)>,
    to: &'static str,
    /// What stops it, in order, and a word that names it.
    stopped: Vec<(CulpritKind, &'static str)>,
}

fn row(says: &'static str, changes: Vec<(&'static str, Value)>, to: &'static str) -> Row {
    Row { says, changes, to, stopped: Vec::new() }
}

impl Row {
    fn by(mut self, kind: CulpritKind, named: &'static str) -> Self {
        self.stopped.push((kind, named));
        self
    }
}

fn changed(changes: &[(&str, Value)]) -> Vpc {
    let mut view: Value = serde_json::from_str(include_str!("data/documented.json")).unwrap();
    for (place, value) in changes {
        *view.pointer_mut(place).unwrap_or_else(|| panic!("{place} is not in the document")) = value.clone();
    }
    Vpc::read(&view.to_string()).unwrap()
}

const PLACE: Place<'_> = Place {
    addresses: &[],
    subnets: &[],
    account: Some("123456789012"),
    region: Some("eu-west-1"),
    zone: Some("eu-west-1a"),
};

fn service_of(to: &str) -> Option<&'static str> {
    match to {
        S3 => Some("com.amazonaws.eu-west-1.s3"),
        ELSEWHERE => None,
        _ => Some("com.amazonaws.eu-west-1.ecr.api"),
    }
}

fn hold(rows: Vec<Row>) {
    let addresses = ["10.0.1.7".parse().unwrap(), "2600:1f18:1:1::7".parse().unwrap()];
    let subnets = ["10.0.1.0/24".parse().unwrap(), "2600:1f18:1:1::/64".parse().unwrap()];
    let place = Place { addresses: &addresses, subnets: &subnets, ..PLACE };
    let mut wrong = Vec::new();
    for row in rows {
        let vpc = changed(&row.changes);
        let path = vpc.stand(&place).unwrap().path(row.to.parse().unwrap(), service_of(row.to));
        let found: Vec<_> = path.blocks.iter().map(|block| &block.culprit).collect();
        let fits = found.len() == row.stopped.len()
            && found.iter().zip(&row.stopped).all(|(culprit, (kind, named))| {
                culprit.kind == *kind && (culprit.id.contains(named) || culprit.detail.contains(named))
            });
        if !fits || !path.unknown.is_empty() {
            wrong.push(format!("{}\n  to {}: {found:#?}, unknown: {:?}", row.says, row.to, path.unknown));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn tcp(first: u16, last: u16, from: Value) -> Value {
    let mut rule = json!({"IpProtocol": "tcp", "FromPort": first, "ToPort": last});
    rule.as_object_mut().unwrap().extend(from.as_object().unwrap().clone());
    rule
}

fn https(from: Value) -> Value {
    json!([tcp(443, 443, from)])
}

fn range(cidr: &str) -> Value {
    json!({"IpRanges": [{"CidrIp": cidr}]})
}

fn group(id: &str) -> Value {
    json!({"UserIdGroupPairs": [{"GroupId": id, "UserId": "123456789012"}]})
}

#[test]
fn the_vpc_that_rows_change_lets_everything_through() {
    hold([BESIDE, AWAY, S3, ELSEWHERE].map(|to| row("nothing is changed", vec![], to)).into());
}

/// Amazon VPC User Guide: "Control traffic to your AWS resources using security groups", "Security group rules".
#[test]
fn security_groups() {
    let other_group = ("/task/security_groups", json!(["sg-task", "sg-other"]));
    hold(vec![
        row("responses to what was let out come in whatever the inbound rules say", vec![], AWAY),
        row("a group without outbound rules lets nothing out", vec![(EGRESS, json!([]))], AWAY)
            .by(SecurityGroup, "sg-task"),
        row("a group that is new lets nothing in", vec![(INGRESS, json!([]))], BESIDE).by(SecurityGroup, "sg-endpoint"),
        row(
            "a rule that names a group lets in the interfaces that have it",
            vec![(INGRESS, https(group("sg-task")))],
            AWAY,
        ),
        row("… and not those that have another", vec![(INGRESS, https(group("sg-other")))], AWAY)
            .by(SecurityGroup, "sg-endpoint"),
        row(
            "the default group lets in what has that group itself",
            vec![(INGRESS, json!([{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-endpoint"}]}]))],
            AWAY,
        )
        .by(SecurityGroup, "sg-endpoint"),
        row(
            "the rules of all groups of an interface count together",
            vec![
                (EGRESS, json!([])),
                ("/security_groups/2/IpPermissionsEgress", https(range("10.0.2.0/24"))),
                other_group.clone(),
            ],
            AWAY,
        ),
        row(
            "… also where a rule names one of them",
            vec![
                (INGRESS, https(group("sg-other"))),
                other_group.clone(),
                ("/security_groups/2/IpPermissionsEgress", json!([])),
            ],
            AWAY,
        ),
        row(
            "-1 is every protocol, and every port with it",
            vec![(
                INGRESS,
                json!([{"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "IpRanges": [{"CidrIp": "10.0.1.0/24"}]}]),
            )],
            AWAY,
        ),
        row(
            "a protocol may be given by its number",
            vec![(
                INGRESS,
                json!([{"IpProtocol": "6", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.1.0/24"}]}]),
            )],
            AWAY,
        ),
        row("a range of ports holds both its ends", vec![(INGRESS, json!([tcp(1, 443, range("10.0.1.0/24"))]))], AWAY),
        row("… and nothing beyond", vec![(INGRESS, json!([tcp(444, 65535, range("10.0.1.0/24"))]))], AWAY)
            .by(SecurityGroup, "sg-endpoint"),
        row(
            "UDP is not TCP",
            vec![(
                INGRESS,
                json!([{"IpProtocol": "udp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]),
            )],
            AWAY,
        )
        .by(SecurityGroup, "sg-endpoint"),
        row("one address is a range of its own", vec![(INGRESS, https(range("10.0.1.7/32")))], AWAY),
        row("… which another task does not have", vec![(INGRESS, https(range("10.0.1.8/32")))], AWAY)
            .by(SecurityGroup, "sg-endpoint"),
        row(
            "a prefix list stands for its ranges",
            vec![(EGRESS, https(json!({"PrefixListIds": [{"PrefixListId": "pl-1"}]})))],
            S3,
        ),
        row(
            "… and for nothing else",
            vec![(EGRESS, https(json!({"PrefixListIds": [{"PrefixListId": "pl-1"}]})))],
            AWAY,
        )
        .by(SecurityGroup, "sg-task"),
        row(
            "a rule for the endpoints' group does not let S3 out, which has no group",
            vec![(EGRESS, https(group("sg-endpoint")))],
            S3,
        )
        .by(SecurityGroup, "sg-task"),
        row("… and lets the endpoints out", vec![(EGRESS, https(group("sg-endpoint")))], BESIDE),
        row("0.0.0.0/0 is every IPv4 address", vec![], "10.0.1.50:443"),
        row("… and no IPv6 address", vec![], "[2600:1f18:1:1::50]:443")
            .by(SecurityGroup, "sg-task")
            .by(SecurityGroup, "sg-endpoint"),
        row("groups stand between neighbours too", vec![(INGRESS, https(range("10.0.8.0/24")))], BESIDE)
            .by(SecurityGroup, "sg-endpoint"),
    ]);
}

/// An ACL's rules as `NUMBER in|out allow|deny PROTOCOL FIRST-LAST RANGE`, in the order given, and the one that ends every ACL.
fn acl(rules: &[&str]) -> Value {
    let mut entries: Vec<Value> = rules.iter().map(|rule| entry(rule)).collect();
    for egress in [true, false] {
        entries.push(json!({"RuleNumber": 32767, "Egress": egress, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}));
    }
    Value::Array(entries)
}

fn entry(rule: &str) -> Value {
    let words: Vec<&str> = rule.split(' ').collect();
    let [number, direction, action, protocol, ports, range] = words[..] else { panic!("{rule}") };
    let mut entry = json!({
        "RuleNumber": number.parse::<u16>().unwrap(), "Egress": direction == "out", "Protocol": protocol,
        "RuleAction": action, "CidrBlock": range,
    });
    if let Some((first, last)) = ports.split_once('-').filter(|_| ports != "-") {
        entry["PortRange"] = json!({"From": first.parse::<u16>().unwrap(), "To": last.parse::<u16>().unwrap()});
    }
    entry
}

const ALL_OUT: &str = "100 out allow -1 - 0.0.0.0/0";
const ALL_IN: &str = "100 in allow -1 - 0.0.0.0/0";

/// Amazon VPC User Guide: "Control subnet traffic with network access control lists", "Custom network ACLs", "Ephemeral ports".
#[test]
fn network_acls() {
    let one = |rules: &[&str]| vec![(ACL, acl(rules))];
    let other = |rules: &[&str]| vec![(OTHER_ACL, acl(rules))];
    // The rules for a web server's subnet in the guide: what comes in, and the ephemeral ports of those who asked.
    let server = ["110 in allow 6 443-443 0.0.0.0/0", "120 out allow 6 1024-65535 0.0.0.0/0"];
    let client = ["110 out allow 6 443-443 0.0.0.0/0", "140 in allow 6 32768-65535 0.0.0.0/0"];
    hold(vec![
        row("the lowest number that fits decides", one(&["90 out deny 6 443-443 0.0.0.0/0", ALL_OUT, ALL_IN]), AWAY)
            .by(NetworkAcl, "90"),
        row("… in whatever order they are listed", one(&[ALL_OUT, "90 out deny 6 443-443 0.0.0.0/0", ALL_IN]), AWAY)
            .by(NetworkAcl, "90"),
        row(
            "what contradicts it later has no effect",
            one(&[ALL_OUT, "110 out deny 6 443-443 0.0.0.0/0", ALL_IN]),
            AWAY,
        ),
        row("what no rule fits is denied, each direction by itself", one(&[]), AWAY)
            .by(NetworkAcl, "acl-a")
            .by(NetworkAcl, "acl-a"),
        row("responses are not let in by what let the request out", one(&[ALL_OUT]), AWAY).by(NetworkAcl, "acl-a"),
        row("a client's subnet needs the ephemeral ports inbound", one(&client), AWAY),
        row("… also to what lies outside of the VPC", one(&client), S3),
        row("the rules of a server's subnet are no use to a client's", one(&server), S3)
            .by(NetworkAcl, "acl-a")
            .by(NetworkAcl, "acl-a"),
        row("… and right on the endpoint's", other(&server), AWAY),
        row("the rules of a client's subnet are no use on the endpoint's", other(&client), AWAY)
            .by(NetworkAcl, "acl-c")
            .by(NetworkAcl, "acl-c"),
        row("within a subnet no ACL stands", one(&[]), BESIDE),
        row("the ACL of one subnet says nothing of another", other(&[]), BESIDE),
        row("… and the one of the endpoint's subnet nothing of S3, which a gateway endpoint carries", other(&[]), S3),
        row("a rule is for its range", one(&["90 out deny 6 443-443 10.0.3.0/24", ALL_OUT, ALL_IN]), AWAY),
        row("… of the other end", one(&["90 out deny 6 443-443 10.0.2.0/24", ALL_OUT, ALL_IN]), AWAY)
            .by(NetworkAcl, "90"),
        row(
            "a denied range of the requests' ports is no obstacle to responses",
            one(&["90 in deny 6 443-443 0.0.0.0/0", ALL_IN, ALL_OUT]),
            AWAY,
        ),
        row(
            "responses come from the other end, whose range may be denied",
            one(&["90 in deny 6 1024-65535 10.0.2.0/24", ALL_IN, ALL_OUT]),
            AWAY,
        )
        .by(NetworkAcl, "90"),
        row(
            "ICMP and UDP are not TCP",
            one(&["80 out deny 1 - 0.0.0.0/0", "90 out deny 17 0-65535 0.0.0.0/0", ALL_OUT, ALL_IN]),
            AWAY,
        ),
    ]);
}

/// The guide names 49152-65535 for Windows, in which some of the ports that Linux asks from are and some are not.
#[test]
fn an_acl_that_lets_some_ephemeral_ports_pass_is_said_to() {
    let vpc = changed(&[(ACL, acl(&[ALL_OUT, "100 in allow 6 49152-65535 0.0.0.0/0"]))]);
    let path = vpc.stand(&PLACE).unwrap().path(AWAY.parse().unwrap(), service_of(AWAY));
    assert_eq!(path.blocks, vec![]);
    assert!(path.unknown.iter().any(|why| why.contains("acl-a") && why.contains("are lost")), "{:?}", path.unknown);
}

fn route(to: &str, target: &str, state: &str) -> Value {
    let key = match target.split_once('-').map_or(target, |(kind, _)| kind) {
        "nat" => "NatGatewayId",
        "tgw" => "TransitGatewayId",
        "pcx" => "VpcPeeringConnectionId",
        "eni" => "NetworkInterfaceId",
        _ => "GatewayId",
    };
    let destination = if to.starts_with("pl-") { "DestinationPrefixListId" } else { "DestinationCidrBlock" };
    json!({destination: to, key: target, "State": state})
}

fn routes(of: &[(&str, &str)]) -> Vec<(&'static str, Value)> {
    let local = ("10.0.0.0/16", "local");
    let all = std::iter::once(&local).chain(of).map(|(to, target)| route(to, target, "active"));
    vec![(ROUTES, all.collect())]
}

/// Amazon VPC User Guide: "Configure route tables", "Route priority"; AWS PrivateLink Guide: "Gateway endpoints for Amazon S3".
#[test]
fn routes_lead_by_the_longest_prefix() {
    let target = |id: &str, destination: &str| Way::Target {
        id: id.to_owned(),
        table: "rtb-a".to_owned(),
        destination: destination.to_owned(),
    };
    let gateway = Way::GatewayEndpoint { id: "vpce-s3".to_owned(), table: "rtb-a".to_owned() };
    let nowhere = |table: &str| Way::Nowhere { table: table.to_owned() };
    let nat = ("0.0.0.0/0", "nat-1");
    let s3 = ("pl-1", "vpce-s3");
    let without_association = {
        let mut changes = routes(&[nat]);
        changes.push(("/route_tables/0/Associations", json!([])));
        changes
    };
    let dead =
        vec![(ROUTES, json!([route("10.0.0.0/16", "local", "active"), route("0.0.0.0/0", "nat-1", "blackhole")]))];
    let table = [
        ("the local route is for the whole VPC", routes(&[nat]), AWAY, Way::Local),
        ("the list of S3 is longer than the default route", routes(&[nat, s3]), S3, gateway.clone()),
        ("… in whatever order", routes(&[s3, nat]), S3, gateway),
        ("… and only for its ranges", routes(&[s3, nat]), ELSEWHERE, target("nat-1", "0.0.0.0/0")),
        (
            "a route that is longer than the list's ranges wins",
            routes(&[s3, nat, ("52.218.1.0/24", "tgw-1")]),
            S3,
            target("tgw-1", "52.218.1.0/24"),
        ),
        (
            "without the gateway endpoint's route S3 goes as everything does",
            routes(&[nat]),
            S3,
            target("nat-1", "0.0.0.0/0"),
        ),
        ("without any route it goes nowhere", routes(&[]), S3, nowhere("rtb-a")),
        (
            "a longer route wins over the default one",
            routes(&[nat, ("198.51.100.0/24", "pcx-1")]),
            ELSEWHERE,
            target("pcx-1", "198.51.100.0/24"),
        ),
        (
            "two routes that fit: the longer one",
            routes(&[("198.51.0.0/16", "pcx-1"), ("198.51.100.0/28", "tgw-1")]),
            ELSEWHERE,
            target("tgw-1", "198.51.100.0/28"),
        ),
        ("a route whose target is gone drops what it fits", dead, ELSEWHERE, nowhere("rtb-a")),
        ("a subnet without an association has the main table", without_association, ELSEWHERE, nowhere("rtb-main")),
    ];
    for (says, changes, to, way) in table {
        let path = changed(&changes).stand(&PLACE).unwrap().path(to.parse().unwrap(), service_of(to));
        assert_eq!(path.way, way, "{says}");
    }
}

#[test]
fn what_routes_lead_to_must_work() {
    let internet = routes(&[("0.0.0.0/0", "igw-1")]);
    let dead =
        vec![(ROUTES, json!([route("10.0.0.0/16", "local", "active"), route("0.0.0.0/0", "nat-1", "blackhole")]))];
    let public = {
        let mut changes = internet.clone();
        changes.push(("/task/assign_public_ip", json!(true)));
        changes
    };
    let nat = |value: Value| vec![("/nat_gateways/0/State", value)];
    let buried = json!([route("10.0.0.0/16", "local", "active")]);
    hold(vec![
        row("no route, no way", routes(&[("pl-1", "vpce-s3")]), ELSEWHERE).by(RouteTable, "rtb-a"),
        row("S3 without the gateway endpoint's route, and no default route", routes(&[]), S3).by(RouteTable, "rtb-a"),
        row("a NAT gateway that was deleted leaves a blackhole", dead, ELSEWHERE).by(RouteTable, "nat-1"),
        row("a NAT gateway that failed carries nothing", nat(json!("failed")), ELSEWHERE).by(NatGateway, "nat-1"),
        row(
            "a public NAT gateway needs a route to an internet gateway in its own subnet",
            vec![("/route_tables/1/Routes", buried)],
            ELSEWHERE,
        )
        .by(NatGateway, "nat-1"),
        row("an internet gateway is of no use without a public address", internet, ELSEWHERE)
            .by(InternetGateway, "igw-1"),
        row("… and is with one", public, ELSEWHERE),
        row("an endpoint that is not available does not serve", vec![("/vpc_endpoints/1/State", json!("pending"))], S3)
            .by(VpcEndpoint, "vpce-s3"),
    ]);
}

/// IAM User Guide: "Policy evaluation logic"; AWS PrivateLink Guide: "Control access to VPC endpoints using endpoint policies";
/// Amazon ECR User Guide: "Amazon ECR interface VPC endpoints", the minimum policy of the S3 gateway endpoint.
#[test]
fn endpoint_policies() {
    let allow = |action: &str, resource: &str| json!({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource});
    let deny = |action: &str| json!({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"});
    let conditioned = |mut statement: Value, condition: Value| {
        statement["Condition"] = condition;
        statement
    };
    let token = ("com.amazonaws.eu-west-1.ecr.api", "ecr:GetAuthorizationToken", None);
    let layer =
        ("com.amazonaws.eu-west-1.s3", "s3:GetObject", Some("arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/a"));
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}});
    let table = [
        ("full access is the default", vec![allow("*", "*")], token, Some(true)),
        ("what nothing allows is denied", vec![deny("ecr:DeleteRepository")], token, Some(false)),
        ("a Deny wins over every Allow", vec![allow("*", "*"), deny("ecr:GetAuthorizationToken")], token, Some(false)),
        ("a Deny of something else does not", vec![allow("*", "*"), deny("ecr:BatchDeleteImage")], token, Some(true)),
        ("* stands for any characters", vec![allow("ecr:Get*", "*")], token, Some(true)),
        ("? stands for one", vec![allow("ecr:GetAuthorizationToke?", "*")], token, Some(true)),
        ("names of actions have no case", vec![allow("ECR:getauthorizationtoken", "*")], token, Some(true)),
        ("another service's actions are others", vec![allow("s3:*", "*")], token, Some(false)),
        (
            "the layer bucket by its ARN",
            vec![allow("s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*")],
            layer,
            Some(true),
        ),
        (
            "the layer bucket's own ARN is not that of its objects",
            vec![allow("s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket")],
            layer,
            Some(false),
        ),
        (
            "another Region's layer bucket is another",
            vec![allow("s3:GetObject", "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*")],
            layer,
            Some(false),
        ),
        (
            "one's own buckets are not the layer bucket",
            vec![allow("s3:*", "arn:aws:s3:::app-config/*")],
            layer,
            Some(false),
        ),
        (
            "NotAction is every other action",
            vec![json!({"Effect": "Allow", "Principal": "*", "NotAction": "s3:*", "Resource": "*"})],
            token,
            Some(true),
        ),
        (
            "a condition that can't be known is not guessed",
            vec![conditioned(allow("*", "*"), organization.clone())],
            token,
            None,
        ),
        (
            "… and does not matter beside an Allow without one",
            vec![conditioned(allow("*", "*"), organization.clone()), allow("ecr:*", "*")],
            token,
            Some(true),
        ),
        (
            "… nor beside a Deny without one",
            vec![conditioned(allow("*", "*"), organization), deny("ecr:*")],
            token,
            Some(false),
        ),
    ];
    for (says, statements, (service, action, resource), expected) in table {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let place =
            if service.ends_with("s3") { "/vpc_endpoints/1/PolicyDocument" } else { "/vpc_endpoints/0/PolicyDocument" };
        let vpc = changed(&[(place, json!(policy))]);
        let decision = vpc.stand(&PLACE).unwrap().policy(service, action, resource);
        let decided = match decision {
            Decision::Allows => Some(true),
            Decision::Denies(_) => Some(false),
            Decision::Unknown(_) => None,
        };
        assert_eq!(decided, expected, "{says}");
    }
}
