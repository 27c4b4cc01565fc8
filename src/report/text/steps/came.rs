//! What a request of a step came to.

use super::super::cells::failed;
use super::super::units::bytes;
use crate::inputs::Platform;
use crate::observation::{
    Held, Observation, Outcome, Part, Response, Seen, StepPart, Told, Transfer, TransferEnd, Why,
};

/// Who was asked, and by whom.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What the image must be for.
    pub platform: &'a Platform,
    /// Whether nothing was to be written and no value fetched.
    pub read_only: bool,
    /// The host of the step, where an observation names no other.
    pub host: &'a str,
}

/// What a request, or several together, came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Came {
    /// What was asked for.
    Good,
    /// Something else, in words, and who says what to that.
    Bad(String, Option<String>),
    /// A look in place of the real request was denied, which says nothing of the real one.
    Unproved(String, Option<String>),
    /// It was not made.
    Not(Why),
}

/// What the requests of a step come to together: the first that went wrong, else the first that was not made, where that
/// was not asked for.
pub(super) fn together(seen: &[&Observation], asked: Asked<'_>) -> Came {
    let all: Vec<_> = requests(seen).into_iter().map(|tries| best(&tries, asked)).collect();
    let first = |wanted: fn(&Came) -> bool| all.iter().find(|came| wanted(came)).cloned();
    first(|came| matches!(came, Came::Bad(..)))
        .or_else(|| first(|came| matches!(came, Came::Unproved(..))))
        .or_else(|| first(|came| matches!(came, Came::Not(why) if *why != Why::NotAsked)))
        .or_else(|| first(|came| *came == Came::Good))
        .or_else(|| all.first().cloned())
        .unwrap_or(Came::Not(Why::BelowFailed))
}

/// The tries of each request: over several addresses, or a second time.
fn requests<'a>(seen: &[&'a Observation]) -> Vec<Vec<&'a Observation>> {
    let mut requests: Vec<Vec<&Observation>> = Vec::new();
    for observation in seen {
        match requests.iter_mut().find(|tries| tries[0].step == observation.step) {
            Some(tries) => tries.push(observation),
            None => requests.push(vec![observation]),
        }
    }
    requests
}

/// A try that went well mends the others; else the last one counts. A connection opened for it is no answer yet.
fn best(tries: &[&Observation], asked: Asked<'_>) -> Came {
    let all = tries.iter().filter_map(|seen| of(seen, asked));
    let rank = |came: &Came| match came {
        Came::Good => 2,
        Came::Bad(..) | Came::Unproved(..) => 1,
        Came::Not(_) => 0,
    };
    all.max_by_key(rank).unwrap_or(Came::Not(Why::BelowFailed))
}

fn of(observation: &Observation, asked: Asked<'_>) -> Option<Came> {
    let part = observation.step.as_ref().map(|step| step.part);
    let (what, said) = match &observation.outcome {
        Outcome::NotTried { why } => return Some(Came::Not(*why)),
        Outcome::Failed { fault, .. } => (Some(failed(fault).to_owned()), None),
        Outcome::Saw { seen: Seen::Response(response) } => {
            (wrong(observation.step.as_ref(), response, asked.platform), said(observation, response, asked.host))
        }
        Outcome::Saw { seen: Seen::Answer(_) | Seen::Connection(_) | Seen::Handshake(_) } => return None,
    };
    let is_look = matches!(part, Some(Part::DescribeSecret | Part::DescribeParameters | Part::DescribeLogStreams));
    Some(match what {
        None => Came::Good,
        Some(what) if is_look && what.starts_with(DENIED) => {
            Came::Unproved(format!("unproved: looking is {what}"), said)
        }
        Some(what) => Came::Bad(format!("{}{what}", part.map(prefix).unwrap_or_default()), said),
    })
}

/// Who refused, and in which words.
fn said(observation: &Observation, response: &Response, host: &str) -> Option<String> {
    let message = &response.told.as_ref().filter(|told| !told.message.is_empty())?.message;
    let host = observation.step.as_ref().and_then(|step| step.host.as_deref()).unwrap_or(host);
    Some(format!("{host} says: {message}"))
}

/// Names the request where a step makes several and the words alone do not tell which.
fn prefix(part: Part) -> &'static str {
    match part {
        Part::Ping => "/v2/: ",
        Part::RegistryToken => "token: ",
        Part::PutLogEvents => "stream created, but the event: ",
        Part::ConfigBlob | Part::Config => "configuration: ",
        Part::GetCallerIdentity
        | Part::GetSecretValue
        | Part::GetParameters
        | Part::DescribeSecret
        | Part::DescribeParameters
        | Part::DescribeLogStreams
        | Part::HeadObject
        | Part::GetAuthorizationToken
        | Part::CreateLogStream
        | Part::ManifestHead
        | Part::Manifest
        | Part::LayerBlob
        | Part::Layer => "",
    }
}

