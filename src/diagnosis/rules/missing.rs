//! What the rules of the group `not found` share: take by what is missing, and names for commands.

use crate::diagnosis::Case;
use crate::diagnosis::aws;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::{self, Missing, Reading};
use crate::plan::{Check, ImageRef};

/// Take the troubles with what is missing.
pub fn take<'c>(ledger: &mut Ledger<'c>, wanted: impl Fn(Missing) -> bool) -> Vec<Trouble<'c>> {
    ledger.take(|trouble| of(trouble).is_some_and(&wanted))
}

/// What the trouble says is missing.
pub fn of(trouble: &Trouble<'_>) -> Option<Missing> {
    match reading::of(trouble)? {
        Reading::NotFound(missing) => Some(missing),
        _ => None,
    }
}

/// The image of the first of the troubles.
pub fn image<'c>(taken: &[Trouble<'c>]) -> Option<&'c ImageRef> {
    taken.iter().find_map(|trouble| reading::image(trouble.view.check))
}

/// The Region in which a command asks: that of the check, or the task's.
pub fn region<'p>(case: &'p Case<'_>, check: &'p Check) -> &'p str {
    check.region.as_ref().map_or(aws::home(case.plan), |region| region.as_str())
}
