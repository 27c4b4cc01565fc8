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
    open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .map_err(|error| FileError(format!("{flag} {}: {error}", shown(path))))?;
    if bytes.len() as u64 > most {
        return Err(FileError(format!("{flag} {}: it is larger than {} MiB", shown(path), most >> 20)));
    }
    Ok(bytes)
}

fn open(path: &str) -> std::io::Result<Box<dyn std::io::Read>> {
    if path == "-" { Ok(Box::new(std::io::stdin())) } else { Ok(Box::new(std::fs::File::open(path)?)) }
}
