//! YAML, of which JSON is a part, as a tree that knows where everything stood.
//!
//! What a list of expectations needs and no more: one document of lists, mappings and words. Anchors, aliases and tags are
//! refused, so that nothing is larger than it looks.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::raw::shown;

/// More than anybody writes.
const MOST_BYTES: usize = 1 << 20;
/// The nodes of a list of 5,000 endpoints, twice.
const MOST_NODES: usize = 100_000;
/// The formats that are read need six.
const DEEPEST: usize = 16;

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A word or number; nothing at all is an empty one.
    Word(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping; no two of one mapping are the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) word: String,
}

/// What can't be read, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) why: String,
}

impl Fault {
    pub(super) fn at(place: Place, why: impl Into<String>) -> Self {
        Self { place, why: why.into() }
    }

    /// One sentence of the flag, the file's name where it has one, the place and the reason.
    pub(super) fn sentence(&self, flag: &str, file: &str) -> String {
        let Place { line, column } = self.place;
        let file = if file.is_empty() { String::new() } else { format!(" {}", shown(file)) };
        format!("{flag}{file}, line {line}, column {column}: {}", self.why)
    }
}

/// Something that is not closed yet.
struct Open {
    place: Place,
    holds: Holds,
}

enum Holds {
    Items(Vec<Node>),
    Members { members: Vec<(Key, Node)>, key: Option<Key>, seen: HashSet<String> },
}

/// Read one document.
pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let first = Place { line: 1, column: 1 };
    if text.len() > MOST_BYTES {
        return Err(Fault::at(first, format!("larger than {MOST_BYTES} bytes")));
    }
    let mut tree = Tree::default();
    for event in Parser::new_from_str(text.trim_start_matches('\u{feff}')) {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            let place = Place { line: marker.line().max(1), column: marker.col() + 1 };
            Fault::at(place, unread(error.info()))
        })?;
        tree.take(event, begin(span))?;
    }
    tree.whole.ok_or_else(|| Fault::at(first, "nothing stands in it"))
}

/// Why the text is read no further. Where one document has ended, the library only knows that another may begin.
fn unread(info: &str) -> String {
    if info.contains("<document start>") {
        return "expected YAML or JSON, and from here on it is neither (TOML is not read)".to_owned();
    }
    format!("not YAML: {}", shown(info))
}

fn begin(span: Span) -> Place {
    Place { line: span.start.line().max(1), column: span.start.col() + 1 }
}

#[derive(Default)]
struct Tree {
    whole: Option<Node>,
    open: Vec<Open>,
    nodes: usize,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Fault> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) if self.whole.is_some() => Err(Fault::at(place, "a second document begins here")),
            Event::DocumentStart(_) => Ok(()),
            Event::Alias(_) => Err(Fault::at(place, "aliases are not read: write it out")),
            Event::Scalar(word, style, anchor, tag) => {
                plain(place, anchor, tag.is_some())?;
                let nothing = style == ScalarStyle::Plain && matches!(word.as_ref(), "~" | "null");
                let word = if nothing { String::new() } else { word.into_owned() };
                self.word(Node { place, value: Value::Word(word) })
            }
            Event::SequenceStart(anchor, tag) => {
                plain(place, anchor, tag.is_some())?;
                self.open(Open { place, holds: Holds::Items(Vec::new()) })
            }
            Event::MappingStart(anchor, tag) => {
                plain(place, anchor, tag.is_some())?;
                let holds = Holds::Members { members: Vec::new(), key: None, seen: HashSet::new() };
                self.open(Open { place, holds })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
        }
    }

    fn open(&mut self, open: Open) -> Result<(), Fault> {
        if self.open.len() >= DEEPEST {
            return Err(Fault::at(open.place, format!("more than {DEEPEST} levels deep")));
        }
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(Open { place, holds }) = self.open.pop() else { return Ok(()) };
        // Where a block begins is where its first word stands, not its first dash or the line before it.
        let node = match holds {
            Holds::Items(items) => {
                Node { place: items.first().map_or(place, |item| item.place), value: Value::List(items) }
            }
            Holds::Members { members, .. } => {
                Node { place: members.first().map_or(place, |(key, _)| key.place), value: Value::Map(members) }
            }
        };
        self.put(node)
    }

    /// A word is the next key where one is awaited.
    fn word(&mut self, node: Node) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some(Open { holds: Holds::Members { key: key @ None, seen, .. }, .. }) => {
                let Value::Word(word) = node.value else { return Ok(()) };
                if !seen.insert(word.clone()) {
                    return Err(Fault::at(node.place, format!("{} stands here a second time", shown(&word))));
                }
                *key = Some(Key { place: node.place, word });
                Ok(())
            }
            _ => self.put(node),
        }
    }

    fn put(&mut self, node: Node) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(Fault::at(node.place, format!("more than {MOST_NODES} values")));
        }
        match self.open.last_mut().map(|open| &mut open.holds) {
            None => self.whole = Some(node),
            Some(Holds::Items(items)) => items.push(node),
            Some(Holds::Members { members, key, .. }) => match key.take() {
                Some(key) => members.push((key, node)),
                None => return Err(Fault::at(node.place, "a key is one word")),
            },
        }
        Ok(())
    }
}

