use super::*;

#[test]
fn a_size_is_bytes_or_has_a_unit() {
    let table = [
        ("1", Some(1)),
        ("536870912", Some(536_870_912)),
        ("512MiB", Some(536_870_912)),
        ("512 mib", Some(536_870_912)),
        ("1.2GB", Some(1_200_000_000)),
        ("0.5kB", Some(500)),
        ("1.001KiB", Some(1_025)),
        ("1000TB", Some(1_000_000_000_000_000)),
        ("1000.001TB", None),
        ("0", None),
        ("0.0GB", None),
        ("0.001B", None),
        ("1G", None),
        ("1e9", None),
        ("-1", None),
        ("+1", None),
        ("1.GB", None),
        (".5GB", None),
        ("1.2345GB", None),
        ("1,2GB", None),
        ("NaN", None),
        ("inf", None),
        ("99999999999999999999", None),
        ("18446744073709551615TiB", None),
        ("١GB", None),
        ("", None),
    ];
    for (word, expected) in table {
        assert_eq!(bytes(word).ok(), expected, "{word}");
    }
    let why = bytes("1G").unwrap_err();
    assert_eq!(why, "--bytes 1G: expected a size such as 536870912, 512MiB or 1.2GB, above 0 and at most 1000 TB");
}

#[test]
fn pulls_may_be_none_or_fewer_than_one_a_day() {
    let table = [
        ("0", Some(0)),
        ("0.5", Some(500)),
        ("40", Some(40_000)),
        ("10000000", Some(10_000_000_000)),
        ("10000000.001", None),
        ("-0", None),
        ("0.0001", None),
        ("1e3", None),
        ("NaN", None),
        ("many", None),
        ("", None),
    ];
    for (word, expected) in table {
        assert_eq!(pulls(word).ok(), expected, "{word}");
    }
    let why = pulls("many").unwrap_err();
    assert_eq!(why, "--pulls-per-day many: expected a number such as 40 or 0.5, from 0 to 10000000");
}

#[test]
fn zones_are_counted_from_one() {
    for (word, expected) in
        [("1", Some(1)), (" 3 ", Some(3)), ("16", Some(16)), ("17", None), ("0", None), ("1.5", None), ("a", None)]
    {
        assert_eq!(zones("--zones", word).ok(), expected, "{word}");
    }
    assert_eq!(zones("--zones", "0").unwrap_err(), "--zones 0: expected a whole number from 1 to 16");
}

#[test]
fn only_images_of_the_regions_own_ecr_are_carried() {
    let region = Region::parse("us-east-1").unwrap();
    let table = [
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1", ""),
        ("123456789012.dkr-ecr.us-east-1.on.aws/app:1", ""),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1", "it is pulled from eu-west-1"),
        ("public.ecr.aws/x/y:1", "no VPC endpoint carries its registry"),
        ("nginx", "no VPC endpoint carries its registry"),
        ("", "not an image's reference"),
    ];
    for (image, expected) in table {
        let why = carried(image, &region).err().unwrap_or_default();
        assert!(why.starts_with(expected) && why.is_empty() == expected.is_empty(), "{image}: {why}");
    }
}
