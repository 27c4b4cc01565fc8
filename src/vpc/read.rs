//! `network.json` to a [`Vpc`]: what is not shaped as AWS shapes it is never evaluated.

mod item;
mod names;
mod pieces;
#[cfg(test)]
mod tests;
mod twice;

use std::fmt::{self, Formatter};

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use self::item::Item;
use super::model::{Attributes, Blocking, Group, List, Sections, Task};
use super::{Missing, Vpc, shape};

/// What the file says that it is.
const KIND: &str = "vpcprobe-network";

/// The newest shape that is understood.
const SCHEMA_VERSION: f64 = 1.0;

/// What is read takes memory by the value, not by the byte: so many values, or a quarter as many objects.
const MOST_VALUES: usize = 600_000;

/// An object takes at least as much as so many values.
const OBJECT: usize = 4;

/// The keys that are read; of others nothing is kept.
const KEYS: [&str; 27] = [
    "kind",
    "schema_version",
    "collected_at",
    "account",
    "region",
    "vpc_id",
    "task",
    "missing",
    "vpcs",
    "vpc_attributes",
    "subnets",
    "route_tables",
    "network_acls",
    "security_groups",
    "vpc_endpoints",
    "network_interfaces",
    "prefix_lists",
    "managed_prefix_lists",
    "dhcp_options",
    "nat_gateways",
    "internet_gateways",
    "block_public_access",
    "resolver_rule_associations",
    "resolver_rules",
    "firewall_rule_group_associations",
    "hosted_zones",
    "hosted_zone_records",
];

/// More notes than there are sections.
const MOST_NOTES: usize = 50;

/// Sections that could not be read are kept as what was not looked at.
type Gaps = Vec<Missing>;

impl Vpc {
    /// The bytes that `network.json` has at most: more than the largest VPC needs.
    pub const LARGEST: usize = 32 << 20;

    /// Read `network.json`; what is wrong with it is said in one sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let document = parsed(text)?;
        let top = Item(&document);
        let word = |key: &str| top.text(key).and_then(shape::name).map(str::to_owned);
        let said = |key: &str| {
            word(key).ok_or_else(|| format!("it has no usable {key}; collect it again with scripts/network"))
        };
        let mut missing = missing(&top);
        let id = top.id("vpc_id", "vpc-")?;
        Ok(Self {
            region: said("region")?,
            collected_at: top.text("collected_at").and_then(time).unwrap_or_else(|| "an unknown time".to_owned()),
            account: top.text("account").and_then(shape::account).map(str::to_owned),
            task: task(&Item(&document["task"]))?,
            sections: sections(&top, &id, &mut missing)?,
            id,
            missing,
        })
    }
}

/// A time as everybody writes it.
fn time(text: &str) -> Option<String> {
    OffsetDateTime::parse(text, &Rfc3339).ok()?.to_offset(UtcOffset::UTC).format(&Rfc3339).ok()
}

fn parsed(text: &str) -> Result<Value, String> {
    if text.len() > Vpc::LARGEST {
        return Err(format!("it is larger than {} MiB", Vpc::LARGEST >> 20));
    }
    // Editors of some systems begin a file with it.
    let text = text.trim_start_matches('\u{feff}');
    let weight = |byte: u8| match byte {
        b'{' => OBJECT,
        b',' | b'[' => 1,
        _ => 0,
    };
    if text.bytes().map(weight).sum::<usize>() > MOST_VALUES {
        return Err("it holds more values than any VPC's configuration".to_owned());
    }
    let no_view = || format!("it is no operator's view: its kind is not {KIND}; scripts/network writes one");
    let top: Top = serde_json::from_str(text)
        .map_err(|error| if error.is_data() { no_view() } else { format!("it is no JSON: {error}") })?;
    let document = Value::Object(top.known);
    if document["kind"].as_str() != Some(KIND) {
        return Err(no_view());
    }
    if let Some(key) = top.twice {
        return Err(format!("it has {key} twice"));
    }
    match document["schema_version"].as_f64() {
        Some(version) if version.to_bits() == SCHEMA_VERSION.to_bits() => Ok(document),
        Some(newer) if newer > SCHEMA_VERSION => Err(format!(
            "its schema_version {} is newer than what this vpcprobe reads ({SCHEMA_VERSION})",
            document["schema_version"]
        )),
        _ => Err("its schema_version is none that there is".to_owned()),
    }
}

/// The file's own object.
struct Top {
    known: Map<String, Value>,
    twice: Option<&'static str>,
}

impl<'de> Deserialize<'de> for Top {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TopVisitor)
    }
}

struct TopVisitor;

