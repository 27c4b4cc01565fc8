//! `proxy-set`: proxy variables are set, and the platform's own pull ignores them.

use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::Ledger;
use crate::diagnosis::{Case, Finding, FindingId, aws};

/// Find proxy variables; nothing went wrong for it, so nothing is taken.
pub fn find<'c>(case: &'c Case<'c>, _: &mut Ledger<'c>) -> Vec<Finding> {
    let set: Vec<_> =
        case.plan.place.proxy.iter().map(|variable| format!("{}={}", variable.name, variable.value)).collect();
    if set.is_empty() {
        return Vec::new();
    }
    let draft = Draft::new(FindingId::ProxySet, case, &[])
        .summary(format!("Proxy variables are set: {}.", set.join(", ")))
        .meaning(
            "The application may use them; the platform ignores them when it fetches secrets, token and image and opens \
             the log stream, so everything here was tried without them.",
        )
        .fix(aws::step(
            "nothing, for a task start; where the application is to reach VPC endpoints directly, name their hosts in \
             NO_PROXY",
        ));
    vec![draft.finding()]
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_proxy_variable_is_worth_knowing() {
        let set = "place proxy=http://proxy.corp.example:3128
                   ecr.api dns=10.0.1.5";
        assert_scenes(&[("set", set, "info proxy-set"), ("not set", "ecr.api dns=10.0.1.5", "")]);
        let found = judge(set);
        assert_eq!(found.exit_code, 0);
        assert!(found.findings[0].summary.contains("HTTPS_PROXY=http://proxy.corp.example:3128"));
    }
}
