//! Lists of names and addresses, short enough for a sentence.

use super::ledger::Trouble;

/// How many are named before the rest is counted.
const NAMED: usize = 3;

/// `a, b and c`, or `a, b, c and 4 more`; each item once.
pub fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let mut words = each_once(items);
    if words.len() > NAMED + 1 {
        let more = words.len() - NAMED;
        words.truncate(NAMED);
        return format!("{} and {more} more", words.join(", "));
    }
    in_a_row(&words)
}

/// `a, b, c, d, e and f`: all of them, because none may be missing in what is done about them; each item once.
pub fn all<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    in_a_row(&each_once(items))
}

fn each_once<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for item in items {
        let word = item.to_string();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn in_a_row(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The list and the verb that agrees with it.
pub fn say<T: ToString>(items: impl IntoIterator<Item = T>, one: &str, several: &str) -> String {
    let words: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    let verb = if count(&words) == 1 { one } else { several };
    format!("{} {verb}", list(words))
}

/// The hosts that the troubles are about, and what they do.
pub fn hosts_say(troubles: &[Trouble<'_>], one: &str, several: &str) -> String {
    say(troubles.iter().map(Trouble::host), one, several)
}

/// The addresses that were tried, and what they do.
pub fn peers_say(troubles: &[Trouble<'_>], one: &str, several: &str) -> String {
    say(troubles.iter().filter_map(Trouble::at), one, several)
}

/// The resolvers that were asked, and what they do.
pub fn resolvers_say(troubles: &[Trouble<'_>], one: &str, several: &str) -> String {
    say(troubles.iter().filter_map(|trouble| trouble.stage.resolver()), one, several)
}

/// How many different items there are.
pub fn count<T: Eq + std::hash::Hash>(items: impl IntoIterator<Item = T>) -> usize {
    items.into_iter().collect::<std::collections::HashSet<_>>().len()
}

/// The hosts that the troubles are about.
pub fn hosts(troubles: &[Trouble<'_>]) -> String {
    list(troubles.iter().map(Trouble::host))
}

/// The addresses that were tried, with their ports.
pub fn peers(troubles: &[Trouble<'_>]) -> String {
    list(troubles.iter().filter_map(Trouble::at))
}

/// The longest time that any of the attempts took.
pub fn took(troubles: &[Trouble<'_>]) -> String {
    let all = troubles.iter().flat_map(|trouble| &trouble.evidence);
    millis(all.map(|seen| seen.took_ms).max().unwrap_or_default())
}

/// `40 ms` or `4.0 s`.
pub fn millis(ms: u64) -> String {
    if ms < 1_000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1_000, ms % 1_000 / 100) }
}

/// The word, with an `s` unless there is one.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("{count} {word}") } else { format!("{count} {word}s") }
}

/// A stranger's text in one line of our own: no more than a sentence of it, and nothing that a terminal would act on.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 320;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(LONGEST) {
        words.truncate(end);
        words.push('…');
    }
    words
}

/// The words as a sentence begins.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
