//! What the view blames nothing for: because it lets it through, or because it does not show enough.

use super::pieces::{Piece, Said};
use crate::diagnosis::case::Case;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Stage, Trouble};
use crate::diagnosis::{Certainty, Finding, FindingId, Fix, Severity, aws, words};
use crate::vpc::Stand;

/// How many gaps of the view are named beside a finding.
const NAMED: usize = 4;

/// A finding as it was; what the view could not show of it is said beside.
pub fn unsettled(stand: &Stand<'_>, mut finding: Finding, pieces: &[Piece<'_>]) -> Finding {
    if finding.id == FindingId::AccessDenied && pieces.iter().all(|piece| piece.said == Said::Open) {
        finding.alternatives.retain(|other| *other != FindingId::EndpointPolicyDenies);
    }
    let is_of_packets = |piece: &Piece<'_>| piece.trouble.stage != Stage::Step;
    if !pieces.is_empty() && pieces.iter().all(|piece| is_at_odds(&finding, piece) && is_of_packets(piece)) {
        return cleared(stand, finding);
    }
    if !pieces.is_empty() && pieces.iter().all(|piece| is_at_odds(&finding, piece) && !is_of_packets(piece)) {
        return allowed_by_view(stand, finding);
    }
    let mut gaps: Vec<&str> = Vec::new();
    for piece in pieces {
        let Said::Unknown(why) = &piece.said else { continue };
        gaps.extend(why.iter().map(String::as_str).filter(|why| !why.is_empty()));
    }
    let mut once: Vec<&str> = Vec::new();
    for gap in gaps {
        if !once.contains(&gap) {
            once.push(gap);
        }
    }
    let Some(gaps) = gaps_told(stand, &once) else { return finding };
    let finding = if is_of_acls(pieces, &once) { acls_left(stand, finding) } else { finding };
    let told = finding.tell_apart.map(|how| format!(" {how}")).unwrap_or_default();
    Finding { tell_apart: Some(format!("{gaps}{told}")), ..finding }
}

/// A finding whose usual causes the view has cleared: their fixes would mend nothing.
fn cleared(stand: &Stand<'_>, finding: Finding) -> Finding {
    let meaning = format!(
        "Security groups, network ACLs and routes are the usual cause of this, and by the configuration of {} it is none of \
         them.",
        stand.vpc().id()
    );
    Finding {
        meaning,
        fix: see_disagreement(),
        certainty: Certainty::Possible,
        alternatives: Vec::new(),
        tell_apart: None,
        compared: None,
        ..finding
    }
}

/// A denial by the policy of an endpoint that allows it, as the view has it: one more statement would mend nothing.
fn allowed_by_view(stand: &Stand<'_>, finding: Finding) -> Finding {
    let meaning = format!(
        "By the configuration of {} the policy of the endpoint allows what was denied: no statement is to be added to it.",
        stand.vpc().id()
    );
    Finding { meaning, fix: see_disagreement(), alternatives: Vec::new(), tell_apart: None, ..finding }
}

fn see_disagreement() -> Vec<Fix> {
    vec![aws::step("see configuration-and-network-disagree: it says what is left to look at")]
}

