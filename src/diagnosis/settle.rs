//! What the packets showed, joined with the operator's view of the VPC: which piece of configuration is to blame.
//!
//! Packets come first. Only what failed is looked up in the view: a fault that the view has and no packet suffers from is
//! no finding. What the view lets through and is silent all the same stays as it is, and is said to disagree.

mod blame;
mod cause;
mod clause;
mod disagree;
mod filled;
mod names;
mod pieces;
mod policy;
mod union;
mod words;

use super::case::Case;
use super::ledger::Trouble;
use super::verdict::sorted;
use super::{Certainty, Culprit, CulpritKind, Finding, FindingId, Fix, Severity};
use cause::{Causes, Own};
use pieces::{Piece, Said};

/// A finding, or a part of one, and what is to blame for it.
struct Settled<'c> {
    finding: Finding,
    causes: Causes,
    taken: Vec<Trouble<'c>>,
}

/// Blame what the view shows, a finding a culprit. Without a view nothing changes.
pub fn settle<'c>(case: &'c Case<'c>, findings: Vec<Finding>) -> Vec<Finding> {
    let Some(stand) = case.stand else { return findings };
    let mut settled: Vec<Settled<'c>> = Vec::new();
    let mut left = Vec::new();
    let mut open = Vec::new();
    for finding in sorted(case, findings) {
        // That packets leave by a NAT is no fault, and the view knows what would carry them.
        if finding.severity == Severity::Info && finding.id != FindingId::PublicRoute {
            left.push(finding);
            continue;
        }
        let pieces = pieces::of(case, stand, &finding);
        let (parts, rest) = split(case, finding, pieces);
        for part in parts {
            put(case, &mut settled, part);
        }
        if let Some((finding, pieces)) = rest {
            let finding = disagree::unsettled(stand, finding, &pieces);
            open.extend(pieces.into_iter().filter(|piece| disagree::is_at_odds(&finding, piece)));
            left.push(finding);
        }
    }
    let own: Vec<_> = settled.iter().filter_map(|settled| Some((settled.causes.key()?, settled.finding.id))).collect();
    let blamed = settled.into_iter().map(|settled| settled.blamed(&own));
    let mut findings: Vec<Finding> = blamed.chain(left).chain(disagree::findings(case, stand, open)).collect();
    for finding in &mut findings {
        filled::finish(case, stand, finding);
    }
    findings
}

/// What stays of a finding that has no culprit, and what it is about.
type Rest<'c> = Option<(Finding, Vec<Piece<'c>>)>;

/// A finding in parts, one a culprit; and what the view blames nothing for.
fn split<'c>(case: &'c Case<'c>, finding: Finding, pieces: Vec<Piece<'c>>) -> (Vec<Settled<'c>>, Rest<'c>) {
    let mut parts: Vec<(Causes, Vec<Trouble<'c>>)> = Vec::new();
    let mut rest = Vec::new();
    for piece in pieces {
        let Said::Blocked(blocks) = piece.said else {
            rest.push(piece);
            continue;
        };
        let causes = Causes::of(blocks, piece.trouble.host());
        match parts.iter_mut().find(|(known, _)| known.key() == causes.key()) {
            Some((known, taken)) => {
                known.join(causes);
                taken.push(piece.trouble);
            }
            None => parts.push((causes, vec![piece.trouble])),
        }
    }
    if parts.is_empty() {
        return (Vec::new(), Some((finding, rest)));
    }
    if parts.len() == 1 && rest.is_empty() {
        let settled = parts.into_iter().map(|(causes, taken)| Settled { finding: finding.clone(), causes, taken });
        return (settled.collect(), None);
    }
    let settled = parts.into_iter().map(|(causes, taken)| Settled {
        finding: union::part(case, &finding, &taken),
        causes,
        taken,
    });
    let settled = settled.collect();
    let rest = (!rest.is_empty()).then(|| {
        let taken: Vec<_> = rest.iter().map(|piece| piece.trouble.clone()).collect();
        (union::part(case, &finding, &taken), rest)
    });
    (settled, rest)
}

/// Put it with what has the same culprit. That a VPC lacks two endpoints is two causes, where they show in two ways.
fn put<'c>(case: &'c Case<'c>, settled: &mut Vec<Settled<'c>>, part: Settled<'c>) {
    let is_same = |known: &Settled<'c>| {
        known.causes.key() == part.causes.key()
            && (known.finding.severity == Severity::Info) == (part.finding.severity == Severity::Info)
            && (known.causes.key().is_none_or(|(kind, _)| kind != CulpritKind::Vpc)
                || known.finding.id == part.finding.id)
    };
    let Some(known) = settled.iter_mut().find(|known| is_same(known)) else { return settled.push(part) };
    known.taken.extend(part.taken);
    known.finding = union::union(case, &known.finding, part.finding, &known.taken);
    known.causes.join(part.causes);
}

impl Settled<'_> {
    /// The finding with its culprit. What else stands in the way and has a finding of its own is mended there: the sentence
    /// points to it, and it is blamed once.
    fn blamed(self, own: &[Own]) -> Finding {
        let Self { finding, causes, .. } = self;
        let told = causes.told(own);
        let (culprit, also) = (told.culprit, told.also);
        let fix: Vec<Fix> =
            told.remedy.into_iter().map(|step| Fix { action: step.action, command: step.command }).collect();
        // What works is nobody's fault, though the view knows what would carry it.
        let is_info = finding.severity == Severity::Info;
        Finding {
            certainty: Certainty::Certain,
            meaning: words::meaning(&finding, culprit.as_ref(), &also),
            fix: if fix.is_empty() { finding.fix } else { fix },
            alternatives: Vec::new(),
            tell_apart: None,
            // What follows from inside is only a guess beside what the configuration says.
            compared: None,
            culprit: culprit.filter(|_| !is_info),
            also: also
                .into_iter()
                .filter(|next| !is_info && next.told_by.is_none())
                .map(|next| next.culprit)
                .collect::<Vec<Culprit>>(),
            ..finding
        }
    }
}

#[cfg(test)]
mod tests;
