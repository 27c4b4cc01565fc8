//! The process as a container runtime starts it from a scratch image: first of its own process namespace, on a
//! read-only root, as an ordinary user, without capabilities and without a way to new ones.

use std::env::set_current_dir;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::sched::{CloneFlags, unshare};
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind_recursive, mount_change, unmount,
};
use rustix::process::pivot_root;
use rustix::thread::set_no_new_privs;

use super::launch::{drop_capabilities, limit_files};
use super::rootfs::ROOT;

/// User and group of the image.
const USER: u32 = 65532;

/// Makes what this process starts next the first of a process namespace of its own.
pub fn new_processes() -> Result<(), String> {
    unshare(CloneFlags::CLONE_NEWPID).map_err(|e| format!("make a process namespace: {e}"))
}

/// Becomes the program; returns only where that fails.
pub fn main(command: &[String], max_files: Option<u64>) -> Result<i32, String> {
    enter_root()?;
    become_user()?;
    drop_capabilities();
    set_no_new_privs(true).map_err(|e| format!("rule out new privileges: {e}"))?;
    let (program, args) = command.split_first().ok_or("nothing to run")?;
    limit_files(max_files)?;
    Err(format!("start {program} of the image: {}", Command::new(program).args(args).exec()))
}

fn enter_root() -> Result<(), String> {
    unshare(CloneFlags::CLONE_NEWNS).map_err(|e| format!("make a mount namespace: {e}"))?;
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(|e| format!("keep mounts to itself: {e}"))?;
    mount_processes()?;
    set_current_dir(ROOT).map_err(|e| format!("go to {ROOT}: {e}"))?;
    pivot_root(".", ".").map_err(|e| format!("make {ROOT} the root: {e}"))?;
    unmount(".", UnmountFlags::DETACH).map_err(|e| format!("leave the old root: {e}"))?;
    set_current_dir("/").map_err(|e| format!("go to the root: {e}"))
}

/// The namespace's own processes. Where parts of /proc are hidden, as in many containers, the kernel refuses a new one,
/// and the old one has to do.
fn mount_processes() -> Result<(), String> {
    let place = format!("{ROOT}/proc");
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount("proc", &place, "proc", flags, None)
        .or_else(|_| mount_bind_recursive("/proc", &place))
        .map_err(|e| format!("mount {place}: {e}"))
}

/// A user namespace in which the only user there is has the image's number. The process keeps no power over the
/// namespaces around it.
fn become_user() -> Result<(), String> {
    unshare(CloneFlags::CLONE_NEWUSER).map_err(|e| format!("make a user namespace: {e}"))?;
    let map = format!("{USER} 0 1");
    for (file, text) in [("setgroups", "deny"), ("uid_map", &map), ("gid_map", &map)] {
        let path = format!("/proc/self/{file}");
        fs::write(&path, text).map_err(|e| format!("become user {USER}: write {path}: {e}"))?;
    }
    Ok(())
}
