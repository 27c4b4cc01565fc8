use super::*;
use crate::inputs::Region;

fn asked(region: &str, endpoints: &[&str]) -> Asked {
    Asked {
        region: Region::parse(region).unwrap(),
        images: vec![Image { image: None, bytes: 1_000_000_000 }],
        // 24 a day are 730 a month of 730 hours.
        pulls_milli: 24_000,
        zones: 2,
        nat_gateways: 2,
        endpoints: endpoints.iter().map(|id| format!("com.amazonaws.{region}.{id}")).collect(),
        s3_by_interface: false,
        left_out: Vec::new(),
    }
}

const FARGATE: &[&str] = &["ecr.api", "ecr.dkr", "logs"];
const WITH_SECRETS: &[&str] = &["ecr.api", "ecr.dkr", "logs", "secretsmanager"];

fn priced(asked: &Asked) -> Cost {
    let prices = Prices::read(BUILT_IN, asked.region.as_str()).unwrap();
    cost(asked, &prices, "built-in")
}

/// Hourly and data of each way, in cents.
fn cents(cost: &Cost) -> Vec<(u64, u64)> {
    cost.ways.iter().map(|way| (way.hourly_usd.0, way.data_usd.0)).collect()
}

/// Computed by hand: 730.0365 GB a month, of which 0.0365 GB are tokens and manifests.
#[test]
fn each_way_has_its_price() {
    let tokyo = asked("ap-northeast-1", WITH_SECRETS);
    let virginia = asked("us-east-1", FARGATE);
    let table = [
        // 0.062 × 730 = 45.26 and 0.014 × 730 × 8 = 81.76; 730.0365 × 0.062 = 45.2623
        (
            "two zones, one NAT gateway",
            Asked { nat_gateways: 1, ..tokyo.clone() },
            [(4526, 4526), (4526, 0), (8176, 0)],
        ),
        ("a NAT gateway in each zone", tokyo.clone(), [(9052, 4526), (9052, 0), (8176, 0)]),
        ("nothing is pulled", Asked { pulls_milli: 0, ..tokyo.clone() }, [(9052, 0), (9052, 0), (8176, 0)]),
        // 0.045 × 730 × 2 = 65.70 and 0.01 × 730 × 6 = 43.80; 730.0365 × 0.045 = 32.8516
        ("us-east-1", virginia.clone(), [(6570, 3285), (6570, 0), (4380, 0)]),
        ("one zone", Asked { zones: 1, nat_gateways: 1, ..virginia.clone() }, [(3285, 3285), (3285, 0), (2190, 0)]),
        // 10,000 times as many: 7300365 GB, 365 GB of them tokens and manifests
        (
            "a large fleet",
            Asked { pulls_milli: 240_000_000, ..virginia },
            [(6570, 32_851_643), (6570, 1643), (4380, 365)],
        ),
    ];
    for (name, asked, expected) in table {
        let cost = priced(&asked);
        assert_eq!(cents(&cost), expected, "{name}");
        for way in &cost.ways {
            assert_eq!(way.total_usd.0, way.hourly_usd.0 + way.data_usd.0, "{name}");
        }
    }
}

#[test]
fn the_ways_cost_the_same_at_the_break_even() {
    let tokyo = asked("ap-northeast-1", WITH_SECRETS);
    let one = Asked { nat_gateways: 1, ..tokyo.clone() };
    // 36.50 more by the hour; a pull saves 1.00005 × 0.062 − 0.00005 × 0.01 = 0.0620026: 588.6850 a month, 19.354026 a day
    let even = priced(&one).break_even;
    assert_eq!(
        (even.endpoints_cheaper, even.pulls_per_day, even.gb_per_month),
        (Cheaper::From, Some(19.355), Some(588.7))
    );
    for (pulls_milli, is_saving) in [(19_340, false), (19_370, true)] {
        let cost = priced(&Asked { pulls_milli, ..one.clone() });
        assert_eq!(cost.ways[2].total_usd < cost.ways[0].total_usd, is_saving, "{pulls_milli}");
    }
    let half = priced(&Asked { images: vec![Image { image: None, bytes: 500_000_000 }], ..one.clone() }).break_even;
    assert_eq!((half.pulls_per_day, priced(&one).what_if[0].break_even.clone()), (Some(38.707), half));
    assert_eq!(priced(&tokyo).break_even.endpoints_cheaper, Cheaper::Always);
}

#[test]
fn where_the_ways_never_meet_it_is_said() {
    let prices = Prices::read(BUILT_IN, "us-east-1").unwrap();
    let figure = |micros| Figure { micros, ..prices.nat_gb.clone() };
    let free = Prices { nat_gb: figure(0), ..prices.clone() };
    let same = Prices { nat_hour: figure(30_000), ..prices.clone() };
    let dear = Prices { endpoint_hour: figure(50_000), ..free.clone() };
    let table = [
        ("prices of today", &prices, Cheaper::Always),
        ("the same by the hour", &same, Cheaper::FromTheFirst),
        ("data is free through a NAT gateway", &free, Cheaper::UpTo),
        ("and endpoints cost more", &dear, Cheaper::Never),
    ];
    for (name, prices, expected) in table {
        let cost = cost(&asked("us-east-1", FARGATE), prices, "a test");
        assert_eq!(cost.break_even.endpoints_cheaper, expected, "{name}");
        let has_number = matches!(expected, Cheaper::From | Cheaper::UpTo);
        assert_eq!(cost.break_even.pulls_per_day.is_some(), has_number, "{name}");
    }
}

