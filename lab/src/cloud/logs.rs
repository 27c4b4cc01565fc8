//! CloudWatch Logs: groups, streams, and the limits of a batch.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::api::{Answer, error, text};
use super::call::Call;
use super::{Cloud, clock};
use crate::catalog;
use crate::scenario::{Act, Refusal};

/// Counted with each event.
const OVERHEAD: usize = 26;
/// The most bytes of a batch, and of an event.
const MOST_BYTES: usize = 1_048_576;
/// The most events of a batch.
const MOST_EVENTS: usize = 10_000;

const HOUR: i64 = 3_600_000;

/// The names of a group's streams.
pub type Group = BTreeSet<String>;

/// Groups by region and name.
pub type Groups = BTreeMap<(String, String), Group>;

/// An event that was taken.
#[derive(Clone, Debug, Serialize)]
pub struct LogEvent {
    /// The group.
    pub group: String,
    /// The stream.
    pub stream: String,
    /// Milliseconds since 1970, as the client said.
    pub timestamp: i64,
    /// Its text.
    pub message: String,
}

struct Event {
    timestamp: i64,
    message: String,
}

impl Event {
    fn of(&self, group: &str, stream: &str) -> LogEvent {
        let (group, stream) = (group.to_owned(), stream.to_owned());
        LogEvent { group, stream, timestamp: self.timestamp, message: self.message.clone() }
    }
}

fn no_group<T>() -> Result<T, Refusal> {
    error("ResourceNotFoundException", "The specified log group does not exist.")
}

fn key(call: &Call, body: &Value) -> (String, String) {
    (call.region.clone(), text(body, "logGroupName").to_owned())
}

impl Cloud {
    pub(super) fn create_log_group(&self, call: &Call, body: &Value) -> Answer {
        let mut state = self.state();
        if state.groups.contains_key(&key(call, body)) {
            return error("ResourceAlreadyExistsException", "The specified log group already exists");
        }
        state.groups.insert(key(call, body), Group::new());
        Ok(Value::Null)
    }

    pub(super) fn create_log_stream(&self, call: &Call, body: &Value) -> Answer {
        let name = text(body, "logStreamName");
        if name.is_empty() || name.len() > 512 || name.contains([':', '*']) {
            let message = format!(
                "1 validation error detected: Value '{name}' at 'logStreamName' failed to satisfy constraint: Member must \
                 satisfy regular expression pattern: [^:*]*"
            );
            return error("InvalidParameterException", &message);
        }
        let mut state = self.state();
        let Some(group) = state.groups.get_mut(&key(call, body)) else {
            return no_group();
        };
        if !group.insert(name.to_owned()) {
            return error("ResourceAlreadyExistsException", "The specified log stream already exists");
        }
        Ok(Value::Null)
    }

    pub(super) fn put_log_events(&self, call: &Call, body: &Value) -> Answer {
        let mut state = self.state();
        let (group, stream) = (text(body, "logGroupName"), text(body, "logStreamName"));
        let Some(streams) = state.groups.get(&key(call, body)) else {
            return no_group();
        };
        if !streams.contains(stream) {
            return error("ResourceNotFoundException", "The specified log stream does not exist.");
        }
        let events = events(body)?;
        let now = i64::try_from(clock::epoch(call.now) * 1000).unwrap_or(i64::MAX);
        let limit = call.acts.iter().find_map(|act| if let Act::RejectedLogEvents(n) = act { Some(*n) } else { None });
        let rejected = limit.map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX).min(events.len()));
        let old = events.iter().take_while(|event| event.timestamp < now - 14 * 24 * HOUR).count().max(rejected);
        let new = events.iter().position(|event| event.timestamp > now + 2 * HOUR).unwrap_or(events.len());
        let taken = events[old.min(new)..new].iter();
        state.events.extend(taken.map(|event| event.of(group, stream)));
        let mut answer = json!({ "nextSequenceToken": "49650000000000000000000000000000000000000000000000000000" });
        if old > 0 {
            answer["rejectedLogEventsInfo"]["tooOldLogEventEndIndex"] = json!(old);
        }
        if new < events.len() {
            answer["rejectedLogEventsInfo"]["tooNewLogEventStartIndex"] = json!(new);
        }
        Ok(answer)
    }

    #[expect(clippy::unnecessary_wraps, reason = "a row of the table of operations")]
    pub(super) fn describe_log_groups(&self, call: &Call, body: &Value) -> Answer {
        let state = self.state();
        let prefix = text(body, "logGroupNamePrefix");
        let here = state.groups.keys().filter(|(region, name)| *region == call.region && name.starts_with(prefix));
        let partition = catalog::partition(&call.region).id;
        let groups = here.map(|(region, name)| {
            let arn = format!("arn:{partition}:logs:{region}:{}:log-group:{name}:*", self.account);
            json!({ "logGroupName": name, "arn": arn, "creationTime": 1_793_491_200_000_i64, "storedBytes": 0 })
        });
        Ok(json!({ "logGroups": groups.collect::<Vec<_>>() }))
    }

    pub(super) fn describe_log_streams(&self, call: &Call, body: &Value) -> Answer {
        let state = self.state();
        let Some(group) = state.groups.get(&key(call, body)) else {
            return no_group();
        };
        let prefix = text(body, "logStreamNamePrefix");
        let streams = group.iter().filter(|name| name.starts_with(prefix));
        let streams = streams.map(|name| json!({ "logStreamName": name, "creationTime": 1_793_491_200_000_i64 }));
        Ok(json!({ "logStreams": streams.collect::<Vec<_>>() }))
    }
}

