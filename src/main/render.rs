//! A saved report in another form.

use vpcprobe::edge::args::OutputArgs;
use vpcprobe::inputs::VantageKind;

use super::commands::{InputError, read_report};
use super::output::Output;

/// Show a saved report as it was judged.
pub(crate) fn render(path: &str, output: &OutputArgs) -> Result<u8, InputError> {
    let saved = read_report(path)?;
    let output = Output::choose(output, VantageKind::Other)?;
    Ok(output.write(saved, vec![]))
}
