//! What tests of a form share: where the committed text is, and how it is held.

#[path = "held.rs"]
mod held;

use vpcprobe::report::text::Look;

pub use held::path;

/// No colours, and marks as in a pipe.
pub fn plain(width: usize) -> Look {
    Look { width, ..Look::default() }
}

/// Compare with the committed file, or write it anew when that is asked for.
pub fn hold(file: &str, actual: &str) {
    held::hold(&format!("tests/snapshots/{file}"), actual, "--test formats --test merge");
}
