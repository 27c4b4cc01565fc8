//! The report for a ticket.

use super::Report;

/// Render it.
pub fn render(report: &Report) -> String {
    super::json::render(report)
}
