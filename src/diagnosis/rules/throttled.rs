//! `throttled`: 429 or a throttling error: the service answers, and asks for patience.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble, recognition};
use crate::diagnosis::reading::{self, Reading};
use crate::diagnosis::recognise::Recognition;
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take every answer that asks for patience.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| answer(trouble) == Some(Recognition::Throttled));
    let Some(response) = taken.first().and_then(|first| first.evidence.first()?.response()) else { return Vec::new() };
    let patience = response.header("retry-after").map(|after| format!(" and says Retry-After: {after}"));
    let is_aws = taken.iter().all(|trouble| trouble.view.check.service.is_some());
    let draft = Draft::new(FindingId::Throttled, case, &taken)
        .summary(format!(
            "{} by throttling (status {}){}, asked once at {}.",
            words::hosts_say(&taken, "answers", "answer"),
            response.status,
            patience.unwrap_or_default(),
            words::peers(&taken)
        ))
        .meaning("The network is open as far as the service; it limits how often this account or address may call.");
    let draft = if is_aws {
        draft.fix(aws::step("start fewer tasks at once, or with back-off")).fix(aws::command(
            "see the limits, and ask for higher ones",
            aws::home(case.plan),
            "service-quotas list-service-quotas --service-code ecr",
        ))
    } else {
        draft.fix(aws::step(
            "pull through ECR (a pull-through cache rule with credentials for the registry), because anonymous pulls \
             are limited by address and a NAT gateway has one for all",
        ))
    };
    vec![draft.finding()]
}

/// Whose answer the trouble is about, where it is about one: of a ladder or of a step.
pub fn answer(trouble: &Trouble<'_>) -> Option<Recognition> {
    if let Some(reading) = reading::of(trouble) {
        return of_step(trouble, reading);
    }
    recognition(trouble.view, trouble.peer().filter(|_| matches!(trouble.stage, Stage::Answer(_)))?)
}

fn of_step(trouble: &Trouble<'_>, reading: Reading<'_>) -> Option<Recognition> {
    match reading {
        Reading::Throttled => Some(Recognition::Throttled),
        Reading::Failing => Some(Recognition::Failing { status: trouble.evidence.first()?.response()?.status }),
        Reading::Foreign(why) => Some(Recognition::Foreign { why }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn throttling_is_told_from_failure() {
        assert_scenes(&[
            ("429", "ecr.dkr dns=10.0.1.5 10.0.1.5=429", "error throttled ecr.dkr"),
            ("by its type", "ecr.api dns=10.0.1.5 10.0.1.5=throttling", "error throttled ecr.api"),
            ("a registry outside", "hub dns=52.1.1.1 52.1.1.1=429", "error throttled hub"),
            (
                "a step, in each service's words",
                "ecr.api dns=10.0.1.5
                 ecr.dkr dns=10.0.1.7
                 registry-token get-authorization-token=400/ThrottlingException/Rate~exceeded
                 manifest manifest-head=429 manifest=429/TOOMANYREQUESTS/Rate~exceeded",
                "error throttled registry-token manifest",
            ),
            ("what the start may do without", "sts optional dns=10.0.1.5 10.0.1.5=429", "warning throttled sts"),
        ]);
    }
}
