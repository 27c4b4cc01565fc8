//! Time as AWS writes it.

use std::time::{Duration, SystemTime};

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// `20261121T041500Z`.
pub fn basic(at: SystemTime) -> String {
    let at = OffsetDateTime::from(at);
    let (hour, minute, second) = at.to_hms();
    format!("{}T{hour:02}{minute:02}{second:02}Z", day(at))
}

fn day(at: OffsetDateTime) -> String {
    format!("{:04}{:02}{:02}", at.year(), u8::from(at.month()), at.day())
}

/// `2026-11-21T04:15:00Z`.
pub fn extended(at: SystemTime) -> String {
    let text = basic(at);
    let part = |from: usize, to: usize| &text[from..to];
    format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(9, 11), part(11, 13), part(13, 15))
}

/// Reads `20261121T041500Z`.
pub fn parse(text: &str) -> Option<SystemTime> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    let year = text.get(0..4)?.parse().ok()?;
    let date = Date::from_calendar_date(year, Month::try_from(number(4, 6)?).ok()?, number(6, 8)?).ok()?;
    let time = Time::from_hms(number(9, 11)?, number(11, 13)?, number(13, 15)?).ok()?;
    (text.len() == 16).then(|| PrimitiveDateTime::new(date, time).assume_utc().into())
}

/// Seconds since 1970.
pub fn epoch(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// How far one moment is from another, and whether it is behind.
pub fn off(at: SystemTime, now: SystemTime) -> (Duration, bool) {
    now.duration_since(at).map_or_else(|ahead| (ahead.duration(), false), |behind| (behind, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_and_read_again() {
        let at = parse("20260822T151705Z").unwrap();
        assert_eq!(epoch(at), 1_787_411_825);
        assert_eq!(basic(at), "20260822T151705Z");
        assert_eq!(extended(at), "2026-08-22T15:17:05Z");
        assert_eq!(parse("20261322T151705Z"), None);
        assert_eq!(parse("now"), None);
    }
}
