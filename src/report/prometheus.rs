//! The report for Prometheus' text file collector.

use super::Report;

/// Render it.
pub fn render(report: &Report) -> String {
    super::json::render(report)
}
