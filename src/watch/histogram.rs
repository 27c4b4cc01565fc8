//! Many times in little memory: exact up to 63 ms, and beyond that in steps of 1/32 of their power of two, so that what is
//! read out of it is at most 1/64 (1.6 %) off.

use super::Times;

/// Up to here every millisecond has a step of its own.
const EXACT: u64 = 64;
/// Steps in each power of two beyond.
const STEPS: u64 = 32;
/// Nothing takes longer: 49 days. It bounds the steps to less than a thousand.
const MOST_MS: u64 = u32::MAX as u64;

/// How often each step was met. Most of them never are, so those that were stand in a sorted list.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    steps: Vec<(u16, u32)>,
    count: u64,
    max: u64,
}

impl Histogram {
    pub(super) fn add(&mut self, ms: u64) {
        let ms = ms.min(MOST_MS);
        (self.count, self.max) = (self.count + 1, self.max.max(ms));
        let step = step(ms);
        match self.steps.binary_search_by_key(&step, |(known, _)| *known) {
            Ok(at) => self.steps[at].1 = self.steps[at].1.saturating_add(1),
            Err(at) => self.steps.insert(at, (step, 1)),
        }
    }

    /// So many of 100 are no longer than it; none where there is nothing.
    pub(super) fn within(&self, percent: u64) -> Option<u64> {
        let mut left = (self.count * percent).div_ceil(100).max(1);
        for (step, count) in &self.steps {
            match left.checked_sub(u64::from(*count)) {
                Some(more) if more > 0 => left = more,
                Some(_) | None => return Some(middle(*step).min(self.max)),
            }
        }
        None
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.steps.len()
    }
}

fn step(ms: u64) -> u16 {
    let step = if ms < EXACT {
        ms
    } else {
        // 64 and more have 7 bits at least: the first is always set, and the next five are the step.
        let shift = u64::from(ms.ilog2()) - 5;
        EXACT + (shift - 1) * STEPS + (ms >> shift) - STEPS
    };
    u16::try_from(step).unwrap_or(u16::MAX)
}

/// The middle of a step.
fn middle(step: u16) -> u64 {
    let step = u64::from(step);
    let Some(beyond) = step.checked_sub(EXACT) else { return step };
    let shift = beyond / STEPS + 1;
    let first = (STEPS + beyond % STEPS) << shift;
    first + (1 << shift) / 2
}

/// Attempts of one kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter {
    pub(super) asked: u64,
    pub(super) lost: u64,
    times: Histogram,
}

impl Counter {
    pub(super) fn answered(&mut self, took_ms: u64) {
        self.asked += 1;
        self.times.add(took_ms);
    }

    pub(super) fn lost(&mut self) {
        (self.asked, self.lost) = (self.asked + 1, self.lost + 1);
    }

    pub(super) fn times(&self) -> Times {
        Times {
            asked: self.asked,
            lost: self.lost,
            median_ms: self.times.within(50),
            p95_ms: self.times.within(95),
            max_ms: (self.times.count > 0).then_some(self.times.max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_out_is_what_a_sorted_list_says_within_a_64th() {
        // A multiplier that meets every order of magnitude.
        let mut seed = 12_345_u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        for (count, shift) in [(1_usize, 0), (2, 20), (7, 24), (100, 26), (1_000, 20), (10_000, 8), (10_000, 4)] {
            let mut histogram = Histogram::default();
            let mut sorted: Vec<u64> = (0..count).map(|_| random() >> shift).collect();
            sorted.iter().for_each(|ms| histogram.add(*ms));
            sorted.sort_unstable();
            for percent in [1, 50, 95, 99, 100] {
                let exact = sorted[(count * percent).div_ceil(100).max(1) - 1];
                let told = histogram.within(percent as u64).unwrap();
                let off = told.abs_diff(exact);
                assert!(off * 64 <= exact, "{percent} of 100 of {count}: {told} for {exact}");
                assert!(exact >= EXACT || off == 0, "{told} for {exact}");
            }
            assert_eq!(histogram.max, *sorted.last().unwrap());
        }
    }

    #[test]
    fn it_stays_small_whatever_it_is_given() {
        let mut histogram = Histogram::default();
        for ms in (0..2_000_000).chain([u64::MAX, MOST_MS, MOST_MS + 1]) {
            histogram.add(ms);
        }
        for power in 0..64 {
            histogram.add(1 << power);
        }
        assert!(histogram.size() < 1_000, "{}", histogram.size());
        assert_eq!(histogram.max, MOST_MS);
    }

    #[test]
    fn steps_follow_each_other_without_a_gap() {
        let mut last = 0;
        for ms in 0..300_000 {
            let at = step(ms);
            assert!(at == last || at == last + 1, "{ms}");
            last = at;
        }
    }

    #[test]
    fn nothing_says_nothing() {
        let mut counter = Counter::default();
        assert_eq!(counter.times(), Times::default());
        counter.lost();
        assert_eq!(counter.times(), Times { asked: 1, lost: 1, ..Times::default() });
        counter.answered(0);
        let zero = Some(0);
        assert_eq!(counter.times(), Times { asked: 2, lost: 1, median_ms: zero, p95_ms: zero, max_ms: zero });
    }
}
