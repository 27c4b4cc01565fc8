//! The program in the probe's place: it tells what it sees.

mod function;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::ExitCode;

/// The facts of /proc/self/status that matter.
const STATUS: [&str; 9] = ["Pid", "Uid", "Gid", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs"];

const FOLDERS: [&str; 6] = ["/", "/dev", "/etc", "/run", "/run/vpcprobe-lab", "/run/task"];

const FILES: [&str; 6] = ["/x", "/etc/hosts", "/run/vpcprobe-lab/roots.pem", "/run/task/new", "/dev/null", "/dev/full"];

/// Whether this is the program and not the test.
pub fn is_meant() -> bool {
    std::env::args().next().is_some_and(|name| name.ends_with("/vpcprobe"))
}

/// Tells what it sees, as one JSON object of texts; in a function it does what the event says.
pub fn main() -> ExitCode {
    if let Ok(api) = std::env::var("AWS_LAMBDA_RUNTIME_API") {
        return function::main(&api);
    }
    let mut facts: BTreeMap<String, String> = std::env::vars().collect();
    facts.extend(status());
    facts.extend(FOLDERS.map(|folder| (folder.to_owned(), list(folder).join(" "))));
    let processes = list("/proc").into_iter().filter(|name| name.bytes().all(|letter| letter.is_ascii_digit()));
    facts.insert("processes".to_owned(), processes.collect::<Vec<_>>().join(" "));
    let hostname = fs::read_to_string("/etc/hostname").unwrap_or_default();
    facts.insert("hostname".to_owned(), hostname.trim_end().to_owned());
    facts.extend(FILES.map(|file| (format!("write {file}"), write(file))));
    println!("{}", serde_json::to_string(&facts).expect("texts are JSON"));
    ExitCode::SUCCESS
}

fn status() -> impl Iterator<Item = (String, String)> {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    STATUS.into_iter().map(move |name| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let words: Vec<&str> = value.unwrap_or_default().split_whitespace().collect();
        (name.to_owned(), words.join(" "))
    })
}

fn list(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What comes of writing one byte to a file.
fn write(file: &str) -> String {
    let opened = OpenOptions::new().create(true).append(true).open(file);
    match opened.and_then(|mut file| file.write_all(b"x")) {
        Ok(()) => "done".to_owned(),
        Err(error) => error.to_string(),
    }
}
