//! Committed text: where it is, and how what is made is held against it.

use std::path::PathBuf;

/// A file of the project.
pub fn path(of: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(of)
}

/// Compare with a committed file, or write it anew when that is asked for; `tests` are cargo's words for those that do it.
pub fn hold(file: &str, actual: &str, tests: &str) {
    let path = path(file);
    if std::env::var_os("VPCPROBE_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{file} differs; if this is meant, VPCPROBE_BLESS=1 cargo test {tests}\n{actual}");
}
