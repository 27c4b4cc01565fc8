//! A log stream of CloudWatch Logs: one event per line of the copy.

mod batch;

use serde::{Deserialize, Serialize};

use super::remote::{Answer, Https, Refusal, Remote, Request};
use batch::Event;

/// What the platform's own driver needs as well.
const NEEDED: &str = "logs:PutLogEvents and logs:CreateLogStream on this log group";

/// Where the events go.
struct Place<'a> {
    group: &'a str,
    stream: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Put<'a> {
    log_group_name: &'a str,
    log_stream_name: &'a str,
    log_events: &'a [Event<'a>],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Create<'a> {
    log_group_name: &'a str,
    log_stream_name: &'a str,
}

/// A success may still have refused events.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Taken {
    rejected_log_events_info: Option<Rejected>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Rejected {
    /// The first that is too new.
    too_new_log_event_start_index: Option<usize>,
    /// The one after the last that is too old.
    too_old_log_event_end_index: Option<usize>,
    /// The one after the last that the group no longer keeps.
    expired_log_event_end_index: Option<usize>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "__type")]
    kind: String,
    #[serde(alias = "Message")]
    message: Option<String>,
}

/// Why a call was of no use.
enum Failed {
    /// There was no answer, or no request could be made.
    Unanswered(String),
    Refused(Refusal),
}

/// Write every line, in as many batches as that takes. The stream is made when it is missing, the group never.
pub(super) async fn write<H: Https>(
    remote: &Remote<H>,
    group: &str,
    stream: Option<&str>,
    copy: &str,
) -> Result<(), String> {
    let own = format!("vpcprobe/{}", remote.run_id);
    let place = Place { group, stream: stream.unwrap_or(&own) };
    let events = batch::events(copy, remote.at);
    let mut refused = 0;
    for batch in batch::batches(&events) {
        refused += put(remote, &place, batch).await.map_err(|why| place.failed(&why))?;
    }
    if refused == 0 {
        return Ok(());
    }
    let told = format!("{refused} of {} events were rejected as too old or too new; is the clock right?", events.len());
    Err(place.failed(&told))
}

/// Put one batch, and tell how many of its events were rejected.
async fn put<H: Https>(remote: &Remote<H>, place: &Place<'_>, events: &[Event<'_>]) -> Result<usize, String> {
    let body = Put { log_group_name: place.group, log_stream_name: place.stream, log_events: events };
    let told = |failed| told(failed, NEEDED);
    let answer = match call(remote, "PutLogEvents", &body).await {
        Err(Failed::Refused(refusal)) if refusal.code == "ResourceNotFoundException" => {
            create(remote, place).await?;
            call(remote, "PutLogEvents", &body).await.map_err(told)?
        }
        done => done.map_err(told)?,
    };
    // A page of something on the way is a success too, and nothing is kept by it.
    let body = if answer.body.trim().is_empty() { "{}" } else { &answer.body };
    let taken: Taken = serde_json::from_str(body)
        .map_err(|_| "PutLogEvents is answered by something that is not CloudWatch Logs: no JSON".to_owned())?;
    Ok(taken.rejected_log_events_info.map_or(0, |rejected| rejected.count(events.len())))
}

/// Make the stream, unless somebody else just did.
async fn create<H: Https>(remote: &Remote<H>, place: &Place<'_>) -> Result<(), String> {
    let body = Create { log_group_name: place.group, log_stream_name: place.stream };
    match call(remote, "CreateLogStream", &body).await {
        Ok(_) => Ok(()),
        Err(Failed::Refused(refusal)) if refusal.code == "ResourceAlreadyExistsException" => Ok(()),
        Err(Failed::Refused(refusal)) if refusal.code == "ResourceNotFoundException" => Err(format!(
            "there is no such log group in {region}; aws logs create-log-group --region {region} --log-group-name {}",
            place.group,
            region = remote.region
        )),
        Err(failed) => Err(told(failed, NEEDED)),
    }
}

async fn call<H: Https>(remote: &Remote<H>, operation: &str, body: &impl Serialize) -> Result<Answer, Failed> {
    let body = serde_json::to_vec(body).map_err(|_| Failed::Unanswered("the events are no JSON".to_owned()))?;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let request = Request {
        method: "POST",
        host: remote.logs_host.clone(),
        path_and_query: "/".to_owned(),
        headers: vec![
            header("content-type", "application/x-amz-json-1.1"),
            header("x-amz-target", &format!("Logs_20140328.{operation}")),
        ],
        body,
    };
    let answer = remote.call("logs", request).await.map_err(Failed::Unanswered)?;
    if answer.is_success() { Ok(answer) } else { Err(Failed::Refused(refusal(remote, &answer))) }
}

fn refusal<H: Https>(remote: &Remote<H>, answer: &Answer) -> Refusal {
    let said: Option<Said> = serde_json::from_str(&answer.body).ok();
    // With the service's name space before it, in some answers.
    let code = said.as_ref().map(|said| said.kind.rsplit('#').next().unwrap_or(&said.kind));
    remote.refused(answer, code, said.as_ref().and_then(|said| said.message.as_deref()))
}

fn told(failed: Failed, needed: &str) -> String {
    match failed {
        Failed::Unanswered(why) => why,
        Failed::Refused(refusal) => refusal.told(needed),
    }
}

impl Place<'_> {
    fn failed(&self, why: &str) -> String {
        format!("write to log group {}, stream {}: {why}", self.group, self.stream)
    }
}

impl Rejected {
    fn count(&self, of: usize) -> usize {
        let after = self.too_new_log_event_start_index.map_or(0, |first| of.saturating_sub(first));
        let before = self.too_old_log_event_end_index.max(self.expired_log_event_end_index).unwrap_or(0);
        (before + after).min(of)
    }
}

#[cfg(test)]
mod tests;
