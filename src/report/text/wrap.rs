//! Text into lines: what the network said made harmless, then broken at spaces; commands at their own seams.

/// Characters that a terminal would obey instead of showing are written as escapes.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if !super::super::is_steering(c) => out.push(c),
            c if u32::from(c) < 0x100 => out.extend([format!("\\x{:02x}", u32::from(c))]),
            c => out.extend([format!("\\u{{{:x}}}", u32::from(c))]),
        }
    }
    out
}

/// How many columns a text takes, or fewer: scripts that are not known to be narrow count twice.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(c: char) -> usize {
    match c {
        '\u{0}'..='\u{5ff}'
        | '\u{1e00}'..='\u{1fff}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2190}'..='\u{21ff}'
        | '\u{2500}'..='\u{257f}'
        | '\u{2713}'..='\u{2718}' => 1,
        _ => 2,
    }
}

/// Break a text into lines of at most so many columns, some of the first one's taken: at spaces, and inside of words
/// that are wider than a line.
pub(super) fn wrap(text: &str, taken: usize, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = taken;
    for word in &unbroken(text) {
        let is_first = lines.last().is_some_and(String::is_empty);
        let space = usize::from(!is_first);
        if used + space + width(word) <= room {
            put(&mut lines, if is_first { "" } else { " " });
            put(&mut lines, word);
            used += space + width(word);
            continue;
        }
        if used == 0 {
            // Nothing stands before the word, not even a label: it takes the first line itself.
            lines.pop();
        }
        lines.extend(pieces(word, room));
        used = lines.last().map_or(0, |line| width(line));
    }
    lines
}

/// A word in pieces that fit. It may be as long as a body: each piece is measured once.
fn pieces(word: &str, room: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = word;
    let mut fits = fitting(rest, room);
    while fits < rest.len() {
        let (piece, after) = rest.split_at(seam(rest, fits));
        pieces.push(piece.to_owned());
        rest = after;
        fits = fitting(rest, room);
    }
    pieces.push(rest.to_owned());
    pieces
}

/// What stands behind a number and belongs to it.
const UNITS: [&str; 9] = ["s", "ms", "min", "h", "B", "kB", "MB", "GB", "TB"];

/// The words of a text, a unit of time kept with its number.
fn unbroken(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let unit = word.trim_end_matches([',', '.', ';', ':', ')']);
        let is_unit = UNITS.contains(&unit.trim_end_matches("/s"));
        match words.last_mut() {
            Some(number) if is_unit && number.ends_with(|c: char| c.is_ascii_digit()) => {
                number.push(' ');
                number.push_str(word);
            }
            Some(_) | None => words.push(word.to_owned()),
        }
    }
    words
}

/// Where a word that must be broken is broken best: behind a dot, a dash or a slash in the second half of what fits.
fn seam(word: &str, fits: usize) -> usize {
    word[..fits].rfind(['.', '-', '/']).map(|at| at + 1).filter(|at| at * 2 > fits).unwrap_or(fits)
}

fn put(lines: &mut [String], piece: &str) {
    lines.last_mut().expect("there is a first line and none is taken away").push_str(piece);
}

/// How many bytes of the text fit; at least one character.
fn fitting(text: &str, room: usize) -> usize {
    let mut used = 0;
    let over = text.char_indices().find(|(_, c)| {
        used += columns(*c);
        used > room
    });
    let first = text.chars().next().map_or(0, char::len_utf8);
    over.map_or(text.len(), |(at, _)| at.max(first))
}

/// Shorten a text to so many columns by leaving out its middle: the two ends of a host name tell the most.
pub(crate) fn squeeze(text: &str, room: usize) -> String {
    const GAP: &str = "..";
    if width(text) <= room {
        return text.to_owned();
    }
    let half = room.saturating_sub(GAP.len()) / 2;
    let head = &text[..fitting(text, half)];
    let mut used = 0;
    let tail = text.char_indices().rev().take_while(|(_, c)| {
        used += columns(*c);
        used <= room.saturating_sub(GAP.len() + width(head))
    });
    let from = tail.last().map_or(text.len(), |(at, _)| at);
    format!("{head}{GAP}{}", &text[from..])
}

