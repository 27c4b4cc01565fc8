//! What pulls cost.

use vpcprobe::edge::args::CostArgs;

use super::commands::InputError;

/// Say what these pulls cost.
pub(crate) fn cost(_args: &CostArgs) -> Result<u8, InputError> {
    Err(InputError("this command has no work yet".to_owned()))
}
