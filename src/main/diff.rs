//! Two saved reports, held against each other.

use super::commands::InputError;

/// Say what changed between two runs.
pub(crate) fn diff(
    _before: &str,
    _after: &str,
    _expected: &[String],
    _redact: bool,
    _format: Option<&str>,
) -> Result<u8, InputError> {
    Err(InputError("this command has no work yet".to_owned()))
}
