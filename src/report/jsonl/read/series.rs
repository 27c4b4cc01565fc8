//! The series of many rounds, read back.

use serde::Deserialize;

use super::{Record, Unread, all_there};
use crate::plan::CheckId;
use crate::watch::{AddressSeries, AnswerSeries, ResolverSeries, Series, Turn, Watch};

/// The series that came, and what is to follow of each.
#[derive(Default)]
pub(super) struct Rounds {
    series: Vec<Series>,
    more: Vec<More>,
    expected: Vec<(CheckId, u64)>,
}

/// The rest of a series' lists.
#[derive(Deserialize)]
struct More {
    check: CheckId,
    #[serde(default)]
    resolvers: Vec<ResolverSeries>,
    #[serde(default)]
    answers: Vec<AnswerSeries>,
    #[serde(default)]
    addresses: Vec<AddressSeries>,
    #[serde(default)]
    turns: Vec<Turn>,
}

/// What the summary says of many rounds.
#[derive(Deserialize)]
pub(super) struct Said {
    series_records: usize,
    rounds: u64,
    rounds_failed: u64,
    first_failed_at: Option<String>,
    last_failed_at: Option<String>,
    rounds_inconclusive: u64,
    round: u64,
    every_ms: u64,
    watched_from: String,
    watched_ms: u64,
}

impl Rounds {
    /// One record.
    pub(super) fn take(&mut self, record: &Record<'_>) -> Result<(), Unread> {
        if record.is_continued() {
            self.more.push(record.read()?);
            return Ok(());
        }
        let follow = record.typed.items_follow.as_ref().and_then(serde_json::Value::as_u64);
        let series: Series = record.read()?;
        self.expected.extend(follow.map(|count| (series.check.clone(), count)));
        self.series.push(series);
        Ok(())
    }

    /// The whole watch, where the summary says that there is one.
    pub(super) fn into_watch(mut self, said: Option<Said>) -> Result<Option<Watch>, String> {
        let Some(said) = said else { return Ok(None) };
        all_there("series", self.series.len(), said.series_records)?;
        for more in self.more {
            let mut known = self.series.iter_mut().filter(|series| series.check == more.check);
            let series =
                known.next().ok_or_else(|| format!("the rest of a series that was not seen: {}", more.check))?;
            series.resolvers.extend(more.resolvers);
            series.answers.extend(more.answers);
            series.addresses.extend(more.addresses);
            series.turns.extend(more.turns);
        }
        for (check, count) in self.expected {
            let series = self.series.iter().find(|series| series.check == check);
            let have = series.map_or(0, |series| {
                series.resolvers.len() + series.answers.len() + series.addresses.len() + series.turns.len()
            });
            all_there("series item", have, usize::try_from(count).unwrap_or(usize::MAX))?;
        }
        Ok(Some(Watch {
            started_at: said.watched_from,
            took_ms: said.watched_ms,
            every_ms: said.every_ms,
            rounds: said.rounds,
            failed: said.rounds_failed,
            first_failed_at: said.first_failed_at,
            last_failed_at: said.last_failed_at,
            inconclusive: said.rounds_inconclusive,
            round: said.round,
            checks: self.series,
        }))
    }
}
