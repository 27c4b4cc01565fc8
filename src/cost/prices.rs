//! The prices of one Region: out of the file that is built in, or out of one of the same shape.

use serde::Serialize;
use serde_json::{Map, Value};

use super::usd;

/// The prices that are built in, with their sources.
pub const BUILT_IN: &str = include_str!("prices.json");

/// A file of prices is short.
const MOST_BYTES: usize = 1 << 20;
/// What is above it is no price of an hour or a GB, in millionths of a dollar.
const DEAREST: f64 = 1e9;

/// The prices of one Region.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// When they were put together.
    pub as_of: String,
    /// An interface endpoint, an hour in each zone.
    pub endpoint_hour: Figure,
    /// What goes through interface endpoints, a GB.
    pub endpoint_gb: Figure,
    /// A NAT gateway, an hour.
    pub nat_hour: Figure,
    /// What goes through NAT gateways, a GB.
    pub nat_gb: Figure,
    /// A public IPv4 address in use, an hour.
    pub ipv4_hour: Figure,
}

/// One price, and who says so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Its key in the file.
    pub item: &'static str,
    /// In millionths of a dollar.
    #[serde(rename = "usd", serialize_with = "usd::micros")]
    pub micros: u64,
    /// What it is beyond so many GB a month, in rising order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Who says so.
    pub source: String,
    /// When they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// `documented` by AWS, `seen` in use or in the words of others, or `unverified`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
}

/// A price from so many GB a month on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// From where on.
    pub above_gb: u64,
    /// In millionths of a dollar.
    #[serde(rename = "usd", serialize_with = "usd::micros")]
    pub micros: u64,
}

impl Prices {
    /// Read a file of prices for one Region: the whole file is believed or none of it.
    pub fn read(text: &str, region: &str) -> Result<Self, String> {
        if text.len() > MOST_BYTES {
            return Err(format!("it is larger than the {MOST_BYTES} bytes that a file of prices has at most"));
        }
        let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| format!("not a file of prices: {error}"))?;
        let document = object("", &document, &["as_of", "regions"])?;
        let as_of = words("as_of", document)?.ok_or("as_of is missing: when the prices were put together")?;
        let regions = document.get("regions").ok_or("regions is missing: the prices by Region")?;
        let regions = regions.as_object().ok_or("regions: expected an object")?;
        let mut found = None;
        for (name, prices) in regions {
            let prices = of_region(&as_of, &format!("regions.{name}"), prices)?;
            if name == region {
                found = Some(prices);
            }
        }
        let names = regions.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| format!("no prices of the Region {region}, only of {names}"))
    }

    /// Each price, in the order in which it is read.
    pub fn figures(&self) -> [&Figure; 5] {
        [&self.endpoint_hour, &self.endpoint_gb, &self.nat_hour, &self.nat_gb, &self.ipv4_hour]
    }
}

const ITEMS: [&str; 5] =
    ["interface_endpoint_hour", "interface_endpoint_gb", "nat_gateway_hour", "nat_gateway_gb", "public_ipv4_hour"];

fn of_region(as_of: &str, place: &str, value: &Value) -> Result<Prices, String> {
    let region = object(place, value, &ITEMS)?;
    let read = |item: &'static str| {
        let value = region.get(item).ok_or_else(|| format!("{place}.{item} is missing"))?;
        figure(item, &format!("{place}.{item}"), value)
    };
    let [endpoint_hour, endpoint_gb, nat_hour, nat_gb, ipv4_hour] = ITEMS;
    Ok(Prices {
        as_of: as_of.to_owned(),
        endpoint_hour: read(endpoint_hour)?,
        endpoint_gb: read(endpoint_gb)?,
        nat_hour: read(nat_hour)?,
        nat_gb: read(nat_gb)?,
        ipv4_hour: read(ipv4_hour)?,
    })
}

fn figure(item: &'static str, place: &str, value: &Value) -> Result<Figure, String> {
    let has_steps = item == "interface_endpoint_gb";
    let known: &[&str] = &["usd", "source", "date", "confidence", "steps"];
    let map = object(place, value, if has_steps { known } else { &known[..4] })?;
    let confidence = words("confidence", map).map_err(|why| format!("{place}.{why}"))?;
    if let Some(word) = confidence.as_deref().filter(|word| !["documented", "seen", "unverified"].contains(word)) {
        return Err(format!("{place}.confidence {word}: expected documented, seen or unverified"));
    }
    Ok(Figure {
        item,
        micros: price(place, map)?,
        steps: map
            .get("steps")
            .map(|steps| read_steps(&format!("{place}.steps"), steps))
            .transpose()?
            .unwrap_or_default(),
        source: words("source", map)
            .and_then(|source| source.ok_or_else(|| "source is missing: who says so".to_owned()))
            .map_err(|why| format!("{place}.{why}"))?,
        date: words("date", map).map_err(|why| format!("{place}.{why}"))?,
        confidence,
    })
}

fn read_steps(place: &str, value: &Value) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for step in value.as_array().ok_or_else(|| format!("{place}: expected a list"))? {
        let map = object(place, step, &["above_gb", "usd"])?;
        let above_gb = map.get("above_gb").and_then(Value::as_u64).filter(|gb| (1..1 << 40).contains(gb));
        let above_gb = above_gb.ok_or_else(|| format!("{place}: above_gb is not a number of GB, above 0"))?;
        if steps.last().is_some_and(|before| before.above_gb >= above_gb) {
            return Err(format!("{place}: above_gb does not rise from step to step"));
        }
        steps.push(Step { above_gb, micros: price(place, map)? });
    }
    Ok(steps)
}

/// A price in millionths of a dollar.
fn price(place: &str, map: &Map<String, Value>) -> Result<u64, String> {
    let micros = map.get("usd").and_then(Value::as_f64).map(|usd| usd * 1e6);
    let sound = micros.filter(|micros| (0.0..=DEAREST).contains(micros) && (micros - micros.round()).abs() < 1e-3);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and from 0 to the dearest")]
    sound
        .map(|micros| micros.round() as u64)
        .ok_or_else(|| format!("{place}: usd is not a price in dollars, from 0 to 1000 and no finer than a millionth"))
}

/// A text, where there is one.
fn words(key: &str, map: &Map<String, Value>) -> Result<Option<String>, String> {
    match map.get(key) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() && text.len() <= 300 => Ok(Some(text.clone())),
        Some(_) => Err(format!("{key}: expected a text of 1 to 300 bytes")),
    }
}

/// An object that has no keys but these.
fn object<'v>(place: &str, value: &'v Value, known: &[&str]) -> Result<&'v Map<String, Value>, String> {
    let said = if place.is_empty() { String::new() } else { format!("{place}: ") };
    let map = value.as_object().ok_or_else(|| format!("{said}expected an object"))?;
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("{said}the key {key} is not known: expected {}", known.join(", "))),
        None => Ok(map),
    }
}

#[cfg(test)]
mod tests;
