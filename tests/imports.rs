//! The import law: who may name whom. What this test reads is the code's `use` lines and paths.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each module may name of the crate; itself always.
const LAW: &[(&str, &[&str])] = &[
    ("json", &[]),
    ("inputs", &[]),
    ("catalog", &["inputs"]),
    ("plan", &["inputs", "catalog"]),
    ("observation", &["plan"]),
    ("net", &["catalog", "observation"]),
    ("aws", &["json", "inputs"]),
    ("probe", &["json", "plan", "observation", "net", "aws"]),
    ("order", &[]),
    ("vpc", &[]),
    ("diagnosis", &["catalog", "plan", "observation", "vpc"]),
    ("watch", &["inputs", "plan", "observation", "diagnosis"]),
    ("report", &["json", "inputs", "plan", "observation", "diagnosis", "vpc", "watch"]),
    ("redact", &["json", "inputs", "catalog", "report"]),
    ("diff", &["json", "inputs", "plan", "observation", "diagnosis", "report", "merge", "watch"]),
    ("cost", &["json", "inputs", "plan", "diagnosis", "report"]),
    ("explain", &["json", "inputs", "catalog", "plan", "diagnosis"]),
    ("merge", &["inputs", "plan", "observation", "diagnosis", "report", "explain", "vpc"]),
    ("sink", &["aws"]),
    ("exit", &[]),
    ("edge", &["json", "inputs"]),
    (
        "app",
        &["aws", "inputs", "catalog", "plan", "observation", "net", "probe", "diagnosis", "report", "vpc", "watch"],
    ),
];

/// What everybody may name: it knows nothing of the rest.
const COMMON: &[&str] = &["order"];

#[test]
fn every_module_names_only_what_it_may() {
    let law: BTreeMap<&str, &[&str]> = LAW.iter().copied().collect();
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files);
    assert!(files.len() > 40, "the tree was not found");
    let mut broken = Vec::new();
    for file in &files {
        let Some(module) = module(file) else { continue };
        let allowed = law.get(module.as_str()).unwrap_or_else(|| panic!("{module} is not in the law"));
        for (number, named) in named(&std::fs::read_to_string(file).unwrap()) {
            if named != module && !allowed.contains(&named.as_str()) && !COMMON.contains(&named.as_str()) {
                broken.push(format!("{}:{number}: {module} names {named}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn what_is_shipped_sorts_in_one_place() {
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files);
    let is_shipped = |file: &&PathBuf| {
        let path = file.to_str().unwrap();
        !["/order.rs", "/tests", "/testing"].iter().any(|part| path.contains(part))
    };
    let mut broken = Vec::new();
    for file in files.iter().filter(is_shipped) {
        let text = std::fs::read_to_string(file).unwrap();
        let shipped = text.lines().take_while(|line| *line != "#[cfg(test)]").enumerate();
        let sorts = shipped.filter(|(_, line)| line.contains(".sort(") || line.contains(".sort_"));
        broken.extend(sorts.map(|(index, line)| format!("{}:{}: {}", file.display(), index + 1, line.trim())));
    }
    assert!(broken.is_empty(), "the library's sort costs some kilobytes a type; use `order`:\n{}", broken.join("\n"));
}

/// The top-level module a file belongs to; none for the crate's root and the binary.
fn module(file: &Path) -> Option<String> {
    let first = file.strip_prefix("src").ok()?.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}

/// The crate's modules named in a text, with their lines. A group such as `use crate::{a, b}` is not allowed to hide any.
fn named(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for rest in line.split("crate::").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            assert!(!name.is_empty(), "line {}: name modules one a line, not in a group: {line}", index + 1);
            if LAW.iter().any(|(module, _)| *module == name) {
                found.push((index + 1, name));
            }
        }
    }
    found
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
