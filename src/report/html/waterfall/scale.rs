//! From a time to its place on the page.

/// A whole width, in hundredths of a percent.
const WIDTH: u64 = 10_000;

/// The least distance of two ticks.
const APART: u64 = 1_100;

/// How times lie on the page.
pub(super) struct Scale {
    last: u64,
    /// Whether early moments are drawn wider: most of what happened would be a hair's breadth beside a long wait.
    pub(super) is_bent: bool,
    /// The times that are marked.
    pub(super) ticks: Vec<u64>,
}

impl Scale {
    /// A scale for everything that ends at these times.
    pub(super) fn of(mut ends: Vec<u64>) -> Self {
        crate::order::naturally(&mut ends);
        let last = ends.last().copied().unwrap_or_default().max(1);
        let median = ends.get(ends.len() / 2).copied().unwrap_or_default();
        let mut scale = Self { last, is_bent: median < last / 10, ticks: vec![0] };
        for tick in round_times() {
            let after = scale.ticks.last().map_or(0, |tick| scale.at(*tick)) + APART;
            if tick <= last && (after..=WIDTH - APART / 2).contains(&scale.at(tick)) {
                scale.ticks.push(tick);
            }
        }
        scale
    }

    /// Where a moment lies, in hundredths of a percent of the width.
    pub(super) fn at(&self, ms: u64) -> u64 {
        let part = |whole: u64| u128::from(ms.min(self.last)) * u128::from(whole) / u128::from(self.last);
        let part = |whole| u64::try_from(part(whole)).unwrap_or(whole);
        if self.is_bent { part(WIDTH * WIDTH).isqrt() } else { part(WIDTH) }
    }
}

/// 1 ms, 2 ms, 5 ms, 10 ms and so on, up to years.
fn round_times() -> impl Iterator<Item = u64> {
    (0..11).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_lies_between_its_ticks_on_either_scale() {
        let table: [(&[u64], bool, &[u64]); 5] = [
            (&[], false, &[0]),
            (&[0], false, &[0]),
            (&[100, 200, 400], false, &[0, 50, 100, 200]),
            (&[10, 20, 30, 4_000], true, &[0, 50, 200, 500, 1_000, 2_000]),
            (&[u64::MAX], false, &[0]),
        ];
        for (ends, bent, ticks) in table {
            let scale = Scale::of(ends.to_vec());
            assert_eq!((scale.is_bent, scale.ticks.as_slice()), (bent, ticks), "{ends:?}");
            assert_eq!((scale.at(0), scale.at(u64::MAX)), (0, WIDTH), "{ends:?}");
        }
    }
}
