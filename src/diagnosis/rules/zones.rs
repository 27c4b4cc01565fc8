//! Negative answers by the zone that gives them: not a rule, but shared by two.

use std::collections::HashSet;

use crate::diagnosis::Case;
use crate::diagnosis::case::Name;
use crate::diagnosis::ledger::Trouble;
use crate::plan::Role;

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

/// Whether these resolvers know no name of the run, the controls included, and several were asked for.
pub fn know_no_name(case: &Case<'_>, taken: &[Trouble<'_>]) -> bool {
    let resolvers: HashSet<_> = taken.iter().filter_map(|trouble| trouble.stage.resolver()).collect();
    let mut hosts = HashSet::new();
    for view in case.views.iter().filter(|view| view.check.role != Role::OwnName) {
        for asked in view.asked.iter().filter(|asked| resolvers.contains(&asked.resolver.address)) {
            match asked.name() {
                Name::NotFound(_) => hosts.insert(&view.check.host),
                Name::Addresses(_)
                | Name::Nowhere(_)
                | Name::Empty(_)
                | Name::Failure(_)
                | Name::Silent(_)
                | Name::NotLooked => return false,
            };
        }
    }
    hosts.len() > 1
}

fn zone<'c>(trouble: &Trouble<'c>) -> Option<&'c str> {
    match trouble.name()? {
        Name::NotFound(zone) | Name::Empty(zone) => zone,
        Name::Addresses(_) | Name::Nowhere(_) | Name::Failure(_) | Name::Silent(_) | Name::NotLooked => None,
    }
}
