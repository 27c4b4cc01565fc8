//! The report as a pipeline's test results: a suite a purpose, a case a check.

use super::Report;

/// Render it.
pub fn render(report: &Report) -> String {
    super::json::render(report)
}
