//! A saved report in another form.

use vpcprobe::edge::args::OutputArgs;
use vpcprobe::exit;
use vpcprobe::inputs::VantageKind;

use super::commands::{InputError, read_report, write_judged};
use super::output::Output;

/// Show a saved report as it was judged; the exit code is the report's, as where it was made. Whoever only asked for a form
/// has nothing where no sink took it: that is no success, and each sink has said why.
pub(crate) fn render(path: &str, output: &OutputArgs) -> Result<u8, InputError> {
    let output = Output::choose(output, VantageKind::Other)?;
    let saved = read_report(path)?;
    let before = if output.is_remote() { write_judged(&output, &saved)? } else { vec![] };
    let (code, is_written) = output.write_any(saved, before);
    Ok(if is_written { code } else { exit::INPUT })
}
