//! The sections that have to do with names.

use super::{Gaps, Item, section};
use crate::vpc::model::{Dns, Forward, Options, Record, Records, Zone};
use crate::vpc::shape;

pub(super) fn read(top: &Item<'_>, own: Option<&str>, gaps: &mut Gaps) -> Result<Dns, String> {
    let mut associated = section(top, "resolver_rule_associations", association, gaps)?;
    if let Some(ids) = &mut associated {
        ids.sort();
    }
    let mut options = section(top, "dhcp_options", options, gaps)?;
    if let (Some(all), Some(own)) = (&mut options, own) {
        all.retain(|one| one.id == own);
    }
    Ok(Dns {
        options,
        associated,
        rules: section(top, "resolver_rules", forward, gaps)?,
        firewalls: section(top, "firewall_rule_group_associations", firewall, gaps)?,
        zones: section(top, "hosted_zones", zone, gaps)?,
        records: section(top, "hosted_zone_records", records, gaps)?,
    })
}

fn options(item: &Item<'_>) -> Result<Options, String> {
    let configurations = item.list("DhcpConfigurations")?.iter();
    let servers = configurations.filter(|one| one["Key"].as_str() == Some("domain-name-servers"));
    let servers = servers.filter_map(|one| one["Values"].as_array()).flatten();
    let texts = servers.filter_map(|one| one["Value"].as_str().or(one.as_str()));
    Ok(Options { id: item.id("DhcpOptionsId", "dopt-")?, servers: texts.map(shape::line).collect() })
}

fn association(item: &Item<'_>) -> Result<String, String> {
    item.id("ResolverRuleId", "rslvr-")
}

fn firewall(item: &Item<'_>) -> Result<String, String> {
    item.id("FirewallRuleGroupId", "rslvr-")
}

fn forward(item: &Item<'_>) -> Result<Forward, String> {
    let targets = item.list("TargetIps")?.iter().filter_map(|target| target["Ip"].as_str().or(target["Ipv6"].as_str()));
    Ok(Forward {
        id: item.id("Id", "rslvr-")?,
        domain: domain(item, "DomainName")?,
        forwards: item.text("RuleType") == Some("FORWARD"),
        targets: targets.filter_map(|text| text.parse().ok()).collect(),
    })
}

fn zone(item: &Item<'_>) -> Result<Zone, String> {
    Ok(Zone { id: zone_id(item, "HostedZoneId")?, name: domain(item, "Name")? })
}

fn records(item: &Item<'_>) -> Result<Records, String> {
    let sets = item.list("ResourceRecordSets")?.iter().map(Item);
    Ok(Records { zone: zone_id(item, "HostedZoneId")?, sets: sets.filter_map(|set| record(&set)).collect() })
}

fn record(set: &Item<'_>) -> Option<Record> {
    let values = set.list("ResourceRecords").ok().into_iter().flatten();
    let addresses = values.filter_map(|one| one["Value"].as_str()?.parse().ok());
    Some(Record { name: plain(set.text("Name")?), kind: set.text("Type")?.to_owned(), addresses: addresses.collect() })
}

/// Route 53 writes `/hostedzone/Z…` or `Z…`.
fn zone_id(item: &Item<'_>, key: &str) -> Result<String, String> {
    let text = item.text(key).ok_or("it has no zone's id")?;
    let id = text.strip_prefix("/hostedzone/").unwrap_or(text);
    shape::name(id).map(str::to_owned).ok_or_else(|| format!("{key} is no zone's id"))
}

fn domain(item: &Item<'_>, key: &str) -> Result<String, String> {
    let name = plain(item.text(key).ok_or("it has no domain")?);
    if name.is_empty() || shape::name(&name).is_some() { Ok(name) } else { Err(format!("{key} is no domain")) }
}

/// In lower case, without the dot at its end, and a wildcard as people write it: Route 53 writes `\052`.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').replace("\\052", "*").to_ascii_lowercase()
}
