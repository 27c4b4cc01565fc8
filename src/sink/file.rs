//! A file that is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Write beside the file, then put the copy in its place. A link stays a link; a terminal or `/dev/null` is written to.
pub(super) fn write(path: &Path, copy: &[u8]) -> Result<(), String> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let done = match fs::metadata(&target).map(|there| there.file_type()) {
        Err(_) => replace(&target, copy),
        Ok(there) if there.is_file() => replace(&target, copy),
        Ok(there) if there.is_char_device() => append(&target, copy),
        Ok(there) if there.is_dir() => Err(io::Error::other("it is a folder")),
        Ok(_) => Err(io::Error::other("it is no ordinary file")),
    };
    done.map_err(|error| format!("write {}: {error}", path.display()))
}

/// Write a new file in the same folder and rename it.
fn replace(target: &Path, copy: &[u8]) -> io::Result<()> {
    let beside = beside(target)?;
    let done = create(&beside, copy).and_then(|()| fs::rename(&beside, target));
    if done.is_err() {
        // What is left over is of no use; that it could not be removed says less than why it was not finished.
        let _ = fs::remove_file(&beside);
    }
    done
}

/// A name in the same folder that no other process writes to.
fn beside(target: &Path) -> io::Result<PathBuf> {
    let name = target.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
    let mut hidden = std::ffi::OsString::from(".");
    // A name may have 255 bytes; so has a target's, and the copy beside it needs some of them.
    hidden.push(name.to_string_lossy().chars().take(40).collect::<String>());
    hidden.push(format!(".{}.part", std::process::id()));
    Ok(target.with_file_name(hidden))
}

fn create(path: &Path, copy: &[u8]) -> io::Result<()> {
    // Left over from a process of the same number, it is nobody's any more.
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    finish(&mut file, copy)
}

fn append(target: &Path, copy: &[u8]) -> io::Result<()> {
    let mut device = OpenOptions::new().append(true).open(target)?;
    device.write_all(copy)
}

fn finish(file: &mut File, copy: &[u8]) -> io::Result<()> {
    file.write_all(copy)?;
    file.sync_all()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An empty folder for one test.
    pub(in crate::sink) fn folder(test: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("vpcprobe-sink-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = folder("replaced");
        let path = folder.join("report.json");
        fs::write(&path, "a longer copy from before").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = folder("link");
        let (link, path) = (folder.join("link"), folder.join("report"));
        fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink("report", &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn what_can_not_be_written_is_said_with_its_path() {
        let folder = folder("refused");
        write(Path::new("/dev/null"), b"copy").unwrap();
        assert_eq!(write(&folder, b"copy").unwrap_err(), format!("write {}: it is a folder", folder.display()));
        let missing = folder.join("no/file");
        let error = write(&missing, b"copy").unwrap_err();
        assert!(error.starts_with(&format!("write {}: No such file", missing.display())), "{error}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[test]
    fn the_longest_file_name_has_room_for_its_copy() {
        let path = folder("long").join("n".repeat(255));
        write(&path, b"copy").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "copy");
    }
}
