//! One test a scenario: the vpcprobe binary named by `VPCPROBE_BIN`, or that of the unpacked image in `VPCPROBE_ROOTFS`,
//! unmodified, must give the scenario's answer.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};

/// The tests wait for timeouts more than they work, and each has namespaces of its own.
const AT_ONCE: usize = 8;

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    libtest_mimic::run(&arguments, trials()).exit();
}

fn trials() -> Vec<Trial> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(&folder).expect("the scenarios are beside this test");
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let trial = |file: PathBuf| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || check(&file))
    };
    files.into_iter().map(trial).collect()
}

fn check(scenario: &Path) -> Result<(), Failed> {
    let given = |flag, name| std::env::var_os(name).map(|path| (flag, path));
    let (flag, path) = given("--rootfs", "VPCPROBE_ROOTFS")
        .or_else(|| given("--binary", "VPCPROBE_BIN"))
        .ok_or("VPCPROBE_BIN must name the vpcprobe binary that the scenarios are to run, or VPCPROBE_ROOTFS an unpacked image")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe-lab"));
    command.arg("check").arg(scenario).arg(flag).arg(path);
    let output = command.output().map_err(|e| format!("start the lab: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Err(said.concat().into())
}
