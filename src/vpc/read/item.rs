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

    /// A text that AWS always gives.
    pub(super) fn must_text(&self, key: &str) -> Result<&'v str, String> {
        self.text(key).ok_or_else(|| lacks(key))
    }

    /// A flag that AWS always gives.
    pub(super) fn must_flag(&self, key: &str) -> Result<bool, String> {
        self.flag(key).ok_or_else(|| lacks(key))
    }

    /// A text that may be absent, and is nothing else.
    fn maybe_text(&self, key: &str) -> Result<Option<&'v str>, String> {
        maybe(&self.0[key], key)
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

    /// A list that AWS always gives, were it empty.
    pub(super) fn must_list(&self, key: &str) -> Result<&'v [Value], String> {
        if self.0[key].is_null() { Err(lacks(key)) } else { self.list(key) }
    }

    pub(super) fn id(&self, key: &str, prefix: &str) -> Result<String, String> {
        self.maybe_id(key, prefix)?.ok_or_else(|| lacks(key))
    }

    /// An id, where there is one.
    pub(super) fn maybe_id(&self, key: &str, prefix: &str) -> Result<Option<String>, String> {
        self.maybe_text(key)?.map(|text| shaped(text, key, prefix)).transpose()
    }

    /// The texts in a list: its items themselves, or what they have under a key.
    pub(super) fn texts(&self, list: &str, key: &str) -> Result<Vec<&'v str>, String> {
        let items = self.list(list)?.iter().map(|item| if key.is_empty() { item } else { &item[key] });
        items.map(|item| maybe(item, list)?.ok_or_else(|| format!("an item of {list} lacks {key}"))).collect()
    }

    /// The ids in a list, sorted and each once.
    pub(super) fn ids(&self, list: &str, key: &str, prefix: &str) -> Result<Vec<String>, String> {
        let texts = self.texts(list, key)?.into_iter();
        Ok(once(texts.map(|text| shaped(text, list, prefix)).collect::<Result<_, _>>()?))
    }

    /// The ids that some items of a list have under a key, sorted and each once.
    pub(super) fn ids_of_some(&self, list: &str, key: &str, prefix: &str) -> Result<Vec<String>, String> {
        let ids = self.must_list(list)?.iter().map(|item| Item(item).maybe_id(key, prefix));
        Ok(once(ids.filter_map(Result::transpose).collect::<Result<_, _>>()?))
    }

    pub(super) fn range(&self, key: &str) -> Result<Option<IpNet>, String> {
        self.maybe_text(key)?.map(|text| range(text, key)).transpose()
    }

    /// The ranges in a list: what its items have under a key.
    pub(super) fn ranges(&self, list: &str, key: &str) -> Result<Vec<IpNet>, String> {
        self.texts(list, key)?.into_iter().map(|text| range(text, list)).collect()
    }

    /// The addresses in a list: what its items have under a key.
    pub(super) fn addresses(&self, list: &str, key: &str) -> Result<Vec<IpAddr>, String> {
        let texts = self.texts(list, key)?.into_iter();
        texts.map(|text| text.parse().map_err(|_| format!("{list} has what is no address"))).collect()
    }

    /// An object in it, or nothing.
    pub(super) fn part(&self, key: &str) -> Result<Self, String> {
        let value = &self.0[key];
        if value.is_null() || value.is_object() { Ok(Self(value)) } else { Err(format!("{key} is no object")) }
    }

    /// A port, or another number below 65,536.
    pub(super) fn number(&self, key: &str) -> Result<u16, String> {
        let number = self.0[key].as_u64().and_then(|number| u16::try_from(number).ok());
        number.ok_or_else(|| format!("{key} is no number from 0 to 65535"))
    }
}

fn lacks(key: &str) -> String {
    format!("it has no {key} as AWS writes it")
}

fn maybe<'v>(value: &'v Value, key: &str) -> Result<Option<&'v str>, String> {
    match value.as_str() {
        None if !value.is_null() => Err(format!("{key} has what is no text")),
        text => Ok(text),
    }
}

fn once(mut ids: Vec<String>) -> Vec<String> {
    crate::order::naturally(&mut ids);
    ids.dedup();
    ids
}

fn shaped(text: &str, key: &str, prefix: &str) -> Result<String, String> {
    shape::id(text, prefix).map(str::to_owned).ok_or_else(|| format!("{key} is no id that begins with {prefix}"))
}

fn range(text: &str, key: &str) -> Result<IpNet, String> {
    text.parse().map(|net: IpNet| net.trunc()).map_err(|_| format!("{key} is no CIDR range"))
}
