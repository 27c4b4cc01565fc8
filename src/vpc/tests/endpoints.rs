use serde_json::{Value, json};

use super::{API, S3, read, sound, stand};
use crate::vpc::{CulpritKind, EndpointKind, Presence, Present};

fn changed(endpoint: usize, key: &str, value: Value) -> Value {
    let mut view = sound();
    view["vpc_endpoints"][endpoint][key] = value;
    view
}

fn one(view: &Value, service: &str) -> Present {
    match stand(&read(view)).endpoints(service) {
        Presence::Present(mut found) if found.len() == 1 => found.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sound_endpoint_has_no_fault() {
    let interface = one(&sound(), API);
    assert_eq!((interface.kind, interface.private_dns, interface.associated), (EndpointKind::Interface, true, true));
    assert_eq!((interface.id.as_str(), interface.state.as_str(), interface.fault), ("vpce-a1", "available", None));
    let gateway = one(&sound(), S3);
    assert_eq!((gateway.kind, gateway.associated, gateway.fault), (EndpointKind::Gateway, true, None));
}

#[test]
fn an_endpoint_that_does_not_do_its_work_says_why_and_what_mends_it() {
    let mut hostnames = sound();
    hostnames["vpc_attributes"]["EnableDnsHostnames"] = json!(false);
    let mut support = sound();
    support["vpc_attributes"]["EnableDnsSupport"] = json!({ "Value": false });
    let cases = [
        (
            "state",
            changed(0, "State", json!("Pending")),
            API,
            CulpritKind::VpcEndpoint,
            "is pending, so it is not available",
            "",
        ),
        (
            "rejected",
            changed(0, "State", json!("Rejected")),
            API,
            CulpritKind::VpcEndpoint,
            "is rejected, so it is not available",
            "",
        ),
        (
            "private DNS",
            changed(0, "PrivateDnsEnabled", json!(false)),
            API,
            CulpritKind::VpcEndpoint,
            "private DNS is off on vpce-a1",
            "ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-a1 --private-dns-enabled --region eu-west-1",
        ),
        (
            "only for inbound Resolver endpoints",
            changed(0, "DnsOptions", json!({ "PrivateDnsOnlyForInboundResolverEndpoint": true })),
            API,
            CulpritKind::VpcEndpoint,
            "only for inbound Resolver endpoints",
            "--dns-options PrivateDnsOnlyForInboundResolverEndpoint=false",
        ),
        (
            "hostnames",
            hostnames,
            API,
            CulpritKind::VpcAttribute,
            "enableDnsHostnames is off on vpc-0a, so that private DNS has no effect",
            r#"modify-vpc-attribute --vpc-id vpc-0a --enable-dns-hostnames '{"Value":true}'"#,
        ),
        (
            "support",
            support,
            API,
            CulpritKind::VpcAttribute,
            "enableDnsSupport is off on vpc-0a",
            "--enable-dns-support",
        ),
        (
            "association",
            changed(1, "RouteTableIds", json!(["rtb-0"])),
            S3,
            CulpritKind::VpcEndpoint,
            "is not associated with rtb-a of subnet-a",
            "--vpc-endpoint-id vpce-53 --add-route-table-ids rtb-a",
        ),
    ];
    for (name, view, service, kind, detail, command) in cases {
        let fault = one(&view, service).fault.unwrap();
        assert_eq!(fault.culprit.kind, kind, "{name}");
        assert!(fault.culprit.detail.contains(detail), "{name}: {}", fault.culprit.detail);
        let said = fault.remedy.iter().filter_map(|step| step.command.as_deref()).any(|said| said.contains(command));
        assert!(said || command.is_empty(), "{name}: {:?}", fault.remedy);
    }
}

/// AWS's default for S3: beside a gateway endpoint the private names are for inbound Resolver endpoints alone.
#[test]
fn an_s3_interface_endpoint_beside_a_gateway_needs_no_names() {
    let mut view = sound();
    view["vpc_endpoints"].as_array_mut().unwrap().push(json!({
        "VpcEndpointId": "vpce-51", "ServiceName": S3, "VpcEndpointType": "Interface", "State": "available",
        "PrivateDnsEnabled": true, "DnsOptions": { "PrivateDnsOnlyForInboundResolverEndpoint": true }
    }));
    let Presence::Present(found) = stand(&read(&view)).endpoints(S3) else { panic!("there are two") };
    assert!(found.iter().all(|present| present.fault.is_none()), "{found:?}");
    assert!(!found[1].private_dns, "they do not lead the VPC's own names to it");
    view["vpc_endpoints"][1]["RouteTableIds"] = json!([]);
    let Presence::Present(found) = stand(&read(&view)).endpoints(S3) else { panic!("there are two") };
    assert!(found.iter().all(|present| present.fault.is_some()), "{found:?}");
}

#[test]
fn a_private_hosted_zone_does_the_work_of_private_dns() {
    for (zone, sound_so) in [("api.ecr.eu-west-1.amazonaws.com.", true), ("example.com.", false)] {
        let mut view = changed(0, "PrivateDnsEnabled", json!(false));
        view["hosted_zones"] = json!([{ "HostedZoneId": "Z1", "Name": zone }]);
        assert_eq!(one(&view, API).fault.is_none(), sound_so, "{zone}");
    }
}

#[test]
fn what_the_vpc_has_not_is_absent_only_where_it_was_looked_for() {
    let logs = "com.amazonaws.eu-west-1.logs";
    assert_eq!(stand(&read(&sound())).endpoints(logs), Presence::Absent);
    let mut unseen = sound();
    unseen["vpc_endpoints"] = Value::Null;
    assert_eq!(stand(&read(&unseen)).endpoints(logs), Presence::Unknown("vpc_endpoints was not looked at".to_owned()));
    let mut shared = sound();
    shared["subnets"][0]["OwnerId"] = json!("999999999999");
    assert!(
        matches!(stand(&read(&shared)).endpoints(logs), Presence::Unknown(_)),
        "the owner's endpoints are not shown"
    );
    let firewall = changed(0, "VpcEndpointType", json!("GatewayLoadBalancer"));
    assert_eq!(stand(&read(&firewall)).endpoints(API), Presence::Absent, "a firewall's endpoint carries no service");
}
