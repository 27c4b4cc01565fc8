//! Words that were probably meant.

/// Words that differ in so many letters are others, however long they are.
const FARTHEST: usize = 4;

/// The known word that is nearest, where one is near at all. Case and `_` for `-` make no difference.
pub(super) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase().replace('_', "-");
    let allowed = FARTHEST.min(word.len().div_ceil(3));
    let measured = known.iter().map(|known| (distance(&word, known), *known));
    measured.filter(|(far, _)| *far <= allowed).min_by_key(|(far, _)| *far).map(|(_, known)| known)
}

/// How many letters must be put in, taken out or changed; no more than the first few letters are looked at.
pub fn distance(a: &str, b: &str) -> usize {
    const MOST: usize = 64;
    let b: Vec<char> = b.chars().take(MOST).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(MOST).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_was_meant_is_a_few_letters_away() {
        let known = ["services", "hosts", "route", "issuers", "limits"];
        let table = [
            ("service", Some("services")),
            ("Hosts", Some("hosts")),
            ("rout", Some("route")),
            ("limit_s", Some("limits")),
            ("x", None),
            ("timeouts", None),
            ("", None),
        ];
        for (word, expected) in table {
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
    }
}
