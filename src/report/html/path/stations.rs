//! What stands along a path, and how far it was walked.

use std::net::IpAddr;

use super::super::super::text::cells::{Cell, addresses};
use super::super::super::text::page::Ink;
use super::super::super::text::table::{Row, TITLES};
use super::super::super::text::wrap::{clean, squeeze};
use super::super::Context;
use super::{State, layers};
use crate::diagnosis::{CheckResult, CheckStatus, FindingId, ObservedRoute};
use crate::observation::Observation;
use crate::plan::Purpose;

/// The most columns of a line below a station.
const COLUMNS: usize = 26;

/// How many lines a station has.
const LINES: usize = 3;

/// What stands at the place where it breaks.
const BROKEN: &str = "broken here";

/// A path from the task to a service.
pub(super) struct Path {
    pub(super) stations: Vec<Station>,
    /// One fewer than stations: each leads to the next one.
    pub(super) links: Vec<Link>,
    /// The number of the finding that says why it breaks.
    pub(super) cause: Option<usize>,
}

/// A place on it.
pub(super) struct Station {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
    pub(super) state: State,
}

/// What leads to the next place: the rungs that were climbed for it.
pub(super) struct Link {
    pub(super) words: Vec<String>,
    pub(super) state: State,
}

impl Path {
    pub(super) fn of(context: &Context<'_>, row: &Row<'_>) -> Self {
        let check = row.check;
        let seen = context.seen(&check.id);
        let [_, _, resolve, connect, handshake, exchange, _] = &row.cells;
        let mut links = vec![link(&[(2, resolve)]), link(&[(3, connect)]), link(&[(4, handshake), (5, exchange)])];
        let mut stations = vec![task(context), resolvers(seen), by(context, check, seen), service(check)];
        let mut cause = context.causes.get(&check.id).copied();
        if check.status == CheckStatus::Pass {
            excuse(&mut links);
        }
        walk(&mut stations, &links);
        if links.iter().all(|link| link.state != State::Bad) {
            blame(context, check, cause, &mut stations);
        }
        let failed = layers::steps_over(context, check).filter(|step| step.purpose != Purpose::Layers);
        if let Some(step) = failed.into_iter().find(|step| step.status == CheckStatus::Fail) {
            let by_step = context.causes.get(&step.id).copied();
            cause = cause.or(by_step);
            mark(&mut stations[3], context.cause_words(by_step));
        }
        if let Some((station, link, by_layers)) = layers::station(context, check) {
            links.push(link);
            stations.push(station);
            cause = cause.or(by_layers);
        }
        for link in links.iter_mut().filter(|link| link.state == State::Bad) {
            link.words.insert(0, BROKEN.to_owned());
        }
        Self { stations, links, cause }
    }

    /// The same in a sentence, for those who can't see it.
    pub(super) fn words(&self) -> String {
        let mut words = Vec::new();
        for (index, station) in self.stations.iter().enumerate() {
            let link = index.checked_sub(1).and_then(|before| self.links.get(before));
            words.extend(link.map(|link| link.words.join(", ")).filter(|link| !link.is_empty()));
            let broken = if station.state == State::Bad { format!(", {BROKEN}") } else { String::new() };
            words.push(format!("{} {}{broken}", station.title, station.lines.join(" ")));
        }
        words.join("; ")
    }
}

fn link(rungs: &[(usize, &Cell)]) -> Link {
    let of = |ink| match ink {
        Ink::Bad => State::Bad,
        Ink::Odd => State::Odd,
        Ink::Dim => State::Off,
        Ink::Plain | Ink::Bold | Ink::Good => State::Good,
    };
    let climbed = rungs.iter().filter(|(_, cell)| !cell.text.is_empty());
    let state = |wanted| climbed.clone().any(|(_, cell)| of(cell.ink) == wanted);
    let state = [State::Bad, State::Off, State::Odd].into_iter().find(|wanted| state(*wanted)).unwrap_or(State::Good);
    let words = climbed.map(|(index, cell)| match cell.text.as_str() {
        "-" => format!("{}: not tried", TITLES[*index]),
        text => format!("{}: {}", TITLES[*index], squeeze(text, COLUMNS)),
    });
    Link { words: words.collect(), state }
}

/// Where silence is what was wanted, nothing is broken.
fn excuse(links: &mut [Link]) {
    for link in links.iter_mut().filter(|link| link.state == State::Bad) {
        link.state = State::Off;
    }
}

