//! From a file's text to what it asserts, or the sentence with line and column.

use std::collections::HashMap;

use ipnet::IpNet;

use super::{Assertion, Demands, FLAG, Target, TargetKind};
use crate::inputs::duration::millis;
use crate::inputs::host::host_and_port;
use crate::inputs::near::nearest;
use crate::inputs::raw::shown;
use crate::inputs::yaml::{self, Fault, Key, Node, Place};
use crate::inputs::{Error, NamedText, Route};

/// More would take longer than any deadline, as with `--endpoints`.
pub(super) const MOST_TARGETS: usize = 5_000;
/// Targets, addresses and issuers of one piece together stay under the 16 KiB of a report's line.
const MOST_OF_A_PIECE: usize = 16;
const MOST_LISTED: usize = 40;
/// A distinguished name's part is no longer than this.
const LONGEST_ISSUER: usize = 160;

/// The keys of the file.
pub(super) const TOP: &[&str] = &["default", "groups", "expect"];
/// The keys of a block that say what it is for.
pub(super) const FOR: &[&str] = &["services", "hosts", "group", "groups"];
/// The keys of a block that assert something.
pub(super) const ASSERTED: &[&str] = &["route", "reachable", "addresses", "issuers", "limits"];
/// The keys of `limits`, each of which may stand beside it too.
pub(super) const LIMITS: &[&str] = &["resolve", "connect", "handshake", "exchange", "pull"];

/// Members of each group, by its name.
type Groups<'n> = HashMap<&'n str, Vec<Target>>;

/// Read a file of expectations.
pub(in crate::inputs) fn read(file: &NamedText) -> Result<Vec<Assertion>, Error> {
    let assertions = assertions(&file.text).map_err(|fault| Error(fault.sentence(FLAG, &file.name)))?;
    Ok(assertions.into_iter().flat_map(in_pieces).collect())
}

/// With so many targets each that it fits into a line of a report.
fn in_pieces(whole: Assertion) -> Vec<Assertion> {
    if whole.targets.len() <= MOST_OF_A_PIECE {
        return vec![whole];
    }
    let piece = |targets: &[Target]| Assertion { targets: targets.to_vec(), ..whole.clone() };
    whole.targets.chunks(MOST_OF_A_PIECE).map(piece).collect()
}

fn assertions(text: &str) -> Result<Vec<Assertion>, Fault> {
    let whole = yaml::read(text)?;
    let members = whole.members(TOP)?;
    let groups = whole.get("groups").map(groups).transpose()?.unwrap_or_default();
    let mut assertions = Vec::new();
    for (key, node) in members {
        match key.word.as_str() {
            "default" => assertions.push(block(node, None)?),
            "expect" => {
                for item in node.list("a list of blocks, each beginning with a dash")? {
                    assertions.push(block(item, Some(&groups))?);
                }
            }
            _ => {}
        }
    }
    if assertions.is_empty() {
        return Err(Fault::at(whole.place, "nothing is asserted: neither default nor expect stands here"));
    }
    told_apart(&assertions)?;
    Ok(assertions)
}

fn groups(node: &Node) -> Result<Groups<'_>, Fault> {
    let expected = || "expected names of groups, each with its list of services and hosts".to_owned();
    let of = |(key, node): &'_ (Key, Node)| -> Result<Vec<Target>, Fault> {
        let members = node.items().iter().map(|item| Ok(Target { grouped: true, ..member(item)? }));
        let members: Vec<_> = members.collect::<Result<_, _>>()?;
        if members.is_empty() { Err(Fault::at(key.place, "a group without members")) } else { Ok(members) }
    };
    node.map(expected)?.iter().map(|member| Ok((member.0.word.as_str(), of(member)?))).collect()
}

/// One block: the default has no targets.
fn block(node: &Node, groups: Option<&Groups<'_>>) -> Result<Assertion, Fault> {
    let known: Vec<&str> = match groups {
        Some(_) => [FOR, ASSERTED, LIMITS].concat(),
        None => [ASSERTED, LIMITS].concat(),
    };
    let mut said = Said { line: node.place.line, ..Said::default() };
    for (key, value) in node.members(&known)? {
        said.take(key, value, groups)?;
    }
    if groups.is_some() && said.targets.is_empty() {
        return Err(Fault::at(node.place, "it is for nothing: services, hosts or group is missing"));
    }
    said.assertion(node.place)
}

