use serde_json::json;

use super::*;

fn built_in() -> Value {
    serde_json::from_str(BUILT_IN).unwrap()
}

#[test]
fn the_built_in_file_has_each_price_with_its_source() {
    let table = [
        ("ap-northeast-1", [14_000, 10_000, 62_000, 62_000, 5_000]),
        ("us-east-1", [10_000, 10_000, 45_000, 45_000, 5_000]),
    ];
    for (region, expected) in table {
        let prices = Prices::read(BUILT_IN, region).unwrap();
        assert_eq!(prices.figures().map(|figure| figure.micros), expected, "{region}");
        assert_eq!(prices.figures().map(|figure| figure.item), ITEMS, "{region}");
        assert!(prices.figures().iter().all(|figure| figure.confidence.is_some()), "{region}");
    }
    let steps = Prices::read(BUILT_IN, "us-east-1").unwrap().endpoint_gb.steps;
    let steps: Vec<_> = steps.iter().map(|step| (step.above_gb, step.micros)).collect();
    assert_eq!(steps, [(1_000_000, 6_000), (5_000_000, 4_000)]);
}

#[test]
fn a_region_without_prices_says_which_have_them() {
    let why = Prices::read(BUILT_IN, "eu-west-1").unwrap_err();
    assert_eq!(why, "no prices of the Region eu-west-1, only of ap-northeast-1, us-east-1");
}

#[test]
fn what_is_no_file_of_prices_is_refused_by_its_place() {
    let hour = "/regions/us-east-1/nat_gateway_hour";
    let gb = "/regions/us-east-1/interface_endpoint_gb";
    let here = "regions.us-east-1.nat_gateway_hour";
    let steps = "regions.us-east-1.interface_endpoint_gb.steps";
    let source = "a bill";
    let table = [
        ("", json!([]), "expected an object".to_owned()),
        ("/regions", json!([]), "regions: expected an object".to_owned()),
        ("/as_of", json!(2026), "as_of: expected a text of 1 to 300 bytes".to_owned()),
        (hour, json!(0.045), format!("{here}: expected an object")),
        (hour, json!({"usd": 1}), format!("{here}.source is missing: who says so")),
        (hour, json!({"source": source}), format!("{here}: usd is not a price")),
        (hour, json!({"usd": "0.045", "source": source}), format!("{here}: usd is not a price")),
        (hour, json!({"usd": -0.045, "source": source}), format!("{here}: usd is not a price")),
        (hour, json!({"usd": 1e300, "source": source}), format!("{here}: usd is not a price")),
        (hour, json!({"usd": 0.000_000_5, "source": source}), format!("{here}: usd is not a price")),
        (
            hour,
            json!({"used": 1, "source": source}),
            format!("{here}: the key used is not known: expected usd, source, date"),
        ),
        (hour, json!({"usd": 1, "source": source, "steps": []}), format!("{here}: the key steps is not known")),
        (hour, json!({"usd": 1, "source": source, "date": ""}), format!("{here}.date: expected a text")),
        (
            hour,
            json!({"usd": 1, "source": source, "confidence": "sure"}),
            format!("{here}.confidence sure: expected documented"),
        ),
        (gb, json!({"usd": 1, "source": source, "steps": {}}), format!("{steps}: expected a list")),
        (
            gb,
            json!({"usd": 1, "source": source, "steps": [{"above_gb": 0, "usd": 1}]}),
            format!("{steps}: above_gb is not"),
        ),
        (
            gb,
            json!({"usd": 1, "source": source, "steps": [{"above_gb": 9, "usd": 1}, {"above_gb": 9, "usd": 1}]}),
            format!("{steps}: above_gb does not rise"),
        ),
    ];
    for (place, value, expected) in table {
        let mut document = built_in();
        *document.pointer_mut(place).unwrap() = value;
        // Of another Region's prices as well: the whole file is believed or none of it.
        let why = Prices::read(&document.to_string(), "ap-northeast-1").unwrap_err();
        assert!(why.starts_with(&expected), "{place}: {why}");
    }
}

#[test]
fn a_file_that_lacks_something_or_is_none_is_refused() {
    let mut document = built_in();
    document.pointer_mut("/regions/us-east-1").unwrap().as_object_mut().unwrap().remove("public_ipv4_hour");
    let table = [
        (document.to_string(), "regions.us-east-1.public_ipv4_hour is missing"),
        (String::new(), "not a file of prices: EOF"),
        ("{".to_owned(), "not a file of prices: EOF"),
        ("{}".to_owned(), "as_of is missing"),
        ("{\"as_of\": \"today\"}".to_owned(), "regions is missing"),
        ("{\"as_of\": \"today\", \"regions\": {}, \"currency\": \"EUR\"}".to_owned(), "the key currency is not known"),
        ("[".repeat(100_000), "not a file of prices: recursion limit"),
        (" ".repeat(MOST_BYTES + 1), "it is larger than"),
    ];
    for (text, expected) in table {
        let why = Prices::read(&text, "us-east-1").unwrap_err();
        assert!(why.starts_with(expected), "{why}");
    }
}
