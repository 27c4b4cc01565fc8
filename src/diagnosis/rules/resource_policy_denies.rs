//! `resource-policy-denies`: the policy of the repository, secret, key or bucket. Across accounts both sides must allow it.

use super::denied::{self, Denied};
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::reading::PolicyKind;
use crate::diagnosis::{Case, Finding, FindingId, aws};

/// Take what resources' policies deny: a finding a resource.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = denied::take(ledger, |by| by == Some(PolicyKind::Resource));
    let key = |trouble: &_| denied::denial(trouble).map(|denial| (denial.resource, denial.explicit));
    denied::findings(case, taken, key, finding)
}

fn finding(denied: &Denied<'_, '_>) -> Finding {
    let what = if denied.is_explicit() {
        "A statement with \"Deny\" in the policy of what was asked for forbids it, often under a condition that this call did not \
         meet."
    } else {
        "The policy of what was asked for does not allow it; where that is another account's, both its policy and the role's \
         must."
    };
    denied
        .draft(FindingId::ResourcePolicyDenies)
        .meaning(format!("{what} {}", denied.note()))
        .fixes(denied.show_resource_policies())
        .fix(aws::step("add a statement to it that allows this role these actions (for a repository by `aws ecr set-repository-policy`)"))
        .fixes(denied.simulate())
        .tell_apart(denied.tell_apart())
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn the_policy_of_what_was_asked_for_is_shown() {
        let scene = "ecr.dkr dns=10.0.1.7
                     manifest manifest-head=403 manifest=by-resource
                     layers layer-blob=by-resource";
        assert_scenes(&[("a repository", scene, "error resource-policy-denies manifest layers")]);
        let judged = judge(scene);
        assert_eq!(judged.exit_code, 46);
        assert_eq!(
            judged.findings[0].fix[0].command.as_deref(),
            Some(
                "aws ecr get-repository-policy --registry-id 123456789012 --repository-name shop/web --region ap-northeast-1"
            )
        );
        let kms = "User:~arn:aws:sts::123456789012:assumed-role/r/s~is~not~authorized~to~perform:~kms:Decrypt~on~resource:~\
                   arn:aws:kms:ap-northeast-1:123456789012:key/1~because~no~resource-based~policy~allows~the~kms:Decrypt~action";
        let scene = format!("ssm dns=10.0.1.4\nparameter:/app/key get-parameters=400/AccessDeniedException/{kms}");
        let command = judge(&scene).findings.remove(0).fix.remove(0).command.unwrap();
        assert!(command.starts_with("aws kms get-key-policy --key-id arn:aws:kms:"), "{command}");
    }
}
