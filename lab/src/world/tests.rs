//! What the world is made of, without a network.

use super::*;

fn world(text: &str) -> Result<World, String> {
    let text = format!("title = \"a test\"\n{text}\n[expect]\nexit = 0\n");
    World::build(toml::from_str(&text).unwrap())
}

fn addresses(world: &World, view: View, name: &str) -> Vec<String> {
    world.resolve(view, name).into_addresses().iter().map(ToString::to_string).collect()
}

const API: &str = "api.ecr.ap-northeast-1.amazonaws.com";

#[test]
fn private_dns_is_for_the_vpc_only() {
    let world = world("").unwrap();
    assert_eq!(addresses(&world, View::Vpc, API), ["10.0.1.50", "10.0.2.50"]);
    assert!(addresses(&world, View::Public, API)[0].starts_with("52.119."));
    assert_eq!(addresses(&world, View::Vpc, "ip-10-0-1-7.ap-northeast-1.compute.internal"), ["10.0.1.7"]);
}

#[test]
fn the_dns_attributes_take_private_dns_away() {
    for text in ["[vpc]\ndns_hostnames = false", "[vpc]\nprivate_dns_off = [\"ecr.api\"]", "[vpc]\nendpoints = []"] {
        let world = world(text).unwrap();
        assert!(addresses(&world, View::Vpc, API)[0].starts_with("52.119."), "{text}");
    }
}

#[test]
fn a_hosted_zone_is_authoritative_below_its_apex() {
    let text = "[[vpc.zone]]\napex = \"dkr.ecr.ap-northeast-1.amazonaws.com\"\nrecords = { \"@\" = [\"10.9.9.9\"] }";
    let world = world(text).unwrap();
    assert_eq!(addresses(&world, View::Vpc, "dkr.ecr.ap-northeast-1.amazonaws.com"), ["10.9.9.9"]);
    let soa = "dkr.ecr.ap-northeast-1.amazonaws.com".to_owned();
    assert_eq!(world.resolve(View::Vpc, "1.dkr.ecr.ap-northeast-1.amazonaws.com"), Found::NoSuchName { soa });
}

#[test]
fn only_what_has_a_way_is_open() {
    let open = |text: &str, host: &str| {
        let world = world(text).unwrap();
        let address = world.resolve(View::Public, host).into_addresses()[0];
        world.sites[&(address, 443)].open
    };
    let layers = "b.s3.ap-northeast-1.amazonaws.com";
    assert!(open("", layers));
    assert!(!open("[vpc]\ns3 = \"none\"", layers));
    assert!(open("[vpc]\ns3 = \"none\"\nnat = true", layers));
    assert!(!open("", "s3.us-east-1.amazonaws.com"));
    assert!(open("[vpc]\nnat = true", "s3.us-east-1.amazonaws.com"));
}

#[test]
fn a_place_becomes_its_addresses() {
    let nets = |place: &str| {
        let world = world(&format!("[[fault]]\nwhere = {place}\nwhat = \"drop\"")).unwrap();
        world.nets(&world.scenario.faults[0].place).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(nets("{ service = \"logs\", public = false }"), ["10.0.1.52/32", "10.0.2.52/32"]);
    assert_eq!(nets("{ service = \"logs\", zone = \"c\" }"), ["10.0.2.52/32"]);
    assert!(!nets("{}").contains(&"169.254.170.2/32".to_owned()));
    assert_eq!(nets("{ resolver = \"vpc\" }"), ["10.0.0.2/32", "169.254.169.253/32"]);
    assert_eq!(nets("{ address = \"10.3.0.0/16\" }"), ["10.3.0.0/16"]);
    assert_eq!(nets("{ host = \"checkip.amazonaws.com\" }"), ["3.220.1.1/32"]);
}

#[test]
fn what_fits_nothing_is_refused() {
    let table = [
        ("[[fault]]\nwhere = { service = \"logz\" }\nwhat = \"drop\"", "no service `logz`"),
        ("[[fault]]\nwhere = { resolver = \"10.9.0.53\" }\nwhat = \"drop\"", "no address of the world"),
        ("[[fault]]\nwhere = { action = \"PutLogEvent\" }\nwhat = \"throttled\"", "no operation `PutLogEvent`"),
        ("[[fault]]\nwhat = { denied = { action = \"ecr:Pull\" } }", "no action `ecr:Pull`"),
        ("[[fault]]\nwhere = { layer = 3 }\nwhat = \"layer-short\"", "no image has a layer 3"),
        ("[[image]]\nref = \"r.example/a:1\"", "no host `r.example`"),
        ("[[image]]\nref = \"a:1\"\nplatforms = []", "it has no platform"),
        ("[[registry]]\nhost = \"quay.io\"\nsecret = \"nope\"", "secret `nope` has no `username`"),
        ("[vpc]\nendpoints = [\"ecr\"]", "no service `ecr`"),
        ("[vpc]\nprivate_dns_off = [\"sqs\"]", "`sqs` has no endpoint"),
    ];
    for (text, expected) in table {
        let error = world(text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn s3_has_as_many_addresses_as_it_is_given() {
    for (text, count) in [("", 2), ("[vpc]\ns3_addresses = 20", 20), ("[vpc]\ns3_addresses = 0", 2)] {
        let world = world(text).unwrap();
        let found = addresses(&world, View::Vpc, "b.s3.ap-northeast-1.amazonaws.com");
        assert_eq!(found.len(), count, "{text}");
        assert!(found.iter().all(|address| world.sites.contains_key(&(address.parse().unwrap(), 443))), "{text}");
        assert_eq!(addresses(&world, View::Vpc, "s3.us-east-1.amazonaws.com").len(), 2, "{text}");
    }
}

#[test]
fn a_change_keeps_what_aws_holds() {
    let text = "[[change]]\n[change.vpc]\nendpoints = []";
    let whole = format!("title = \"a test\"\n{text}\n[expect]\nexit = 0\n");
    let world = World::build(Scenario::parse(&whole).unwrap()).unwrap();
    let [changed] = &world.changed().unwrap()[..] else { panic!("one change is one world") };
    assert!(addresses(changed, View::Vpc, API)[0].starts_with("52.119."));
    assert_eq!(changed.cloud.unread, world.cloud.unread);
}
