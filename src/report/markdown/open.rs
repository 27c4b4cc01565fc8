//! What a firewall team has to open: every connection that the task start needs, whether it is open or not.

use std::net::{IpAddr, SocketAddr};

use super::super::Report;
use super::super::examined::Examined;
use super::super::text::cells::{Cell, addresses, rung};
use super::super::text::findings::purpose;
use super::super::text::page::Ink;
use super::super::text::steps::is_step;
use super::escape::{cell, code, fields, inline};
use super::paragraph;
use super::tables::table;
use crate::diagnosis::{CheckResult, CheckStatus, ObservedRoute, is_private_range};
use crate::inputs::Route;
use crate::observation::{Fault, Rung};

/// How many addresses of a name are written out.
const ADDRESSES: usize = 8;

/// Whether the way is open. What is not comes first.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum State {
    Closed,
    Partly,
    Cut,
    Unknown,
    Open,
}

struct Row {
    state: State,
    /// How it fails, where it does.
    how: String,
    why: String,
    host: String,
    port: u16,
    protocol: &'static str,
    addresses: String,
    by: String,
}

/// The table, with where the connections come from.
pub(super) fn write(out: &mut String, report: &Report, examined: &[Examined<'_>]) {
    let needed = || examined.iter().filter(|one| one.check.required && !is_step(one.check, &one.seen));
    let mut rows = resolvers(report);
    rows.extend(needed().filter(|one| one.check.expected_route != Route::Blocked).map(|one| row(report, one)));
    if rows.is_empty() {
        return;
    }
    crate::order::by_key(&mut rows, |row| row.state);
    paragraph(out, "### What has to be open");
    paragraph(out, &format!("Outbound {}.", source(report)));
    let titles = ["state", "for", "destination", "port", "protocol", "addresses", "by"];
    table(out, &titles, rows.iter().map(fields_of));
    let blocked: Vec<_> =
        needed().filter(|one| one.check.expected_route == Route::Blocked).map(|one| place(one.check)).collect();
    if !blocked.is_empty() {
        paragraph(out, &format!("Must stay closed, as was asserted: {}", inline(&blocked.join(", "))));
    }
}

fn place(check: &CheckResult) -> String {
    format!("{}:{}", check.host, check.port)
}

/// Where the connections come from, and what has to come back.
fn source(report: &Report) -> String {
    let vantage = &report.vantage;
    let nets = [vantage.subnet_cidr, vantage.subnet_cidr_ipv6].into_iter().flatten().map(|net| code(&net.to_string()));
    let nets: Vec<String> = nets.collect();
    let own: Vec<String> = vantage.addresses.iter().map(|address| code(&address.to_string())).collect();
    let from = match (nets.is_empty(), own.is_empty()) {
        (true, true) => "from the subnet that the probe stood in".to_owned(),
        (true, false) => format!("from {}", own.join(" ")),
        (false, true) => format!("from the subnet {}", nets.join(" ")),
        (false, false) => format!("from the subnet {} (the probe stood at {})", nets.join(" "), own.join(" ")),
    };
    format!(
        "{from}. What answers comes back to ports 1024-65535: a network ACL and a firewall without state have to let that \
         in as well"
    )
}

/// The resolvers that the task is configured with.
fn resolvers(report: &Report) -> Vec<Row> {
    report.vantage.nameservers.iter().map(|resolver| resolver_row(report, *resolver)).collect()
}

fn resolver_row(report: &Report, resolver: SocketAddr) -> Row {
    let asked = || report.observations.iter().filter(|seen| seen.resolver == Some(resolver));
    let fault = asked().find_map(|seen| seen.fault()).filter(|fault| !fault.could_not_look());
    let state = match (asked().any(|seen| seen.seen().is_some()), fault) {
        (true, _) => State::Open,
        (false, Some(_)) => State::Closed,
        (false, None) => State::Unknown,
    };
    Row {
        state,
        how: fault.filter(|_| state == State::Closed).map(ToString::to_string).unwrap_or_default(),
        why: "every name".to_owned(),
        host: "the configured resolver".to_owned(),
        port: resolver.port(),
        protocol: "UDP and TCP",
        addresses: resolver.ip().to_string(),
        by: "DNS".to_owned(),
    }
}

fn row(report: &Report, one: &Examined<'_>) -> Row {
    let check = one.check;
    let (state, how) = state(one);
    let mut found = addresses(&one.seen);
    let more = found.len().saturating_sub(ADDRESSES);
    found.truncate(ADDRESSES);
    found.extend((more > 0).then(|| format!("and {more} more")));
    let protocol = if check.service.as_deref() == Some("efs") { "TCP" } else { protocol(one) };
    Row {
        state,
        how,
        why: purpose(check.purpose).to_owned(),
        host: check.host.clone(),
        port: check.port,
        protocol,
        addresses: found.join(", "),
        by: by(report, one),
    }
}

/// TLS where it was spoken, or would have been.
fn protocol(one: &Examined<'_>) -> &'static str {
    let is_tls = one.seen.iter().any(|seen| seen.rung >= Rung::Handshake) || one.check.port == 443;
    if is_tls { "TCP (TLS)" } else { "TCP" }
}

/// How far connections come; what fails above them is nothing that a port opens.
fn state(one: &Examined<'_>) -> (State, String) {
    if matches!(one.check.status, CheckStatus::Pass | CheckStatus::Warn) {
        return (State::Open, String::new());
    }
    let Cell { text, ink } = rung(Rung::Connect, &one.seen);
    match ink {
        Ink::Bad => (State::Closed, text),
        Ink::Odd => (State::Partly, text),
        Ink::Plain if !text.is_empty() => above(one),
        Ink::Plain | Ink::Dim | Ink::Bold | Ink::Good => {
            let resolve = rung(Rung::Resolve, &one.seen);
            let how =
                if resolve.ink == Ink::Bad { format!("name: {}", resolve.text) } else { "not looked at".to_owned() };
            (State::Unknown, how)
        }
    }
}

/// A handshake that ends without a word is what a filter of names does.
fn above(one: &Examined<'_>) -> (State, String) {
    let Cell { text, ink } = rung(Rung::Handshake, &one.seen);
    let is_wordless =
        one.made().any(|seen| seen.rung == Rung::Handshake && seen.fault().is_some_and(Fault::is_wordless));
    if ink == Ink::Bad && is_wordless { (State::Cut, text) } else { (State::Open, String::new()) }
}

/// What carries it: an endpoint in the VPC, or the way out.
fn by(report: &Report, one: &Examined<'_>) -> String {
    let ips: Vec<IpAddr> = one
        .seen
        .iter()
        .filter_map(|seen| seen.answer())
        .flat_map(|found| &found.addresses)
        .map(|found| found.ip)
        .collect();
    let nets =
        || report.inputs.vpc_cidrs.iter().chain(&report.vantage.subnet_cidr).chain(&report.vantage.subnet_cidr_ipv6);
    let is_private = |ip: &IpAddr| is_private_range(*ip) || nets().any(|net| net.contains(ip));
    let endpoint = one.check.endpoint_service.as_deref();
    let is_gateway = matches!(endpoint.and_then(|service| service.rsplit('.').next()), Some("s3" | "dynamodb"));
    match endpoint {
        Some(service) if one.check.observed_route == ObservedRoute::Gateway => {
            format!("gateway endpoint (prefix list {service})")
        }
        Some(service) if ips.iter().any(is_private) => format!("VPC endpoint {service}"),
        None if ips.iter().any(is_private) => "private addresses".to_owned(),
        Some(service) if is_gateway => format!("gateway endpoint (prefix list {service}), or the way out"),
        Some(service) if ips.is_empty() => format!("VPC endpoint {service}, or the way out"),
        Some(service) => {
            format!("the way out, as the name is public here; VPC endpoint {service} would take its place")
        }
        None if ips.is_empty() => "not known: the name gave no address".to_owned(),
        None => "the way out: the host is public".to_owned(),
    }
}

fn fields_of(row: &Row) -> Vec<String> {
    let word = match row.state {
        State::Closed => "**closed**",
        State::Partly => "**partly closed**",
        State::Cut => "**TCP open, TLS cut**",
        State::Unknown => "not known",
        State::Open => "open",
    };
    let state = if row.how.is_empty() { word.to_owned() } else { format!("{word}: {}", cell(&row.how)) };
    let host = if row.protocol.contains("UDP") { cell(&row.host) } else { fields(&code(&row.host)) };
    vec![
        state,
        cell(&row.why),
        host,
        row.port.to_string(),
        row.protocol.to_owned(),
        cell(&row.addresses),
        cell(&row.by),
    ]
}
