//! How often a run asks, and for how long.

use std::time::Duration;

use super::duration::millis;
use super::raw::given;
use super::{Error, shown};

/// Many rounds of asking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rounds {
    /// From the start of one round to that of the next.
    pub every: Duration,
    /// When there are enough of them.
    pub until: Until,
}

/// When there are enough rounds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Until {
    /// After so long.
    Elapsed(Duration),
    /// After so many.
    Made(u64),
}

impl Rounds {
    /// Believe `--for`, `--every` and `--repeat`, or say what is wrong with them; none where neither end is given.
    pub fn accept(time: Option<&str>, every: Option<&str>, repeat: Option<&str>) -> Result<Option<Self>, Error> {
        const USUAL: Duration = Duration::from_secs(5);
        let every = given(every).map(interval).transpose()?;
        let until = match (given(time), given(repeat)) {
            (Some(_), Some(_)) => {
                return Err(Error("--for and --repeat: each of them says when to end; give one of the two".to_owned()));
            }
            (Some(text), None) => Until::Elapsed(duration("--for", text)?),
            (None, Some(text)) => Until::Made(count(text)?),
            (None, None) if every.is_some() => {
                return Err(Error("--every: it needs --for or --repeat, which say when to end".to_owned()));
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(Self { every: every.unwrap_or(USUAL), until }))
    }
}

fn duration(place: &str, text: &str) -> Result<Duration, Error> {
    millis(text).map(Duration::from_millis).map_err(|why| Error::of(place, text, &why))
}

fn interval(text: &str) -> Result<Duration, Error> {
    const LEAST: Duration = Duration::from_millis(200);
    match duration("--every", text)? {
        short if short < LEAST => Err(Error::of("--every", text, "rounds begin at least 200ms after each other")),
        every => Ok(every),
    }
}

fn count(text: &str) -> Result<u64, Error> {
    let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    number
        .filter(|number| (1..=100_000).contains(number))
        .ok_or_else(|| Error(format!("--repeat {}: expected a number from 1 to 100000", shown(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_have_a_distance_and_an_end() {
        let s = Duration::from_secs;
        let elapsed = |every, time| Ok(Some(Rounds { every, until: Until::Elapsed(time) }));
        let made = |every, number| Ok(Some(Rounds { every, until: Until::Made(number) }));
        let table = [
            ((None, None, None), Ok(None)),
            ((Some(""), Some(" "), Some("")), Ok(None)),
            ((Some("5m"), None, None), elapsed(s(5), s(300))),
            ((Some("1ms"), Some("1s"), Some("")), elapsed(s(1), Duration::from_millis(1))),
            ((Some("1440m"), Some("200ms"), None), elapsed(Duration::from_millis(200), s(86_400))),
            ((None, Some("1.5s"), Some("3")), made(Duration::from_millis(1_500), 3)),
            ((None, None, Some("100000")), made(s(5), 100_000)),
            ((None, None, Some("0")), Err("--repeat 0: expected a number from 1 to 100000")),
            ((None, None, Some("100001")), Err("--repeat 100001: expected a number")),
            ((None, None, Some("-1")), Err("--repeat -1: expected a number")),
            ((None, None, Some("99999999999999999999999")), Err("--repeat 99999999999999999999999: expected")),
            ((Some("1441m"), None, None), Err("--for 1441m: not a duration")),
            ((Some("0s"), None, None), Err("--for 0s: not a duration")),
            ((Some("5m"), Some("199ms"), None), Err("--every 199ms: rounds begin at least 200ms after each other")),
            ((None, Some("1s"), None), Err("--every: it needs --for or --repeat")),
            ((Some("5m"), None, Some("3")), Err("--for and --repeat: each of them says when to end")),
        ];
        for ((time, every, repeat), expected) in table {
            match (Rounds::accept(time, every, repeat), expected) {
                (Ok(rounds), Ok(expected)) => assert_eq!(rounds, expected, "{time:?} {every:?} {repeat:?}"),
                (Err(Error(said)), Err(begin)) => assert!(said.starts_with(begin), "{said}"),
                (other, _) => panic!("{time:?} {every:?} {repeat:?}: {other:?}"),
            }
        }
    }
}
