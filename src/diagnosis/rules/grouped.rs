//! Troubles put together by their cause: a finding each.

use crate::diagnosis::ledger::Trouble;

/// Troubles with the same key, in the order of the first of each.
pub fn by<'c, K: PartialEq>(taken: Vec<Trouble<'c>>, key: impl Fn(&Trouble<'c>) -> K) -> Vec<(K, Vec<Trouble<'c>>)> {
    let mut groups: Vec<(K, Vec<Trouble<'c>>)> = Vec::new();
    for trouble in taken {
        let key = key(&trouble);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, same)) => same.push(trouble),
            None => groups.push((key, vec![trouble])),
        }
    }
    groups
}
