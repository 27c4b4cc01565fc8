//! `network.json` to a [`Vpc`]: what is not shaped as AWS shapes it is never evaluated.

mod item;
mod names;
mod pieces;

use serde_json::Value;

use self::item::Item;
use super::model::{Attributes, Blocking, Group, List, Sections, Task};
use super::{Missing, Vpc, shape};

/// What the file says that it is.
const KIND: &str = "vpcprobe-network";

/// The newest shape that is understood.
const SCHEMA_VERSION: u64 = 1;

/// More than the largest VPC has.
const LARGEST: usize = 32 << 20;

/// Values in the whole file: what is read takes memory by the value, not by the byte.
const MOST_VALUES: usize = 1_000_000;

/// Sections that could not be read are kept as what was not looked at.
type Gaps = Vec<Missing>;

impl Vpc {
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
            collected_at: top.text("collected_at").map(shape::line).unwrap_or_default(),
            account: top.text("account").and_then(shape::account).map(str::to_owned),
            task: task(&Item(&document["task"]))?,
            sections: sections(&top, &id, &mut missing)?,
            id,
            missing,
        })
    }
}

fn parsed(text: &str) -> Result<Value, String> {
    if text.len() > LARGEST {
        return Err("it is larger than 32 MiB, which no VPC's configuration is".to_owned());
    }
    if text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > MOST_VALUES {
        return Err("it holds more than a million values, which no VPC's configuration does".to_owned());
    }
    let document: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    if document["kind"].as_str() != Some(KIND) {
        return Err(format!("it is no operator's view: its kind is not {KIND}; scripts/network writes one"));
    }
    match document["schema_version"].as_u64() {
        Some(SCHEMA_VERSION) => Ok(document),
        Some(newer) if newer > SCHEMA_VERSION => {
            Err(format!("its schema_version {newer} is newer than what this vpcprobe reads ({SCHEMA_VERSION})"))
        }
        _ => Err("its schema_version is none that there is".to_owned()),
    }
}

fn missing(top: &Item<'_>) -> Gaps {
    let notes = top.list("missing").unwrap_or_default().iter().map(Item);
    let said = |note: &Item<'_>, key: &str| note.text(key).map(shape::line).unwrap_or_default();
    notes
        .map(|note| Missing { section: said(&note, "section"), call: said(&note, "call"), why: said(&note, "why") })
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
    let vpcs = section(top, "vpcs", pieces::vpc, gaps)?;
    let own = vpcs.into_iter().flatten().find(|vpc| vpc.id == id);
    let options = own.as_ref().and_then(|own| own.options.clone());
    Ok(Sections {
        owner: own.as_ref().and_then(|own| own.owner.clone()),
        ranges: own.map(|own| own.ranges).unwrap_or_default(),
        attributes: attributes(&Item(&top.0["vpc_attributes"])),
        subnets: section(top, "subnets", pieces::subnet, gaps)?,
        tables: section(top, "route_tables", pieces::table, gaps)?,
        acls: section(top, "network_acls", pieces::acl, gaps)?,
        groups: groups(top, gaps)?,
        endpoints: section(top, "vpc_endpoints", pieces::endpoint, gaps)?,
        interfaces: section(top, "network_interfaces", pieces::interface, gaps)?,
        lists: lists(top, gaps)?,
        nats: section(top, "nat_gateways", pieces::nat, gaps)?,
        gateways: section(top, "internet_gateways", pieces::gateway, gaps)?,
        blocked: blocking(&Item(&top.0["block_public_access"])),
        dns: names::read(top, options.as_deref(), gaps)?,
    })
}

/// A section, item by item. One that holds what can't be read is not evaluated at all: half of a rule list is worse than none.
fn section<T>(
    top: &Item<'_>,
    name: &str,
    read: fn(&Item<'_>) -> Result<T, String>,
    gaps: &mut Gaps,
) -> Result<Option<Vec<T>>, String> {
    if top.0[name].is_null() {
        return Ok(None);
    }
    let mut items = Vec::new();
    for item in top.list(name)? {
        match read(&Item(item)) {
            Ok(item) => items.push(item),
            Err(why) => {
                let why = format!("item {} can't be read: {why}", items.len() + 1);
                gaps.push(Missing { section: name.to_owned(), call: String::new(), why });
                return Ok(None);
            }
        }
    }
    Ok(Some(items))
}

/// Amazon's prefix lists and the account's own; sorted, so that a rule finds its list at once.
fn lists(top: &Item<'_>, gaps: &mut Gaps) -> Result<Vec<List>, String> {
    let mut lists = section(top, "prefix_lists", pieces::list, gaps)?.unwrap_or_default();
    lists.extend(section(top, "managed_prefix_lists", pieces::list, gaps)?.unwrap_or_default());
    lists.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(lists)
}

/// Sorted, so that a reference finds its group at once.
fn groups(top: &Item<'_>, gaps: &mut Gaps) -> Result<Option<Vec<Group>>, String> {
    let mut groups = section(top, "security_groups", pieces::group, gaps)?;
    if let Some(groups) = &mut groups {
        groups.sort_by(|one, other| one.id.cmp(&other.id));
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
