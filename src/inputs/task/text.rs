//! From what was given to the text of a task definition: as it is, or gzipped in base64.

use std::borrow::Cow;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD_INDIFFERENT as BASE64;
use flate2::read::GzDecoder;

/// What base64 makes of the first three bytes of anything gzipped.
const GZIPPED: &str = "H4sI";
/// ECS keeps 64 KiB; what describe-task-definition adds and white space fit as well.
const MOST: u64 = 1 << 20;

/// The text of a task definition, or what is wrong with what was given.
pub(super) fn unpacked(given: &str) -> Result<Cow<'_, str>, String> {
    let given = given.trim_start_matches('\u{feff}').trim();
    if given.is_empty() {
        return Err("it is empty".into());
    }
    let text = if given.starts_with(GZIPPED) { Cow::Owned(inflated(given)?) } else { Cow::Borrowed(given) };
    if text.len() as u64 > MOST { Err(too_large()) } else { Ok(text) }
}

fn inflated(given: &str) -> Result<String, String> {
    let letters: String = given.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(letters).map_err(|_| "begins as gzip in base64 does, and is not base64 to its end")?;
    let mut text = Vec::new();
    let read = GzDecoder::new(bytes.as_slice()).take(MOST + 1).read_to_end(&mut text);
    if text.len() as u64 > MOST {
        return Err(too_large());
    }
    // The reader's own words are of no help: what can be wrong is one thing.
    read.map_err(|_| "begins as gzip in base64 does, and can't be inflated: its end is missing, or it was changed")?;
    String::from_utf8(text).map_err(|_| "what is gzipped in it is not UTF-8 text".into())
}

fn too_large() -> String {
    format!("it is larger than {MOST} bytes, and ECS keeps 64 KiB")
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use super::*;

    /// As `gzip | base64` writes it, in lines.
    pub(in crate::inputs) fn packed(text: &[u8]) -> String {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(text).unwrap();
        let letters = base64::engine::general_purpose::STANDARD.encode(writer.finish().unwrap());
        letters.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\n").collect()
    }

    #[test]
    fn gzip_in_base64_is_unpacked_whatever_its_lines_and_padding() {
        let text = "{\"family\":\"a\"}".repeat(100);
        let packed = packed(text.as_bytes());
        assert!(packed.starts_with(GZIPPED) && packed.lines().count() == 1 || packed.len() > 76);
        for given in [&packed, packed.trim_end(), packed.trim_end().trim_end_matches('='), &format!(" {packed}")] {
            assert_eq!(unpacked(given).unwrap(), text);
        }
        assert_eq!(unpacked("\u{feff} {} ").unwrap(), "{}");
    }

    #[test]
    fn what_can_not_be_unpacked_is_said_within_bounds() {
        let bomb = packed(&vec![b' '; 64 << 20]);
        let whole = packed(b"{\"family\":\"a\"}");
        let table = [
            (bomb.as_str(), "it is larger than 1048576 bytes, and ECS keeps 64 KiB"),
            (
                &whole[..20],
                "begins as gzip in base64 does, and can't be inflated: its end is missing, or it was changed",
            ),
            ("H4sI*", "begins as gzip in base64 does, and is not base64 to its end"),
            ("H4sI", "begins as gzip in base64 does, and can't be inflated: its end is missing, or it was changed"),
            (&packed(b"\xff\xfe{"), "what is gzipped in it is not UTF-8 text"),
            (" \n", "it is empty"),
        ];
        for (given, expected) in table {
            assert_eq!(unpacked(given).unwrap_err(), expected);
        }
    }
}
