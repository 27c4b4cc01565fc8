//! A check's time in one strip: where it worked, and where not.

use super::super::super::text::watch::summed;
use super::super::markup::Markup;
use crate::watch::{Series, TurnKind, Watch};

/// A whole width, in hundredths of a percent.
const WIDTH: u64 = 10_000;

/// The strip, in which what failed is lower as well as of another colour.
pub(super) fn write(page: &mut Markup, watch: &Watch, series: &Series, is_needed: bool) {
    page.raw(if is_needed { "<svg class=\"strip\"" } else { "<svg class=\"strip aside\"" });
    page.raw(" role=\"img\" width=\"100%\" height=\"22\" aria-label=\"");
    page.text(&summed(series, is_needed)).raw("\">");
    let mut from = 0;
    let mut state = before(series);
    for turn in &series.turns {
        let to = share(turn.at_ms, watch.took_ms);
        piece(page, state, from, to);
        from = to;
        state = match turn.what {
            TurnKind::Broke => State::Failed,
            TurnKind::Healed => State::Worked,
            TurnKind::Rerouted => {
                page.raw("<rect class=\"turn\" width=\"3\" height=\"22\" x=\"").share(to).raw("\"/>");
                state
            }
        };
    }
    piece(page, state, from, WIDTH);
    page.raw("</svg>\n");
}

#[derive(Clone, Copy)]
enum State {
    Worked,
    Failed,
    /// Now the one, now the other.
    Mixed,
}

/// How it was before the first turn.
fn before(series: &Series) -> State {
    match series.turns.iter().find(|turn| turn.what != TurnKind::Rerouted).map(|turn| turn.what) {
        Some(TurnKind::Broke) => State::Worked,
        Some(TurnKind::Healed) => State::Failed,
        Some(TurnKind::Rerouted) | None if series.failed == 0 => State::Worked,
        Some(TurnKind::Rerouted) | None if series.failed >= series.asked => State::Failed,
        Some(TurnKind::Rerouted) | None => State::Mixed,
    }
}

fn piece(page: &mut Markup, state: State, from: u64, to: u64) {
    page.raw(match state {
        State::Worked => "<rect class=\"good\" y=\"2\" height=\"8\" x=\"",
        State::Failed => "<rect class=\"bad\" y=\"12\" height=\"8\" x=\"",
        State::Mixed => "<rect class=\"odd\" y=\"7\" height=\"8\" x=\"",
    });
    page.share(from).raw("\" width=\"").share(to.saturating_sub(from).max(15)).raw("\"/>");
}

fn share(ms: u64, of: u64) -> u64 {
    u128::from(ms.min(of))
        .saturating_mul(u128::from(WIDTH))
        .checked_div(u128::from(of))
        .map_or(0, |share| u64::try_from(share).unwrap_or(WIDTH))
}
