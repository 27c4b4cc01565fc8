//! The root of an unpacked image with what a container runtime adds to it, and nothing else.
//!
//! It is a copy in memory, so that the image stays as it is, and read-only once it is complete.

use std::fs::{self, Permissions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::{FILES, INSPECTION, ROOTS, hostname};
use crate::cloud::TOKEN_FILE;
use crate::network::run;
use crate::world::World;

/// Where the root stands for the lab.
pub const ROOT: &str = "/run/vpcprobe-lab/rootfs";

/// The program of the image.
pub const PROGRAM: &str = "/vpcprobe";

/// The devices that a runtime gives to everybody.
const DEVICES: [&str; 5] = ["full", "null", "random", "urandom", "zero"];

/// What of the task's files a runtime mounts over the image's; a scenario may take `resolv.conf` away.
const CONFIGURATION: [&str; 2] = ["/etc/hosts", "/etc/resolv.conf"];

/// Makes the root. The image is given by an open folder: the world hides some of the caller's.
pub fn furnish(world: &World, image: &fs::File) -> Result<(), String> {
    make_folder(ROOT)?;
    run("mount", &["-t", "tmpfs", "-o", "mode=555", "tmpfs", ROOT])?;
    copy_folder(Path::new(&format!("/proc/self/fd/{}", image.as_raw_fd())), Path::new(ROOT))?;
    for folder in ["/dev", "/etc", "/proc", "/run/vpcprobe-lab", FILES] {
        make_folder(&inside(folder))?;
    }
    for file in CONFIGURATION.into_iter().filter(|file| Path::new(file).exists()) {
        copy_file(Path::new(file), Path::new(&inside(file)))?;
    }
    write("/etc/hostname", &format!("{}\n", hostname(world)))?;
    for file in [ROOTS, INSPECTION, TOKEN_FILE] {
        copy_file(Path::new(file), Path::new(&inside(file)))?;
    }
    for device in DEVICES.map(|name| format!("/dev/{name}")) {
        write(&device, "")?;
        run("mount", &["--bind", &device, &inside(&device)])?;
    }
    run("mount", &["--bind", FILES, &inside(FILES)])?;
    run("mount", &["-o", "remount,bind,ro", ROOT])
}

fn inside(path: &str) -> String {
    format!("{ROOT}{path}")
}

fn make_folder(path: &str) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|e| format!("make {path}: {e}"))
}

fn write(path: &str, text: &str) -> Result<(), String> {
    fs::write(inside(path), text).map_err(|e| format!("write {path} in the root of the image: {e}"))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    let entries = fs::read_dir(from).map_err(|e| format!("read {}: {e}", from.display()))?;
    for entry in entries {
        let entry = entry.map_err(|e| format!("read {}: {e}", from.display()))?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let about = fs::symlink_metadata(from).map_err(|e| format!("look at {}: {e}", from.display()))?;
    if about.is_file() {
        return copy_file(from, to);
    }
    if about.is_symlink() {
        let target = fs::read_link(from).map_err(|e| format!("read {}: {e}", from.display()))?;
        return symlink(target, to).map_err(|e| format!("link {}: {e}", to.display()));
    }
    if !about.is_dir() {
        return Err(format!("{} is neither a file, a link nor a folder: no part of an image", from.display()));
    }
    fs::create_dir(to).map_err(|e| format!("make {}: {e}", to.display()))?;
    copy_folder(from, to)?;
    allow_as_others(to, about.permissions().mode())
}

fn copy_file(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map_err(|e| format!("copy {}: {e}", from.display()))?;
    let about = fs::metadata(from).map_err(|e| format!("look at {}: {e}", from.display()))?;
    allow_as_others(to, about.permissions().mode())
}

/// In an image everything belongs to root, which the program is not. Here there is one user only, so what others may
/// becomes what the owner may.
fn allow_as_others(path: &Path, mode: u32) -> Result<(), String> {
    let mode = Permissions::from_mode(of_others(mode));
    fs::set_permissions(path, mode).map_err(|e| format!("set the mode of {}: {e}", path.display()))
}

fn of_others(mode: u32) -> u32 {
    (mode & 0o7) * 0o111
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_may_what_others_may() {
        let table = [(0o755, 0o555), (0o644, 0o444), (0o700, 0o000), (0o4711, 0o111), (0o1777, 0o777)];
        for (mode, expected) in table {
            assert_eq!(of_others(mode), expected, "{mode:o}");
        }
    }
}
