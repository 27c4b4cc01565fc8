//! What AWS's documentation says of groups, network ACLs, routes and endpoint policies, held against the evaluation of the
//! operator's view. `data/documented.json` is a VPC in which everything connects; each row changes one thing in it.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

#[path = "documented/acls.rs"]
mod acls;
#[path = "documented/routes.rs"]
mod routes;

use serde_json::{Value, json};
use vpcprobe::vpc::CulpritKind::SecurityGroup;
use vpcprobe::vpc::{CulpritKind, Decision, Place, Vpc};

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
