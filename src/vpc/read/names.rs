//! The sections that have to do with names.

use super::{Gaps, Item, section};
use crate::vpc::model::{Dns, Forward, Options, Record, Records, Zone};
use crate::vpc::shape;

pub(super) fn read(top: &Item<'_>, own: Option<&str>, gaps: &mut Gaps) -> Result<Dns, String> {
    let mut associated = section(top, "resolver_rule_associations", "", association, gaps)?;
    if let Some(ids) = &mut associated {
        crate::order::naturally(ids);
    }
    let mut options = section(top, "dhcp_options", "DhcpOptionsId", options, gaps)?;
    if let (Some(all), Some(own)) = (&mut options, own) {
        all.retain(|one| one.id == own);
    }
    Ok(Dns {
        options,
        associated,
        rules: section(top, "resolver_rules", "Id", forward, gaps)?,
        firewalls: section(top, "firewall_rule_group_associations", "", firewall, gaps)?,
        zones: section(top, "hosted_zones", "", zone, gaps)?,
        records: section(top, "hosted_zone_records", "", records, gaps)?,
    })
}

fn options(item: &Item<'_>) -> Result<Options, String> {
    let mut servers = Vec::new();
    for one in item.must_list("DhcpConfigurations")?.iter().map(Item) {
        if one.must_text("Key")? == "domain-name-servers" {
            for value in one.must_list("Values")? {
                let server = value["Value"].as_str().or(value.as_str()).ok_or("a server's Value is no text")?;
                servers.push(shape::line(server));
            }
        }
    }
    Ok(Options { id: item.id("DhcpOptionsId", "dopt-")?, servers })
}

fn association(item: &Item<'_>) -> Result<String, String> {
    item.id("ResolverRuleId", "rslvr-")
}

fn firewall(item: &Item<'_>) -> Result<String, String> {
    item.id("FirewallRuleGroupId", "rslvr-")
}

fn forward(item: &Item<'_>) -> Result<Forward, String> {
    let targets = item.list("TargetIps")?.iter().map(|target| target["Ip"].as_str().or(target["Ipv6"].as_str()));
    let address = |text: Option<&str>| text?.parse().ok();
    Ok(Forward {
        id: item.id("Id", "rslvr-")?,
        domain: domain(item, "DomainName")?,
        forwards: item.must_text("RuleType")? == "FORWARD",
        targets: targets.map(address).collect::<Option<_>>().ok_or("TargetIps has what is no address")?,
    })
}

fn zone(item: &Item<'_>) -> Result<Zone, String> {
    Ok(Zone { id: zone_id(item, "HostedZoneId")?, name: domain(item, "Name")? })
}

fn records(item: &Item<'_>) -> Result<Records, String> {
    let sets = item.must_list("ResourceRecordSets")?.iter().map(|set| record(&Item(set)));
    Ok(Records { zone: zone_id(item, "HostedZoneId")?, sets: sets.collect::<Result<_, _>>()? })
}

/// Of other types than addresses the values are other words.
fn record(set: &Item<'_>) -> Result<Record, String> {
    let values = set.texts("ResourceRecords", "Value")?.into_iter();
    Ok(Record {
        name: plain(set.must_text("Name")?),
        kind: shape::line(set.must_text("Type")?),
        addresses: values.filter_map(|value| value.parse().ok()).collect(),
    })
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
