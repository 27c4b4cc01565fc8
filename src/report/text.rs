//! The report for a person in a hurry: verdict first, then causes with their fixes, then everything that was examined.

pub(crate) mod cells;
pub(crate) mod culprit;
pub(crate) mod cut_over;
pub(crate) mod findings;
mod function;
pub(crate) mod head;
pub(crate) mod notes;
pub(crate) mod page;
pub(crate) mod pulls;
mod sheet;
pub(crate) mod steps;
pub(crate) mod table;
pub(crate) mod units;
pub(crate) mod watch;
pub(crate) mod who;
pub(crate) mod wrap;

use super::Report;
use page::Page;

pub use sheet::Sheet;

/// How the text is to look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Look {
    /// No line is wider, but for commands that can't be broken; at least 40.
    pub width: usize,
    /// With or without colours.
    pub style: Style,
    /// What marks and rules are drawn with.
    pub marks: Marks,
}

/// Whether escape sequences may be written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// None at all.
    Plain,
    /// Colours and bold.
    Colour,
}

/// What marks and rules are drawn with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Marks {
    /// ASCII only.
    Ascii,
    /// For a terminal with UTF-8.
    Unicode,
}

/// The width where nothing says another.
pub const DEFAULT_WIDTH: usize = 80;

/// The narrowest text that can be read.
pub const LEAST_WIDTH: usize = 40;

impl Default for Look {
    fn default() -> Self {
        Self { width: DEFAULT_WIDTH, style: Style::Plain, marks: Marks::Ascii }
    }
}

/// Render the text.
pub fn render(report: &Report, look: Look) -> String {
    let mut page = Page::new(Look { width: look.width.max(LEAST_WIDTH), ..look });
    head::write(&mut page, report);
    findings::write(&mut page, report);
    watch::write(&mut page, report);
    let seen = cells::by_check(report);
    steps::write(&mut page, report, &seen);
    pulls::write(&mut page, report);
    table::write(&mut page, report, &seen);
    cut_over::write(&mut page, report);
    findings::write_infos(&mut page, report);
    notes::write(&mut page, report);
    head::write_foot(&mut page, report);
    page.into_text()
}