fn plain(place: Place, anchor: usize, is_tagged: bool) -> Result<(), Fault> {
    match (anchor, is_tagged) {
        (0, false) => Ok(()),
        (0, true) => Err(Fault::at(place, "tags are not read: leave it away")),
        (..) => Err(Fault::at(place, "anchors are not read: write it out")),
    }
}

impl Node {
    /// The mapping's members, none of which is unknown.
    pub(super) fn members(&self, known: &[&str]) -> Result<&[(Key, Self)], Fault> {
        let members = self.map(|| format!("expected {}", one_of(known)))?;
        for (key, _) in members {
            if !known.contains(&key.word.as_str()) {
                let hint = match super::near::nearest(&key.word, known) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("expected {}", one_of(known)),
                };
                return Err(Fault::at(key.place, format!("unknown key {}: {hint}", shown(&key.word))));
            }
        }
        Ok(members)
    }

    /// The mapping's members, whatever they are.
    pub(super) fn map(&self, expected: impl FnOnce() -> String) -> Result<&[(Key, Self)], Fault> {
        match &self.value {
            Value::Map(members) => Ok(members),
            Value::Word(_) | Value::List(_) => Err(Fault::at(self.place, format!("not a mapping: {}", expected()))),
        }
    }

    /// The items of a list.
    pub(super) fn list(&self, expected: &str) -> Result<&[Self], Fault> {
        match &self.value {
            Value::List(items) => Ok(items),
            Value::Word(_) | Value::Map(_) => Err(Fault::at(self.place, format!("expected {expected}"))),
        }
    }

    /// The items of a list, or what stands in place of a list of one.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Word(_) | Value::Map(_) => std::slice::from_ref(self),
        }
    }

    /// The word that stands here.
    pub(super) fn word(&self, expected: &str) -> Result<&str, Fault> {
        match &self.value {
            Value::Word(word) if !word.trim().is_empty() => Ok(word.trim()),
            Value::Word(_) | Value::List(_) | Value::Map(_) => {
                Err(Fault::at(self.place, format!("expected {expected}")))
            }
        }
    }

    /// The word that stands here, believed by one of the rules of the command line.
    pub(super) fn believed<T>(&self, expected: &str, rule: impl Fn(&str) -> Result<T, String>) -> Result<T, Fault> {
        let word = self.word(expected)?;
        rule(word).map_err(|why| Fault::at(self.place, format!("{}: {why}", shown(word))))
    }

    /// What stands under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(members) => members.iter().find(|(known, _)| known.word == key).map(|(_, node)| node),
            Value::Word(_) | Value::List(_) => None,
        }
    }
}

fn one_of(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some(_) | None => words.concat(),
    }
}

#[cfg(test)]
mod tests;
