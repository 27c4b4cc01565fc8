//! What tests of a form share: where the committed text is, and how it is held.

use std::path::PathBuf;

use vpcprobe::report::text::Look;

/// No colours, and marks as in a pipe.
pub fn plain(width: usize) -> Look {
    Look { width, ..Look::default() }
}

/// A file of the project.
pub fn path(of: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(of)
}

/// Compare with the committed file, or write it anew when that is asked for.
pub fn hold(file: &str, actual: &str) {
    let path = path("tests/snapshots").join(file);
    if std::env::var_os("VPCPROBE_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "tests/snapshots/{file} differs; if this is meant, VPCPROBE_BLESS=1 cargo test --test formats --test merge\n{actual}"
    );
}
