//! One object of the file, asked key by key.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use crate::vpc::shape;

/// The longest list: AWS's limits are far below.
const LONGEST: usize = 10_000;

pub(super) struct Item<'v>(pub(super) &'v Value);

impl<'v> Item<'v> {
    pub(super) fn text(&self, key: &str) -> Option<&'v str> {
        self.0[key].as_str()
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.0[key].as_bool()
    }

    /// A list; none where the key is absent.
    pub(super) fn list(&self, key: &str) -> Result<&'v [Value], String> {
        let value = &self.0[key];
        match value.as_array() {
            Some(list) if list.len() > LONGEST => Err(format!("{key} has more than {LONGEST} items, which no VPC has")),
            Some(list) => Ok(list),
            None if value.is_null() => Ok(&[]),
            None => Err(format!("{key} is no list")),
        }
    }

    pub(super) fn id(&self, key: &str, prefix: &str) -> Result<String, String> {
        self.maybe_id(key, prefix)?.ok_or_else(|| format!("it has no {key}"))
    }

    /// An id, where there is one.
    pub(super) fn maybe_id(&self, key: &str, prefix: &str) -> Result<Option<String>, String> {
        self.text(key).map(|text| shaped(text, key, prefix)).transpose()
    }

    /// The ids in a list, sorted and each once: its items themselves, or what they have under a key; items without it are
    /// passed over.
    pub(super) fn ids(&self, list: &str, key: &str, prefix: &str) -> Result<Vec<String>, String> {
        let items = self.list(list)?.iter().map(|item| if key.is_empty() { item } else { &item[key] });
        let shaped = items.filter_map(Value::as_str).map(|text| shaped(text, list, prefix));
        let mut ids: Vec<String> = shaped.collect::<Result<_, _>>()?;
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    pub(super) fn range(&self, key: &str) -> Result<Option<IpNet>, String> {
        self.text(key).map(|text| range(text, key)).transpose()
    }

    /// The ranges in a list: what its items have under a key.
    pub(super) fn ranges(&self, list: &str, key: &str) -> Result<Vec<IpNet>, String> {
        let items = self.list(list)?.iter().map(|item| if key.is_empty() { item } else { &item[key] });
        items.filter_map(Value::as_str).map(|text| range(text, list)).collect()
    }

    /// The addresses in a list: what its items have under a key.
    pub(super) fn addresses(&self, list: &str, key: &str) -> Result<Vec<IpAddr>, String> {
        let texts = self.list(list)?.iter().filter_map(|item| item[key].as_str());
        texts.map(|text| text.parse().map_err(|_| format!("{list} has what is no address"))).collect()
    }

    /// A port, or another number below 65,536.
    pub(super) fn number(&self, key: &str) -> Result<u16, String> {
        let number = self.0[key].as_u64().and_then(|number| u16::try_from(number).ok());
        number.ok_or_else(|| format!("{key} is no number from 0 to 65535"))
    }
}

fn shaped(text: &str, key: &str, prefix: &str) -> Result<String, String> {
    shape::id(text, prefix).map(str::to_owned).ok_or_else(|| format!("{key} is no id that begins with {prefix}"))
}

fn range(text: &str, key: &str) -> Result<IpNet, String> {
    text.parse().map(|net: IpNet| net.trunc()).map_err(|_| format!("{key} is no CIDR range"))
}