/// What a block says so far.
#[derive(Default)]
struct Said {
    line: usize,
    targets: Vec<Target>,
    route: Option<Route>,
    reachable: Option<bool>,
    demands: Demands,
}

impl Said {
    fn take(&mut self, key: &Key, value: &Node, groups: Option<&Groups<'_>>) -> Result<(), Fault> {
        match (key.word.as_str(), groups) {
            ("services", _) => self.each(key, value, service)?,
            ("hosts", _) => self.each(key, value, host)?,
            ("group" | "groups", Some(groups)) => self.grouped(key, value, groups)?,
            ("route", _) => self.route = Some(value.believed("a route", Route::parse)?),
            ("reachable", _) => self.reachable = Some(value.believed("true or false", truth)?),
            ("addresses", _) => self.demands.addresses = all(key, value, "an address or a CIDR", range)?,
            ("issuers", _) => self.demands.issuers = all(key, value, "an organisation or a common name", issuer)?,
            ("limits", _) => {
                for (key, value) in value.members(LIMITS)? {
                    self.limit(key, value)?;
                }
            }
            _ => self.limit(key, value)?,
        }
        Ok(())
    }

    fn each(&mut self, key: &Key, value: &Node, read: fn(&Node) -> Result<Target, Fault>) -> Result<(), Fault> {
        let before = self.targets.len();
        for item in value.items() {
            self.targets.push(read(item)?);
        }
        if self.targets.len() == before { Err(Fault::at(key.place, "an empty list")) } else { Ok(()) }
    }

    fn grouped(&mut self, key: &Key, value: &Node, groups: &Groups<'_>) -> Result<(), Fault> {
        if value.items().is_empty() {
            return Err(Fault::at(key.place, "an empty list"));
        }
        for item in value.items() {
            let name = item.word("a group's name")?;
            let members = groups.get(name).ok_or_else(|| {
                let names: Vec<&str> = groups.keys().copied().collect();
                let hint = nearest(name, &names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                Fault::at(item.place, format!("{}: no group of this file{hint}", shown(name)))
            })?;
            self.targets.extend(members.iter().cloned());
        }
        Ok(())
    }

    fn limit(&mut self, key: &Key, value: &Node) -> Result<(), Fault> {
        let demands = &mut self.demands;
        let slot = match key.word.as_str() {
            "resolve" => &mut demands.resolve_ms,
            "connect" => &mut demands.connect_ms,
            "handshake" => &mut demands.handshake_ms,
            "exchange" => &mut demands.exchange_ms,
            _ => &mut demands.pull_ms,
        };
        let limit = value.believed("a duration such as 50ms or 2s", |text| {
            millis(text.trim_start_matches('<').trim_start_matches('=').trim_start())
        })?;
        match slot.replace(limit) {
            None => Ok(()),
            Some(_) => Err(Fault::at(key.place, format!("{} is limited twice here", key.word))),
        }
    }

    fn assertion(self, place: Place) -> Result<Assertion, Fault> {
        let route = self.settled().map_err(|why| Fault::at(place, why))?;
        Ok(Assertion { targets: self.targets, line: self.line, route, demands: self.demands })
    }

    /// The route that is meant, where what is said can hold at once.
    fn settled(&self) -> Result<Option<Route>, &'static str> {
        let asks = !self.demands.is_empty();
        match (self.reachable, self.route) {
            (None, None) if !asks => Err("it asserts nothing"),
            (Some(true), Some(Route::Blocked)) => Err("reachable: true and route: blocked can't both hold"),
            (Some(false), Some(Route::Private | Route::Gateway | Route::Public | Route::Any)) => {
                Err("reachable: false and a route can't both hold")
            }
            (Some(false), _) | (None, Some(Route::Blocked)) if asks => {
                Err("what must not be reachable has no addresses, issuers or limits")
            }
            (Some(false), _) => Ok(Some(Route::Blocked)),
            (Some(true), None) => Ok(Some(Route::Any)),
            (Some(true) | None, route) => Ok(route),
        }
    }
}

fn all<T>(key: &Key, value: &Node, what: &str, rule: fn(&str) -> Result<T, String>) -> Result<Vec<T>, Fault> {
    let all: Vec<T> = value.items().iter().map(|item| item.believed(what, rule)).collect::<Result<_, _>>()?;
    match all.len() {
        0 => Err(Fault::at(key.place, "an empty list")),
        1..=MOST_LISTED => Ok(all),
        many => Err(Fault::at(key.place, format!("{many} are more than the {MOST_LISTED} that are read"))),
    }
}

