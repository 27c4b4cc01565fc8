//! When a round begins, and which one is the last.

use std::time::Duration;

use crate::inputs::{Rounds, Until};

/// How rounds follow each other.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// How often, and for how long.
    pub rounds: Rounds,
    /// What may not be exceeded, whatever was asked: the time that a function has left.
    pub limit: Option<Duration>,
}

impl Course {
    /// Whether this round, from 1, is the last one: no other will begin after it.
    ///
    /// `at` is its own start, `before` how long the one before it took, and `longest` the longest one.
    pub fn is_last(&self, number: u64, at: Duration, before: Duration, longest: Duration) -> bool {
        let is_enough = match self.rounds.until {
            Until::Elapsed(time) => at >= time,
            Until::Made(count) => number >= count,
        };
        // The next one is as long as this one away, if that is longer than the interval.
        let next = self.next(at).max(at + before);
        is_enough || self.limit.is_some_and(|limit| next + longest >= limit)
    }

    /// How long a round may take that may take so long, and begins at this time.
    pub fn allowed(&self, at: Duration, limit: Duration) -> Duration {
        self.limit.map_or(limit, |end| end.saturating_sub(at).min(limit))
    }

    /// When the next round begins, where this one began at this time: at once where that has passed. The last one begins
    /// when the time is over, so that it was watched as long as was asked.
    pub fn next(&self, at: Duration) -> Duration {
        let next = at + self.rounds.every;
        match self.rounds.until {
            Until::Elapsed(time) => next.min(time),
            Until::Made(_) => next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_round_is_known_when_it_begins() {
        let s = Duration::from_secs;
        let course = |until, limit: Option<u64>| Course { rounds: Rounds { every: s(5), until }, limit: limit.map(s) };
        let made = |count| course(Until::Made(count), None);
        let elapsed = |time| course(Until::Elapsed(s(time)), None);
        // The course, the round, when it begins, how long the one before took, and the longest; whether it is the last.
        let table = [
            (made(1), 1, 0, 0, 0, true),
            (made(3), 2, 5, 1, 1, false),
            (made(3), 3, 10, 1, 1, true),
            (elapsed(1), 1, 0, 0, 0, false),
            (elapsed(1), 2, 1, 0, 0, true),
            (elapsed(20), 4, 15, 1, 1, false),
            (elapsed(20), 5, 20, 1, 1, true),
            // Rounds that take longer than the interval.
            (elapsed(20), 3, 16, 8, 8, false),
            (elapsed(20), 3, 27, 19, 19, true),
            // A function that ends before.
            (course(Until::Made(1_000), Some(30)), 4, 15, 1, 4, false),
            (course(Until::Made(1_000), Some(30)), 5, 20, 1, 5, true),
            (course(Until::Elapsed(s(600)), Some(30)), 6, 25, 1, 1, true),
            // The one at the end of the time would not end before the function does.
            (course(Until::Elapsed(s(28)), Some(30)), 6, 25, 1, 2, true),
            (course(Until::Elapsed(s(28)), Some(30)), 6, 25, 1, 1, false),
        ];
        for (row, (course, number, at, before, longest, expected)) in table.into_iter().enumerate() {
            assert_eq!(course.is_last(number, s(at), s(before), s(longest)), expected, "row {row}");
        }
        assert_eq!(course(Until::Made(9), Some(30)).allowed(s(25), s(60)), s(5));
        assert_eq!(course(Until::Made(9), Some(30)).allowed(s(35), s(60)), s(0));
        assert_eq!(made(9).allowed(s(25), s(60)), s(60));
        assert_eq!(made(9).next(s(25)), s(30));
        assert_eq!(elapsed(40).next(s(25)), s(30));
        assert_eq!(elapsed(28).next(s(25)), s(28));
    }
}
