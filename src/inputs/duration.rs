//! Durations as people write them.

/// `2s`, `500ms`, `1m`, `1.5s` in milliseconds: more than nothing and at most a day.
pub(super) fn millis(text: &str) -> Result<u64, String> {
    written(text).ok_or_else(|| "not a duration such as 2s, 500ms, 1.5s or 1m, more than 0 and at most 24 hours".into())
}

fn written(text: &str) -> Option<u64> {
    const A_DAY: u64 = 24 * 60 * 60 * 1_000;
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let ms = digits(whole)?.checked_mul(unit_ms)? + thousandths(fraction)? * unit_ms / 1_000;
    (1..=A_DAY).contains(&ms).then_some(ms)
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten().filter(|number| *number <= 1 << 40)
}

/// The first three digits behind the point.
fn thousandths(fraction: &str) -> Option<u64> {
    digits(fraction.get(..1)?)?;
    fraction.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
    fraction.bytes().chain(std::iter::repeat(b'0')).take(3).try_fold(0, |sum, b| Some(sum * 10 + u64::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_number_and_a_unit() {
        let table = [
            ("2s", Some(2_000)),
            ("500ms", Some(500)),
            ("1m", Some(60_000)),
            ("1.5s", Some(1_500)),
            ("0.25m", Some(15_000)),
            ("1.23456s", Some(1_234)),
            ("1440m", Some(86_400_000)),
            ("1441m", None),
            ("0s", None),
            ("0.0001s", None),
            ("0.5ms", None),
            ("-1s", None),
            ("2", None),
            ("s", None),
            ("1.s", None),
            (".5s", None),
            ("1..5s", None),
            ("1e3s", None),
            ("1h", None),
            ("2 s", None),
            ("2S", None),
            ("99999999999999999999s", None),
            ("١s", None),
            ("inf", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(millis(text).ok(), expected, "{text}");
        }
    }
}
