//! Standard output.

use std::io::Write;

/// Write everything and flush it. A reader that went away is an outcome, not a panic.
pub(super) fn write(out: &mut impl Write, copy: &[u8]) -> Result<(), String> {
    let done = out.write_all(copy).and_then(|()| out.flush());
    done.map_err(|error| format!("write to standard output: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_an_outcome() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        drop(reader);
        assert!(write(&mut writer, b"copy").unwrap_err().starts_with("write to standard output: Broken pipe"));
    }
}
