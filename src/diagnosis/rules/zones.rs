//! Negative answers by the zone that gives them: not a rule, but shared by two.

use crate::diagnosis::case::Name;
use crate::diagnosis::ledger::Trouble;

/// Troubles with the zone that says no, one group a zone, in the order of the ledger.
pub fn by_zone(taken: Vec<Trouble<'_>>) -> Vec<(Option<&str>, Vec<Trouble<'_>>)> {
    let mut groups: Vec<(Option<&str>, Vec<Trouble<'_>>)> = Vec::new();
    for trouble in taken {
        let zone = zone(&trouble);
        match groups.iter_mut().find(|(other, _)| *other == zone) {
            Some((_, group)) => group.push(trouble),
            None => groups.push((zone, vec![trouble])),
        }
    }
    groups
}

fn zone<'c>(trouble: &Trouble<'c>) -> Option<&'c str> {
    match trouble.name()? {
        Name::NotFound(zone) | Name::Empty(zone) => zone,
        Name::Addresses(_) | Name::Nowhere(_) | Name::Failure(_) | Name::Silent(_) | Name::NotLooked => None,
    }
}
