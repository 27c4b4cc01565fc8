//! Which commit a binary is made of: what the builder says, or what git knows.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=VPCPROBE_COMMIT");
    // Every commit adds a line to it. Where it is missing, cargo must not build anew each time.
    let log = ".git/logs/HEAD";
    println!("cargo:rerun-if-changed={}", if std::fs::exists(log).unwrap_or(false) { log } else { "build.rs" });
    let said = std::env::var("VPCPROBE_COMMIT").ok().filter(|commit| !commit.is_empty());
    if let Some(commit) = said.or_else(of_git) {
        println!("cargo:rustc-env=VPCPROBE_COMMIT={commit}");
    }
}

/// The commit of this checkout, where there is one.
fn of_git() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !commit.is_empty()).then_some(commit)
}