/// Break a shell command into lines that a shell reads as one: between its words, best before an option, a backslash at
/// each end but the last. A word that is wider than a line stays whole.
pub(crate) fn command(command: &str, room: usize, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for clause in clauses(&words(&clean(&joined(command)))) {
        let unbroken = clause.join(" ");
        let pieces = if indent + width(&unbroken) + 2 <= room { vec![unbroken] } else { clause };
        for piece in pieces {
            let margin = if lines.len() > 1 { indent } else { 0 };
            match lines.last_mut() {
                Some(line) if margin + width(line) + 1 + width(&piece) + 2 <= room => {
                    line.push(' ');
                    line.push_str(&piece);
                }
                Some(_) | None => lines.push(piece),
            }
        }
    }
    let last = lines.len().saturating_sub(1);
    let finish = |(index, line): (usize, String)| {
        let margin = if index > 0 { " ".repeat(indent) } else { String::new() };
        let end = if index < last { " \\" } else { "" };
        format!("{margin}{line}{end}")
    };
    lines.into_iter().enumerate().map(finish).collect()
}

/// A command that is already broken into lines, on one.
fn joined(command: &str) -> String {
    command.trim().replace("\\\n", " ")
}

/// Options with their values; what stands before the first option by itself.
fn clauses(words: &[String]) -> Vec<Vec<String>> {
    let mut clauses: Vec<Vec<String>> = Vec::new();
    for word in words {
        match clauses.last_mut() {
            Some(clause) if !word.starts_with("--") => clause.push(word.clone()),
            Some(_) | None => clauses.push(vec![word.clone()]),
        }
    }
    clauses
}

/// The shell's words as they are written, quotes kept.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut escaped = false;
    for c in command.chars() {
        if c == ' ' && quote.is_none() && !escaped {
            words.push(std::mem::take(&mut word));
            continue;
        }
        word.push(c);
        quote = match quote {
            _ if escaped => quote,
            None if c == '\'' || c == '"' => Some(c),
            Some(open) if open == c => None,
            open => open,
        };
        escaped = !escaped && c == '\\' && quote != Some('\'');
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_instead() {
        let table = [
            ("plain – ü 漢", "plain – ü 漢"),
            ("\u{1b}[2J", "\\x1b[2J"),
            ("a\r\nb\tc\u{7f}\u{9b}", "a\\r\\nb\\tc\\x7f\\x9b"),
            ("\u{202e}x\u{200b}", "\\u{202e}x\\u{200b}"),
        ];
        for (text, expected) in table {
            assert_eq!(clean(text), expected);
        }
    }

    #[test]
    fn a_text_is_broken_at_spaces_and_a_long_word_inside() {
        let table: [(&str, &[&str]); 9] = [
            ("", &[""]),
            ("at 48 MB/s;", &["at", "48 MB/s;"]),
            ("in the 4 s.", &["in the", "4 s."]),
            ("s3.us.aws", &["s3.us.", "aws"]),
            ("one two", &["one two"]),
            ("one two three", &["one two", "three"]),
            ("abcdefghijklmn op", &["abcdefgh", "ijklmn", "op"]),
            ("x abcdefghij", &["x", "abcdefgh", "ij"]),
            ("漢漢漢漢漢", &["漢漢漢漢", "漢"]),
        ];
        for (text, expected) in table {
            assert_eq!(wrap(text, 0, 8), expected, "{text}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        let table = [("short", "short"), ("abcdefghijklmnop", "abcd..mnop"), ("漢漢漢漢漢漢", "漢漢..漢漢")];
        for (text, expected) in table {
            assert_eq!(squeeze(text, 10), expected);
        }
    }

    #[test]
    fn a_command_is_broken_between_its_words_only() {
        let long = "aws ec2 authorize --group-id sg-1 --ip 'a b c' --x y";
        let table: [(&str, usize, &[&str]); 5] = [
            ("aws ec2 run", 40, &["aws ec2 run"]),
            (long, 40, &["aws ec2 authorize --group-id sg-1 \\", "  --ip 'a b c' --x y"]),
            (long, 20, &["aws ec2 authorize \\", "  --group-id sg-1 \\", "  --ip 'a b c' \\", "  --x y"]),
            ("a \\\n  --b c", 40, &["a --b c"]),
            ("a --b \"c\nrm -rf /\"", 40, &["a --b \"c\\nrm -rf /\""]),
        ];
        for (text, room, expected) in table {
            assert_eq!(command(text, room, 2), expected, "{text} in {room}");
        }
    }
}
