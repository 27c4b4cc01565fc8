//! `identity-policy-denies`: the role's own policies do not allow it, or deny it.

use super::denied::{self, Denied, is_of_events};
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::reading::PolicyKind;
use crate::diagnosis::who::Standing;
use crate::diagnosis::{Case, Finding, FindingId, aws};

/// Take what the role's own policies deny: a finding a role, and one for what denies the log's lines only.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = denied::take(ledger, |by| by == Some(PolicyKind::Identity));
    let key = |trouble: &_| {
        let denial = denied::denial(trouble);
        (denial.map(|denial| (denial.principal, denial.explicit)), is_of_events(trouble))
    };
    denied::findings(case, taken, key, finding)
}

fn finding(denied: &Denied<'_, '_>) -> Finding {
    let draft = denied.draft(FindingId::IdentityPolicyDenies);
    // What this role may says nothing certain of another.
    let draft = if denied.standing == Standing::Same { draft } else { draft.likely([]) };
    let draft = if denied.is_explicit() {
        draft
            .meaning(format!(
                "A statement with \"Deny\" in a policy of the role forbids it, often under a condition that this call did not meet. {}",
                denied.note()
            ))
            .fixes(denied.simulate())
            .fix(aws::step("take the statement out, or make the call meet its condition"))
    } else {
        draft
            .meaning(format!("No policy of the role allows it as it was asked. {}", denied.note()))
            .fixes(denied.allow())
            .fixes(denied.simulate())
    };
    draft.tell_apart(denied.tell_apart()).finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::Certainty;
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn what_the_role_lacks_is_one_finding_a_role() {
        assert_scenes(&[
            (
                "two calls, one role",
                "ecr.api dns=10.0.1.5
                 logs dns=10.0.1.6
                 registry-token get-authorization-token=by-identity
                 log-stream:/ecs/app create-log-stream=by-identity put-log-events=below",
                "error identity-policy-denies registry-token log-stream:/ecs/app",
            ),
            (
                "an explicit deny is another cause",
                "ecr.api dns=10.0.1.5
                 logs dns=10.0.1.6
                 registry-token get-authorization-token=by-identity
                 log-stream:/ecs/app create-log-stream=deny-by-identity put-log-events=below",
                "error identity-policy-denies registry-token
                 error identity-policy-denies log-stream:/ecs/app",
            ),
            (
                "the lines alone",
                "ecr.api dns=10.0.1.5
                 logs dns=10.0.1.6
                 registry-token get-authorization-token=by-identity
                 log-stream:/ecs/app create-log-stream=ok put-log-events=by-identity",
                "error identity-policy-denies registry-token
                 error identity-policy-denies log-stream:/ecs/app",
            ),
            (
                "what the start may do without",
                "logs dns=10.0.1.6
                 log-stream:/ecs/app optional create-log-stream=by-identity",
                "warning identity-policy-denies log-stream:/ecs/app",
            ),
            (
                "a manifest, by HEAD without words and by GET with them",
                "ecr.dkr dns=10.0.1.7
                 manifest manifest-head=403 manifest=by-identity",
                "error identity-policy-denies manifest",
            ),
        ]);
    }

    #[test]
    fn who_was_denied_stands_beside_whom_the_platform_uses() {
        let scene = |role: &str| {
            format!("replay {role}\necr.api dns=10.0.1.5\nregistry-token get-authorization-token=by-identity")
        };
        let table = [
            (
                "role=arn:aws:iam::123456789012:role/shop-execution",
                Certainty::Certain,
                "It is the task's execution role",
                2,
            ),
            ("role=shop-execution", Certainty::Certain, "It is the task's execution role", 2),
            ("role=arn:aws:iam::999999999999:role/shop-execution", Certainty::Likely, "not with this one", 2),
            ("role=arn:aws:iam::123456789012:role/other", Certainty::Likely, "execution role other, not with", 2),
            ("", Certainty::Likely, "where that is not this one", 3),
        ];
        for (role, certainty, words, fixes) in table {
            let found = judge(&scene(role)).findings.remove(0);
            assert_eq!((found.certainty, found.fix.len()), (certainty, fixes), "{role}");
            assert!(found.meaning.contains(words), "{role}: {}", found.meaning);
        }
    }

    #[test]
    fn role_action_route_and_stop_reason_are_named() {
        let judged = judge(
            "replay role=arn:aws:iam::123456789012:role/shop-execution
             ecr.api dns=10.0.1.5
             registry-token get-authorization-token=by-identity",
        );
        assert_eq!(judged.exit_code, 26);
        let found = &judged.findings[0];
        assert_eq!(
            found.summary,
            "api.ecr.ap-northeast-1.amazonaws.com denies ecr:GetAuthorizationToken to \
             arn:aws:sts::123456789012:assumed-role/shop-execution/0c2f: no identity-based policy allows it; the call went to \
             the private address 10.0.1.5:443, so through a VPC endpoint."
        );
        assert_eq!(
            found.fix[0].command.as_deref(),
            Some(
                "aws iam attach-role-policy --role-name shop-execution --policy-arn \
                 arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy --region ap-northeast-1"
            )
        );
        let reason = found.ecs_error.as_ref().unwrap();
        assert!(reason.contains("GetAuthorizationToken, https response error StatusCode: 400, RequestID: 4d3c, api error AccessDeniedException: User: arn:aws:sts"), "{reason}");
    }

    #[test]
    fn every_denied_action_and_every_way_is_named() {
        let judged = judge(
            "secretsmanager dns=52.94.1.4
             ssm dns=10.0.1.4
             ecr.api dns=10.0.1.5
             logs dns=10.0.1.6
             ecr.dkr dns=10.0.1.7
             secret:app/db get-secret-value=by-identity
             parameter:/app/key get-parameters=by-identity
             secret:app/key get-secret-value=by-identity
             registry-token get-authorization-token=by-identity
             log-stream:/ecs/app create-log-stream=by-identity put-log-events=below
             manifest manifest-head=403 manifest=by-identity",
        );
        let found = &judged.findings[0];
        assert_eq!(found.id, crate::diagnosis::FindingId::IdentityPolicyDenies);
        let named = "secretsmanager:GetSecretValue, ssm:GetParameters, ecr:GetAuthorizationToken, logs:CreateLogStream and \
                     ecr:BatchGetImage";
        assert!(found.summary.contains(named), "{}", found.summary);
        for way in [
            "the call to secretsmanager.ap-northeast-1.amazonaws.com went to the public address 52.94.1.4:443",
            "the call to api.ecr.ap-northeast-1.amazonaws.com went to the private address 10.0.1.5:443",
            "the call to logs.ap-northeast-1.amazonaws.com went to the private address 10.0.1.6:443",
        ] {
            assert_eq!(found.summary.matches(way).count(), 1, "{way}: {}", found.summary);
        }
        let simulation = found.fix.iter().filter_map(|fix| fix.command.as_ref()).find(|how| how.contains("simulate"));
        let actions = simulation.unwrap().split_once("--action-names ").unwrap().1;
        assert_eq!(actions.matches("secretsmanager:GetSecretValue").count(), 1, "{actions}");
        assert_eq!(judged.findings.iter().filter(|other| other.id == found.id).count(), 1);
    }

    #[test]
    fn what_the_managed_policy_lacks_is_allowed_by_name() {
        let found = judge("secretsmanager dns=10.0.1.5\nsecret:app/db get-secret-value=by-identity").findings.remove(0);
        let command = found.fix[0].command.as_ref().unwrap();
        assert!(
            command.contains("\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"arn:aws:secretsmanager:"),
            "{command}"
        );
        assert!(command.starts_with("aws iam put-role-policy --role-name $EXECUTION_ROLE "), "{command}");
    }

    #[test]
    fn nothing_that_a_stranger_wrote_gets_into_a_command() {
        let hostile = "User:~$(reboot)~is~not~authorized~to~perform:~ecr:Get`id`~on~resource:~';reboot;'~because~no~\
                       identity-based~policy~allows~the~x~action";
        let scene = format!(
            "replay role=$(reboot)
             ecr.api dns=10.0.1.5
             registry-token get-authorization-token=400/AccessDeniedException/{hostile}"
        );
        let found = judge(&scene).findings.remove(0);
        assert_eq!(found.id, crate::diagnosis::FindingId::IdentityPolicyDenies);
        for command in found.fix.iter().filter_map(|fix| fix.command.as_ref()) {
            assert!(!command.contains("reboot") && !command.contains('`'), "{command}");
        }
    }
}