/// What is wrong with an answer, in a few words; none where nothing is.
fn wrong(step: Option<&StepPart>, response: &Response, platform: &Platform) -> Option<String> {
    let Response { status, told, held, .. } = response;
    let is_challenge = *status == 401 && step.is_some_and(|step| step.part == Part::Ping);
    match held {
        Some(Held::Unusable { why }) => Some(format!("unusable: {why}")),
        Some(Held::Index { chosen: None, .. }) => Some(format!("no entry for {platform}")),
        Some(Held::Secret { has_key: Some(false) }) => Some("fetched, but it has no such key".to_owned()),
        Some(Held::Listed { found: false }) => Some("not there".to_owned()),
        Some(Held::Transfer(transfer)) => broken(step.and_then(|step| step.about.as_deref()), transfer),
        Some(Held::Redirect { .. }) => None,
        Some(
            Held::Identity { .. }
            | Held::Token
            | Held::Secret { .. }
            | Held::Listed { .. }
            | Held::Manifest { .. }
            | Held::Index { .. },
        )
        | None => {
            let is_good = is_challenge || (200..300).contains(status) && told.is_none();
            (!is_good).then(|| refusal(*status, told.as_ref()))
        }
    }
}

const DENIED: &str = "denied";

/// A denial is called so, whatever status it has; other answers by status and code.
fn refusal(status: u16, told: Option<&Told>) -> String {
    let code = told.map(|told| told.code.as_str()).unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or(code);
    let lower = code.to_ascii_lowercase();
    match code {
        "" if matches!(status, 401 | 403) => format!("{DENIED} ({status})"),
        "" => status.to_string(),
        _ if lower.contains("denied") || lower.contains("unauthorized") => format!("{DENIED} ({code})"),
        // AWS answers so for parameters that do not exist.
        _ if status == 200 => code.to_owned(),
        _ => format!("{status} {code}"),
    }
}

/// What is wrong with a blob's bytes.
fn broken(about: Option<&str>, transfer: &Transfer) -> Option<String> {
    let Transfer { wanted_bytes, bytes: came, blob_bytes, said_bytes, end, digest, .. } = transfer;
    let differs = digest.as_deref().zip(about).is_some_and(|(digest, about)| digest != about);
    match (end, said_bytes) {
        (TransferEnd::Stalled, _) => Some(format!("stalled after {} of {}", bytes(*came), bytes(*wanted_bytes))),
        (TransferEnd::Broken, _) => Some(format!("broke off after {} of {}", bytes(*came), bytes(*wanted_bytes))),
        (TransferEnd::Whole, Some(said)) if said != blob_bytes => {
            Some(format!("{said} bytes, and the manifest says {blob_bytes}"))
        }
        (TransferEnd::Whole, _) if differs => Some("its digest differs".to_owned()),
        (TransferEnd::Whole, _) if came < wanted_bytes => {
            Some(format!("ended after {} of {}", bytes(*came), bytes(*wanted_bytes)))
        }
        (TransferEnd::Whole, _) => None,
    }
}

