//! Markup that can hold nothing but what the code writes: whatever else goes in is text, and escaped.

use super::super::text::cells::Cell;
use super::super::text::page::Ink;
use super::super::text::wrap::{clean, command};

/// A line of a command where there is room; a narrow page breaks it further.
const COMMAND_COLUMNS: usize = 96;

/// What is written so far.
#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Markup of ours. That it is known when the program is built keeps all else out.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Anything else, in an element or in a quoted attribute: what would be markup, or would be obeyed instead of shown,
    /// is shown.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in clean(text).chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // No character at all, for a browser.
                '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
        self
    }

    /// A number.
    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// So many hundredths of a percent, as an attribute's value.
    pub(super) fn share(&mut self, share: u64) -> &mut Self {
        self.0.push_str(&format!("{}.{:02}%", share / 100, share % 100));
        self
    }

    /// An element with nothing but text: its name with its attributes, then the text.
    pub(super) fn element(&mut self, open: &'static str, text: &str) -> &mut Self {
        let name = open.split(' ').next().unwrap_or(open);
        self.raw("<").raw(open).raw(">").text(text).raw("</").raw(name).raw(">")
    }

    /// A cell of a table, or another element that is painted as the terminal's is.
    pub(super) fn painted(&mut self, name: &'static str, cell: &Cell) -> &mut Self {
        self.raw("<").raw(name).raw(" class=\"").raw(class(cell.ink)).raw("\">");
        self.text(&cell.text).raw("</").raw(name).raw(">")
    }

    /// A command or a statement to copy: one click selects all of it. A shell reads its lines as one.
    pub(super) fn command(&mut self, words: &str) -> &mut Self {
        self.raw("<pre><code>");
        for (index, line) in command(words, COMMAND_COLUMNS, 2).iter().enumerate() {
            self.raw(if index > 0 { "\n" } else { "" }).text(line);
        }
        self.raw("</code></pre>")
    }
}

/// An ink by the name that the style sheet has for it.
pub(super) fn class(ink: Ink) -> &'static str {
    match ink {
        Ink::Plain => "plain",
        Ink::Bold => "bold",
        Ink::Dim => "dim",
        Ink::Good => "good",
        Ink::Bad => "bad",
        Ink::Odd => "odd",
    }
}
