//! What the lab saw and kept, for whoever holds a run against what is right.

use super::Cloud;
use super::call::Call;
use super::logs::LogEvent;
use super::seen::Seen;
use crate::scenario::Expect;

impl Cloud {
    /// Notes a request, and a secret in it that is not for its host.
    pub(super) fn note(&self, call: &Call) {
        let strays = self.vault.strays(&call.request.text(), &call.host, Self::is_aws(call));
        let mut state = self.state();
        state.seen.push(Seen::of(call));
        state.strays.extend(strays.into_iter().map(|kind| format!("{kind} reached {}", call.host)));
    }

    /// Everything that came, a line each.
    pub fn requests(&self) -> Vec<String> {
        self.state().seen.iter().map(Seen::line).collect()
    }

    /// Every log event that was taken, in its order.
    pub fn log_events(&self) -> Vec<LogEvent> {
        self.state().events.clone()
    }

    /// What differs from what the scenario expects at the services.
    pub fn differences(&self, expect: &Expect) -> Vec<String> {
        let mut wrong: Vec<String> =
            self.state().strays.iter().map(|stray| format!("secret on the wire: {stray}")).collect();
        wrong.extend(self.logs_missing(expect));
        wrong.extend(self.objects_missing(expect));
        wrong.extend(self.requests_wrong(expect));
        wrong
    }

    /// Everything that was written to the services, each with its place.
    pub fn written(&self) -> Vec<(String, String)> {
        let state = self.state();
        let events = state
            .events
            .iter()
            .map(|event| (format!("log stream {} {}", event.group, event.stream), event.message.clone()));
        let objects = state.written.iter().filter_map(|place| {
            let bytes = state.objects.get(place)?;
            Some((format!("object s3://{}/{}", place.0, place.1), String::from_utf8_lossy(bytes).into_owned()))
        });
        events.chain(objects).collect()
    }

    fn logs_missing(&self, expect: &Expect) -> Vec<String> {
        let state = self.state();
        let missing = expect.log_events.iter().filter_map(|wanted| {
            let of_group = state.events.iter().filter(|event| event.group == wanted.group);
            let fitting =
                of_group.filter(|event| wanted.stream.as_deref().is_none_or(|stream| begins(stream, &event.stream)));
            let events: Vec<&String> = fitting.map(|event| &event.message).collect();
            let lacks = wanted.contains.iter().find(|text| events.iter().all(|event| !event.contains(text.as_str())));
            if events.len() < wanted.at_least {
                return Some(format!("{} log events in {}, expected {}", events.len(), wanted.group, wanted.at_least));
            }
            lacks.map(|text| format!("no log event in {} contains {text:?}", wanted.group))
        });
        missing.collect()
    }

    fn objects_missing(&self, expect: &Expect) -> Vec<String> {
        let state = self.state();
        let missing = expect.objects.iter().filter_map(|wanted| {
            let place = format!("s3://{}/{}", wanted.bucket, wanted.key);
            let found = state.written.iter().find(|(bucket, key)| *bucket == wanted.bucket && begins(&wanted.key, key));
            let Some(bytes) = found.and_then(|place| state.objects.get(place)) else {
                return Some(format!("nothing was written to {place}"));
            };
            let text = String::from_utf8_lossy(bytes);
            let lacks = wanted.contains.iter().find(|part| !text.contains(part.as_str()));
            lacks.map(|part| format!("{place} does not contain {part:?}"))
        });
        missing.collect()
    }

    fn requests_wrong(&self, expect: &Expect) -> Vec<String> {
        let state = self.state();
        let mut wrong = Vec::new();
        for wanted in &expect.requests {
            let fitting: Vec<&Seen> = state.seen.iter().filter(|seen| seen.fits(wanted)).collect();
            let least = wanted.at_least.unwrap_or(usize::from(wanted.at_most.is_none()));
            let most = wanted.at_most.unwrap_or(usize::MAX);
            if !(least..=most).contains(&fitting.len()) {
                let lines: Vec<String> = fitting.iter().map(|seen| seen.line()).collect();
                wrong.push(format!("{} requests fit {wanted:?}: {lines:?}", fitting.len()));
            }
        }
        if expect.reads_only {
            let more = state.seen.iter().filter(|seen| seen.is_more_than_a_look());
            wrong.extend(more.map(|seen| format!("more than a read: {}", seen.line())));
        }
        wrong
    }
}

/// Whether a name is the one wanted, or begins with it where it ends in `*`.
fn begins(wanted: &str, name: &str) -> bool {
    wanted.strip_suffix('*').map_or(wanted == name, |start| name.starts_with(start))
}
