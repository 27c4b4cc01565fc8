//! `other-policy-denies`: a policy of the organization, a permissions boundary or a session policy.

use super::denied::{self, Denied};
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::reading::PolicyKind;
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, who};

/// Take what such policies deny: a finding a kind.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = denied::take(ledger, |by| match by {
        Some(PolicyKind::ServiceControl | PolicyKind::ResourceControl | PolicyKind::Boundary | PolicyKind::Session) => {
            true
        }
        Some(PolicyKind::Identity | PolicyKind::Endpoint | PolicyKind::Resource) | None => false,
    });
    let key = |trouble: &_| denied::denial(trouble).map(|denial| (denial.by, denial.principal, denial.explicit));
    denied::findings(case, taken, key, |denied| finding(case, denied))
}

fn finding(case: &Case<'_>, denied: &Denied<'_, '_>) -> Finding {
    let kind = denied.kind().map(PolicyKind::name).unwrap_or_default();
    denied
        .draft(FindingId::OtherPolicyDenies)
        .meaning(format!(
            "A {kind} limits what any role of this kind may, whatever its own policies allow; AWS names one kind only, even where \
             several deny. {}",
            denied.note()
        ))
        .fixes(show(case, denied))
        .fix(aws::step(format!("ask who keeps the {kind} to allow these actions, or to except this role or this way of calling")))
        .tell_apart(denied.tell_apart())
        .finding()
}

fn show(case: &Case<'_>, denied: &Denied<'_, '_>) -> Option<Fix> {
    let organizations = |filter| {
        let how = format!("organizations list-policies-for-target --target-id $ACCOUNT --filter {filter}");
        aws::command(
            "see which ones hold for the account (from the organization's management account)",
            aws::home(case.plan),
            how,
        )
    };
    match denied.kind()? {
        PolicyKind::ServiceControl => Some(organizations("SERVICE_CONTROL_POLICY")),
        PolicyKind::ResourceControl => Some(organizations("RESOURCE_CONTROL_POLICY")),
        PolicyKind::Boundary => Some(aws::command(
            "see the role's boundary",
            aws::home(case.plan),
            format!(
                "iam get-role --role-name {} --query Role.PermissionsBoundary",
                who::role_to_mend(case, denied.principal())
            ),
        )),
        PolicyKind::Session => Some(aws::step("see which policy is given when the role is assumed: ECS gives none")),
        PolicyKind::Identity | PolicyKind::Endpoint | PolicyKind::Resource => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn the_kind_of_policy_is_named() {
        let table = [
            ("deny-by-scp", "an explicit deny stands in a service control policy", "--filter SERVICE_CONTROL_POLICY"),
            ("deny-by-rcp", "an explicit deny stands in a resource control policy", "--filter RESOURCE_CONTROL_POLICY"),
            ("by-boundary", "no permissions boundary allows it", "--query Role.PermissionsBoundary"),
            ("by-session", "no session policy allows it", ""),
        ];
        for (by, words, command) in table {
            let scene = format!("logs dns=10.0.1.6\nlog-stream:/ecs/app create-log-stream={by}");
            assert_scenes(&[(by, &scene, "error other-policy-denies log-stream:/ecs/app")]);
            let judged = judge(&scene);
            assert_eq!(judged.exit_code, 36);
            assert!(judged.findings[0].summary.contains(words), "{}", judged.findings[0].summary);
            assert!(judged.findings[0].fix[0].command.clone().unwrap_or_default().contains(command), "{by}");
        }
    }
}
