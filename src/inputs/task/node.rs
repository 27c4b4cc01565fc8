//! A value in a JSON document and the way to it, so that what is wrong there is said with its place and without its text.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::inputs::{Error, shown};

/// A key's value, not yet looked at; none where it is missing or null.
pub(super) type Field<'a> = Option<&'a RawValue>;

/// A value and its place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    place: String,
    raw: &'a str,
}

impl<'a> Node<'a> {
    /// The whole of a document.
    pub(super) fn document(place: String, text: &'a str) -> Result<Self, Error> {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => Ok(Self { place, raw: raw.get() }),
            Err(error) => Err(Error(format!("{place}: {}", not_json(text, &error)))),
        }
    }

    /// The value of one of its keys, or what else lies in it.
    pub(super) fn inner(&self, name: impl Display, raw: &'a RawValue) -> Self {
        Self { place: format!("{}: {name}", self.place), raw: raw.get() }
    }

    /// The same, where it is there.
    pub(super) fn field(&self, name: &str, field: Field<'a>) -> Option<Self> {
        field.map(|raw| self.inner(name, raw))
    }

    /// The same value by a better name, such as a container's.
    pub(super) fn known_as(&self, place: String) -> Self {
        Self { place, raw: self.raw }
    }

    /// Where it is.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong here.
    pub(super) fn refuse(&self, why: &str) -> Error {
        Error(format!("{}: {why}", self.place))
    }

    /// Its keys that are asked for; nothing else of it is read.
    pub(super) fn object<T: Deserialize<'a>>(&self) -> Result<T, Error> {
        self.must_be("an object", "{")?;
        // Every field is a value not yet looked at: what is left to go wrong is a key that stands twice.
        serde_json::from_str(self.raw).map_err(|_| self.refuse("one of its keys stands in it twice"))
    }

    /// What stands in a list, each by its number.
    pub(super) fn list(&self) -> Result<Vec<Self>, Error> {
        self.must_be("a list", "[")?;
        let raw: Vec<&'a RawValue> = serde_json::from_str(self.raw).map_err(|_| self.refuse("not a list"))?;
        Ok((1..)
            .zip(raw)
            .map(|(number, raw)| Self { place: format!("{} {number}", self.place), raw: raw.get() })
            .collect())
    }

    /// A string.
    pub(super) fn text(&self) -> Result<String, Error> {
        self.must_be("a string", "\"")?;
        serde_json::from_str::<String>(self.raw)
            .map(|text| text.trim().to_owned())
            .map_err(|_| self.refuse("a string that is not Unicode"))
    }

    /// What a string says, believed by a rule.
    pub(super) fn read<T>(&self, rule: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Error> {
        let text = self.text()?;
        if text.is_empty() {
            return Err(self.refuse("it is empty"));
        }
        rule(&text).map_err(|why| Error::of(&self.place, &text, &why))
    }

    /// A name for people, where there is a usable one.
    pub(super) fn label(&self) -> Option<String> {
        let text = self.text().ok().filter(|text| !text.is_empty())?;
        Some(shown(&text))
    }

    /// A whole number; none where it is something else.
    pub(super) fn number(&self) -> Option<u64> {
        self.raw.parse().ok()
    }

    /// A null, a number, a string …: what it is, for a sentence.
    pub(super) fn kind(&self) -> &'static str {
        match self.raw.bytes().next() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a string",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            Some(_) | None => "a number",
        }
    }

    fn must_be(&self, expected: &str, begins: &str) -> Result<(), Error> {
        if self.raw.starts_with(begins) {
            return Ok(());
        }
        Err(self.refuse(&format!("{}, and {expected} was expected", self.kind())))
    }
}

/// Why a text is no JSON, by its place alone: what stands there may be a secret.
fn not_json(text: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    if error.is_eof() {
        return format!("its end is missing: the JSON stops in line {line}");
    }
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    let is_yaml = first == "---" || first.split_once(':').is_some_and(|(key, _)| is_word(key));
    if is_yaml {
        return "YAML, and only JSON is read: `aws ecs describe-task-definition --output json` prints it".to_owned();
    }
    if !text.starts_with(['{', '[', '"']) {
        return "neither the JSON of a task definition, nor that gzipped in base64, nor a file's name".to_owned();
    }
    format!("not JSON: something else stands in line {line}, column {column}")
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
