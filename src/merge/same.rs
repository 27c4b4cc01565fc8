//! When findings of two runs are one: when the same fix mends both.
//!
//! Then id, checks, meaning and every step of the fix are the same, but for what is each run's own: addresses, ranges,
//! times, and the names of the run, the task and the session. Where the operator's view names the culprit, the same culprit
//! is mended by the same fix, and another one by another.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::Named;
use crate::diagnosis::{Certainty, CulpritKind, Finding, FindingId, Fix, Severity};
use crate::plan::{CheckId, Purpose};

/// A finding without what is its run's own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Core {
    id: FindingId,
    severity: Severity,
    certainty: Certainty,
    purposes: Vec<Purpose>,
    checks: Vec<CheckId>,
    culprit: Option<(CulpritKind, String)>,
    /// Empty where the culprit says it: its words name each subnet's own ranges and ids.
    meaning: String,
    fix: Vec<(String, Option<String>)>,
    alternatives: Vec<FindingId>,
    /// Where the finding is about some of an endpoint's addresses: which.
    silent: Vec<IpAddr>,
}

/// What of a finding must be the same in another run.
pub(super) fn core(named: Named<'_>, finding: &Finding) -> Core {
    let own = own_words(named);
    let plain = |text: &str| masked(text, &own);
    let step = |fix: &Fix| (plain(&fix.action), fix.command.as_deref().map(plain));
    let is_blamed = finding.culprit.is_some();
    Core {
        id: finding.id,
        severity: finding.severity,
        certainty: finding.certainty,
        purposes: finding.purposes.clone(),
        checks: finding.checks.clone(),
        culprit: finding.culprit.as_ref().map(|culprit| (culprit.kind, culprit.id.clone())),
        meaning: if is_blamed { String::new() } else { plain(&finding.meaning) },
        fix: finding.fix.iter().filter(|_| !is_blamed).map(step).collect(),
        alternatives: finding.alternatives.clone(),
        silent: silent(named, finding),
    }
}

/// What a step does, without what is its run's own.
pub(super) fn masked_action(named: Named<'_>, fix: &Fix) -> String {
    masked(&fix.action, &own_words(named))
}

/// The silent addresses of an endpoint that answers at others: each lies in a subnet of its own, and is mended there.
fn silent(named: Named<'_>, finding: &Finding) -> Vec<IpAddr> {
    if finding.id != FindingId::EndpointAddressSilent || finding.culprit.is_some() {
        return Vec::new();
    }
    let evidence: HashSet<_> = finding.evidence.iter().collect();
    let shown = named.report.observations.iter().filter(|seen| evidence.contains(&seen.id));
    let failed = shown.filter(|seen| seen.fault().is_some());
    let mut silent: Vec<IpAddr> = failed.filter_map(|seen| seen.peer).map(|peer| peer.ip()).collect();
    crate::order::naturally(&mut silent);
    silent.dedup();
    silent
}

/// What stands for something of the run's own.
const MASK: &str = "\u{1a}";

/// The names that no other run has, longest first.
fn own_words(named: Named<'_>) -> Vec<String> {
    let vantage = &named.report.vantage;
    let last = |arn: &Option<String>| arn.as_deref().and_then(|arn| arn.rsplit('/').next()).map(str::to_owned);
    let mut words: Vec<String> = [Some(named.report.run.id.clone()), last(&vantage.task_arn), session(vantage)]
        .into_iter()
        .chain([vantage.private_dns_name.clone(), vantage.availability_zone.clone()])
        .flatten()
        .filter(|word| word.len() > 3)
        .collect();
    crate::order::by_key(&mut words, |word| std::cmp::Reverse(word.len()));
    words
}

/// The session of an assumed role; a user or a role has none of its own.
fn session(vantage: &crate::inputs::Vantage) -> Option<String> {
    let (_, of_role) = vantage.identity_arn.as_deref()?.split_once(":assumed-role/")?;
    Some(of_role.split_once('/')?.1.to_owned())
}

/// A text without what is the run's own.
fn masked(text: &str, own: &[String]) -> String {
    let mut text = text.to_owned();
    for word in own {
        text = text.replace(word.as_str(), MASK);
    }
    let words: Vec<String> = text.split(' ').map(without_address).collect();
    let mut plain = without_times(&words).join(" ");
    // How many addresses a name has is the run's own as well.
    for list in [", ", " and ", ",", " "] {
        let twice = format!("{MASK}{list}{MASK}");
        while plain.contains(&twice) {
            plain = plain.replace(&twice, MASK);
        }
    }
    plain
}

/// A word with the address, range or socket in it masked; what stands around it stays.
fn without_address(word: &str) -> String {
    let is_around = |c: char| !c.is_ascii_hexdigit() && !matches!(c, '.' | ':' | '/' | '[' | ']');
    let mut out = String::new();
    for piece in word.split_inclusive(is_around) {
        let end = piece.char_indices().next_back().filter(|(_, c)| is_around(*c)).map_or(piece.len(), |(at, _)| at);
        let (core, around) = piece.split_at(end);
        let bare = core.trim_end_matches(['.', ':']);
        let is_address = bare.contains(['.', ':'])
            && (bare.parse::<IpAddr>().is_ok() || bare.parse::<SocketAddr>().is_ok() || bare.parse::<IpNet>().is_ok());
        out.push_str(if is_address { MASK } else { bare });
        out.push_str(&core[bare.len()..]);
        out.push_str(around);
    }
    out
}

/// The words, numbers before a unit masked.
fn without_times(words: &[String]) -> Vec<String> {
    const UNITS: [&str; 9] = ["ms", "s", "min", "h", "B", "kB", "MB", "GB", "TB"];
    let is_unit = |word: &String| {
        let unit = word.trim_end_matches(|c: char| c.is_ascii_punctuation());
        UNITS.contains(&unit.trim_end_matches("/s"))
    };
    let is_number = |word: &str| {
        let digits = word.trim_start_matches(['(', '<']);
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let mask = |(at, word): (usize, &String)| match words.get(at + 1) {
        Some(next) if is_number(word) && is_unit(next) => MASK.to_owned(),
        Some(_) | None => word.clone(),
    };
    words.iter().enumerate().map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_runs_own_is_masked() {
        let own = ["0c2f".to_owned()];
        let same = [
            ("let 10.0.1.0/24 in", "let 10.0.2.0/24 in"),
            ("10.0.1.5:443 stays", "[2600:1f14::5]:443 stays"),
            ("to the public 52.1.2.3, where", "to the public 52.1.2.4, 52.1.2.5 and 52.1.2.6, where"),
            ("within 4.0 s.", "within 12 s."),
            ("(peer 10.0.1.5)", "(peer 10.0.1.6)"),
            ("--cidr 10.0.1.0/24 --region x", "--cidr 10.0.2.0/24 --region x"),
            ("role/app/0c2f may", "role/app/0c2f may"),
        ];
        for (one, other) in same {
            assert_eq!(masked(one, &own), masked(other, &own));
        }
        let different = [
            ("on port 443", "on port 2049"),
            ("in ap-northeast-1", "in ap-northeast-2"),
            ("service ecr.api", "service ecr.dkr"),
            ("role/app/0c2f", "role/web/0c2f"),
            ("3 names", "4 names"),
            ("sha256:11", "sha256:12"),
            ("version 1.2", "version 1.3"),
            ("add face:", "add beef:"),
        ];
        for (one, other) in different {
            assert_ne!(masked(one, &own), masked(other, &own));
        }
    }
}