/// The events of a batch, or what is wrong with it.
fn events(body: &Value) -> Result<Vec<Event>, Refusal> {
    let given = body.get("logEvents").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let wrong = |message: String| error("InvalidParameterException", &message);
    if given.is_empty() || given.len() > MOST_EVENTS {
        let edge = if given.is_empty() { "greater than or equal to 1" } else { "less than or equal to 10000" };
        return wrong(format!(
            "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length {edge}"
        ));
    }
    let read = |event: &Value| {
        let message = text(event, "message").to_owned();
        Some(Event { timestamp: event.get("timestamp")?.as_i64()?, message }).filter(|event| !event.message.is_empty())
    };
    let Some(events) = given.iter().map(read).collect::<Option<Vec<Event>>>() else {
        return wrong("1 validation error detected: an event lacks its timestamp or its message".to_owned());
    };
    let sizes = events.iter().map(|event| event.message.len() + OVERHEAD);
    if let Some(size) = sizes.clone().find(|size| *size > MOST_BYTES) {
        return wrong(format!("Log event too large: {size} bytes exceeds limit of {MOST_BYTES}"));
    }
    let size: usize = sizes.sum();
    if size > MOST_BYTES {
        return wrong(format!("Upload too large: {size} bytes exceeds limit of {MOST_BYTES}"));
    }
    if events.windows(2).any(|pair| pair[0].timestamp > pair[1].timestamp) {
        return wrong("Log events in a single PutLogEvents request must be in chronological order.".to_owned());
    }
    let span = events.last().map_or(0, |last| last.timestamp - events[0].timestamp);
    if span > 24 * HOUR {
        return wrong(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.".to_owned(),
        );
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(events: &[(i64, usize)]) -> Value {
        let events = events.iter().map(|(at, length)| json!({ "timestamp": at, "message": "x".repeat(*length) }));
        json!({ "logEvents": events.collect::<Vec<_>>() })
    }

    #[test]
    fn a_batch_is_held_to_its_limits() {
        let full = MOST_BYTES - OVERHEAD;
        let table = [
            (batch(&[(1, 5), (1, 5), (2, 5)]), None),
            (batch(&[(1, full)]), None),
            (batch(&[]), Some("Member must have length greater")),
            (batch(&vec![(1, 1); 10_001]), Some("less than or equal to 10000")),
            (batch(&[(1, full + 1)]), Some("Log event too large: 1048577 bytes")),
            (batch(&[(1, full), (1, 1)]), Some("Upload too large: 1048603 bytes")),
            (batch(&[(2, 1), (1, 1)]), Some("chronological order")),
            (batch(&[(0, 1), (24 * HOUR + 1, 1)]), Some("more than 24 hours")),
            (batch(&[(1, 0)]), Some("lacks")),
        ];
        for (body, expected) in table {
            let said = events(&body).err().map(|refusal| refusal.message).unwrap_or_default();
            assert_eq!(said.is_empty(), expected.is_none(), "{said}");
            assert!(said.contains(expected.unwrap_or_default()), "{said}");
        }
    }
}
