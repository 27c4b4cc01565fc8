//! One self-contained page for a browser.

use super::Report;

/// Render it.
pub fn render(report: &Report) -> String {
    super::json::render(report)
}
