//! Into namespaces of our own: the lab starts itself again under `unshare`, as root of a new user namespace.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Set in the second life.
const INSIDE: &str = "VPCPROBE_LAB_INSIDE";

/// Programs that the lab calls, and the Debian package of each.
const PROGRAMS: [(&str, &str); 4] =
    [("ip", "iproute2"), ("nft", "nftables"), ("unshare", "util-linux"), ("mount", "mount")];

/// Returns once this process stands in user, network and mount namespaces of its own.
pub fn namespaces() -> Result<(), String> {
    if std::env::var_os(INSIDE).is_some() {
        return Ok(());
    }
    let missing: Vec<&str> = PROGRAMS.iter().filter(|(name, _)| !exists(name)).map(|(_, package)| *package).collect();
    if !missing.is_empty() {
        return Err(format!("the lab needs more programs: apt-get install -y {}", missing.join(" ")));
    }
    allowed()?;
    let own = std::env::current_exe().map_err(|e| format!("find the lab's own program: {e}"))?;
    let mut command = Command::new("unshare");
    command.args(["-Urnm", "--"]).arg(own).args(std::env::args_os().skip(1)).env(INSIDE, "1");
    command.env("PATH", path());
    Err(format!("start the lab in its namespaces: {}", command.exec()))
}

/// Fails with what to enable where the kernel refuses.
fn allowed() -> Result<(), String> {
    let trial = ["-Urnm", "mount", "-t", "tmpfs", "tmpfs", "/run"];
    let output = Command::new("unshare").args(trial).env("PATH", path()).stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("run unshare: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "this kernel refuses user namespaces ({}); enable them with `sysctl -w kernel.unprivileged_userns_clone=1` \
         or, on Ubuntu, `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; in a container, run it privileged",
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}

/// The caller's path with the places where a person's path lacks `ip` and `nft`.
fn path() -> String {
    let own = std::env::var("PATH").unwrap_or_default();
    format!("{own}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin")
}

fn exists(name: &str) -> bool {
    path().split(':').any(|folder| std::path::Path::new(folder).join(name).is_file())
}
