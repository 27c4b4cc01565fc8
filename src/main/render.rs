//! A saved report in another form.

use vpcprobe::edge::args::OutputArgs;
use vpcprobe::inputs::VantageKind;

use super::commands::{InputError, read_report, write_judged};
use super::output::Output;

/// Show a saved report as it was judged; the exit code is the report's, as where it was made.
pub(crate) fn render(path: &str, output: &OutputArgs) -> Result<u8, InputError> {
    let output = Output::choose(output, VantageKind::Other)?;
    let saved = read_report(path)?;
    let before = if output.is_remote() { write_judged(&output, &saved)? } else { vec![] };
    Ok(output.write(saved, before))
}
