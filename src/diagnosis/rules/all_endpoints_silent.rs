//! `all-endpoints-silent`: not one private endpoint accepts a connection. Where nothing at all connects, what shuts the
//! task in makes public addresses silent too: that is one cause.

use crate::diagnosis::case::Class;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, silence};
use crate::diagnosis::ledger::{Ledger, Trouble, is_outside_vpc};
use crate::diagnosis::{Case, Finding, FindingId, aws, compare, words};

/// Take all silence at private addresses, and where nothing at all connects that at public ones.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| silence(case, trouble) == Some(Silence::Everything));
    if taken.is_empty() {
        return Vec::new();
    }
    let shut_in = taken.iter().any(|trouble| trouble.is_silent_connect(Class::Public));
    let reach = if shut_in { ", and no other address does" } else { "" };
    let draft = Draft::new(FindingId::AllEndpointsSilent, case, &taken)
        .likely(if shut_in { vec![FindingId::LayersUnreachable, FindingId::NoWayOut] } else { Vec::new() })
        .summary(format!(
            "Not one private endpoint accepts a connection within {}{reach}: {} for {}.",
            words::took(&taken),
            words::peers(&taken),
            words::hosts(&taken)
        ))
        .meaning(meaning(shut_in, compare::is_in_own_subnet(case, &taken)));
    vec![with_fixes(case, draft, &taken, shut_in)]
}

fn meaning(shut_in: bool, in_own_subnet: bool) -> &'static str {
    match (shut_in, in_own_subnet) {
        (true, false) => {
            "Something that they all share drops the packets in silence: the task's security group lets nothing out, or a \
             network ACL of its subnet, or else the security group that the endpoints share."
        }
        (true, true) => {
            "Something that they all share drops the packets in silence: the task's security group lets nothing out, or else \
             the security group that the endpoints share lets nobody in."
        }
        (false, false) => {
            "Something that they all share drops the packets in silence: most often the security group of the endpoints, \
             which does not let the task in, or a rule of the task's own that leaves them out, or a network ACL."
        }
        (false, true) => {
            "Something that they all share drops the packets in silence: most often the security group of the endpoints, \
             which does not let the task in, or a rule of the task's own that leaves them out."
        }
    }
}

fn with_fixes<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>], shut_in: bool) -> Finding {
    let plan = case.plan;
    let port = taken.iter().find_map(|trouble| trouble.stage.peer()).map_or(443, |peer| peer.port());
    let private = taken.iter().filter(|trouble| trouble.is_silent_connect(Class::Private));
    let outside = private.filter_map(|trouble| trouble.stage.peer()).all(|peer| is_outside_vpc(case, peer.ip()));
    let mut fixes = vec![aws::allow_into_endpoint(plan, port), aws::allow_out_to_endpoint(plan, port)];
    if shut_in {
        fixes.swap(0, 1);
    }
    if outside {
        fixes.insert(0, aws::show_transit_route(plan));
    }
    let compared = compare::neighbours(case, taken).and(compare::outside(case));
    compared
        .into_draft(draft)
        .fixes(fixes)
        .fix(aws::show_network_acl(plan, port))
        .tell_apart(format!(
            "Reachability Analyzer names the one that drops: {}.",
            aws::reachability_analyzer(plan, port)
        ))
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn silence_everywhere_has_one_cause() {
        assert_scenes(&[
            (
                "the endpoints' group; S3 goes by its gateway",
                "ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent 10.0.2.5=silent
                 logs dns=10.0.1.6 10.0.1.6=silent
                 s3 dns=52.219.1.1
                 control dns=18.9.9.9 18.9.9.9=silent",
                "error all-endpoints-silent ecr.api logs",
            ),
            (
                "nothing is let out at all",
                "ecr.api dns=10.0.1.5 10.0.1.5=silent
                 logs dns=10.0.1.6 10.0.1.6=silent
                 s3 dns=52.219.1.1 52.219.1.1=silent
                 control dns=18.9.9.9 18.9.9.9=silent",
                "error all-endpoints-silent ecr.api logs s3",
            ),
        ]);
    }
}