#[test]
fn data_through_an_interface_endpoint_is_charged_by_steps() {
    // 730 pulls of so much are 6 PB: 1000000 × 0.01 + 4000000 × 0.006 + 1000000 × 0.004 = 38000, and 8 × 0.01 × 730 = 58.40
    let images = vec![Image { image: None, bytes: 8_219_178_082_191 }];
    let cost = priced(&Asked { images, s3_by_interface: true, ..asked("us-east-1", FARGATE) });
    let by_interface = cost.what_if.iter().find(|what| what.change.starts_with("S3 by its interface")).unwrap();
    assert_eq!(by_interface.endpoints_usd, Cents(3_805_840));
}

#[test]
fn the_largest_that_is_accepted_does_not_overflow() {
    let images = vec![Image { image: None, bytes: 1_000_000_000_000_000 }];
    let (pulls_milli, zones) = (10_000_000_000, 16);
    let largest =
        Asked { images, pulls_milli, zones, nat_gateways: 16, s3_by_interface: true, ..asked("us-east-1", FARGATE) };
    let mut prices = Prices::read(BUILT_IN, "us-east-1").unwrap();
    for figure in [&mut prices.nat_hour, &mut prices.nat_gb, &mut prices.endpoint_hour, &mut prices.endpoint_gb] {
        (figure.micros, figure.steps) = (100_000_000, Vec::new());
    }
    // 10^7 × 730/24 pulls of 1000000.00005 GB at 100 dollars: 30416666668187500 dollars
    let cost = cost(&largest, &prices, "a test");
    assert_eq!(cost.ways[0].data_usd, Cents(3_041_666_666_818_750_000));
    assert_eq!(cost.ways[2].hourly_usd, Cents(350_400_000));
    prices.nat_gb.micros = 1_000_000_000;
    assert_eq!(super::cost(&largest, &prices, "a test").ways[0].total_usd, Cents(u64::MAX));
}

#[test]
fn what_would_change_it_is_told_one_by_one() {
    let changes = |asked: &Asked| priced(asked).what_if.into_iter().map(|what| what.change).collect::<Vec<_>>();
    let whole = asked("us-east-1", FARGATE);
    let (half, one, zone) =
        ("an image half as large", "one endpoint fewer, where logs is not needed (each saves 14.60)", "one zone fewer");
    assert_eq!(changes(&whole), [half, one, zone, "one NAT gateway for all zones"]);
    let least = Asked { zones: 1, nat_gateways: 1, ..asked("us-east-1", &["ecr.api", "ecr.dkr"]) };
    assert_eq!(changes(&least), [half]);
    // 0.01 × 730 × 4 = 29.20 and 0.01 × 730 × 3 = 21.90
    let endpoints: Vec<u64> = priced(&whole).what_if.iter().map(|what| what.endpoints_usd.0).collect();
    assert_eq!(endpoints, [4380, 2920, 2190, 4380]);
    // 65.70 + 730 × 0.50005 × 0.045 = 82.13; 32.85 + 32.85
    let nat: Vec<u64> = priced(&whole).what_if.iter().map(|what| what.nat_gateway_usd.0).collect();
    assert_eq!(nat, [8213, 9855, 6570, 6570]);
}

#[test]
fn cents_are_rounded_half_up() {
    let table = [(0, 1, "0.00"), (1, 2, "0.01"), (49, 100, "0.00"), (149, 100, "0.01"), (12_345, 1, "123.45")];
    for (numerator, denominator, expected) in table {
        assert_eq!(Cents::of(numerator, denominator).to_string(), expected);
    }
    for (micros, expected) in [(0, "0"), (45_000, "0.045"), (1_000_000, "1"), (1_500_000, "1.5"), (1, "0.000001")] {
        assert_eq!(usd::price(micros), expected);
    }
}

#[test]
fn what_is_shown_multiplies_to_the_sum_that_is_shown() {
    let images = vec![Image { image: None, bytes: 536_870_912 }];
    let cost = priced(&Asked { images, pulls_milli: 40_000, ..asked("ap-northeast-1", FARGATE) });
    let look = crate::report::text::Look {
        width: 400,
        style: crate::report::text::Style::Plain,
        marks: crate::report::text::Marks::Ascii,
    };
    let text = text::render(&cost, look);
    // 536.870912 MB × 40 × 730 ÷ 24 = 653.1929 GB; with 50 kB a pull 653.2538 GB, × 0.062 = 40.50
    for said in [
        "536.9 MB compressed at each start, 40 starts a day: 653.19 GB a month",
        "40.50 for 653.25 GB that go through",
        "0.00 for 0.061 GB that go through",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let of = |way: &Way| (way.gb_per_month, way.data_usd.0);
    assert_eq!(cost.ways.iter().map(of).collect::<Vec<_>>(), [(653.254, 4050), (0.061, 0), (0.061, 0)]);
}
