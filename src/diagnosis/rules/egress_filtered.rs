//! `egress-filtered`: there is a way out, and this name's public addresses are silent all the same.

use crate::diagnosis::case::WayOut;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::endpoints::{Silence, silence};
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, compare, words};
use crate::plan::Reach;

/// Take the silence of public addresses where another public host connects.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let WayOut::Yes(open) = case.way_out() else { return Vec::new() };
    let taken = ledger.take(|trouble| silence(case, trouble) == Some(Silence::Outside));
    if taken.is_empty() {
        return Vec::new();
    }
    let draft = Draft::new(FindingId::EgressFiltered, case, &taken)
        .likely(alternatives(&taken))
        .shown_by(open.iter().copied())
        .summary(format!(
            "For {}, {} for {}, while {}.",words::hosts(&taken),words::peers_say(&taken, "stays silent", "stay silent"),words::took(&taken),words::say(open.iter().filter_map(|seen| seen.peer), "connects", "connect")
        ))
        .meaning(
            "There is a way out, so this is a choice of something on it: a firewall's allow-list by name or address, or a \
             security group or network ACL whose egress names some ranges only.",
        )
        .fix(aws::step(format!("allow {} on port 443 in the egress firewall and the task's security group", words::hosts(&taken))));
    let is_s3 = taken.iter().all(|trouble| trouble.view.check.reach == Reach::GatewayOrInterface);
    let compared = if is_s3 { compare::s3_beside_a_way_out(case) } else { compare::names(case, &taken) };
    vec![with_endpoints(case, compared.into_draft(draft), &taken).finding()]
}

fn with_endpoints<'c>(case: &'c Case<'c>, draft: Draft<'c>, taken: &[Trouble<'c>]) -> Draft<'c> {
    let draft = draft.tell_apart(
        "The firewall's log names what it drops; for S3, a route to a gateway endpoint (pl-… in the subnet's route table) \
         takes these addresses off the common way out.",
    );
    let served = taken.iter().filter(|trouble| trouble.view.check.reach == Reach::Interface);
    draft.fixes(served.map(|trouble| aws::create_interface_endpoint_for(case, trouble.view.check)).take(1))
}

fn alternatives(taken: &[Trouble<'_>]) -> Vec<FindingId> {
    let mut others: Vec<_> = taken.iter().filter_map(|trouble| alternative(trouble.view.check.reach)).collect();
    crate::order::naturally(&mut others);
    others.dedup();
    others
}

fn alternative(reach: Reach) -> Option<FindingId> {
    match reach {
        Reach::Interface => Some(FindingId::EndpointNotInEffect),
        Reach::GatewayOrInterface => Some(FindingId::LayersUnreachable),
        Reach::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::assert_scenes;

    #[test]
    fn silence_beside_a_way_out_is_a_filter() {
        assert_scenes(&[
            (
                "a name that the list lacks",
                "ecr.api dns=18.1.1.1 18.1.1.1=silent
                 control dns=18.9.9.9",
                "error egress-filtered ecr.api",
            ),
            (
                "S3 singled out",
                "s3 dns=52.219.1.1 52.219.1.1=silent
                 control dns=18.9.9.9",
                "error egress-filtered s3",
            ),
            (
                "another name of the task shows the way out",
                "place outside
                 ecr.api dns=18.1.1.1 18.1.1.1=silent
                 db.example.com:443 dns=18.1.1.2",
                "error egress-filtered ecr.api",
            ),
        ]);
    }
}
