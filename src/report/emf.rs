//! One line in CloudWatch's Embedded Metric Format.

use super::Report;

/// Render it.
pub fn render(report: &Report) -> String {
    super::json::render(report)
}
