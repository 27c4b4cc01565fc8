//! Whose credentials the run held, beside those that the platform uses.

use super::cells::failed;
use crate::observation::{Outcome, Seen};
use crate::plan::CheckId;
use crate::report::Report;

/// One sentence where anything was replayed or the identity is known; none else.
pub(crate) fn of(report: &Report) -> Option<String> {
    let is_replay = report.observations.iter().any(|seen| seen.step.is_some());
    let role = report.inputs.task_definition.as_ref().and_then(|task| task.execution_role.as_deref());
    match (&report.vantage.identity_arn, report.vantage.credentials.as_deref()) {
        (Some(arn), _) if role.is_some_and(|role| is_session_of(arn, role)) => {
            Some(format!("{arn} (this is the execution role that the platform uses)"))
        }
        (Some(arn), _) => Some(format!("{arn} ({})", platforms(role))),
        (None, _) if !is_replay => None,
        (None, Some(from)) => {
            Some(format!("{}, whose they are is not known{}; {}", place(from), why(report), platforms(role)))
        }
        (None, None) => Some(format!("nobody: no credentials were found, so nothing is signed ({})", platforms(role))),
    }
}

fn platforms(role: Option<&str>) -> String {
    match role {
        Some(role) => format!("the platform uses the execution role, {role}"),
        None => "the platform uses the execution role".to_owned(),
    }
}

fn place(from: &str) -> String {
    match from {
        "environment" => "credentials of the environment".to_owned(),
        "container" => "the task role's credentials".to_owned(),
        "lambda" => "the function's credentials".to_owned(),
        other => format!("credentials of {other}"),
    }
}

/// What became of the call that tells.
fn why(report: &Report) -> String {
    let asked = report.observations.iter().rfind(|seen| seen.check == CheckId("identity".to_owned()));
    match asked.map(|seen| &seen.outcome) {
        Some(Outcome::Failed { fault, .. }) => format!(" (STS: {})", failed(fault)),
        Some(Outcome::Saw { seen: Seen::Response(response) }) => format!(" (STS answers {})", response.status),
        Some(Outcome::Saw { .. } | Outcome::NotTried { .. }) | None => " (STS was not asked)".to_owned(),
    }
}

/// Whether an identity is the role, or a session of it. Only the role's own ARN has its path.
pub(super) fn is_session_of(session: &str, role: &str) -> bool {
    if session == role {
        return true;
    }
    let of_session = || {
        let (head, rest) = session.split_once(":assumed-role/")?;
        Some((head.rsplit(':').next()?, rest.split('/').next()?))
    };
    let of_role = || {
        let (head, rest) = role.split_once(":role/")?;
        Some((head.rsplit(':').next()?, rest.rsplit('/').next()?))
    };
    of_session().is_some_and(|session| of_role() == Some(session))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_known_by_account_and_name() {
        let session = "arn:aws:sts::123456789012:assumed-role/app/0c2f";
        let table = [
            ("arn:aws:iam::123456789012:role/app", true),
            ("arn:aws:iam::123456789012:role/service/app", true),
            ("arn:aws:iam::123456789012:role/ap", false),
            ("arn:aws:iam::210987654321:role/app", false),
            ("app", false),
        ];
        for (role, expected) in table {
            assert_eq!(is_session_of(session, role), expected, "{role}");
        }
        assert!(is_session_of("arn:aws:iam::123456789012:role/app", "arn:aws:iam::123456789012:role/app"));
        assert!(!is_session_of("arn:aws:iam::123456789012:user/app", "arn:aws:iam::123456789012:role/app"));
    }
}
