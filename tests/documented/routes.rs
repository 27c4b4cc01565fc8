//! Routes, and what they lead to.

use serde_json::{Value, json};
use vpcprobe::vpc::CulpritKind::{InternetGateway, NatGateway, RouteTable, VpcEndpoint};
use vpcprobe::vpc::Way;

use super::{AWAY, ELSEWHERE, PLACE, ROUTES, S3, changed, hold, row, service_of};

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
