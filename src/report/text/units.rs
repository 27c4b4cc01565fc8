//! Sizes, rates and times as people read them.

use super::cells::time;

/// A size in powers of a thousand, as disks and registries count.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.into_iter().find(|(unit, _)| bytes >= *unit) {
        None => format!("{bytes} B"),
        Some((unit, name)) if bytes < unit * 10 && !bytes.is_multiple_of(unit) => {
            format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10))
        }
        Some((unit, name)) => format!("{} {name}", bytes / unit),
    }
}

/// A rate.
pub(super) fn rate(bytes_per_s: u64) -> String {
    format!("{}/s", bytes(bytes_per_s))
}

/// A time that may be long.
pub(crate) fn duration(ms: u64) -> String {
    match ms / 1_000 {
        0..10 => time(ms),
        s @ 10..100 => format!("{s}.{} s", ms % 1_000 / 100),
        s => about(s * 1_000),
    }
}

/// A time that is only known roughly.
pub(super) fn about(ms: u64) -> String {
    let s = ms.saturating_add(500) / 1_000;
    match s {
        0..10 => time(ms),
        10..120 => format!("{s} s"),
        120..7_200 => format!("{} min", s / 60),
        7_200.. => format!("{} h", s / 3_600),
    }
}

/// The word, with an `s` unless there is one.
pub(crate) fn plural(count: impl TryInto<u64>, word: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    if count == 1 { format!("{count} {word}") } else { format!("{count} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_two_digits_at_least_and_one_unit() {
        let table = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (1_250, "1.2 kB"),
            (9_990_000, "9.9 MB"),
            (10_485_760, "10 MB"),
            (512_345_678, "512 MB"),
            (4_810_000_000, "4.8 GB"),
            (u64::MAX, "18446744 TB"),
        ];
        for (size, expected) in table {
            assert_eq!(bytes(size), expected);
        }
        assert_eq!(rate(48_200_000), "48 MB/s");
    }

    #[test]
    fn a_long_time_is_told_in_its_own_unit() {
        let table = [
            (0, "<1 ms", "<1 ms"),
            (9_400, "9.4 s", "9.4 s"),
            (14_260, "14.2 s", "14 s"),
            (10_600, "10.6 s", "11 s"),
            (119_999, "119 s", "2 min"),
            (200_000, "3 min", "3 min"),
            (7_200_000, "2 h", "2 h"),
            (u64::MAX, "5124095576030 h", "5124095576030 h"),
        ];
        for (ms, measured, estimated) in table {
            assert_eq!([duration(ms), about(ms)], [measured, estimated]);
        }
    }
}