/// What lies behind a broken link was not reached.
fn walk(stations: &mut [Station], links: &[Link]) {
    let mut reached = State::Good;
    for (station, link) in stations.iter_mut().skip(1).zip(links) {
        reached = match link.state {
            _ if reached == State::Off => State::Off,
            State::Good | State::Odd => link.state,
            State::Bad | State::Off => State::Off,
        };
        station.state = reached;
    }
}

/// Every rung was climbed, and something is wrong all the same: the finding tells where.
fn blame(context: &Context<'_>, check: &CheckResult, cause: Option<usize>, stations: &mut [Station]) {
    let Some(id) = context.cause_id(cause) else { return };
    let place = match id.ones() {
        1 => 1,
        2 => 2,
        _ => 3,
    };
    match check.status {
        CheckStatus::Fail => mark(&mut stations[place], context.cause_words(cause)),
        CheckStatus::Warn => stations[place].state = State::Odd,
        CheckStatus::NotRun | CheckStatus::Pass => (),
    }
}

fn mark(station: &mut Station, words: String) {
    station.state = State::Bad;
    station.lines.push(words);
}

impl Context<'_> {
    fn cause_id(&self, cause: Option<usize>) -> Option<FindingId> {
        self.named().nth(cause?.checked_sub(1)?).map(|finding| finding.id)
    }

    /// The finding's id, which is also what people search for.
    pub(super) fn cause_words(&self, cause: Option<usize>) -> String {
        self.cause_id(cause).map_or_else(|| "fails".to_owned(), |id| id.to_string())
    }
}

fn task(context: &Context<'_>) -> Station {
    let addresses = context.report.vantage.addresses.iter().map(ToString::to_string).collect();
    Station { title: "Task".to_owned(), lines: few(addresses), state: State::Good }
}

fn resolvers(seen: &[&Observation]) -> Station {
    let mut asked: Vec<String> = Vec::new();
    for resolver in seen.iter().filter_map(|seen| seen.resolver) {
        let ip = resolver.ip().to_string();
        if !asked.contains(&ip) {
            asked.push(ip);
        }
    }
    let title = if asked.len() > 1 { "Resolvers" } else { "Resolver" };
    Station { title: title.to_owned(), lines: few(asked), state: State::Good }
}

/// What carries the packets, as far as that is known.
fn by(context: &Context<'_>, check: &CheckResult, seen: &[&Observation]) -> Station {
    let found = addresses(seen);
    let first = seen.iter().filter_map(|seen| seen.answer()).flat_map(|answer| &answer.addresses).next();
    let title = way(check.observed_route, check).unwrap_or(match first.map(|address| address.ip) {
        None if found.is_empty() => "No address",
        Some(ip) if is_private(context, ip) => "Private address",
        Some(_) | None => "Public address",
    });
    Station { title: title.to_owned(), lines: few(found), state: State::Good }
}

/// A route by what packets meet on it.
pub(super) fn way(route: ObservedRoute, check: &CheckResult) -> Option<&'static str> {
    match route {
        ObservedRoute::Private if check.endpoint_service.is_some() => Some("VPC endpoint"),
        ObservedRoute::Private => Some("Private address"),
        ObservedRoute::Gateway => Some("Gateway endpoint"),
        ObservedRoute::Public => Some("NAT or internet gateway"),
        ObservedRoute::S3Undetermined => Some("Gateway endpoint or NAT"),
        ObservedRoute::None => None,
    }
}

/// By its range, or because the operator said so.
fn is_private(context: &Context<'_>, ip: IpAddr) -> bool {
    let by_range = match ip {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
    };
    by_range || context.report.inputs.vpc_cidrs.iter().any(|range| range.contains(&ip))
}

fn service(check: &CheckResult) -> Station {
    let title = check.service.clone().unwrap_or_else(|| "Host".to_owned());
    let host =
        if check.service.is_some() && check.endpoint_service.is_some() { vec![] } else { vec![check.host.clone()] };
    Station { title: squeeze(&clean(&title), COLUMNS), lines: few(host), state: State::Good }
}

/// The first few lines, and how many more there are.
pub(super) fn few(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > LINES {
        let more = lines.len() + 1 - LINES;
        lines.truncate(LINES - 1);
        lines.push(format!("and {more} more"));
    }
    lines.iter().map(|line| squeeze(&clean(line), COLUMNS)).collect()
}
