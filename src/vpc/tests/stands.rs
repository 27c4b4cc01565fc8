use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::{read, sound};
use crate::vpc::Place;

const NOWHERE: Place<'_> = Place { addresses: &[], subnets: &[], account: None, region: None, zone: None };

fn stood(view: &Value, place: &Place<'_>) -> Result<String, String> {
    read(view).stand(place).map(|stand| stand.subnet().to_owned())
}

#[test]
fn the_subnet_is_found_by_address_then_by_range_then_by_what_was_said() {
    let address = |text: &str| -> IpAddr { text.parse().unwrap() };
    let range = |text: &str| -> IpNet { text.parse().unwrap() };
    let cases: &[(&str, &[IpAddr], &[IpNet], &str)] = &[
        ("its address", &[address("10.0.2.9")], &[], "subnet-c"),
        ("one of its addresses: a bridge has others", &[address("172.17.0.1"), address("10.0.2.9")], &[], "subnet-c"),
        ("its range", &[], &[range("10.0.2.0/24")], "subnet-c"),
        ("a function's addresses are link-local", &[address("169.254.76.1")], &[range("10.0.2.0/24")], "subnet-c"),
        ("what was said of the task", &[], &[], "subnet-a"),
    ];
    for (name, addresses, subnets, expected) in cases {
        assert_eq!(stood(&sound(), &Place { addresses, subnets, ..NOWHERE }), Ok((*expected).to_owned()), "{name}");
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let own: [IpAddr; 1] = ["10.0.1.20".parse().unwrap()];
    let other: [IpAddr; 1] = ["10.7.1.20".parse().unwrap()];
    let range: [IpNet; 1] = ["10.7.1.0/24".parse().unwrap()];
    let here = Place { addresses: &own, ..NOWHERE };
    let mut several = sound();
    several["task"]["subnets"] = json!(["subnet-a", "subnet-c"]);
    let mut unseen = sound();
    unseen["subnets"] = Value::Null;
    let mut nowhere = unseen.clone();
    nowhere["vpcs"] = Value::Null;
    nowhere["task"]["subnets"] = json!([]);
    let cases = [
        (
            sound(),
            Place { addresses: &other, ..NOWHERE },
            "no subnet of vpc-0a holds the probe's own address 10.7.1.20",
        ),
        (sound(), Place { subnets: &range, ..NOWHERE }, "no subnet of vpc-0a is the probe's 10.7.1.0/24"),
        (
            sound(),
            Place { account: Some("999999999999"), ..here },
            "of account 123456789012, and the probe ran in 999999999999",
        ),
        (sound(), Place { region: Some("eu-west-2"), ..here }, "of Region eu-west-1, and the probe ran in eu-west-2"),
        (sound(), Place { zone: Some("eu-west-1c"), ..here }, "the probe ran in eu-west-1c, and subnet-a"),
        (several, NOWHERE, "scripts/network --subnets"),
        (nowhere, here, "subnets was not looked at"),
        (unseen, Place { addresses: &other, ..NOWHERE }, "no range of vpc-0a holds"),
    ];
    for (view, place, expected) in cases {
        let said = stood(&view, &place).unwrap_err();
        assert!(said.contains(expected), "{said}");
    }
    let fitting = Place { account: Some("123456789012"), region: Some("eu-west-1"), zone: Some("eu-west-1a"), ..here };
    assert_eq!(stood(&sound(), &fitting), Ok("subnet-a".to_owned()));
}

#[test]
fn without_the_subnets_groups_are_judged_and_the_rest_is_unknown() {
    let own: [IpAddr; 1] = ["10.0.1.20".parse().unwrap()];
    let place = Place { addresses: &own, ..NOWHERE };
    let mut view = sound();
    view["subnets"] = Value::Null;
    view["task"]["subnets"] = json!([]);
    view["security_groups"][1]["IpPermissions"] = json!([]);
    let vpc = read(&view);
    let path = vpc.stand(&place).unwrap().path("10.0.2.10:443".parse().unwrap(), None);
    let named: Vec<&str> = path.blocks.iter().map(|block| block.culprit.id.as_str()).collect();
    assert_eq!((named, path.unknown), (vec!["sg-e0"], vec!["subnets was not looked at".to_owned()]));
    view["task"]["subnets"] = json!(["subnet-a"]);
    let vpc = read(&view);
    assert_eq!(vpc.stand(&place).unwrap().route_table(), Some("rtb-a"), "it was said which subnet it is");
}

#[test]
fn the_owner_of_a_shared_vpc_sees_where_others_tasks_run() {
    let own: [IpAddr; 1] = ["10.0.1.20".parse().unwrap()];
    let place = Place { addresses: &own, account: Some("999999999999"), ..NOWHERE };
    for (owner, stands) in [("123456789012", true), ("888888888888", false)] {
        let mut view = sound();
        view["vpcs"][0]["OwnerId"] = json!(owner);
        assert_eq!(stood(&view, &place).is_ok(), stands, "{owner}");
    }
}
