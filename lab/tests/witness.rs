//! The lab's own eyes: a program that gives a secret away, or does not do what a scenario expects of it, is told of.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The container credentials over plain HTTP, from a shell.
const ASK: &str = "exec 3<>/dev/tcp/169.254.170.2/80
printf 'GET %s HTTP/1.1\\r\\nHost: m\\r\\nConnection: close\\r\\n\\r\\n' \"$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI\" >&3
credentials=$(cat <&3)";

/// Runs a check of a scenario with a shell script in the probe's place.
fn check(name: &str, expect: &str, script: &str) -> (bool, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let write = |file: &str, text: &str| -> PathBuf {
        let path = folder.join(file);
        std::fs::write(&path, text).expect("a file for the test");
        path
    };
    let expect = format!("title = \"a test\"\n[expect]\nexit = 0\nreport = false\n{expect}\n");
    let scenario = write("scenario.toml", &expect);
    let program = write("program", &format!("#!/bin/bash\n{ASK}\n{script}\n"));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program for the test");
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe-lab"));
    let output = command.arg("check").arg(scenario).arg("--binary").arg(program).output().expect("the lab starts");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), said)
}

#[test]
fn a_secret_is_found_wherever_it_was_left() {
    let table = [
        ("whole", "echo \"$credentials\"", "leak: secret access key in standard output"),
        ("cut", "echo \"${credentials#*Token}\" | head -c 200 >&2", "leak: session token in standard error"),
        ("file", "echo \"$credentials\" >/run/task/debug.txt", "leak: secret access key in file debug.txt"),
        ("query", "echo 'https://b.example/?X-Amz-Signature=00'", "leak: presigned query in standard output"),
    ];
    for (name, script, expected) in table {
        let (right, said) = check(name, "", script);
        assert!(!right && said.contains(expected), "{name}: {said}");
    }
}

#[test]
fn whoever_keeps_a_secret_passes() {
    let (right, said) = check("kept", "", "[ -n \"$credentials\" ] && echo found >&2");
    assert!(right, "{said}");
}

#[test]
fn what_did_not_happen_is_told() {
    let table = [
        ("log", "log_events = [{ group = \"/ecs/app\" }]", "0 log events in /ecs/app, expected 1"),
        (
            "object",
            "objects = [{ bucket = \"app-reports\", key = \"*\" }]",
            "nothing was written to s3://app-reports/*",
        ),
        ("request", "requests = [{ action = \"GetAuthorizationToken\", at_least = 1 }]", "0 requests fit"),
    ];
    for (name, expect, expected) in table {
        let (right, said) = check(name, expect, "exit 0");
        assert!(!right && said.contains(expected), "{name}: {said}");
    }
}
