//! `credentials-missing`: steps of the task start are signed calls, and the run has nothing to sign them with.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::rules::unproved::left;
use crate::diagnosis::{Case, Finding, FindingId, Severity, aws, who, words};
use crate::observation::Why;

/// Say it once, for every step that it hits.
pub fn find<'c>(case: &'c Case<'c>, _: &mut Ledger<'c>) -> Vec<Finding> {
    let left = left(case, Why::NoCredentials);
    if left.is_empty() {
        return Vec::new();
    }
    let asked = words::list(left.iter().map(|(_, what, _)| what));
    let mut draft = Draft::new(FindingId::CredentialsMissing, case, &[]);
    for (view, _, seen) in left {
        draft = draft.about(view, [seen]);
    }
    let meaning = if case.plan.replay.credentials {
        "The platform names a place to get credentials from, and nothing that can be used came from there."
    } else {
        "The container has no task role and no keys in its environment. The platform has: it asks with the task's execution role."
    };
    let fix =
        who::run_as_execution_role(case, who::Standing::Unknown).unwrap_or_else(|| aws::step("give the task a role"));
    vec![
        draft
            .severity(Severity::Warning)
            .summary(format!("There are no credentials to ask {asked} with."))
            .meaning(meaning)
            .fix(fix)
            .finding(),
    ]
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn without_credentials_the_network_is_still_judged() {
        let scene = "ecr.api dns=10.0.1.5
                     logs dns=10.0.1.6
                     ecr.dkr dns=10.0.1.7
                     registry-token get-authorization-token=no-credentials
                     log-stream:/ecs/app create-log-stream=no-credentials put-log-events=no-credentials
                     manifest ping=challenge manifest-head=no-credentials";
        assert_scenes(&[(
            "three steps",
            scene,
            "warning credentials-missing registry-token log-stream:/ecs/app manifest
             info unproved registry-token log-stream:/ecs/app manifest",
        )]);
        let judged = judge(scene);
        assert_eq!((judged.exit_code, judged.summary.not_run), (0, 3));
    }
}