/// Whether the groups and routes of everything that it is about are known to be right, and the network ACLs are not.
fn is_of_acls(pieces: &[Piece<'_>], gaps: &[&str]) -> bool {
    let is_of_acl = |gap: &&str| gap.starts_with("ACL ") || gap.starts_with("network_acls ");
    gaps.iter().all(is_of_acl)
        && pieces.iter().all(|piece| {
            let is_told = matches!(&piece.said, Said::Unknown(why) if !why.is_empty()) || piece.said == Said::Open;
            is_told && matches!(piece.trouble.stage, Stage::Connect(_))
        })
}

/// A finding of which the view has cleared the groups: they are neither blamed nor opened.
fn acls_left(stand: &Stand<'_>, finding: Finding) -> Finding {
    let meaning = format!(
        "By the configuration of {} the security groups let this through and the routes lead there: what is left is a network \
         ACL, as far as the view says, or something that it does not show.",
        stand.vpc().id()
    );
    let is_of_group =
        |fix: &Fix| fix.command.as_ref().is_some_and(|command| command.contains(" authorize-security-group-"));
    let mut fix: Vec<Fix> = finding.fix.into_iter().filter(|fix| !is_of_group(fix)).collect();
    if fix.is_empty() {
        fix.push(aws::step(
            "let the network ACLs on the way pass the port there and 1024-65535 back, each way in the ACL of either subnet",
        ));
    }
    Finding { meaning, fix, alternatives: Vec::new(), compared: None, ..finding }
}

/// What the view lacks, and which call gives it.
fn gaps_told(stand: &Stand<'_>, gaps: &[&str]) -> Option<String> {
    if gaps.is_empty() {
        return None;
    }
    let stripped = |gap: &&str| gap.trim_end_matches('.').to_owned();
    let named: Vec<String> = gaps.iter().take(NAMED).map(stripped).collect();
    let missing = stand.vpc().missing().iter();
    let calls: Vec<_> = missing.map(|missing| missing.call.as_str()).filter(|call| !told(gaps, call)).collect();
    let calls = if calls.is_empty() { String::new() } else { format!(" It lacks {}.", words::list(calls)) };
    Some(format!("The operator's view does not settle it: {}.{calls}", named.join("; ")))
}

fn told(gaps: &[&str], call: &str) -> bool {
    gaps.iter().any(|gap| gap.contains(call))
}

/// Whether it disagrees with the view that nothing is blamed: of a denial that names no policy there are other causes.
pub fn is_at_odds(finding: &Finding, piece: &Piece<'_>) -> bool {
    piece.said == Said::Open && finding.id != FindingId::AccessDenied
}

/// One finding for all that the configuration lets through and that is silent all the same, and one for all that an
/// endpoint's policy allows and that is denied by it.
pub fn findings<'c>(case: &'c Case<'c>, stand: &Stand<'_>, open: Vec<Piece<'c>>) -> Vec<Finding> {
    let taken = open.into_iter().map(|piece| piece.trouble);
    let (denied, silent): (Vec<_>, Vec<_>) = taken.partition(|trouble| trouble.stage == Stage::Step);
    let both = [(silent, true), (denied, false)].into_iter().filter(|(taken, _)| !taken.is_empty());
    both.map(|(taken, is_silent)| if is_silent { lost(case, stand, &taken) } else { allowed(case, stand, &taken) })
        .collect()
}

fn draft<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Draft<'c> {
    Draft::new(FindingId::ConfigurationAndNetworkDisagree, case, taken).severity(Severity::Warning)
}

fn lost<'c>(case: &'c Case<'c>, stand: &Stand<'_>, taken: &[Trouble<'c>]) -> Finding {
    let vpc = stand.vpc();
    let at = match words::peers(taken) {
        peers if peers.is_empty() => String::new(),
        peers => format!(" ({peers})"),
    };
    draft(case, taken)
        .summary(format!(
            "The configuration of {}, as it was collected at {}, lets {} through{at}, and the network does not.",
            vpc.id(),
            vpc.collected_at(),
            words::hosts(taken),
        ))
        .meaning(
            "So the cause lies outside of both views: a firewall appliance or Network Firewall on the way, the other end of a \
             transit gateway or peering, whoever owns the endpoint or host, a fault of the zone, the host's own firewall, a \
             range that another VPC has as well, or a change since the view was collected.",
        )
        .fix(aws::step("collect the view again (scripts/network) and judge this report by it: a change since then shows"))
        .fix(aws::step(
            "then follow the way by flow logs: an ACCEPT on the task's interface and nothing on the other end is something in \
             between",
        ))
        .finding()
}

fn allowed<'c>(case: &'c Case<'c>, stand: &Stand<'_>, taken: &[Trouble<'c>]) -> Finding {
    let vpc = stand.vpc();
    draft(case, taken)
        .summary(format!(
            "The endpoint policies of {}, as they were collected at {}, allow what was denied at {}.",
            vpc.id(),
            vpc.collected_at(),
            words::hosts(taken),
        ))
        .meaning(
            "So the policy that denied it is another one: it was changed since the view was collected (an edit takes minutes to \
             come into effect), or the call went by another VPC's endpoint.",
        )
        .fix(aws::step("collect the view again (scripts/network) and judge this report by it: a change since then shows"))
        .fix(aws::step("then look the call up in CloudTrail: vpcEndpointId says which endpoint carried it"))
        .finding()
}
