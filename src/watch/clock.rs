//! Moments as the report tells them.

use std::time::SystemTime;

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

/// RFC 3339 in UTC, to the millisecond. A clock beyond the year 9999 is shown as the last second that RFC 3339 can say.
pub(crate) fn rfc3339(at: SystemTime) -> String {
    let whole = || {
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let ms = i128::from(u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
        OffsetDateTime::from_unix_timestamp_nanos(ms * 1_000_000).ok()?.format(&Rfc3339).ok()
    };
    whole().unwrap_or_else(|| "9999-12-31T23:59:59Z".to_owned())
}

/// A moment in few letters: the time of day, `14:03:07Z`. None where a saved report says something else.
pub(crate) fn time_of_day(at: &str) -> Option<String> {
    let time = at.get(11..19)?;
    let is_time = time.bytes().enumerate().all(|(place, byte)| match place {
        2 | 5 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    is_time.then(|| format!("{time}Z"))
}

/// So many minutes later, or earlier, to the second and in UTC. None where a saved report says something else.
pub(super) fn moved(at: &str, minutes: i64) -> Option<String> {
    let at = OffsetDateTime::parse(at, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    at.replace_nanosecond(0).ok()?.checked_add(Duration::minutes(minutes))?.format(&Rfc3339).ok()
}

/// A time that passed, as people say it: `200 ms`, `4.2 s`, `4 s`, `5 min`, `1 h 5 min`.
pub(crate) fn spoken(ms: u64) -> String {
    let s = ms / 1_000;
    match s {
        0 => format!("{ms} ms"),
        1..10 if !ms.is_multiple_of(1_000) => format!("{s}.{} s", ms % 1_000 / 100),
        1..120 => format!("{s} s"),
        120..3_600 => format!("{} min", s / 60),
        _ => format!("{} h {} min", s / 3_600, s % 3_600 / 60),
    }
}

/// `1 round`, `60 rounds`.
pub fn rounds(count: u64) -> String {
    format!("{count} round{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_start_is_told_to_the_millisecond_whatever_the_clock_says() {
        let at = |ms| SystemTime::UNIX_EPOCH + Duration::from_millis(ms);
        let table = [
            (at(0), "1970-01-01T00:00:00Z"),
            (at(1_750_000_000_123), "2025-06-15T15:06:40.123Z"),
            (at(999_999_999_999_999), "9999-12-31T23:59:59Z"),
            (SystemTime::UNIX_EPOCH - Duration::from_secs(5), "1970-01-01T00:00:00Z"),
        ];
        for (at, expected) in table {
            assert_eq!(rfc3339(at), expected);
        }
    }

    #[test]
    fn a_time_of_day_is_taken_only_from_a_moment() {
        let table = [
            ("2026-11-21T14:03:07.123Z", Some("14:03:07Z")),
            ("2026-11-21T14:03:07Z", Some("14:03:07Z")),
            ("2026-11-21T14:03", None),
            ("2026-11-21T<b>x</b>", None),
            ("2026-11-2\u{e9}T14:03:07Z", None),
            ("", None),
        ];
        for (at, expected) in table {
            assert_eq!(time_of_day(at).as_deref(), expected, "{at}");
        }
    }

    #[test]
    fn a_moment_is_moved_only_where_it_is_one() {
        let table = [
            ("2026-11-21T14:03:07.123Z", -15, Some("2026-11-21T13:48:07Z")),
            ("2026-11-21T23:59:00+01:00", 5, Some("2026-11-21T23:04:00Z")),
            ("9999-12-31T23:59:59Z", 5, None),
            ("2026-11-21T14:03:07Z; rm -rf /", 5, None),
        ];
        for (at, minutes, expected) in table {
            assert_eq!(moved(at, minutes).as_deref(), expected, "{at}");
        }
    }

    #[test]
    fn a_time_that_passed_is_said_roughly() {
        let table = [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1 s"),
            (4_250, "4.2 s"),
            (61_900, "61 s"),
            (300_000, "5 min"),
            (3_900_000, "1 h 5 min"),
        ];
        for (ms, expected) in table {
            assert_eq!(spoken(ms), expected);
        }
    }
}