/// Why something was not tried, in words.
pub(super) fn not_tried(why: Why, asked: Asked<'_>) -> &'static str {
    match why {
        Why::BelowFailed => "not tried: something before it failed",
        Why::NoAddress => "not tried: its host has no address",
        Why::Deadline => "not tried: no time left",
        Why::Signal => "not tried: the run was stopped",
        Why::TooMany => "not tried: too many",
        Why::NoSocket => "not tried: no socket",
        Why::OurFault => "not tried: a bug of vpcprobe",
        Why::NoCredentials => "not tried: no credentials",
        Why::Untrusted => "not tried: the certificate does not verify",
        Why::NotAsked if asked.read_only => "left out (--read-only)",
        Why::NotAsked => "left out (--layers none)",
        Why::OtherRound => "left out: only the first round and the last replay the start",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Connection, Fault, ObservationId, Rung};
    use crate::plan::CheckId;

    fn seen(part: Part, rung: Rung, outcome: Outcome) -> Observation {
        let about = Some("sha256:aa".to_owned());
        Observation {
            id: ObservationId("o1".to_owned()),
            check: CheckId("layers:app".to_owned()),
            rung,
            attempt: 1,
            resolver: None,
            question: None,
            step: Some(StepPart { part, about, hop: 0, host: None }),
            peer: None,
            variation: vec![],
            at_ms: 0,
            took_ms: 1,
            outcome,
        }
    }

    fn response(status: u16, code: Option<&str>, held: Option<Held>) -> Outcome {
        let told = code.map(|code| Told { code: code.to_owned(), message: String::new() });
        let response = Response { status, told, held, ..Response::default() };
        Outcome::Saw { seen: Seen::Response(Box::new(response)) }
    }

    fn transfer(end: TransferEnd, change: impl Fn(&mut Transfer)) -> Outcome {
        let mut transfer =
            Transfer { wanted_bytes: 2_000, bytes: 2_000, blob_bytes: 2_000, end, ..Transfer::default() };
        change(&mut transfer);
        response(200, None, Some(Held::Transfer(transfer)))
    }

    fn words(seen: &[Observation]) -> String {
        let asked = Asked { platform: &Platform::default(), read_only: false, host: "a.example" };
        match together(&seen.iter().collect::<Vec<_>>(), asked) {
            Came::Good => "good".to_owned(),
            Came::Bad(words, _) | Came::Unproved(words, _) => words,
            Came::Not(why) => not_tried(why, asked).to_owned(),
        }
    }

    #[test]
    fn an_answer_is_told_in_a_few_words() {
        let index = Held::Index { media_type: String::new(), digest: String::new(), platforms: vec![], chosen: None };
        let table = [
            (Part::Ping, response(401, None, None), "good"),
            (Part::Ping, response(503, None, None), "/v2/: 503"),
            (Part::LayerBlob, response(401, None, None), "denied (401)"),
            (
                Part::GetSecretValue,
                response(400, Some("AccessDeniedException"), None),
                "denied (AccessDeniedException)",
            ),
            (Part::ManifestHead, response(404, Some("MANIFEST_UNKNOWN"), None), "404 MANIFEST_UNKNOWN"),
            (Part::RegistryToken, response(401, Some("UNAUTHORIZED"), None), "token: denied (UNAUTHORIZED)"),
            (Part::GetParameters, response(200, Some("InvalidParameters"), None), "InvalidParameters"),
            (
                Part::DescribeSecret,
                response(400, Some("AccessDenied"), None),
                "unproved: looking is denied (AccessDenied)",
            ),
            (Part::DescribeSecret, response(400, Some("NotThere"), None), "400 NotThere"),
            (
                Part::GetSecretValue,
                response(200, None, Some(Held::Secret { has_key: Some(false) })),
                "fetched, but it has no such key",
            ),
            (Part::Manifest, response(200, None, Some(index)), "no entry for linux/amd64"),
            (Part::Layer, transfer(TransferEnd::Whole, |_| ()), "good"),
            (Part::Layer, transfer(TransferEnd::Stalled, |transfer| transfer.bytes = 7), "stalled after 7 B of 2 kB"),
            (Part::Layer, transfer(TransferEnd::Broken, |transfer| transfer.bytes = 7), "broke off after 7 B of 2 kB"),
            (Part::Layer, transfer(TransferEnd::Whole, |transfer| transfer.bytes = 7), "ended after 7 B of 2 kB"),
            (
                Part::Layer,
                transfer(TransferEnd::Whole, |transfer| transfer.said_bytes = Some(9)),
                "9 bytes, and the manifest says 2000",
            ),
            (
                Part::Layer,
                transfer(TransferEnd::Whole, |transfer| transfer.digest = Some("sha256:bb".to_owned())),
                "its digest differs",
            ),
            (Part::Layer, Outcome::NotTried { why: Why::NoCredentials }, "not tried: no credentials"),
        ];
        for (part, outcome, expected) in table {
            let shown = format!("{part:?} {outcome:?}");
            assert_eq!(words(&[seen(part, Rung::Exchange, outcome)]), expected, "{shown}");
        }
    }

    #[test]
    fn a_connection_opened_for_a_request_is_no_answer_to_it() {
        let connected =
            || seen(Part::Layer, Rung::Connect, Outcome::Saw { seen: Seen::Connection(Connection { local: None }) });
        let failed = |rung| seen(Part::Layer, rung, Outcome::Failed { fault: Fault::Closed, handshake: None });
        let good = || seen(Part::Layer, Rung::Exchange, response(200, None, None));
        let not = |why| seen(Part::Layer, Rung::Exchange, Outcome::NotTried { why });
        let table = [
            (vec![connected(), failed(Rung::Exchange)], "closed"),
            (vec![failed(Rung::Exchange), connected(), good()], "good"),
            (vec![failed(Rung::Connect), not(Why::BelowFailed)], "closed"),
            (vec![connected(), not(Why::Untrusted)], "not tried: the certificate does not verify"),
        ];
        for (seen, expected) in table {
            assert_eq!(words(&seen), expected, "{seen:?}");
        }
    }
}
