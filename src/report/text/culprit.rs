//! What the operator's view of the VPC adds to a finding, and which view it was.

use super::findings::INDENT;
use super::page::{Ink, Page};
use super::steps::called;
use crate::diagnosis::{Culprit, Finding};
use crate::report::NetworkView;

/// How many checks are named that can't be judged.
const NAMED: usize = 6;

/// The piece of configuration that is to blame, and what else stands in the way.
pub(crate) fn culprit(page: &mut Page, finding: &Finding) {
    if let Some(named) = blamed(finding) {
        page.labelled(INDENT, INDENT + 2, (Ink::Bad, "to blame:"), (Ink::Plain, &named));
    }
}

/// All that is to blame, by name.
pub(crate) fn blamed(finding: &Finding) -> Option<String> {
    let mut named = vec![thing(finding.culprit.as_ref()?)];
    named.extend(finding.also.iter().map(thing));
    Some(named.join(", then "))
}

/// What can't be judged before this is mended.
pub(crate) fn hides(page: &mut Page, finding: &Finding) {
    if let Some(text) = hidden(finding) {
        page.paragraph(INDENT, Ink::Dim, &text);
    }
}

/// The same as a sentence.
pub(crate) fn hidden(finding: &Finding) -> Option<String> {
    let mut few: Vec<String> = finding.hides.iter().take(NAMED).map(called).collect();
    if let Some(more @ 1..) = finding.hides.len().checked_sub(NAMED) {
        few.push(format!("{more} more"));
    }
    (!few.is_empty()).then(|| format!("Can't be judged before this is mended: {}.", few.join(", ")))
}

/// Which view it was judged by, and what that lacks.
pub(crate) fn view(page: &mut Page, network: &NetworkView) {
    page.labelled(0, 6, (Ink::Dim, "view:"), (Ink::Plain, &viewed(network)));
}

/// The same in words.
pub(crate) fn viewed(network: &NetworkView) -> String {
    let gaps: Vec<String> =
        network.missing.iter().map(|gap| format!("{} ({})", words(&gap.section), gap.call)).collect();
    let lacks = if gaps.is_empty() { String::new() } else { format!("; without {}", gaps.join(", ")) };
    format!("the configuration of {}, collected at {}{lacks}", network.vpc, network.collected_at)
}

fn words(section: &str) -> String {
    section.replace('_', " ")
}

/// A piece of configuration, in words.
pub(crate) fn thing(culprit: &Culprit) -> String {
    format!("{} {}", culprit.kind.words(), culprit.id)
}
