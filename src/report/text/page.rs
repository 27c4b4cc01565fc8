//! A page that is written from top to bottom and keeps its width.

use super::wrap::{clean, command, width, wrap};
use super::{Look, Marks, Style};

/// What is written so far.
pub(crate) struct Page {
    look: Look,
    text: String,
}

/// What a piece of text is painted with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ink {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Odd,
}

impl Page {
    pub(crate) fn new(look: Look) -> Self {
        Self { look, text: String::new() }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn width(&self) -> usize {
        self.look.width
    }

    /// One of two spellings of a mark.
    pub(crate) fn mark(&self, ascii: &'static str, unicode: &'static str) -> &'static str {
        match self.look.marks {
            Marks::Ascii => ascii,
            Marks::Unicode => unicode,
        }
    }

    /// A piece of text in its colour.
    pub(crate) fn paint(&self, ink: Ink, text: &str) -> String {
        let code = match (self.look.style, ink) {
            (Style::Plain, _) | (Style::Colour, Ink::Plain) => return text.to_owned(),
            (Style::Colour, Ink::Bold) => "1",
            (Style::Colour, Ink::Dim) => "2",
            (Style::Colour, Ink::Good) => "32",
            (Style::Colour, Ink::Bad) => "1;31",
            (Style::Colour, Ink::Odd) => "33",
        };
        if text.is_empty() { String::new() } else { format!("\u{1b}[{code}m{text}\u{1b}[0m") }
    }

    /// An empty line, unless there is one or nothing stands above.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line that is known to be narrow enough and harmless.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A paragraph, every line of it indented.
    pub(crate) fn paragraph(&mut self, indent: usize, ink: Ink, text: &str) {
        self.labelled(indent, indent, (Ink::Plain, ""), (ink, text));
    }

    /// A paragraph whose first line begins with a short label at `indent`; its other lines begin at `hang`.
    pub(crate) fn labelled(&mut self, indent: usize, hang: usize, label: (Ink, &str), text: (Ink, &str)) {
        let label = (label.0, clean(label.1));
        let end = indent + width(&label.1) + usize::from(!label.1.is_empty());
        let begin = end.max(hang);
        let lines = wrap(&clean(text.1), begin - hang, self.look.width.saturating_sub(hang));
        for (index, line) in lines.iter().enumerate() {
            let margin = if index == 0 {
                let gap = " ".repeat(begin - indent - width(&label.1));
                format!("{}{}{gap}", " ".repeat(indent), self.paint(label.0, &label.1))
            } else {
                " ".repeat(hang)
            };
            self.line(&format!("{margin}{}", self.paint(text.0, line)));
        }
    }

    /// A paragraph beside a head that is already painted and takes so many columns; its other lines begin behind them.
    pub(crate) fn headed(&mut self, head: &str, columns: usize, text: (Ink, &str)) {
        let lines = wrap(&clean(text.1), 0, self.look.width.saturating_sub(columns));
        for (index, line) in lines.iter().enumerate() {
            let margin = if index == 0 { head.to_owned() } else { " ".repeat(columns) };
            self.line(&format!("{margin}{}", self.paint(text.0, line)));
        }
    }

    /// A command to paste, on lines of its own.
    pub(crate) fn command(&mut self, indent: usize, text: &str) {
        for line in command(text, self.look.width.saturating_sub(indent), 2) {
            self.line(&format!("{}{line}", " ".repeat(indent)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_steers_nothing_and_forges_no_line() {
        let look = Look { width: 80, style: Style::Plain, marks: Marks::Ascii };
        let mut page = Page::new(look);
        page.labelled(0, 2, (Ink::Bad, "s3\u{1b}[31m\u{202e}\u{0}\nOK"), (Ink::Plain, "lost\nOK"));
        assert_eq!(page.into_text(), "s3\\x1b[31m\\u{202e}\\x00\\nOK lost\\nOK\n");
    }
}
