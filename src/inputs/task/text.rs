//! From what was given to the text of a task definition: as it is, or gzipped in base64.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD_INDIFFERENT as BASE64;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

/// What base64 makes of the first three bytes of anything gzipped.
const GZIPPED: &str = "H4sI";
/// ECS keeps 64 KiB; what describe-task-definition adds and white space fit as well.
const MOST: usize = 1 << 20;

/// The text of a task definition, or what is wrong with what was given.
pub(super) fn unpacked(given: &str) -> Result<Cow<'_, str>, String> {
    let given = given.trim_start_matches('\u{feff}').trim();
    if given.is_empty() {
        return Err("it is empty".into());
    }
    let text = if given.starts_with(GZIPPED) { Cow::Owned(inflated(given)?) } else { Cow::Borrowed(given) };
    if text.len() > MOST { Err(too_large()) } else { Ok(text) }
}

fn inflated(given: &str) -> Result<String, String> {
    let letters: String = given.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(letters).map_err(|_| "begins as gzip in base64 does, and is not base64 to its end")?;
    let changed = "begins as gzip in base64 does, and can't be inflated: its end is missing, or it was changed";
    let (body, trailer) = deflated(&bytes).ok_or(changed)?;
    let text = match decompress_to_vec_with_limit(body, MOST + 1) {
        Ok(text) => text,
        Err(error) if error.status == TINFLStatus::HasMoreOutput => return Err(too_large()),
        Err(_) => return Err(changed.into()),
    };
    if text.len() > MOST {
        return Err(too_large());
    }
    if trailer != [crc32(&text).to_le_bytes(), u32::try_from(text.len()).unwrap_or_default().to_le_bytes()].concat() {
        return Err(changed.into());
    }
    String::from_utf8(text).map_err(|_| "what is gzipped in it is not UTF-8 text".into())
}

/// What lies between the header and the trailer of RFC 1952, and the trailer: checksum and length.
fn deflated(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    const HAS_CHECKSUM: u8 = 2;
    const HAS_EXTRA: u8 = 4;
    const HAS_NAME: u8 = 8;
    const HAS_COMMENT: u8 = 16;
    let (head, mut rest) = bytes.split_at_checked(10)?;
    let flags = head[3];
    if flags & HAS_EXTRA != 0 {
        let (length, after) = rest.split_at_checked(2)?;
        rest = after.get(usize::from(u16::from_le_bytes(length.try_into().ok()?))..)?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    rest.split_at_checked(rest.len().checked_sub(8)?)
}

/// Bit by bit: the tables that make it fast would be a part of the binary that does not shrink.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 0 { sum >> 1 } else { (sum >> 1) ^ 0xedb8_8320 })
    };
    !bytes.iter().fold(u32::MAX, step)
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
