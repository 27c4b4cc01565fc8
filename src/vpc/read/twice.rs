//! What a configuration can't have twice.

use crate::vpc::model::{Acl, Interface, Subnet, Table};

/// A text that stands twice.
pub(super) fn text<'t>(texts: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut texts: Vec<&str> = texts.collect();
    crate::order::naturally(&mut texts);
    texts.windows(2).find(|two| two[0] == two[1]).map(|two| two[0])
}

/// Ranges either hold one another or have nothing in common: sorted, what overlaps stands side by side.
pub(super) fn subnets(subnets: &[Subnet]) -> Option<String> {
    let ranges = subnets.iter().flat_map(|subnet| subnet.ranges.iter().map(|range| (*range, subnet.id.as_str())));
    let mut ranges: Vec<_> = ranges.collect();
    crate::order::by_key(&mut ranges, |(range, _)| (range.network(), range.prefix_len()));
    let mut pairs = ranges.windows(2);
    let two = pairs.find(|two| two[0].0.contains(&two[1].0))?;
    Some(format!("the ranges of {} and {} overlap", two[0].1, two[1].1))
}

pub(super) fn tables(tables: &[Table]) -> Option<String> {
    if tables.iter().filter(|table| table.main).count() > 1 {
        return Some("the main route table is listed twice".to_owned());
    }
    associations(&mut tables.iter().map(|table| &table.subnets[..]))
}

pub(super) fn acls(acls: &[Acl]) -> Option<String> {
    associations(&mut acls.iter().map(|acl| &acl.subnets[..]))
}

fn associations(all: &mut dyn Iterator<Item = &[String]>) -> Option<String> {
    text(all.flatten().map(String::as_str)).map(|subnet| format!("the association of {subnet} is listed twice"))
}

pub(super) fn interfaces(interfaces: &[Interface]) -> Option<String> {
    let addresses = interfaces.iter().flat_map(|interface| &interface.addresses);
    let mut addresses: Vec<_> = addresses.collect();
    crate::order::naturally(&mut addresses);
    let two = addresses.windows(2).find(|two| two[0] == two[1])?;
    Some(format!("{} is listed twice", two[0]))
}
