//! Files that inputs name.

use std::io::Read as _;

use crate::inputs::shown;

/// What a list, a bundle of roots or a saved report may hold at most.
const MAX_BYTES: u64 = 64 << 20;

/// A file that can't be used: which flag named it, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileError(pub String);

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Read a list or a report as text; `-` is standard input.
pub fn read_list(flag: &str, path: &str) -> Result<String, FileError> {
    read_text(flag, path, MAX_BYTES)
}

/// Read so much text at most; `-` is standard input.
pub fn read_text(flag: &str, path: &str, most: u64) -> Result<String, FileError> {
    let bytes = read(flag, path, most)?;
    String::from_utf8(bytes).map_err(|_| FileError(format!("{flag} {}: it is not UTF-8 text", shown(path))))
}

/// Read certificates.
pub fn read_pem(flag: &str, path: &str) -> Result<Vec<u8>, FileError> {
    read(flag, path, MAX_BYTES)
}

/// Read what somebody pastes into standard input; no more than `most` bytes and one, so that too much is known as such.
pub fn read_pasted(most: usize) -> Result<String, FileError> {
    let mut bytes = Vec::new();
    let taken = std::io::stdin().take(most as u64 + 1).read_to_end(&mut bytes);
    taken.map_err(|error| FileError(format!("standard input: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn read(flag: &str, path: &str, most: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let unread = |error| FileError(format!("{flag} {}: {error}", shown(path)));
    let (file, length) = open(path).map_err(unread)?;
    if length <= most {
        file.take(most + 1).read_to_end(&mut bytes).map_err(unread)?;
    }
    if length.max(bytes.len() as u64) > most {
        return Err(FileError(format!("{flag} {}: it is larger than {} MiB", shown(path), most >> 20)));
    }
    Ok(bytes)
}

/// What is read from, and how long it is, so that nothing is read of what is too long; 0 where only reading tells.
fn open(path: &str) -> std::io::Result<(Box<dyn std::io::Read>, u64)> {
    if path == "-" {
        return Ok((Box::new(std::io::stdin()), 0));
    }
    let file = std::fs::File::open(path)?;
    let about = file.metadata()?;
    let length = if about.is_file() { about.len() } else { 0 };
    Ok((Box::new(file), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_long_is_known_by_its_length() {
        let path = std::env::temp_dir().join(format!("vpcprobe-files-{}", std::process::id()));
        std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let name = path.to_str().unwrap();
        let opened = open(name).map(|(_, length)| length).unwrap();
        let refused = read_list("report", name).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(opened, 1 << 40);
        assert!(refused.0.ends_with("it is larger than 64 MiB"), "{refused}");
    }

    #[test]
    fn what_has_no_length_is_read_to_its_end() {
        assert!(open("/proc/self/status").is_ok_and(|(_, length)| length == 0));
        assert!(read_list("report", "/proc/self/status").unwrap().contains("Pid:"));
        assert!(read_text("report", "/dev/zero", 1 << 20).unwrap_err().0.ends_with("it is larger than 1 MiB"));
    }
}
