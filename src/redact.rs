//! A report without what names its owner: stable aliases in place of account ids, ARNs, addresses and names.
//!
//! First every original is collected from all documents, then each gets an alias that is none of them, then all are
//! replaced, word by word. An alias keeps what the rules look at: a private address stays private and in its subnet, a
//! host name stays one, an account has twelve digits. So the rules find the same in a report with aliases.

mod address;
mod fields;
mod learn;
mod parts;
mod pieces;
mod scan;
mod words;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::json;
use crate::report::Report;
use address::Addresses;
use pieces::{Piece, pieces};
use scan::{Token, scan};

/// Longer texts are seldom said twice.
const OFTEN: usize = 256;

/// Knows the alias of everything that stands in the documents it was made for. What it meets later gets one then.
#[derive(Clone, Debug)]
pub struct Redactor(Arc<Mutex<Known>>);

/// What was met so far.
#[derive(Debug, Default)]
struct Known {
    /// Every word that was met: none of them may be an alias.
    met: HashSet<String>,
    /// The originals that get an alias, in the order in which they were met.
    waiting: Vec<(String, Kind)>,
    /// Those that have one, and those that wait for it, by their lower case.
    aliases: HashMap<String, String>,
    /// How many there are of each kind.
    counts: HashMap<Kind, u64>,
    addresses: Addresses,
    /// Words that stay: the tool's own, and AWS's.
    kept: HashSet<String>,
    /// Texts that were looked at, by the hash of place and text: documents say most things many times.
    read: HashSet<u64>,
}

