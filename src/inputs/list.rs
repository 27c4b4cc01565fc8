//! Lists of endpoints: our own, one a line, and those of other tools, known by what they hold.
//!
//! osd-network-verifier's egress lists are YAML with `endpoints: - host, ports, tlsDisabled`; what Snowflake's
//! SYSTEM$ALLOWLIST returns, and SnowCD reads, is a JSON array of `type, host, port`.

use super::host::host_and_port;
use super::raw::{given, shown};
use super::yaml::{self, Fault, Node};
use super::{Endpoint, Error, NamedText, Region, Transport};

const FLAG: &str = "--endpoints";

/// What a list comes to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct List {
    pub(super) endpoints: Vec<Endpoint>,
    /// Patterns, which nothing can be connected to by.
    pub(super) left_out: Vec<String>,
}

/// Read a list in whichever form it has.
pub(super) fn read(list: &NamedText, region: &Region) -> Result<List, Error> {
    let foreign: Option<Foreign> = match form(&list.text) {
        Form::Lines => None,
        Form::Egress => Some(egress),
        Form::Allowlist => Some(allowlist),
    };
    let Some(reader) = foreign else { return lines(list) };
    let mut read = List::default();
    let done = yaml::read(&list.text).and_then(|whole| {
        reader(&whole, region, &mut read)?;
        let is_empty = read.endpoints.is_empty() && read.left_out.is_empty();
        if is_empty { Err(Fault::at(whole.place, "the list is empty")) } else { Ok(()) }
    });
    done.map_err(|fault| Error(fault.sentence(FLAG, &list.name)))?;
    Ok(read)
}

type Foreign = fn(&Node, &Region, &mut List) -> Result<(), Fault>;

/// The forms that a list can have.
#[derive(Debug, PartialEq)]
enum Form {
    Lines,
    Egress,
    Allowlist,
}

/// Told by the first line that is no comment: an IPv6 address in brackets is no JSON, and `endpoints:443` is a host.
fn form(text: &str) -> Form {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('[') && !is_address(text) {
        return Form::Allowlist;
    }
    let first = text.lines().map(str::trim_end).find(|line| !line.is_empty() && !line.trim_start().starts_with('#'));
    let is_key = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t', '#']);
    match first {
        Some(line) if line.starts_with("---") || line.starts_with('{') => Form::Egress,
        Some(line) if line.strip_prefix("endpoints:").is_some_and(is_key) => Form::Egress,
        Some(_) | None => Form::Lines,
    }
}

/// Whether the text begins with an IPv6 address in brackets, right or not: `[fd00::1]:443`.
fn is_address(text: &str) -> bool {
    let first = text.lines().next().and_then(|line| line.strip_prefix('[')?.split_once(']'));
    first.is_some_and(|(inside, behind)| {
        !inside.contains(['{', '[', '"']) && (behind.starts_with(':') || inside.parse::<std::net::Ipv6Addr>().is_ok())
    })
}

fn lines(list: &NamedText) -> Result<List, Error> {
    let mut endpoints = Vec::new();
    for (number, line) in (1..).zip(list.text.trim_start_matches('\u{feff}').lines()) {
        let entry = line.split_once('#').map_or(line, |(before, _)| before);
        if let Some(entry) = given(Some(entry)) {
            let place = format!("{FLAG} {}, line {number}:", shown(&list.name));
            endpoints.push(Endpoint::parse(entry).map_err(|reason| Error::of(&place, entry, &reason))?);
        }
    }
    if endpoints.is_empty() {
        return Err(Error(format!("{FLAG} {}: the list is empty", shown(&list.name))));
    }
    Ok(List { endpoints, left_out: Vec::new() })
}

fn egress(whole: &Node, region: &Region, read: &mut List) -> Result<(), Fault> {
    let list =
        whole.get("endpoints").ok_or_else(|| Fault::at(whole.place, "no key endpoints, as egress lists have"))?;
    for entry in list.list("a list of host and ports")? {
        let host = required(entry, "host")?.believed("a host", |host| substituted(host, region))?;
        let unverified = match entry.get("tlsDisabled") {
            Some(node) => node.believed("true or false", |word| match word {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err("expected true or false".to_owned()),
            })?,
            None => false,
        };
        for port in required(entry, "ports")?.items() {
            read.add(entry, &host, number(port)?, unverified)?;
        }
    }
    Ok(())
}

fn allowlist(whole: &Node, _: &Region, read: &mut List) -> Result<(), Fault> {
    for entry in whole.list("a list of type, host and port")? {
        let host = required(entry, "host")?.word("a host")?;
        let port = entry.get("port").map_or(Ok(443), number)?;
        read.add(entry, host, port, false)?;
    }
    Ok(())
}

fn required<'n>(entry: &'n Node, key: &str) -> Result<&'n Node, Fault> {
    entry.get(key).ok_or_else(|| Fault::at(entry.place, format!("{key} is missing")))
}

fn number(node: &Node) -> Result<u16, Fault> {
    node.believed("a port", |word| {
        let port = word.parse().ok().filter(|port| *port > 0);
        port.ok_or_else(|| "the port is not a number from 1 to 65535".to_owned())
    })
}

/// The Region in place of `${AWS_REGION}`; no other variable is known.
fn substituted(host: &str, region: &Region) -> Result<String, String> {
    let host = host.replace("${AWS_REGION}", region.as_str()).replace("$AWS_REGION", region.as_str());
    if host.contains('$') { Err("no variable but ${AWS_REGION} is known".to_owned()) } else { Ok(host) }
}

impl List {
    /// On 443 TLS is spoken, anywhere else nothing that we know.
    fn add(&mut self, entry: &Node, host: &str, port: u16, unverified: bool) -> Result<(), Fault> {
        if host.contains('*') {
            self.left_out.push(shown(host));
            return Ok(());
        }
        let wrong = |why: String| Fault::at(entry.place, format!("{}: {why}", shown(host)));
        let (host, None) = host_and_port(host).map_err(wrong)? else {
            return Err(wrong("the port stands under its own key".to_owned()));
        };
        let transport = if port == 443 && !unverified { Transport::Tls } else { Transport::Tcp };
        self.endpoints.push(Endpoint { host, port, transport, route: None, unverified });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
