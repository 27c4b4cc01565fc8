//! Other texts than reports, laid out as reports are.

use super::page::{Ink, Page};
use super::{LEAST_WIDTH, Look};

/// A text that is written from top to bottom and keeps its width.
pub struct Sheet(Page);

const INDENT: usize = 3;

impl Sheet {
    /// An empty one.
    pub fn new(look: Look) -> Self {
        Self(Page::new(Look { width: look.width.max(LEAST_WIDTH), ..look }))
    }

    /// An empty line, unless there is one or nothing stands above.
    pub fn gap(&mut self) {
        self.0.gap();
    }

    /// What the text is about.
    pub fn head(&mut self, word: &str, text: &str) {
        self.0.labelled(0, INDENT, (Ink::Bold, word), (Ink::Plain, text));
    }

    /// A paragraph.
    pub fn words(&mut self, text: &str) {
        self.0.paragraph(INDENT, Ink::Plain, text);
    }

    /// A paragraph of somebody else's.
    pub fn pasted(&mut self, text: &str) {
        self.0.paragraph(INDENT, Ink::Dim, text);
    }

    /// A paragraph with its label.
    pub fn labelled(&mut self, label: &str, text: &str) {
        self.0.labelled(INDENT, INDENT + 2, (Ink::Good, label), (Ink::Plain, text));
    }

    /// A command to paste, on lines of its own.
    pub fn command(&mut self, text: &str) {
        self.0.command(INDENT + 4, text);
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.0.into_text()
    }
}
