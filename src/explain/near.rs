//! Words that are no finding's id, and the ids that they were probably meant to be.

use super::NotUnderstood;
use super::findings::ROWS;
use crate::inputs::{distance, shown};

/// More letters than this apart is another word.
const FARTHEST: usize = 4;
/// More suggestions help nobody.
const MOST: usize = 4;

/// Whether it is one word such as an id is.
pub(super) fn is_word(words: &str) -> bool {
    words.len() <= 60
        && words.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && words.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The sentence for a word that is nothing, with the ids near it.
pub(super) fn unknown(word: &str) -> NotUnderstood {
    let near = near(&word.to_ascii_lowercase().replace('_', "-"));
    let hint = if near.is_empty() {
        "the findings are listed in the README".to_owned()
    } else {
        format!("near it: {}", near.join(", "))
    };
    NotUnderstood(format!(
        "explain {}: neither a finding's id, nor an exit code, nor a stop reason; {hint}",
        shown(word)
    ))
}

/// The ids that a word is near to: those a few letters away, then those that hold it.
fn near(word: &str) -> Vec<&'static str> {
    let mut measured: Vec<(usize, &str)> = ROWS.iter().map(|row| (distance(word, row.id), row.id)).collect();
    crate::order::by_key(&mut measured, |(far, _)| *far);
    let allowed = FARTHEST.min(word.len() / 3);
    let close = measured.iter().filter(|(far, _)| *far <= allowed).map(|(_, id)| *id);
    let holding = ROWS.iter().map(|row| row.id).filter(|id| word.len() >= 3 && id.contains(word));
    let mut found: Vec<&str> = Vec::new();
    for id in close.chain(holding) {
        if !found.contains(&id) && found.len() < MOST {
            found.push(id);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_near_an_id_names_it() {
        let table: &[(&str, &[&str])] = &[
            ("endpont-silent", &["endpoint-silent"]),
            ("layer-unreachable", &["layers-unreachable"]),
            ("no_way_ot", &["no-way-out"]),
            ("image-notfound", &["image-not-found", "name-not-found"]),
            ("silent", &["vpc-resolver-silent", "custom-resolver-silent", "endpoint-silent", "all-endpoints-silent"]),
            ("zebra", &[]),
            ("x", &[]),
        ];
        for (word, expected) in table {
            assert_eq!(near(&word.replace('_', "-"))[..], **expected, "{word}");
        }
    }
}