/// What an original is, and so what its alias looks like.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Kind {
    /// A word: `name-1`, `host-1`, `id-1`.
    Word(&'static str),
    /// Twelve digits.
    Account,
    /// 8-4-4-4-12.
    Uuid,
    /// So many hexadecimal digits.
    Hex(usize),
    /// `vpce-` or another prefix, and so many digits.
    Id(&'static str, usize),
}

impl Redactor {
    /// Learn what stands in these documents.
    pub fn of(documents: &[Value]) -> Self {
        let mut known = Known { kept: words::kept(), ..Known::default() };
        for document in documents {
            fields::each_text(document, &mut |place, text| known.learn(place, text));
        }
        known.settle();
        Self(Arc::new(Mutex::new(known)))
    }

    /// Learn what stands in these documents, JSON as text: a tree of a whole one would take ten times its size.
    pub fn of_texts(documents: &[String]) -> Self {
        let mut known = Known { kept: words::kept(), ..Known::default() };
        for document in documents {
            known.learn_all(document);
        }
        known.settle();
        Self(Arc::new(Mutex::new(known)))
    }

    /// A document of those, with aliases. It stays one of its kind.
    pub fn document(&self, mut document: Value) -> Value {
        let mut known = self.known();
        fields::each_text(&document, &mut |place, text| known.learn(place, text));
        known.settle();
        fields::replace_each(&mut document, &mut known.teller());
        document
    }

    /// The same of its text.
    fn document_text(&self, document: &str) -> String {
        let mut known = self.known();
        known.learn_all(document);
        known.settle();
        let mut tell = known.teller();
        parts::replaced(document, &mut |key, part| fields::replace_each_under(key, part, &mut tell))
    }

    /// A report of those, with aliases.
    pub fn report(&self, report: &Report) -> Report {
        let document = self.document_text(&json::line(report));
        serde_json::from_str(&document).expect("an alias is of the kind of what it stands for")
    }

    /// A text that may name what stands in the documents.
    pub fn text(&self, text: &str) -> String {
        let mut known = self.known();
        known.learn(fields::NOWHERE, text);
        known.settle();
        known.replaced(text).unwrap_or_else(|| text.to_owned())
    }

    /// What is learned of while it goes on: a host, or a check that is named after one.
    pub fn host(&self, name: &str) -> String {
        self.learned("host", name, name)
    }

    /// A text about a place where a copy of the report goes.
    pub fn sink(&self, sink: &str, text: &str) -> String {
        self.learned("sink", sink, text)
    }

    fn learned(&self, key: &str, named: &str, text: &str) -> String {
        self.known().learn(fields::Place { above: "", key }, named);
        self.text(text)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Collect what stands in a document.
    fn learn_all(&mut self, document: &str) {
        parts::each(document, &mut |key, part| {
            fields::each_text_under(key, &part, &mut |place, text| self.learn(place, text));
        });
    }

    /// Says what stands in a place of a document instead of a text, and remembers what it said.
    fn teller(&self) -> impl FnMut(fields::Place<'_>, &str) -> Option<String> {
        let mut before: HashMap<String, Option<String>> = HashMap::new();
        move |place, text| {
            if place.key == "body" || text.len() > OFTEN {
                return self.told(place, text);
            }
            if let Some(told) = before.get(text) {
                return told.clone();
            }
            let told = self.told(place, text);
            before.insert(text.to_owned(), told.clone());
            told
        }
    }

    /// Collect what stands in a text.
    fn learn(&mut self, place: fields::Place<'_>, text: &str) {
        let mut hasher = DefaultHasher::new();
        (place.above, place.key, text).hash(&mut hasher);
        if !self.read.insert(hasher.finish()) {
            return;
        }
        scan(text, &mut |_, token| match token {
            Token::Address(ip, length) => self.addresses.meet(ip, length, place.is_own_range()),
            Token::Word(word) => self.meet(word),
        });
        learn::names(place, text, &mut |word, prefix| self.name(word, prefix));
    }

    fn meet(&mut self, word: &str) {
        if !self.met.contains(word) {
            self.met.insert(word.to_owned());
            pieces(word, &mut |range, piece| match piece {
                Piece::Shaped(kind) => {
                    self.met.insert(word[range.clone()].to_owned());
                    self.wait(&word[range], kind);
                }
                Piece::Address(ip) => self.addresses.meet(ip.into(), None, false),
                Piece::Plain => {}
            });
        }
    }

    /// A word that is somebody's own name for something.
    fn name(&mut self, word: &str, prefix: &'static str) {
        if self.known_alias(word).is_some()
            || words::is_nobodys(word)
            || self.is_kept(word)
            || pieces::says_itself(word)
        {
            return;
        }
        self.wait(word, Kind::Word(prefix));
    }

    fn wait(&mut self, original: &str, kind: Kind) {
        // Hosts are written in any case, and whoever asserts an issuer writes it as it pleases.
        let lower = original.to_lowercase();
        if !self.aliases.contains_key(&lower) {
            self.aliases.insert(lower.clone(), String::new());
            self.waiting.push((lower, kind));
        }
    }

    /// Give an alias to all that wait for one.
    fn settle(&mut self) {
        self.addresses.settle();
        for (original, kind) in std::mem::take(&mut self.waiting) {
            let alias = self.fresh(kind);
            self.aliases.insert(original, alias);
        }
    }

    fn fresh(&mut self, kind: Kind) -> String {
        loop {
            let count = self.counts.entry(kind).or_default();
            *count += 1;
            let alias = kind.alias(*count);
            if !self.met.contains(&alias) {
                return alias;
            }
        }
    }

    /// What stands in a place of a document instead of this text, where that is another.
    fn told(&self, place: fields::Place<'_>, text: &str) -> Option<String> {
        let cut = fields::without_strangers_words(place, text);
        match cut {
            Some(cut) => Some(self.replaced(&cut).unwrap_or(cut)),
            None => self.replaced(text),
        }
    }

    /// The text with aliases; none where it has no original.
    fn replaced(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut end = 0;
        scan(text, &mut |range, token| {
            let alias = match token {
                Token::Address(ip, length) => self.addresses.alias(ip, length),
                // Options and variables of a command are the tool's own.
                Token::Word(word) if text[..range.start].ends_with("--") || text[..range.start].ends_with('$') => {
                    self.known_alias(word).map(str::to_owned)
                }
                Token::Word(word) => self.alias_of(word),
            };
            if let Some(alias) = alias {
                out.push_str(&text[end..range.start]);
                out.push_str(&alias);
                end = range.end;
            }
        });
        (end > 0).then(|| {
            out.push_str(&text[end..]);
            out
        })
    }

    fn alias_of(&self, word: &str) -> Option<String> {
        if let Some(alias) = self.known_alias(word) {
            return Some(alias.to_owned());
        }
        if self.is_kept(word) {
            return None;
        }
        let mut out = String::new();
        let mut end = 0;
        pieces(word, &mut |range, piece| {
            let alias = match piece {
                Piece::Address(ip) => self.addresses.alias(ip.into(), None).map(|ip| ip.replace('.', "-")),
                Piece::Shaped(_) | Piece::Plain => self.known_alias(&word[range.clone()]).map(str::to_owned),
            };
            if let Some(alias) = alias {
                out.push_str(&word[end..range.start]);
                out.push_str(&alias);
                end = range.end;
            }
        });
        (end > 0).then(|| {
            out.push_str(&word[end..]);
            out
        })
    }

    fn known_alias(&self, word: &str) -> Option<&str> {
        let known = |word: &str| self.aliases.get(word).map(String::as_str);
        let is_lower = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        if is_lower { known(word) } else { known(&word.to_lowercase()) }
    }

    fn is_kept(&self, word: &str) -> bool {
        let is_kept = |word: &str| self.kept.contains(word) || words::is_a_place(word);
        is_kept(word) || (word.bytes().any(|byte| byte.is_ascii_uppercase()) && is_kept(&word.to_ascii_lowercase()))
    }
}
