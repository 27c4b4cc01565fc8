//! Lines to events, and events to batches that one call takes.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// Bytes that each event counts beside its own.
const OVERHEAD: usize = 26;
/// Bytes of an event: 256 KiB less the overhead, as everything that reads log events is made for.
const MOST_EVENT: usize = 256 * 1024 - OVERHEAD;
/// Bytes of a batch, overheads and all.
const MOST_BATCH: usize = 1_048_576;
/// Events of a batch.
const MOST_EVENTS: usize = 10_000;

/// One line of a copy.
#[derive(Debug, Serialize)]
pub(super) struct Event<'a> {
    timestamp: u64,
    message: &'a str,
}

/// An event per line, a millisecond apart: events of one moment may be shown in any order.
pub(super) fn events(copy: &str, at: SystemTime) -> Vec<Event<'_>> {
    let start = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let start = u64::try_from(start).unwrap_or_default();
    (start..).zip(copy.lines().flat_map(pieces)).map(|(timestamp, message)| Event { timestamp, message }).collect()
}

/// A line as events can hold it: no event may be empty, and a long line takes several.
fn pieces(line: &str) -> Vec<&str> {
    if line.is_empty() {
        return vec![" "];
    }
    let mut pieces = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(MOST_EVENT));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// In the order given, each batch as large as a call may be.
pub(super) fn batches<'a>(events: &'a [Event<'a>]) -> Vec<&'a [Event<'a>]> {
    let mut batches = Vec::new();
    let (mut begin, mut bytes) = (0, 0);
    for (index, event) in events.iter().enumerate() {
        let size = event.message.len() + OVERHEAD;
        if bytes + size > MOST_BATCH || index - begin == MOST_EVENTS {
            batches.push(&events[begin..index]);
            (begin, bytes) = (index, 0);
        }
        bytes += size;
    }
    if begin < events.len() {
        batches.push(&events[begin..]);
    }
    batches
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn messages(copy: &str) -> Vec<&str> {
        events(copy, UNIX_EPOCH).into_iter().map(|event| event.message).collect()
    }

    #[test]
    fn a_line_is_an_event_and_none_is_empty() {
        assert_eq!(messages("a\n\nb c\r\n"), ["a", " ", "b c"]);
        assert_eq!(messages(""), [""; 0]);
    }

    #[test]
    fn events_follow_each_other_by_the_millisecond() {
        let events = events("a\nb\nc", UNIX_EPOCH + Duration::from_micros(1_795_257_000_123_456));
        let times: Vec<u64> = events.iter().map(|event| event.timestamp).collect();
        assert_eq!(times, [1_795_257_000_123, 1_795_257_000_124, 1_795_257_000_125]);
    }

    #[test]
    fn a_long_line_is_split_between_characters_and_loses_nothing() {
        for unit in ["a", "ü", "日", "🦀"] {
            let line = unit.repeat(3 * MOST_EVENT / unit.len() + 1);
            let pieces = pieces(&line);
            assert_eq!(pieces.concat(), line);
            assert_eq!(pieces.len(), 4, "{unit}");
            assert!(
                pieces[..3].iter().all(|piece| piece.len() > MOST_EVENT - 4 && piece.len() <= MOST_EVENT),
                "{unit}"
            );
        }
        assert_eq!(pieces(&"a".repeat(MOST_EVENT)).len(), 1);
    }

    #[test]
    fn a_batch_is_as_large_as_a_call_may_be() {
        // Bytes of each message, how many of them, and how many events each batch has.
        let table: &[(usize, usize, &[usize])] = &[
            (1, 0, &[]),
            (1, 1, &[1]),
            (1, 10_000, &[10_000]),
            (1, 10_001, &[10_000, 1]),
            (1, 25_000, &[10_000, 10_000, 5_000]),
            (MOST_EVENT, 4, &[4]),
            (MOST_EVENT, 9, &[4, 4, 1]),
            (1_000 - OVERHEAD, 1_049, &[1_048, 1]),
            (1_024 - OVERHEAD, 1_024, &[1_024]),
            (1_024 - OVERHEAD, 1_025, &[1_024, 1]),
        ];
        for (bytes, count, expected) in table {
            let copy = format!("{}\n", "x".repeat(*bytes)).repeat(*count);
            let events = events(&copy, UNIX_EPOCH);
            let batches = batches(&events);
            let sizes: Vec<usize> = batches.iter().map(|batch| batch.len()).collect();
            assert_eq!(sizes, *expected, "{count} of {bytes} bytes");
            let times: Vec<u64> = batches.iter().flat_map(|batch| batch.iter().map(|event| event.timestamp)).collect();
            assert!(times.is_sorted() && times.len() == *count);
        }
    }
}
