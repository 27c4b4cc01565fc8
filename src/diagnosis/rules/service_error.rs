//! `service-error`: 5xx with the service's marks: the network is well, the service is not.

use super::throttled::answer;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::recognise::Recognition;
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::observation::Response;

/// Take every failure of a service.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| match answer(trouble) {
        Some(Recognition::Failing { .. }) => true,
        Some(Recognition::Service | Recognition::Unfamiliar | Recognition::Foreign { .. } | Recognition::Throttled)
        | None => false,
    });
    if taken.is_empty() {
        return Vec::new();
    }
    let responses = || taken.iter().filter_map(|trouble| trouble.evidence.first()?.response());
    let draft = Draft::new(FindingId::ServiceError, case, &taken)
        .summary(format!(
            "What answers for {} at {} says status {} under the marks of the service{}.",
            words::hosts(&taken),
            words::peers(&taken),
            words::list(responses().map(|response| response.status)),
            request_id(responses()),
        ))
        .meaning("The network is open as far as the service, and the service itself fails.")
        .fix(aws::step("try again in some minutes, and look at AWS Health for this Region and service"))
        .fix(aws::step("if it lasts, give AWS Support the time and the request id"));
    vec![draft.finding()]
}

fn request_id<'r>(mut responses: impl Iterator<Item = &'r Response>) -> String {
    let id = responses.find_map(|response| response.header("x-amzn-requestid").or(response.header("x-amz-request-id")));
    id.map(|id| format!(" (request id {id})")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_failing_service_is_told_from_a_failing_proxy() {
        assert_scenes(&[
            ("the service", "ecr.api dns=10.0.1.5 10.0.1.5=500", "error service-error ecr.api"),
            ("S3", "s3 dns=10.0.1.5 10.0.1.5=503", "error service-error s3"),
            (
                "two services of one Region",
                "ecr.api dns=10.0.1.5 10.0.1.5=500
                 ecr.dkr dns=10.0.1.6 10.0.1.6=503",
                "error service-error ecr.api ecr.dkr",
            ),
            (
                "a step",
                "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=500/ServerException/x",
                "error service-error registry-token",
            ),
            ("a proxy", "ecr.api dns=10.0.1.5 10.0.1.5=proxy-503", "error unexpected-answer ecr.api"),
        ]);
        let found = judge("ecr.api dns=10.0.1.5 10.0.1.5=500").findings.remove(0);
        assert!(found.summary.contains("(request id 4d3c)"), "{}", found.summary);
    }
}