fn truth(word: &str) -> Result<bool, String> {
    match word {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("expected true or false".to_owned()),
    }
}

fn range(word: &str) -> Result<IpNet, String> {
    let net =
        word.parse::<IpNet>().ok().or_else(|| word.parse().ok().map(|address: std::net::IpAddr| IpNet::from(address)));
    net.map(|net| net.trunc()).ok_or_else(|| "neither an address nor a CIDR such as 10.0.0.0/16".to_owned())
}

fn issuer(word: &str) -> Result<String, String> {
    if word.chars().count() > LONGEST_ISSUER || word.chars().any(char::is_control) {
        return Err(format!("no name of up to {LONGEST_ISSUER} letters"));
    }
    Ok(word.to_owned())
}

fn target(node: &Node, kind: TargetKind, name: String, port: Option<u16>) -> Target {
    let Place { line, column } = node.place;
    Target { name, port, kind, grouped: false, line, column }
}

fn service(node: &Node) -> Result<Target, Fault> {
    let id = node.believed("a service's id", |word| {
        crate::inputs::host_name(word).ok_or_else(|| "no service's id; hosts stand under hosts".to_owned())
    })?;
    Ok(target(node, TargetKind::Service, id, None))
}

fn host(node: &Node) -> Result<Target, Fault> {
    let word = node.word("a host")?;
    if word.contains("://") {
        let why = format!("{}: only a host and a port stand here; --endpoint takes tcp://HOST:PORT", shown(word));
        return Err(Fault::at(node.place, why));
    }
    let (kind, text) = match word.strip_prefix("*.") {
        Some(rest) => (TargetKind::Pattern, rest),
        None => (TargetKind::Host, word),
    };
    let (name, port) = node.believed("a host", |_| host_and_port(text))?;
    let name = if kind == TargetKind::Pattern { format!(".{name}") } else { name };
    Ok(target(node, kind, name, port))
}

/// A member of a group: what is no service for sure may be one.
fn member(node: &Node) -> Result<Target, Fault> {
    let target = host(node)?;
    let kind = match (target.kind, target.port) {
        (TargetKind::Host, None) => TargetKind::Member,
        (kind, _) => kind,
    };
    Ok(Target { kind, ..target })
}

/// The same thing said twice of the same target is a slip: nobody could tell which of both holds.
fn told_apart(assertions: &[Assertion]) -> Result<(), Fault> {
    let mut known: HashMap<(&str, Option<u16>, bool, bool), Vec<&Assertion>> = HashMap::new();
    for assertion in assertions {
        for target in &assertion.targets {
            let is_service = target.kind == TargetKind::Service;
            let before = known.entry((&target.name, target.port, target.grouped, is_service)).or_default();
            for other in before.iter().filter(|other| other.line != assertion.line) {
                if let Some(what) = said_by_both(other, assertion) {
                    let why = format!("{}: {what} is asserted in line {} too", shown(&target.written()), other.line);
                    return Err(Fault::at(Place { line: target.line, column: target.column }, why));
                }
            }
            before.push(assertion);
        }
    }
    let count: usize = assertions.iter().map(|assertion| assertion.targets.len()).sum();
    match assertions.first() {
        Some(first) if count > MOST_TARGETS => {
            let place = Place { line: first.line, column: 1 };
            Err(Fault::at(place, format!("{count} services and hosts are more than the {MOST_TARGETS} of one run")))
        }
        Some(_) | None => Ok(()),
    }
}

fn said_by_both(one: &Assertion, other: &Assertion) -> Option<&'static str> {
    let (a, b) = (&one.demands, &other.demands);
    let table = [
        ("the route", one.route.is_some() && other.route.is_some()),
        ("what addresses it has", !a.addresses.is_empty() && !b.addresses.is_empty()),
        ("its issuer", !a.issuers.is_empty() && !b.issuers.is_empty()),
        ("the limit of resolve", a.resolve_ms.and(b.resolve_ms).is_some()),
        ("the limit of connect", a.connect_ms.and(b.connect_ms).is_some()),
        ("the limit of handshake", a.handshake_ms.and(b.handshake_ms).is_some()),
        ("the limit of exchange", a.exchange_ms.and(b.exchange_ms).is_some()),
        ("the limit of pull", a.pull_ms.and(b.pull_ms).is_some()),
    ];
    table.into_iter().find(|(_, is_so)| *is_so).map(|(what, _)| what)
}

#[cfg(test)]
mod tests;
