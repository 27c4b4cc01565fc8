//! Which commit a binary is made of: what the builder says, or what git knows. And what stays out of a static one.

use std::env::var;
use std::process::Command;

/// C functions that a static program would carry along with much else, and which it never calls to any end, each with
/// the plain one that stands in its place (docs/decisions/0008).
///
/// Names are looked up by our own resolver; the HTTP client for metadata gets literal addresses, and here an error.
/// AWS-LC reads overrides of the CPU's abilities from the environment: here it reads none.
const LEFT_OUT: [(&str, &str); 4] = [
    ("getaddrinfo", "getpid"),
    ("freeaddrinfo", "getpid"),
    ("sscanf", "sched_yield"),
    ("__isoc99_sscanf", "sched_yield"),
];

fn main() {
    println!("cargo:rerun-if-env-changed=VPCPROBE_COMMIT");
    // Every commit adds a line to it. Where it is missing, cargo must not build anew each time.
    let log = ".git/logs/HEAD";
    println!("cargo:rerun-if-changed={}", if std::fs::exists(log).unwrap_or(false) { log } else { "build.rs" });
    let said = var("VPCPROBE_COMMIT").ok().filter(|commit| !commit.is_empty());
    if let Some(commit) = said.or_else(of_git) {
        println!("cargo:rustc-env=VPCPROBE_COMMIT={commit}");
    }
    let is = |name: &str, value: &str| var(name).is_ok_and(|all| all.split(',').any(|one| one == value));
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && is("CARGO_CFG_TARGET_FEATURE", "crt-static")
    {
        // The start-up code of a static program registers its unwind tables by itself: the index beside them, 85 KB, would
        // only make the first panic quicker. The tests of this package are linked so, too, and panic.
        println!("cargo:rustc-link-arg=-Wl,--no-eh-frame-hdr");
        // What is alike stands together, which packs better; the linker that Rust brings can do that, older ones can't.
        println!("cargo:rerun-if-env-changed=VPCPROBE_PLAIN_LINK");
        if is("PROFILE", "release") && var("VPCPROBE_PLAIN_LINK").is_err() {
            println!("cargo:rustc-link-arg-bin=vpcprobe=-Wl,--bp-compression-sort=both,-O2");
        }
        for (function, instead) in LEFT_OUT {
            println!("cargo:rustc-link-arg-bin=vpcprobe=-Wl,--wrap={function},--defsym=__wrap_{function}={instead}");
        }
    }
}

/// The commit of this checkout, where there is one.
fn of_git() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !commit.is_empty()).then_some(commit)
}
