//! `endpoint-policy-denies`: the policy of the VPC endpoint that carried the call. By NAT the same role gets through.

use super::denied::{self, Denied};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::PolicyKind;
use crate::diagnosis::{Case, Finding, FindingId};

/// Take what endpoints' policies deny: a finding an endpoint.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = denied::take(ledger, |by| by == Some(PolicyKind::Endpoint));
    let key = |trouble: &Trouble<'c>| (trouble.host(), denied::denial(trouble).map(|denial| denial.explicit));
    denied::findings(case, taken, key, finding)
}

fn finding(denied: &Denied<'_, '_>) -> Finding {
    let draft = denied.draft(FindingId::EndpointPolicyDenies);
    let what = if denied.is_explicit() {
        "forbids it by a statement with \"Deny\""
    } else {
        "has no statement that allows it"
    };
    draft
        .meaning(format!(
            "The policy of the VPC endpoint {what}; it counts beside the role's policies, and not where the call goes another way. \
             {}",
            denied.note()
        ))
        .fixes(denied.show_endpoint_policies())
        .fix(denied.allow_in_endpoint_policy(None))
        .tell_apart(
            "Where CloudTrail of this account knows nothing of the denial, the endpoint is another account's, and so is the \
             trail that does.",
        )
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn each_endpoint_has_a_policy_of_its_own() {
        assert_scenes(&[
            (
                "two endpoints",
                "secretsmanager dns=10.0.1.4
                 ecr.api dns=10.0.1.5
                 secret:app/db get-secret-value=by-endpoint
                 registry-token get-authorization-token=deny-by-endpoint",
                "error endpoint-policy-denies secret:app/db
                 error endpoint-policy-denies registry-token",
            ),
            (
                "two secrets, one endpoint",
                "secretsmanager dns=10.0.1.4
                 secret:app/db get-secret-value=by-endpoint
                 secret:app/key get-secret-value=by-endpoint",
                "error endpoint-policy-denies secret:app/db secret:app/key",
            ),
            (
                "one endpoint: what no statement allows, and what one denies",
                "secretsmanager dns=10.0.1.4
                 secret:app/db get-secret-value=by-endpoint
                 secret:app/key get-secret-value=deny-by-endpoint",
                "error endpoint-policy-denies secret:app/db
                 error endpoint-policy-denies secret:app/key",
            ),
        ]);
        let judged = judge("secretsmanager dns=10.0.1.4\nsecret:app/db get-secret-value=by-endpoint");
        assert_eq!(judged.exit_code, 16);
        let command = judged.findings[0].fix[0].command.as_ref().unwrap();
        assert!(command.contains("Values=com.amazonaws.ap-northeast-1.secretsmanager --query"), "{command}");
        let action = &judged.findings[0].fix[1].action;
        assert!(action.contains(r#""Principal":"*","Action":["secretsmanager:GetSecretValue"]"#), "{action}");
        let statement = action.split('`').nth(1).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(statement).is_ok(), "{statement}");
    }
}
