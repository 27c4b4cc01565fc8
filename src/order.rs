//! Sorting and ordered collections, with one instance of the sort in the whole program.
//!
//! The standard library's sort is compiled anew for every type and key: with some sixty of them that was 4 % of the
//! program (docs/decisions/0008). Here positions are sorted, always by the same code, and the items then put in place.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Sort by a comparison; what is equal keeps its order.
pub fn by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut places = sorted(items.len(), &mut |a, b| compare(&items[a], &items[b]));
    for start in 0..items.len() {
        let mut at = start;
        // One round of positions that change places with each other.
        loop {
            let from = std::mem::replace(&mut places[at], at);
            if from == start || from == at {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Sort by a key; what is equal keeps its order.
pub fn by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sort by the items' own order.
pub fn naturally<T: Ord>(items: &mut [T]) {
    by(items, T::cmp);
}

/// A map of these; of several with one key the last stays.
pub fn map<K: Ord, V>(items: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in items {
        map.insert(key, value);
    }
    map
}

/// A set of these.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for item in items {
        set.insert(item);
    }
    set
}

/// The positions in the order of what stands there.
fn sorted(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_sorted_as_the_library_does() {
        let mut state = 7_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        for len in [0_usize, 1, 2, 3, 5, 8, 33, 200] {
            for spread in [1, 3, 1_000] {
                let items: Vec<(u64, usize)> = (0..len).map(|place| (next() % spread, place)).collect();
                let mut expected = items.clone();
                expected.sort_by_key(|(key, _)| *key);
                let mut ours = items.clone();
                by_key(&mut ours, |(key, _)| *key);
                assert_eq!(ours, expected, "{len} of {spread}");
                let mut backwards = items.clone();
                by(&mut backwards, |a, b| b.cmp(a));
                let mut turned = items;
                turned.sort_by(|a, b| b.cmp(a));
                assert_eq!(backwards, turned);
                naturally(&mut backwards);
                assert!(backwards.is_sorted());
            }
        }
    }

    #[test]
    fn the_last_of_one_key_stays() {
        assert_eq!(map([(1, 'a'), (0, 'b'), (1, 'c')]), BTreeMap::from([(0, 'b'), (1, 'c')]));
        assert_eq!(set([2, 1, 2]), BTreeSet::from([1, 2]));
    }
}