impl<'de> Visitor<'de> for TopVisitor {
    type Value = Top;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Top, A::Error> {
        let mut top = Top { known: Map::new(), twice: None };
        while let Some(key) = map.next_key::<String>()? {
            match KEYS.iter().find(|known| **known == key) {
                Some(known) if top.known.insert(key, map.next_value()?).is_some() => top.twice = Some(known),
                Some(_) => {}
                None => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(top)
    }
}

fn missing(top: &Item<'_>) -> Gaps {
    let notes = top.0["missing"].as_array().into_iter().flatten().take(MOST_NOTES).map(Item);
    let said = |note: &Item<'_>, key: &str| note.text(key).map(shape::line).unwrap_or_default();
    notes
        .map(|note| Missing {
            section: said(&note, "section"),
            call: note.text("call").map(shape::call).unwrap_or_default().to_owned(),
            why: said(&note, "why"),
        })
        .collect()
}

fn task(task: &Item<'_>) -> Result<Task, String> {
    Ok(Task {
        subnets: task.ids("subnets", "", "subnet-")?,
        groups: task.ids("security_groups", "", "sg-")?,
        public: task.flag("assign_public_ip"),
    })
}

fn sections(top: &Item<'_>, id: &str, gaps: &mut Gaps) -> Result<Sections, String> {
    let vpcs = section(top, "vpcs", "VpcId", pieces::vpc, gaps)?;
    let own = vpcs.into_iter().flatten().find(|vpc| vpc.id == id);
    let options = own.as_ref().and_then(|own| own.options.clone());
    let mut sections = Sections {
        owner: own.as_ref().and_then(|own| own.owner.clone()),
        ranges: own.map(|own| own.ranges).unwrap_or_default(),
        attributes: attributes(&Item(&top.0["vpc_attributes"])),
        subnets: section(top, "subnets", "SubnetId", pieces::subnet, gaps)?,
        tables: section(top, "route_tables", "RouteTableId", pieces::table, gaps)?,
        acls: section(top, "network_acls", "NetworkAclId", pieces::acl, gaps)?,
        groups: groups(top, gaps)?,
        endpoints: section(top, "vpc_endpoints", "VpcEndpointId", pieces::endpoint, gaps)?,
        interfaces: section(top, "network_interfaces", "NetworkInterfaceId", pieces::interface, gaps)?,
        lists: lists(top, gaps)?,
        nats: section(top, "nat_gateways", "NatGatewayId", pieces::nat, gaps)?,
        gateways: section(top, "internet_gateways", "InternetGatewayId", pieces::gateway, gaps)?,
        blocked: blocking(&Item(&top.0["block_public_access"])),
        dns: names::read(top, options.as_deref(), gaps)?,
    };
    consistent(&mut sections.subnets, "subnets", twice::subnets, gaps);
    consistent(&mut sections.tables, "route_tables", twice::tables, gaps);
    consistent(&mut sections.acls, "network_acls", twice::acls, gaps);
    consistent(&mut sections.interfaces, "network_interfaces", twice::interfaces, gaps);
    Ok(sections)
}

/// A section, item by item. One that holds what can't be read is not evaluated at all: half of a rule list is worse than
/// none. Items of one id under the key contradict each other.
fn section<T>(
    top: &Item<'_>,
    name: &str,
    key: &str,
    read: fn(&Item<'_>) -> Result<T, String>,
    gaps: &mut Gaps,
) -> Result<Option<Vec<T>>, String> {
    if top.0[name].is_null() {
        return Ok(None);
    }
    let list = top.list(name)?;
    let mut items = Vec::new();
    for item in list {
        match read(&Item(item)) {
            Ok(item) => items.push(item),
            Err(why) => {
                gap(name, format!("item {} can't be read: {why}", items.len() + 1), gaps);
                return Ok(None);
            }
        }
    }
    match twice::text(list.iter().filter_map(|item| item[key].as_str())) {
        Some(id) => gap(name, format!("{id} is listed twice"), gaps),
        None => return Ok(Some(items)),
    }
    Ok(None)
}

fn gap(section: &str, why: String, gaps: &mut Gaps) {
    gaps.push(Missing { section: section.to_owned(), call: String::new(), why });
}

/// A section whose items must not contradict each other; what they do is the reason why it is not there.
fn consistent<T>(section: &mut Option<Vec<T>>, name: &str, fault: fn(&[T]) -> Option<String>, gaps: &mut Gaps) {
    if let Some(why) = section.as_deref().and_then(fault) {
        gap(name, why, gaps);
        *section = None;
    }
}

/// Amazon's prefix lists and the account's own; sorted, so that a rule finds its list at once.
fn lists(top: &Item<'_>, gaps: &mut Gaps) -> Result<Vec<List>, String> {
    let mut lists = section(top, "prefix_lists", "PrefixListId", pieces::list, gaps)?.unwrap_or_default();
    lists.extend(section(top, "managed_prefix_lists", "PrefixListId", pieces::list, gaps)?.unwrap_or_default());
    crate::order::by(&mut lists, |one, other| one.id.cmp(&other.id));
    Ok(lists)
}

/// Sorted, so that a reference finds its group at once.
fn groups(top: &Item<'_>, gaps: &mut Gaps) -> Result<Option<Vec<Group>>, String> {
    let mut groups = section(top, "security_groups", "GroupId", pieces::group, gaps)?;
    if let Some(groups) = &mut groups {
        crate::order::by(groups, |one, other| one.id.cmp(&other.id));
    }
    Ok(groups)
}

/// Each as AWS says it by itself (`{"Value": true}`), or put together.
fn attributes(attributes: &Item<'_>) -> Attributes {
    let flag = |key: &str| attributes.flag(key).or_else(|| Item(&attributes.0[key]).flag("Value"));
    Attributes { support: flag("EnableDnsSupport"), hostnames: flag("EnableDnsHostnames") }
}

fn blocking(states: &Item<'_>) -> Option<Blocking> {
    match states.text("InternetGatewayBlockMode")? {
        "block-bidirectional" => Some(Blocking::Both),
        "block-ingress" => Some(Blocking::Ingress),
        "off" => Some(Blocking::Off),
        _ => None,
    }
}
